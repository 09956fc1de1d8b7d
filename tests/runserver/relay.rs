//! Requests at an application that speaks HTTP itself: what it gets, what becomes of what it
//! answers, and what happens where either side breaks off.

mod bodies;
mod faults;
mod upgrades;

use rstest::rstest;
use scaffold::{serve::Settings, wire::Cause};

use super::front::{Application, ENDLESS, Peer};
use crate::support::Client;

const GET: &str = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// A front, a client that has sent [`GET`], and the application's end of the connection, which has
/// read that.
#[track_caller]
fn asked() -> (Application, Client, Peer) {
    let front = Application::start(ENDLESS);
    let mut client = front.connect();
    client.send(GET);
    let mut peer = front.accept();
    peer.head();
    (front, client, peer)
}

#[test]
fn a_request_goes_up_and_its_response_comes_down() {
    let front = Application::start(ENDLESS);
    let mut client = front.connect();
    client.send(
        "GET http://localhost/a%20b?c HTTP/1.1\r\nhost: LOCALHOST\r\nX_Y: 1\r\ncookie: a\r\n\
         Connection: x-own\r\nX-Own: 2\r\nCookie: b\r\n\r\n",
    );
    let mut peer = front.accept();
    assert_eq!(
        peer.head(),
        "GET /a%20b?c HTTP/1.1\r\nHost: localhost\r\nX_Y: 1\r\ncookie: a\r\nCookie: b\r\n\r\n"
    );
    peer.send(
        "HTTP/1.1 201 Made Here\r\nSet-Cookie: a\r\nKeep-Alive: 5\r\nset-cookie: b\r\n\
         Content-Length: 5\r\nServer: mine\r\n\r\nhello",
    );
    let response = client.response();
    assert_eq!((response.status, &*response.reason), (201, "Made Here"));
    assert_eq!(response.header_all("set-cookie"), ["a", "b"]);
    assert_eq!(response.header("keep-alive"), None);
    assert_eq!(response.header("server"), Some("mine"));
    assert!(response.header("date").is_some());
    assert_eq!(response.text(), "hello");
    let line = front.log();
    let end = "\"GET http://localhost/a%20b?c HTTP/1.1\" 201 5\n";
    assert!(line.ends_with(end), "{line}");
    assert_eq!(front.pending(), Some(0));
}

#[test]
fn a_connection_carries_one_request_after_another() {
    let (front, mut client, mut peer) = asked();
    // In two parts, of which the first ends in the middle of a line.
    peer.send("HTTP/1.1 200 OK\r\nContent-Le");
    peer.send("ngth: 3\r\n\r\none");
    assert_eq!(client.response().text(), "one");
    front.log();
    // Of another client too, and with whatever framing.
    let mut other = front.connect();
    other.send(GET);
    peer.head();
    peer.send(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\ntwo\r\n0\r\nX: y\r\n\r\n",
    );
    assert_eq!(other.response().text(), "two");
    front.log();
    client.send("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert!(peer.head().starts_with("HEAD / "));
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n");
    assert_eq!(
        client.response_to_head().header("content-length"),
        Some("7")
    );
    front.log();
    client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi");
    peer.until("\r\n\r\nhi");
    peer.send("HTTP/1.1 204 No Content\r\n\r\n");
    assert_eq!(client.response().status, 204);
    front.log();
    client.send(GET);
    peer.head();
    peer.send("HTTP/1.1 304 Not Modified\r\nETag: a\r\nContent-Length: 7\r\n\r\n");
    assert_eq!(client.response().status, 304);
}

#[rstest]
#[case("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\na")]
#[case("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na")]
#[case("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na\r\n")]
#[case("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\nHTTP/1.1 200 OK")]
fn a_connection_is_not_used_again_where_something_is_left_or_it_says_so(#[case] response: &str) {
    let (front, mut client, mut peer) = asked();
    peer.send(response);
    assert_eq!(client.response().text(), "a");
    assert_eq!(peer.until_closed(), b"");
    client.send(GET);
    let mut peer = front.accept();
    peer.head();
    peer.respond("b");
    assert_eq!(client.response().text(), "b");
}

#[test]
fn a_connection_that_was_closed_meanwhile_is_not_used_again() {
    let front = Application::start(ENDLESS);
    let mut client = front.connect();
    for text in ["a", "b"] {
        client.send(GET);
        let mut peer = front.accept();
        peer.head();
        peer.respond(text);
        assert_eq!(client.response().text(), text);
        front.log();
    }
    // One that says something nobody asked for, neither.
    client.send(GET);
    let mut peer = front.accept();
    peer.head();
    peer.respond("c");
    assert_eq!(client.response().text(), "c");
    front.log();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
    client.send(GET);
    let mut next = front.accept();
    next.head();
    next.respond("d");
    assert_eq!(client.response().text(), "d");
}

#[test]
fn what_the_application_says_it_failed_by_is_explained() {
    let (front, mut client, mut peer) = asked();
    peer.send(
        "HTTP/1.1 500 Internal Server Error\r\nscaffold-failure: panic\r\n\
         content-length: 16\r\n\r\nat <here>, caf\u{e9}",
    );
    let response = client.response();
    assert_eq!(response.status, 500);
    assert_eq!(response.header("scaffold-failure"), None);
    assert!(
        response.text().contains("explained Panic"),
        "{}",
        response.text()
    );
    assert!(
        response.text().contains("at <here>, caf\u{e9}"),
        "{}",
        response.text()
    );
    front.log();
    // The same connection is used again, in chunks too.
    client.send(GET);
    peer.head();
    peer.send(
        "HTTP/1.1 500 Oh\r\nscaffold-failure: error\r\nTransfer-Encoding: chunked\r\n\r\n\
         3\r\none\r\n",
    );
    peer.send("5\r\n, two\r\n0\r\n\r\n");
    let response = client.response();
    assert!(
        response.text().contains("explained Error"),
        "{}",
        response.text()
    );
    assert!(response.text().contains("one, two"), "{}", response.text());
}

#[test]
fn no_more_of_a_failure_is_kept_than_has_a_use() {
    let (_front, mut client, mut peer) = asked();
    peer.send("HTTP/1.1 500 Oh\r\nscaffold-failure: panic\r\n\r\n");
    peer.send("~".repeat(64 * 1024));
    let response = client.response();
    assert_eq!(response.text().matches('~').count(), 64 * 1024);
}

#[test]
fn an_application_that_is_gone_gets_no_request() {
    let front = Application::start(ENDLESS);
    assert_eq!(front.pending(), Some(0));
    let mut client = front.connect();
    client.send(GET);
    let mut peer = front.accept();
    peer.head();
    assert_eq!(front.pending(), Some(1));
    front.close(Cause::Outdated);
    assert_eq!(front.pending(), None);
    // What is under way ends by itself, or with its connection.
    peer.respond("old");
    assert_eq!(client.response().text(), "old");
    front.log();
    assert_eq!(peer.until_closed(), b"");
    client.send(GET);
    assert!(!client.has_answer(), "it waits for what comes next");
}

#[test]
fn a_page_gets_the_script() {
    let front = Application::start_with(Settings {
        limits: ENDLESS,
        live_reload: true,
        ..Settings::default()
    });
    let mut client = front.connect();
    let page = "<!doctype html><html><head></head><body>page</body></html>";
    for is_streamed in [false, true] {
        client.send(GET);
        let mut peer = front.accept();
        peer.head();
        peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n");
        if is_streamed {
            let (start, end) = page.split_at(30);
            peer.send(format!(
                "Transfer-Encoding: chunked\r\n\r\n1e\r\n{start}\r\n"
            ));
            peer.send(format!("{:x}\r\n{end}\r\n0\r\n\r\n", end.len()));
        } else {
            peer.send(format!("Content-Length: {}\r\n\r\n{page}", page.len()));
        }
        let response = client.response();
        assert!(
            response.text().contains("<script src="),
            "{}",
            response.text()
        );
        assert!(response.text().contains("page"), "{}", response.text());
    }
}
