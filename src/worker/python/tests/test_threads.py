"""The runner and its stand-ins: every request is answered exactly once, whatever WAKEs come."""

from __future__ import annotations

import random
import unittest

from tests.front import ERROR, RESPONSE, WAKE, Front

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

    def test_a_stand_in_takes_over(self) -> None:
        front = self.start(4)
        waiting = [front.send("/wait", HTTP_KEY=str(i)) for i in range(4)]
        last = front.send("/open", QUERY_STRING="4", HTTP_KEY="open")
        # One WAKE for all: each stand-in that takes over calls the next.
        front.tell_number(WAKE, 0, 4)
        answered: set[int] = set()
        while len(answered) < 5:
            # A WAKE that comes before the first request was begun is lost; the front repeats it.
            front.tell_number(WAKE, 0, 4)
            while not front.data.empty() or len(answered) in range(1, 5):
                kind, request, _ = front.next()
                self.assertEqual(kind, RESPONSE)
                answered.add(request)
                if len(answered) == 5:
                    break
        self.assertEqual(answered, {*waiting, last})

    def test_wake_without_anything_to_do(self) -> None:
        front = self.start(2)
        for _ in range(50):
            front.tell_number(WAKE, 0, 3)
            self.assertEqual(front.get("/", HTTP_KEY="x")[0][0], RESPONSE)

    def test_wake_sends_what_is_finished_even_without_stand_ins(self) -> None:
        front = self.start(0)
        front.send_octets(
            front.encode("/", HTTP_KEY="a")
            + front.encode("/sleep", HTTP_KEY="b", QUERY_STRING="1e9")
        )
        while front.data.empty():
            front.tell_number(WAKE, 0, 1)
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
                    front.tell_number(WAKE, 0, dice.randint(0, 9))
            front.tell_number(WAKE, 0, dice.randint(0, 3))
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
