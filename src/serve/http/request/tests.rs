//! Tests of `request`.

use std::fmt::Write as _;

use proptest::prelude::*;
use rstest::rstest;

use super::{super::super::head, *};

fn written(octets: &[u8]) -> String {
    let mut out = Vec::new();
    head::parse(octets, |head| write(&mut out, head))
        .expect("it keeps the rules")
        .expect("it is complete");
    String::from_utf8(out).unwrap()
}

/// What becomes of these headers, beside `Host`.
fn headers(line: &str, headers: &str) -> String {
    let octets = format!("{line} HTTP/1.1\r\nHost: a\r\n{headers}\r\n");
    let out = written(octets.as_bytes());
    let start = format!("{line} HTTP/1.1\r\nHost: a\r\n");
    let rest = out.strip_prefix(&start).expect("the line, then the host");
    rest.strip_suffix("\r\n").expect("an empty line").to_owned()
}

#[rstest]
#[case("GET", "/", "/")]
#[case("GET", "//a/../b%2f?c=d?e", "//a/../b%2f?c=d?e")]
#[case("GET", "/?", "/?")]
#[case("GET", "http://a/b?c", "/b?c")]
#[case("GET", "HTTP://a", "/")]
#[case("GET", "http://a?", "/?")]
#[case("GET", "http://a?b?c", "/?b?c")]
#[case("OPTIONS", "*", "*")]
#[case("OPTIONS", "http://a", "*")]
#[case("OPTIONS", "http://a/", "/")]
fn the_target_is_a_path(#[case] method: &str, #[case] target: &str, #[case] sent: &str) {
    let octets = format!("{method} {target} HTTP/1.1\r\nHost: a\r\n\r\n");
    let line = format!("{method} {sent} HTTP/1.1\r\n");
    assert!(written(octets.as_bytes()).starts_with(&line));
}

#[rstest]
#[case("GET / HTTP/1.1\r\nX: y\r\nhOST:  b:1 \r\n\r\n", "b:1")]
#[case("GET http://c/ HTTP/1.1\r\nHost: b\r\n\r\n", "c")]
#[case("GET http://c/ HTTP/1.0\r\n\r\n", "c")]
#[case("GET / HTTP/1.0\r\n\r\n", "")]
fn there_is_one_host(#[case] octets: &str, #[case] host: &str) {
    let out = written(octets.as_bytes()).to_ascii_lowercase();
    assert_eq!(out.matches("\r\nhost: ").count(), 1);
    assert!(out.contains(&format!(" http/1.1\r\nhost: {host}\r\n")));
}

#[rstest]
#[case(
    "Cookie: a\r\nX: 1\r\ncookie: b\r\n",
    "Cookie: a\r\nX: 1\r\ncookie: b\r\n"
)]
#[case("X_Y: a\r\nX-Y: b\r\n", "X_Y: a\r\nX-Y: b\r\n")]
#[case(
    "X-Forwarded-For: a\r\nForwarded: b\r\n",
    "X-Forwarded-For: a\r\nForwarded: b\r\n"
)]
#[case("X: é\r\nY:\r\n", "X: é\r\nY: \r\n")]
#[case(
    "Connection: close\r\nKeep-Alive: 5\r\nTE: trailers\r\nX: y\r\n",
    "X: y\r\n"
)]
#[case("Proxy-Connection: a\r\nTrailer: b\r\nUpgrade: h2c\r\n", "")]
#[case("Connection: a , close\r\nA: 1\r\nB: 2\r\nconnection: b\r\n", "")]
#[case("Connection: host\r\n", "")]
#[case("Connection: expect, X\r\nX: 1\r\nExpect: 200-ok\r\n", "")]
#[case("Content-Length: 0\r\nX: y\r\n", "X: y\r\nContent-Length: 0\r\n")]
fn what_is_not_about_the_connection_stays(#[case] sent: &str, #[case] got: &str) {
    assert_eq!(headers("GET /", sent), got);
}

#[rstest]
#[case("Content-Length: 5\r\nX: y\r\n", "X: y\r\nContent-Length: 5\r\n")]
#[case("Transfer-Encoding: CHUNKED\r\n", "Transfer-Encoding: chunked\r\n")]
#[case(
    "Connection: content-length\r\nContent-Length: 5\r\n",
    "Content-Length: 5\r\n"
)]
#[case(
    "Expect: 100-Continue\r\nContent-Length: 5\r\n",
    "Expect: 100-continue\r\nContent-Length: 5\r\n"
)]
fn the_framing_is_its_own(#[case] sent: &str, #[case] got: &str) {
    assert_eq!(headers("POST /", sent), got);
}

const ASKED: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\n";

#[rstest]
#[case("GET /", ASKED, ASKED)]
#[case(
    "GET /",
    "connection: keep-alive, upgrade\r\nupgrade: h2c, WebSocket\r\n",
    ASKED
)]
#[case("POST /", ASKED, "")]
#[case("GET /", "Upgrade: websocket\r\n", "")]
#[case("GET /", "Connection: upgrade\r\nUpgrade: h2c\r\n", "")]
#[case("GET /", "Connection: upgrade\r\n", "")]
fn only_a_websocket_may_be_asked_for(#[case] line: &str, #[case] sent: &str, #[case] got: &str) {
    assert_eq!(headers(line, sent), got);
}

#[test]
fn a_websocket_is_asked_for_without_a_body_and_in_http11() {
    let body = format!("{ASKED}Content-Length: 1\r\n");
    assert_eq!(headers("GET /", &body), "Content-Length: 1\r\n");
    let old = format!("GET / HTTP/1.0\r\n{ASKED}\r\n");
    assert!(!written(old.as_bytes()).contains("websocket"));
}

proptest! {
    /// Whatever was accepted is read by others as it was here, and there is nothing behind it.
    #[test]
    fn what_is_written_can_be_read_in_one_way(
        method in "(GET|POST|OPTIONS|X)",
        target in r"(/[!-~&&[^#]]{0,8}|http://[a-z]{1,3}(/[a-z?]{0,4})?|\*)",
        names in prop::collection::vec(
            "(X|x_y|Connection|TE|Expect|Content-Length|Transfer-Encoding|Upgrade|Keep-Alive)",
            0..6,
        ),
        values in prop::collection::vec(r"([ -~]{0,8}|chunked|X, close|7|\t\u{7f}?)", 6),
        is_http11: bool,
    ) {
        let version = u8::from(is_http11);
        let mut octets = format!("{method} {target} HTTP/1.{version}\r\nHost: a\r\n");
        for (name, value) in names.iter().zip(&values) {
            write!(octets, "{name}: {value}\r\n").unwrap();
        }
        octets.push_str("\r\n");
        let mut out = Vec::new();
        let parsed = head::parse(octets.as_bytes(), |head| {
            write(&mut out, head);
            (head.framing, head.path.to_owned(), head.query.to_owned(), head.host.map(<[u8]>::to_vec))
        });
        if let Ok(Some(before)) = parsed {
            let after = head::parse(&out, |head| {
                prop_assert_eq!(head.length, out.len());
                prop_assert!(head.is_http11 && head.keep_alive);
                prop_assert!(head.target.starts_with('/') || head.target == "*");
                Ok((head.framing, head.path.to_owned(), head.query.to_owned(), head.host.map(<[u8]>::to_vec)))
            });
            prop_assert_eq!(after.unwrap().unwrap()?, before);
        }
    }
}
