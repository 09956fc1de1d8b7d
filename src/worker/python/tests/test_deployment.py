"""What is said of a project's requirements."""

from __future__ import annotations

import os
import sys
import tempfile
import unittest

from scaffold_worker import hints, requirements


class Requirements(unittest.TestCase):
    def setUp(self) -> None:
        """Install `house` 1.5."""
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        metadata = os.path.join(directory.name, "house-1.5.dist-info")
        os.mkdir(metadata)
        with open(os.path.join(metadata, "METADATA"), "w") as file:
            file.write(
                "Metadata-Version: 2.1\nName: house\nVersion: 1.5\n"
                "Requires-Dist: no-such-door>=2; extra == 'door'\n"
                "Requires-Dist: house[door]; extra == 'all'\n"
            )
        sys.path.append(directory.name)
        self.addCleanup(sys.path.remove, directory.name)

    def told(self, files: dict[str, str]) -> list[tuple[str, str]]:
        """Return what is wrong and where, for these files."""
        with tempfile.TemporaryDirectory() as root:
            for name, text in files.items():
                os.makedirs(os.path.dirname(os.path.join(root, name)), exist_ok=True)
                with open(os.path.join(root, name), "w", encoding="latin-1") as file:
                    file.write(text)
            pairs = requirements.findings(root)
        whats = [value for name, value in pairs if name == "problem"]
        wheres = [value for name, value in pairs if name == "problem_where"]
        whats = [what.replace(sys.executable, "it") for what in whats]
        return list(zip(whats, wheres))

    def test_what_is_there_is_no_problem(self) -> None:
        text = (
            "house\n# comment\nhouse==1.5 --hash=sha256:00 \\\nhouse[extra]>=1\n-e .\n./local\n"
            "git+https://example.com/x\n--no-index\nno-such-thing; python_version < '3'\n"
            "no-such\\\n-thing; python_version < '3'\nhouse==${VERSION}\n-c nowhere.txt\n\n"
        )
        self.assertEqual(self.told({"requirements.txt": text}), [])
        self.assertEqual(self.told({}), [])
        unreadable = {"pyproject.toml": "[project\n", "requirements.txt": "\xff"}
        self.assertEqual(self.told(unreadable), [])

    def test_what_is_missing_is_told_with_its_file(self) -> None:
        files = {
            "requirements.txt": "-r other.txt\nno-such-thing[extra]>=2\n-r requirements.txt\n",
            "other.txt": "no-such-either\n",
        }
        expected = [
            ("it does not have no-such-thing[extra]>=2", "requirements.txt"),
            ("it does not have no-such-either", "other.txt"),
        ]
        self.assertEqual(self.told(files)[:2], expected)
        self.assertEqual(set(self.told(files)), set(expected))

    def test_files_are_read_as_pip_reads_them(self) -> None:
        files = {
            "requirements/production.txt": "\xef\xbb\xbfno-\\\nsuch\n-rmore.txt\n-r nowhere.txt\n",
            "requirements/more.txt": (
                "-e git+https://x.example/y#egg=no-egg\n"
                "git+https://x.example/z#subdirectory=a&egg=no-ham\n"
            ),
        }
        expected = [
            ("it does not have no-such", "requirements/production.txt"),
            ("it does not have no-egg", "requirements/more.txt"),
            ("it does not have no-ham", "requirements/more.txt"),
            ("requirements/nowhere.txt is not there", "requirements/nowhere.txt"),
        ]
        self.assertEqual(self.told(files), expected)

    def test_extras_belong_to_what_is_asked_for(self) -> None:
        can_compare = requirements._parsed("house") is not None
        what = "it does not have no-such-door>=2, which house[door] needs"
        expected = [(what, "requirements.txt")] if can_compare else []
        self.assertEqual(self.told({"requirements.txt": "house[door]\n"}), expected)
        expected = [(f"{what}, which house[all] needs", "requirements.txt")] * can_compare
        self.assertEqual(self.told({"requirements.txt": "house[all]\n"}), expected)

    def test_poetry_and_pipenv_have_tables_of_their_own(self) -> None:
        poetry = """
            [tool.poetry.dependencies]
            python = "^3.8"
            house = "^99"
            no-such = "^1"
            no-table = {version = "1", extras = ["x"]}
            not-always = {version = "1", optional = true}
        """
        pipenv = """
            [packages]
            house = "*"
            no-pipe = "*"
            not-here = {version = "*", markers = "os_name == 'nt'"}
        """
        expected = [
            ("it does not have no-such", "pyproject.toml"),
            ("it does not have no-table", "pyproject.toml"),
            ("it does not have no-pipe", "Pipfile"),
        ]
        found = self.told({"pyproject.toml": poetry, "Pipfile": pipenv})
        self.assertEqual(found, expected if self.can_read_toml() else [])

    def can_read_toml(self) -> bool:
        """Say whether something here reads TOML: from 3.11 on that is a part of Python."""
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
            file.write("a = 1\n")
            file.flush()
            can_read: bool = hints.read_toml(file.name) == {"a": 1}
        self.assertTrue(can_read or sys.version_info < (3, 11))
        return can_read

    def test_another_version_is_told_where_versions_can_be_read(self) -> None:
        expected = [("it has house 1.5, and the project asks for house>=2", "requirements.txt")]
        can_compare = requirements._parsed("house") is not None
        found = self.told({"requirements.txt": "house>=2\n"})
        self.assertEqual(found, expected if can_compare else [])

    def test_dependencies_are_read_where_toml_can_be_read(self) -> None:
        text = '[project]\ndependencies = ["no-such-thing"]\n'
        expected = [("it does not have no-such-thing", "pyproject.toml")]
        found = self.told({"pyproject.toml": text})
        self.assertEqual(found, expected if self.can_read_toml() else [])


if __name__ == "__main__":
    unittest.main()
