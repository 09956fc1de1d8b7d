"""What a worker says it has loaded: the files to watch, and the modules worth keeping warm."""

from __future__ import annotations

import marshal
import os
import sys
import unittest
from typing import Any

from tests.front import CHANGED, FAILED, LIST, LOADED, TAKEN, TIMEOUT, Front

APP = """
import json, part, inner.deep
def application(environ, start):
    import late, csv
    start("200 OK", [])
    return [b"hello"]
"""

FILES = {
    "app.py": APP,
    "part.py": "",
    "late.py": "",
    "inner/__init__.py": "",
    "inner/deep.py": "",
}


def loaded(front: Front) -> tuple[list[str], list[str]]:
    """What the next frame says, which is LOADED: paths below the root, and names."""
    kind, _, (files, names, *_) = front.control.get(timeout=TIMEOUT)
    assert kind == LOADED, kind
    return [os.path.relpath(os.fsdecode(file), front.root) for file in files], names


def failure(front: Front) -> tuple[set[str], dict[str, str]]:
    """The files that were mentioned, and what FAILED says."""
    files = set(loaded(front)[0])
    kind, _, pairs = front.control.get(timeout=TIMEOUT)
    assert kind == FAILED, kind
    return files, dict(pairs)


class Telling(unittest.TestCase):
    def test_each_thing_is_told_once_in_an_order_in_which_it_can_be_imported(self) -> None:
        with Front(FILES, app="app") as front:
            front.ready()
            front.tell(LIST, 0)
            files, names = loaded(front)
            self.assertEqual(set(files), set(FILES) - {"late.py"})
            self.assertIn("json", names)
            self.assertLess(names.index("json.decoder"), names.index("json"))
            self.assertFalse({"__main__", "app", "part", "inner"} & set(names))
            self.assertFalse([name for name in names if name.startswith("scaffold_worker")])

            front.get()
            front.tell(LIST, 0)
            files, names = loaded(front)
            self.assertEqual(files, ["late.py"])
            self.assertIn("csv", names)
            self.assertNotIn("json", names)

    def test_nothing_is_told_where_nothing_is_new(self) -> None:
        with Front({"app.py": "import csv\n" + APP, "part.py": "", **FILES}, app="app") as front:
            front.ready()
            front.tell(LIST, 0)
            loaded(front)
            front.tell(LIST, 0)
            front.get()
            front.tell(LIST, 0)
            self.assertEqual(loaded(front)[0], ["late.py"])

    def test_modules_that_only_look_like_some_are_not_asked(self) -> None:
        app = """
            import importlib.util, sys, types
            class Loud(types.ModuleType):
                def __getattr__(self, name):
                    open("asked", "w").close()
                    raise RuntimeError(name)
            sys.modules["loud"] = Loud("loud")
            sys.modules["thing"] = object()
            sys.modules["alias"] = types
            sys.modules[5] = types
            spec = importlib.util.find_spec("lazy")
            spec.loader = importlib.util.LazyLoader(spec.loader)
            sys.modules["lazy"] = lazy = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(lazy)
            def application(environ, start): pass
        """
        with Front({"app.py": app, "lazy.py": "open('asked', 'w').close()"}, app="app") as front:
            front.ready()
            front.tell(LIST, 0)
            files, names = loaded(front)
            self.assertEqual(set(files), {"app.py", "lazy.py"})
            self.assertFalse({"loud", "thing", "alias"} & set(names))
            self.assertFalse(os.path.exists(os.path.join(front.root, "asked")))

    def test_many_files_come_in_several_frames(self) -> None:
        count = 5000
        app = f"""
            import sys, types
            from importlib.machinery import ModuleSpec
            for number in range({count}):
                name = "made%d" % number
                module = sys.modules[name] = types.ModuleType(name)
                module.__spec__ = ModuleSpec(name, None)
                module.__file__ = "/nowhere/" + name + ".py"
            def application(environ, start): pass
        """
        with Front({"app.py": app}, app="app") as front:
            front.ready()
            front.tell(LIST, 0)
            sizes: list[int] = []
            while sum(sizes) < count + 1:
                sizes.append(len(loaded(front)[0]))
            self.assertEqual(sizes, [2048, 2048, count + 1 - 4096])

    def test_what_is_installed_is_told_from_what_is_the_users(self) -> None:
        files = {
            "app.py": APP + "import packaged, editable\n",
            "venv/lib/python3/site-packages/packaged.py": "",
            "elsewhere/editable.py": "",
            **{name: "" for name in FILES if name != "app.py"},
        }
        paths = ["venv/lib/python3/site-packages", "elsewhere"]
        with Front(files, app="app", environ={"PYTHONPATH": os.pathsep.join(paths)}) as front:
            front.ready()
            front.tell(LIST, 0)
            told, names = loaded(front)
            self.assertIn("elsewhere/editable.py", told)
            self.assertNotIn("venv/lib/python3/site-packages/packaged.py", told)
            self.assertIn("packaged", names)
            self.assertNotIn("editable", names)

    @unittest.skipUnless(sys.platform.startswith("linux"), "other systems change the name")
    def test_any_path_is_told_as_it_is(self) -> None:
        directory = os.fsdecode(b"caf\xe9")
        files = {"app.py": APP, os.path.join(directory, "strange.py"): "", **FILES}
        files["app.py"] = f"import sys; sys.path.append({directory!r}); import strange\n" + APP
        with Front(files, app="app", environ={"PYTHONUTF8": "1"}) as front:
            front.ready()
            front.tell(LIST, 0)
            self.assertIn(os.path.join(directory, "strange.py"), loaded(front)[0])


class Changing(unittest.TestCase):
    def test_without_django_nothing_is_taken_in(self) -> None:
        with Front({"app.py": "def application(e, s): pass\n"}, app="app") as front:
            front.ready()
            for payload in (marshal.dumps([b"/a.html"], 2), b"", b"nonsense"):
                front.tell(CHANGED, 7, payload)
                answer = front.control.get(timeout=TIMEOUT)
                self.assertEqual(answer, (TAKEN, 7, b"\0"))


class Failing(unittest.TestCase):
    def fail_with(self, **files: str) -> tuple[set[str], dict[str, str]]:
        sources: dict[str, Any] = {f"{name}.py": text for name, text in files.items()}
        with Front(sources, app="app") as front:
            return failure(front)

    def test_the_files_on_the_way_to_a_failure_are_told(self) -> None:
        files, report = self.fail_with(
            app="import good, middle\n", good="", middle="import bad\n", bad="missing\n"
        )
        self.assertEqual(files, {"app.py", "good.py", "middle.py", "bad.py"})
        self.assertEqual(report["doubtful"], "yes")

    def test_a_file_that_is_not_python_is_told_and_no_doubt_is_left(self) -> None:
        for text in ("def\n", "x\n y\n", "if x:\n\ty\n        z\n", "x = '\n"):
            files, report = self.fail_with(app="import bad\n", bad=text)
            self.assertEqual(files, {"app.py", "bad.py"}, text)
            self.assertEqual(report["doubtful"], "", text)

    def test_the_reason_of_a_failure_counts(self) -> None:
        app = "try:\n    import bad\nexcept SyntaxError as error:\n    raise {}\n"
        files, report = self.fail_with(app=app.format("KeyError from error"), bad="def\n")
        self.assertEqual(files, {"app.py", "bad.py"})
        self.assertEqual(report["doubtful"], "")
        files, report = self.fail_with(app=app.format("KeyError"), bad="def\n")
        self.assertEqual(files, {"app.py", "bad.py"})
        self.assertEqual(report["doubtful"], "yes")

    def test_the_members_of_a_group_count(self) -> None:
        if sys.version_info < (3, 11):
            self.skipTest("no groups of exceptions before 3.11")
        app = "try:\n    import bad\nexcept Exception as error:\n    caught = error\n"
        app += "raise ExceptionGroup('both', [caught, ValueError()]) from None\n"
        files, _ = self.fail_with(app=app, bad="1/0\n")
        self.assertEqual(files, {"app.py", "bad.py"})

    def test_endless_recursion(self) -> None:
        files, report = self.fail_with(app="import bad\n", bad="def f(): f()\nf()\n")
        self.assertEqual(files, {"app.py", "bad.py"})
        self.assertEqual(report["doubtful"], "yes")

    def test_a_file_of_a_library_that_is_not_python_is_doubted(self) -> None:
        files = {"app.py": "import bad\n", "site-packages/bad.py": "def\n"}
        environ = {"PYTHONPATH": "site-packages"}
        with Front(files, app="app", environ=environ) as front:
            told, report = failure(front)
            self.assertEqual(told, {"app.py"})
            self.assertEqual(report["doubtful"], "yes")

    def test_a_syntax_error_that_is_in_no_file_is_doubted(self) -> None:
        _, report = self.fail_with(app="exec('def')\n")
        self.assertEqual(report["doubtful"], "yes")

    def test_what_was_decided_before_anything_was_imported_is_certain(self) -> None:
        with Front({}) as front:
            _, report = failure(front)
            self.assertEqual((report["kind"], report["doubtful"]), ("nothing", ""))


if __name__ == "__main__":
    unittest.main()
