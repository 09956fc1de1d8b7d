"""Trying the application with one request, for `scaffold check`: does it keep to PEP 3333, and what
does it answer?

The application is called as the project made it, without what the server puts around it, in the
main thread, as the first request of a server is.
"""

from __future__ import annotations

import os
import sys
import warnings
from io import BytesIO
from wsgiref import validate
from wsgiref.util import FileWrapper

from . import frameworks, report
from .closing import Watch
from .deadline import Deadline
from .django_project import guard
from .errors import stream as errors
from .headers import check_headers, check_status
from .where import Places

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Callable

    from .link import Link
    from .resolve import Loaded

    Pairs = list[tuple[str, str]]

BODY_LIMIT = 16 * 1024 * 1024
"""The most octets of the answer that are read: there are bodies without an end."""

WARNINGS_LIMIT = 20
"""The most warnings that are told: a body can give one for each block."""

ABOVE = "the output above may tell why"

CLOSE = "call it when the response is over, in `finally` or in a close() of your own; without it "
OPEN = f"{CLOSE}what the inner application has opened stays open"
DJANGO_OPEN = f"{CLOSE}Django never sends request_finished, and database connections stay open"

ASSERTED = {
    "InputWrapper.read": "read() of wsgi.input must be called with one argument, the size",
    "InputWrapper.readline": "readline() of wsgi.input must be called with one argument at most",
    "InputWrapper.readlines": "readlines() of wsgi.input must be called with one argument at most",
    "ErrorWrapper.write": "write() of wsgi.errors must be called with str",
    "WriteWrapper.__call__": "write() must be called with bytes",
}
"""What the validator means where it has no words of its own."""


class Examination:
    """One examination, from before the application is loaded."""

    def __init__(self, link: Link, config: dict[str, Any]) -> None:
        self._config = config
        self._places = Places(config["root"])
        self._deadline = Deadline(link, config["probe"])
        self._found: Pairs = []
        self._error: BaseException | None = None

    def end(self) -> None:
        """Leave it at that: the application could not be loaded."""
        self._deadline.cancel()

    def examine(self, loaded: Loaded, known: Pairs) -> Pairs:
        """Return what READY is to say: what is known already, and what was found."""
        framework = frameworks.recognise(loaded.own)
        if not loaded.framework() and framework:
            known = [("framework", framework), *known]
        known = [*known, *self._django()]
        self._deadline.loaded = known
        self._listen_to_frameworks()
        with warnings.catch_warnings():
            warnings.simplefilter("always", validate.WSGIWarning)
            warnings.showwarning = self._warned(warnings.showwarning)
            _Request(self._places, self._problem).run(loaded, self)
        self._deadline.cancel()
        if self._config["deploy"]:
            from . import deployment

            self._found += deployment.findings(loaded, self._config["root"], self._places)
        return [*known, *self._found]

    def answered(self, status: str, size: int, end: str) -> None:
        """Take note of what was answered, as far as it came."""
        self._found += [("response_status", status), ("response_size", str(size))]
        self._found.append(("response_end", end))
        if status[:1] == "5":
            error = self._error
            self._problem(
                "exception" if error else "status",
                f"GET / was answered with {report.printable(status)}"
                + (f": {report.summary(error)}" if error else ""),
                self._places.of_error(error, "GET /"),
                "" if error else ABOVE,
                "" if error is None else report.traceback_text(error),
            )

    def _problem(self, kind: str, what: str, where: str, hint: str, traceback: str = "") -> None:
        self._found += report.problem(kind, what, where, hint, traceback)

    def _django(self) -> Pairs:
        """Return what Django's settings say about serving, and complain where they forbid it."""
        conf = sys.modules.get("django.conf")
        try:
            if conf is None or not conf.settings.configured:
                return []
            debug, hosts = bool(conf.settings.DEBUG), list(conf.settings.ALLOWED_HOSTS)
        except Exception:
            # Django itself will complain of it.
            return []
        if not debug and not hosts and not self._config["deploy"]:
            module = os.environ.get("DJANGO_SETTINGS_MODULE", "")
            what, hint = guard(module)
            self._problem("guard", what, self._places.of_setting(module, "DEBUG"), hint)
        return [("debug", str(debug))]

    def _listen_to_frameworks(self) -> None:
        """Learn of exceptions that a framework makes an answer of, from those that say so."""

        def note(sender: object, **named: Any) -> None:
            self._error = self._error or named.get("exception") or sys.exc_info()[1]

        for module in ("django.core.signals", "flask.signals"):
            signal = getattr(sys.modules.get(module), "got_request_exception", None)
            if signal is None:
                continue
            try:
                signal.connect(note, weak=False)
            except Exception:
                # Old versions of Flask have signals only where another package is installed.
                pass

    def _warned(self, show: Callable[..., None]) -> Callable[..., None]:
        told: set[tuple[str, str]] = set()

        def warned(message: Any, category: type[Warning], *place: Any, **named: Any) -> None:
            if not issubclass(category, validate.WSGIWarning):
                show(message, category, *place, **named)
                return
            where = self._places.of_frame(sys._getframe(1))
            what = report.printable(str(message))
            if (what, where) not in told and len(told) < WARNINGS_LIMIT:
                told.add((what, where))
                self._found += [("warning", what), ("warning_where", where)]

        return warned


class _Request:
    """The one request."""

    def __init__(self, places: Places, problem: Callable[..., None]) -> None:
        self._places = places
        self._problem = problem
        self._status: str | None = None
        self._length: int | None = None
        self._size = 0
        self._end = "broken"
        self._result: Any = None
        self._yielded = ""
        self._watch = Watch()

    def run(self, loaded: Loaded, examination: Examination) -> None:
        """Send the request and judge the answer."""
        application = loaded.own
        # Of a body that cannot be iterated over, its destructor would complain besides.
        validate.IteratorWrapper.closed = True
        try:
            self._run(validate.validator(application), _environ(loaded.allowed_hosts()))
        except BaseException as error:
            self._judge(error, application)
        else:
            self._judge_answer(application)
            self._judge_closing()
        if self._status:
            examination.answered(self._status, self._size, self._end)

    def _run(self, application: Callable[..., Any], environ: dict[str, Any]) -> None:
        self._watch.start()
        try:
            self._iterate(application, environ)
        finally:
            self._watch.stop()

    def _iterate(self, application: Callable[..., Any], environ: dict[str, Any]) -> None:
        self._result = result = application(environ, self._start_response)
        try:
            for block in result:
                self._size += len(block)
                if self._size > BODY_LIMIT:
                    self._end = "cut"
                    break
            else:
                self._end = "whole"
        except BaseException:
            # Before it is closed: afterwards it does not say.
            self._yielded = self._where_yielded()
            raise
        finally:
            result.close()

    def _start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        if exc_info is None and self._status is not None:
            raise AssertionError("start_response() was already called, and exc_info is not given")
        # What these refuse, the server refuses to send.
        status = check_status(status)
        _, self._length = check_headers(headers)
        self._status = status
        return self._write

    def _write(self, octets: bytes) -> None:
        self._size += len(octets)

    def _judge_answer(self, application: object) -> None:
        what = ""
        if self._status is None:
            what = "the application did not call start_response()"
        elif (
            self._length is not None
            and self._end == "whole"
            and self._length != self._size
            and self._status[:3] not in ("204", "304")
        ):
            what = f"Content-Length says {self._length} octets, and the body has {self._size}"
        if what:
            self._violated(what, self._places.of_callable(application))

    def _judge_closing(self) -> None:
        """Complain of whoever forgets the iterable of what it wraps."""
        for outer, inner in self._watch.dropped():
            self._problem(
                "close",
                f"{outer.name()} does not call close() of what {inner.name()} returned",
                self._places.place(outer.code.co_filename, outer.code.co_firstlineno),
                DJANGO_OPEN if "django" in sys.modules else OPEN,
            )

    def _judge(self, error: BaseException, application: object) -> None:
        frame = _innermost(error)
        file = "" if frame is None else frame.f_code.co_filename
        where = self._places.of_error(error)
        if file not in (validate.__file__, __file__, check_status.__code__.co_filename):
            self._problem(
                "exception",
                report.summary(error),
                where,
                "",
                report.traceback_text(_without_validator(error)),
            )
            return
        text = str(error) if isinstance(error, AssertionError) else report.summary(error)
        text = text or _asserted(error)
        own = where if self._places.leads_through_own(error) else ""
        where = own or self._yielded or self._places.of_callable(application)
        self._violated(report.printable(text), where)

    def _violated(self, what: str, where: str) -> None:
        hint = "PEP 3333 says what an application has to do: https://peps.python.org/pep-3333/"
        self._problem("violation", what, where, hint)

    def _where_yielded(self) -> str:
        """Return where a generator that is the body gave its last block."""
        body = getattr(self._result, "original_iterator", None)
        frame = getattr(body, "gi_frame", None)
        return self._places.of_frame(frame) if frame is not None else ""


def _environ(allowed: list[str]) -> dict[str, Any]:
    """Return the environ of the request, for a host that the application answers to."""
    host = next((pattern.lstrip(".") for pattern in allowed if pattern.strip(".*")), "localhost")
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "REQUEST_URI": "/",
        "SERVER_NAME": host,
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_SOFTWARE": "scaffold",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": f"{host}:8000",
        "HTTP_ACCEPT": "*/*",
        "HTTP_USER_AGENT": "scaffold",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": errors,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileWrapper,
    }


def _without_validator(error: BaseException) -> BaseException:
    """Leave out of an exception's traceback what leads from here to the application."""
    traceback = error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename not in (__file__, validate.__file__):
            break
        traceback = traceback.tb_next
    return error.with_traceback(traceback)


def _innermost(error: BaseException) -> FrameType | None:
    traceback = error.__traceback__
    frame = None
    while traceback is not None:
        frame = traceback.tb_frame
        traceback = traceback.tb_next
    return frame


def _asserted(error: BaseException) -> str:
    """Return what an assertion without words is about: it is in what called `assert_`."""
    import traceback

    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    for frame in reversed(frames):
        if frame.f_code.co_name != "assert_":
            owner = type(frame.f_locals.get("self")).__name__
            name = f"{owner}.{frame.f_code.co_name}"
            return ASSERTED.get(name, f"{name} of wsgiref.validate refuses it")
    return ""
