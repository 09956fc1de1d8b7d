"""Says that it has begun, and goes on when somebody writes to the pipe `gate`."""

import hashlib
import os
import signal
import sys


def say(text):
    print(text, file=sys.stderr, flush=True)


def gate():
    with open("gate") as pipe:
        pipe.read()


def blocks():
    yield b"first\n"
    gate()
    yield b"last\n"


def application(environ, start_response):
    """Do as the path says."""
    path = environ["PATH_INFO"]
    body = [b"done"]
    if path == "/wait":
        say("waiting")
        gate()
    elif path == "/die":
        say("waiting")
        gate()
        os._exit(3)
    elif path == "/ever":
        say("waiting")
        while True:
            pass
    elif path == "/stream":
        body = blocks()
    elif path == "/digest":
        body = [hashlib.sha256(environ["wsgi.input"].read()).hexdigest().encode()]
    elif path == "/child":
        child = os.fork()
        if not child:
            os._exit(signal.getsignal(signal.SIGTERM) == signal.SIG_DFL)
        body = [str(os.WEXITSTATUS(os.waitpid(child, 0)[1])).encode()]
    start_response("200 OK", [("Content-Type", "text/plain")])
    return body
