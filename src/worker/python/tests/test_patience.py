"""How long clients are waited for, with a clock that stands still."""

from __future__ import annotations

import unittest
from unittest import mock

from scaffold_worker import patience


class Clock:
    """Time, and a system that says after how long there is something to read."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.comes_after = 0.0
        self.limit = 0.0

    def register(self, descriptor: int, events: int) -> None:
        pass

    def poll(self, milliseconds: float) -> list[tuple[int, int]]:
        self.limit = milliseconds / 1000
        self.now += min(self.comes_after, self.limit)
        return [(0, 1)] if self.comes_after <= self.limit else []


class Waits(unittest.TestCase):
    def setUp(self) -> None:
        self.clock = Clock()
        for name, value in (("poll", lambda: self.clock), ("monotonic", lambda: self.clock.now)):
            patch = mock.patch.object(patience, name, value)
            patch.start()
            self.addCleanup(patch.stop)
        self.patience = patience.Patience(0, 60.0, 500)

    def wait(self, received: int, comes_after: float) -> bool:
        self.clock.comes_after = comes_after
        return self.patience.wait(received)

    def test_a_single_wait_has_a_limit(self) -> None:
        self.assertFalse(self.wait(0, 61))
        self.assertEqual(self.clock.limit, 60)

    def test_octets_that_trickle_use_it_up(self) -> None:
        seconds = 0
        while self.wait(seconds, 1):
            seconds += 1
        self.assertEqual(seconds, 60)

    def test_who_keeps_the_rate_is_waited_for_without_end(self) -> None:
        for second in range(10_000):
            self.assertTrue(self.wait(second * 500, 1))
            self.assertEqual(self.clock.limit, 60)

    def test_what_was_earned_does_not_make_a_single_wait_longer(self) -> None:
        self.assertFalse(self.wait(1_000_000, 61))
        self.assertEqual(self.clock.limit, 60)

    def test_time_in_which_nobody_waits_does_not_count(self) -> None:
        self.assertTrue(self.wait(0, 10))
        self.clock.now += 1000
        self.assertTrue(self.wait(1, 49))

    def test_what_is_there_is_taken_when_no_time_is_left(self) -> None:
        self.assertFalse(self.wait(0, 61))
        self.assertTrue(self.wait(0, 0))
        self.assertEqual(self.clock.limit, 0)


if __name__ == "__main__":
    unittest.main()
