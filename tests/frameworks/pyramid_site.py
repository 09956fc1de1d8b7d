"""Pyramid's own beginner's application, with a path and a form."""

from pyramid.config import Configurator
from pyramid.response import Response

GREETING = "hello"


def index(request):
    return Response(GREETING)


def hello(request):
    return Response(f"hello {request.matchdict['name']}")


def form(request):
    return Response(f"posted {request.POST['name']}")


with Configurator() as config:
    for view, path in ((index, "/"), (hello, "/hello/{name}"), (form, "/form")):
        config.add_route(view.__name__, path)
        config.add_view(view, route_name=view.__name__)
    app = config.make_wsgi_app()
