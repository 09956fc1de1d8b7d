"""The one view of the benchmarked site."""

from django.http import HttpResponse
from django.urls import path


def index(request):
    """Say hello."""
    return HttpResponse("Hello from Django!\n", content_type="text/plain")


urlpatterns = [path("", index)]
