"""The runner and its stand-ins: every request is answered exactly once, whatever WAKEs come."""

from __future__ import annotations

import random
import unittest

from tests.front import (
    ERROR,
    PING,
    PONG,
    RESPONSE,
    TIMEOUT,
    WAKE,
    WANT,
    Front,
)

APP = r"""
import threading, time
gate = threading.Semaphore(0)
lock = threading.Lock()
ran = {}
def application(environ, start):
    path = environ["PATH_INFO"]
    start("200 OK", [])
    if path == "/wait":
        gate.acquire()
    elif path == "/open":
        for _ in range(int(environ["QUERY_STRING"])): gate.release()
    elif path == "/body":
        environ["wsgi.input"].read()
    elif path == "/sleep":
        time.sleep(float(environ["QUERY_STRING"]))
    elif path == "/busy":
        sum(range(200000))
    elif path == "/raise":
        raise SystemExit(1)
    elif path == "/count":
        return [repr((len(ran), max(ran.values(), default=0), threading.active_count())).encode()]
    with lock:
        key = environ["HTTP_KEY"]
        ran[key] = ran.get(key, 0) + 1
    return [key.encode()]
"""


class Threads(unittest.TestCase):
    def start(self, threads: int) -> Front:
        front = Front({"hello.py": APP}, app="hello", threads=threads)
        self.addCleanup(front.__exit__)
        front.ready()
        return front

    def wait(self, front: Front, key: str) -> int:
        """Send a request that waits until its body is ended; return its id once it does."""
        request = front.send("/body", None, CONTENT_LENGTH="1", HTTP_KEY=key)
        self.assertEqual(front.control.get(timeout=TIMEOUT)[:2], (WANT, request))
        return request

    def replace_runner(self, front: Front) -> None:
        """Have a runner replaced that is stuck in the request begun last, while another waits."""
        begun = front.begun()
        while front.begun() == begun:
            # One that comes just before the runner enters the application is lost.
            front.tell_number(WAKE, 0, begun)

    def is_taken_over(self, front: Front) -> bool:
        """Say whether one more request is begun, after threads have had every chance to do so."""
        begun = front.begun()
        front.send("/", HTTP_KEY="queued")
        for _ in range(50):
            front.tell(PING, 0)
            self.assertEqual(front.control.get(timeout=TIMEOUT)[0], PONG)
        return front.begun() > begun

    def test_one_wake_does_for_a_crowd(self) -> None:
        front = self.start(20)
        waiting = [front.send("/wait", HTTP_KEY=str(i)) for i in range(20)]
        last = front.send("/open", QUERY_STRING="20", HTTP_KEY="open")
        while not front.begun():
            pass
        while front.begun() == 1:
            # Only about the first request: the others are begun by stand-ins that were called
            # ahead.
            front.tell_number(WAKE, 0, 1)
        answered = [front.next() for _ in range(21)]
        self.assertEqual({kind for kind, _, _ in answered}, {RESPONSE})
        self.assertEqual({request for _, request, _ in answered}, {*waiting, last})

    def test_a_thread_that_is_free_takes_over_when_all_were_busy(self) -> None:
        front = self.start(1)
        first = self.wait(front, "first")
        second = front.send("/body", None, CONTENT_LENGTH="1", HTTP_KEY="second")
        self.replace_runner(front)
        self.assertEqual(front.control.get(timeout=TIMEOUT)[:2], (WANT, second))
        third = front.send("/", HTTP_KEY="third")
        front.give_body(first, b"x")
        self.assertEqual(front.next()[1], first)
        self.assertEqual(front.next()[1], third)
        front.give_body(second, b"x")
        self.assertEqual(front.next()[1], second)

    def test_requests_that_wait_are_expected_after_some_that_did(self) -> None:
        front = self.start(4)
        first = self.wait(front, "first")
        front.send("/", HTTP_KEY="x")
        self.replace_runner(front)
        self.assertEqual(front.next()[0], RESPONSE)
        front.give_body(first, b"x")
        self.assertEqual(front.next()[1], first)
        # Without another WAKE.
        second = self.wait(front, "second")
        self.assertEqual(front.get("/", HTTP_KEY="x")[0][0], RESPONSE)
        front.give_body(second, b"x")
        self.assertEqual(front.next()[1], second)

    def test_requests_that_wait_are_no_longer_expected_after_many_that_did_not(self) -> None:
        front = self.start(4)
        first = self.wait(front, "first")
        front.send("/", HTTP_KEY="x")
        self.replace_runner(front)
        self.assertEqual(front.next()[0], RESPONSE)
        front.give_body(first, b"x")
        self.assertEqual(front.next()[1], first)
        # On a machine that is busy, one that is quick may look as if it waited.
        for _ in range(20):
            for _ in range(100):
                front.get("/", HTTP_KEY="x")
            second = self.wait(front, "second")
            if not self.is_taken_over(front):
                self.replace_runner(front)
                return
            self.assertEqual(front.next()[0], RESPONSE)
            front.give_body(second, b"x")
            self.assertEqual(front.next()[1], second)
        self.fail("still expected")

    def test_a_wake_that_has_been_overtaken_replaces_nobody(self) -> None:
        front = self.start(4)
        front.get("/", HTTP_KEY="x")
        self.wait(front, "waits")
        for begun in (0, 1, 3):
            front.tell_number(WAKE, 0, begun)
        self.assertFalse(self.is_taken_over(front))
        self.replace_runner(front)

    def test_wake_without_anything_to_do(self) -> None:
        front = self.start(2)
        for _ in range(50):
            front.tell_number(WAKE, 0, front.begun())
            self.assertEqual(front.get("/", HTTP_KEY="x")[0][0], RESPONSE)

    def test_wake_sends_what_is_finished_even_without_stand_ins(self) -> None:
        front = self.start(0)
        front.send_octets(
            front.encode("/", HTTP_KEY="a")
            + front.encode("/sleep", HTTP_KEY="b", QUERY_STRING="1e9")
        )
        while front.data.empty():
            front.tell_number(WAKE, 0, front.begun())
        self.assertEqual(front.next()[1], 1)

    def test_stress(self) -> None:
        for seed in range(3):
            self.stress(front=self.start(8), dice=random.Random(seed), total=4000)

    def stress(self, front: Front, dice: random.Random, total: int) -> None:
        expected = {}
        sent = 0
        answers: dict[int, int] = {}
        while len(answers) < total:
            while sent < total and sent - len(answers) < 200:
                octets = b""
                for _ in range(min(dice.randint(1, 30), total - sent)):
                    roll = dice.random()
                    path = "/"
                    if roll < 0.03:
                        path = "/sleep"
                    elif roll < 0.035:
                        path = "/busy"
                    elif roll < 0.04:
                        path = "/raise"
                    key = str(sent)
                    octets += front.encode(
                        path, HTTP_KEY=key, QUERY_STRING=dice.choice(("0", "0.0005", "0.003"))
                    )
                    expected[front.ids] = (path, key)
                    sent += 1
                front.send_octets(octets)
                if dice.random() < 0.7:
                    front.tell_number(WAKE, 0, front.begun())
            front.tell_number(WAKE, 0, front.begun())
            kind, request, payload = front.next()
            path, key = expected[request]
            self.assertNotIn(request, answers)
            answers[request] = kind
            self.assertEqual(kind, ERROR if path == "/raise" else RESPONSE)
            if kind == RESPONSE:
                self.assertEqual(payload[2], key.encode())
        (_, (_, _, body)), *_ = front.get("/count", HTTP_KEY="")
        ran, most, threads = eval(body.decode())
        self.assertEqual(ran, sum(kind == RESPONSE for kind in answers.values()))
        self.assertEqual(most, 1)
        self.assertLessEqual(threads, 8 + 2)


if __name__ == "__main__":
    unittest.main()
