"""What a `manage.py` does before its command."""

from __future__ import annotations

import textwrap
import unittest
from typing import Any

from scaffold_worker import prologue
from tests.front import Front
from tests.test_resolve import DJANGO_SITE, needs_django

PLAIN = '''
#!/usr/bin/env python
"""Django's command-line utility for administrative tasks."""
import os
import sys


def main():
    """Run administrative tasks."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site1.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError as exc:
        raise ImportError("Couldn't import Django.") from exc
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
'''

OLD = """
import os, sys
if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "site1.settings"
    from django.core.management import execute_from_command_line
    execute_from_command_line(sys.argv)
"""

BEFORE = '    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site1.settings")\n'

WITHOUT = {name: text for name, text in DJANGO_SITE.items() if name != "manage.py"}


def with_lines(lines: str) -> str:
    """Return Django's file with lines before the settings are chosen."""
    return PLAIN.replace(BEFORE, textwrap.indent(textwrap.dedent(lines), "    ") + BEFORE)


class Plain(unittest.TestCase):
    def test_what_django_makes(self) -> None:
        for source in (PLAIN, OLD, "def main(:"):
            with self.subTest(source):
                self.assertTrue(prologue._is_plain(source.encode()))

    def test_what_does_more(self) -> None:
        for lines in (
            "import dotenv",
            "from dotenv import load_dotenv",
            "sys.path.append('src')",
            "os.environ['DATABASE'] = 'x'",
            "os.environ.setdefault('MODE', 'x')",
            "if 'test' in sys.argv: pass",
            "load()",
            "x = 1",
            "os.chdir('..')",
        ):
            with self.subTest(lines):
                self.assertFalse(prologue._is_plain(with_lines(lines + "\n").encode()))


@needs_django
class Runs(unittest.TestCase):
    def settings(self, manage: str, files: dict[str, str] | None = None, **config: Any) -> str:
        site = {**WITHOUT, "manage.py": manage, **(files or {})}
        with Front(site, **config) as front:
            return str(front.ready()["settings"])

    def test_what_it_reads_and_adds(self) -> None:
        lines = """
            sys.path.insert(0, os.path.join(os.path.dirname(__file__), "src"))
            os.environ["DJANGO_SETTINGS_MODULE"] = open("chosen").read()
        """
        other = "from site1.settings import *\n"
        files = {"chosen": "other", "src/other.py": other}
        self.assertEqual(self.settings(with_lines(lines), files), "other")

    def test_what_goes_before_it(self) -> None:
        manage = with_lines("os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'other')\n")
        files = {f"{name}.py": "from site1.settings import *\n" for name in ("other", "third")}
        for expected, config in (
            ("other", {}),
            ("third", {"configured_settings": "third"}),
            ("third", {"settings": "third"}),
            ("third", {"environ": {"DJANGO_SETTINGS_MODULE": "third"}}),
        ):
            with self.subTest(config):
                self.assertEqual(self.settings(manage, files, **config), expected)

    def test_the_command_is_not_executed(self) -> None:
        for call in ("execute_from_command_line(sys.argv)", "ManagementUtility().execute()"):
            manage = f"""
                import os, sys
                from django.core.management import *
                from django.core.management import ManagementUtility, execute_from_command_line
                os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site1.settings")
                try:
                    assert sys.argv[1] == "runserver" and __name__ == "__main__"
                    {call}
                except Exception:
                    pass
                os.environ["DJANGO_SETTINGS_MODULE"] = "too.late"
            """
            with self.subTest(call):
                self.assertEqual(self.settings(textwrap.dedent(manage)), "site1.settings")

    def test_what_it_raises(self) -> None:
        for lines, message in (
            ("import no_such_module", "No module named 'no_such_module'"),
            ("sys.exit('Python is too old')", "the project called sys.exit('Python is too old')"),
        ):
            site = {**WITHOUT, "manage.py": with_lines(lines + "\n")}
            with self.subTest(lines), Front(site) as front:
                told = front.failed()
                self.assertIn(message, told["message"])
                self.assertEqual(told["kind"], "settings")
