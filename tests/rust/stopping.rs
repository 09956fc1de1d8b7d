//! SIGTERM: requests under way come to their end.

use std::{net::TcpStream, process::Command};

use rustix::process::Signal;

use super::{APP, DEPENDENCIES, STOPPING, library, package};
use crate::support::{Client, Package, Server, is_gone};

/// Sends a request that the application has, and answers only when there is a file `gate`.
#[track_caller]
fn ask_to_wait(server: &Server) -> Client {
    let mut client = server.connect();
    client.send("GET /gate HTTP/1.1\r\nHost: localhost\r\n\r\n");
    server.wait_for_output("at the gate");
    client
}

#[test]
fn requests_under_way_are_answered() {
    let package = package("finished", "hello");
    let mut server = package.serve().start();
    let mut idle = server.connect();
    assert_eq!(idle.get("/").text(), "hello");
    let mut waiting = ask_to_wait(&server);
    let mut upload = server.connect();
    upload.send("POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf");
    let mut stream = server.connect();
    stream.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf");
    assert_eq!(stream.head().status, 200);
    assert_eq!(stream.block().unwrap(), b"half");
    let runner = server.worker_pids()[0];
    server.signal(Signal::TERM);
    assert_eq!(idle.rest().unwrap(), b"");
    server.wait_for_output("Finishing 3 requests (Ctrl-C: end now).\n");
    TcpStream::connect(server.addr()).unwrap_err();
    for client in [&mut upload, &mut stream] {
        client.send("whole");
    }
    let response = upload.response();
    assert_eq!(response.text(), "halfwhole");
    assert_eq!(response.header("Connection"), Some("close"));
    assert_eq!(stream.block().unwrap(), b"whole");
    assert_eq!(stream.block(), None);
    assert!(!waiting.has_answer());
    package.write("gate", "");
    assert_eq!(waiting.response().text(), "hello");
    for client in [upload, stream, waiting] {
        client.expect_close();
    }
    assert!(server.wait_exit(STOPPING).success());
    assert!(is_gone(runner));
}

/// It has begun before, and may never end.
#[test]
fn a_websocket_is_not_waited_for() {
    let mut server = package("websocket-stopped", "").serve().start();
    let mut client = server.connect();
    client.send(
        "GET /socket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    assert_eq!(client.head().status, 101);
    server.signal(Signal::TERM);
    assert!(server.wait_exit(STOPPING).success());
    assert!(
        !server.output().contains("Finishing"),
        "{}",
        server.output()
    );
}

#[test]
fn ctrl_c_and_a_further_signal_wait_for_nothing() {
    for signals in [&[Signal::INT][..], &[Signal::TERM, Signal::TERM]] {
        let mut server = package("interrupted", "").serve().start();
        let mut client = ask_to_wait(&server);
        let runner = server.worker_pids()[0];
        for (number, &signal) in signals.iter().enumerate() {
            if number > 0 {
                server.wait_for_output("Finishing 1 request");
            }
            server.signal(signal);
        }
        assert!(server.wait_exit(STOPPING).success());
        assert!(is_gone(runner));
        assert_eq!(client.rest().unwrap(), b"");
    }
}

/// As the template's projects have it, the program leaves the signal to the front.
#[test]
fn a_signal_to_the_group_lets_requests_be_finished_too() {
    let dependencies = DEPENDENCIES.replace("\"rt\"", "\"rt\", \"signal\"");
    let library = library("hello");
    let files = [("src/lib.rs", library.as_str()), ("src/wsgi.rs", APP)];
    let package = Package::new("group", &dependencies, &files);
    let mut lock = Command::new("cargo");
    lock.arg("generate-lockfile").current_dir(package.dir());
    assert!(lock.status().unwrap().success());
    let mut server = package.serve().start();
    let mut client = ask_to_wait(&server);
    server.signal_all(Signal::TERM);
    server.wait_for_output("Finishing 1 request");
    package.write("gate", "");
    assert_eq!(client.response().text(), "hello");
    assert!(server.wait_exit(STOPPING).success());
}

#[test]
fn a_program_that_ends_with_its_group_holds_up_nothing() {
    let mut server = package("group-ended", "").serve().start();
    let mut client = ask_to_wait(&server);
    server.signal_all(Signal::TERM);
    assert_eq!(client.response().status, 502);
    assert!(server.wait_exit(STOPPING).success());
}

/// A build that requests wait for is waited for, and ended by a further signal.
#[test]
fn a_request_that_waits_for_a_build_is_answered() {
    let package = package("built-at-the-end", "one");
    let mut server = package.serve().args(["-v", "2"]).start();
    let mark = server.mark();
    package.write("src/lib.rs", &library("two"));
    server.wait_for_output_since(mark, "changed, reloading.");
    let mut client = server.connect();
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    server.wait_for_output_since(mark, "Compiling ");
    server.signal(Signal::TERM);
    assert_eq!(client.response().text(), "two");
    assert!(server.wait_exit(STOPPING).success());
}
