"""Points 34 and 35: the errors stream, and the standard library's own opinion."""

from wsgiref.validate import validator

from . import TEXT, answer, case, get, post


@case(34, "must", "write() takes text", body=b"ok", log="a line for the log\n")
def errors_write(environ, start_response):
    environ["wsgi.errors"].write("a line for the log\n")
    environ["wsgi.errors"].flush()
    return answer(start_response)


@case(34, "must", "writelines() takes many", body=b"ok", log="first second\n")
def errors_writelines(environ, start_response):
    environ["wsgi.errors"].writelines(iter(["first ", "second", "\n"]))
    return answer(start_response)


@case(34, "must", "print() takes it as a file", body=b"ok", log="printed")
def errors_print(environ, start_response):
    print("printed", 1, file=environ["wsgi.errors"], flush=True)
    return answer(start_response)


@case(34, "should", "any text can be written", body=b"ok", log=" after anything\n")
def errors_any_text(environ, start_response):
    write = environ["wsgi.errors"].write
    write("".join(map(chr, range(0x250))) + "\n")
    write("\N{SNOWMAN} \U0001f600 \ud800 \udfff \udc80 \U0010ffff after anything\n")
    return answer(start_response)


@case(34, "should", "long texts arrive whole", body=b"ok", log="END\n", ticks=300_000)
def errors_long_text(environ, start_response):
    environ["wsgi.errors"].write("`" * 300_000 + "END\n")
    return answer(start_response)


@case(34, "should", "what is not text is refused where it is written", error="TypeError", here=True)
def errors_bytes(environ, start_response):
    environ["wsgi.errors"].write(b"octets")  # here
    return answer(start_response)


@case(34, "should", "closing it does not end it", body=b"ok", log="after close\n")
def errors_close(environ, start_response):
    environ["wsgi.errors"].close()
    environ["wsgi.errors"].write("after close\n")
    return answer(start_response)


def simple(environ, start_response):
    """Keep every rule that the validator knows."""
    size = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(size)
    environ["wsgi.errors"].write("")
    environ["wsgi.errors"].writelines([])
    environ["wsgi.errors"].flush()
    start_response("200 OK", list(TEXT))
    return [environ["REQUEST_METHOD"].encode(), b" ", body]


@case(35, "must", "the validator passes GET", body=b"GET ")
def valid_get(environ, start_response):
    return validator(simple)(environ, start_response)


@case(35, "must", "the validator passes POST", post("posted"), body=b"POST posted")
def valid_post(environ, start_response):
    return validator(simple)(environ, start_response)


@case(35, "must", "the validator passes HTTP/1.0", get(version="1.0", host=""), body=b"GET ")
def valid_10(environ, start_response):
    return validator(simple)(environ, start_response)


@case(
    35,
    "should",
    "the validator passes OPTIONS *",
    "OPTIONS * HTTP/1.1\r\nHost: localhost\r\nX-Case: valid_options\r\n\r\n",
    body=b"OPTIONS ",
)
def valid_options(environ, start_response):
    return validator(simple)(environ, start_response)
