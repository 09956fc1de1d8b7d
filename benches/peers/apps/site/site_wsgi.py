"""The WSGI application of the benchmarked site."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")

application = get_wsgi_application()
