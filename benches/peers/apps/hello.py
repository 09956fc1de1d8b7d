"""The smallest WSGI application that a person would write."""

BODY = b"Hello, world!\n"
HEADERS = [("Content-Type", "text/plain"), ("Content-Length", str(len(BODY)))]


def application(environ, start_response):
    """Say hello."""
    start_response("200 OK", HEADERS)
    return [BODY]
