"""Taking exceptions apart: what is sent of them, and that nothing of theirs can prevent it."""

from __future__ import annotations

import marshal
import os
import sys
import tempfile
import unittest
from importlib.util import module_from_spec, spec_from_file_location
from typing import Any, Callable

from scaffold_worker import exceptions


class Project(unittest.TestCase):
    """A project of one module."""

    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = os.path.realpath(directory.name)

    def write(self, source: str, path: str = "module.py") -> str:
        path = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(source)
        return path

    def load(self, source: str, path: str = "module.py") -> Any:
        spec = spec_from_file_location("module", self.write(source, path))
        assert spec is not None and spec.loader is not None
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def tell(self, call: Callable[[], object]) -> list[Any]:
        """Return what is told of the exception that a call raises."""
        try:
            call()
        except BaseException as error:
            octets = exceptions.encoded(error, self.root)
            self.assertTrue(octets, repr(error))
            told: list[Any] = marshal.loads(octets)
            return told
        raise AssertionError("nothing was raised")

    def frames(self, told: Any) -> list[Any]:
        """Return the frames of the project."""
        return [frame for frame in told[5] if frame[0].startswith("module")]


class Frames(Project):
    def test_a_frame_has_its_place_and_source(self) -> None:
        module = self.load("def f():\n    x = 1\n    return x + None\n")
        [told] = self.tell(module.f)
        self.assertEqual(told[0], "TypeError")
        place, file, line, name, is_project, first, source, start, end = told[5][-1]
        self.assertEqual((place, line, name, is_project, first), ("module.py", 3, "f", 1, 1))
        self.assertEqual(file, os.path.join(self.root, "module.py"))
        self.assertEqual(source, ["def f():", "    x = 1", "    return x + None"])
        marked = source[2][start:end]
        self.assertEqual(marked, "x + None" if sys.version_info >= (3, 11) else "")

    def test_marks_count_characters(self) -> None:
        module = self.load('def f():\n    return "ä€𝄞", None.ö\n')
        [told] = self.tell(module.f)
        _, _, line, _, _, first, source, start, end = told[5][-1]
        marked = source[line - first][start:end]
        self.assertEqual(marked, "None.ö" if sys.version_info >= (3, 11) else "")

    def test_source_is_bounded(self) -> None:
        lines = "".join(f"    a = {number}\n" for number in range(50))
        module = self.load(f"def f():\n{lines}    raise KeyError({'1' * 4000})\n{lines}")
        [told] = self.tell(module.f)
        frame = told[5][-1]
        self.assertEqual(len(frame[6]), 2 * exceptions.AROUND + 1)
        self.assertEqual((frame[5], frame[2]), (52 - exceptions.AROUND, 52))
        self.assertEqual(len(frame[6][exceptions.AROUND]), exceptions.LINE)

    def test_endless_recursion_keeps_both_ends(self) -> None:
        module = self.load("def f(n=0):\n    f(n + 1)\ndef g():\n    f()\n")
        [told] = self.tell(module.g)
        frames = told[5]
        self.assertEqual(len(frames), exceptions.FRAMES)
        self.assertGreater(told[6], 100)
        self.assertIn("g", [frame[3] for frame in frames[:4]])

    def test_all_source_together_is_bounded(self) -> None:
        line = "f(n - 1) if n else 1 / 0  #" + "x" * 1000
        body = "".join(f"    {line}\n" for _ in range(20))
        module = self.load(f"def f(n):\n{body}")
        [told] = self.tell(lambda: module.f(60))
        size = sum(len(text) for frame in told[5] for text in frame[6])
        self.assertLessEqual(size, exceptions.BUDGET)
        self.assertTrue(told[5][-1][6])

    def test_libraries_are_told_apart(self) -> None:
        source = "def f():\n    1 / 0\n"
        for path, is_project in (
            ("module.py", 1),
            (".venv/lib/python3/site-packages/a/module.py", 0),
            ("dist-packages/module.py", 0),
            ("site-packages-of-mine/module.py", 1),
        ):
            [told] = self.tell(self.load(source, path).f)
            self.assertEqual(told[5][-1][4], is_project, path)
        import json

        [told] = self.tell(lambda: json.loads("{"))
        self.assertEqual(told[5][-1][:1] + told[5][-1][4:5], ("json/decoder.py", 0))
        [told] = self.tell(lambda: exec("1 / 0"))
        self.assertEqual((told[5][-1][0], told[5][-1][4], told[5][-1][6]), ("<string>", 0, []))

    def test_a_root_inside_an_environment_is_a_project(self) -> None:
        self.root = os.path.join(self.root, "site-packages")
        [told] = self.tell(self.load("def f():\n    1 / 0\n").f)
        self.assertEqual((told[5][-1][0], told[5][-1][4]), ("module.py", 1))


class Chains(Project):
    def test_each_belongs_to_an_earlier_one(self) -> None:
        module = self.load(
            "def f():\n"
            "    try:\n"
            "        try:\n"
            "            1 / 0\n"
            "        except ZeroDivisionError:\n"
            "            raise KeyError('b')\n"
            "    except KeyError as error:\n"
            "        raise ValueError('c') from error\n"
        )
        told = self.tell(module.f)
        self.assertEqual(
            [(one[0], one[1], one[3], one[4]) for one in told],
            [
                ("ValueError", "c", exceptions.RAISED, 0),
                ("KeyError", "'b'", exceptions.CAUSE, 0),
                ("ZeroDivisionError", "division by zero", exceptions.CONTEXT, 1),
            ],
        )

    def test_a_suppressed_context_is_left_out(self) -> None:
        def raises() -> None:
            try:
                raise KeyError
            except KeyError:
                raise ValueError from None

        self.assertEqual([one[0] for one in self.tell(raises)], ["ValueError"])

    def test_a_chain_that_bites_its_tail_ends(self) -> None:
        def raises() -> None:
            one, other = ValueError(), KeyError()
            one.__cause__, other.__cause__ = other, one
            raise one

        self.assertEqual([one[0] for one in self.tell(raises)], ["ValueError", "KeyError"])

    def test_members_of_a_group_come_before_its_cause(self) -> None:
        class Group(Exception):
            exceptions = (ValueError(1), Exception(2), "no exception")

        def raises() -> None:
            raise Group from OSError("cause")

        told = [(one[1], one[3]) for one in self.tell(raises)]
        member = exceptions.MEMBER
        expected = [("", 0), ("1", member), ("2", member), ("cause", exceptions.CAUSE)]
        self.assertEqual(told, expected)

    def test_there_are_only_so_many(self) -> None:
        class Group(Exception):
            exceptions = tuple(map(ValueError, range(1000)))

        def raises() -> None:
            raise Group

        self.assertEqual(len(self.tell(raises)), exceptions.EXCEPTIONS)

    def test_all_texts_together_are_bounded(self) -> None:
        class Noted(Exception):
            def __init__(self) -> None:
                super().__init__("x" * 10_000)
                self.__notes__ = ["y" * 10_000] * 10

        class Group(Exception):
            exceptions = tuple(Noted() for _ in range(100))

        def raises() -> None:
            raise Group

        told = self.tell(raises)
        size = sum(len(one[1]) + sum(map(len, one[2])) for one in told)
        most = exceptions.BUDGET + exceptions.EXCEPTIONS * 10 * (exceptions.BRIEF + 10)
        self.assertLess(size, most + exceptions.TEXT)
        self.assertEqual(len(told), exceptions.EXCEPTIONS)


class SyntaxErrors(Project):
    def place(self, source: str) -> Any:
        path = self.write(source, "broken.py")
        [told] = self.tell(lambda: compile(source, path, "exec"))
        self.assertNotIn("broken.py", told[1])
        frame = told[5][-1]
        self.assertEqual((frame[0], frame[3], frame[4]), ("broken.py", "", 1))
        return frame

    def test_the_place_is_the_last_frame(self) -> None:
        frame = self.place("a = 1\nb = = 2\nc = 3\n")
        self.assertEqual((frame[2], frame[5]), (2, 1))
        self.assertEqual(frame[6], ["a = 1", "b = = 2", "c = 3"])
        self.assertEqual(frame[6][1][frame[7] : frame[8]], "=")

    def test_what_is_missing_is_marked_behind_the_line(self) -> None:
        frame = self.place("if x")
        self.assertLessEqual(frame[7], 4)
        self.assertEqual(frame[8], frame[7] + 1)

    def test_without_a_file_the_line_is_all(self) -> None:
        [told] = self.tell(lambda: compile("\n\nx = = 1", "<nowhere>", "exec"))
        frame = told[5][-1]
        self.assertEqual((frame[0], frame[2], frame[4]), ("<nowhere>", 3, 0))
        self.assertEqual(frame[6][frame[2] - frame[5]], "x = = 1")

    def test_whatever_its_fields_are(self) -> None:
        for details in (
            ("f", "1", 1, "x"),
            ("f", 1, "1", "x"),
            (b"f", 1, 1, "x"),
            ("f", 2**70, 2**70, "x"),
            ("f", -5, -5, b"x"),
            ("f", 1, 5, None),
            (None, None, None, None),
        ):

            def raises(details: Any = details) -> None:
                raise SyntaxError("text", details)

            self.assertEqual(self.tell(raises)[0][:2], ("SyntaxError", "text"))


class Hostile(Project):
    def test_texts_are_cut_and_can_be_encoded(self) -> None:
        class Evil(str):
            def __len__(self) -> int:
                return 0

        def raises() -> None:
            error = ValueError(Evil("\ud800" + "x" * 100_000))
            error.__notes__ = [Evil("y"), 5] * 100  # type: ignore[attr-defined]
            raise error

        [told] = self.tell(raises)
        self.assertTrue(told[1].startswith("\\ud800x"))
        self.assertLess(len(told[1]), exceptions.TEXT + 20)
        self.assertEqual(told[2][:2], ["y", "5"])
        self.assertEqual(len(told[2]), exceptions.NOTES)

        def worse() -> None:
            raise SyntaxError(Evil("x" * 100_000))

        self.assertLess(len(self.tell(worse)[0][1]), exceptions.TEXT + 20)

    def test_what_raises_itself_is_told_or_left_out(self) -> None:
        class Evil(Exception):
            def __str__(self) -> str:
                raise SystemExit

        class Worse(Exception):
            @property
            def exceptions(self) -> object:
                raise KeyboardInterrupt

        def evil() -> None:
            raise Evil

        self.assertEqual(self.tell(evil)[0][1], "<unprintable>")
        self.assertEqual(exceptions.encoded(Worse(), self.root), b"")


if __name__ == "__main__":
    unittest.main()
