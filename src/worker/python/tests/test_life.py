"""The worker's life: it never outlives the front, and old Pythons say that they are old."""

from __future__ import annotations

import glob
import os
import signal
import sys
import unittest

from tests.front import ERROR, RESPONSE, TIMEOUT, Front

HELLO = """
def application(environ, start):
    if environ["PATH_INFO"] == "/loop":
        print("looping", file=environ["wsgi.errors"], flush=True)
        while True: pass
    start("200 OK", [])
    return [b"hello"]
"""


class Life(unittest.TestCase):
    def test_it_ends_with_the_control_connection(self) -> None:
        with Front({"hello.py": HELLO}, app="hello") as front:
            front.ready()
            front.close_control()
            self.assertEqual(front.process.wait(TIMEOUT), 0)

    def test_it_ends_while_looping(self) -> None:
        with Front({"hello.py": HELLO}, app="hello") as front:
            front.ready()
            front.send("/loop")
            while "looping" not in front.stderr():
                pass
            front.close_control()
            self.assertEqual(front.process.wait(TIMEOUT), 0)

    def test_it_ends_while_importing(self) -> None:
        files = {"hello.py": "open('reached', 'w').close()\nwhile True: pass\n"}
        with Front(files, app="hello") as front:
            while not os.path.exists(os.path.join(front.root, "reached")):
                pass
            front.close_control()
            self.assertEqual(front.process.wait(TIMEOUT), 0)

    def test_interrupts_are_for_the_front(self) -> None:
        with Front({"hello.py": HELLO}, app="hello") as front:
            front.ready()
            front.process.send_signal(signal.SIGINT)
            self.assertEqual(front.get()[0][0], RESPONSE)
            front.process.terminate()
            self.assertEqual(front.process.wait(TIMEOUT), -signal.SIGTERM)

    def test_a_project_cannot_shadow_our_modules(self) -> None:
        files = {name + ".py": "raise ImportError\n" for name in ("wire", "body", "main", "report")}
        files["hello.py"] = HELLO + "\nimport sys\nassert not any('wire' == m for m in sys.modules)\n"
        with Front(files, app="hello") as front:
            front.ready()
            self.assertEqual(front.get()[0][0], RESPONSE)
            self.assertEqual(front.get(REQUEST_METHOD="", PATH_INFO="")[0][0], RESPONSE)

    def test_faults_do_not_write_into_the_project(self) -> None:
        with Front({"hello.py": "application = 1/0\n"}, app="hello") as front:
            self.assertIn("ZeroDivisionError", front.failed()["message"])
            self.assertEqual(sorted(set(os.listdir(front.root)) - {"__pycache__"}), ["hello.py"])

    def test_old_pythons(self) -> None:
        found = glob.glob(os.path.expanduser("~/.pyenv/versions/*/bin/python"))
        old = [p for p in found if p.split(os.sep)[-3].startswith(("2.", "3.6.", "3.7."))]
        if not old:
            self.skipTest("no old Python here")
        for executable in old:
            with self.subTest(executable), Front({}, executable) as front:
                told = front.failed()
                version = executable.split(os.sep)[-3]
                self.assertEqual(told["kind"], "python")
                self.assertEqual(
                    told["message"], f"Python {version} is too old: scaffold needs 3.8 or newer"
                )

    def test_the_kernel_ends_it_too(self) -> None:
        if not sys.platform.startswith("linux"):
            self.skipTest("only Linux has a parent-death signal")
        app = HELLO + (
            "\ndef check(environ, start):\n"
            "    import ctypes, os, threading\n"
            "    start('200 OK', [])\n"
            "    return [str('ctypes' in __import__('sys').modules).encode()]\n"
        )
        with Front({"hello.py": app}, app="hello:check") as front:
            front.ready()
            self.assertNotEqual(front.get()[0][0], ERROR)


if __name__ == "__main__":
    unittest.main()
