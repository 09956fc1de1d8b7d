"""Loading a page as a browser does: first the page, then its files over six connections."""

import selectors
import socket
import time

from serving import Failed

CONNECTIONS = 6
"""As many as browsers open to one host."""
PATIENCE = 30.0


class Connection:
    """A connection that stays open, and the answer that comes on it."""

    def __init__(self, port):
        """Connect."""
        self.port = port
        self.path = None
        self.connect()

    def connect(self):
        """Connect, for the first time or after the server has closed."""
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, path):
        """Send a request."""
        self.path = path
        self.received = bytearray()
        self.whole = None
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n"
        self.socket.sendall(request.encode())

    def receive(self):
        """Take what has come; return the body once it is complete."""
        octets = self.socket.recv(1 << 18)
        if not octets:
            raise Failed(f"{self.path}: the connection was closed")
        self.received += octets
        if self.whole is None:
            end = self.received.find(b"\r\n\r\n")
            if end < 0:
                return None
            head = bytes(self.received[:end]).decode("latin-1").lower()
            status, *fields = head.split("\r\n")
            fields = dict(field.split(": ", 1) for field in fields)
            if " 200 " not in status or "content-length" not in fields:
                raise Failed(f"{self.path}: {head}")
            self.is_last = fields.get("connection") == "close"
            self.start = end + 4
            self.whole = self.start + int(fields["content-length"])
        if len(self.received) < self.whole:
            return None
        body = bytes(self.received[self.start :])
        if self.is_last:
            self.socket.close()
            self.connect()
        return body


def load(port, files):
    """Load `/` and the files on new connections; return the milliseconds and the bodies."""
    began = time.perf_counter()
    first = Connection(port)
    connections = [first]
    bodies = {}
    try:
        first.ask("/")
        while (body := first.receive()) is None:
            pass
        bodies["/"] = body
        while len(connections) < min(CONNECTIONS, len(files)):
            connections.append(Connection(port))
        fetch(connections, files, bodies)
        return (time.perf_counter() - began) * 1000, bodies
    except OSError as error:
        raise Failed(str(error)) from error
    finally:
        for connection in connections:
            connection.socket.close()


def fetch(connections, files, bodies):
    """Get all files, the next one on whichever connection is free."""
    waiting = iter(files)
    with selectors.DefaultSelector() as poll:
        for connection in connections:
            connection.ask(next(waiting))
            poll.register(connection.socket, selectors.EVENT_READ, connection)
        while len(bodies) < len(files) + 1:
            ready = poll.select(PATIENCE)
            if not ready:
                raise Failed(f"nothing came for {PATIENCE:.0f} s")
            for key, _ in ready:
                connection = key.data
                body = connection.receive()
                if body is None:
                    continue
                bodies[connection.path] = body
                if connection.socket is not key.fileobj:
                    poll.unregister(key.fileobj)
                    poll.register(connection.socket, selectors.EVENT_READ, connection)
                path = next(waiting, None)
                if path is not None:
                    connection.ask(path)
