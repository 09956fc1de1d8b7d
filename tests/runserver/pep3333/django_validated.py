"""Django with its default middleware, inside wsgiref.validate."""

import io
from wsgiref.validate import validator

import django
from django.conf import settings
from django.http import FileResponse, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path

settings.configure(
    DEBUG=True,
    SECRET_KEY="for tests",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["localhost"],
    DATA_UPLOAD_MAX_MEMORY_SIZE=None,
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
)
django.setup()


def page(request):
    """Answer plainly."""
    response = HttpResponse(b"a page")
    response.set_cookie("a", "b")
    return response


def echo(request):
    """Answer with the body."""
    return HttpResponse(request.body, content_type="text/plain")


def form(request):
    """Answer with what was posted."""
    return JsonResponse({"field": request.POST["field"], "file": request.FILES["file"].size})


def stream(request):
    """Answer in blocks."""
    return StreamingHttpResponse(b"block %d\n" % number for number in range(3))


def file(request):
    """Answer with a file."""
    return FileResponse(io.BytesIO(b"a file"), filename="file.txt")


def empty(request):
    """Answer without a body."""
    response = HttpResponse(status=204)
    del response["Content-Type"]
    return response


urlpatterns = [path(f"{view.__name__}/", view) for view in (page, echo, form, stream, file, empty)]

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = validator(get_wsgi_application())
