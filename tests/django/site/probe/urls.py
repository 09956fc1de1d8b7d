"""The addresses of the views."""

from django.urls import path

from . import threads, two, views

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
    path("query-together/", views.query_together),
    path("query-stream/", views.query_stream),
    path("query-fail/", views.query_fail),
    path("nest/<int:depth>/", threads.nest),
    path("meet/<str:name>/", threads.meet),
    path("met/<str:name>/", threads.met),
    path("crowd/", threads.crowd),
    path("later/", threads.later),
    path("asynchronous/", threads.asynchronous),
    path("one-at-a-time/", threads.one_at_a_time),
    path("backend/", two.backend),
    path("note/", views.note),
]
