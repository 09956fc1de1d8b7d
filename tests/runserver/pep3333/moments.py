"""Says when it was asked for what, and waits where it is told to."""

import threading

GO = threading.Event()


def application(environ, start_response):
    """Do as the path says."""
    name = environ["PATH_INFO"][1:]
    if name == "go":
        GO.set()
    if name == "threads":
        start_response("200 OK", [("Content-Type", "text/plain")])
        names = ("wsgi.multithread", "wsgi.multiprocess", "wsgi.run_once")
        return [" ".join(str(environ[name]) for name in names).encode()]
    write = start_response("200 OK", [("Content-Type", "text/plain")])
    if name == "written":
        GO.clear()
        write(b"first")
        GO.wait(30)
        write(b"second")
        return [b"third"]
    if name == "echo":
        read = environ["wsgi.input"].read
        return iter(lambda: read(1000), b"")
    if name == "yielded":
        return blocks()
    return [b"done"]


def blocks():
    """Wait between two blocks."""
    GO.clear()
    yield b""
    yield b"first"
    GO.wait(30)
    yield b"second"
    yield b"third"
