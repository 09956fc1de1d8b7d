"""`wsgi.input` for bodies of any size, against `io.BytesIO` as the reference."""

from __future__ import annotations

import io
import random
import threading
import unittest
from typing import Any

from scaffold_worker import wire
from scaffold_worker.body import StreamedInput
from tests.front import BODY, BODY_END, BODY_FAIL, ERROR, RESPONSE, TIMEOUT, WANT, WINDOW, Front


class Pretender:
    """Stands for the link: answers each WANT with octets, in pieces of random sizes."""

    def __init__(self, octets: bytes, dice: random.Random) -> None:
        self.inputs: dict[int, StreamedInput] = {}
        self.control = self
        self.left = octets
        self.dice = dice
        self.wanted = 0

    def send(self, frame: bytes) -> None:
        _, kind, request = wire.unpack_header(frame)
        assert kind == wire.WANT
        self.wanted += wire.NUMBER.unpack(frame[9:])[0]
        stream = self.inputs[request]
        while self.left and self.wanted:
            size = min(self.dice.randint(1, 65536), self.wanted)
            piece, self.left = self.left[:size], self.left[size:]
            self.wanted -= len(piece)
            stream.feed(piece)
        if not self.left:
            stream.end()


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
            stream: Any = StreamedInput(link, 1)
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
        stream = StreamedInput(link, 1)
        self.assertEqual(stream.readline(None), b"one\n")
        self.assertEqual(stream.read1(2)[:1], b"t")
        self.assertTrue((stream.read(None) + b"two").endswith(b"o"))

    def test_an_end_without_octets(self) -> None:
        link: Any = Pretender(b"", random.Random(1))
        self.assertEqual(list(StreamedInput(link, 1)), [])


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
        kind, request, count = self.front.control.get(timeout=TIMEOUT)
        self.assertEqual((kind, request), (WANT, number))
        return int(count)

    def test_a_long_body_under_credit(self) -> None:
        number = self.front.send("/all", None)
        left = 3 * 1024 * 1024 + 5
        first = credit = self.want(number)
        self.assertEqual(first, WINDOW)
        while left:
            while credit == 0:
                credit += self.want(number)
            piece = min(left, credit, 65536)
            self.front.tell(BODY, number, b"x" * piece)
            left -= piece
            credit -= piece
        self.front.tell(BODY_END, number)
        self.assertEqual(self.answer(), str(3 * 1024 * 1024 + 5).encode())
        while not self.front.control.empty():
            self.want(number)

    def test_an_unread_body_asks_for_nothing(self) -> None:
        number = self.front.send("/none", None)
        self.assertEqual(self.answer(), b"unread")
        self.assertTrue(self.front.control.empty())
        # Late frames about it hurt nobody.
        self.front.tell(BODY, number, b"late")
        self.front.tell(BODY_END, number)
        self.front.send("/line", b"one\ntwo")
        self.assertEqual(self.answer(), b"one\n")

    def test_a_body_that_fails(self) -> None:
        number = self.front.send("/twice", None)
        self.want(number)
        self.front.tell(BODY, number, b"some")
        self.front.tell(BODY_FAIL, number, b"the client went away")
        self.assertEqual(self.answer(), b"the client went away|the client went away")
        number = self.front.send("/all", None)
        self.want(number)
        self.front.tell(BODY_FAIL, number, b"gone")
        kind, _, payload = self.front.next()
        self.assertEqual((kind, payload[0]), (ERROR, "OSError: gone"))

    def test_a_reader_waits_for_octets(self) -> None:
        number = self.front.send("/line", None)
        self.want(number)
        for piece in (b"a", b"b", b"", b"c\nrest"):
            self.front.tell(BODY, number, piece)
        self.assertEqual(self.answer(), b"abc\n")
        self.assertLess(threading.active_count(), 20)


if __name__ == "__main__":
    unittest.main()
