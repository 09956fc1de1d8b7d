"""What PEP 3333 asks of a server, as a table: applications, requests, and what clients must get.

Each case is an application at the path of its name, decorated with the point of the standard, how
binding it is, what it says, the requests to send and what the last of them must be answered with.
`/cases` answers with the table as JSON, so that the table and its applications are one thing. An
application that looks at what the server gave it does so with `assert`: a case that fails is
answered with 500.
"""

import json
import threading
from collections import Counter

CASES = {}
OK = "200 OK"
TEXT = [("Content-Type", "text/plain")]

_closed = Counter()
_changed = threading.Condition()


def get(headers="", version="1.1", suffix="", method="GET", host="Host: localhost\r\n"):
    """Return a request without a body; `{path}` stands for the path of the case."""
    return f"{method} {{path}}{suffix} HTTP/{version}\r\n{host}{headers}\r\n"


def post(body, headers="", version="1.1", method="POST"):
    """Return a request with a body."""
    return get(f"Content-Length: {len(body)}\r\n{headers}", version, "", method) + body


def chunked(*chunks, headers="", end="0\r\n\r\n"):
    """Return a request with a chunked body."""
    body = "".join(f"{len(chunk):x}\r\n{chunk}\r\n" for chunk in chunks)
    return get("Transfer-Encoding: chunked\r\n" + headers, method="POST") + body + end


def case(point, level, says, *requests, **expected):
    """Register an application as a case.

    What may be expected: `status` (200), `body`, `headers` (None means absent), `error` (a page of
    status 500 that has this text), `here` (and whose traceback ends where the application says
    `# here`), `broken` (a response that never looks complete), `log` (text in the terminal),
    `ticks` (so many backticks before it, whatever else comes between them),
    `closed` (how often the body was closed), `closes` (the connection ends after the response).
    """

    def register(application):
        name = application.__name__
        assert name not in CASES, name
        told = {
            "name": name,
            "point": point,
            "level": level,
            "says": says,
            "requests": [request.replace("{path}", "/" + name) for request in requests or (get(),)],
            "expected": {key: _plain(value) for key, value in expected.items()},
        }
        CASES[name] = application, told
        return application

    return register


def _plain(value):
    return value.decode("latin-1") if isinstance(value, bytes) else value


class Body:
    """Blocks whose `close()` is counted."""

    def __init__(self, name, blocks):
        self.name = name
        self.blocks = iter(blocks)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self.blocks)

    def close(self):
        count_close(self.name)


def count_close(name):
    """Note that something was closed."""
    with _changed:
        _closed[name] += 1
        _changed.notify_all()


def application(environ, start_response):
    """Answer with the table, with how often a body was closed, or as a case does."""
    kind, _, rest = environ["PATH_INFO"][1:].partition("/")
    # Where the target has no room for a name.
    kind = environ.get("HTTP_X_CASE", kind)
    if kind == "closed":
        with _changed:
            _changed.wait_for(lambda: _closed[rest], 30)
            answer = _closed[rest]
    elif kind == "cases":
        answer = [told for _, told in CASES.values()]
    elif kind in CASES:
        return CASES[kind][0](environ, start_response)
    else:
        answer = "alive"
    start_response(OK, [("Content-Type", "application/json")])
    return [json.dumps(answer).encode()]


def answer(start_response, body=b"ok", *headers):
    """Start a plain answer, and return its body."""
    start_response(OK, [*TEXT, *headers])
    return [body]


from . import bodies, closing, errors, reading, starting, variables  # noqa: E402, F401
