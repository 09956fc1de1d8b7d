"""Answers that go on for ever, until their clients are gone."""

import io
import threading

ENDED = {}
CHANGED = threading.Condition()
GO = threading.Event()


def end(name, how="closed"):
    """Note how something ended."""
    with CHANGED:
        ENDED.setdefault(name, []).append(how)
        CHANGED.notify_all()


class Endless:
    """Blocks without end."""

    def __init__(self, name, block):
        self.name = name
        self.block = block

    def __iter__(self):
        return self

    def __next__(self):
        return self.block

    def close(self):
        end(self.name)


class Finite(Endless):
    """So many blocks."""

    def __init__(self, name, block, count):
        super().__init__(name, block)
        self.left = count

    def __next__(self):
        if not self.left:
            raise StopIteration
        self.left -= 1
        return self.block


class EndlessFile(io.RawIOBase):
    """A file without end."""

    def read(self, size=-1):
        return b"x" * size

    def close(self):
        if not self.closed:
            end("file")
        super().close()


def generator():
    """Note how the iteration ends."""
    try:
        while True:
            yield b"x" * 1000
    except BaseException as error:
        end("generator", type(error).__name__)
        raise


def application(environ, start_response):
    """Answer in the way that the path says."""
    name = environ["PATH_INFO"][1:]
    if name.startswith("ended/"):
        name = name[len("ended/") :]
        with CHANGED:
            CHANGED.wait_for(lambda: name in ENDED, 30)
            body = " ".join(ENDED.get(name, []))
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [body.encode()]
    if name == "go":
        GO.set()
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"gone"]
    if name == "before":
        # Its client goes away now.
        print("waiting", file=environ["wsgi.errors"], flush=True)
        GO.wait(30)
    write = start_response("200 OK", [("Content-Type", "text/plain")])
    if name == "written":
        try:
            while True:
                write(b"x" * 1000)
        except OSError as error:
            end("written", "OSError")
            raise RuntimeError("cleaned up") from error
    if name == "generator":
        return generator()
    if name.startswith("many/"):
        count = int(environ["QUERY_STRING"])
        return Finite(name, b"x" * 20_000, count)
    if name == "file":
        return environ["wsgi.file_wrapper"](EndlessFile(), 10_000)
    return Endless(name, b"x" * (100_000 if name == "large" else 100))
