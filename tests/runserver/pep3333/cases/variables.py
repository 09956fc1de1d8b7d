"""Points 1 to 8: the environ."""

import io

from . import answer, case, get, post

REQUIRED = ("REQUEST_METHOD", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "wsgi.url_scheme")
SEEN = []


@case(1, "must", "environ is a builtin dict", body=b"ok")
def environ_is_a_dict(environ, start_response):
    assert type(environ) is dict
    return answer(start_response)


@case(1, "must", "environ may be modified in any way", body=b"ok")
def environ_can_be_modified(environ, start_response):
    environ["x.y"] = object()
    environ.pop("HTTP_HOST")
    environ.clear()
    return answer(start_response)


@case(2, "must", "what must not be empty is not empty", body=b"ok")
def environ_has_what_is_required(environ, start_response):
    for name in REQUIRED:
        assert environ[name], name
    assert environ["SERVER_PORT"].isdigit()
    assert environ["SCRIPT_NAME"] == ""
    assert environ["PATH_INFO"] == "/environ_has_what_is_required"
    return answer(start_response)


@case(
    2,
    "must",
    "CGI variables are exactly str, with names that are exactly str",
    post("x", "Content-Type: a/b\r\nCookie: a\r\nX-Y: z\r\n"),
    get(version="1.0", host=""),
    body=b"ok",
)
def environ_is_of_str(environ, start_response):
    for name, value in environ.items():
        assert type(name) is str, name
        assert "wsgi." in name or type(value) is str, name
    return answer(start_response)


@case(
    2,
    "must",
    "the method is what the client sent, also an unknown one",
    get(method="BREW"),
    body=b"BREW",
)
def method_is_kept(environ, start_response):
    return answer(start_response, environ["REQUEST_METHOD"].encode())


@case(
    3,
    "must",
    "PATH_INFO has the decoded octets as characters up to U+00FF",
    get(suffix="/%2F%FF%c3%A9%25+%7e"),
    body="//\xff\xc3\xa9%+~",
)
def path_is_decoded(environ, start_response):
    return answer(start_response, environ["PATH_INFO"][len("/path_is_decoded") :].encode("latin-1"))


@case(
    3,
    "must",
    "QUERY_STRING is what the client sent",
    get(suffix="?a=%2F&b=+?%FF"),
    body=b"a=%2F&b=+?%FF",
)
def query_is_raw(environ, start_response):
    return answer(start_response, environ["QUERY_STRING"].encode("ascii"))


@case(3, "must", "QUERY_STRING is empty where there is none", get(suffix="?"), get(), body=b"ok")
def query_may_be_empty(environ, start_response):
    assert environ.get("QUERY_STRING", "") == ""
    return answer(start_response)


@case(
    3,
    "must",
    "octets of a header are characters up to U+00FF",
    get("X-Name: caf\xe9 \xff\r\n"),
    body=b"caf\xe9 \xff",
)
def headers_are_latin1(environ, start_response):
    return answer(start_response, environ["HTTP_X_NAME"].encode("latin-1"))


@case(4, "must", "SERVER_PROTOCOL is the request's: 1.1", body=b"ok")
def protocol_11(environ, start_response):
    assert environ["SERVER_PROTOCOL"] == "HTTP/1.1"
    return answer(start_response)


@case(4, "must", "SERVER_PROTOCOL is the request's: 1.0", get(version="1.0"), body=b"ok")
def protocol_10(environ, start_response):
    assert environ["SERVER_PROTOCOL"] == "HTTP/1.0"
    return answer(start_response)


@case(
    5,
    "must",
    "a header without a value has an empty one",
    get("X-Empty:\r\n"),
    body=b"ok",
)
def empty_is_empty(environ, start_response):
    assert environ["HTTP_X_EMPTY"] == ""
    return answer(start_response)


@case(
    5,
    "must",
    "a header that was not sent has no variable",
    get(version="1.0", host=""),
    body=b"ok",
)
def absent_is_absent(environ, start_response):
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH", "HTTP_HOST", "HTTP_COOKIE"):
        assert not environ.get(name), name
    return answer(start_response)


@case(
    5,
    "must",
    "CONTENT_TYPE and CONTENT_LENGTH have no HTTP_ before them",
    post("abc", "CONTENT-type: text/x; a=b\r\n"),
    body=b"ok",
)
def content_headers_have_no_prefix(environ, start_response):
    assert environ["CONTENT_TYPE"] == "text/x; a=b"
    assert environ["CONTENT_LENGTH"] == "3"
    assert not {"HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"}.intersection(environ)
    return answer(start_response)


@case(
    5,
    "should",
    "headers that come more than once are joined with commas, in order",
    get("X-One: a\r\nX-Two: 1\r\nx-one: b,c\r\nX-ONE:   d  \r\n"),
    body=b"a,b,c,d",
)
def repeats_are_joined(environ, start_response):
    return answer(start_response, environ["HTTP_X_ONE"].encode())


@case(
    5,
    "should",
    "Cookie headers are joined with semicolons",
    get("Cookie: a=1; b=2\r\nX: y\r\nCookie: c=3\r\n"),
    body=b"a=1; b=2; c=3",
)
def cookies_are_joined(environ, start_response):
    return answer(start_response, environ["HTTP_COOKIE"].encode())


@case(
    5,
    "security",
    "a header with an underscore is never taken for the one with a hyphen",
    get("X_User: evil\r\nX-User: good\r\nX_USER: evil\r\nContent_Length: 5\r\nRemote_User: e\r\n"),
    body=b"good",
)
def underscores_are_dropped(environ, start_response):
    assert not environ.get("CONTENT_LENGTH")
    assert not {"HTTP_CONTENT_LENGTH", "HTTP_REMOTE_USER", "REMOTE_USER"}.intersection(environ)
    return answer(start_response, environ["HTTP_X_USER"].encode())


@case(5, "security", "Proxy does not become HTTP_PROXY", get("Proxy: evil\r\n"), body=b"ok")
def proxy_is_dropped(environ, start_response):
    assert "HTTP_PROXY" not in environ
    return answer(start_response)


@case(6, "must", "the variables of WSGI are all there, and true", body=b"ok")
def wsgi_variables(environ, start_response):
    assert environ["wsgi.version"] == (1, 0)
    assert type(environ["wsgi.version"]) is tuple
    assert environ["wsgi.url_scheme"] == "http"
    assert environ["wsgi.multithread"] is True
    assert environ["wsgi.multiprocess"] is False
    assert environ["wsgi.run_once"] is False
    assert environ["wsgi.input"].read() == b""
    environ["wsgi.errors"].flush()
    assert callable(environ.get("wsgi.file_wrapper", io.BytesIO))
    return answer(start_response)


@case(7, "must", "each request has an environ of its own", get("X: 1\r\n"), get(), body=b"ok")
def environ_is_fresh(environ, start_response):
    assert "x.kept" not in environ
    assert ("HTTP_X" in environ) == (not SEEN)
    assert all(environ is not other for other in SEEN)
    assert all(environ["wsgi.input"] is not other["x.kept"] for other in SEEN)
    environ["x.kept"] = environ["wsgi.input"]
    environ["SERVER_NAME"] = environ["wsgi.version"] = "spoiled"
    SEEN.append(environ)
    return answer(start_response)


@case(7, "must", "what one application spoiled is whole again", body=b"ok")
def environ_is_not_spoiled(environ, start_response):
    assert "x.kept" not in environ
    assert environ["SERVER_NAME"] != "spoiled"
    assert environ["wsgi.version"] == (1, 0)
    return answer(start_response)


@case(
    8,
    "must",
    "what the server does not know is left out",
    get("Remote-User: evil\r\nAuthorization: Basic YTpi\r\n"),
    body=b"ok",
)
def no_remote_user(environ, start_response):
    assert not {"REMOTE_USER", "AUTH_TYPE", "REMOTE_IDENT"}.intersection(environ)
    assert environ["HTTP_REMOTE_USER"] == "evil"
    return answer(start_response)


@case(8, "should", "the server's own environment is not the client's", body=b"ok")
def process_environment_is_left_out(environ, start_response):
    assert not {"PATH", "HOME", "LANG"}.intersection(environ)
    return answer(start_response)


@case(8, "must", "REMOTE_ADDR is the client's address", body=b"127.0.0.1")
def remote_address(environ, start_response):
    return answer(start_response, environ["REMOTE_ADDR"].encode())


@case(
    3,
    "must",
    "a target of absolute form has its path, and its host before that of Host",
    "GET http://localhost:81{path}?q HTTP/1.1\r\nHost: other\r\n\r\n",
    body=b"/absolute_form q localhost:81",
)
def absolute_form(environ, start_response):
    names = ("PATH_INFO", "QUERY_STRING", "HTTP_HOST")
    return answer(start_response, " ".join(environ[name] for name in names).encode())


@case(
    3,
    "must",
    "several slashes are part of the path",
    get(suffix="//a//"),
    body=b"/slashes_are_kept//a//",
)
def slashes_are_kept(environ, start_response):
    return answer(start_response, environ["PATH_INFO"].encode())
