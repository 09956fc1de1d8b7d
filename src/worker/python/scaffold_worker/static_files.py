"""The static files of a Django project, as its own runserver serves them but sooner.

`django.contrib.staticfiles` makes a request, a response and some 200 µs of work of each file. Here
a file that is found needs none of that; everything else about static files is left to Django: what
is missing or no file, other methods, and projects below a prefix.

Nothing about a file is remembered here from one request to the next. The front is told of those
that it may send by itself from then on, and looks each time whether it still may.
"""

from __future__ import annotations

import os
import re
import stat
from functools import lru_cache
from io import FileIO
from mimetypes import guess_type
from posixpath import normpath
from time import time_ns
from urllib.request import url2pathname
from weakref import ReferenceType

from . import conditional
from .exchange import Exchange
from .files import FileWrapper
from .modules import Libraries
from .wire import BLOCK_LIMIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable, List, Optional, Tuple

    Environ = dict[str, Any]
    Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
    Locations = Optional[List[Tuple[str, str]]]

DATES = 1024
"""How many dates are kept in writing: more than a page has files."""

ABSENT_LIMIT = 64
"""In how many places the front looks for each request that something has not come to be: as many
applications with static files as a large project has before the one that has the file."""

# What `url2pathname` leaves as it is, in every version.
_is_plain = re.compile(r"[A-Za-z0-9_.@~+=,-][A-Za-z0-9_./@~+=, -]*").fullmatch


def with_static_files(application: Application, root: str) -> Application:
    """Return the application with the static files in front of it, before any middleware.

    `root` is the project's. Raises what Django raises where the settings about them are wrong.
    """
    from django.contrib.staticfiles.handlers import StaticFilesHandler

    handler = StaticFilesHandler(application)
    if handler.base_url[1]:
        # They are on another host.
        return application
    _forgive_escapes(handler)
    try:
        return StaticFiles(application, handler, Libraries(root))
    except ImportError:
        # A Django too old to have all that is needed.
        return handler  # type: ignore[no-any-return]


def _forgive_escapes(handler: Any) -> None:
    """Let a path that leads out of the directories be not found, instead of an exception."""
    from urllib.error import URLError

    from django.core.exceptions import SuspiciousFileOperation
    from django.http import Http404

    serve = handler.serve

    def serve_or_miss(request: Any) -> Any:
        try:
            return serve(request)
        except (SuspiciousFileOperation, URLError):
            raise Http404(f"'{request.path}' could not be found") from None

    # Not a class of its own: receivers of signals may ask for Django's.
    handler.serve = serve_or_miss


class StaticFiles:
    """A WSGI application: static files, and another application for all other paths."""

    def __init__(self, application: Application, handler: Any, libraries: Libraries) -> None:
        from django.conf import settings
        from django.contrib.staticfiles import finders
        from django.core.handlers.wsgi import get_path_info
        from django.core.signals import request_finished, request_started
        from django.utils.http import content_disposition_header, http_date
        from django.views.static import was_modified_since

        self._application = application
        self._django = handler
        self._libraries = libraries
        self._prefix: str = handler.base_url[2]
        # Below a prefix Django has rules of its own for which path is meant.
        self._is_at_root = not (settings.FORCE_SCRIPT_NAME or "").strip("/")
        self._finders = finders
        self._locations: Locations = None
        self._path_of = get_path_info
        self._started = request_started
        self._finished = request_finished
        self._disposition = content_disposition_header
        self._date = lru_cache(DATES)(http_date)
        self._was_modified = was_modified_since

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        path: str = environ["PATH_INFO"]
        if not path.isascii():
            path = self._path_of(environ)
        if not path.startswith(self._prefix):
            return self._application(environ, start_response)
        if (
            environ["REQUEST_METHOD"] in ("GET", "HEAD")
            and self._is_at_root
            and not environ["SCRIPT_NAME"]
        ):
            answer = self._answer(path[len(self._prefix) :], environ, start_response)
            if answer is not None:
                return answer
        return self._django(environ, start_response)  # type: ignore[no-any-return]

    def _answer(
        self, url: str, environ: Environ, start_response: Callable[..., Any]
    ) -> Iterable[bytes] | None:
        """Answer with a file; None where there is no regular one that can be read."""
        absent: list[str] = []
        try:
            name = self._find(url, absent)
            if not name:
                return None
            file = FileIO(name, opener=_open)
        except Exception:
            # Django comes to the same and knows what to make of it.
            return None
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            file.close()
            return None
        tag = conditional.entity_tag(status, time_ns())
        whole = self._headers(name, status, tag)
        is_heard = self._is_heard(self._started) or self._is_heard(self._finished)
        if not is_heard and environ["REQUEST_METHOD"] == "GET" and "HTTP_RANGE" not in environ:
            self._offer(name, absent, tag, whole, start_response)
        code, headers, part = self._choose(status, tag, whole, environ)
        body: Any = []
        if environ["REQUEST_METHOD"] == "HEAD" or not part:
            file.close()
        elif len(part) > BLOCK_LIMIT:
            file.seek(part.start)
            body = FileWrapper(file, length=len(part))
        else:
            body = [os.pread(file.fileno(), len(part), part.start)]
            file.close()
            if len(body[0]) < len(part):
                # It is being written at this moment.
                return None
        if is_heard:
            body = self._announced(body, environ)
        start_response(code, headers)
        return body  # type: ignore[no-any-return]

    def _find(self, url: str, absent: list[str]) -> str:
        """Return the file that a path below the prefix means, or nothing.

        `absent` gets the places that come before it, or nothing where those are not known.
        """
        path = normpath(url if _is_plain(url) else url2pathname(url)).lstrip("/")
        if path.startswith(".."):
            return ""
        locations = self._locations
        if locations is None:
            locations = self._locations = _locations(self._finders)
        if not locations:
            return os.fspath(self._finders.find(path) or "")
        for prefix, directory in locations:
            if path.startswith(prefix):
                name = directory + path[len(prefix) :]
                if os.access(name, os.F_OK):
                    return name
                absent.append(name)
        return ""

    def _offer(
        self,
        name: str,
        absent: list[str],
        tag: str,
        headers: list[tuple[str, str]],
        start_response: Callable[..., Any],
    ) -> None:
        """Let the front send the file by itself from now on, where it can know when not to."""
        exchange = getattr(start_response, "__self__", None)
        if (
            type(exchange) is Exchange
            and self._locations
            # One that may change without its times is looked at here.
            and not tag.startswith("W/")
            and len(absent) <= ABSENT_LIMIT
            # The front may be in another directory.
            and all(map(os.path.isabs, [name, *absent]))
        ):
            exchange.found(name, absent, headers)

    def _headers(self, name: str, status: os.stat_result, tag: str) -> list[tuple[str, str]]:
        """Return the headers of an answer with all of the file; the last of them are its state."""
        kind, encoding = guess_type(name)
        headers = [
            ("Content-Type", kind or "application/octet-stream"),
            ("Content-Length", str(status.st_size)),
            ("Content-Disposition", self._disposition(False, os.path.basename(name))),
            ("Last-Modified", self._date(status.st_mtime)),
            ("Accept-Ranges", "bytes"),
        ]
        if encoding:
            headers.append(("Content-Encoding", encoding))
        headers.append(("ETag", tag))
        if not self._libraries.hold(name):
            # Else browsers would not even ask again for a file that has long been as it is, and
            # would not show an edit. What is installed they may keep, as with Django.
            headers.append(("Cache-Control", "no-cache"))
        return headers

    def _choose(
        self,
        status: os.stat_result,
        tag: str,
        whole: list[tuple[str, str]],
        environ: Environ,
    ) -> tuple[str, list[tuple[str, str]], range]:
        """Return status line, headers, and which octets of the file are the body."""
        wanted = environ.get("HTTP_IF_NONE_MATCH")
        if wanted is not None:
            is_modified = not conditional.is_among(tag, wanted)
        else:
            since = environ.get("HTTP_IF_MODIFIED_SINCE")
            is_modified = self._was_modified(since, status.st_mtime)
        state = [field for field in whole if field[0] in ("ETag", "Cache-Control")]
        if not is_modified:
            return "304 Not Modified", state, range(0)
        size = status.st_size
        part = self._part(environ, range(size), tag, self._date(status.st_mtime))
        if part is None:
            return "200 OK", whole, range(size)
        extent = ("Content-Range", f"bytes {_extent(part)}/{size}")
        if not part:
            return "416 Range Not Satisfiable", [("Content-Length", "0"), *state, extent], part
        length = ("Content-Length", str(len(part)))
        headers = [length if field[0] == "Content-Length" else field for field in whole]
        return "206 Partial Content", [*headers, extent], part

    def _part(self, environ: Environ, whole: range, tag: str, date: str) -> range | None:
        """Return the octets that are asked for; None where that is the whole file."""
        wanted = environ.get("HTTP_RANGE")
        if wanted is None or environ["REQUEST_METHOD"] != "GET":
            return None
        state = environ.get("HTTP_IF_RANGE")
        if state is not None and not conditional.is_same(tag, date, state):
            return None
        return conditional.byte_range(wanted, len(whole))

    def _is_heard(self, signal: Any) -> bool:
        """Say whether the project listens to a signal.

        Django itself does, to tidy up what requests use that run code of the project; that takes
        as long as all the rest.
        """
        for _, receiver, *_ in signal.receivers:
            function = receiver() if isinstance(receiver, ReferenceType) else receiver
            if not getattr(function, "__module__", "").startswith("django."):
                return True
        return False

    def _announced(self, body: Any, environ: Environ) -> Any:
        """Send the signals of a request as Django does: one now, one when it is closed."""
        sender = type(self._django)
        self._started.send(sender=sender, environ=environ)
        answer = body if isinstance(body, FileWrapper) else _Blocks(body)
        close = getattr(body, "close", None)

        def finish() -> None:
            try:
                if close is not None:
                    close()
            finally:
                self._finished.send(sender=sender)

        answer.close = finish
        return answer


def _extent(part: range) -> str:
    return f"{part.start}-{part.stop - 1}" if part else "*"


def _open(name: str, flags: int) -> int:
    """Open a file, without waiting for somebody who writes where it is a pipe."""
    return os.open(name, flags | os.O_NONBLOCK)


class _Blocks(list):  # type: ignore[type-arg]
    """Blocks of a body that has something to do at its end."""

    close: Callable[[], object]


def _locations(finders: Any) -> list[tuple[str, str]]:
    """Return where Django's own finders look: what a path begins with, and the directory.

    Nothing where another finder is among them, which has to be asked each time. An application's
    directory may be missing: it shows its files once it is made.
    """
    from django.apps import apps
    from django.core.files.storage import FileSystemStorage

    found = []
    for finder in finders.get_finders():
        if type(finder) is finders.FileSystemFinder:
            for prefix, root in finder.locations:
                # Without links followed before `..`, as Django joins paths.
                directory = os.path.normpath(root)
                found.append((f"{prefix}/" if prefix else "", f"{directory}/"))
        elif (
            type(finder) is finders.AppDirectoriesFinder
            and finder.storage_class is FileSystemStorage
        ):
            for config in apps.get_app_configs():
                directory = os.path.abspath(os.path.join(config.path, finder.source_dir))
                found.append(("", f"{directory}/"))
        else:
            return []
    return found
