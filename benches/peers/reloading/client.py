"""The polling client: a connection for each request, asked again until the new content comes."""

import socket
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

# An edit whose content has not come after so many seconds is missed.
PATIENCE = 10.0
# Between two requests, in seconds: whoever asks without any takes a processor away from the server
# that is starting, and the more the longer it takes.
PAUSE = 0.001
REQUEST = "GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: {}\r\n\r\n"


class Answer(NamedTuple):
    """A complete answer."""

    status: int
    body: bytes
    is_last: bool
    """The connection is closed after it."""


class Outcome(NamedTuple):
    """What came of a request: the number of the edit that was shown, or how it failed."""

    number: int = -1
    failure: str = ""


@dataclass
class Tally:
    """What came of requests that were sent after a save had returned."""

    asked: int = 0
    stale: int = 0
    failed: Counter = field(default_factory=Counter)

    def add(self, outcome, expected):
        """Count a request that was sent when so many edits had been saved."""
        self.asked += 1
        if outcome.failure:
            self.failed[outcome.failure] += 1
        elif outcome.number < expected:
            self.stale += 1

    def merge(self, other):
        """Add what another one has counted."""
        self.asked += other.asked
        self.stale += other.stale
        self.failed += other.failed


def follow(port, number, saved, tally, pause=PAUSE):
    """Ask until an edit shows; return the seconds since it was saved, None if it is missed."""
    while True:
        outcome = ask(port)
        seconds = time.perf_counter() - saved
        tally.add(outcome, number)
        if seconds > PATIENCE:
            return None
        if outcome.number == number:
            return seconds
        time.sleep(pause)


def ask(port, path="/", patience=PATIENCE):
    """Ask once on a connection of its own."""
    octets = b""
    deadline = time.perf_counter() + patience
    try:
        with socket.create_connection(("127.0.0.1", port), patience) as connection:
            connection.sendall(request(path, "close"))
            while True:
                connection.settimeout(max(0.001, deadline - time.perf_counter()))
                piece = connection.recv(65536)
                octets += piece
                answer = complete(octets, not piece)
                if answer:
                    return outcome(answer)
                if not piece:
                    return Outcome(failure=broken(octets))
    except TimeoutError:
        return Outcome(failure="silent")
    except ConnectionRefusedError:
        return Outcome(failure="refused")
    except ConnectionError:
        return Outcome(failure=broken(octets))


def request(path, connection):
    """Return a request."""
    return REQUEST.format(path, connection).encode()


def complete(octets, has_ended):
    """Return the answer if all of it is there."""
    head, blank, body = octets.partition(b"\r\n\r\n")
    if not blank:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    fields = {name.lower(): value.strip() for name, _, value in pairs}
    version, status = first.split(" ")[:2]
    is_last = fields.get("connection", "").lower() == "close" or version == "HTTP/1.0"
    if "content-length" in fields:
        if len(body) < int(fields["content-length"]):
            return None
    elif "chunked" in fields.get("transfer-encoding", ""):
        if not body.endswith(b"0\r\n\r\n"):
            return None
    elif not has_ended:
        return None
    else:
        is_last = True
    return Answer(int(status), body, is_last)


def outcome(answer):
    """Return what an answer says: the projects' views answer with the number of the edit."""
    if answer.status >= 500:
        return Outcome(failure="5xx")
    try:
        return Outcome(int(answer.body)) if answer.status == 200 else Outcome(failure="wrong")
    except ValueError:
        return Outcome(failure="wrong")


def broken(octets):
    """Name the failure of a connection that ended too early."""
    return "incomplete" if octets else "reset"
