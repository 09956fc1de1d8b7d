"""The one view of the benchmarked page."""

import os
from pathlib import Path

from django.http import HttpResponse
from django.urls import path

PAGES = Path(os.environ["PEERS_PAGE"], "pages")


def page(request, number=0):
    """Answer with one of the pages."""
    return HttpResponse(PAGES.joinpath(f"{number}.html").read_bytes())


urlpatterns = [path("", page), path("<int:number>", page)]
