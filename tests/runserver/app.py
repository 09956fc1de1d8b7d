"""An application with a path for each thing that applications do."""

import json
import os
import signal
import sys
import threading
import time
from wsgiref.validate import validator

CLOSED = []
GO = threading.Event()
MEETING = threading.Condition()
MET = {"here": 0, "times": 0, "inside": 0, "most": 0}


class Body:
    """Blocks with a close() that can be seen."""

    def __init__(self, name, blocks):
        self.name = name
        self.blocks = iter(blocks)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self.blocks)

    def close(self):
        CLOSED.append(self.name)


def forever(block):
    while True:
        yield block


def application(environ, start_response):
    name = environ["PATH_INFO"].strip("/").replace("-", "_") or "hello"
    if name.startswith("environ/"):
        name = "environ"
    return globals()["do_" + name](environ, start_response)


def plain(start_response, *headers):
    return start_response("200 OK", [("Content-Type", "text/plain"), *headers])


def do_hello(environ, start_response):
    plain(start_response)
    return [b"Hello, world!\n"]


def do_environ(environ, start_response):
    plain(start_response)
    return [json.dumps({key: repr(value) for key, value in environ.items()}).encode()]


def do_echo(environ, start_response):
    body = environ["wsgi.input"].read()
    plain(start_response)
    return [body]


def do_digest(environ, start_response):
    import hashlib

    digest, size = hashlib.sha256(), 0
    while True:
        block = environ["wsgi.input"].read(100_000)
        if not block:
            break
        digest.update(block)
        size += len(block)
    plain(start_response)
    return [("%d %s" % (size, digest.hexdigest())).encode()]


def do_length(environ, start_response):
    """As do_digest, but by CONTENT_LENGTH alone, as Django reads."""
    import hashlib

    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH", 0)))
    plain(start_response)
    return [("%d %s" % (len(body), hashlib.sha256(body).hexdigest())).encode()]


def do_ignore_body(environ, start_response):
    plain(start_response)
    return [b"ignored"]


def do_read_error(environ, start_response):
    try:
        environ["wsgi.input"].read()
    except OSError as error:
        print("read failed: %s" % error, file=sys.stderr, flush=True)
        raise
    plain(start_response)
    return [b"complete"]


def do_stream(environ, start_response):
    plain(start_response)
    return (b"block %d\n" % number for number in range(3))


def do_stream_big(environ, start_response):
    plain(start_response)
    return (bytes([65 + number % 26]) * 100_000 for number in range(100))


def do_one_big(environ, start_response):
    plain(start_response, ("Content-Length", "10000000"))
    return [b"x" * 10_000_000]


def do_stepwise(environ, start_response):
    """Gives a block, and the next one only when /go/ was asked for."""

    def blocks():
        yield b"first"
        GO.wait(30)
        yield b"second"

    GO.clear()
    plain(start_response)
    return blocks()


def do_go(environ, start_response):
    GO.set()
    plain(start_response)
    return [b"gone"]


def do_forever(environ, start_response):
    plain(start_response)
    return Body("forever", forever(b"x" * 10_000))


def do_closed(environ, start_response):
    plain(start_response)
    return [json.dumps(CLOSED).encode()]


def do_close_each(environ, start_response):
    plain(start_response)
    return Body("each", [b"a", b"b"])


def do_write(environ, start_response):
    write = plain(start_response)
    write(b"written ")
    return [b"returned"]


def do_empty(environ, start_response):
    start_response("204 No Content", [])
    return []


def do_not_modified(environ, start_response):
    start_response("304 Not Modified", [("ETag", '"x"')])
    return []


def do_empty_blocks(environ, start_response):
    plain(start_response)
    return iter([b"", b"a", b"", b"b", b""])


def do_short(environ, start_response):
    plain(start_response, ("Content-Length", "10"))
    return iter([b"abc"])


def do_long(environ, start_response):
    plain(start_response, ("Content-Length", "3"))
    return iter([b"abcdef", b"ghi"])


def do_latin1(environ, start_response):
    plain(start_response, ("X-Name", "caf\xe9"))
    return [b""]


def do_valid(environ, start_response):
    return validator(do_hello_validated)(environ, start_response)


def do_hello_validated(environ, start_response):
    environ["wsgi.input"].read(10)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"valid"]


def do_sleep(environ, start_response):
    time.sleep(0.2)
    plain(start_response)
    return [b"slept"]


def do_wait(environ, start_response):
    """Answers when /go/ was asked for."""
    GO.clear()
    print("waiting", file=sys.stderr, flush=True)
    GO.wait(30)
    plain(start_response)
    return [b"waited"]


def do_meet(environ, start_response):
    """Answers when as many requests as the query says have come since the last ones met."""
    parties = int(environ["QUERY_STRING"])
    with MEETING:
        MET["inside"] += 1
        MET["most"] = max(MET["most"], MET["inside"])
        MET["here"] += 1
        times = MET["times"]
        if MET["here"] == parties:
            MET["here"] = 0
            MET["times"] += 1
            MEETING.notify_all()
        met = MEETING.wait_for(lambda: MET["times"] > times, 30)
        MET["inside"] -= 1
    plain(start_response)
    return [b"met" if met else b"alone"]


def do_most(environ, start_response):
    """How many were inside `do_meet` at a time."""
    plain(start_response)
    return [str(MET["most"]).encode()]


def do_spin(environ, start_response):
    print("spinning", file=sys.stderr, flush=True)
    while True:
        pass


def do_hold(environ, start_response):
    """Stays inside C code that does not give the interpreter lock away."""
    print("holding", file=sys.stderr, flush=True)
    sum(range(10**15))


def do_atexit(environ, start_response):
    import atexit

    atexit.register(lambda: os.write(2, b"exit handler ran\n"))
    plain(start_response)
    return [b""]


def do_raise_before(environ, start_response):
    raise ValueError("raised <before>")


def do_raise_after(environ, start_response):
    plain(start_response)
    raise ValueError("raised after")


def do_raise_in_body(environ, start_response):
    def blocks():
        yield b"some"
        raise ValueError("raised in the body")

    plain(start_response)
    return blocks()


def do_none(environ, start_response):
    plain(start_response)


def do_text(environ, start_response):
    plain(start_response)
    return ["text"]


def do_yield_text(environ, start_response):
    plain(start_response)
    yield "text"


def do_no_start(environ, start_response):
    return [b"body"]


def do_exit(environ, start_response):
    sys.exit(3)


def do_split(environ, start_response):
    start_response("200 OK", [("X-Evil", "a\r\nSet-Cookie: b")])
    return [b""]


def do_head_of(environ, start_response):
    """start_response with what the query says."""
    from urllib.parse import parse_qs

    query = parse_qs(environ["QUERY_STRING"], encoding="latin-1")
    status, name, value = (query[part][0] for part in "snv")
    start_response(status, [(name, value)])
    return [b"sent"]


def do_list_header(environ, start_response):
    start_response("200 OK", [["Content-Type", "text/plain"]])
    return [b""]


def do_hop_by_hop(environ, start_response):
    start_response("200 OK", [("Connection", "close")])
    return [b""]


def do_kill(environ, start_response):
    os.kill(os.getpid(), signal.SIGKILL)


def do_exit_process(environ, start_response):
    os._exit(7)


def do_pid(environ, start_response):
    plain(start_response)
    return [str(os.getpid()).encode()]


def do_errors(environ, start_response):
    environ["wsgi.errors"].write("to the errors: \N{SNOWMAN} \udcff\n")
    plain(start_response)
    return [b""]
