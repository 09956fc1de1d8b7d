//! Tests of `answer`.

use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn parsed(octets: &str) -> Result<Answer, Invalid> {
    parse(&Bytes::from(octets.to_owned()), false)
}

/// An answer with these header lines.
fn with(headers: &str) -> Result<Answer, Invalid> {
    parsed(&format!("HTTP/1.1 200 OK\r\n{headers}\r\n"))
}

fn names(answer: &Answer) -> Vec<String> {
    let names = answer.head.headers.iter().map(|(name, _)| name.to_vec());
    names.map(|name| String::from_utf8(name).unwrap()).collect()
}

#[rstest]
#[case("HTTP/1.1 200 OK\r\n\r\n", 200, "200 OK")]
#[case("HTTP/1.1 404\r\n\r\n", 404, "404 ")]
#[case("HTTP/1.1 599 \r\n\r\n", 599, "599 ")]
#[case("HTTP/1.0 299 caf\u{e9} au lait\r\n\r\n", 299, "299 caf\u{e9} au lait")]
fn the_status_is_as_it_was_said(#[case] octets: &str, #[case] code: u16, #[case] status: &str) {
    let answer = parsed(octets).unwrap();
    assert_eq!(
        (answer.status, &*answer.head.status),
        (code, status.as_bytes())
    );
}

#[rstest]
#[case("")]
#[case("\r\nHTTP/1.1 200 OK\r\n\r\n")]
#[case("HTTP/2.0 200 OK\r\n\r\n")]
#[case("HTTP/1.1 20 OK\r\n\r\n")]
#[case("HTTP/1.1  200 OK\r\n\r\n")]
#[case("HTTP/1.1 200 OK\r\n\r\nx")]
#[case("HTTP/1.1 200 OK\nX: y\r\n\r\n")]
#[case("HTTP/1.1 200 OK\r\nX: y\n\r\n\r\n")]
#[case("HTTP/1.1 200 OK\r\nX: y\rZ: a\r\n\r\n")]
#[case("HTTP/1.1 200 OK\r\nX : y\r\n\r\n")]
#[case("HTTP/1.1 200 OK\r\n X: y\r\n\r\n")]
#[case("HTTP/1.1 200 OK\r\nX: y\r\n z\r\n\r\n")]
#[case("HTTP/1.1 200 OK\r\nX\r\n\r\n")]
#[case("HTTP/1.1 200 OK\r\n: y\r\n\r\n")]
#[case("HTTP/1.1 200 OK\r\nX: \x01\r\n\r\n")]
fn what_is_no_head_is_refused(#[case] octets: &str) {
    parsed(octets).unwrap_err();
}

#[rstest]
#[case("Content-Length: 12\r\n", Framing::Length(12))]
#[case("content-length: 0\r\n", Framing::Length(0))]
#[case("Transfer-Encoding: Chunked\r\n", Framing::Chunks)]
#[case(
    "Connection: content-length\r\nContent-Length: 3\r\n",
    Framing::Length(3)
)]
#[case("X: y\r\n", Framing::Close)]
fn a_body_ends_in_one_way(#[case] headers: &str, #[case] framing: Framing) {
    assert_eq!(with(headers).unwrap().framing, framing);
}

#[rstest]
#[case("Content-Length: 1\r\nContent-Length: 1\r\n")]
#[case("Content-Length: 1, 1\r\n")]
#[case("Content-Length: +1\r\n")]
#[case("Content-Length:\r\n")]
#[case("Content-Length: 18446744073709551616\r\n")]
#[case("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n")]
#[case("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")]
#[case("Transfer-Encoding: gzip, chunked\r\n")]
#[case("Transfer-Encoding: identity\r\n")]
fn a_body_that_could_end_in_two_ways_is_refused(#[case] headers: &str) {
    with(headers).unwrap_err();
}

#[test]
fn chunks_are_unknown_before_http11() {
    parsed("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").unwrap_err();
}

#[rstest]
#[case("HTTP/1.1 204 No Content\r\n\r\n", false)]
#[case("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", false)]
#[case("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true)]
#[case("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", true)]
#[case("HTTP/1.1 200 OK\r\n\r\n", true)]
fn some_responses_have_no_body(#[case] octets: &'static str, #[case] is_head: bool) {
    let answer = parse(&Bytes::from_static(octets.as_bytes()), is_head).unwrap();
    assert_eq!(
        (answer.framing, answer.keep_alive),
        (Framing::Length(0), true)
    );
}

#[rstest]
#[case("HTTP/1.1 204 A\r\n\r\n", true)]
#[case("HTTP/1.1 204 A\r\nConnection: keep-alive\r\n\r\n", true)]
#[case("HTTP/1.1 204 A\r\nConnection: x, Close\r\n\r\n", false)]
#[case("HTTP/1.0 204 A\r\nConnection: keep-alive\r\n\r\n", false)]
#[case("HTTP/1.1 200 A\r\n\r\n", false)]
fn what_may_be_used_again(#[case] octets: &str, #[case] keep_alive: bool) {
    assert_eq!(parsed(octets).unwrap().keep_alive, keep_alive);
}

#[test]
fn what_is_about_the_connection_is_left_out() {
    let answer = with(
        "Set-Cookie: a\r\nConnection: close, x-one\r\nX-One: 1\r\nKeep-Alive: 5\r\nTrailer: X\r\n\
         x_two: 2\r\nUpgrade: h2c\r\nset-cookie: b\r\nTransfer-Encoding: chunked\r\n",
    );
    assert_eq!(
        names(&answer.unwrap()),
        ["Set-Cookie", "x_two", "set-cookie"]
    );
}

#[rstest]
#[case("scaffold-failure: panic\r\n", Some(FailureKind::Panic))]
#[case("Scaffold-Failure: error\r\n", Some(FailureKind::Error))]
#[case("scaffold-failure: \r\n", Some(FailureKind::Error))]
#[case("x-scaffold-failure: panic\r\n", None)]
fn a_failure_is_told_apart(#[case] headers: &str, #[case] failure: Option<FailureKind>) {
    let answer = with(headers).unwrap();
    assert_eq!(answer.failure, failure);
    assert_eq!(names(&answer).is_empty(), failure.is_some());
}

#[rstest]
#[case("Connection: upgrade\r\nUpgrade: WebSocket\r\n", true)]
#[case("Connection: upgrade\r\nUpgrade: h2c\r\n", false)]
#[case("Upgrade: websocket\r\n", false)]
#[case("Connection: upgrade\r\n", false)]
fn a_switch_names_its_protocol(#[case] headers: &str, #[case] is_websocket: bool) {
    let octets = format!("HTTP/1.1 101 Switching Protocols\r\n{headers}\r\n");
    assert_eq!(parsed(&octets).unwrap().is_websocket, is_websocket);
}

#[test]
fn a_head_has_an_end_wherever_it_was_searched_before() {
    let octets = b"HTTP/1.1 200 OK\r\nX: y\r\n\r\nbody\r\n\r\n";
    for searched in 0..=24 {
        assert_eq!(length(octets, searched), Some(25));
        assert_eq!(length(&octets[..searched], searched), None);
    }
}

#[test]
fn a_head_has_so_many_headers_and_no_more() {
    let headers = "X: y\r\n".repeat(MAX_HEADERS);
    assert_eq!(names(&with(&headers).unwrap()).len(), MAX_HEADERS);
    with(&format!("{headers}X: y\r\n")).unwrap_err();
}

proptest! {
    /// Nothing panics, and what is passed on was there.
    #[test]
    fn any_octets_are_a_head_or_none(
        lines in prop::collection::vec(
            r"(HTTP/1\.1 [0-9]{3} ?[a-z]{0,3}|[A-Z]{1,2} ?: ?[a-z\r\n\t\x00\x7f-\xff]{0,4}|Connection: [a-z, ]{0,6}|\PC{0,6})",
            0..6,
        ),
        is_head: bool,
    ) {
        let octets = Bytes::from(format!("{}\r\n\r\n", lines.join("\r\n")));
        if let Ok(answer) = parse(&octets, is_head) {
            prop_assert_eq!(length(&octets, 0), Some(octets.len()));
            for (name, value) in answer.head.headers {
                let line = [&name[..], b":"].concat();
                prop_assert!(memchr::memmem::find(&octets, &line).is_some());
                prop_assert!(!value.contains(&b'\n') && !value.contains(&b'\r'));
            }
        }
    }
}
