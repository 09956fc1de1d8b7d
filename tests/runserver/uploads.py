"""Reads bodies in ways that are not the usual one."""

import hashlib
import os
import resource
import threading

GO = threading.Event()


def application(environ, start_response):
    """Do as the path says."""
    name = environ["PATH_INFO"][1:]
    source = environ["wsgi.input"]
    if name == "go":
        GO.set()
    if name == "cut":
        return cut(source, start_response)
    if name == "file":
        start_response("200 OK", [("Content-Type", "application/octet-stream")])
        return environ["wsgi.file_wrapper"](open("file", "rb"))
    body = b"done"
    if name == "digest":
        body = digest(source).encode()
    elif name == "part":
        body = source.read(5)
    elif name == "full":
        body = without_room(source).encode()
    elif name == "threads":
        body = in_threads(source)
    elif name == "gone":
        try:
            source.read()
        except OSError as error:
            print(f"read: {error}", flush=True)
    elif name == "stay":
        source.read(5)
        print("stays", flush=True)
        GO.wait(60)
    elif name == "hold":
        source.read(5)
        print("holds", flush=True)
        source.read()
    elif name == "pid":
        body = str(os.getpid()).encode()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [body]


def digest(source):
    """Return the length of the rest, and what it is."""
    digest = hashlib.sha256()
    size = 0
    for piece in iter(lambda: source.read(65536), b""):
        digest.update(piece)
        size += len(piece)
    return f"{size} {digest.hexdigest()}"


def without_room(source):
    """Return why nothing can be read while the process may have no more files open."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (100, limits[1]))
    taken = []
    try:
        while True:
            taken.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        pass
    try:
        source.read()
    except OSError as error:
        return str(error)
    finally:
        for descriptor in taken:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    return "read"


def in_threads(source):
    """Read by two threads at once, each until the end."""
    pieces = []
    threads = [
        threading.Thread(target=lambda: pieces.extend(iter(lambda: source.read(1000), b"")))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return b"%d" % sum(map(len, pieces))


def cut(source, start_response):
    """Begin an answer whose end is known only by the connection's, and fail."""
    source.read(5)
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"begun"
    raise ValueError("in the middle")
