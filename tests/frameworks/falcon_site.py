"""Falcon's own beginner's application, with a path and a form."""

import falcon

GREETING = "hello"


class Index:
    def on_get(self, request, response):
        response.content_type = falcon.MEDIA_TEXT
        response.text = GREETING


class Hello:
    def on_get(self, request, response, name):
        response.content_type = falcon.MEDIA_TEXT
        response.text = f"hello {name}"


class Form:
    def on_post(self, request, response):
        response.content_type = falcon.MEDIA_TEXT
        response.text = f"posted {request.get_media()['name']}"


app = falcon.App()
app.add_route("/", Index())
app.add_route("/hello/{name}", Hello())
app.add_route("/form", Form())
