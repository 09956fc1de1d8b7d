"""Connections that wrk does not make, in a process of their own: `clients.py KIND PORT COUNT`.

- `idle`: they ask once each and stay open
- `drip`: they send a request's head octet by octet, one a second, and begin anew when closed
- `burst`: they ask all at once for PATH, several times; prints how long each waited, in ms
- `crowd`: they ask all the time, while the project is edited whose edits the file PATH counts

All but `burst` print a line when they are there, and a last one when standard input is closed.
"""

import contextlib
import json
import select
import socket
import subprocess
import sys
import time
from pathlib import Path

from reloading.crowd import crowd

PATIENCE = 5.0
DEADLINE = 60.0
BATCH = 100
TICK = 0.02
BURSTS = 5


class Clients:
    """Connections of one kind for a while: a process that is told to end by its input."""

    def __init__(self, kind, port, count, *more):
        """Start it, and wait until the connections are there."""
        command = [sys.executable, Path(__file__), kind, port, count, *more]
        self.process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.first = self._line()

    def __enter__(self):
        """Return itself."""
        return self

    def __exit__(self, *_):
        """End the process if it has not ended."""
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def end(self):
        """Close the connections, and return what is said of them."""
        self.process.stdin.close()
        return self._line()

    def _line(self):
        if not select.select([self.process.stdout], [], [], DEADLINE)[0]:
            return {}
        line = self.process.stdout.readline()
        return json.loads(line) if line else {}


def main():
    """Make the connections."""
    kind, port, count, *more = sys.argv[1:]
    port, count = int(port), int(count)
    if kind == "idle":
        idle(port, count)
    elif kind == "drip":
        drip(port, count)
    elif kind == "crowd":
        say(asking=count)
        say(**crowd(port, count, *more))
    else:
        burst(port, count, *more)


def idle(port, count):
    """Let each connection ask once and stay open."""
    connections = []
    answered = 0
    while len(connections) < count and answered == len(connections):
        batch = [connect(port) for _ in range(min(BATCH, count - len(connections)))]
        connections += batch
        for connection in batch:
            connection.sendall(request("/"))
        with contextlib.suppress(OSError):
            for connection in batch:
                answered += connection.recv(65536).startswith(b"HTTP/1.1 200 ")
    say(asked=len(connections), answered=answered)
    sys.stdin.read()
    say(open=answered - len(closed(connections[:answered])))


def drip(port, count):
    """Send an octet a second on each connection, spread evenly over the second."""
    connections = [None] * count
    sent = begun = position = 0
    filling = True
    start = time.monotonic()
    while not select.select([sys.stdin], [], [], 0)[0]:
        due = int((time.monotonic() - start) * count)
        while sent < due:
            place = position % count
            try:
                if connections[place] is None:
                    connections[place] = socket.socket()
                    connections[place].setblocking(False)
                    begun += 1
                    connections[place].connect(("127.0.0.1", port))
                octet = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "[position // count :][:1]
                connections[place].send(octet or b"a")
            except BlockingIOError:
                pass
            except OSError:
                if connections[place] is not None:
                    connections[place].close()
                connections[place] = None
            position += 1
            sent += 1
        if filling and position >= count:
            filling = False
            say(begun=begun)
        time.sleep(TICK)
    say(begun=begun, sent=sent, seconds=time.monotonic() - start)


def burst(port, count, path):
    """Ask on all connections at once, and note how long each waits."""
    waits = []
    for _ in range(BURSTS):
        connections = [connect(port) for _ in range(count)]
        poll = select.poll()
        begun = {}
        for connection in connections:
            poll.register(connection, select.POLLIN)
            begun[connection.fileno()] = time.perf_counter()
            connection.sendall(request(path))
        while begun:
            ready = poll.poll(PATIENCE * 1000)
            now = time.perf_counter()
            if not ready:
                break
            for number, _ in ready:
                waits.append((now - begun.pop(number)) * 1000)
                poll.unregister(number)
        for connection in connections:
            connection.close()
    say(waits=waits)


def connect(port):
    """Return a connection."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def request(path):
    """Return a request."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def closed(connections):
    """Return those that the server has closed."""
    poll = select.poll()
    for connection in connections:
        poll.register(connection, select.POLLIN)
    return poll.poll(0)


def say(**what):
    """Print a line."""
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main()
