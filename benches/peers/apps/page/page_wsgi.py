"""The WSGI application of the benchmarked page."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "page_settings")

application = get_wsgi_application()
