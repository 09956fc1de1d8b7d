"""The settings of the project `mysite`, with the reloader of django-watchfiles."""

from mysite.settings import *  # noqa: F403
from mysite.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "django_watchfiles"]
