"""Files of many kinds, sent by wsgi.file_wrapper. `data` is a file of 300,000 octets."""

import gzip
import io
import os
import tempfile
import threading

DATA = bytes(range(250)) * 1200
CLOSED = {}
CHANGED = threading.Condition()
READS = []

with open("data", "wb") as made:
    made.write(DATA)
with gzip.open("data.gz", "wb") as packed:
    packed.write(DATA)


class Closing:
    """A file whose close() is counted; everything else is the file's own."""

    def __init__(self, name, file):
        self._name = name
        self._file = file

    def __getattr__(self, name):
        return getattr(self._file, name)

    def close(self):
        self._file.close()
        closed(self._name)


class OnlyRead:
    """An object with nothing but `read`."""

    def __init__(self, octets):
        self._file = io.BytesIO(octets)

    def read(self, size):
        READS.append(size)
        return self._file.read(size)


class Upper(io.FileIO):
    """A real file whose octets are not those that it gives."""

    def read(self, size=-1):
        return super().read(size).replace(b"a", b"A")


class Dripping(OnlyRead):
    """Gives less than it is asked for."""

    def read(self, size):
        return super().read(min(size, 7))


def closed(name):
    """Count a close()."""
    with CHANGED:
        CLOSED[name] = CLOSED.get(name, 0) + 1
        CHANGED.notify_all()


def at(file, offset):
    """Return the file, moved to an offset."""
    file.seek(offset)
    return file


def after_read(file, size):
    """Return the file, read so far; its buffer is further on."""
    file.read(size)
    return file


def pipe():
    """Return the reading end of a pipe, which somebody writes to meanwhile."""
    read_end, write_end = os.pipe()

    def feed():
        with os.fdopen(write_end, "wb") as file:
            file.write(DATA)

    threading.Thread(target=feed).start()
    return os.fdopen(read_end, "rb")


def temporary():
    """Return a file that was written just now, through a buffer."""
    file = tempfile.TemporaryFile()
    file.write(DATA)
    return at(file, 250)


def real():
    """Return a file of the system that counts its close() as Django does, in the object itself."""
    file = open("data", "rb")
    close = file.close

    def counted():
        closed("real")
        close()

    file.close = counted
    return file


def closed_file():
    """Return a file that cannot be read any more."""
    file = open("data", "rb")
    file.close()
    return file


FILES = {
    "whole": lambda: open("data", "rb"),
    "unbuffered": lambda: at(open("data", "rb", buffering=0), 10),
    "seeked": lambda: at(open("data", "rb"), 299_990),
    "read": lambda: after_read(open("data", "rb"), 5),
    "line": lambda: after_read(open("data", "rb"), 20_000),
    "end": lambda: at(open("data", "rb"), 300_000),
    "beyond": lambda: at(open("data", "rb"), 400_000),
    "writable": lambda: at(open("data", "r+b"), 299_000),
    "temporary": temporary,
    "spooled": lambda: at(temporary_spool(), 250),
    "bytesio": lambda: at(io.BytesIO(DATA), 250),
    "only_read": lambda: OnlyRead(DATA),
    "dripping": lambda: Dripping(DATA[:1000]),
    "pipe": pipe,
    "gzip": lambda: gzip.open("data.gz", "rb"),
    "upper": lambda: Upper("letters", "rb"),
    "text": lambda: open("letters", encoding="ascii"),
    "closed_file": closed_file,
    "empty": lambda: open(os.devnull, "rb"),
    "proxy": lambda: Closing("proxy", open("data", "rb")),
    "real": real,
    "directory": lambda: os.fdopen(os.open(".", os.O_RDONLY), "rb"),
}


def temporary_spool():
    """Return a file that is still in memory."""
    file = tempfile.SpooledTemporaryFile(max_size=1 << 20)
    file.write(DATA)
    return file


def application(environ, start_response):
    """Send the file that the path names, in the way that the query says."""
    name = environ["PATH_INFO"][1:]
    query = environ["QUERY_STRING"]
    if name.startswith("closed/"):
        name = name[len("closed/") :]
        with CHANGED:
            CHANGED.wait_for(lambda: name in CLOSED, 30)
            body = str(CLOSED.get(name))
    elif name == "reads":
        body = " ".join(sorted({str(size) for size in READS}))
    else:
        headers = [("Content-Type", "application/octet-stream")]
        if query.isdigit():
            headers.append(("Content-Length", query))
        status = "304 Not Modified" if query == "304" else "200 OK"
        write = start_response(status, headers if status[:3] == "200" else [])
        if query == "write":
            write(b"written ")
        size = (100,) if name == "only_read" else ()
        wrapped = environ["wsgi.file_wrapper"](FILES[name](), *size)
        if query == "twice":
            # Somebody read from it before the server does.
            next(wrapped)
        if query == "middleware":
            return (block.swapcase() for block in wrapped)
        if query == "iterator":
            return iter(wrapped)
        return wrapped
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [body.encode()]
