"""Points 23 and 25 to 32: the body."""

import io

from . import OK, TEXT, answer, case, get

CHUNKED = {"Transfer-Encoding": "chunked", "Content-Length": None}
NEITHER = {"Transfer-Encoding": None, "Content-Length": None}


class Sized:
    """Blocks that know how many they are."""

    def __init__(self, *blocks):
        self.blocks = blocks

    def __len__(self):
        return len(self.blocks)

    def __iter__(self):
        return iter(self.blocks)


def length(number):
    """Return the header."""
    return ("Content-Length", str(number))


@case(25, "should", "one block has its length", body=b"ok", headers={"Content-Length": "2"})
def one_block(environ, start_response):
    return answer(start_response)


@case(25, "should", "one block of any iterable", body=b"abc", headers={"Content-Length": "3"})
def one_block_sized(environ, start_response):
    start_response(OK, list(TEXT))
    return Sized(b"abc")


@case(25, "should", "one long block", body="x" * 200_000, headers={"Content-Length": "200000"})
def one_block_long(environ, start_response):
    start_response(OK, list(TEXT))
    return Sized(b"x" * 200_000)


@case(25, "must", "but not after write()", body=b"ab", headers={"Content-Length": None})
def one_block_after_write(environ, start_response):
    start_response(OK, list(TEXT))(b"a")
    return Sized(b"b")


@case(25, "should", "no block is a body of length 0", body=b"", headers={"Content-Length": "0"})
def no_block(environ, start_response):
    start_response(OK, list(TEXT))
    return []


@case(26, "must", "what is longer than announced is cut", body=b"abc", log="Content-Length")
def too_long(environ, start_response):
    start_response(OK, [length(3)])
    return [b"abcdef"]


@case(26, "must", "and in a later block", body=b"abc", log="Content-Length")
def too_long_late(environ, start_response):
    start_response(OK, [length(3)])
    return iter([b"ab", b"cd", b"ef"])


@case(26, "must", "and where nothing was announced", body=b"", log="Content-Length")
def too_long_for_nothing(environ, start_response):
    start_response(OK, [length(0)])
    return iter([b"ab"])


@case(26, "must", "and in write()", body=b"abc", log="Content-Length")
def too_long_written(environ, start_response):
    write = start_response(OK, [length(3)])
    write(b"ab")
    write(b"cd")
    return [b"gh"]


@case(
    26,
    "should",
    "write() past the end raises",
    body=b"abc",
    log="ValueError: write() was called after all 3 bytes",
)
def written_past_the_end(environ, start_response):
    write = start_response(OK, [length(3)])
    write(b"abc")
    write(b"")
    write(b"more")
    return []


@case(26, "must", "but not where there is no body", get(method="HEAD"), body=b"")
def written_past_no_body(environ, start_response):
    write = start_response(OK, [length(3)])
    write(b"abc")
    write(b"more")
    return []


@case(26, "must", "what is shorter than announced is broken off", broken=True, log="Content-Length")
def too_short(environ, start_response):
    start_response(OK, [length(10)])
    return iter([b"abc", b"def"])


@case(26, "must", "and where it was written", broken=True, log="Content-Length")
def too_short_written(environ, start_response):
    start_response(OK, [length(10)])(b"abc")
    return []


@case(26, "must", "and where nothing has gone out, it is an error", error="Content-Length 10")
def too_short_at_once(environ, start_response):
    start_response(OK, [length(10)])
    return [b"abc"]


@case(27, "must", "an empty block does not end the body", body=b"abc", headers=CHUNKED)
def empty_blocks(environ, start_response):
    start_response(OK, list(TEXT))
    return iter([b"", b"a", b"", b"", b"bc", b""])


@case(27, "must", "nor does an empty write()", body=b"abc", headers=CHUNKED)
def empty_writes(environ, start_response):
    write = start_response(OK, list(TEXT))
    for block in (b"", b"a", b"", b"bc", b""):
        write(block)
    return iter([b""])


@case(27, "must", "empty blocks alone are an empty body", body=b"")
def only_empty_blocks(environ, start_response):
    start_response(OK, list(TEXT))
    return iter([b"", b""])


@case(
    27, "must", "a block that looks like the end is not", body=b"0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"
)
def block_like_an_end(environ, start_response):
    start_response(OK, list(TEXT))
    return iter([b"0\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"])


@case(
    28,
    "must",
    "HEAD has no body, and the length of GET",
    get(method="HEAD"),
    body=b"",
    headers={"Content-Length": "5", "Transfer-Encoding": None},
)
def head(environ, start_response):
    return answer(start_response, b"hello")


@case(28, "must", "HEAD of a stream", get(method="HEAD"), body=b"", headers=NEITHER)
def head_of_stream(environ, start_response):
    start_response(OK, list(TEXT))
    return iter([b"hello", b"world"])


@case(28, "must", "HEAD with write()", get(method="HEAD"), body=b"", headers=NEITHER)
def head_written(environ, start_response):
    write = start_response(OK, list(TEXT))
    write(b"a")
    write(b"b")
    return [b"c"]


@case(
    28,
    "must",
    "HEAD keeps the length that the application gives, without a body too",
    get(method="HEAD"),
    body=b"",
    headers={"Content-Length": "1000"},
)
def head_with_length(environ, start_response):
    start_response(OK, [length(1000)])
    return []


def bodiless(status, name, blocks, *headers):
    """Register a case of a status that has no body."""

    def application(environ, start_response):
        start_response(status, list(headers))
        return blocks()

    application.__name__ = name
    says = f"{status[:3]} has no body and no framing"
    case(28, "must", says, status=int(status[:3]), body=b"", headers=NEITHER)(application)


for code in ("204 No Content", "304 Not Modified"):
    for kind, make in (
        ("empty", list),
        ("list", lambda: [b"body"]),
        ("stream", lambda: iter([b"bo", b"dy"])),
        ("long", lambda: [b"x" * 100_000]),
    ):
        bodiless(code, f"status_{code[:3]}_{kind}", make)
bodiless("204 No Content", "status_204_length", lambda: [b"body"], length(4))


@case(
    28,
    "must",
    "304 keeps the length of what it stands for",
    status=304,
    body=b"",
    headers={"Content-Length": "1000", "Transfer-Encoding": None},
)
def status_304_length(environ, start_response):
    start_response("304 Not Modified", [length(1000)])
    return []


@case(29, "must", "HTTP/1.0 gets no chunks", get(version="1.0"), body=b"ab", headers=NEITHER)
def stream_10(environ, start_response):
    start_response(OK, list(TEXT))
    return iter([b"a", b"b"])


@case(
    29,
    "must",
    "HTTP/1.0 is closed, as the client expects",
    get(version="1.0"),
    body=b"ok",
    closes=True,
)
def ends_10(environ, start_response):
    return answer(start_response)


@case(
    29,
    "should",
    "HTTP/1.0 is kept alive where the client asks",
    get("Connection: keep-alive\r\n", version="1.0"),
    body=b"ok",
    headers={"Connection": "keep-alive", "Content-Length": "2"},
)
def keep_alive_10(environ, start_response):
    return answer(start_response)


@case(
    29,
    "must",
    "a stream to HTTP/1.0 ends with the connection in spite of that",
    get("Connection: keep-alive\r\n", version="1.0"),
    body=b"ab",
    headers={"Connection": None, **NEITHER},
    closes=True,
)
def stream_keep_alive_10(environ, start_response):
    start_response(OK, list(TEXT))
    return iter([b"a", b"b"])


@case(
    29,
    "must",
    "a client that wants to close is obeyed",
    get("Connection: close\r\n"),
    body=b"ok",
    headers={"Connection": "close"},
    closes=True,
)
def ends_11(environ, start_response):
    return answer(start_response)


def failing(start_response, *blocks):
    """Yield the blocks and fail."""
    start_response(OK, list(TEXT))
    yield from blocks
    raise ValueError("in the middle")


@case(30, "must", "an error in the middle breaks off", broken=True, log="ValueError: in the middle")
def error_in_chunks(environ, start_response):
    return failing(start_response, b"some", b"more")


@case(30, "must", "to HTTP/1.0 too", get(version="1.0"), broken=True, log="ValueError: in the")
def error_in_10(environ, start_response):
    return failing(start_response, b"some", b"more")


@case(30, "must", "after write() too", broken=True, log="ValueError: in the middle")
def error_after_write(environ, start_response):
    start_response(OK, list(TEXT))(b"some")
    raise ValueError("in the middle")


@case(30, "must", "a block of the wrong type too", broken=True, log="TypeError")
def text_in_chunks(environ, start_response):
    start_response(OK, list(TEXT))
    return iter([b"some", "text"])


@case(30, "must", "sys.exit() in the middle too", broken=True, log="SystemExit: 5")
def exit_in_chunks(environ, start_response):
    start_response(OK, list(TEXT))
    yield b"some"
    raise SystemExit(5)


@case(
    30,
    "must",
    "HEAD of an error has no body",
    get(method="HEAD"),
    status=500,
    body=b"",
    log="ValueError: not even begun",
)
def error_of_head(environ, start_response):
    raise ValueError("not even begun")


@case(30, "must", "before any octets it is status 500", error="ValueError: in the middle")
def error_before_output(environ, start_response):
    return failing(start_response, b"", b"")


def wrong(name, result, text="TypeError"):
    """Register a case of something that is not a body."""

    def application(environ, start_response):
        start_response(OK, list(TEXT))
        return result()

    application.__name__ = "body_" + name
    says = f"{name} is not a body"
    case(31, "must", says, error=text)(application)


wrong("str", lambda: "text")
wrong("bytes", lambda: b"octets")
wrong("none", lambda: None)
wrong("int", lambda: 5)
wrong("bytearray", lambda: bytearray(b"octets"))
wrong("str_in_list", lambda: ["text"])
wrong("str_in_tuple", lambda: (b"a", "text"))
wrong("none_in_list", lambda: [None])
wrong("int_in_list", lambda: [5])
wrong("str_yielded", lambda: iter(["text"]))
wrong("text_file", lambda: io.StringIO("text"))


@case(31, "must", "write() takes octets only", error="TypeError", here=True)
def write_text(environ, start_response):
    start_response(OK, list(TEXT))("text")  # here
    return []
