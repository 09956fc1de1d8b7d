"""`wsgi.file_wrapper`: when the front is given the file, and when its octets are."""

from __future__ import annotations

import unittest

from tests.front import BLOCK, ERROR, FILE, HEAD, RESPONSE, Front

APP = r"""
OK = "200 OK"

def application(environ, start_response):
    return globals()["do" + environ["PATH_INFO"].replace("/", "_")](environ, start_response)

def _temporary(kind):
    import tempfile
    f = kind(mode="w+b"); f.write(b"abc" + b"x" * 99997); f.seek(3)
    return f
def do_large_file(e, s):
    f = _temporary(__import__("tempfile").TemporaryFile)
    s(OK, [])
    return e["wsgi.file_wrapper"](f)
def do_temporary_file(e, s):
    s(OK, [])
    return e["wsgi.file_wrapper"](_temporary(__import__("tempfile").NamedTemporaryFile))
def do_unflushed_file(e, s):
    f = __import__("tempfile").TemporaryFile(buffering=1 << 20)
    f.write(b"abc" + b"x" * 99997); f.seek(3)
    s(OK, [])
    return e["wsgi.file_wrapper"](f)
def do_file_after_write(e, s):
    s(OK, [("Content-Length", "70005")])(b"first")
    return e["wsgi.file_wrapper"](_temporary(__import__("tempfile").TemporaryFile))
def do_part(e, s):
    s(OK, [("Content-Length", "70000")])
    f = _temporary(__import__("tempfile").TemporaryFile)
    return type("Other", (e["wsgi.file_wrapper"],), {})(f, length=70000)
def do_handed_part(e, s):
    s(OK, [])
    return e["wsgi.file_wrapper"](_temporary(__import__("tempfile").TemporaryFile), length=70000)
def do_short_file(e, s):
    s(OK, [("Content-Length", "200000")])
    return e["wsgi.file_wrapper"](_temporary(__import__("tempfile").TemporaryFile))
def _gzip():
    import gzip, tempfile
    f = tempfile.TemporaryFile()
    with gzip.GzipFile(fileobj=f, mode="wb") as z:
        z.write(b"abc" + b"x" * 99997)
    f.seek(0); z = gzip.GzipFile(fileobj=f, mode="rb"); z.read(3)
    return z
def do_gzip_file(e, s):
    s(OK, [])
    return e["wsgi.file_wrapper"](_gzip())
def do_buffered_gzip_file(e, s):
    import io
    s(OK, [])
    return e["wsgi.file_wrapper"](io.BufferedReader(_gzip()))
"""


class Files(unittest.TestCase):
    front: Front

    @classmethod
    def setUpClass(cls) -> None:
        cls.front = Front({"app.py": APP}, app="app:application")
        cls.front.ready()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.front.__exit__()

    def test_a_large_file_is_handed_over(self) -> None:
        for path in ("/large_file", "/temporary_file", "/unflushed_file"):
            with self.subTest(path):
                head, (kind, part) = self.front.get(path)
                self.assertEqual(head, (HEAD, ("200 OK", [("Content-Length", "99997")])))
                self.assertEqual((kind, part), (FILE, (3, 99997)))
                request, contents = self.front.file()
                self.assertEqual((request, contents), (self.front.ids, b"abc" + b"x" * 99997))

    def test_a_file_is_handed_over_after_other_octets_and_up_to_its_length(self) -> None:
        head, block, (kind, part) = self.front.get("/file_after_write")
        self.assertEqual(head, (HEAD, ("200 OK", [("Content-Length", "70005")])))
        self.assertEqual(block, (BLOCK, b"first"))
        self.assertEqual((kind, part), (FILE, (3, 70000)))
        self.front.file()

    def test_of_a_part_no_more_is_sent_or_read(self) -> None:
        head, (kind, part) = self.front.get("/handed_part")
        self.assertEqual(head, (HEAD, ("200 OK", [("Content-Length", "70000")])))
        self.assertEqual((kind, part), (FILE, (3, 70000)))
        self.front.file()
        frames = self.front.get("/part")
        self.assertEqual(b"".join(p for k, p in frames if k == BLOCK), b"x" * 70000)
        self.assertNotIn("was cut", self.front.stderr())

    def test_head_of_a_file_tells_its_length(self) -> None:
        frames = self.front.get("/large_file", REQUEST_METHOD="HEAD")
        self.assertEqual(frames, [(RESPONSE, ("200 OK", [("Content-Length", "99997")], b""))])

    def test_what_only_looks_like_a_file_is_read(self) -> None:
        for path in ("/gzip_file", "/buffered_gzip_file"):
            with self.subTest(path):
                frames = self.front.get(path)
                self.assertEqual(b"".join(p for k, p in frames if k == BLOCK), b"x" * 99997)

    def test_a_file_shorter_than_its_length_is_an_error(self) -> None:
        frames = self.front.get("/short_file")
        self.assertEqual(frames[-1][0], ERROR)
        self.assertIn("declared Content-Length 200000", frames[-1][1][0])


if __name__ == "__main__":
    unittest.main()
