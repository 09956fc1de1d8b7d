"""A file through `wsgi.file_wrapper`, and an upload that is read and counted."""

import os
from wsgiref.util import FileWrapper

PIECE = 64 * 1024
TEXT = [("Content-Type", "text/plain")]


def application(environ, start_response):
    """Answer `/file` with the file that PEERS_FILE names, `/upload` with the body's length."""
    path = environ["PATH_INFO"]
    if path == "/file":
        file = open(os.environ["PEERS_FILE"], "rb")  # noqa: SIM115 - the server closes it
        length = os.fstat(file.fileno()).st_size
        headers = [("Content-Type", "application/octet-stream"), ("Content-Length", str(length))]
        start_response("200 OK", headers)
        return environ.get("wsgi.file_wrapper", FileWrapper)(file, PIECE)
    body = b"Files.\n"
    if path == "/upload":
        body = str(count(environ["wsgi.input"], int(environ["CONTENT_LENGTH"]))).encode()
    start_response("200 OK", [*TEXT, ("Content-Length", str(len(body)))])
    return [body]


def count(stream, length):
    """Read a body in pieces and return how many octets came."""
    size = 0
    while size < length:
        piece = stream.read(min(PIECE, length - size))
        if not piece:
            break
        size += len(piece)
    return size
