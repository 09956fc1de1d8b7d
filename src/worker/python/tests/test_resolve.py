"""Finding the application: the order of the sources, and what is said of each failure."""

from __future__ import annotations

import sys
import unittest
from importlib.util import find_spec
from typing import Any

from tests.front import RESPONSE, Front

HAS_DJANGO = find_spec("django") is not None
needs_django = unittest.skipUnless(HAS_DJANGO, "Django is not installed in this Python")


def wsgi(name: str) -> str:
    return f"""
        def application(environ, start):
            start("200 OK", [])
            return [b"{name}"]
        app = application
        class Site:
            run = staticmethod(application)
        number = 5
    """


def plain(path: str) -> str:
    return f"WSGI_APPLICATION = {path!r}\n"


def manage(module: str, variable: str = "SETTINGS_MODULE") -> str:
    return f"""
        import os
        def main():
            os.environ.setdefault({variable!r}, {module!r})
    """


SITES = {
    f"{name}/{part}.py": text
    for name in "abcdefg"
    for part, text in (
        ("__init__", ""),
        ("wsgi", wsgi(name)),
        ("settings", plain(f"{name}.wsgi.application")),
    )
}

DJANGO_SITE = {
    "site1/__init__.py": "",
    "site1/settings.py": """
        SECRET_KEY = "x"
        DEBUG = True
        ALLOWED_HOSTS = ["*"]
        ROOT_URLCONF = "site1.urls"
        INSTALLED_APPS = ["django.contrib.staticfiles"]
        STATIC_URL = "/static/"
        WSGI_APPLICATION = "site1.wsgi.application"
    """,
    "site1/urls.py": """
        from django.http import HttpResponse, StreamingHttpResponse
        from django.urls import path
        from django.utils.safestring import mark_safe
        def hello(request):
            return HttpResponse("hello", headers={"X-Safe": mark_safe("yes")})
        def post(request):
            return HttpResponse(request.body)
        urlpatterns = [
            path("", hello),
            path("stream", lambda r: StreamingHttpResponse(str(n) for n in range(3))),
            path("post", post),
            path("broken", lambda r: 1 / 0),
        ]
    """,
    "site1/wsgi.py": """
        import os
        from django.core.wsgi import get_wsgi_application
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site1.settings")
        application = get_wsgi_application()
    """,
    "manage.py": manage("site1.settings", "DJANGO_SETTINGS_MODULE"),
}


class Order(unittest.TestCase):
    def serves(self, expected: str, files: dict[str, str] | None = None, **config: Any) -> None:
        environ = config.pop("environ", None)
        with Front({**SITES, **(files or {})}, environ=environ, **config) as front:
            told = front.ready()
            self.assertEqual(told["application"], expected)
            self.assertEqual(front.get()[0], (RESPONSE, ("200 OK", [], expected[0].encode())))

    def test_order(self) -> None:
        everything: dict[str, Any] = {
            "app": "a.wsgi:application",
            "settings": "b.settings",
            "environ": {"SETTINGS_MODULE": "c.settings"},
            "configured_app": "d.wsgi:app",
            "configured_settings": "e.settings",
            "files": {"manage.py": manage("f.settings")},
            "candidates": ["g.settings"],
        }
        names = list(everything)
        for position, name in enumerate(names):
            expected = (
                "abcdefg"[position] + ".wsgi.app" + ("" if name == "configured_app" else "lication")
            )
            with self.subTest(name):
                self.serves(expected, **{key: everything[key] for key in names[position:]})

    def test_forms_of_the_path(self) -> None:
        for path, expected in (
            ("a.wsgi.application", "a.wsgi.application"),
            ("a.wsgi", "a.wsgi.application"),
            ("a.wsgi:application", "a.wsgi.application"),
            ("a.wsgi:Site.run", "a.wsgi.Site.run"),
        ):
            with self.subTest(path):
                self.serves(expected, {"s.py": plain(path)}, settings="s")
        self.serves("a.wsgi.Site.run", app="a.wsgi:Site.run")
        self.serves("a.wsgi.application", app="a.wsgi")

    def test_pythonpath_comes_first(self) -> None:
        with Front(
            {"lib/hello.py": wsgi("l"), "hello.py": wsgi("r")}, app="hello", pythonpath=["lib"]
        ) as front:
            front.ready()
            self.assertEqual(front.get()[0][1][2], b"l")


class Failures(unittest.TestCase):
    def fails(self, files: dict[str, str] | None = None, **config: Any) -> dict[str, str]:
        with Front({**SITES, **(files or {})}, **config) as front:
            told = front.failed()
            self.assertNotIn("scaffold_worker", told["traceback"])
            self.assertNotIn("\n", told["message"])
            self.assertEqual(told["executable"], sys.executable)
            return told

    def check(self, told: dict[str, str], kind: str, message: str, hint: str = "^") -> None:
        self.assertEqual(told["kind"], kind, told)
        self.assertRegex(told["message"], message)
        self.assertRegex(told["hint"], hint)

    def test_nothing_and_too_much(self) -> None:
        self.check(self.fails(), "nothing", "no settings module", "--settings")
        told = self.fails(candidates=["a.settings", "b.settings"])
        self.check(told, "ambiguous", "a.settings, b.settings", "--settings a.settings")

    def test_settings(self) -> None:
        told = self.fails(settings="a.setings")
        self.check(told, "settings", "No module named 'a.setings'", "`a.settings`")
        self.assertEqual(told["settings"], "a.setings")
        told = self.fails({"s.py": "x = (\n"}, settings="s")
        self.check(told, "settings", "^SyntaxError: ")
        told = self.fails({"s.py": "def f(): raise ValueError('no')\nf()\n"}, settings="s")
        self.check(told, "settings", "^ValueError: no$")
        self.assertIn("s.py", told["traceback"])
        told = self.fails({"s.py": "import sys\nsys.exit(7)\n"}, settings="s")
        self.check(told, "settings", r"called sys.exit\(7\)")
        told = self.fails({"s.py": "x = 1\n"}, settings="s")
        self.check(told, "application", "does not set WSGI_APPLICATION", "WSGI_APPLICATION = ")

    def test_missing_modules(self) -> None:
        told = self.fails({"s.py": "import yaml_is_missing\n"}, settings="s")
        self.check(told, "settings", "yaml_is_missing", "-m pip install yaml_is_missing")
        told = self.fails(
            {"s.py": "import yaml_is_missing\n", "requirements.txt": "x"}, settings="s"
        )
        self.check(told, "settings", "^", r"-m pip install -r requirements.txt$")
        # All that is asked for is there.
        told = self.fails(
            {"s.py": "import yaml_is_missing\n", "requirements.txt": "# tools\npip>1\n"},
            settings="s",
        )
        self.check(told, "settings", "^", r"-m pip install yaml_is_missing$")

    @unittest.skipIf(HAS_DJANGO, "Django is installed in this Python")
    def test_no_django(self) -> None:
        for config in ({}, {"settings": "site1.settings"}, {"app": "site1.wsgi:application"}):
            told = self.fails(DJANGO_SITE, **config)
            self.check(told, "framework", "[Dd]jango", f"{sys.executable} -m pip install Django$")

    def test_applications(self) -> None:
        wording = r"^WSGI application '.*' could not be loaded; Error importing module.$"
        for path, hint in (
            ("a.wsgi.aplication", "`a.wsgi.application`"),
            ("a.wsgii.application", "`a.wsgi`"),
            ("a.wsgi:aplication", "`a.wsgi.application`"),
            ("aa1.b", "^"),
        ):
            with self.subTest(path):
                told = self.fails({"s.py": plain(path)}, settings="s")
                self.check(told, "application", wording, hint)
                self.assertIn("Error", told["traceback"])
        told = self.fails({"s.py": plain("a.wsgi.number")}, settings="s")
        self.check(told, "application", "a.wsgi.number is not callable: it is of type int")
        factory = {"t.py": "def create_app(debug=False):\n    return None\n"}
        told = self.fails(factory, app="t:create_app")
        self.check(told, "application", "does not take", "--app 't:create_app\\(\\)'$")
        told = self.fails(factory, app="t:create_app()")
        self.check(
            told, "application", r"^t.create_app\(\) is not callable: it is of type NoneType"
        )
        told = self.fails({"s.py": "WSGI_APPLICATION = 5\n"}, settings="s")
        self.check(told, "application", "must be a dotted path")
        told = self.fails({"t.py": "raise OSError('x')\n"}, app="t:app")
        self.check(told, "application", "^OSError: x$")


@needs_django
class Django(unittest.TestCase):
    def test_a_project(self) -> None:
        with Front(DJANGO_SITE) as front:
            told = front.ready()
            self.assertEqual(told["application"], "site1.wsgi.application")
            self.assertEqual(told["settings"], "site1.settings")
            self.assertRegex(told["framework"], r"^Django \d")
            self.assertEqual(told["allowed_host"], "*")
            kind, (status, headers, body) = front.get()[0]
            self.assertEqual((kind, status, body), (RESPONSE, "200 OK", b"hello"))
            self.assertIn(("X-Safe", "yes"), headers)
            frames = front.get("/stream")
            self.assertEqual(b"".join(p for k, p in frames if k == 18), b"012")
            frames = front.get("/post", b"posted", REQUEST_METHOD="POST", CONTENT_TYPE="a/b")
            self.assertEqual(frames[0][1][2], b"posted")
            self.assertTrue(front.get("/broken")[0][1][0].startswith("500"))
            self.assertTrue(front.get("/static/x.css")[0][1][0].startswith("404"))

    def test_other_ways_to_name_it(self) -> None:
        without = {k: v for k, v in DJANGO_SITE.items() if k != "manage.py"}
        for config in (
            {"settings": "site1.settings"},
            {"candidates": ["site1.settings"]},
            {"environ": {"DJANGO_SETTINGS_MODULE": "site1.settings"}},
            {"environ": {"SETTINGS_MODULE": "site1.settings"}},
            {"app": "site1.wsgi:application"},
        ):
            with self.subTest(config), Front(without, **config) as front:
                self.assertEqual(front.ready()["settings"], "site1.settings")
                self.assertEqual(front.get()[0][1][2], b"hello")

    def test_the_frameworks_own_handler(self) -> None:
        files = dict(DJANGO_SITE)
        files["site1/settings.py"] = files["site1/settings.py"].replace("WSGI_APPLICATION", "X")
        with Front(files) as front:
            self.assertEqual(
                front.ready()["application"], "django.core.wsgi.get_wsgi_application()"
            )
            self.assertEqual(front.get()[0][1][2], b"hello")

    def test_failures(self) -> None:
        for old, new, kind, message in (
            ('"django.contrib.staticfiles"', '"missing_app"', "application", "missing_app"),
            ("site1.wsgi.application", "site1.wsgi.aplication", "application", "could not be"),
            ("DEBUG = True", "DEBUG = nothing", "settings", "NameError"),
            ('STATIC_URL = "/static/"', "", "settings", "ImproperlyConfigured"),
        ):
            files = dict(DJANGO_SITE)
            files["site1/settings.py"] = files["site1/settings.py"].replace(old, new)
            with self.subTest(message), Front(files) as front:
                told = front.failed()
                self.assertEqual(told["kind"], kind, told)
                self.assertIn(message, told["message"])
                self.assertNotIn("scaffold_worker", told["traceback"])
                self.assertTrue(told["traceback"])


if __name__ == "__main__":
    unittest.main()
