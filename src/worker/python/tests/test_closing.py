"""Who is reported for not passing `close()` on, and who is not."""

from __future__ import annotations

import functools
import io
import sys
import tempfile
import unittest
from typing import Any, Callable
from wsgiref import validate
from wsgiref.util import FileWrapper, setup_testing_defaults

from scaffold_worker.closing import Watch
from tests.test_examination import examined

Application = Callable[[Any, Any], Any]

HEADERS = [("Content-Type", "text/plain")]


class Body:
    """An iterable that has something open."""

    def __init__(self, *blocks: bytes) -> None:
        self.blocks = blocks
        self.is_open = True

    def __iter__(self) -> Any:
        return iter(self.blocks)

    def close(self) -> None:
        self.is_open = False


def inner(environ: Any, start: Any) -> Any:
    start("200 OK", HEADERS)
    return Body(b"a", b"b")


def generator(environ: Any, start: Any) -> Any:
    start("200 OK", HEADERS)
    try:
        yield b"a"
        yield b"b"
    finally:
        pass


class Wrapper:
    """Middleware that does with the iterable what a function says."""

    def __init__(self, application: Application, work: Callable[[Any], Any]) -> None:
        self.application = application
        self.work = work

    def __call__(self, environ: Any, start: Any) -> Any:
        return self.work(self.application(environ, start))


def forgets_in_a_generator(environ: Any, start: Any) -> Any:
    yield from inner(environ, start)


def closes_in_a_generator(environ: Any, start: Any) -> Any:
    body = inner(environ, start)
    try:
        yield from body
    finally:
        body.close()


def later(application: Application) -> Application:
    """Begin the response only when the inner one is complete."""

    def wrapped(environ: Any, start: Any) -> Any:
        begun: list[Any] = []
        result = application(environ, lambda *arguments: begun.append(arguments))
        octets = b"".join(result)
        start(*begun[0])
        return [octets]

    return wrapped


class Instance:
    """An application that is a class."""

    def __init__(self, environ: Any, start: Any) -> None:
        start("200 OK", HEADERS)

    def __iter__(self) -> Any:
        return iter([b"a"])

    def close(self) -> None:
        pass


def closed_at_once(result: Any) -> Any:
    octets = list(result)
    result.close()
    return octets


class Closing:
    def __init__(self, result: Any) -> None:
        self.result = result
        self.close = functools.partial(self.end, 1)

    def __iter__(self) -> Any:
        return iter(self.result)

    def end(self, _: int) -> None:
        self.result.close()


def unrelated(environ: Any, start: Any) -> Any:
    return io.BytesIO(b"no response")


def with_a_helper(environ: Any, start: Any) -> Any:
    unrelated(environ, start)
    start("200 OK", HEADERS)
    return [b"a"]


def with_a_file(environ: Any, start: Any) -> Any:
    start("200 OK", HEADERS)
    return FileWrapper(io.BytesIO(b"abc"))


FILES: list[Any] = []
"""Files that were opened, for whoever forgets them."""


def plain_file(environ: Any, start: Any) -> Any:
    start("200 OK", HEADERS)
    file = tempfile.TemporaryFile()  # noqa: SIM115
    FILES.append(file)
    file.write(b"abc")
    file.seek(0)
    return file


def decorated(application: Application) -> Application:
    @functools.wraps(application)
    def wrapped(*args: Any, **named: Any) -> Any:
        return list(application(*args, **named))

    return wrapped


def reported(application: Application) -> list[str]:
    """Return the names of who is reported after one request."""
    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    environ["QUERY_STRING"] = ""
    watch = Watch()
    checked: Any = validate.validator(application)

    def start_response(status: str, headers: Any, exc_info: Any = None) -> Any:
        return lambda octets: None

    watch.start()
    try:
        result = checked(environ, start_response)
        for _ in result:
            pass
        result.close()
    finally:
        watch.stop()
    return [outer.name() for outer, _ in watch.dropped()]


class Reported(unittest.TestCase):
    def tearDown(self) -> None:
        while FILES:
            FILES.pop().close()

    def test_whoever_forgets_it_is_named(self) -> None:
        name = "tests.test_closing."
        for application, expected in (
            (Wrapper(inner, list), "Wrapper.__call__"),
            (Wrapper(inner, lambda it: (block for block in it)), "Wrapper.__call__"),
            (Wrapper(Wrapper(inner, lambda it: it), list), "Wrapper.__call__"),
            (Wrapper(Instance, list), "Wrapper.__call__"),
            (Wrapper(with_a_file, list), "Wrapper.__call__"),
            (Wrapper(plain_file, list), "Wrapper.__call__"),
            (Wrapper(Wrapper(inner, Closing), list), "Wrapper.__call__"),
            (Wrapper(generator, lambda it: [next(it)]), ""),
            (forgets_in_a_generator, "forgets_in_a_generator"),
            (Wrapper(forgets_in_a_generator, lambda it: it), "forgets_in_a_generator"),
            (later(inner), "later.<locals>.wrapped"),
            (
                decorated(inner),
                "inner" if sys.version_info < (3, 11) else "decorated.<locals>.wrapped",
            ),
            (functools.partial(Wrapper.__call__, Wrapper(inner, list)), "Wrapper.__call__"),
        ):
            with self.subTest(expected):
                names = reported(application)
                self.assertEqual(names, [name + expected] if expected else [])

    def test_whoever_passes_it_on_is_not(self) -> None:
        for application in (
            inner,
            generator,
            Instance,
            with_a_file,
            plain_file,
            with_a_helper,
            closes_in_a_generator,
            Wrapper(inner, lambda it: it),
            Wrapper(inner, Closing),
            Wrapper(inner, closed_at_once),
            Wrapper(generator, list),
            Wrapper(generator, lambda it: b"".join(it).split()),
            Wrapper(plain_file, closed_at_once),
            Wrapper(Wrapper(inner, Closing), Closing),
            later(Wrapper(inner, closed_at_once)),
            later(generator),
            decorated(Wrapper(inner, closed_at_once)),
            lambda environ, start: inner(dict(environ), start),
        ):
            with self.subTest(application):
                self.assertEqual(reported(application), [])

    def test_nobody_is_blamed_for_what_was_not_seen(self) -> None:
        def profiled(environ: Any, start: Any) -> Any:
            sys.setprofile(None)
            return list(inner(environ, start))

        self.assertEqual(reported(profiled), [])

        def other(*_: Any) -> None:
            pass

        sys.setprofile(other)
        try:
            self.assertEqual(reported(Wrapper(inner, list)), [])
            self.assertIs(sys.getprofile(), other)
        finally:
            sys.setprofile(None)

    def test_a_request_of_too_many_calls_is_not_judged(self) -> None:
        def busy(environ: Any, start: Any) -> Any:
            for _ in range(600_000):
                len("")
            return list(inner(environ, start))

        self.assertEqual(reported(busy), [])
        self.assertIsNone(sys.getprofile())

    def test_it_is_told_with_its_place(self) -> None:
        source = """
            class Body(list):
                def close(self):
                    pass

            def inner(environ, start):
                start("200 OK", [("Content-Type", "text/plain")])
                return Body([b"hello"])

            class Hello:
                def __init__(self, application):
                    self.application = application

                def __call__(self, environ, start):
                    return list(self.application(environ, start))

            application = Hello(inner)
        """
        pairs = dict(examined(source))
        self.assertEqual(pairs["problem_kind"], "close")
        self.assertEqual(
            pairs["problem"],
            "site1.Hello.__call__ does not call close() of what site1.inner returned",
        )
        self.assertEqual(pairs["problem_where"], "site1.py:14")
        self.assertIn("stays open", pairs["problem_hint"])
        self.assertEqual(pairs["response_end"], "whole")


if __name__ == "__main__":
    unittest.main()
