"""Trying the application with one request: what is told of it, and of what is wrong with it."""

from __future__ import annotations

import sys
import unittest
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from scaffold_worker import frameworks
from tests.front import READY, RESPONSE, TIMEOUT, Frame, Front
from tests.test_resolve import DJANGO_SITE, manage, plain

PROBE = 20
"""Seconds; no test waits for them."""

GOOD = """
    def application(environ, start):
        start("200 OK", [("Content-Type", "text/plain")])
        return [b"hello"]
"""

if TYPE_CHECKING:
    Pairs = list[tuple[str, str]]


def examined(source: str, files: dict[str, str] | None = None, **config: Any) -> Pairs:
    """What READY says of an application."""
    config = {"app": "site1", "probe": PROBE, **config}
    with Front({"site1.py": source, **(files or {})}, **config) as front:
        return told(front)


def told(front: Front) -> Pairs:
    frame: Frame = front.control.get(timeout=TIMEOUT)
    assert frame is not None, front.stderr()
    kind, _, pairs = frame
    assert kind == READY, pairs
    return list(pairs)


class Examined(unittest.TestCase):
    def finds(self, source: str, kind: str, what: str, where: str, **config: Any) -> dict[str, str]:
        pairs = dict(examined(source, **config))
        self.assertEqual(pairs.get("problem_kind"), kind, pairs)
        self.assertIn(what, pairs["problem"])
        self.assertEqual(pairs["problem_where"], where)
        self.assertTrue(pairs["problem_hint"] or pairs["problem_traceback"])
        return pairs

    def test_a_good_application_is_served_afterwards(self) -> None:
        with Front({"site1.py": GOOD}, app="site1:application", probe=PROBE) as front:
            pairs = dict(told(front))
            self.assertEqual(pairs["response_status"], "200 OK")
            self.assertEqual(pairs["response_size"], "5")
            self.assertEqual(pairs["response_end"], "whole")
            self.assertNotIn("problem", pairs)
            self.assertEqual(front.get()[0][0], RESPONSE)

    def test_without_a_probe_nothing_is_tried(self) -> None:
        pairs = dict(examined(GOOD.replace("start(", "1 / 0; start("), probe=0))
        self.assertNotIn("response_status", pairs)
        self.assertNotIn("problem", pairs)

    def test_violations_have_their_place(self) -> None:
        text = GOOD.replace
        self.finds(text("200 OK", "2000 OK"), "violation", "three characters", "site1.py:3")
        self.finds(text("200 OK", "2x0 OK"), "violation", "ValueError: invalid", "site1.py:3")
        self.finds(
            text('("Content-Type", "text/plain")', ""), "violation", "Content-Type", "site1.py:3"
        )
        self.finds(text('[b"hello"]', '"hello"'), "violation", "return a string", "site1.py:2")
        self.finds(text('[b"hello"]', '["hello"]'), "violation", "non-bytestring", "site1.py:2")
        self.finds(text('[b"hello"]', "5"), "violation", "not iterable", "site1.py:2")
        self.finds("def application(environ): pass", "violation", "TypeError", "site1.py:1")
        self.finds(
            "def application(environ, start):\n    return []\n",
            "violation",
            "did not call start_response()",
            "site1.py:1",
        )
        self.finds(
            """
            def application(environ, start):
                start("200 OK", [("Content-Type", "text/plain")])
                yield b"x"
                yield "y"
            """,
            "violation",
            "non-bytestring ('y')",
            "site1.py:5",
        )
        self.finds(
            text('[b"hello"]', "[]")
            .replace("start(", "write = start(", 1)
            .replace("return", "write('x'); return"),
            "violation",
            "write() must be called with bytes",
            "site1.py:4",
        )
        self.finds(
            text("return", "environ['wsgi.input'].read(); return"),
            "violation",
            "read() of wsgi.input must be called with one argument, the size",
            "site1.py:4",
        )

    def test_what_the_server_would_refuse_is_found(self) -> None:
        text = GOOD.replace
        self.finds(
            text("text/plain", "text/plain; name=€"),
            "violation",
            "latin-1",
            "site1.py:3",
        )
        self.finds(
            text("[(", '[("Connection", "close"), ('), "violation", "Connection", "site1.py:3"
        )
        self.finds(
            text("[(", '[("Content-Length", "7"), ('),
            "violation",
            "says 7 octets, and the body has 5",
            "site1.py:2",
        )

    def test_warnings_are_listed_once(self) -> None:
        source = GOOD.replace("200 OK", "200")
        pairs = examined(source)
        self.assertEqual(
            [value for name, value in pairs if name == "warning_where"], ["site1.py:3"]
        )
        self.assertIn("three-digit integer", dict(pairs)["warning"])

    def test_exceptions_have_their_place_and_traceback(self) -> None:
        source = GOOD.replace("start(", "1 / 0; start(")
        pairs = self.finds(source, "exception", "ZeroDivisionError", "site1.py:3")
        self.assertIn("in application", pairs["problem_traceback"])
        self.assertNotIn("scaffold_worker", pairs["problem_traceback"])
        source = GOOD.replace("return", "import sys; sys.exit(3); return")
        pairs = self.finds(source, "exception", "SystemExit", "site1.py:4")
        self.assertEqual((pairs["response_status"], pairs["response_end"]), ("200 OK", "broken"))
        source = GOOD.replace("return", "assert environ['x'] if 'x' in environ else 0; return")
        self.finds(source, "exception", "AssertionError", "site1.py:4")

    def test_a_status_of_the_server_errors_is_a_problem_and_others_are_none(self) -> None:
        self.finds(GOOD.replace("200 OK", "503 Busy"), "status", "503 Busy", "GET /")
        for status in ("404 Not Found", "301 Moved", "401 Who"):
            self.assertNotIn("problem", dict(examined(GOOD.replace("200 OK", status))))

    def test_a_body_without_an_end_is_cut(self) -> None:
        source = GOOD.replace('[b"hello"]', "(b'x' * 100000 for _ in iter(int, 1))")
        pairs = dict(examined(source))
        self.assertEqual(pairs["response_end"], "cut")
        self.assertGreater(int(pairs["response_size"]), 16 * 1024 * 1024)
        self.assertNotIn("problem", pairs)

    def test_an_answer_that_never_comes_is_told_with_its_place(self) -> None:
        source = GOOD.replace("start(", "import threading; threading.Event().wait(); start(")
        pairs = self.finds(source, "deadline", "longer than 3 seconds", "site1.py:3", probe=3)
        self.assertEqual(pairs["application"], "site1.application")
        self.assertIn("in application", pairs["problem_traceback"])

    def test_loading_that_never_ends_is_told_with_its_place(self) -> None:
        source = "import threading\nthreading.Event().wait()\n"
        with Front({"site1.py": source}, app="site1", probe=1) as front:
            failed = front.failed()
        self.assertEqual((failed["kind"], failed["where"]), ("deadline", "site1.py:2"))
        self.assertIn("loading the application", failed["message"])
        self.assertIn("site1.py", failed["traceback"])


class Rules(unittest.TestCase):
    def rules(self, **config: Any) -> tuple[str, ...]:
        site = {"site1.py": GOOD, "s.py": plain("site1.application")}
        site.update(config.pop("files", {}))
        with Front(site, environ=config.pop("environ", None), **config) as front:
            ready = front.ready()
        return tuple(
            ready[name] for name in ("settings", "settings_rule", "application", "application_rule")
        )

    def test_each_rule_is_told(self) -> None:
        setting, name = "WSGI_APPLICATION", "site1.application"
        for config, expected in (
            ({"settings": "s"}, ("s", "--settings", name, setting)),
            (
                {"environ": {"SETTINGS_MODULE": "s"}},
                ("s", "SETTINGS_MODULE", name, setting),
            ),
            ({"configured_settings": "s"}, ("s", "pyproject.toml", name, setting)),
            ({"files": {"manage.py": manage("s")}}, ("s", "manage.py", name, setting)),
            ({"candidates": ["s"]}, ("s", "candidate", name, setting)),
            ({"app": "site1"}, ("", "", name, "--app")),
            ({"configured_app": "site1"}, ("", "", name, "pyproject.toml")),
            (
                {"configured_app": "site1", "configured_settings": "s"},
                ("s", "pyproject.toml", name, "pyproject.toml"),
            ),
            (
                {"app": "site1", "environ": {"DJANGO_SETTINGS_MODULE": "x"}},
                ("x", "DJANGO_SETTINGS_MODULE", name, "--app"),
            ),
        ):
            with self.subTest(config):
                self.assertEqual(self.rules(**config), expected)

    def test_a_settings_module_that_the_application_chooses_is_its_own(self) -> None:
        source = "import os\nos.environ['DJANGO_SETTINGS_MODULE'] = 'y'\n"
        files = {"site2.py": source + "def application(environ, start): pass\n"}
        found = self.rules(app="site2", files=files)
        self.assertEqual(found, ("y", "application", "site2.application", "--app"))

    def test_failures_tell_rules_and_place(self) -> None:
        for files, config, where, rules in (
            (
                {"s.py": "x = 1\nWSGI_APPLICATION = 'nowhere.application'\n"},
                {"settings": "s"},
                "s.py:2",
                ("--settings", "nowhere.application", "WSGI_APPLICATION"),
            ),
            ({"s.py": "x = 1\n"}, {"settings": "s"}, "s.py", ("--settings", "", "")),
            ({"s.py": "\n\n1 / 0\n"}, {"settings": "s"}, "s.py:3", ("--settings", "", "")),
            ({"s.py": "\nx = (\n"}, {"settings": "s"}, "s.py:2", ("--settings", "", "")),
            ({}, {"candidates": ["s"]}, "candidate", ("candidate", "", "")),
            ({}, {"app": "nowhere:app"}, "--app", ("", "nowhere:app", "--app")),
        ):
            with self.subTest(config), Front(files, **config) as front:
                failed = front.failed()
                self.assertEqual(failed["where"], where)
                names = ("settings_rule", "application", "application_rule")
                self.assertEqual(tuple(failed[name] for name in names), rules)


@unittest.skipUnless(find_spec("django"), "Django is not installed in this Python")
class Django(unittest.TestCase):
    def examined(self, *edits: tuple[str, str, str]) -> dict[str, str]:
        files = dict(DJANGO_SITE)
        for file, old, new in edits:
            self.assertIn(old, files[file])
            files[file] = files[file].replace(old, new)
        config: dict[str, Any] = {"probe": PROBE, "settings": "site1.settings"}
        with Front(files, **config) as front:
            return dict(told(front))

    def test_the_projects_own_handler_is_tried(self) -> None:
        without = """handler = get_wsgi_application()
        def application(environ, start):
            import traceback
            names = [step.filename for step in traceback.extract_stack()]
            assert not any("staticfiles" in name for name in names), names
            return handler(environ, start)
        """
        pairs = self.examined(
            ("site1/wsgi.py", "application = get_wsgi_application()", without),
            ("site1/urls.py", 'mark_safe("yes")', "'yes'"),
        )
        self.assertNotIn("problem", pairs)
        self.assertEqual(pairs["debug"], "True")
        self.assertEqual(pairs["application_rule"], "WSGI_APPLICATION")

    def test_an_exception_behind_an_error_page_is_told(self) -> None:
        view = 'return HttpResponse("hello", headers={"X-Safe": mark_safe("yes")})'
        pairs = self.examined(("site1/urls.py", view, "return 1 / 0"))
        self.assertEqual(pairs["problem_kind"], "exception")
        self.assertEqual(pairs["problem_where"], "site1/urls.py:6")
        self.assertIn("500 Internal Server Error: ZeroDivisionError", pairs["problem"])
        self.assertIn("in hello", pairs["problem_traceback"])

    def test_the_host_is_one_that_is_allowed(self) -> None:
        hosts = ("site1/settings.py", '["*"]', '[".example.com"]')
        safe = ("site1/urls.py", 'mark_safe("yes")', "request.get_host()")
        pairs = self.examined(hosts, safe)
        self.assertNotIn("problem", pairs)
        self.assertEqual(pairs["response_status"], "200 OK")

    def test_a_framework_of_its_own_handler(self) -> None:
        pairs = self.examined(
            ("site1/settings.py", 'WSGI_APPLICATION = "site1.wsgi.application"', ""),
            ("site1/urls.py", 'mark_safe("yes")', "'yes'"),
        )
        self.assertEqual(pairs["application_rule"], "framework")
        self.assertNotIn("problem", pairs)


class Recognised(unittest.TestCase):
    def recognised(self, source: str) -> str:
        space: dict[str, Any] = {"__name__": "site1"}
        exec(source, space)
        return frameworks.recognise(space["application"])

    def test_by_class_base_function_and_wrapped_application(self) -> None:
        flask = (
            "App = type('App', (), {'__module__': 'flask.app', '__call__': lambda self, *_: []})\n"
        )
        made = flask + "application = App()"
        self.assertEqual(self.recognised(made).partition(" ")[0], "Flask")
        for rest in (
            "application = type('Mine', (App,), {})()",
            "application = App().__call__",
            "Layer = type('Layer', (), {'__call__': lambda self, *_: []})\n"
            "application = Layer(); application.app = App()",
            "import functools; application = functools.partial(App())",
            "app = App()\ndef application(environ, start): return app(environ, start)",
        ):
            with self.subTest(rest):
                self.assertEqual(self.recognised(flask + rest).partition(" ")[0], "Flask")

    def test_nothing_is_made_up(self) -> None:
        self.assertEqual(self.recognised("application = lambda environ, start: []"), "")
        self.assertEqual(self.recognised("application = 5"), "")
        broken = "class A:\n    def __getattr__(self, name): raise OSError\napplication = A()"
        self.assertEqual(self.recognised(broken), "")

    def test_the_version_is_the_distributions(self) -> None:
        self.assertNotIn("bottle", sys.modules)
        bottle = "application = type('Bottle', (), {'__module__': 'bottle'})()"
        self.assertEqual(self.recognised(bottle).partition(" ")[0], "Bottle")
