"""Reads wsgi.input in the way that the query says, beside a file with the same octets."""

import io
from urllib.parse import parse_qsl


def perform(source, method, size):
    """Call one method; `next` is one step of an iteration."""
    if method == "next":
        return next(iter(source), None)
    call = getattr(source, method)
    return call() if size == "" else call(int(size))


def application(environ, start_response):
    """Answer with nothing, or with the first difference."""
    source = environ["wsgi.input"]
    with open("body", "rb") as file:
        octets = file.read()
    oracle = io.BytesIO(octets)
    wrong = ""
    if environ["CONTENT_LENGTH"] != str(len(octets)):
        wrong = "CONTENT_LENGTH is " + environ["CONTENT_LENGTH"]
    # The last one takes the rest in any case, so that the client can send all of it.
    for method, size in [*parse_qsl(environ["QUERY_STRING"], True), ("read", ""), ("read", "9")]:
        got, expected = perform(source, method, size), perform(oracle, method, size)
        if not wrong and (got != expected or type(got) is not type(expected)):
            wrong = f"{method}({size}) at {oracle.tell()}: {got!r:.200}, not {expected!r:.200}"
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [wrong.encode()]
