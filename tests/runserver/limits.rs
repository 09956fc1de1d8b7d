//! How long the front waits for clients. What it takes from them at most is in `corpus/`.
//!
//! A client whose machine vanished is one that sends and takes nothing: the system never says that
//! it is gone, so each limit here is also one for half-open connections.

use std::{
    io::ErrorKind,
    num::NonZeroU32,
    time::{Duration, Instant},
};

use rstest::rstest;
use scaffold::{serve::Limits, wire::frame::Kind};

use super::front::{ENDLESS, Front};
use crate::support::Client;

/// Soon passed, and long enough for what must happen before.
pub(super) const SHORT: Duration = Duration::from_millis(200);

/// Long enough for steps that a loaded machine takes, none of which may reach it.
pub(super) const LONGER: Duration = Duration::from_secs(1);

/// Of several limits, the one that is passed first.
pub(super) const SHORTER: Duration = Duration::from_millis(50);

#[test]
fn an_idle_connection_is_closed_without_an_answer() {
    let front = Front::start(Limits {
        idle: SHORT,
        ..ENDLESS
    });
    front.connect().expect_close();
    // Between two requests as well.
    let mut client = front.connect();
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let id = front.wait_for(Kind::Request).id;
    front.worker().respond(id, b"first");
    assert_eq!(client.response().text(), "first");
    // Some clients send a line end after a body; it begins no request.
    client.send("\r\n");
    client.expect_close();
}

/// The two octets of a line end before a request may come one by one.
#[test]
fn a_line_end_before_a_request_may_be_split() {
    let front = Front::start(ENDLESS);
    let mut client = front.connect();
    client.send("\r");
    front.serve_another();
    client.send("\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let id = front.wait_for(Kind::Request).id;
    front.worker().respond(id, b"whole");
    assert_eq!(client.response().text(), "whole");
    // Half of one is none.
    client.send("\r");
    front.serve_another();
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(client.response().status, 400);
}

#[test]
fn a_connection_with_a_request_under_way_is_not_idle() {
    let front = Front::start(Limits {
        idle: SHORTER,
        head: SHORTER,
        body_stall: SHORTER,
        write_stall: SHORTER,
        linger: SHORTER,
        ..ENDLESS
    });
    let mut client = front.connect();
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let id = front.wait_for(Kind::Request).id;
    for _ in 0..3 {
        front.connect().expect_close();
    }
    front.worker().respond(id, b"late");
    assert_eq!(client.response().text(), "late");
}

/// An octet now and then does not help: the whole head has to come in time.
#[test]
fn a_head_that_drips_is_refused() {
    let front = Front::start(Limits {
        head: SHORT,
        ..ENDLESS
    });
    let mut client = front.connect();
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\nX: ");
    while !client.has_answer() {
        let _ = client.try_send("x");
        front.serve_another();
    }
    let response = client.response();
    assert_eq!(
        (response.status, response.header("Connection")),
        (408, Some("close"))
    );
}

#[rstest]
#[case("Content-Length: 5\r\n\r\nhell")]
#[case("Content-Length: 5\r\n\r\n")]
#[case("Transfer-Encoding: chunked\r\n\r\n")]
#[case("Transfer-Encoding: chunked\r\n\r\n5\r\nhell")]
#[case("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n")]
#[case("Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n")]
fn a_body_that_stops_is_refused_before_the_application_is_called(#[case] rest: &str) {
    let front = Front::start(Limits {
        body_stall: SHORT,
        ..ENDLESS
    });
    let mut client = front.connect();
    client.send(format!("POST / HTTP/1.1\r\nHost: localhost\r\n{rest}"));
    let response = client.response();
    assert_eq!(
        (response.status, response.header("Connection")),
        (408, Some("close"))
    );
    expect_nothing_more(&front, client);
}

/// An octet now and then does not help here either.
#[rstest]
#[case("Content-Length: 60000\r\n\r\n", "x")]
#[case("Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n")]
#[case("Transfer-Encoding: chunked\r\n\r\nea60\r\n", "x")]
fn a_body_that_drips_is_refused_before_the_application_is_called(
    #[case] rest: &str,
    #[case] drop: &str,
) {
    let front = Front::start(Limits {
        body_stall: LONGER,
        body_rate: NonZeroU32::MAX,
        ..ENDLESS
    });
    let mut client = front.connect();
    client.send(format!("POST / HTTP/1.1\r\nHost: localhost\r\n{rest}"));
    while !client.has_answer() {
        let _ = client.try_send(drop);
        front.serve_another();
    }
    assert_eq!(client.response().status, 408);
}

#[rstest]
#[case("Content-Length: 60000\r\n\r\n", "")]
#[case("Transfer-Encoding: chunked\r\n\r\nea60\r\n", "\r\n0\r\n\r\n")]
fn a_body_that_is_slow_but_steady_is_taken(#[case] rest: &str, #[case] end: &str) {
    let front = Front::start(Limits {
        body_stall: LONGER,
        body_rate: NonZeroU32::new(1000).unwrap(),
        idle: SHORTER,
        ..ENDLESS
    });
    let mut client = front.connect();
    client.send(format!("POST / HTTP/1.1\r\nHost: localhost\r\n{rest}"));
    let began = Instant::now();
    let mut left = 60_000;
    while began.elapsed() < LONGER * 3 / 2 {
        client.send([b'x'; 1000]);
        left -= 1000;
        front.connect().expect_close();
    }
    client.send([&vec![b'x'; left], end.as_bytes()].concat());
    let id = front.wait_for(Kind::Request).id;
    front.worker().respond(id, b"taken");
    assert_eq!(client.response().text(), "taken");
}

#[test]
fn a_chunked_body_that_is_too_long_is_refused() {
    let front = Front::start(Limits {
        chunked: 100_000,
        ..ENDLESS
    });
    let send = |octets: usize| {
        let mut client = front.connect();
        let body = "x".repeat(octets);
        client.send(format!(
            "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n\
             {octets:x}\r\n{body}\r\n0\r\n\r\n"
        ));
        client
    };
    let mut client = send(100_000);
    let id = front.wait_for(Kind::Request).id;
    front.worker().respond(id, b"just right");
    assert_eq!(client.response().text(), "just right");
    let mut client = send(100_001);
    let response = client.response();
    assert_eq!(
        (response.status, response.header("Connection")),
        (413, Some("close"))
    );
    expect_nothing_more(&front, client);
}

/// The front has refused a request: another one on its connection is not read.
#[track_caller]
fn expect_nothing_more(front: &Front, mut client: Client) {
    // The connection may be gone already.
    let _ = client.try_send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    client.finish_sending();
    client.expect_close();
    assert!(front.is_without_request());
}

#[test]
fn a_client_that_takes_nothing_is_given_up() {
    let front = Front::start(Limits {
        write_stall: SHORT,
        ..ENDLESS
    });
    let mut client = front.connect();
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let id = front.wait_for(Kind::Request).id;
    let worker = front.worker().clone();
    worker.begin(id, "200 OK", &[]);
    // More than the system keeps for both, whatever it is set to.
    let block = vec![b'x'; 64 * 1024];
    let mut unacknowledged = 0;
    loop {
        worker.send(Kind::Block, id, &block);
        unacknowledged += block.len();
        if unacknowledged < 256 * 1024 {
            continue;
        }
        match front.wait_for_any(&[Kind::Credit, Kind::Cancel]) {
            frame if frame.kind == Kind::Cancel => break,
            frame => {
                let amount = frame.payload.as_ref().try_into().unwrap();
                unacknowledged -= u32::from_le_bytes(amount) as usize;
            }
        }
    }
    worker.send(Kind::End, id, b"");
    let error = client.rest().map(|octets| octets.len()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    front.serve_another();
}

/// After the last response the client has a while to close its side, whatever it still sends.
#[test]
fn a_client_that_does_not_close_its_side_is_cut_off() {
    let front = Front::start(Limits {
        linger: SHORT,
        ..ENDLESS
    });
    let mut client = front.connect();
    client.send("nonsense\r\n\r\n");
    assert_eq!(client.response().status, 400);
    assert_eq!(client.rest().unwrap(), b"", "our side is closed at once");
    while client.try_send("x").is_ok() {
        front.serve_another();
    }
}
