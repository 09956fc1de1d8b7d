"""The worker's life: it never outlives the front, and old Pythons say that they are old."""

from __future__ import annotations

import glob
import marshal
import os
import signal
import socket
import subprocess
import sys
import time
import unittest

from tests.front import CONFIGURE, HEADER, MAIN, PING, PONG, RESPONSE, TIMEOUT, Front

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

    def test_interrupts_and_a_first_sigterm_are_for_the_front(self) -> None:
        with Front({"hello.py": HELLO}, app="hello") as front:
            front.ready()
            front.process.send_signal(signal.SIGINT)
            self.assertEqual(front.get()[0][0], RESPONSE)
            front.process.terminate()
            self.assertEqual(front.get()[0][0], RESPONSE)
            # For a moment a further one is the same.
            deadline = time.monotonic() + TIMEOUT
            while front.process.poll() is None and time.monotonic() < deadline:
                front.process.terminate()
            self.assertEqual(front.process.returncode, -signal.SIGTERM)

    def test_a_project_cannot_shadow_our_modules(self) -> None:
        files = {name + ".py": "raise ImportError\n" for name in ("wire", "body", "main", "report")}
        files["hello.py"] = (
            HELLO + "\nimport sys\nassert not any('wire' == m for m in sys.modules)\n"
        )
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

    def test_it_ends_with_the_data_connection(self) -> None:
        with Front({"hello.py": HELLO}, app="hello") as front:
            front.ready()
            front.close_data()
            self.assertEqual(front.process.wait(TIMEOUT), 0)

    def test_the_kernel_ends_it_too(self) -> None:
        if not sys.platform.startswith("linux"):
            self.skipTest("only Linux has a parent-death signal")
        # A process in between starts the worker and is killed; the worker's own connections
        # stay open, so that only the kernel can end it.
        script = r"""
import os, subprocess, sys, time
descriptors = sys.argv[2:]
worker = subprocess.Popen([sys.executable, "-u", sys.argv[1], *descriptors],
                          pass_fds=list(map(int, descriptors)))
print(worker.pid, flush=True)
time.sleep(1000)
"""
        data, worker_data = socket.socketpair()
        control, worker_control = socket.socketpair()
        files, worker_files = socket.socketpair()
        halves = (worker_data, worker_control, worker_files)
        with Front({"hello.py": HELLO}, app="hello") as project:
            project.ready()
            descriptors = [*(half.fileno() for half in halves), project.begun_descriptor()]
            between = subprocess.Popen(
                [
                    sys.executable,
                    "-c",
                    script,
                    MAIN,
                    *map(str, descriptors),
                ],
                cwd=project.root,
                stdout=subprocess.PIPE,
                pass_fds=descriptors,
            )
            assert between.stdout is not None
            worker = int(between.stdout.readline())
            payload = marshal.dumps(project.config, 2)
            control.sendall(HEADER.pack(len(payload), CONFIGURE, 0) + payload)
            self.assertTrue(control.recv(9))
            status = f"/proc/{worker}/task"
            # Wait until ctypes, which sets the signal, has been loaded.
            deadline = time.monotonic() + TIMEOUT
            while "_ctypes" not in _text(f"/proc/{worker}/maps") and time.monotonic() < deadline:
                time.sleep(0.01)
            time.sleep(0.1)
            between.kill()
            between.wait()
            between.stdout.close()
            while os.path.exists(status) and time.monotonic() < deadline:
                if ") Z " in _text(f"/proc/{worker}/stat"):
                    break
                time.sleep(0.01)
            self.assertLess(time.monotonic(), deadline)
        for connection in (data, control, files, *halves):
            connection.close()

    def test_it_says_how_many_requests_it_has_begun(self) -> None:
        with Front({"hello.py": HELLO}, app="hello") as front:
            front.ready()
            for number in range(1, 4):
                front.get()
                self.assertEqual(front.begun(), number)

    def test_a_ping_is_answered(self) -> None:
        with Front({"hello.py": HELLO}, app="hello") as front:
            front.ready()
            front.tell(PING, 0)
            self.assertEqual(front.control.get(timeout=TIMEOUT), (PONG, 0, b""))


def _text(path: str) -> str:
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


if __name__ == "__main__":
    unittest.main()
