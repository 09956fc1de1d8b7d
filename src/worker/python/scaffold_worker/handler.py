"""One request: from the frame that brought it to the frames that answer it.

`handler` is the hot path, one call per request. What a request does not need each time is in
`exchange`.
"""

from __future__ import annotations

from io import BytesIO
from marshal import dumps, loads

from . import wire
from .errors import stream as errors
from .exchange import Exchange, join_blocks, to_bytes, too_long
from .files import FileWrapper
from .input import StreamedInput

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from .link import Link

    Application = Callable[..., Any]
    Handle = Callable[[int, bytes], int]

BLOCK_LIMIT = wire.BLOCK_LIMIT
ANSWER_LIMIT = wire.ANSWER_LIMIT


def handler(link: Link, application: Application, threads: bool, processes: bool) -> Handle:
    """Return the function that answers one REQUEST and says how many octets that took.

    The function never raises what the application raises, not even `SystemExit`.
    """
    constants = {
        "wsgi.version": (1, 0),
        "wsgi.errors": errors,
        "wsgi.multithread": threads,
        "wsgi.multiprocess": processes,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileWrapper,
    }
    put = link.data.put
    pack = wire.pack_header
    response = wire.RESPONSE

    def handle(request: int, payload: bytes) -> int:
        environ, body = loads(payload)
        environ.update(constants)
        if "wsgi.input_terminated" in environ:
            environ["wsgi.input_terminated"] = True
        exchange = Exchange(link, request)
        streamed = None
        if body is None:
            environ["wsgi.input"] = streamed = StreamedInput(
                link, request, int(environ["CONTENT_LENGTH"])
            )
        else:
            environ["wsgi.input"] = BytesIO(body)
        if environ["REQUEST_METHOD"] == "HEAD":
            exchange.is_head = True
        size = 0
        gone = False
        close = None
        try:
            result = application(environ, exchange.start_response)
            kind = type(result)
            if kind is list or kind is tuple:
                whole = result[0] if len(result) == 1 else join_blocks(result)
                if type(whole) is not bytes:
                    whole = to_bytes(whole)
            else:
                close = getattr(result, "close", None)
                # Django's HttpResponse: everything is in memory, so it need not be iterated.
                whole = None
                if getattr(result, "streaming", None) is False:
                    whole = getattr(result, "content", None)
            if type(whole) is not bytes:
                exchange.stream(result)
            elif (
                exchange.headers is not None
                and exchange.window is None
                and (exchange.length is None or exchange.length == len(whole))
                and len(whole) <= BLOCK_LIMIT
            ):
                try:
                    answer = dumps((exchange.status, exchange.headers, whole), 2)
                except ValueError:
                    answer = exchange.dumps_exactly(whole)
                size = len(answer)
                if size > ANSWER_LIMIT:
                    raise too_long()
                exchange.over = True
                put(pack(size, response, request) + answer)
            else:
                exchange.respond(whole)
        except BaseException as error:
            gone = exchange.fail(error)
        if close is not None:
            exchange.close(close, gone)
        if gone:
            exchange.end()
        if streamed is not None:
            link.inputs.pop(request, None)
            streamed.source.release()
        return size

    return handle
