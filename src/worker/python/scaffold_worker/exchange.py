"""The answer to one request, as far as it is not at hand at once (PEP 3333)."""

from __future__ import annotations

import os
from marshal import dumps

from . import wire
from .client import ClientReset
from .errors import stream as errors
from .files import FileWrapper
from .headers import check_headers, check_status, known_headers, known_statuses
from .window import ClientGone, Window

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from .headers import Header
    from .link import Link

BLOCK_LIMIT = wire.BLOCK_LIMIT
ANSWER_LIMIT = wire.ANSWER_LIMIT
_all_known = known_headers.issuperset
_told_of_no_length = False


class Exchange:
    """The state of one answer. Attributes start as the class has them: creation stays cheap."""

    is_head = False
    status: str | None = None
    """Set by the first call of `start_response`, to nothing as long as the call has failed."""
    headers: list[Header] | None = None
    """Set once they were found right."""
    length: int | None = None
    """The Content-Length that the application declared."""
    window: Window | None = None
    """Made when HEAD goes out: the response is being streamed."""
    sent = 0
    full = False
    """The body is complete, whatever else the application has to say."""
    over = False
    """The last frame was sent."""

    def __init__(self, link: Link, request: int) -> None:
        self.link = link
        self.request = request

    def start_response(self, status: str, headers: list[Header], exc_info: Any = None) -> Any:
        """Take status and headers; they go out with the first octets of the body."""
        if exc_info:
            try:
                if self.window is not None or self.over:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None
        elif self.status is not None:
            raise AssertionError("start_response() was already called, and exc_info is not given")
        self.status = ""
        self.headers = self.length = None
        if type(status) is not str or status not in known_statuses:
            status = check_status(status)
        try:
            all_known = type(headers) is list and _all_known(headers)
        except TypeError:
            all_known = False  # something in it is no tuple of strings
        if all_known:
            # A copy, since the list stays the application's.
            self.headers = headers[:]
        else:
            self.headers, self.length = check_headers(headers)
            if self.length is not None and status[:3] == "204":
                self._leave_out_length()
        self.status = status
        return self.write

    def found(self, file: str, absent: list[str], headers: list[Header]) -> None:
        """Tell the front which file is meant, so that it need not ask again: "Static files"."""
        places = [os.fsencode(place) for place in absent]
        payload = dumps((os.fsencode(file), places, "200 OK", headers), 2)
        self.link.data.put(wire.frame(wire.FOUND, self.request, payload))

    def write(self, data: bytes) -> None:
        """Send octets at once: the old way of answering."""
        if self.over:
            raise RuntimeError("write() was called after the end of the request")
        block = to_bytes(data)
        if block:
            if self.full and not self._has_no_body():
                raise ValueError(
                    f"write() was called after all {self.length} bytes of the Content-Length"
                )
            self.send(block)

    def stream(self, result: Any) -> None:
        """Answer with the blocks of an iterable, each sent before the next is asked for.

        None is asked for once the body is complete, which `write()` alone may have made it.
        """
        if type(result) is FileWrapper and self._hand_over(result):
            return
        refused = result is None or isinstance(result, (str, bytes))
        try:
            blocks = iter(() if refused else result)
        except TypeError:
            refused = True
        if refused:
            advice = " (put it into a list)" if isinstance(result, bytes) else ""
            raise TypeError(
                f"the application returned {_name(result)}, not an iterable of bytes{advice}"
            )
        for block in () if self.full else blocks:
            if type(block) is not bytes:
                block = to_bytes(block)
            if not block:
                continue
            if self.window is None and self._is_whole(result, block):
                self.respond(block)
                return
            self.send(block)
            if self.full:
                break
        self.finish()

    def _is_whole(self, result: Any, block: bytes) -> bool:
        """Say whether the first block is known to be all of the body."""
        if self.length is not None:
            return len(block) >= self.length
        try:
            return len(result) == 1
        except Exception:
            return False

    def respond(self, body: bytes) -> None:
        """Answer with a body that is at hand as a whole."""
        headers = self._checked_headers()
        if self.window is not None:
            if body:
                self.send(body)
            self.finish()
            return
        if self.length is not None and not self._has_no_body():
            if len(body) < self.length:
                raise self._too_short(len(body))
            if len(body) > self.length:
                self._warn_of_excess()
                body = body[: self.length]
        if len(body) <= BLOCK_LIMIT:
            answer = self._dumps(headers, body)
            self.over = True
            self.link.data.put(wire.frame(wire.RESPONSE, self.request, answer))
            return
        if self.length is None and not self._is_bodiless_status():
            headers.append(("Content-Length", str(len(body))))
            self.length = len(body)
        self.send(body)
        self.finish()

    def _hand_over(self, wrapper: FileWrapper) -> bool:
        """Let the front send the file, if there is a regular one and it is worth it."""
        part = wrapper.part()
        if part is None:
            return False
        descriptor, offset, length = part
        headers = self._checked_headers()
        if self.length is not None:
            left = self.length - self.sent
            if length < left:
                return False  # what is wrong with that is told where blocks are counted
            length = left
        if length <= BLOCK_LIMIT:
            return False  # one frame with all of it is the quicker way
        if self.window is None and self.length is None and not self._is_bodiless_status():
            headers.append(("Content-Length", str(length)))
            self.length = length
        if self._has_no_body():
            self.finish()
            return True
        head = None if self.window else self._dumps(headers)
        if not self.link.send_file(self.request, descriptor):
            return False
        if head is not None:
            self.link.data.put(wire.frame(wire.HEAD, self.request, head))
        self.over = True
        self.link.windows.pop(self.request, None)
        payload = wire.FILE_PART.pack(offset, length)
        self.link.data.put(wire.frame(wire.FILE, self.request, payload))
        return True

    def send(self, block: bytes) -> None:
        """Stream octets, waiting until the client took enough of those before."""
        window = self.window or self._open()
        if self._has_no_body():
            # Nobody would see them: the headers are all that there is of this response.
            self.full = True
            return
        if self.length is not None:
            left = self.length - self.sent
            self.full = len(block) >= left
            if len(block) > left:
                self._warn_of_excess()
                block = block[:left]
        for start in range(0, len(block), BLOCK_LIMIT):
            piece = block[start : start + BLOCK_LIMIT]
            window.take(len(piece))
            self.sent += len(piece)
            self.link.data.send(wire.frame(wire.BLOCK, self.request, piece))
        if window.cancelled and not self.full:
            raise ClientGone("the client has gone away")

    def finish(self) -> None:
        """End the answer: the application has nothing more to say."""
        if self.window is None:
            self.respond(b"")
            return
        if self.length is not None and self.sent < self.length and not self._has_no_body():
            raise self._too_short(self.sent)
        self.end()

    def end(self) -> None:
        """Send END."""
        self.over = True
        self.link.windows.pop(self.request, None)
        self.link.data.put(wire.frame(wire.END, self.request))

    def fail(self, error: BaseException) -> bool:
        """Answer with what went wrong. True if nobody is left to hear it, and END is due."""
        window = self.window
        if window is not None and window.cancelled and isinstance(error, ClientGone):
            self.over = True
            return True
        from . import exceptions, report

        text = report.traceback_text(error)
        if not isinstance(error, ClientReset):
            # What a client breaks off is no fault of the application's, and the front tells of it.
            errors.write(text)
        if self.full and not self.over:
            # The client has all of the body: breaking the connection off could only take it away.
            self.end()
        if not self.over:
            self.over = True
            self.link.windows.pop(self.request, None)
            payload = dumps((report.summary(error), text), 2)
            payload += exceptions.encoded(error, self.link.root)
            self.link.data.put(wire.frame(wire.ERROR, self.request, payload))
        return False

    def close(self, close: Callable[[], object], gone: bool) -> None:
        """Call the `close()` of what the application returned, which can fail no one now."""
        if not gone and not self.link.queue:
            # Nothing else could be answered in the same write, so the client need not wait for
            # what the application does afterwards.
            self.link.data.flush()
        try:
            close()
        except BaseException as error:
            from . import report

            errors.write(report.traceback_text(error))

    def _dumps(self, headers: list[Header], *body: bytes) -> bytes:
        """Encode the answer, or its head."""
        try:
            answer = dumps((self.status, headers, *body), 2)
        except ValueError:
            answer = self.dumps_exactly(*body)
        if len(answer) > ANSWER_LIMIT:
            raise too_long()
        return answer

    def dumps_exactly(self, *body: bytes) -> bytes:
        """Encode the answer once more, with everything of exactly the types marshal takes.

        A `SafeString` equals the `str` that was found right before, so it comes this far.
        """
        self.headers, _ = check_headers(self._checked_headers())
        return dumps((self.status, self.headers, *body), 2)

    def _open(self) -> Window:
        """Queue HEAD; it is sent together with the first octets."""
        head = self._dumps(self._checked_headers())
        self.window = self.link.windows[self.request] = window = Window()
        self.link.data.put(wire.frame(wire.HEAD, self.request, head))
        return window

    def _checked_headers(self) -> list[Header]:
        if self.headers is not None:
            return self.headers
        if self.status is None:
            raise RuntimeError("the application did not call start_response()")
        raise RuntimeError("the application's call of start_response() failed, yet it went on")

    def _leave_out_length(self) -> None:
        """Leave out what RFC 9110, section 8.6, forbids in a 204, and log it as PEP 3333 asks.

        Django gives each of its responses a length: for all those that are 0, one line is enough.
        """
        global _told_of_no_length
        self.headers = [
            header for header in self._checked_headers() if header[0].lower() != "content-length"
        ]
        if self.length or not _told_of_no_length:
            _told_of_no_length = _told_of_no_length or not self.length
            errors.write(
                f"scaffold: Content-Length {self.length} was left out of a response with status "
                "204, which cannot have one\n"
            )
        self.length = None

    def _has_no_body(self) -> bool:
        return self.is_head or self._is_bodiless_status()

    def _is_bodiless_status(self) -> bool:
        return self.status is not None and self.status[:3] in ("204", "304")

    def _too_short(self, sent: int) -> Exception:
        return ValueError(
            f"the application declared Content-Length {self.length}, but its body has {sent} bytes"
        )

    def _warn_of_excess(self) -> None:
        errors.write(
            f"scaffold: the body was cut to its Content-Length of {self.length} bytes; "
            "the application sent more\n"
        )


def join_blocks(blocks: list[bytes] | tuple[bytes, ...]) -> bytes:
    """Return the blocks as one, or raise what is wrong with one of them."""
    for block in blocks:
        if type(block) is not bytes:
            to_bytes(block)
    return b"".join(blocks)


def to_bytes(block: object) -> bytes:
    """Return a block as exactly `bytes`, or raise what is wrong with it."""
    if isinstance(block, bytes):
        return block if type(block) is bytes else bytes(block)
    raise TypeError(f"the body must be made of bytes, but a block is {_name(block)}: {block!r:.80}")


def too_long() -> Exception:
    """Return what is raised where a head would not fit into a frame."""
    return ValueError(f"status and headers are longer than {ANSWER_LIMIT - BLOCK_LIMIT} bytes")


def _name(value: object) -> str:
    return "None" if value is None else type(value).__name__
