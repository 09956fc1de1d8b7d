"""What `scaffold add wsgi` is told: the effective setting, where its line goes, what is refused."""

from __future__ import annotations

import os
import sys
import tempfile
import textwrap
import unittest
from base64 import b64decode
from typing import Any

from scaffold_worker import add_wsgi
from tests.front import configuration

MANAGE = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings")\n'

LINE = 'WSGI_APPLICATION = "mysite.wsgi.application"\n'
NAMED = "mysite.wsgi.application"


class Asked(unittest.TestCase):
    def ask(self, files: dict[str, bytes | str], **config: Any) -> dict[str, Any]:
        """Return the answer about a project of these files; paths in it start at its root."""
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        root = os.path.realpath(directory.name)
        for path, content in {"manage.py": MANAGE, **files}.items():
            path = os.path.join(root, path)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(content if isinstance(content, bytes) else content.encode())
        before, environ = sys.path[:], os.environ.copy()
        sys.path.insert(0, root)
        os.environ.pop("DJANGO_SETTINGS_MODULE", None)
        try:
            answer = add_wsgi.answer(configuration(root, **config))
        finally:
            sys.path[:] = before
            os.environ.clear()
            os.environ.update(environ)
        for part in (*answer.values(), answer):
            if isinstance(part, dict) and part.get("path"):
                part["path"] = os.path.relpath(part["path"], root)
        return answer

    def settings(self, text: bytes | str, **files: bytes | str) -> dict[str, Any]:
        """Return the answer about `mysite/settings.py`, beside other modules of the package."""
        if isinstance(text, str):
            text = textwrap.dedent(text)
        others = {f"mysite/{name}.py": content for name, content in files.items()}
        return self.ask({"mysite/__init__.py": "", "mysite/settings.py": text, **others})

    def changed(self, text: bytes | str, **files: bytes | str) -> bytes:
        """Return what becomes of the settings file."""
        answer = self.settings(text, **files)
        self.assertIn("edit", answer, answer)
        self.assertEqual(answer["edit"]["path"], "mysite/settings.py")
        self.assertEqual(answer["application"], NAMED)
        return b64decode(answer["edit"]["after"])

    def refused(self, answer: dict[str, Any], message: str, path: str, place: str) -> None:
        refusal = answer.get("refusal")
        assert refusal is not None, answer
        self.assertIn(message, refusal["message"])
        self.assertEqual(refusal["path"], path)
        self.assertEqual(f"{refusal['line']}:{refusal['column']}", place, refusal)
        self.assertNotIn("edit", answer)


class Where(Asked):
    """Where the line goes, and how it looks."""

    def becomes(self, before: str, after: str, **files: str) -> None:
        self.assertEqual(self.changed(before, **files).decode(), textwrap.dedent(after))

    def test_behind_the_last_of_what_it_belongs_to(self) -> None:
        self.becomes(
            """\
            MIDDLEWARE = []

            ROOT_URLCONF = "mysite.urls"

            TEMPLATES = [
                {},
            ]  # engines


            # Database
            DATABASES = {}
            """,
            f"""\
            MIDDLEWARE = []

            ROOT_URLCONF = "mysite.urls"

            TEMPLATES = [
                {{}},
            ]  # engines

            {LINE.rstrip()}


            # Database
            DATABASES = {{}}
            """,
        )

    def test_settings_that_stand_close_together(self) -> None:
        self.becomes(
            "ROOT_URLCONF = 'x'\nDEBUG = True\n",
            "ROOT_URLCONF = 'x'\nWSGI_APPLICATION = 'mysite.wsgi.application'\nDEBUG = True\n",
        )

    def test_without_any_of_these_at_the_end(self) -> None:
        self.becomes("DEBUG = True\n# end\n", f"DEBUG = True\n# end\n\n{LINE}")
        self.becomes("DEBUG = True\n\n", f"DEBUG = True\n\n{LINE}")
        self.becomes("", LINE)

    def test_not_inside_anything(self) -> None:
        self.becomes(
            'if 1:\n    ROOT_URLCONF = "x"\n    if 2:\n        DEBUG = True\n',
            f'if 1:\n    ROOT_URLCONF = "x"\n    if 2:\n        DEBUG = True\n\n{LINE}',
        )
        self.becomes(
            'ROOT_URLCONF = "x"; TEXT = """\nDEBUG\n"""; A = (\n  1)\nB = 1\n',
            f'ROOT_URLCONF = "x"; TEXT = """\nDEBUG\n"""; A = (\n  1)\n{LINE}B = 1\n',
        )

    def test_before_settings_that_take_the_place_of_these(self) -> None:
        for override in (
            "from .local import *",
            "try:\n    from .local import *\nexcept ImportError:\n    pass",
            "if DEBUG:\n    from .local import *",
            'exec(open("local.py").read())',
            'include("local.py")',
        ):
            self.becomes(
                f"DEBUG = True\n\n# Local\n{override}\n",
                f"DEBUG = True\n\n{LINE}\n# Local\n{override}\n",
                local="A = 1\n",
            )
        self.becomes(
            'from .base import *\nROOT_URLCONF = "x"\n\nfrom .local import *\n',
            f'from .base import *\nROOT_URLCONF = "x"\n\n{LINE}\nfrom .local import *\n',
            base="",
            local="",
        )

    def test_line_ends_encoding_and_the_end_of_the_file_stay(self) -> None:
        line = LINE.encode().rstrip()
        for before, after in (
            (b"DEBUG = 1\r\nA = 2\r\n", b"DEBUG = 1\r\nA = 2\r\n\r\n%b\r\n"),
            (b"DEBUG = 1\rA = 2\r", b"DEBUG = 1\rA = 2\r\r%b\r"),
            (b"\xef\xbb\xbfDEBUG = 1\n", b"\xef\xbb\xbfDEBUG = 1\n\n%b\n"),
            (b"DEBUG = 1", b"DEBUG = 1\n\n%b"),
            (b"DEBUG = 1\r\nA = 2", b"DEBUG = 1\r\nA = 2\r\n\r\n%b"),
            (
                b"# coding: latin-1\nROOT_URLCONF = 'x'  # \xe9\f\nB = ''\n".replace(b"'", b'"'),
                b'# coding: latin-1\nROOT_URLCONF = "x"  # \xe9\f\n%b\nB = ""\n',
            ),
        ):
            self.assertEqual(self.changed(before), after.replace(b"%b", line))

    def test_in_the_file_that_the_other_settings_are_in(self) -> None:
        files: dict[str, bytes | str] = {
            "mysite/__init__.py": "",
            "mysite/settings/__init__.py": "",
            "mysite/settings/base.py": 'ROOT_URLCONF = "mysite.urls"\n',
            "mysite/settings/dev.py": "from .base import *\n\nDEBUG = True\n",
        }
        answer = self.ask(files, settings="mysite.settings.dev")
        self.assertEqual(answer["edit"]["path"], "mysite/settings/base.py")
        self.assertEqual(answer["application"], NAMED)
        # What `*` does not take along would not set it.
        files["mysite/settings/base.py"] = '__all__ = ["ROOT_URLCONF"]\nROOT_URLCONF = "x"\n'
        answer = self.ask(files, settings="mysite.settings.dev")
        self.assertEqual(answer["edit"]["path"], "mysite/settings/dev.py")


class Home(Asked):
    """Which package the module belongs to."""

    def home(self, module: str, path: str) -> tuple[str, str]:
        answer = self.ask({path: "ROOT_URLCONF = 'x'\n"}, settings=module)
        self.assertIn("module", answer, answer)
        self.assertFalse(answer["module"]["is_there"])
        return answer["application"], answer["module"]["path"]

    def test_beside_the_settings_whatever_their_form(self) -> None:
        nested = ("mysite.wsgi.application", "mysite/wsgi.py")
        flat = ("wsgi.application", "wsgi.py")
        for module, path, expected in (
            ("mysite.settings", "mysite/settings.py", nested),
            ("mysite.settings", "mysite/settings/__init__.py", nested),
            ("mysite.settings.dev", "mysite/settings/dev.py", nested),
            ("mysite.settings.env.dev", "mysite/settings/env/dev.py", nested),
            ("mysite.production", "mysite/production.py", nested),
            ("settings", "settings.py", flat),
            ("settings", "settings/__init__.py", flat),
            ("settings.dev", "settings/dev.py", flat),
            ("settings.settings", "settings/settings.py", ("settings.wsgi.application", "")),
            ("my.conf.settings", "my/conf/settings.py", ("my.conf.wsgi.application", "")),
        ):
            expected = (expected[0], expected[1] or os.path.dirname(path) + "/wsgi.py")
            self.assertEqual(self.home(module, path), expected, module)

    def test_an_installed_module_of_the_name_is_not_the_projects(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        installed = os.path.join(directory.name, "site-packages")
        os.mkdir(installed)
        with open(os.path.join(installed, "wsgi.py"), "w") as file:
            file.write("application = 1\n")
        sys.path.append(installed)
        self.addCleanup(sys.path.remove, installed)
        answer = self.ask({"settings.py": "ROOT_URLCONF = 'x'\n"}, settings="settings")
        self.assertEqual(answer["module"], {"path": "wsgi.py", "is_there": False})


class Effective(Asked):
    """What the setting is already."""

    def is_set(self, text: str, place: str, **files: str) -> None:
        answer = self.settings(text, **{"wsgi": "application = 1\n", **files})
        self.assertIn("found", answer, answer)
        found = answer["found"]
        self.assertEqual(f"{found['path']}:{found['line']}:{found['column']}", place)
        self.assertEqual(answer["application"], NAMED)
        self.assertEqual(answer["module"], {"path": "mysite/wsgi.py", "is_there": True})

    def test_it_is_told_where_it_is_set(self) -> None:
        django = "ROOT_URLCONF = 'x'\n"
        value = "'mysite.wsgi.application'"
        here = "mysite/settings.py"
        self.is_set(f"é = 1; WSGI_APPLICATION = {value}\n", f"{here}:1:8")
        self.is_set(f"WSGI_APPLICATION: str = {value}\n", f"{here}:1:1")
        self.is_set(f"WSGI_APPLICATION = None\nWSGI_APPLICATION = {value}\n", f"{here}:2:1")
        self.is_set(
            f"{django}from .base import *\n",
            "mysite/base.py:1:1",
            base=f"WSGI_APPLICATION = {value}\n",
        )
        self.is_set(
            "from .base import APP as WSGI_APPLICATION\n",
            "mysite/base.py:1:1",
            base=f"APP = {value}\n",
        )
        self.is_set(
            "SITE = 'mysite'\nWSGI_APPLICATION = '%s.wsgi.application' % SITE\n", f"{here}:2:1"
        )
        self.is_set(
            "SITE = 'mysite'\nWSGI_APPLICATION = f'{SITE}.wsgi.' + 'application'\n", f"{here}:2:1"
        )
        self.is_set(
            "WSGI_APPLICATION = 'mysite.wsgi:application'\n".replace(":", "."), f"{here}:1:1"
        )
        missing = "from .nowhere import *\n"
        self.is_set(
            f"try:\n    {missing}except ImportError:\n    pass\nWSGI_APPLICATION = {value}\n",
            f"{here}:5:1",
        )
        self.is_set(
            f"WSGI_APPLICATION = {value}\nfrom .base import *\n",
            f"{here}:1:1",
            base="__all__ = ['A']\nA = WSGI_APPLICATION = 1\n",
        )
        self.is_set(
            f"import os\nif os.name:\n    WSGI_APPLICATION = {value}\n"
            f"else:\n    WSGI_APPLICATION = {value}\n",
            f"{here}:5:5",
        )

    def test_the_module_alone_is_missing(self) -> None:
        answer = self.settings(LINE)
        self.assertEqual(answer["module"], {"path": "mysite/wsgi.py", "is_there": False})
        self.assertNotIn("edit", answer)

    def test_the_setting_alone_is_missing(self) -> None:
        answer = self.settings("ROOT_URLCONF = 'x'\n", wsgi="application = 1\n")
        self.assertEqual(answer["module"], {"path": "mysite/wsgi.py", "is_there": True})
        self.assertIn("edit", answer)

    def test_something_else_is_refused_with_its_place(self) -> None:
        here = "mysite/settings.py"
        for text, message, place in (
            ("WSGI_APPLICATION = None\n", "something else already: None", "1:1"),
            ("WSGI_APPLICATION = 'other.wsgi.application'\n", "'other.wsgi.application'", "1:1"),
            ("WSGI_APPLICATION = 'mysite.site.app'\n", "'mysite.site.app'", "1:1"),
            ("import os\nWSGI_APPLICATION = os.environ['APP']\n", "os.environ['APP']", "2:1"),
            ("A, WSGI_APPLICATION = 1, 2\n", "A, WSGI_APPLICATION = 1, 2", "1:1"),
            ("WSGI_APPLICATION = 'a'\nWSGI_APPLICATION += 'b'\n", "+= 'b'", "2:1"),
            ("for WSGI_APPLICATION in 'ab':\n    pass\n", "depends on a condition", "1:1"),
            ("from wsgiref import WSGI_APPLICATION\n", "from wsgiref", "1:1"),
            (
                "DEBUG = 1\nif DEBUG:\n    WSGI_APPLICATION = 'a.b'\n",
                "it is 'a.b' (line 3 of settings.py), or nothing",
                "3:5",
            ),
            (
                "try:\n    import os\n    os.x()\nexcept OSError:\n    WSGI_APPLICATION = 'a'\n"
                "else:\n    WSGI_APPLICATION = 'b'\n",
                "it is 'b' (line 7 of settings.py), or 'a' (line 5 of settings.py)",
                "7:5",
            ),
        ):
            with self.subTest(text):
                self.refused(self.settings(text), message, here, place)
        self.refused(
            self.settings("from .base import *\n", base="\nWSGI_APPLICATION = None\n"),
            "something else already: None",
            "mysite/base.py",
            "2:1",
        )

    def test_a_module_without_an_application_is_refused(self) -> None:
        for wsgi in ("", "app = 1\n"):
            answer = self.settings("ROOT_URLCONF = 'x'\n", wsgi=wsgi)
            self.refused(answer, "has no `application`", "mysite/wsgi.py", "1:1")


class Refused(Asked):
    """Projects that nothing is added to."""

    def test_what_is_no_python_has_its_place(self) -> None:
        here = "mysite/settings.py"
        self.refused(self.settings("A = 1\nB = )\n"), "SyntaxError", here, "2:5")
        self.refused(self.settings(b"A = 1\nB = '\xe9'\n"), "not utf-8", here, "2:6")
        self.refused(self.settings("A = 1\nB = '\0'\n"), "null byte", here, "2:6")
        self.refused(self.settings("# coding: klingon\n"), "klingon", here, "1:1")
        answer = self.settings("from .base import *\n", base="A = (\n")
        self.assertEqual(answer["refusal"]["path"], "mysite/base.py")

    def test_projects_without_django(self) -> None:
        manage = MANAGE.replace("DJANGO_", "")
        answer = self.ask({"manage.py": manage, "mysite/settings.py": "A = 1\n"})
        self.assertEqual(answer["refusal"]["kind"], "framework")
        self.assertIn("SETTINGS_MODULE", answer["refusal"]["message"])
        answer = self.ask(
            {"manage.py": "", "mysite/settings.py": "A = 1\n"}, settings="mysite.settings"
        )
        self.assertIn("neither INSTALLED_APPS nor", answer["refusal"]["message"])

    def test_settings_that_are_a_class(self) -> None:
        text = "class Dev:\n    A = 1\n\nclass Base:\n    ROOT_URLCONF = 'x'\n"
        self.refused(self.settings(text), "the class `Base`", "mysite/settings.py", "4:1")

    def test_settings_that_are_not_there(self) -> None:
        answer = self.ask({}, settings="mysite.nowhere")
        self.assertIn("no settings module `mysite.nowhere`", answer["refusal"]["message"])
        answer = self.ask({"manage.py": ""})
        self.assertEqual(answer["refusal"]["kind"], "nothing")

    def test_what_may_set_it_as_well_is_told(self) -> None:
        answer = self.settings("ROOT_URLCONF = 'x'\nif 1:\n    exec('A = 1')\n")
        self.assertEqual(answer["opaque"]["function"], "exec")
        self.assertEqual((answer["opaque"]["line"], answer["opaque"]["column"]), (3, 5))


if __name__ == "__main__":
    unittest.main()
