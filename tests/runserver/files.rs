//! `wsgi.file_wrapper` over files that the front sends by itself.

use scaffold::wire::frame::Kind;

use super::front::{ENDLESS, Front};
use crate::support::{Response, Serve, Server, client::exchange};

/// Serves parts of a large file: `/OFFSET`, with `?length=N` for a Content-Length of its own.
const APP: &str = r#"
import os

CLOSED = []

class File:
    """What a framework hands on in place of the file itself."""
    def __init__(self, file):
        self.file = file
        self.read = file.read
    def close(self):
        CLOSED.append(self.file.name)
        self.file.close()

def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/closed":
        start_response("200 OK", [])
        return [b"%d" % len(CLOSED)]
    if path == "/shrink":
        file = open("large", "rb")
        start_response("200 OK", [])
        wrapper = environ["wsgi.file_wrapper"](file)
        wrapper.close = lambda: os.truncate("large", 100000)
        return wrapper
    file = open("large", "rb")
    file.seek(int(path[1:]))
    headers = []
    if environ["QUERY_STRING"]:
        headers = [("Content-Length", environ["QUERY_STRING"])]
    write = start_response("200 OK", headers)
    if environ.get("HTTP_X_WRITE"):
        write(b"first")
    return environ["wsgi.file_wrapper"](File(file))
"#;

/// Not a multiple of anything, and each place in it is another.
fn contents() -> Vec<u8> {
    (0..300_000_u32)
        .flat_map(u32::to_be_bytes)
        .chain(*b"end")
        .collect()
}

fn server() -> Server {
    Serve::new()
        .file("app.py", APP)
        .file("large", contents())
        .args(["--app", "app:application"])
        .start()
}

fn get(server: &Server, path: &str, fields: &str) -> Response {
    exchange("GET", &server.url(path), fields, b"")
}

#[test]
fn a_file_comes_whole_or_from_where_it_stands() {
    let server = server();
    let contents = contents();
    for offset in [0, 1, 4096, 999_999] {
        let response = get(&server, &format!("/{offset}"), "");
        assert_eq!(response.status, 200);
        let length = (contents.len() - offset).to_string();
        assert_eq!(response.header("content-length"), Some(length.as_str()));
        assert!(response.body == contents[offset..], "from {offset}");
    }
    let response = get(&server, &format!("/{}", contents.len()), "");
    assert_eq!(response.body, b"");
    assert_eq!(server.get("/closed").text(), "5");
}

#[test]
fn no_more_than_the_content_length_is_sent() {
    let server = server();
    let mut client = server.connect();
    for length in [70_000, 200_000] {
        client.send(format!(
            "GET /10?{length} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        ));
        let response = client.response();
        assert!(response.body == contents()[10..10 + length]);
    }
    // The connection is in order still.
    assert_eq!(client.get("/closed").text(), "2");
}

#[test]
fn what_was_written_before_comes_before() {
    let server = server();
    let fields = "X-Write: yes\r\n";
    let response = get(&server, "/7", fields);
    assert_eq!(response.header("transfer-encoding"), Some("chunked"));
    assert!(response.body == [b"first", &contents()[7..]].concat());
    let response = get(&server, "/7?100005", fields);
    assert_eq!(response.header("transfer-encoding"), None);
    assert!(response.body == [b"first", &contents()[7..100_007]].concat());
}

#[test]
fn head_and_old_clients_get_what_is_theirs() {
    let server = server();
    let length = contents().len().to_string();
    let mut client = server.connect();
    client.send("HEAD /0 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let response = client.response_to_head();
    assert_eq!(response.header("content-length"), Some(length.as_str()));
    assert_eq!(client.get("/closed").text(), "1");

    let mut old = server.connect();
    old.send("GET /0 HTTP/1.0\r\n\r\n");
    let response = old.response();
    assert!(response.body == contents());
    assert_eq!(server.get("/closed").text(), "2");
}

#[test]
fn a_file_that_becomes_shorter_never_looks_complete() {
    let server = server();
    let mut client = server.connect();
    // More than fits into the system's buffers, so that the file is cut while it is being sent.
    let large = vec![b'x'; 64 << 20];
    server.sandbox().write("large", large);
    client.send("GET /shrink HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let head = client.head();
    assert_eq!(head.header("content-length"), Some("67108864"));
    assert!(
        client
            .rest()
            .is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset)
    );
    assert_eq!(server.get("/closed").status, 200);
}

#[test]
fn a_client_that_goes_away_costs_nobody_else_anything() {
    let server = server();
    server.sandbox().write("large", vec![b'x'; 64 << 20]);
    for _ in 0..5 {
        let mut client = server.connect();
        client.send("GET /0 HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert_eq!(client.head().status, 200);
        client.abort();
    }
    assert_eq!(server.get("/closed").text(), "5");
}

/// Our own worker never does that.
#[test]
fn a_file_of_no_octets_ends_the_body_once() {
    let front = Front::start(ENDLESS);
    let mut client = front.connect();
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let id = front.wait_for(Kind::Request).id;
    front.worker().begin(id, "200 OK", &[]);
    let file = tempfile::tempfile().unwrap();
    front.worker().send_file(id, &file, 0, 0);
    assert_eq!(client.response().text(), "");
    // What comes next is the answer to the next request.
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let id = front.wait_for(Kind::Request).id;
    front.worker().respond(id, b"next");
    assert_eq!(client.response().text(), "next");
}
