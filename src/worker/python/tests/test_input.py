"""`wsgi.input` for bodies of any size, against `io.BytesIO` as the reference."""

from __future__ import annotations

import io
import os
import random
import tempfile
import threading
import unittest
from typing import Any

from scaffold_worker import wire
from scaffold_worker.body import Source, StreamedInput
from tests.front import BODY_FAIL, ERROR, PING, PONG, RESPONSE, TIMEOUT, WANT, Front


class Pretender:
    """Stands for the link: answers WANT with a pipe, or with a file."""

    def __init__(self, octets: bytes, dice: random.Random) -> None:
        self.inputs: dict[int, Source] = {}
        self.control = self
        self.octets = octets
        self.dice = dice
        self.writer: threading.Thread | None = None

    def send(self, frame: bytes) -> None:
        _, kind, request = wire.unpack_header(frame)
        assert kind == wire.WANT
        if self.dice.random() < 0.3:
            with tempfile.TemporaryFile() as file:
                file.write(self.octets)
                file.seek(0)
                descriptor = os.dup(file.fileno())
        else:
            descriptor, write = os.pipe()
            self.writer = threading.Thread(target=self.write, args=(write,))
            self.writer.start()
        # Another thread says so, as the control thread does.
        threading.Thread(target=self.inputs[request].begin, args=(descriptor,)).start()

    def write(self, descriptor: int) -> None:
        """Write the octets in pieces of random sizes."""
        left = memoryview(self.octets)
        with os.fdopen(descriptor, "wb", buffering=0) as pipe:
            while left:
                left = left[pipe.write(left[: self.dice.randint(1, 65536)]) or 0 :]


class Mixes(unittest.TestCase):
    def test_any_mix_of_methods_gives_what_a_file_gives(self) -> None:
        for seed in range(150):
            dice = random.Random(seed)
            size = dice.choice((0, 1, 100, 5000, 70000, 700000))
            octets = bytes(dice.choice(b"abc\n\r") for _ in range(min(size, 5000)))
            octets = (octets * (size // max(len(octets), 1) + 1))[:size]
            if dice.random() < 0.3:
                octets = octets.replace(b"\n", b"n")
            link: Any = Pretender(octets, dice)
            stream: Any = StreamedInput(link, 1, len(link.octets))
            reference: Any = io.BytesIO(octets)
            for _ in range(60):
                size = dice.choice((-1, 0, 1, 7, 100, 4096, 65536, 300000))
                if size == -1 and dice.random() < 0.8:
                    size = 13
                name = dice.choice(("read", "readline", "readlines", "next", "readinto"))
                with self.subTest(seed=seed, name=name, size=size):
                    if name == "next":
                        self.assertEqual(next(stream, None), next(reference, None))
                    elif name == "readinto":
                        one, two = bytearray(100), bytearray(100)
                        self.assertEqual(stream.readinto(one), reference.readinto(two))
                        self.assertEqual(one, two)
                    else:
                        call = getattr(stream, name)
                        self.assertEqual(call(size), getattr(reference, name)(size))
            self.assertEqual(stream.read(), reference.read())
            self.assertEqual((stream.read(), stream.read(5), stream.readline()), (b"",) * 3)

    def test_read1_and_none(self) -> None:
        link: Any = Pretender(b"one\ntwo", random.Random(1))
        stream = StreamedInput(link, 1, len(link.octets))
        self.assertEqual(stream.readline(None), b"one\n")
        self.assertEqual(stream.read1(2)[:1], b"t")
        self.assertTrue((stream.read(None) + b"two").endswith(b"o"))

    def test_an_end_without_octets(self) -> None:
        link: Any = Pretender(b"", random.Random(1))
        self.assertEqual(list(StreamedInput(link, 1, len(link.octets))), [])


APP = r"""
def application(environ, start):
    source = environ["wsgi.input"]
    path = environ["PATH_INFO"]
    if path == "/all": answer = str(len(source.read())).encode()
    elif path == "/twice":
        try: source.read()
        except OSError as error: first = str(error)
        try: source.read(1)
        except OSError as error: answer = (first + "|" + str(error)).encode()
    elif path == "/line": answer = source.readline()
    elif path == "/none": answer = b"unread"
    start("200 OK", [])
    return [answer]
"""


class Streams(unittest.TestCase):
    front: Front

    @classmethod
    def setUpClass(cls) -> None:
        cls.front = Front({"hello.py": APP}, app="hello")
        cls.front.ready()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.front.__exit__()

    def answer(self) -> bytes:
        kind, _, payload = self.front.next()
        self.assertEqual(kind, RESPONSE, payload)
        return bytes(payload[2])

    def want(self, number: int) -> int:
        """Expect that a body is asked for; return where it is written to."""
        kind, request, _ = self.front.control.get(timeout=TIMEOUT)
        self.assertEqual((kind, request), (WANT, number))
        read, write = os.pipe()
        self.front.send_file(number, read)
        os.close(read)
        return write

    def send(self, path: str, length: int) -> int:
        return self.front.send(path, None, CONTENT_LENGTH=str(length))

    def test_a_long_body(self) -> None:
        length = 3 * 1024 * 1024 + 5
        number = self.send("/all", length)
        with os.fdopen(self.want(number), "wb") as body:
            body.write(b"x" * length)
        self.assertEqual(self.answer(), str(length).encode())
        self.assertTrue(self.front.control.empty())

    def test_an_unread_body_asks_for_nothing(self) -> None:
        number = self.send("/none", 100)
        self.assertEqual(self.answer(), b"unread")
        self.assertTrue(self.front.control.empty())
        # What comes late hurts nobody, and its descriptor is closed.
        read, write = os.pipe()
        self.front.send_file(number, read)
        os.close(read)
        self.front.send("/line", b"one\ntwo")
        self.assertEqual(self.answer(), b"one\n")
        self.front.tell(PING, 0)
        self.assertEqual(self.front.control.get(timeout=TIMEOUT)[0], PONG)
        with self.assertRaises(BrokenPipeError):
            os.write(write, b"late")
        os.close(write)

    def test_a_body_that_is_not_read_to_its_end_is_let_go(self) -> None:
        number = self.send("/line", 1000)
        write = self.want(number)
        os.write(write, b"one\ntwo")
        self.assertEqual(self.answer(), b"one\n")
        self.front.send("/line", b"next\n")
        self.assertEqual(self.answer(), b"next\n")
        with self.assertRaises(BrokenPipeError):
            os.write(write, b"late")
        os.close(write)

    def test_a_body_that_fails(self) -> None:
        number = self.send("/twice", 1000)
        write = self.want(number)
        os.write(write, b"some")
        self.front.tell(BODY_FAIL, number, b"the client went away")
        os.close(write)
        self.assertEqual(self.answer(), b"the client went away|the client went away")
        number = self.send("/all", 1000)
        kind, request, _ = self.front.control.get(timeout=TIMEOUT)
        self.assertEqual((kind, request), (WANT, number))
        self.front.tell(BODY_FAIL, number, b"gone")
        kind, _, payload = self.front.next()
        self.assertEqual((kind, payload[0]), (ERROR, "OSError: gone"))

    def test_a_reader_waits_for_octets(self) -> None:
        number = self.send("/line", 100)
        write = self.want(number)
        for piece in (b"a", b"b", b"c\nrest"):
            os.write(write, piece)
        self.assertEqual(self.answer(), b"abc\n")
        self.assertLess(threading.active_count(), 20)
        os.close(write)


if __name__ == "__main__":
    unittest.main()
