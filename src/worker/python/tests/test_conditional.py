"""Conditional and range requests: what is asked for, and whether it is there already."""

from __future__ import annotations

import os
import tempfile
import unittest

from scaffold_worker.conditional import RECENT, byte_range, entity_tag, is_among, is_same

SIZE = 1000


class Ranges(unittest.TestCase):
    def test_one_range(self) -> None:
        for header, first, stop in (
            ("bytes=0-0", 0, 1),
            ("bytes=0-499", 0, 500),
            ("bytes=500-999", 500, 1000),
            ("bytes=500-9999", 500, 1000),
            ("bytes=0-", 0, 1000),
            ("bytes=999-", 999, 1000),
            ("bytes=-1", 999, 1000),
            ("bytes=-1000", 0, 1000),
            ("bytes=-4000", 0, 1000),
            ("BYTES= 1-2 ", 1, 3),
            ("bytes=0-" + "9" * 40, 0, 1000),
        ):
            with self.subTest(header):
                self.assertEqual(byte_range(header, SIZE), range(first, stop))

    def test_octets_that_are_not_there(self) -> None:
        for header in ("bytes=1000-", "bytes=1000-1001", "bytes=-0", "bytes=" + "9" * 40 + "-"):
            with self.subTest(header):
                part = byte_range(header, SIZE)
                self.assertIsNotNone(part)
                self.assertFalse(part)

    def test_what_is_no_range_or_several_is_ignored(self) -> None:
        for header in (
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=a-b",
            "bytes=5-4",
            "bytes=0-1,5-6",
            "bytes=0-1,",
            "bytes=--1",
            "bytes=+1-2",
            "bytes=1 - 2",
            "bytes=\u0661-",
            "bytes=0-1\n",
            "items=0-1",
            "bytes=0-" + "9" * 5000,
        ):
            with self.subTest(header):
                self.assertIsNone(byte_range(header, SIZE))

    def test_an_empty_file_has_an_end_and_nothing_else(self) -> None:
        self.assertIsNone(byte_range("bytes=-5", 0))
        for header in ("bytes=0-", "bytes=0-0", "bytes=-0"):
            self.assertEqual(byte_range(header, 0), range(0))


class Tags(unittest.TestCase):
    def setUp(self) -> None:
        self.file = tempfile.NamedTemporaryFile()  # noqa: SIM115
        self.addCleanup(self.file.close)

    def status(self) -> os.stat_result:
        return os.stat(self.file.name)

    def test_a_tag_is_strong_once_no_other_change_can_look_the_same(self) -> None:
        status = self.status()
        changed = status.st_ctime_ns
        recent = {entity_tag(status, changed + after) for after in (0, 1, RECENT - 1)}
        self.assertEqual(len(recent), 3)
        self.assertTrue(all(tag.startswith('W/"') for tag in recent), recent)
        settled = {entity_tag(status, changed + after) for after in (RECENT, RECENT * 1000)}
        self.assertEqual(len(settled), 1)
        self.assertRegex(settled.pop(), r'^"[0-9a-f]+-[0-9a-f]+-[0-9a-f]+"$')
        # Nobody is told that the file of then is the file of now.
        later = entity_tag(status, changed + RECENT)
        self.assertFalse(any(is_among(later, tag) for tag in recent))

    def test_a_clock_that_was_set_back_makes_it_recent(self) -> None:
        status = self.status()
        self.assertTrue(entity_tag(status, status.st_ctime_ns - 1).startswith("W/"))

    def test_what_has_the_date_of_before_has_another_tag(self) -> None:
        before = self.status()
        now = before.st_ctime_ns + RECENT * 10
        with open(self.file.name, "w") as file:
            file.write("as long")
        os.utime(self.file.name, ns=(before.st_atime_ns, before.st_mtime_ns))
        after = self.status()
        self.assertEqual(after.st_mtime_ns, before.st_mtime_ns)
        self.assertNotEqual(entity_tag(before, now), entity_tag(after, now))

    def test_if_none_match_compares_weakly(self) -> None:
        for header in ('"a"', 'W/"a"', '"b", "a"', '"b",W/"a"', "*", " * ", ', ,"a" ,'):
            with self.subTest(header):
                self.assertTrue(is_among('"a"', header))
                self.assertTrue(is_among('W/"a"', header))
        for header in ("", "a", '"b"', '"A"', '"a', 'W/"b"', "**", '"*"'):
            with self.subTest(header):
                self.assertFalse(is_among('"a"', header))

    def test_if_range_compares_strongly(self) -> None:
        date = "Thu, 01 Jan 1970 00:00:00 GMT"
        self.assertTrue(is_same('"a"', date, '"a"'))
        self.assertTrue(is_same('"a"', date, date))
        for tag, header in (
            ('"a"', '"b"'),
            ('"a"', 'W/"a"'),
            ('W/"a"', 'W/"a"'),
            ('W/"a"', date),
            ('"a"', "Thu, 01 Jan 1970 00:00:01 GMT"),
            ('"a"', ""),
        ):
            with self.subTest((tag, header)):
                self.assertFalse(is_same(tag, date, header))


if __name__ == "__main__":
    unittest.main()
