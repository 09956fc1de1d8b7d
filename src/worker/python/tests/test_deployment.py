"""What is said of a project's requirements."""

from __future__ import annotations

import os
import sys
import tempfile
import unittest

from scaffold_worker import deployment, hints


class Requirements(unittest.TestCase):
    def setUp(self) -> None:
        """Install `house` 1.5."""
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        metadata = os.path.join(directory.name, "house-1.5.dist-info")
        os.mkdir(metadata)
        with open(os.path.join(metadata, "METADATA"), "w") as file:
            file.write("Metadata-Version: 2.1\nName: house\nVersion: 1.5\n")
        sys.path.append(directory.name)
        self.addCleanup(sys.path.remove, directory.name)

    def told(self, files: dict[str, str]) -> list[tuple[str, str]]:
        """Return what is wrong and where, for these files."""
        with tempfile.TemporaryDirectory() as root:
            for name, text in files.items():
                with open(os.path.join(root, name), "w", encoding="latin-1") as file:
                    file.write(text)
            pairs = deployment._of_requirements(root)
        whats = [value for name, value in pairs if name == "problem"]
        wheres = [value for name, value in pairs if name == "problem_where"]
        whats = [what.replace(sys.executable, "it") for what in whats]
        return list(zip(whats, wheres))

    def test_what_is_there_is_no_problem(self) -> None:
        text = (
            "house\n# comment\nhouse==1.5 --hash=sha256:00 \\\nhouse[extra]>=1\n-e .\n./local\n"
            "git+https://example.com/x\n--no-index\nno-such-thing; python_version < '3'\n"
            "-r nowhere.txt\n\n"
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

    def test_another_version_is_told_where_versions_can_be_read(self) -> None:
        expected = [("it has house 1.5, and the project asks for house>=2", "requirements.txt")]
        can_compare = deployment._parsed("house") is not None
        found = self.told({"requirements.txt": "house>=2\n"})
        self.assertEqual(found, expected if can_compare else [])

    def test_dependencies_are_read_where_toml_can_be_read(self) -> None:
        text = '[project]\ndependencies = ["no-such-thing"]\n'
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
            file.write(text)
            file.flush()
            can_read = hints.declared(file.name) == ["no-such-thing"]
        self.assertTrue(can_read or sys.version_info < (3, 11))
        expected = [("it does not have no-such-thing", "pyproject.toml")]
        found = self.told({"pyproject.toml": text})
        self.assertEqual(found, expected if can_read else [])


if __name__ == "__main__":
    unittest.main()
