"""Points 14 to 22 and 33: start_response."""

import gc
import sys
import weakref

from . import OK, TEXT, answer, case, get


@case(14, "must", "it is called by position and returns write()", body=b"written, returned")
def returns_write(environ, start_response):
    write = start_response(OK, list(TEXT))
    assert callable(write)
    assert write(b"written, ") is None
    return [b"returned"]


@case(14, "must", "exc_info may be given by position or name, also as None", body=b"ok")
def exc_info_none(environ, start_response):
    start_response(OK, list(TEXT), None)
    return [b"ok"]


@case(15, "must", "it may be called in the first next()", body=b"late")
def late(environ, start_response):
    start_response(OK, list(TEXT))
    yield b"late"


@case(15, "must", "the application may be a class whose instances are iterated", body=b"class")
class IteratedClass:
    def __init__(self, environ, start_response):
        self.start_response = start_response

    def __iter__(self):
        self.start_response(OK, list(TEXT))
        yield b"class"


@case(15, "must", "it may be called after empty blocks", body=b"later")
def later(environ, start_response):
    yield b""
    yield b""
    start_response(OK, list(TEXT))
    yield b"later"


@case(15, "must", "it may be called by an iterable without any octets", status=404, body=b"")
def late_and_empty(environ, start_response):
    start_response("404 Nothing", [])
    yield b""


@case(16, "must", "nothing is sent before the first octets", status=503, body=b"replaced")
def nothing_is_sent_early(environ, start_response):
    def blocks():
        yield b""
        try:
            raise ValueError("after an empty block")
        except ValueError:
            start_response("503 Replaced", [("X-New", "1")], sys.exc_info())
        yield b"replaced"

    write = start_response(OK, list(TEXT))
    write(b"")
    return blocks()


@case(17, "must", "a second call without exc_info raises", error="AssertionError", here=True)
def twice(environ, start_response):
    start_response(OK, list(TEXT))
    start_response(OK, list(TEXT))  # here
    return [b"accepted"]


@case(17, "must", "also where the first call failed", error="AssertionError", here=True)
def twice_after_failure(environ, start_response):
    try:
        start_response("nonsense", [])
    except ValueError:
        pass
    start_response(OK, list(TEXT))  # here
    return [b"accepted"]


@case(
    18,
    "must",
    "with exc_info, before output, everything is replaced",
    status=500,
    body=b"replaced",
    headers={"X-Old": None, "X-New": "1", "Content-Length": "8"},
)
def replaced(environ, start_response):
    start_response(OK, [("X-Old", "1"), ("Content-Length", "3")])
    try:
        raise ValueError("handled")
    except ValueError:
        start_response("500 Replaced", [("X-New", "1")], sys.exc_info())
    return [b"replaced"]


@case(18, "must", "exc_info may come with the first call", status=500, body=b"handled")
def exc_info_first(environ, start_response):
    try:
        raise ValueError("handled")
    except ValueError:
        start_response("500 Handled", list(TEXT), sys.exc_info())
    return [b"handled"]


@case(
    18,
    "must",
    "with exc_info, after output, the exception is raised again",
    broken=True,
    log="ValueError: from the middle",
)
def raised_again(environ, start_response):
    start_response(OK, list(TEXT))(b"sent")
    try:
        raise ValueError("from the middle")
    except ValueError:
        start_response("500 Too Late", [], sys.exc_info())
    return [b"a complete body"]


@case(18, "must", "and its traceback is the original one", body=b"original")
def raised_with_traceback(environ, start_response):
    def fail():
        raise ValueError("original")

    start_response(OK, list(TEXT))(b"orig")
    try:
        fail()
    except ValueError:
        try:
            start_response("500 Too Late", [], sys.exc_info())
        except ValueError as error:
            last = error.__traceback__
            while last.tb_next:
                last = last.tb_next
            # The innermost frame is where it was raised, not where it was raised again.
            assert last.tb_frame.f_code.co_name == "fail"
            return [b"inal"]
    return [b"accepted"]


class Witness:
    """Something that can be seen to be gone."""


WITNESSES = []


@case(19, "must", "exc_info is let go of", get("X-Fill: 1\r\n"), get(), body=b"gone")
def exc_info_is_dropped(environ, start_response):
    if "HTTP_X_FILL" not in environ:
        gone = WITNESSES[0]() is None
        gc.enable()
        return answer(start_response, b"gone" if gone else b"still there")
    # Only a collection would find a cycle.
    gc.disable()

    def fail():
        witness = Witness()
        WITNESSES.append(weakref.ref(witness))
        raise ValueError("handled")

    start_response(OK, list(TEXT))(b"sent")
    try:
        fail()
    except ValueError:
        # Raised again, the exception has the server's own frame in its traceback.
        try:
            start_response("500 Too Late", list(TEXT), sys.exc_info())
        except ValueError:
            pass
    return []


def refused(point, level, says, status, headers, error, name):
    """Register a case whose call of start_response must fail at the call."""

    def application(environ, start_response):
        start_response(status, headers)  # here
        return [b"accepted"]

    application.__name__ = name
    case(point, level, says, error=error, here=True)(application)


for name, status, error in (
    ("int", 200, "TypeError"),
    ("bytes", b"200 OK", "TypeError"),
    ("none", None, "TypeError"),
    ("code_only", "200", "ValueError"),
    ("word", "abc OK", "ValueError"),
    ("two_digits", "20 OK", "ValueError"),
    ("four_digits", "2000 OK", "ValueError"),
    ("no_space", "200-OK", "ValueError"),
    ("foreign_digits", "\u0662\u0660\u0660 OK", "ValueError"),
    ("wide", "200 \N{SNOWMAN}", "ValueError"),
    ("tab", "200\tOK", "ValueError"),
    ("zero", "000 OK", "ValueError"),
):
    refused(20, "must", f"a status is refused: {status!a}", status, [], error, "status_" + name)

for name, headers, error in (
    ("tuple", (("A", "b"),), "TypeError"),
    ("none", None, "TypeError"),
    ("dict", {"A": "b"}, "TypeError"),
    ("iterator", iter([("A", "b")]), "TypeError"),
    ("pair_list", [["A", "b"]], "TypeError"),
    ("three", [("A", "b", "c")], "TypeError"),
    ("text", ["Ab"], "TypeError"),
    ("name_bytes", [(b"A", "b")], "TypeError"),
    ("value_bytes", [("A", b"b")], "TypeError"),
    ("value_int", [("A", 1)], "TypeError"),
    ("value_none", [("A", None)], "TypeError"),
    ("name_empty", [("", "b")], "ValueError"),
    ("name_space", [("A b", "c")], "ValueError"),
    ("name_colon", [("A:", "b")], "ValueError"),
    ("name_wide", [("\xc4", "b")], "ValueError"),
    ("value_wide", [("A", "\N{SNOWMAN}")], "ValueError"),
    ("value_tab", [("A", "\tb")], "ValueError"),
    ("length_word", [("Content-Length", "many")], "ValueError"),
    ("length_sign", [("Content-Length", "+1")], "ValueError"),
    ("length_twice", [("Content-Length", "1"), ("content-length", "1")], "ValueError"),
):
    refused(20, "must", f"headers are refused: {headers!a}", OK, headers, error, "head_" + name)

for header in (
    "Connection",
    "Keep-Alive",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "Proxy-Connection",
    "TE",
    "Trailers",
    "Trailer",
    "Transfer-Encoding",
    "UPGRADE",
):
    name = "hop_" + header.lower().replace("-", "_")
    says = "hop-by-hop headers are the server's: " + header
    refused(20, "must", says, OK, [(header, "x")], "ValueError", name)

EVIL = "x\r\nSet-Cookie: evil=1"
for name, status, headers in (
    ("status", "200 " + EVIL, []),
    ("status_lf", "200 x\nSet-Cookie: evil=1", []),
    ("name", OK, [(EVIL, "y")]),
    ("value", OK, [("A", EVIL)]),
    ("value_lf", OK, [("A", "x\nSet-Cookie: evil=1")]),
    ("value_cr", OK, [("A", "x\rSet-Cookie: evil=1")]),
    ("value_nul", OK, [("A", "x\0")]),
    ("value_end", OK, [("A", "x\r\n\r\nbody")]),
):
    says = "a response cannot be split by its " + name
    refused(20, "security", says, status, headers, "ValueError", "split_" + name)

for code in (100, 101, 103, 199):
    says = f"an interim status is not an application's to send: {code}"
    refused(33, "must", says, f"{code} Interim", [], "ValueError", f"interim_{code}")


@case(20, "should", "headers longer than any client reads are an error", error="longer than")
def head_too_long(environ, start_response):
    start_response(OK, [("X-Long", "x" * 20_000_000)])
    return [b"accepted"]


@case(20, "should", "also those of a stream, and many", error="longer than")
def head_too_long_streamed(environ, start_response):
    start_response(OK, [("X-Many", "x" * 100)] * 200_000)
    return iter([b"accepted", b"too"])


@case(20, "must", "a status without a reason is legal", status=200, body=b"ok")
def no_reason(environ, start_response):
    start_response("200 ", list(TEXT))
    return [b"ok"]


@case(20, "must", "an unknown status is passed on", status=799, body=b"ok")
def unknown_status(environ, start_response):
    start_response("799 What \xe9ver", list(TEXT))
    return [b"ok"]


@case(
    20,
    "must",
    "headers are passed on as they are",
    body=b"ok",
    headers={"x-lower": "a,  b", "X-Latin": "caf\xe9", "X-Empty": "", "Server": "mine"},
)
def headers_are_kept(environ, start_response):
    names = [("x-lower", "a,  b"), ("X-Latin", "caf\xe9"), ("X-Empty", ""), ("Server", "mine")]
    return answer(start_response, b"ok", *names)


@case(20, "must", "the list stays the application's", body=b"ok", headers={"X-Late": None})
def list_is_copied(environ, start_response):
    headers = list(TEXT)
    start_response(OK, headers)
    assert headers == TEXT
    headers.append(("X-Late", "1"))
    return [b"ok"]


@case(
    21,
    "must",
    "Date and Server are added where they are missing, and only there",
    body=b"ok",
    headers={"Date": "Thu, 01 Jan 1970 00:00:00 GMT", "Server": "mine"},
)
def date_and_server_are_kept(environ, start_response):
    mine = [("date", "Thu, 01 Jan 1970 00:00:00 GMT"), ("SERVER", "mine")]
    return answer(start_response, b"ok", *mine)


@case(
    21,
    "must",
    "a header that is left out is logged",
    status=204,
    headers={"Content-Length": None},
    log="Content-Length 5 was left out",
)
def left_out_is_logged(environ, start_response):
    start_response("204 No Content", [("Content-Length", "5")])
    return [b""]


@case(22, "must", "never calling it is an error: a list", error="start_response")
def never_called(environ, start_response):
    return [b"body"]


@case(22, "must", "never calling it is an error: a generator", error="start_response")
def never_called_late(environ, start_response):
    yield b"body"


@case(22, "must", "never calling it is an error: no blocks", error="start_response")
def never_called_empty(environ, start_response):
    return iter(())
