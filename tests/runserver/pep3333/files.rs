//! Point 32: `wsgi.file_wrapper` sends what reading the file from where it stands would give,
//! whatever the file is, and closes it once.

use rstest::rstest;

use super::{oldest_and_newest, serving};
use crate::support::Server;

fn start() -> Server {
    serving(include_str!("files.py"))
        .file("letters", "abcabc\n")
        .start()
}

/// What the file `data` holds.
fn data() -> Vec<u8> {
    (0..250).collect::<Vec<u8>>().repeat(1200)
}

/// Each kind of file, from its current offset on, with every form of delimiting the body.
#[test]
fn a_file_is_sent_from_where_it_stands() {
    let data = data();
    let cases: [(&str, &[u8]); 17] = [
        ("whole", &data),
        ("unbuffered", &data[10..]),
        ("seeked", &data[299_990..]),
        ("read", &data[5..]),
        ("line", &data[20_000..]),
        ("end", b""),
        ("beyond", b""),
        ("writable", &data[299_000..]),
        ("temporary", &data[250..]),
        ("spooled", &data[250..]),
        ("bytesio", &data[250..]),
        ("only_read", &data),
        ("dripping", &data[..1000]),
        ("pipe", &data),
        // Its descriptor is that of the packed file.
        ("gzip", &data),
        ("upper", b"AbcAbc\n"),
        ("empty", b""),
    ];
    for python in oldest_and_newest() {
        let server = serving(include_str!("files.py"))
            .file("letters", "abcabc\n")
            .python(python)
            .start();
        let mut client = server.connect();
        for (name, expected) in cases {
            let response = client.get(&format!("/{name}"));
            assert_eq!(response.status, 200, "{name}");
            assert!(response.body == expected, "{name} with {python}");
            let length = expected.len();
            let response = client.get(&format!("/{name}?{length}"));
            assert!(response.body == expected, "{name} with its length");
            assert_eq!(response.header("Transfer-Encoding"), None, "{name}");
            client.send(format!(
                "HEAD /{name}?{length} HTTP/1.1\r\nHost: localhost\r\n\r\n"
            ));
            let head = client.response_to_head();
            assert_eq!(
                head.header("Content-Length"),
                Some(length.to_string().as_str())
            );
            let mut old = server.connect();
            old.send(format!("GET /{name} HTTP/1.0\r\n\r\n"));
            assert!(old.response().body == expected, "{name} in HTTP/1.0");
        }
    }
}

/// The block size is for objects of which nothing else is known.
#[test]
fn an_object_that_can_only_read_is_read_in_the_given_blocks() {
    let server = start();
    assert!(server.get("/only_read").body == data());
    assert_eq!(server.get("/reads").text(), "100");
}

#[rstest]
#[case("whole")]
#[case("bytesio")]
#[case("pipe")]
#[case("only_read")]
fn no_more_is_sent_than_was_announced(#[case] name: &str) {
    let server = start();
    let mut client = server.connect();
    assert!(client.get(&format!("/{name}?1000")).body == data()[..1000]);
    assert_eq!(
        client.get("/reads").status,
        200,
        "the connection is as it was"
    );
}

#[rstest]
#[case("whole")]
#[case("seeked")]
#[case("bytesio")]
#[case("pipe")]
fn a_file_shorter_than_announced_never_looks_complete(#[case] name: &str) {
    let server = start();
    let mut client = server.connect();
    client.send(format!(
        "GET /{name}?300001 HTTP/1.1\r\nHost: localhost\r\n\r\n"
    ));
    assert!(client.try_response().is_err());
    server.wait_for_output("Content-Length");
    assert_eq!(server.get("/empty").status, 200);
}

/// What is done to a wrapped file before the server has it is not undone.
#[rstest]
#[case("upper?middleware", b"aBCaBC\n")]
#[case("upper?iterator", b"AbcAbc\n")]
#[case("upper?write", b"written AbcAbc\n")]
#[case("end?write", b"written ")]
#[case("end?middleware", b"")]
fn what_wraps_the_wrapper_is_heard(#[case] target: &str, #[case] expected: &[u8]) {
    let response = start().get(&format!("/{target}"));
    assert_eq!((response.status, response.body.as_slice()), (200, expected));
}

#[test]
fn a_real_file_after_write_or_in_middleware() {
    let server = start();
    let response = server.get("/whole?write");
    assert!(response.body == [b"written ", &data()[..]].concat());
    let swapped: Vec<u8> = data()
        .iter()
        .map(|octet| match octet {
            b'a'..=b'z' => octet.to_ascii_uppercase(),
            octet => octet.to_ascii_lowercase(),
        })
        .collect();
    assert!(server.get("/whole?middleware").body == swapped);
    assert!(server.get("/whole?iterator").body == data());
}

#[rstest]
#[case("text", "TypeError")]
#[case("closed_file", "ValueError")]
#[case("directory", "IsADirectoryError")]
fn what_cannot_be_read_is_an_error(#[case] name: &str, #[case] error: &str) {
    let server = start();
    let response = server.get(&format!("/{name}"));
    assert_eq!(response.status, 500);
    assert!(response.text().contains(error), "{}", response.text());
}

/// Whichever way the response ends; `real` is a file of the system, `proxy` only forwards to one.
/// What the end of the object would do is not counted.
#[rstest]
fn the_file_is_closed_once(
    #[values("real", "proxy")] name: &str,
    #[values(
        "GET /{} HTTP/1.1",
        "GET /{}?300000 HTTP/1.1",
        "GET /{}?10 HTTP/1.1",
        "GET /{}?300001 HTTP/1.1",
        "GET /{}?304 HTTP/1.1",
        "HEAD /{} HTTP/1.1",
        "GET /{} HTTP/1.0"
    )]
    request: &str,
) {
    let server = start();
    let mut client = server.connect();
    let request = request.replace("{}", name);
    client.send(format!("{request}\r\nHost: localhost\r\n\r\n"));
    if request.starts_with("HEAD") {
        client.response_to_head();
    } else {
        let is_short = request.contains("300001");
        assert_eq!(client.try_response().is_err(), is_short);
    }
    server.wait_for_output(&format!("\"{request}\" "));
    assert_eq!(server.get(&format!("/closed/{name}")).text(), "1");
    // Nothing closes it later: this is another request, after the first is over.
    assert_eq!(server.get(&format!("/closed/{name}")).text(), "1");
}

#[rstest]
fn the_file_is_closed_once_when_the_client_goes_away(#[values("real", "proxy")] name: &str) {
    let server = start();
    let mut client = server.connect();
    client.send(format!("GET /{name} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    assert_eq!(client.head().status, 200);
    client.abort();
    server.wait_for_output(&format!("\"GET /{name} HTTP/1.1\" 200 "));
    for _ in 0..2 {
        assert_eq!(server.get(&format!("/closed/{name}")).text(), "1");
    }
}
