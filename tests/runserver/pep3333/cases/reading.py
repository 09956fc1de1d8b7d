"""Points 9 to 13: wsgi.input."""

from . import answer, case, chunked, get, post

LINES = "one\ntwo\r\n\nfour"


@case(9, "must", "read(n) gives as many octets as there are", post("abcdef"), body=b"abcd|ef||")
def read_n(environ, start_response):
    read = environ["wsgi.input"].read
    parts = [read(4), read(4), read(4), read(0)]
    assert all(type(part) is bytes for part in parts)
    return answer(start_response, b"|".join(parts))


@case(9, "must", "readline() gives lines with their ends", post(LINES), body=b"ok")
def readline(environ, start_response):
    line = environ["wsgi.input"].readline
    parts = [line() for _ in range(6)]
    assert parts == [b"one\n", b"two\r\n", b"\n", b"four", b"", b""], parts
    return answer(start_response)


@case(9, "must", "readlines(hint) gives lines until they are enough", post(LINES), body=b"ok")
def readlines(environ, start_response):
    lines = environ["wsgi.input"].readlines
    parts = [lines(5), lines()]
    assert b"".join([*parts[0], *parts[1]]) == LINES.encode(), parts
    return answer(start_response)


@case(9, "must", "iteration gives lines", post(LINES), body=b"ok")
def iteration(environ, start_response):
    parts = list(environ["wsgi.input"])
    assert parts == [b"one\n", b"two\r\n", b"\n", b"four"], parts
    return answer(start_response)


@case(10, "must", "a request without a body has an input at its end", body=b"ok")
def no_body(environ, start_response):
    source = environ["wsgi.input"]
    assert source.read(5) == source.readline() == b""
    assert source.readlines() == list(source) == []
    return answer(start_response)


@case(10, "must", "the input ends at Content-Length", post("abc"), get(), body=b"ok")
def input_ends(environ, start_response):
    if environ["REQUEST_METHOD"] == "POST":
        assert environ["wsgi.input"].read(100) == b"abc"
        assert environ["wsgi.input"].read(1) == b""
    return answer(start_response)


@case(10, "should", "read() gives the rest", post("abcdef"), body=b"cdef")
def read_all(environ, start_response):
    environ["wsgi.input"].read(2)
    rest = environ["wsgi.input"].read()
    assert environ["wsgi.input"].read() == b""
    return answer(start_response, rest)


@case(10, "should", "read(-1) gives the rest", post("abcdef"), body=b"cdef")
def read_minus_one(environ, start_response):
    environ["wsgi.input"].read(2)
    return answer(start_response, environ["wsgi.input"].read(-1))


@case(10, "should", "readline(n) gives n octets at the most", post(LINES), body=b"ok")
def readline_n(environ, start_response):
    line = environ["wsgi.input"].readline
    parts = [line(2), line(2), line(100), line(-1)]
    assert parts == [b"on", b"e\n", b"two\r\n", b"\n"], parts
    return answer(start_response)


@case(10, "must", "a mix of methods loses nothing", post(LINES), body=b"ok")
def mixed(environ, start_response):
    source = environ["wsgi.input"]
    parts = [source.readline(), source.read(1), next(iter(source)), *source.readlines(), b""]
    assert parts == [b"one\n", b"t", b"wo\r\n", b"\n", b"four", source.read()], parts
    return answer(start_response)


@case(
    11,
    "must",
    "a body that nobody reads does not become a request",
    post("GET /cases HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    get(),
    body=b"ok",
)
def unread(environ, start_response):
    return answer(start_response)


@case(
    11,
    "must",
    "a body that is read in part does not become a request",
    post("GET /cases HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    get(),
    body=b"ok",
)
def half_read(environ, start_response):
    environ["wsgi.input"].read(10)
    return answer(start_response)


@case(
    11,
    "must",
    "also not a long one, whose connection ends with the answer",
    post("GET /cases HTTP/1.1\r\nHost: localhost\r\n\r\n" * 150_000),
    body=b"ok",
    headers={"Connection": "close"},
    closes=True,
)
def half_read_long(environ, start_response):
    environ["wsgi.input"].read(10)
    return answer(start_response)


@case(
    11,
    "must",
    "a chunked body that nobody reads does not become a request",
    chunked("GET /cases HTTP/1.1\r\nHost: localhost\r\n\r\n", "a"),
    get(),
    body=b"ok",
)
def unread_chunks(environ, start_response):
    return answer(start_response)


@case(
    13,
    "should",
    "a chunked body is decoded, and read to its end",
    chunked("ab", "c\nde", "f"),
    body=b"abc|\n|def",
)
def chunks_are_decoded(environ, start_response):
    read = environ["wsgi.input"].read
    return answer(start_response, b"|".join((read(3), read(1), read())))


@case(13, "should", "a chunked body has its length", chunked("ab", "cde"), body=b"5 abcde")
def chunks_have_a_length(environ, start_response):
    length = environ["CONTENT_LENGTH"]
    return answer(start_response, length.encode() + b" " + environ["wsgi.input"].read(int(length)))


@case(13, "should", "an empty chunked body has length 0", chunked(), body=b"0")
def no_chunks(environ, start_response):
    assert environ["wsgi.input"].read() == b""
    return answer(start_response, environ["CONTENT_LENGTH"].encode())


@case(13, "should", "the input says that it ends by itself", chunked("a"), body=b"ok")
def input_is_terminated(environ, start_response):
    assert environ["wsgi.input_terminated"] is True
    return answer(start_response)


@case(
    13,
    "must",
    "what was decoded is not announced as still coded",
    chunked("a", headers="Trailer: X-Late\r\n"),
    body=b"ok",
)
def no_transfer_encoding(environ, start_response):
    assert not {"HTTP_TRANSFER_ENCODING", "HTTP_TRAILER"}.intersection(environ), environ
    return answer(start_response)


@case(
    13,
    "security",
    "trailers never reach the environ",
    chunked("a", end="0\r\nX-Late: evil\r\nContent-Length: 7\r\n\r\n"),
    body=b"ok",
)
def no_trailers(environ, start_response):
    assert "HTTP_X_LATE" not in environ
    assert environ["CONTENT_LENGTH"] == "1"
    return answer(start_response)
