"""Says who it is, and does what it is asked for."""

import os
import sys

import value


def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/crash":
        print("last words", end="")
        os._exit(3)
    if path == "/wait":
        print("waiting", flush=True)
        with open("gate") as gate:
            gate.read()
    if path == "/print":
        print("one")
        print("two", file=sys.stderr)
        print("x" * 100_000)
        print("no end", end="")
    if path == "/debug":
        try:
            breakpoint()
        except BaseException as error:
            print(type(error).__name__)
    if path == "/body":
        answer = environ["wsgi.input"].read().decode()
    elif path.startswith("/environ/"):
        answer = os.environ.get(path.rpartition("/")[2], "none")
    else:
        answer = f"{os.path.basename(os.getcwd())} {value.VALUE} {path}"
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [answer.encode()]
