"""The projects that are edited: made anew for each run, each a repository of its own.

- `django`: what `startproject` makes, with one view; its database is migrated
- `wsgi`: what `startproject --template wsgi` makes, with one view
- `10`, `500`, `5000`: an application without a framework that imports so many modules, in packages
  of 50

Each answers `/` with the number of the last edit, and `/slow` too, half a second later. What is
edited is the module that has the number as a constant: the views themselves in the first two, one
of the many in the others. Each edit changes the size of the file too, unless it is meant not to:
Python takes what it compiled before for good where size and second are the same.
"""

import os
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from common import OURS, PYTHON, WORK, environment
from peers import App

from reloading.crowd import Saved

SIZES = (10, 500, 5000)
PACKAGE = 50
SLEEP = 0.5
# The numbers of edits have the same count of digits, so that only the dots change the size.
FIRST = 100_000
WAYS = ("in place", "rename over")
HOME = WORK / "reload"

DJANGO_VIEW = """\
import time

from django.http import HttpResponse


def index(request):
    if request.path == "/slow":
        time.sleep({sleep})
    return HttpResponse(f"{{VALUE}}\\n", content_type="text/plain")


"""
WSGI_VIEW = """

import time

from .messages import text


def current(request: Request) -> Response:
    if request.path == "/slow":
        time.sleep({sleep})
    return text(f"{{VALUE}}\\n")


"""
APPLICATION = """\
import time

{imports}
from parts.p0 import m0 as edited


def application(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        time.sleep({sleep})
    body = b"%d\\n" % edited.VALUE
    headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]
"""
MODULE = '''\
"""Module {number}."""

LIMIT = {number}


class Thing{number}:
    """One of many."""

    def __init__(self, name):
        self.name = name

    def describe(self):
        return f"{{self.name}} of {{LIMIT}}"


def make(names):
    """Make some things."""
    return [Thing{number}(name) for name in names if len(name) < LIMIT]


'''
IGNORED = "__pycache__/\n*.py[cod]\ndb.sqlite3\n/ignored/\n"


@dataclass
class Project:
    """A project on disk."""

    name: str
    title: str
    app: App
    edited: Path
    text: str
    """The edited file without its last line."""
    line: str = "VALUE = {number}  # {dots}\n"
    """The last line."""
    number: int = FIRST
    dots: int = 0
    counter: Path = field(init=False)
    """The file through which other processes know what has been saved."""
    saved: Saved = field(init=False)

    def __post_init__(self):
        """Make the counter and the edited file."""
        self.counter = self.app.directory.with_name(f"{self.name}.saved")
        self.counter.write_bytes(bytes(8))
        self.saved = Saved(self.counter)
        self.save()

    def save(self, way="in place", keeps_size=False):
        """Edit the file; return the number of the edit, and when saving it was over."""
        self.number += 1
        if not keeps_size:
            self.dots = (self.dots + 1) % 7
        text = self.text + self.line.format(number=self.number, dots="." * self.dots)
        if way == "rename over":
            other = self.edited.with_name(f".{self.edited.name}.new")
            other.write_text(text)
            os.replace(other, self.edited)
        else:
            self.edited.write_text(text)
        moment = time.perf_counter()
        self.saved.set(self.number)
        return self.number, moment


def make(name):
    """Make a project."""
    directory = HOME / name
    shutil.rmtree(directory, ignore_errors=True)
    directory.parent.mkdir(parents=True, exist_ok=True)
    if name == "django":
        project = django(directory)
    elif name == "wsgi":
        project = wsgi(directory)
    else:
        project = many(directory, int(name))
    finish(directory)
    return project


def django(directory):
    """Make Django's default project with one view."""
    start(directory)
    package = directory / "mysite"
    urls = package / "urls.py"
    # The first page of the project is ours.
    routes = 'urlpatterns += [path("", views.index), path("slow", views.index)]\n'
    urls.write_text(f"{urls.read_text()}\nfrom mysite import views\n\n{routes}")
    app = App(directory, "mysite.wsgi:application", b"", "mysite.settings")
    text = DJANGO_VIEW.format(sleep=SLEEP)
    project = Project(directory.name, "Django's default project", app, package / "views.py", text)
    run([PYTHON, "manage.py", "migrate", "--verbosity=0"], directory)
    return project


def wsgi(directory):
    """Make a project without a framework, with one view."""
    start(directory, "--template", "wsgi")
    package = directory / "mysite"
    wsgi, views = package / "wsgi.py", package / "views.py"
    home = 'router.add("/", views.home)\n'
    text = wsgi.read_text()
    if home not in text:
        raise ValueError(f"{wsgi} has no line {home}")
    ours = 'router.add("/", views.current)\nrouter.add("/slow", views.current)\n'
    wsgi.write_text(text.replace(home, ours))
    app = App(directory, "mysite.wsgi:application", b"")
    text = views.read_text() + WSGI_VIEW.format(sleep=SLEEP)
    return Project(directory.name, "the wsgi project", app, views, text)


def many(directory, count):
    """Make a project of so many modules."""
    parts = directory / "parts"
    parts.mkdir(parents=True)
    (parts / "__init__.py").touch()
    imports = []
    for number in range(count):
        package, module = divmod(number, PACKAGE)
        folder = parts / f"p{package}"
        if module == 0:
            folder.mkdir()
            (folder / "__init__.py").touch()
        (folder / f"m{module}.py").write_text(MODULE.format(number=number))
        imports.append(f"import parts.p{package}.m{module}")
    text = APPLICATION.format(imports="\n".join(imports), sleep=SLEEP)
    (directory / "application.py").write_text(text)
    app = App(directory, "application:application", b"")
    (directory / "pyproject.toml").write_text(f'[tool.scaffold]\napp = "{app.target}"\n')
    title = f"{count:,} modules"
    return Project(directory.name, title, app, parts / "p0/m0.py", MODULE.format(number=0))


def start(directory, *options):
    """Let the program make a project."""
    run([OURS, "startproject", "mysite", directory, "--quiet", *options], WORK)


def finish(directory):
    """Make a directory a repository, and compile its modules."""
    repository(directory)
    (directory / ".gitignore").write_text(IGNORED)
    run([PYTHON, "-m", "compileall", "-q", "."], directory)


def repository(directory):
    """Make a directory a repository, so that what others ignore above does not count."""
    git = directory / ".git"
    for name in ("objects", "refs"):
        (git / name).mkdir(parents=True)
    (git / "HEAD").write_text("ref: refs/heads/main\n")


def run(command, directory):
    """Run a command to its end."""
    command = [str(part) for part in command]
    subprocess.run(command, cwd=directory, env=environment(), check=True, stdout=subprocess.DEVNULL)
