"""The warm parent: what it imports, when it forks, and what its workers are like."""

from __future__ import annotations

import os
import pty
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
from unittest import mock

from scaffold_worker import trial as trials
from scaffold_worker.trial import Trial
from tests.front import RESPONSE, TIMEOUT, write_files
from tests.warm import KILL, UNFIT, WARM, Parent

APP = """
import sys
WARM = sorted(sys.modules)
def application(environ, start):
    start("200 OK", [])
    return [repr(({})).encode()]
"""


def app(expression: str) -> dict[str, str]:
    return {"app.py": APP.format(expression)}


def answer(parent: Parent) -> str:
    """Fork a worker and return what it answers."""
    with parent.fork(app="app") as front:
        front.ready()
        [(kind, (_, _, body))] = front.get()
        assert kind == RESPONSE
        text: str = body.decode()
        return text


def wait_for(path: str) -> None:
    deadline = time.monotonic() + TIMEOUT
    while not os.path.exists(path):
        assert time.monotonic() < deadline, path
        time.sleep(0.005)


def _runs(pid: int) -> bool:
    """Whether a process has not ended; nobody may have waited for it."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return ") Z " not in file.read()
    except OSError:
        return False


class Importing(unittest.TestCase):
    def test_modules_are_warm_in_workers(self) -> None:
        libraries = {"first.py": "", "second/__init__.py": "", "second/part.py": ""}
        expression = "[name for name in ('first', 'second', 'second.part') if name in WARM]"
        with Parent(app(expression), libraries) as parent:
            self.assertEqual(parent.preload("first"), {})
            self.assertEqual(answer(parent), "['first']")
            self.assertEqual(parent.preload("second.part"), {})
            self.assertEqual(answer(parent), "['first', 'second', 'second.part']")

    def test_the_projects_modules_are_never_imported(self) -> None:
        files = {**app("'mine' in WARM"), "mine.py": "open('imported', 'w').close()"}
        libraries = {"plugin.py": "import mine\n", "gentle.py": "try: import mine\nexcept: pass\n"}
        environ = {"DJANGO_SETTINGS_MODULE": "mine"}
        with Parent(files, libraries, environ=environ) as parent:
            refused = parent.preload("mine", "plugin", "gentle")
            self.assertEqual(set(refused), {"mine", "plugin", "gentle"})
            self.assertEqual(refused["gentle"], "the project has a module `mine`")
            self.assertEqual(answer(parent), "False")
            self.assertFalse(os.path.exists(os.path.join(parent.root, "imported")))

    def test_what_is_installed_for_editing_is_never_imported(self) -> None:
        # As the finder of such an installation does it, which is there without any path.
        finder = """
            import sys
            from importlib.util import spec_from_file_location
            class Finder:
                @staticmethod
                def find_spec(name, path=None, target=None):
                    if name == "editable":
                        return spec_from_file_location(name, {!r})
            sys.meta_path.append(Finder)
        """
        with tempfile.TemporaryDirectory() as elsewhere:
            write_files(elsewhere, {"editable.py": ""})
            file = os.path.join(os.path.realpath(elsewhere), "editable.py")
            libraries = {
                "sitecustomize.py": finder.format(file),
                "uses.py": "import editable\n",
            }
            with Parent(app("'editable' in WARM"), libraries) as parent:
                self.assertEqual(parent.preload("uses"), {"uses": f"it loads {file}"})
                self.assertEqual(answer(parent), "False")

    def test_a_failed_import_leaves_nothing_behind(self) -> None:
        libraries = {
            "registry.py": "NAMES = []\n",
            "fails/__init__.py": "import registry as r; r.NAMES.append(1); from . import part; 1/0",
            "fails/part.py": "import registry; registry.NAMES.append(2)\n",
        }
        with Parent(app("sys.modules['registry'].NAMES"), libraries) as parent:
            refused = parent.preload("registry", "fails.part", "fails")
            reason = "it raises ZeroDivisionError: division by zero"
            self.assertEqual(refused, {"fails.part": reason, "fails": reason})
            self.assertEqual(answer(parent), "[]")

    def test_what_is_wrong_with_a_module_ends_its_trial_and_not_the_others(self) -> None:
        bad = "import os\nread, write = os.pipe()\n"
        libraries = {
            "one.py": "",
            "two/__init__.py": bad,
            "two/part.py": "",
            "three.py": "import two\n",
            "four.py": "",
        }
        expression = "[name for name in ('one', 'two', 'three', 'four') if name in WARM]"
        with Parent(app(expression), libraries) as parent:
            refused = parent.preload("one", "two", "two.part", "three", "four")
            reason = "it keeps a file or socket open"
            # What is below a refused module is not even tried.
            self.assertEqual(refused, {"two": reason, "three": reason})
            self.assertEqual(answer(parent), "['one', 'four']")
            self.assertEqual(parent.preload("two.part"), refused)

    def test_there_is_an_end_to_trials(self) -> None:
        libraries = {f"bad{number}.py": "import os\nos.pipe()\n" for number in range(20)}
        with Parent(app("'good' in WARM"), {"good.py": "", **libraries}) as parent:
            refused = parent.preload("good", *(f"bad{number}" for number in range(20)))
            reasons = list(refused.values())
            self.assertEqual(reasons.count("it keeps a file or socket open"), 16)
            self.assertEqual(reasons.count("too many others cannot be"), 4)
            self.assertEqual(answer(parent), "True")

    def test_output_of_imports_stays_out_of_the_terminal(self) -> None:
        loud = """
            import os, sys, warnings
            print("out"); print("err", file=sys.stderr); os.write(2, b"raw"); warnings.warn("w")
            TERMINALS = [stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)]
            SIZE = os.get_terminal_size() if all(TERMINALS) else None
            print("x" * 100_000)
        """
        files = app("sys.modules['loud'].TERMINALS, sys.modules['loud'].SIZE, "
                    "print('so', file=sys.stderr)")  # fmt: skip
        with open(os.devnull, "r+") as nothing, Parent(
            files, {"loud.py": loud}, output=nothing.fileno()
        ) as parent:
            self.assertEqual(parent.preload("loud"), {})
            said = answer(parent)
            self.assertTrue(said.startswith("([False, False, False], None, "), said)
            self.assertEqual(parent.stderr(), "so\n")

    def test_a_terminal_looks_like_one_to_imports(self) -> None:
        loud = """
            import os, sys
            print("loud" * 10_000)
            TERMINALS = [stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)]
            SIZE = tuple(os.get_terminal_size())
        """
        files = app("sys.modules['loud'].TERMINALS, sys.modules['loud'].SIZE, "
                    "sys.stdout.isatty(), print('said')")  # fmt: skip
        master, slave = pty.openpty()
        size = struct.pack("4H", 33, 77, 0, 0)
        import fcntl
        import termios

        fcntl.ioctl(slave, termios.TIOCSWINSZ, size)
        with Parent(files, {"loud.py": loud}, terminal=slave) as parent:
            self.assertEqual(parent.preload("loud"), {})
            self.assertEqual(answer(parent), "([True, True, True], (77, 33), True, None)")
        os.close(slave)
        self.assertEqual(os.read(master, 1000), b"said\r\n")
        os.close(master)


class Trying(unittest.TestCase):
    """A trial by itself: what is wrong with modules that never return, or end the process."""

    def judge(self, *names: str, **sources: str) -> Trial:
        with tempfile.TemporaryDirectory() as directory:
            write_files(directory, {f"{name}.py": text for name, text in sources.items()})
            guard = mock.Mock()
            guard.imported.return_value = ""
            with mock.patch.object(sys, "path", [directory, *sys.path]):
                trial = Trial(list(names), guard, lambda: None)
                while not trial.is_over():
                    time.sleep(0.001)
                os.waitpid(trial.pid, 0)
        return trial

    def test_modules_that_never_return(self) -> None:
        with mock.patch.object(trials, "PATIENCE", 0.5):
            trial = self.judge("quick", "endless", "later", quick="", endless="while True: pass\n")
        self.assertEqual(trial.good, ["quick"])
        self.assertEqual(trial.refused, [("endless", "it takes longer than 0 s to import")])
        self.assertEqual(trial.untried, ["later"])

    def test_modules_that_end_the_process(self) -> None:
        for name, text in (
            ("exits", "import os; os._exit(0)\n"),
            ("dies", "import os; os.kill(os.getpid(), 11)\n"),
        ):
            trial = self.judge("quick", name, "later", quick="", **{name: text})
            self.assertEqual(trial.good, ["quick"])
            self.assertEqual(trial.refused, [(name, "it ends the process")])
            self.assertEqual(trial.untried, ["later"])

    def test_modules_that_raise_what_they_like(self) -> None:
        trial = self.judge(
            "quits", "odd", "long",
            quits="raise SystemExit(3)\n",
            odd="class Odd(BaseException):\n    def __str__(self): 1/0\nraise Odd\n",
            long="raise ValueError('x' * 10_000 + chr(10) + chr(0xd800))\n",
        )  # fmt: skip
        reasons = dict(trial.refused)
        self.assertEqual(reasons["quits"], "it raises SystemExit: 3")
        self.assertIn("Odd", reasons["odd"])
        self.assertEqual(len(reasons["long"]), 500)

    def test_children_of_modules(self) -> None:
        text = "import subprocess, sys\nchild = subprocess.Popen([sys.executable, '-c', ''])\n"
        trial = self.judge("parent", parent=text)
        self.assertEqual(trial.refused, [("parent", "it starts a process")])


class Forking(unittest.TestCase):
    def test_a_worker_can_be_forked_while_modules_are_imported(self) -> None:
        slow = "import os, time\nopen('begun', 'w').close()\n"
        slow += "while not os.path.exists('go'): time.sleep(0.005)\n"
        with Parent(app("'slow' in WARM"), {"slow.py": slow}) as parent:
            parent.send_preload("slow")
            wait_for(os.path.join(parent.root, "begun"))
            self.assertEqual(answer(parent), "False")
            write_files(parent.root, {"go": ""})
            self.assertEqual(parent.expect(WARM), [])
            self.assertEqual(answer(parent), "True")

    def test_a_module_that_is_good_only_once_makes_the_parent_unfit(self) -> None:
        once = "import os\nif os.path.exists('been'): 1/0\nopen('been', 'w').close()\n"
        with Parent(app("1"), {"once.py": once}) as parent, parent.fork(app="app") as front:
            front.ready()
            parent.send_preload("once")
            reason = "it raises ZeroDivisionError: division by zero"
            self.assertEqual(parent.expect(UNFIT), [("once", reason)])
            self.assertEqual(parent.refusal(), f"once: {reason}")
            # It looks after the worker that there is.
            self.assertEqual(front.get()[0][0], RESPONSE)

    def test_a_parent_that_has_threads_from_the_start_is_unfit(self) -> None:
        busy = "import threading\n"
        busy += "threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
        with Parent(app("1"), {"sitecustomize.py": busy}) as parent:
            self.assertEqual(parent.expect(UNFIT), [("", "it starts a thread")])
            self.assertEqual(parent.refusal(), "it starts a thread")

    def test_a_file_that_is_edited_after_its_import(self) -> None:
        with Parent(app("1"), {"library.py": "VALUE = 1\n"}) as parent:
            parent.preload("library")
            path = os.path.join(parent.libraries, "library.py")
            status = os.stat(path)
            with open(path, "w") as file:
                file.write("VALUE = 2\n")
            self.assertEqual(parent.refusal(), f"{path} has changed")
            # Backwards in time, and as large as it was.
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns - 1))
            self.assertEqual(parent.refusal(), f"{path} has changed")
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
            self.assertEqual(answer(parent), "1")
            os.remove(path)
            self.assertIn("has changed", parent.refusal())

    def test_what_is_installed_later(self) -> None:
        with Parent(app("1"), {"library.py": "", "old.pth": ""}) as parent:
            parent.preload("library")
            path = os.path.join(parent.libraries, "old.pth")
            with open(path, "w") as file:
                file.write("import this_and_that\n")
            self.assertEqual(parent.refusal(), f"{path} has changed")
        with Parent(app("1"), {"library.py": ""}) as parent:
            parent.preload("library")
            os.mkdir(os.path.join(parent.libraries, "other-1.0.dist-info"))
            self.assertEqual(parent.refusal(), f"{parent.libraries} has changed")

    def test_names_of_the_project(self) -> None:
        libraries = {
            "library.py": "try: import absent\nexcept ImportError: pass\n",
            "package/__init__.py": "",
        }
        with Parent(app("1"), libraries) as parent:
            parent.preload("library", "package")
            for names, shadow in (
                ({"library/data.txt": "", "package/part.py": ""}, ""),
                ({"package/__init__.py": ""}, "package"),
                ({"library.py": ""}, "library"),
                ({"absent.py": ""}, "absent"),
                ({"absent/part.py": ""}, "absent"),
                ({"os.py": "", "sys.py": "", "site.py": ""}, ""),
            ):
                before = set(os.listdir(parent.root))
                write_files(parent.root, names)
                if shadow:
                    self.assertEqual(parent.refusal(), f"the project has a module `{shadow}`")
                else:
                    self.assertEqual(answer(parent), "1", names)
                for name in set(os.listdir(parent.root)) - before - {"__pycache__"}:
                    path = os.path.join(parent.root, name)
                    subprocess.run(["rm", "-r", path], check=True)

    def test_the_environment_is_as_it_was_and_as_modules_left_it(self) -> None:
        setter = "import os\nos.environ['SET'] = 'yes'\nos.environ.pop('GONE', None)\n"
        setter += "assert 'SETTINGS_MODULE' not in os.environ\n"
        chooser = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'theirs')\n"
        names = ("SET", "GONE", "KEPT", "SETTINGS_MODULE", "DJANGO_SETTINGS_MODULE")
        files = app(f"[__import__('os').environ.get(name) for name in {names}]")
        environ = {"GONE": "1", "KEPT": "2", "SETTINGS_MODULE": "mine"}
        libraries = {"setter.py": setter, "chooser.py": chooser}
        with Parent(files, libraries, environ=environ) as parent:
            refused = parent.preload("setter", "chooser")
            self.assertEqual(refused, {"chooser": "it chooses a settings module"})
            self.assertEqual(answer(parent), "['yes', None, '2', 'mine', None]")

    def test_random_numbers_differ(self) -> None:
        files = app("__import__('random').random(), __import__('tempfile').mktemp()")
        with Parent(files) as parent:
            parent.preload("random", "tempfile", "uuid")
            self.assertEqual(len({answer(parent) for _ in range(3)}), 3)

    def test_the_directory_of_our_package_is_not_on_the_path(self) -> None:
        with Parent(app("[path for path in sys.path if 'scaffold' in path]")) as parent:
            parent.preload("json")
            self.assertEqual(answer(parent), "[]")

    def test_memory_of_before_is_left_alone_by_collections(self) -> None:
        with Parent(app("__import__('gc').get_freeze_count() > 1000")) as parent:
            parent.preload("json")
            self.assertEqual(answer(parent), "True")


class Ending(unittest.TestCase):
    def test_it_ends_with_its_connection_and_its_workers_with_it(self) -> None:
        with Parent(app("1")) as parent, parent.fork(app="app") as front:
            front.ready()
            worker = front.process.pid
            parent.close()
            self.assertEqual(parent.process.wait(TIMEOUT), 0)
            front.process._status = 0
            deadline = time.monotonic() + TIMEOUT
            while _runs(worker):
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.005)

    def test_it_tells_how_workers_ended(self) -> None:
        with Parent(app("__import__('os')._exit(7)")) as parent:
            with parent.fork(app="app") as front:
                front.ready()
                front.send()
                self.assertEqual(front.process.wait(), 7)
            with parent.fork(app="app") as front:
                front.ready()
                front.process.kill()
                self.assertEqual(front.process.wait(), -signal.SIGKILL)
            with parent.fork(app="app") as front:
                front.ready()
                front.close_control()
                self.assertEqual(front.process.wait(), 0)

    def test_it_kills_nobody_else(self) -> None:
        with subprocess.Popen(["sleep", "1000"]) as other, Parent(app("1")) as parent:
            parent.send(KILL, 0, struct.pack("<I", other.pid))
            self.assertEqual(answer(parent), "1")
            self.assertIsNone(other.poll())
            other.kill()

    def test_interrupts_are_for_the_front(self) -> None:
        with Parent(app("1")) as parent:
            parent.preload("json")
            parent.process.send_signal(signal.SIGINT)
            self.assertEqual(answer(parent), "1")

    def test_a_frame_that_makes_no_sense_ends_it(self) -> None:
        with Parent(app("1")) as parent:
            parent.send(99, 0)
            [(name, reason)] = parent.expect(UNFIT)
            self.assertEqual((name, reason), ("", "ValueError: unknown frame 99"))
            self.assertEqual(parent.process.wait(TIMEOUT), 70)


if __name__ == "__main__":
    unittest.main()
