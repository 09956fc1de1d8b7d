"""`wsgi.input` for bodies of any size, against `io.BytesIO` as the reference."""

from __future__ import annotations

import io
import os
import random
import signal
import socket
import tempfile
import threading
import unittest
from typing import Any

from scaffold_worker import wire
from scaffold_worker.input import Source, StreamedInput
from tests.front import (
    BODY,
    BODY_FAIL,
    ERROR,
    PING,
    PONG,
    RECEIVED,
    RESPONSE,
    SOCKET_BODY,
    TIMEOUT,
    WANT,
    Front,
)

NEXT = b"GET / HTTP/1.1\r\n"


class Pretender:
    """Stands for the link: answers WANT with a socket, with a file, or with all octets."""

    def __init__(self, octets: bytes, dice: random.Random) -> None:
        self.inputs: dict[int, Source] = {}
        self.control = self
        self.data = self
        self.octets = octets
        self.dice = dice
        self.socket: socket.socket | None = None
        self.received = 0

    def send(self, frame: bytes) -> None:
        _, kind, request = wire.unpack_header(frame)
        assert kind == wire.WANT
        descriptor = None
        payload = b""
        ahead = self.dice.choice((0, 1, 1000, 65536, len(self.octets)))
        if self.dice.random() < 0.3:
            with tempfile.TemporaryFile() as file:
                file.write(self.octets)
                file.seek(0)
                descriptor = os.dup(file.fileno())
        elif ahead >= len(self.octets):
            payload = wire.SOCKET_BODY.pack(0, 0, 0) + self.octets
        else:
            client, self.socket = socket.socketpair()
            self.socket.setblocking(False)
            descriptor = os.dup(self.socket.fileno())
            threading.Thread(target=self.write, args=(client, self.octets[ahead:])).start()
            left = len(self.octets) - ahead
            payload = wire.SOCKET_BODY.pack(left, 60_000, 500) + self.octets[:ahead]
        # Another thread says so, as the control thread does.
        source = self.inputs[request]
        threading.Thread(target=source.begin, args=(payload, descriptor)).start()

    def write(self, client: socket.socket, octets: bytes) -> None:
        """Write octets in pieces of random sizes, and what belongs to the next request."""
        with client:
            left = memoryview(octets)
            while left:
                left = left[client.send(left[: self.dice.randint(1, 65536)]) :]
            client.sendall(NEXT)

    def put(self, frame: bytes) -> None:
        assert wire.unpack_header(frame) == (0, wire.RECEIVED, 1)
        self.received += 1

    def rest(self) -> bytes:
        """Return what follows the body on the socket, which is the front's once it is told so."""
        if self.socket is None:
            assert not self.received
            return NEXT
        assert self.received == 1
        with self.socket:
            self.socket.setblocking(True)
            with self.socket.makefile("rb") as file:
                return file.read()


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
            self.assertEqual(link.rest(), NEXT)

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
import os
import threading

THREADS = []
ENDS = []

def read(source):
    try: source.read()
    except OSError as error: ENDS.append(str(error).encode())
    else: ENDS.append(b"complete")

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
    elif path == "/threads":
        source.read(4)
        thread = threading.Thread(target=read, args=(source,))
        thread.start()
        THREADS.append(thread)
        answer = b"threads"
    elif path == "/joined":
        THREADS.pop().join()
        answer = ENDS.pop()
    elif path == "/fork":
        source.read(4)
        parent, child = os.pipe()
        number = os.fork()
        if number == 0:
            os.close(child)
            try: source.read(1)
            except OSError as error: os.write(2, str(error).encode())
            os.read(parent, 1)
            os._exit(0)
        # The child lives as long as this end is open.
        answer = str(number).encode()
    start("200 OK", [])
    return [answer]
"""

STOPPED = b"the client stopped sending"
CLOSED = b"the client closed the connection"


class Streams(unittest.TestCase):
    front: Front

    @classmethod
    def setUpClass(cls) -> None:
        cls.front = Front({"hello.py": APP}, app="hello")
        cls.front.ready()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.front.__exit__()

    def answer(self, received: bool = False) -> bytes:
        kind, number, payload = self.front.next()
        if received:
            self.assertEqual(kind, RECEIVED)
            kind, its_number, payload = self.front.next()
            self.assertEqual(its_number, number)
        self.assertEqual(kind, RESPONSE, payload)
        return bytes(payload[2])

    def want(self, number: int) -> None:
        """Expect that a body is asked for."""
        kind, request, _ = self.front.control.get(timeout=TIMEOUT)
        self.assertEqual((kind, request), (WANT, number))

    def lend(
        self, number: int, left: int, ahead: bytes = b"", stall: int = 60_000, rate: int = 500
    ) -> tuple[socket.socket, socket.socket]:
        """Answer a WANT with a socket; return the client's end, and the one that was lent."""
        client, other = socket.socketpair()
        other.setblocking(False)
        self.addCleanup(client.close)
        self.addCleanup(other.close)
        payload = SOCKET_BODY.pack(left, stall, rate) + ahead
        self.front.send_file(number, other.fileno(), payload)
        return client, other

    def send(self, path: str, length: int) -> int:
        return self.front.send(path, None, CONTENT_LENGTH=str(length))

    def expect_closed(self, client: socket.socket) -> None:
        """Expect that the worker has closed the other end, which is closed here already."""
        self.front.tell(PING, 0)
        self.assertEqual(self.front.control.get(timeout=TIMEOUT)[0], PONG)
        with self.assertRaises((BrokenPipeError, ConnectionResetError)):
            client.send(b"late")

    def test_a_long_body(self) -> None:
        length = 3 * 1024 * 1024 + 5
        number = self.send("/all", length)
        self.want(number)
        client, other = self.lend(number, length - 3, b"abc")
        client.sendall(b"x" * (length - 3) + NEXT)
        self.assertEqual(self.answer(received=True), str(length).encode())
        self.assertTrue(self.front.control.empty())
        self.assertEqual(other.recv(100), NEXT)
        other.close()
        self.expect_closed(client)

    def test_a_body_of_which_all_was_read_already(self) -> None:
        number = self.send("/all", 70_000)
        self.want(number)
        self.front.tell(BODY, number, SOCKET_BODY.pack(0, 0, 0) + b"x" * 70_000)
        self.assertEqual(self.answer(), b"70000")

    def test_an_unread_body_asks_for_nothing(self) -> None:
        number = self.send("/none", 100)
        self.assertEqual(self.answer(), b"unread")
        self.assertTrue(self.front.control.empty())
        # What comes late hurts nobody, and its descriptor is closed.
        client, other = self.lend(number, 100)
        other.close()
        self.expect_closed(client)

    def test_a_body_that_is_not_read_to_its_end_is_let_go(self) -> None:
        number = self.send("/line", 1000)
        self.want(number)
        client, other = self.lend(number, 1000)
        client.sendall(b"one\ntwo")
        self.assertEqual(self.answer(), b"one\n")
        self.front.send("/line", b"next\n")
        self.assertEqual(self.answer(), b"next\n")
        other.close()
        self.expect_closed(client)

    def test_a_client_that_closes_the_connection(self) -> None:
        number = self.send("/twice", 1000)
        self.want(number)
        client, other = self.lend(number, 1000)
        client.sendall(b"some")
        client.shutdown(socket.SHUT_WR)
        self.assertEqual(self.answer(), CLOSED + b"|" + CLOSED)
        other.close()
        self.expect_closed(client)

    def test_a_client_that_resets_the_connection(self) -> None:
        number = self.send("/twice", 1000)
        self.want(number)
        client, other = self.lend(number, 1000)
        # What was not read is lost, and the other side told so.
        other.send(b"unread")
        client.close()
        self.assertEqual(self.answer(), CLOSED + b"|" + CLOSED)

    def test_a_reset_that_the_application_lets_through_is_not_printed(self) -> None:
        number = self.send("/all", 1000)
        self.want(number)
        client, other = self.lend(number, 1000)
        other.send(b"unread")
        client.close()
        kind, _, payload = self.front.next()
        self.assertEqual(kind, ERROR)
        self.assertIn("ClientReset: " + CLOSED.decode(), payload[0])
        self.assertNotIn("ClientReset", self.front.stderr())

    def test_a_body_that_cannot_be_had(self) -> None:
        number = self.send("/all", 1000)
        self.want(number)
        self.front.tell(BODY_FAIL, number, b"gone")
        kind, _, payload = self.front.next()
        self.assertEqual((kind, payload[0]), (ERROR, "OSError: gone"))

    def test_a_client_that_stops_sending(self) -> None:
        number = self.send("/twice", 1000)
        self.want(number)
        client, _ = self.lend(number, 1000, stall=50)
        client.sendall(b"some")
        self.assertEqual(self.answer(), STOPPED + b"|" + STOPPED)

    def test_a_client_that_sends_octet_by_octet(self) -> None:
        number = self.send("/twice", 1 << 30)
        self.want(number)
        client, _ = self.lend(number, 1 << 30, stall=100, rate=1 << 30)
        while self.front.data.empty():
            client.send(b"x")
            # As slow as the worker's other thread.
            self.front.tell(PING, 0)
            self.assertEqual(self.front.control.get(timeout=TIMEOUT)[0], PONG)
        self.assertEqual(self.answer(), STOPPED + b"|" + STOPPED)

    def test_a_reader_waits_for_octets(self) -> None:
        number = self.send("/line", 100)
        self.want(number)
        client, _ = self.lend(number, 100)
        for piece in (b"a", b"b", b"c\nrest"):
            client.send(piece)
        self.assertEqual(self.answer(), b"abc\n")
        self.assertLess(threading.active_count(), 20)

    def test_a_thread_that_reads_after_the_request_lets_go_when_it_is_woken(self) -> None:
        number = self.send("/threads", 1000)
        self.want(number)
        client, other = self.lend(number, 1000)
        client.sendall(b"some")
        self.assertEqual(self.answer(), b"threads")
        other.shutdown(socket.SHUT_RD)
        self.front.send("/joined")
        self.assertEqual(self.answer(), b"the request is over")
        other.close()
        self.expect_closed(client)

    def test_a_body_that_a_thread_completes_after_the_request_is_nobodys_business(self) -> None:
        number = self.send("/threads", 1000)
        self.want(number)
        client, _ = self.lend(number, 1000)
        client.sendall(b"some")
        self.assertEqual(self.answer(), b"threads")
        client.sendall(b"x" * 996)
        self.front.send("/joined")
        self.assertIn(self.answer(), (b"complete", b"the request is over"))

    def test_a_forked_child_has_no_part_in_the_connection(self) -> None:
        number = self.send("/fork", 1000)
        self.want(number)
        client, other = self.lend(number, 1000)
        client.sendall(b"some")
        child = int(self.answer())
        other.close()
        self.addCleanup(os.kill, child, signal.SIGKILL)
        client.settimeout(TIMEOUT)
        self.assertEqual(client.recv(1), b"")


if __name__ == "__main__":
    unittest.main()
