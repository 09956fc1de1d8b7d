"""Answers any request with what the application saw of it."""

import json

calls = 0


def application(environ, start_response):
    global calls
    calls += 1
    seen = {name: value for name, value in environ.items() if type(value) is str}
    seen["body"] = environ["wsgi.input"].read().decode("latin-1")
    answer = json.dumps({"calls": calls, "seen": seen}).encode()
    start_response(
        "200 OK",
        [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))],
    )
    return [answer]
