"""The addresses of the views."""

from django.urls import path

from . import two, views

urlpatterns = [
    path("", views.plain),
    path("stream/", views.stream),
    path("release/", views.release),
    path("endless/", views.endless),
    path("file/<str:kind>/", views.file),
    path("fail/", views.fail),
    path("fail-late/", views.fail_late),
    path("quit/", views.leave),
    path("upload/", views.upload),
    path("query/", views.query),
    path("query-stream/", views.query_stream),
    path("query-fail/", views.query_fail),
    path("backend/", two.backend),
    path("note/", views.note),
]
