//! Requests that wait for each other: only where all of them are inside the application at the same
//! time does any of them end.

use rstest::rstest;

use super::app_server;
use crate::support::{Client, Response, Server, pythons};

/// Sends so many requests, each on a connection of its own, before any answer is read. Each waits
/// inside the application until `parties` do.
#[track_caller]
fn meet(server: &Server, clients: usize, parties: usize) -> Vec<Response> {
    let mut clients: Vec<Client> = (0..clients).map(|_| server.connect()).collect();
    for client in &mut clients {
        client.send(format!(
            "GET /meet?{parties} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        ));
    }
    clients.iter_mut().map(Client::response).collect()
}

#[track_caller]
fn assert_met(responses: &[Response]) {
    for response in responses {
        assert_eq!((response.status, response.text()), (200, "met"));
    }
}

#[test]
fn as_many_requests_run_as_there_are_threads() {
    for python in pythons() {
        let server = app_server()
            .python(python)
            .args(["--threads", "64"])
            .start();
        // The first ones meet a server that has no stand-ins yet; the later ones, which come one
        // more, one that has been asked for pages that do not wait meanwhile.
        assert_met(&meet(&server, 64, 64));
        for _ in 0..100 {
            assert_eq!(server.get("/").status, 200);
        }
        assert_met(&meet(&server, 65, 65));
    }
}

#[test]
fn a_thread_that_is_done_takes_what_waits() {
    let server = app_server().args(["--threads", "3"]).start();
    assert_met(&meet(&server, 80, 4));
}

/// One runner and so many stand-ins; never more.
#[rstest]
#[case(1)]
#[case(5)]
fn no_more_requests_run_than_are_allowed(#[case] threads: usize) {
    let server = app_server()
        .args(["--threads", &threads.to_string()])
        .start();
    assert_met(&meet(&server, 20 * (threads + 1), threads + 1));
    assert_eq!(server.get("/most").text(), (threads + 1).to_string());
}

#[test]
fn without_threads_one_request_runs() {
    let server = app_server().arg("--nothreading").start();
    assert_met(&meet(&server, 20, 1));
    assert_eq!(server.get("/most").text(), "1");
}

/// Pages that do not wait go on while all but one thread do.
#[test]
fn requests_that_wait_leave_a_thread_for_others() {
    let server = app_server().args(["--threads", "8"]).start();
    let mut waiting: Vec<Client> = (0..8).map(|_| server.connect()).collect();
    for client in &mut waiting {
        client.send("GET /meet?9 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
    for _ in 0..200 {
        assert_eq!(server.get("/").status, 200);
    }
    assert_eq!(server.get("/meet?9").text(), "met");
    for client in &mut waiting {
        assert_eq!(client.response().text(), "met");
    }
}
