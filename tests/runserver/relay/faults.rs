//! Applications that break off, or break the rules.

use rstest::rstest;
use scaffold::wire::Cause;

use super::{
    super::front::{Application, ENDLESS},
    GET, asked,
};

#[rstest]
#[case("")]
#[case("HTTP/1.1 200 OK\r\nConte")]
#[case("HTTP/1.1 100 Continue\r\n\r\n")]
fn a_connection_that_ends_before_the_response_is_a_page(#[case] response: &str) {
    let (front, mut client, mut peer) = asked();
    peer.send(response);
    drop(peer);
    let response = client.response();
    assert_eq!(response.status, 502);
    assert!(
        response.text().contains("The application gave no response"),
        "{}",
        response.text()
    );
    // It is not sent again.
    client.send("GET /next HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert!(front.accept().head().starts_with("GET /next "));
}

#[test]
fn the_page_says_why_the_application_was_ended() {
    let (front, mut client, peer) = asked();
    front.close(Cause::Outdated);
    drop(peer);
    let response = client.response();
    assert_eq!(response.status, 502);
    assert!(
        response.text().contains("was changed during this request"),
        "{}",
        response.text()
    );
}

#[rstest]
#[case("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")]
#[case("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")]
#[case("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n")]
#[case("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n")]
fn a_response_that_does_not_end_is_broken_off(#[case] response: &str) {
    let (front, mut client, mut peer) = asked();
    peer.send(response);
    peer.finish_sending();
    client.head();
    while let Ok(block) = client.try_block() {
        assert_eq!(block.as_deref(), Some(&b"abc"[..]));
    }
    assert!(front.log().contains(" 200 3"));
    peer.until_closed();
}

#[rstest]
#[case("nonsense\r\n\r\n", "a malformed head")]
#[case(
    "HTTP/1.1 200 OK\r\nX: y\nSet-Cookie: evil\r\n\r\n",
    "does not end with CR LF"
)]
#[case(
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    "both a"
)]
#[case(
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
    "more than one"
)]
#[case(
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
    "other than one `chunked`"
)]
#[case("HTTP/1.1 101 Switching Protocols\r\n\r\n", "not asked for")]
#[case("HTTP/1.1 099 A\r\n\r\n", "a malformed")]
fn a_malformed_response_is_a_page(#[case] response: &str, #[case] reason: &str) {
    let (front, mut client, mut peer) = asked();
    peer.send(response);
    let response = client.response();
    assert_eq!(response.status, 500);
    assert!(response.text().contains(reason), "{}", response.text());
    assert_eq!(response.header("set-cookie"), None);
    // Nothing more is read from that connection.
    assert_eq!(peer.until_closed(), b"");
    client.send(GET);
    let mut peer = front.accept();
    peer.head();
    peer.respond("good");
    assert_eq!(client.response().text(), "good");
}

#[rstest]
#[case("HTTP/1.1 103 Early Hints\r\n\r\n", 17, "too many interim heads")]
#[case(
    "X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n",
    1100,
    "64 KiB"
)]
fn a_head_that_does_not_end_is_a_page(
    #[case] line: &str,
    #[case] times: usize,
    #[case] reason: &str,
) {
    let (_front, mut client, mut peer) = asked();
    peer.send(line.repeat(times));
    let response = client.response();
    assert_eq!(response.status, 500);
    assert!(response.text().contains(reason), "{}", response.text());
    peer.until_closed();
}

#[test]
fn a_request_waits_where_nobody_listens() {
    let front = Application::start(ENDLESS);
    let serving = front.stop_listening();
    let mut client = serving.connect();
    client.send(GET);
    assert!(!client.has_answer());
    // Dropping the front drops it.
    drop(serving);
    assert!(client.try_response().is_err());
}

/// More requests than the system lets wait for a listener of the standard library.
const MANY: usize = 200;

#[test]
fn requests_wait_where_too_many_connections_do() {
    let front = Application::start(ENDLESS);
    let mut clients: Vec<_> = (0..MANY).map(|_| front.connect()).collect();
    for client in &mut clients {
        client.send(GET);
    }
    for _ in 0..MANY {
        let mut peer = front.accept();
        peer.head();
        peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
    }
    for client in &mut clients {
        assert_eq!(client.response().text(), "ok");
    }
}
