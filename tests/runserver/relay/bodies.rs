//! Bodies go through in both directions as they come.

use std::{
    io::{Read as _, Write as _},
    thread,
    time::Duration,
};

use rstest::rstest;
use scaffold::serve::Limits;

use super::{
    super::front::{Application, ENDLESS},
    GET, asked,
};

#[test]
fn a_body_goes_up_before_it_is_whole() {
    let front = Application::start(ENDLESS);
    let mut client = front.connect();
    client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\none");
    let mut peer = front.accept();
    assert!(peer.head().ends_with("\r\nContent-Length: 9\r\n\r\n"));
    assert_eq!(peer.take(3), b"one");
    client.send("two");
    assert_eq!(peer.take(3), b"two");
    // Behind its end is the next request.
    client.send(format!("end{GET}"));
    assert_eq!(peer.take(3), b"end");
    peer.respond("first");
    assert_eq!(client.response().text(), "first");
    assert!(peer.head().starts_with("GET / "));
    peer.respond("second");
    assert_eq!(client.response().text(), "second");
}

#[test]
fn chunks_are_read_and_written_anew() {
    let front = Application::start(ENDLESS);
    let mut client = front.connect();
    client.send(
        "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n\
         003;name=\"value\"\r\none\r\n",
    );
    let mut peer = front.accept();
    let head = peer.head();
    assert!(
        head.ends_with("\r\nTransfer-Encoding: chunked\r\n\r\n"),
        "{head}"
    );
    assert!(!head.contains("Trailer"), "{head}");
    assert_eq!(peer.until("one\r\n"), "3\r\none\r\n");
    client.send("C\r\n, two, thr");
    assert_eq!(peer.until("thr\r\n"), "a\r\n, two, thr\r\n");
    client.send("ee\r\n0\r\nX: y\r\n\r\n");
    assert_eq!(peer.until("0\r\n\r\n"), "2\r\nee\r\n0\r\n\r\n");
    peer.respond("done");
    assert_eq!(client.response().text(), "done");
    client.send(GET);
    assert!(peer.head().starts_with("GET / "));
}

#[test]
fn a_response_comes_down_before_it_is_whole() {
    let (_front, mut client, mut peer) = asked();
    peer.send(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    assert_eq!(client.head().header("transfer-encoding"), Some("chunked"));
    for event in ["data: 1\n\n", "data: 2\n\n"] {
        peer.send(format!("{:x}\r\n{event}\r\n", event.len()));
        assert_eq!(client.block().unwrap(), event.as_bytes());
    }
    peer.send("0\r\n\r\n");
    assert_eq!(client.block(), None);
    client.send(GET);
    peer.head();
    // Without a length, it ends with the connection: the client sees chunks.
    peer.send("HTTP/1.1 200 OK\r\n\r\nhalf");
    client.head();
    assert_eq!(client.block().unwrap(), b"half");
    peer.send("rest");
    peer.finish_sending();
    assert_eq!(client.block().unwrap(), b"rest");
    assert_eq!(client.block(), None);
}

#[test]
fn who_speaks_http10_gets_no_chunks() {
    let front = Application::start(ENDLESS);
    let mut client = front.connect();
    client.send("GET / HTTP/1.0\r\n\r\n");
    let mut peer = front.accept();
    assert_eq!(peer.head(), "GET / HTTP/1.1\r\nHost: \r\n\r\n");
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\n\r\n");
    let response = client.response();
    assert_eq!(response.header("transfer-encoding"), None);
    assert_eq!(response.text(), "one");
}

/// How long the bodies are: more than all buffers on the way hold.
const LONG: usize = 50 * 1024 * 1024;

/// What both sides send at a time.
const PIECE: usize = 256 * 1024;

#[rstest]
fn long_bodies_go_both_ways_at_once(#[values(false, true)] is_chunked: bool) {
    let front = Application::start(ENDLESS);
    let mut client = front.connect();
    let framing = if is_chunked {
        "Transfer-Encoding: chunked".to_owned()
    } else {
        format!("Content-Length: {LONG}")
    };
    let mut sender = client.sender();
    let head = format!("POST / HTTP/1.1\r\nHost: localhost\r\n{framing}\r\n\r\n");
    let sending = thread::spawn(move || {
        sender.send(head);
        for number in 0..LONG / PIECE {
            let piece = vec![u8::try_from(number % 251).unwrap(); PIECE];
            if is_chunked {
                sender.send(format!("{PIECE:x}\r\n"));
            }
            sender.send(piece);
            if is_chunked {
                sender.send("\r\n");
            }
        }
        if is_chunked {
            sender.send("0\r\n\r\n");
        }
    });
    let mut peer = front.accept();
    peer.head();
    peer.send(format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\n{framing}\r\n\r\n"
    ));
    // What comes is sent back as it is, its framing too.
    let first = peer.at_hand();
    peer.send(first);
    let (mut from, mut to) = (peer.stream(), peer.stream());
    let echo = thread::spawn(move || {
        let mut octets = vec![0; 64 * 1024];
        let mut end: Vec<u8> = Vec::new();
        while let Ok(count @ 1..) = from.read(&mut octets) {
            to.write_all(&octets[..count]).unwrap();
            end.extend(&octets[..count]);
            end.drain(..end.len().saturating_sub(5));
            if is_chunked && end == b"0\r\n\r\n" {
                break;
            }
        }
    });
    client.head();
    let mut received = 0;
    while let Some(block) = client.block() {
        let number = received / PIECE % 251;
        assert_eq!(usize::from(block[0]), number, "at {received}");
        received += block.len();
    }
    assert_eq!(received, LONG);
    sending.join().unwrap();
    drop(peer);
    drop(client);
    drop(front);
    echo.join().unwrap();
}

#[test]
fn a_client_that_waits_is_told_to_go_on_when_the_application_wants_the_body() {
    let front = Application::start(ENDLESS);
    let mut client = front.connect();
    let head = "POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n\
                Content-Length: 4\r\n\r\n";
    client.send(head);
    let mut peer = front.accept();
    assert!(peer.head().contains("\r\nExpect: 100-continue\r\n"));
    assert!(!client.has_answer());
    peer.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
    assert_eq!(client.head().status, 100);
    client.send("body");
    assert_eq!(peer.take(4), b"body");
    peer.respond("thanks");
    assert_eq!(client.response().text(), "thanks");
    // One that does not wait is not told.
    client.send(format!("{head}body"));
    peer.head();
    peer.send("HTTP/1.1 100 Continue\r\n\r\n");
    assert_eq!(peer.take(4), b"body");
    peer.respond("thanks");
    assert_eq!(client.head().status, 200);
    assert_eq!(client.block().unwrap(), b"thanks");
    assert_eq!(client.block(), None);
    // Where the body is not wanted, nobody waits for it.
    client.send(head);
    peer.head();
    peer.send("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
    let response = client.response();
    assert_eq!(
        (response.status, response.header("connection")),
        (403, Some("close"))
    );
    client.expect_close();
}

#[test]
fn a_response_may_come_before_the_body_and_ends_the_connection() {
    let front = Application::start(ENDLESS);
    let mut client = front.connect();
    client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nonly");
    let mut peer = front.accept();
    peer.until("only");
    peer.respond("enough");
    drop(peer);
    let response = client.response();
    assert_eq!(response.header("connection"), Some("close"));
    assert_eq!(response.text(), "enough");
    client.expect_close();
}

#[test]
fn an_application_that_takes_no_more_is_heard_all_the_same() {
    let front = Application::start(ENDLESS);
    let mut client = front.connect();
    client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n\r\n");
    let mut peer = front.accept();
    peer.head();
    // It closes without having read what comes.
    let mut sender = client.sender();
    let sending = thread::spawn(move || while sender.try_send(vec![0; PIECE]).is_ok() {});
    peer.take(PIECE);
    peer.send("HTTP/1.1 413 Too Much\r\nContent-Length: 2\r\n\r\nno");
    drop(peer);
    let response = client.response();
    assert_eq!((response.status, response.text()), (413, "no"));
    drop(client);
    drop(front);
    sending.join().unwrap();
}

#[rstest]
#[case("Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400)]
#[case("Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", 400)]
#[case("Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n", 413)]
#[case("Transfer-Encoding: chunked\r\n\r\n1\r\n", 408)]
#[case("Content-Length: 9\r\n\r\nabc", 408)]
fn a_body_that_breaks_the_rules_is_refused(#[case] request: &str, #[case] status: u16) {
    let front = Application::start(Limits {
        chunked: 4,
        body_stall: Duration::from_millis(if status == 408 { 50 } else { 3_600_000 }),
        ..ENDLESS
    });
    let mut client = front.connect();
    client.send(format!("POST / HTTP/1.1\r\nHost: localhost\r\n{request}"));
    let response = client.response();
    assert_eq!(response.status, status);
    client.expect_close();
    front.accept().until_closed();
    assert_eq!(front.pending(), Some(0));
}

#[test]
fn a_body_that_breaks_the_rules_after_the_response_has_begun_breaks_it_off() {
    let front = Application::start(ENDLESS);
    let mut client = front.connect();
    client.send("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    let mut peer = front.accept();
    peer.head();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
    client.head();
    assert_eq!(client.block().unwrap(), b"abc");
    client.send("x\r\n");
    client.try_block().unwrap_err();
    peer.until_closed();
}

#[test]
fn a_client_that_leaves_with_half_a_body_takes_the_request_along() {
    let front = Application::start(ENDLESS);
    let mut client = front.connect();
    client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc");
    let mut peer = front.accept();
    peer.until("abc");
    drop(client);
    assert_eq!(peer.until_closed(), b"");
    assert_eq!(front.pending(), Some(0));
}

#[test]
fn a_client_that_leaves_during_the_response_ends_it() {
    let (front, mut client, mut peer) = asked();
    peer.send("HTTP/1.1 200 OK\r\n\r\nabc");
    client.head();
    client.block();
    client.abort();
    assert_eq!(peer.until_closed(), b"");
    assert_eq!(front.pending(), Some(0));
}
