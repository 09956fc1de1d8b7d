"""Clients that ask all the time on connections that stay open, one process for all of them.

Each asks as soon as it has its answer, and on a new connection where the server closed the old one
after an answer, as it may. Before each request it looks up which edits have been saved: an answer
that shows an older one is stale.
"""

import mmap
import selectors
import socket
import sys
import time

from reloading.client import PATIENCE, Outcome, Tally, broken, complete, outcome, request

# After a failure, in seconds: clients that only fail shall not take the server's processor.
PAUSE = 0.01
TICK = 0.1


class Saved:
    """The number of the last edit whose saving has returned, shared by processes."""

    def __init__(self, path):
        """Open the file, which has eight octets."""
        with open(path, "r+b") as file:
            self.memory = memoryview(mmap.mmap(file.fileno(), 8)).cast("Q")

    def get(self):
        """Return it."""
        return self.memory[0]

    def set(self, number):
        """Let all know it."""
        self.memory[0] = number


class Client:
    """One client."""

    def __init__(self, port, saved, tally):
        """Be ready to ask."""
        self.port = port
        self.saved = saved
        self.tally = tally
        self.socket = None
        self.octets = b""
        self.expected = 0
        self.asked_at = 0.0
        self.is_waiting = False
        self.longest = 0.0
        self.due = 0.0

    def ask(self, selector):
        """Send a request, on a new connection if there is none."""
        self.expected = self.saved.get()
        self.asked_at = time.perf_counter()
        self.octets = b""
        self.is_waiting = True
        try:
            if self.socket is None:
                self.socket = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
                self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.socket.setblocking(False)
                selector.register(self.socket, selectors.EVENT_READ, self)
            self.socket.send(request("/", "keep-alive"))
        except ConnectionRefusedError:
            self.finish(Outcome(failure="refused"), selector)
        except TimeoutError:
            self.finish(Outcome(failure="silent"), selector)
        except OSError:
            self.finish(Outcome(failure="reset"), selector)

    def receive(self, selector):
        """Take what has come."""
        try:
            piece = self.socket.recv(65536)
        except OSError:
            piece = b""
        if not self.is_waiting:
            # The server closes what is idle, as it may.
            self.close(selector)
            return
        self.octets += piece
        answer = complete(self.octets, not piece)
        if answer:
            self.finish(outcome(answer), selector, is_last=answer.is_last)
        elif not piece:
            self.finish(Outcome(failure=broken(self.octets)), selector)

    def finish(self, result, selector, is_last=False):
        """Count the request."""
        now = time.perf_counter()
        self.tally.add(result, self.expected)
        self.longest = max(self.longest, now - self.asked_at)
        self.is_waiting = False
        if result.failure:
            self.due = now + PAUSE
        if is_last or result.failure:
            self.close(selector)

    def close(self, selector):
        """Close the connection."""
        if self.socket is not None:
            selector.unregister(self.socket)
            self.socket.close()
            self.socket = None


def crowd(port, count, path):
    """Ask until standard input ends; return what came of it."""
    tally, saved = Tally(), Saved(path)
    clients = [Client(port, saved, tally) for _ in range(count)]
    with selectors.DefaultSelector() as selector:
        selector.register(sys.stdin, selectors.EVENT_READ)
        is_asking = True
        while is_asking or any(client.is_waiting for client in clients):
            now = time.perf_counter()
            for client in clients:
                if client.is_waiting and now - client.asked_at > PATIENCE:
                    client.finish(Outcome(failure="silent"), selector)
                elif is_asking and not client.is_waiting and client.due <= now:
                    client.ask(selector)
            is_idle = is_asking and any(not client.is_waiting for client in clients)
            for key, _ in selector.select(PAUSE if is_idle else TICK):
                if key.data is None:
                    is_asking = False
                    selector.unregister(sys.stdin)
                else:
                    key.data.receive(selector)
    longest = max(client.longest for client in clients)
    return {"asked": tally.asked, "stale": tally.stale, "failed": tally.failed, "longest": longest}
