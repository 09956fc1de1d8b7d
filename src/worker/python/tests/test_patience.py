"""How long clients are waited for."""

from __future__ import annotations

import unittest

from scaffold_worker.patience import Patience


class Limits(unittest.TestCase):
    def setUp(self) -> None:
        self.patience = Patience(60.0, 500)

    def test_a_first_octet_may_take_as_long_as_a_single_wait(self) -> None:
        self.assertEqual(self.patience.limit(0), 60)

    def test_octets_that_trickle_use_it_up(self) -> None:
        seconds = 0
        while self.patience.limit(seconds) >= 1:
            self.patience.spend(1)
            seconds += 1
        self.assertEqual(seconds, 60)
        self.patience.spend(1)
        self.assertEqual(self.patience.limit(60), 0)

    def test_who_keeps_the_rate_is_waited_for_without_end(self) -> None:
        for second in range(10_000):
            self.assertEqual(self.patience.limit(second * 500), 60)
            self.patience.spend(1)

    def test_what_was_earned_does_not_make_a_single_wait_longer(self) -> None:
        self.assertEqual(self.patience.limit(1_000_000), 60)
        # But it lasts for more waits than one.
        for _ in range(34):
            self.assertEqual(self.patience.limit(1_000_000), 60)
            self.patience.spend(60)
        self.assertLess(self.patience.limit(1_000_000), 60)


if __name__ == "__main__":
    unittest.main()
