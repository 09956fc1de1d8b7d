"""Answers as its query describes, in every form that PEP 3333 allows."""

import threading
from urllib.parse import parse_qs

CLOSED = {}
CHANGED = threading.Condition()


class Blocks:
    """Blocks, and perhaps a failure after them; `close()` is counted."""

    def __init__(self, number, blocks, fails):
        self.number = number
        self.blocks = blocks
        self.fails = fails

    def __iter__(self):
        yield from self.blocks
        if self.fails:
            raise ValueError("at the end")

    def close(self):
        with CHANGED:
            CLOSED[self.number] = CLOSED.get(self.number, 0) + 1
            CHANGED.notify_all()


class Sized(Blocks):
    """Blocks that know how many they are."""

    def __len__(self):
        return len(self.blocks)


def octets(sizes):
    """Return blocks of these sizes: `1,0,30`."""
    return [b"x" * int(size) for size in sizes.split(",")] if sizes else []


def application(environ, start_response):
    """Answer so, or with how often the body of an earlier answer was closed."""
    query = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    number = query["number"]
    if environ["PATH_INFO"] == "/closed":
        with CHANGED:
            CHANGED.wait_for(lambda: number in CLOSED or number == "none", 30)
            count = CLOSED.get(number, 0)
        start_response("200 OK", [])
        return [str(count).encode()]
    headers = [("Content-Length", query["length"])] if "length" in query else []
    blocks = octets(query.get("blocks"))
    writes = octets(query.get("writes"))
    kind = query["kind"]

    def start():
        write = start_response(query["status"] + " As Told", headers)
        try:
            for block in writes:
                write(block)
        except ValueError:
            pass  # more than the Content-Length has room for

    if kind == "late":
        return late(start, Blocks(number, blocks, "fails" in query))
    start()
    if kind == "list":
        return blocks
    return {"iterable": Blocks, "sized": Sized}[kind](number, blocks, "fails" in query)


def late(start, blocks):
    """Do everything in the iteration."""
    try:
        start()
        yield from blocks
    finally:
        blocks.close()
