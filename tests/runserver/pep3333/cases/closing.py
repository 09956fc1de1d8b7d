"""Point 24: close() is called exactly once, however the request ends, and point 32's close."""

import io

from . import OK, TEXT, Body, case, count_close, get


def fail(*blocks):
    """Yield the blocks and fail."""
    yield from blocks
    raise ValueError("in the body")


def closing(says, blocks, *requests, code=200, headers=(), name="", **expected):
    """Register a case of a body that must be closed once."""

    def application(environ, start_response):
        start_response(f"{code} As Told", [*TEXT, *headers])
        return Body("close_" + name, blocks())

    application.__name__ = "close_" + name
    if "error" not in expected:
        expected["status"] = code
    case(24, "must", "close() is called once: " + says, *requests, closed=1, **expected)(
        application
    )


TWO = (b"a", b"b")
closing("after all blocks", lambda: TWO, name="end", body=b"ab")
closing("without blocks", lambda: (), name="empty", body=b"")
closing("after an error", lambda: fail(b"a"), name="error", broken=True)
closing("after an error before output", lambda: fail(), name="early", error="in the body")
closing("after a wrong block", lambda: ["text"], name="type", error="TypeError")
closing("HEAD", lambda: TWO, get(method="HEAD"), name="head", body=b"")
closing("204", lambda: TWO, code=204, name="204", body=b"")
closing("304", lambda: TWO, code=304, name="304", body=b"")
closing("HTTP/1.0", lambda: TWO, get(version="1.0"), name="10", body=b"ab")
LENGTH = ("Content-Length", "1")
closing("cut", lambda: (b"abc", b"d"), headers=[LENGTH], name="cut", body=b"a")
closing("complete", lambda: TWO, headers=[LENGTH], name="complete", body=b"a")


def not_asked(name):
    """Yield a block, and count a close() too many if asked for another."""
    yield b"abc"
    count_close("close_" + name)


for number, name in ((3, "asked"), (2, "asked_cut")):
    length = [("Content-Length", str(number))]
    closing(
        "the rest is not asked for",
        lambda name=name: not_asked(name),
        headers=length,
        name=name,
        body="abc"[:number],
    )
closing(
    "HEAD of an endless body",
    lambda: iter(lambda: b"x", b""),
    get(method="HEAD"),
    name="head_endless",
    body=b"",
)
LENGTH = ("Content-Length", "9")
closing("too short", lambda: TWO, headers=[LENGTH], name="short", broken=True)


@case(26, "must", "what write() completed is not asked for more", body=b"abc", closed=1)
def close_written(environ, start_response):
    start_response(OK, [("Content-Length", "3")])(b"abc")
    return Body("close_written", not_asked("written"))


@case(
    30, "should", "an error after a complete body takes nothing away", body=b"abc", log="too late"
)
def error_after_all(environ, start_response):
    start_response(OK, [("Content-Length", "3")])(b"abc")
    raise ValueError("too late")


@case(24, "must", "close() without start_response", error="start_response", closed=1)
def close_unstarted(environ, start_response):
    return Body("close_unstarted", [b"a"])


@case(24, "must", "close() of what cannot be iterated", error="TypeError", closed=1)
def close_uniterable(environ, start_response):
    class Uniterable:
        def close(self):
            count_close("close_uniterable")

    start_response(OK, list(TEXT))
    return Uniterable()


@case(24, "must", "close() where iter() fails", error="ZeroDivisionError", closed=1)
def close_iter(environ, start_response):
    class Unwilling(Body):
        def __iter__(self):
            return 1 // 0

    start_response(OK, list(TEXT))
    return Unwilling("close_iter", [])


@case(24, "must", "close() of the iterable, not of its iterator", body=b"ab", closed=1)
def close_iterable(environ, start_response):
    class Iterable:
        def __iter__(self):
            return Body("an iterator of its own", [b"a", b"b"])

        def close(self):
            count_close("close_iterable")

    start_response(OK, list(TEXT))
    return Iterable()


@case(24, "must", "the end of a generator", get(method="HEAD"), body=b"", closed=1)
def close_generator(environ, start_response):
    start_response(OK, list(TEXT))
    try:
        yield b"a"
        yield b"b"
    finally:
        count_close("close_generator")


@case(24, "must", "close() of one block that is sent whole", body=b"a", closed=1)
def close_sized(environ, start_response):
    class One(Body):
        def __len__(self):
            return 1

    start_response(OK, list(TEXT))
    return One("close_sized", [b"a"])


@case(24, "must", "what close() raises is logged", body=b"ab", log="ValueError: in close")
def close_raises(environ, start_response):
    class Bad(Body):
        def close(self):
            raise ValueError("in close")

    start_response(OK, list(TEXT))
    return Bad("close_raises", [b"a", b"b"])


@case(32, "must", "file_wrapper closes its file once", body=b"abc", closed=1)
def close_file(environ, start_response):
    class File(io.BytesIO):
        def close(self):
            if not self.closed:
                count_close("close_file")
            super().close()

    start_response(OK, list(TEXT))
    return environ["wsgi.file_wrapper"](File(b"abc"))
