"""Views that answer at once, and views that sleep as if they waited for a database."""

import time

BODY = b"Awake.\n"
HEADERS = [("Content-Type", "text/plain"), ("Content-Length", str(len(BODY)))]
SLEEP = 0.1


def application(environ, start_response):
    """Answer `/` at once and `/slow` after a while."""
    if environ["PATH_INFO"] == "/slow":
        time.sleep(SLEEP)
    start_response("200 OK", HEADERS)
    return [BODY]
