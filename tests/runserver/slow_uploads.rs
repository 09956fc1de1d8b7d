//! How long clients are waited for with long bodies, which the application's thread reads: for the
//! most part that is for the worker to know.

use std::{
    num::NonZeroU32,
    time::{Duration, Instant},
};

use scaffold::{serve::Limits, wire::frame::Kind};

use super::{
    front::{ENDLESS, Front},
    interpreter::Interpreter,
    limits::{LONGER, SHORT, SHORTER},
};

/// What a read says that was given up.
const STOPPED: &str = "the client stopped sending";

/// A front with an application that reads bodies.
fn reading(limits: Limits) -> Interpreter {
    Interpreter::start(limits, include_str!("slow_uploads.py"))
}

#[test]
fn an_upload_that_stops_is_an_error_of_the_applications_read() {
    let front = reading(Limits {
        body_stall: SHORT,
        ..ENDLESS
    });
    let mut client = front.connect();
    client.send("POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nabc");
    let response = client.response();
    assert_eq!(
        (response.text(), response.header("Connection")),
        (STOPPED, Some("close"))
    );
}

/// Each octet comes in time; yet a thread of the application is not to be had for so little.
#[test]
fn an_upload_that_drips_is_an_error_of_the_applications_read() {
    let front = reading(Limits {
        body_stall: LONGER,
        body_rate: NonZeroU32::MAX,
        ..ENDLESS
    });
    let mut client = front.connect();
    client.send("POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n\r\n");
    while !client.has_answer() {
        let _ = client.try_send("x");
        assert_eq!(front.get("/"), "done");
    }
    assert_eq!(client.response().text(), STOPPED);
}

/// One that sends what is asked for may take longer in all than a single wait.
#[test]
fn an_upload_that_is_slow_but_steady_is_read() {
    let front = reading(Limits {
        body_stall: LONGER,
        body_rate: NonZeroU32::new(1000).unwrap(),
        idle: SHORTER,
        ..ENDLESS
    });
    let mut client = front.connect();
    client.send("POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 300000\r\n\r\n");
    // Not before the interpreter is there, and reads.
    assert_eq!(front.get("/"), "done");
    let began = Instant::now();
    let mut sent = 0;
    while began.elapsed() < LONGER * 3 / 2 {
        client.send([b'x'; 1000]);
        sent += 1000;
        front.connect().expect_close();
    }
    client.send(vec![b'x'; 300_000 - sent]);
    assert_eq!(client.response().text(), "300000");
}

/// The time in which the application does something else is not the client's.
#[test]
fn an_upload_that_is_read_late_is_read_to_its_end() {
    let front = reading(Limits {
        body_stall: SHORTER,
        idle: SHORT,
        ..ENDLESS
    });
    let mut client = front.connect();
    client.send("POST /wait HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500000\r\n\r\n");
    client.send(vec![b'x'; 200_000]);
    front.connect().expect_close();
    client.send(vec![b'x'; 300_000]);
    assert_eq!(front.get("/go"), "done");
    assert_eq!(client.response().text(), "500000");
}

/// A client that waits to be asked, and whom it is too late to ask, may never send its body.
#[test]
fn a_body_that_is_not_asked_for_is_not_waited_for_without_end() {
    let front = reading(Limits {
        body_stall: SHORT,
        ..ENDLESS
    });
    let mut client = front.connect();
    client.send(
        "POST /late HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\
         Expect: 100-continue\r\n\r\n",
    );
    let response = client.response();
    assert_eq!(response.text(), format!("before {STOPPED}"));
}

/// The worker is told the limits, and what the front has read already.
#[test]
fn the_worker_is_told_how_long_to_wait() {
    let front = Front::start(Limits {
        body_stall: Duration::from_millis(1234),
        body_rate: NonZeroU32::new(56).unwrap(),
        ..ENDLESS
    });
    let mut client = front.connect();
    client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nabc");
    let id = front.wait_for(Kind::Request).id;
    front.worker().want(id);
    let body = front.worker().body(front.wait_for(Kind::Body));
    assert_eq!((body.stall, body.rate), (Duration::from_millis(1234), 56));
    assert!(b"abc".starts_with(&body.ahead));
    assert_eq!(body.left + body.ahead.len() as u64, 100_000);
    client.send(vec![b'x'; 100_000 - 3]);
    assert_eq!(body.read()[..4], *b"abcx");
}

/// An application that takes its time to read does not cost the client its connection.
#[test]
fn an_upload_that_nobody_asks_for_has_time() {
    let front = Front::start(Limits {
        body_stall: SHORTER,
        idle: SHORT,
        ..ENDLESS
    });
    let mut client = front.connect();
    client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n");
    let id = front.wait_for(Kind::Request).id;
    front.connect().expect_close();
    client.send(vec![b'x'; 100_000]);
    front.worker().want(id);
    let body = front.worker().body(front.wait_for(Kind::Body));
    assert_eq!(body.read(), vec![b'x'; 100_000]);
    front.worker().respond(id, b"complete");
    assert_eq!(client.response().text(), "complete");
}
