"""What one hello-world request costs in Python, without sockets: microseconds per request.

Run: python benchmarks/hot_path.py
"""

from __future__ import annotations

import marshal
import os
import sys
from time import perf_counter

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from scaffold_worker import handler
from scaffold_worker.link import Link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

ENVIRON = {
    "REQUEST_METHOD": "GET",
    "SCRIPT_NAME": "",
    "PATH_INFO": "/hello/world",
    "QUERY_STRING": "a=1&b=2",
    "SERVER_NAME": "localhost",
    "SERVER_PORT": "8000",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "SERVER_SOFTWARE": "scaffold",
    "GATEWAY_INTERFACE": "CGI/1.1",
    "REMOTE_ADDR": "127.0.0.1",
    "REMOTE_PORT": "54321",
    "CONTENT_TYPE": "",
    "CONTENT_LENGTH": "",
    "wsgi.url_scheme": "http",
    "HTTP_HOST": "localhost:8000",
    "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
    "HTTP_ACCEPT": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "HTTP_ACCEPT_ENCODING": "gzip, deflate, br",
    "HTTP_ACCEPT_LANGUAGE": "en-US,en;q=0.5",
    "HTTP_CONNECTION": "keep-alive",
}


def hello(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """Answer as every benchmark does."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "13")])
    return [b"Hello, world!"]


def measure(count: int = 20000) -> float:
    """Return the microseconds that one request takes, the best of seven rounds."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    link = Link(nowhere, nowhere, nowhere)
    handle = handler.handler(link, hello, True, False)
    payload = marshal.dumps((ENVIRON, b""), 2)
    best = 1e9
    for _ in range(7):
        start = perf_counter()
        for number in range(count):
            handle(number, payload)
            if not number % 64:
                link.data.flush()
        best = min(best, perf_counter() - start)
    return best / count * 1e6


if __name__ == "__main__":
    print(f"{sys.version.split()[0]}: {measure():.2f} µs per request")
