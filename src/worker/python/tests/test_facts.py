"""What is told of a project that is to be deployed."""

from __future__ import annotations

import unittest
from importlib.util import find_spec
from typing import Any

from tests.front import Front
from tests.test_resolve import DJANGO_SITE

APP = """
    class Holder:
        def __call__(self, environ, start):
            start("200 OK", [])
            return [b"hello"]

    class Factory:
        app = Holder()

    application = Holder()
    factory = Factory()

    def create():
        return application
"""


def described(files: dict[str, str], **config: Any) -> dict[str, list[str]]:
    """What READY says, less the beginning of its names; paths in the project are relative."""
    with Front(files, describe=1, **config) as front:
        root = front.root + "/"
        found: dict[str, list[str]] = {}
        for name, value in front.ready_pairs():
            if name.startswith("deploy_"):
                found.setdefault(name[7:], []).append(value.replace(root, ""))
        return found


class Described(unittest.TestCase):
    def test_an_application_is_named_as_servers_want_it(self) -> None:
        for app, expected in {
            "shop.site1:application": "shop.site1:application",
            "shop.site1": "shop.site1:application",
            "shop.site1:factory.app": "shop.site1:factory.app",
            "shop.site1:create()": "shop.site1:create()",
        }.items():
            found = described({"shop/__init__.py": "", "shop/site1.py": APP}, app=app)
            self.assertEqual(found["application"], [expected])
            self.assertEqual(found["application_file"], ["shop/site1.py"])
            self.assertNotIn("settings_variable", found)

    def test_settings_without_a_framework_say_what_they_have(self) -> None:
        settings = """
            from pathlib import Path
            WSGI_APPLICATION = "site1.application"
            ALLOWED_HOSTS = [".example.com", "*", "localhost", "127.0.0.1", "[::1]"]
            ALLOWED_HOSTS += ["b.example", "example.com"]
            STATIC_URL = "https://cdn.example/files/"
            STATIC_ROOT = Path(__file__).parent / "static"
            MEDIA_URL = "https://bucket.example/"
            MEDIA_ROOT = "media"
            DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql"}}
        """
        found = described({"site1.py": APP, "conf.py": settings}, settings="conf")
        self.assertEqual(found["settings_variable"], ["SETTINGS_MODULE"])
        self.assertEqual(found["static_url"], ["/files/"])
        self.assertEqual(found["static_root"], ["static"])
        self.assertEqual(found["host"], ["example.com", "b.example"])
        self.assertEqual(found["subdomains"], ["example.com"])
        # All of another host, so there is no path here; but written they are here.
        self.assertNotIn("media_url", found)
        self.assertEqual(found["writes"], ["media"])
        self.assertEqual(found["database"], ["postgresql"])

    def test_odd_settings_are_nothing(self) -> None:
        settings = """
            WSGI_APPLICATION = "site1.application"
            ALLOWED_HOSTS = 5
            STATIC_URL = b"/x/"
            STATIC_ROOT = 7
            DATABASES = {"default": "sqlite3", "other": {"ENGINE": None}}
        """
        found = described({"site1.py": APP, "conf.py": settings}, settings="conf")
        for name in ("host", "static_url", "static_root", "writes", "database"):
            self.assertNotIn(name, found)

    def test_the_installer_is_the_one_whose_files_are_there(self) -> None:
        for file, expected in {
            "uv.lock": "uv",
            "poetry.lock": "poetry",
            "Pipfile": "pipenv",
        }.items():
            found = described({"site1.py": APP, file: ""}, app="site1")
            self.assertEqual(found["installer"], [expected])
        found = described({"site1.py": APP}, app="site1")
        self.assertEqual(found["installer"], ["pip" if find_spec("pip") else "uv pip"])

    def test_nothing_is_told_unasked(self) -> None:
        with Front({"site1.py": APP}, app="site1") as front:
            names = [name for name, _ in front.ready_pairs()]
        self.assertFalse([name for name in names if name.startswith("deploy_")])

    @unittest.skipUnless(find_spec("django"), "Django is not installed")
    def test_files_in_a_storage_elsewhere_are_no_web_servers(self) -> None:
        settings = (
            DJANGO_SITE["site1/settings.py"]
            + """
        import django
        STATIC_ROOT = "/srv/files"
        MEDIA_ROOT = "/srv/uploads"
        MEDIA_URL = "media/"
        FORCE_SCRIPT_NAME = "/shop"
        if django.VERSION < (4, 2):
            STATICFILES_STORAGE = "site1.storage.Bucket"
        else:
            STORAGES = {
                "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
                "staticfiles": {"BACKEND": "site1.storage.Bucket"},
            }
        """
        )
        storage = """
            from django.core.files.storage import Storage
            class Bucket(Storage):
                pass
        """
        files = {**DJANGO_SITE, "site1/settings.py": settings, "site1/storage.py": storage}
        found = described(files)
        self.assertNotIn("static_url", found)
        self.assertEqual(found["media_root"], ["/srv/uploads"])
        self.assertEqual(found["script_name"], ["/shop"])
        self.assertEqual(found["media_url"], ["/shop/media/"])

    @unittest.skipUnless(find_spec("django"), "Django is not installed")
    def test_djangos_own_handler_is_a_function(self) -> None:
        found = described(DJANGO_SITE)
        self.assertEqual(found["settings_variable"], ["DJANGO_SETTINGS_MODULE"])
        self.assertEqual(found["framework"], ["Django"])
        self.assertTrue(found["application"][0])


if __name__ == "__main__":
    unittest.main()
