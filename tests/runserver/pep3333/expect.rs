//! Point 12: `Expect: 100-continue` gets 100 at the first read, or a final status, never silence.

use rstest::rstest;

use super::serving;

fn request(path: &str, length: usize, version: &str) -> String {
    format!(
        "POST /{path} HTTP/{version}\r\nHost: localhost\r\nContent-Length: {length}\r\n\
         Expect: 100-Continue\r\n\r\n"
    )
}

#[rstest]
#[case(5)]
#[case(300_000)]
fn a_body_that_is_read_is_asked_for_once(#[case] length: usize) {
    let server = serving(include_str!("expect.py")).start();
    let mut client = server.connect();
    for _ in 0..2 {
        client.send(request("read", length, "1.1"));
        assert_eq!(client.head().status, 100);
        client.send("x".repeat(length));
        // Not `response`, which would skip another 100.
        assert_eq!(client.head().status, 200);
        let mut body = Vec::new();
        while let Some(block) = client.block() {
            body.extend(block);
        }
        assert_eq!(body, "x".repeat(length).as_bytes());
    }
}

/// The client may send its body after it got the answer, or not: so the connection ends.
#[rstest]
#[case("refuse", 401)]
#[case("fail", 500)]
fn a_body_that_is_not_read_is_not_asked_for(#[case] path: &str, #[case] status: u16) {
    let server = serving(include_str!("expect.py")).start();
    let mut client = server.connect();
    client.send(request(path, 5, "1.1"));
    let head = client.head();
    assert_eq!(
        (head.status, head.header("Connection")),
        (status, Some("close"))
    );
    while client.block().is_some() {}
    client.expect_close();
}

/// A client that does not wait gets no 100 that it would have to skip.
#[test]
fn a_body_that_is_there_already_is_not_asked_for() {
    let server = serving(include_str!("expect.py")).start();
    let mut client = server.connect();
    client.send(request("read", 5, "1.1") + "hello");
    let head = client.head();
    assert_eq!(
        (head.status, head.header("Content-Length")),
        (200, Some("5"))
    );
    assert_eq!(client.block().as_deref(), Some(&b"hello"[..]));
}

/// RFC 9110, section 10.1.1: HTTP/1.0 has no interim answers.
#[test]
fn http10_is_not_asked() {
    let server = serving(include_str!("expect.py")).start();
    let mut client = server.connect();
    client.send(request("read", 5, "1.0"));
    client.send("hello");
    let head = client.head();
    assert_eq!(head.status, 200);
    assert_eq!(client.block().as_deref(), Some(&b"hello"[..]));
}

/// 100 would be too late once the answer has begun; a body that is sent nonetheless is read.
#[test]
fn a_body_that_is_read_after_the_answer_began() {
    let server = serving(include_str!("expect.py")).start();
    let mut client = server.connect();
    client.send(request("late", 5, "1.1"));
    assert_eq!(client.head().status, 200);
    assert_eq!(client.block().as_deref(), Some(&b"before "[..]));
    assert_eq!(server.get("/go").status, 200);
    client.send("hello");
    assert_eq!(client.block().as_deref(), Some(&b"hello"[..]));
    assert_eq!(client.block(), None);
}
