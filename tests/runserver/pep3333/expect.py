"""Reads the body before or after it begins to answer, or not at all."""

import threading

GO = threading.Event()


def late(read):
    """Read the body when the client has the first block."""
    yield b"before "
    GO.wait(30)
    yield read()


def application(environ, start_response):
    """Do as the path says."""
    name = environ["PATH_INFO"][1:]
    read = environ["wsgi.input"].read
    if name == "fail":
        raise ValueError("before the body is read")
    if name == "refuse":
        start_response("401 Unauthorized", [("Content-Type", "text/plain")])
        return iter([b"re", b"fused"])
    if name == "late":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return late(read)
    if name == "go":
        GO.set()
    body = read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [body]
