"""What an application may answer, and what the front gets for it."""

from __future__ import annotations

import unittest
from typing import Any

from tests.front import BLOCK, CANCEL, CREDIT, END, ERROR, HEAD, RESPONSE, WINDOW, Front

APP = r"""
import sys, threading
from wsgiref.validate import validator
log = []
OK = "200 OK"
TEXT = [("Content-Type", "text/plain")]

class Body:
    def __init__(self, blocks, **attributes):
        self.blocks = blocks
        self.__dict__.update(attributes)
    def __iter__(self):
        return iter(self.blocks)
    def close(self):
        log.append("close")

class Text(str):
    pass

def simple(environ, start_response):
    assert type(environ) is dict
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"ok" if environ["REQUEST_METHOD"] == "GET" else environ["wsgi.input"].read(6)]

def late(start):
    start(OK, TEXT)
    yield b""
    yield b"one"

def counted(start, blocks, length):
    start(OK, [("Content-Length", str(length))])
    def produce():
        try:
            for block in blocks:
                log.append(len(block))
                yield block
        finally:
            log.append("close")
    return produce()

def application(environ, start):
    name = environ["PATH_INFO"][1:]
    if name == "log":
        start(OK, TEXT)
        lines, log[:] = repr(log), []
        return [lines.encode()]
    if name in ("validate",):
        return validator(simple)(environ, start)
    return globals()["do_" + name](environ, start)

def do_list(e, s): s(OK, TEXT); return [b"a", b"", b"b"]
def do_tuple(e, s): s(OK, TEXT); return (b"t",)
def do_empty(e, s): s(OK, TEXT); return []
def do_late(e, s): return late(s)
def do_django(e, s):
    s(OK, TEXT); return Body((), streaming=False, content=b"whole")
def do_big(e, s): s(OK, TEXT); return [b"x" * 300000]
def do_huge(e, s): s(OK, TEXT); return Body([b"x" * 100000] * 10)
def do_one(e, s): return counted(s, [b"12345", b"never"], 5)
def do_parts(e, s): return counted(s, [b"12", b"345", b"never"], 5)
def do_over(e, s): return counted(s, [b"12", b"34567", b"never"], 5)
def do_under(e, s): return counted(s, [b"12", b"3"], 5)
def do_under_list(e, s): s(OK, [("Content-Length", "5")]); return [b"123"]
def do_over_list(e, s): s(OK, [("Content-Length", "2")]); return [b"123"]
def do_write(e, s):
    w = s(OK, TEXT); w(b""); w(b"one"); w(b"two"); return [b"three"]
def do_str(e, s): s(OK, TEXT); return "text"
def do_bytes(e, s): s(OK, TEXT); return b"text"
def do_none(e, s): s(OK, TEXT); return None
def do_int(e, s): s(OK, TEXT); return 5
def do_str_block(e, s): s(OK, TEXT); return ["text"]
def do_str_yield(e, s): s(OK, TEXT); return Body(["text"])
def do_silent(e, s): return [b"x"]
def do_raise(e, s): raise ValueError("boom\ud800 here\nsecond")
def do_steer(e, s): raise ValueError("\x1b[2J\x9b\r\ttab")
def do_chain(e, s):
    try: 1 / 0
    except ZeroDivisionError as error: raise KeyError("k") from error
def do_exit(e, s): sys.exit(4)
def do_interrupt(e, s): raise KeyboardInterrupt
def do_generator_exit(e, s): raise GeneratorExit
def do_raise_late(e, s):
    s(OK, TEXT)
    def produce():
        try:
            yield b"some"
            raise ValueError("late")
        finally:
            log.append("close")
    return produce()
def do_close_raises(e, s):
    s(OK, TEXT)
    class Bad(Body):
        def close(self): raise ValueError("in close")
    return Bad([b"x"], streaming=False, content=b"fine")
def do_twice(e, s): s(OK, TEXT); s(OK, TEXT); return []
def do_replace(e, s):
    s(OK, TEXT)
    try: 1 / 0
    except ZeroDivisionError: s("500 Oops", [("X-New", "1")], sys.exc_info())
    return [b"replaced"]
def do_replace_late(e, s):
    w = s(OK, TEXT); w(b"gone")
    try: 1 / 0
    except ZeroDivisionError: s("500 Oops", [], sys.exc_info())
def do_swallow(e, s):
    try: s("bad", TEXT)
    except ValueError: pass
    return [b"x"]
def do_safe(e, s):
    s(Text("200 OK"), [(Text("Content-Type"), Text("text/plain"))]); return [b"safe"]
def do_safe_stream(e, s):
    s(OK, [("Content-Type", Text("text/plain"))]); return Body([b"a", b"b"])
def do_errors(e, s):
    e["wsgi.errors"].write("lone \ud800 snow \u2603\n"); e["wsgi.errors"].writelines(["a", "b\n"])
    e["wsgi.errors"].flush(); s(OK, TEXT); return []
def do_environ(e, s):
    s(OK, TEXT)
    import threading
    return [repr((e["wsgi.version"], e["wsgi.multithread"], e["wsgi.multiprocess"],
        e["wsgi.run_once"], e.get("wsgi.input_terminated"), sys.argv,
        [p for p in sys.path if "scaffold" in p or p.endswith("python")])).encode()]
def do_file(e, s):
    import io
    s(OK, TEXT); f = io.BytesIO(b"0123456789"); f.read(2)
    return e["wsgi.file_wrapper"](f, 4)
def do_real_file(e, s):
    s(OK, TEXT); return e["wsgi.file_wrapper"](open(__file__, "rb"), 10)
def do_fork(e, s):
    import os
    pid = os.fork()
    if pid == 0:
        s(OK, TEXT)
        return [b"from the child"]
    os.waitpid(pid, 0)
    s(OK, TEXT)
    return [b"from the parent"]

BAD = {
    "status-int": (200, []),
    "status-short": ("200", []),
    "status-1xx": ("100 Continue", []),
    "status-control": ("200 O\r\nK", []),
    "status-word": ("abc OK", []),
    "status-digit": ("\u0662\u0660\u0660 OK", []),
    "headers-tuple": (OK, ()),
    "header-list": (OK, [["a", "b"]]),
    "header-three": (OK, [("a", "b", "c")]),
    "name-int": (OK, [(1, "b")]),
    "value-int": (OK, [("a", 1)]),
    "value-bytes": (OK, [("a", b"1")]),
    "name-space": (OK, [("a b", "c")]),
    "name-empty": (OK, [("", "c")]),
    "name-colon": (OK, [("a:", "c")]),
    "value-lf": (OK, [("a", "b\nc")]),
    "value-nul": (OK, [("a", "\0")]),
    "value-wide": (OK, [("a", "\u2603")]),
    "hop": (OK, [("Connection", "close")]),
    "te": (OK, [("transfer-encoding", "chunked")]),
    "length-twice": (OK, [("Content-Length", "1"), ("content-length", "1")]),
    "length-sign": (OK, [("Content-Length", "+1")]),
    "unhashable": (OK, [("a", [])]),
}
def do_bad(e, s):
    try:
        s(*BAD[e["QUERY_STRING"]])
    except (TypeError, ValueError):
        raise
    return [b"accepted"]
"""

HEADERS = [("Content-Type", "text/plain")]


class Responses(unittest.TestCase):
    front: Front

    @classmethod
    def setUpClass(cls) -> None:
        cls.front = Front({"hello.py": APP}, app="hello:application")
        cls.front.ready()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.front.__exit__()

    def whole(self, name: str, body: bytes, headers: Any = HEADERS, **extra: Any) -> None:
        self.assertEqual(
            self.front.get("/" + name, **extra), [(RESPONSE, ("200 OK", headers, body))]
        )

    def log(self) -> str:
        (kind, (_, _, body)), *rest = self.front.get("/log")
        self.assertEqual((kind, rest), (RESPONSE, []))
        return str(body.decode())

    def error(self, name: str, **extra: Any) -> tuple[str, str]:
        frames = self.front.get("/" + name, **extra)
        self.assertEqual([kind for kind, _ in frames], [ERROR], frames)
        summary, traceback = frames[0][1]
        self.assertNotIn("scaffold_worker", traceback)
        return summary, traceback

    def test_whole_bodies(self) -> None:
        self.whole("list", b"ab")
        self.whole("tuple", b"t")
        self.whole("empty", b"")
        self.whole("safe", b"safe")
        self.log()
        self.whole("django", b"whole")
        self.assertEqual(self.log(), "['close']")
        self.whole("over_list", b"12", [("Content-Length", "2")])

    def test_large_list_is_streamed_with_its_length(self) -> None:
        frames = self.front.get("/big")
        self.assertEqual(frames[0], (HEAD, ("200 OK", [*HEADERS, ("Content-Length", "300000")])))
        self.assertEqual([len(p) for _, p in frames[1:-1]], [65536] * 4 + [37856])
        self.assertEqual(frames[-1], (END, b""))

    def test_iterables(self) -> None:
        self.log()
        self.assertEqual(
            self.front.get("/late"), [(HEAD, ("200 OK", HEADERS)), (BLOCK, b"one"), (END, b"")]
        )
        self.whole("one", b"12345", [("Content-Length", "5")])
        self.assertEqual(self.log(), "[5, 'close']")
        for name in ("parts", "over"):
            frames = self.front.get("/" + name)
            self.assertEqual(b"".join(p for k, p in frames if k == BLOCK), b"12345"[:5])
            self.assertEqual(frames[-1], (END, b""))
            self.assertNotIn("'never'", self.log())
        frames = self.front.get("/safe_stream")
        self.assertEqual([kind for kind, _ in frames], [HEAD, BLOCK, BLOCK, END])

    def test_short_bodies(self) -> None:
        frames = self.front.get("/under")
        self.assertEqual([kind for kind, _ in frames], [HEAD, BLOCK, BLOCK, ERROR])
        self.assertIn("Content-Length 5", frames[-1][1][0])
        self.assertIn("has 3 bytes", self.error("under_list")[0])

    def test_write(self) -> None:
        frames = self.front.get("/write")
        self.assertEqual([kind for kind, _ in frames], [HEAD, BLOCK, BLOCK, BLOCK, END])
        self.assertEqual(b"".join(p for k, p in frames if k == BLOCK), b"onetwothree")

    def test_head(self) -> None:
        self.log()
        self.whole("list", b"ab", REQUEST_METHOD="HEAD")
        self.assertEqual(
            [kind for kind, _ in self.front.get("/huge", REQUEST_METHOD="HEAD")], [HEAD, END]
        )
        self.assertEqual(
            [kind for kind, _ in self.front.get("/parts", REQUEST_METHOD="HEAD")], [HEAD, END]
        )
        self.assertEqual(self.log(), "['close', 2, 'close']")

    def test_wrong_results(self) -> None:
        for name in ("str", "bytes", "none", "int", "str_block", "str_yield"):
            summary, _ = self.error(name)
            self.assertTrue(summary.startswith("TypeError: the "), summary)
            self.assertIn("bytes", summary)
        self.assertIn("did not call start_response", self.error("silent")[0])
        self.assertIn("failed, yet", self.error("swallow")[0])

    def test_exceptions(self) -> None:
        summary, traceback = self.error("raise")
        self.assertEqual(summary, "ValueError: boom\\ud800 here")
        self.assertIn("hello.py", traceback)
        self.assertIn("second", traceback)
        traceback = self.error("chain")[1]
        self.assertIn("ZeroDivisionError", traceback)
        self.assertIn("direct cause", traceback)
        summary, traceback = self.error("steer")
        self.assertEqual(summary, "ValueError: \\x1b[2J\\x9b")
        self.assertNotIn("\x1b", traceback)
        self.assertEqual(self.error("exit")[0], "SystemExit: 4")
        self.assertEqual(self.error("interrupt")[0], "KeyboardInterrupt")
        self.assertEqual(self.error("generator_exit")[0], "GeneratorExit")
        self.log()
        frames = self.front.get("/raise_late")
        self.assertEqual([kind for kind, _ in frames], [HEAD, BLOCK, ERROR])
        self.assertEqual(self.log(), "['close']")
        self.whole("close_raises", b"fine")
        self.whole("list", b"ab")
        self.assertIn("ValueError: in close", self.front.stderr())
        self.assertIn("ZeroDivisionError", self.front.stderr())

    def test_start_response_again(self) -> None:
        self.assertIn("AssertionError", self.error("twice")[0])
        self.assertEqual(
            self.front.get("/replace"), [(RESPONSE, ("500 Oops", [("X-New", "1")], b"replaced"))]
        )
        frames = self.front.get("/replace_late")
        self.assertEqual([kind for kind, _ in frames], [HEAD, BLOCK, ERROR])
        self.assertIn("ZeroDivisionError", frames[-1][1][0])

    def test_bad_heads(self) -> None:
        names: dict[str, Any] = {}
        exec(APP, names)
        for name in names["BAD"]:
            with self.subTest(name):
                summary, traceback = self.error("bad", QUERY_STRING=name)
                self.assertRegex(summary, "^(Type|Value)Error: ")
                # The last frame is the application's own call.
                self.assertIn("s(*BAD", traceback.splitlines()[-3] + traceback.splitlines()[-2])

    def test_errors_take_any_text(self) -> None:
        self.whole("errors", b"")
        self.assertIn("ab\n", self.front.stderr())
        self.assertIn("\\ud800 snow", self.front.stderr())

    def test_environ(self) -> None:
        none: dict[str, str] = {}
        for extra, terminated in ((none, None), ({"wsgi.input_terminated": ""}, True)):
            (_, (_, _, body)), *_ = self.front.get("/environ", b"", **extra)
            argv = ["manage.py", "runserver", "8000"]
            self.assertEqual(
                body.decode(), repr(((1, 0), True, False, False, terminated, argv, []))
            )

    def test_file_wrapper(self) -> None:
        frames = self.front.get("/file")
        self.assertEqual([p for k, p in frames if k == BLOCK], [b"2345", b"6789"])
        frames = self.front.get("/real_file")
        self.assertEqual(len([p for k, p in frames if k == BLOCK]), 1)

    def test_validator(self) -> None:
        self.assertEqual(self.front.get("/validate")[-1][0], END)
        frames = self.front.get("/validate", b"posted", REQUEST_METHOD="POST")
        self.assertEqual([p for k, p in frames if k == BLOCK], [b"posted"])

    def test_a_forked_child_cannot_answer(self) -> None:
        self.whole("fork", b"from the parent")

    def test_credit_bounds_what_is_under_way(self) -> None:
        front = self.front
        self.log()
        number = front.send("/huge")
        taken = 0
        got = 0
        self.assertEqual(front.next()[0], HEAD)
        while taken < 2 * WINDOW:
            kind, _, block = front.next()
            self.assertEqual(kind, BLOCK)
            got += len(block)
            self.assertLessEqual(got - taken, WINDOW)
            front.tell_number(CREDIT, number, len(block))
            taken += len(block)
        front.tell(CANCEL, number)
        while front.next()[0] == BLOCK:
            pass
        self.assertEqual(self.log(), "['close']")

    def test_cancel_wakes_a_sender_without_credit(self) -> None:
        front = self.front
        self.log()
        number = front.send("/huge")
        got = 0
        while got < WINDOW - 65536:
            got += len(front.next()[2]) if got or front.next()[0] == HEAD else 0
        front.tell(CANCEL, number)
        kind = BLOCK
        while kind == BLOCK:
            kind = front.next()[0]
        self.assertEqual(kind, END)
        self.assertEqual(self.log(), "['close']")


if __name__ == "__main__":
    unittest.main()
