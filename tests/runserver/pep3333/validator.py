"""wsgiref.validate around an application that uses all that a body can be read with."""

from wsgiref.validate import validator


def simple(environ, start_response):
    """Answer with the length of the body, and the body in blocks."""
    source = environ["wsgi.input"]
    left = int(environ.get("CONTENT_LENGTH") or 0)
    blocks = [b"%d " % left]
    if left:
        line = source.readline(10)
        left -= len(line)
        blocks.append(line)
    while left > 0:
        block = source.read(min(left, 10_000))
        left -= len(block)
        blocks.append(block)
    assert source.read(1) == b""
    assert list(source) == source.readlines() == []
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Method", "kept")])
    return blocks if environ["QUERY_STRING"] == "list" else iter(blocks)


application = validator(simple)
