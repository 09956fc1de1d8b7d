"""Says which site this is, and under which Django."""

import os
import threading

import django
from django.conf import settings
from django.http import HttpResponse
from django.urls import path

from .value import VALUE


def index(request):
    return HttpResponse(f"{settings.NAME} {django.__version__} {VALUE} {request.get_host()}")


def crash(request):
    os._exit(3)


def process(request):
    return HttpResponse(str(os.getpid()))


def hang(request):
    print("hanging", flush=True)
    threading.Event().wait()


urlpatterns = [
    path("", index),
    path("crash", crash),
    path("process", process),
    path("hang", hang),
]
