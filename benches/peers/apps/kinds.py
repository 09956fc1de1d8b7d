"""Answers of several kinds, so that memory kept by any of them shows."""

BODY = b"Kinds.\n"
TEXT = [("Content-Type", "text/plain")]


def application(environ, start_response):
    """Answer `/stream` in blocks, `/body` with the body, `/many` with headers."""
    path = environ["PATH_INFO"]
    if path == "/stream":
        start_response("200 OK", TEXT)
        return blocks()
    if path == "/empty":
        start_response("204 No Content", [])
        return []
    if path == "/body":
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    elif path == "/many":
        start_response("200 OK", [*TEXT, *((f"X-Header-{n}", "x" * n) for n in range(20))])
        return [BODY]
    else:
        body = BODY
    start_response("200 OK", [*TEXT, ("Content-Length", str(len(body)))])
    return [body]


def blocks():
    """Yield a body in blocks."""
    for _ in range(4):
        yield BODY
