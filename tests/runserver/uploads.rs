//! Long request bodies, which the application's thread reads from the client's connection.

use std::io::ErrorKind;

use rstest::rstest;
use rustix::process::{Signal, kill_process};
use scaffold::wire::frame::{Kind, RequestId};

use super::{
    bodies::{body, digest},
    front::{Body, ENDLESS, Front},
};
use crate::support::{Client, Serve, Server};

/// An application that reads bodies in ways that are not the usual one.
const APP: &str = include_str!("uploads.py");

fn server() -> Server {
    Serve::new()
        .file("served.py", APP)
        .args(["--app", "served:application"])
        .start()
}

fn head(path: &str, length: usize) -> String {
    format!("POST /{path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n")
}

/// Sends the tenth part of a long body.
fn begin(server: &Server, path: &str) -> Client {
    let mut client = server.connect();
    client.send(head(path, 1_000_000));
    client.send(vec![b'x'; 100_000]);
    client
}

/// Lends the worker a client that has sent nothing of a long body.
fn lend(front: &Front) -> (Client, RequestId, Body) {
    let mut client = front.connect();
    client.send(head("", 100_000));
    let id = front.wait_for(Kind::Request).id;
    front.worker().want(id);
    let body = front.worker().body(front.wait_for(Kind::Body));
    (client, id, body)
}

/// However the octets come: the head alone, with the beginning of the body, octet by octet around
/// the places where something else begins.
#[rstest]
#[case(&[])]
#[case(&[1, 2, 3])]
#[case(&[65_535, 1, 1])]
#[case(&[70_000, 100_000])]
#[case(&[200_000, 99_990, 1, 1, 1, 1])]
fn a_body_in_any_pieces_is_read_as_it_was_sent(#[case] pieces: &[usize]) {
    let server = server();
    let mut client = server.connect();
    let body = body(300_000);
    for with_head in [false, true] {
        let mut rest = &body[..];
        let mut piece = head("digest", body.len()).into_bytes();
        if !with_head {
            client.send(&piece);
            piece.clear();
        }
        for &length in pieces {
            let (next, after) = rest.split_at(length);
            piece.extend(next);
            client.send(&piece);
            piece.clear();
            rest = after;
        }
        piece.extend(rest);
        client.send(piece);
        assert_eq!(client.response().text(), digest(&body));
    }
}

/// What follows a body on the connection is the next request, wherever it is cut.
#[rstest]
#[case(0)]
#[case(1)]
#[case(10)]
#[case(1000)]
fn a_request_that_was_sent_ahead_comes_after_a_long_body(#[case] together: usize) {
    let server = server();
    let mut client = server.connect();
    let body = body(1_000_000);
    let mut sent = [head("digest", body.len()).as_bytes(), &body].concat();
    let first = sent.len();
    for path in ["first", "digest", "last"] {
        sent.extend(head(path, if path == "digest" { body.len() } else { 0 }).bytes());
        if path == "digest" {
            sent.extend(&body);
        }
    }
    let (now, later) = sent.split_at(first + together);
    client.send(now);
    assert_eq!(client.response().text(), digest(&body));
    client.send(later);
    assert_eq!(client.response().text(), "done");
    assert_eq!(client.response().text(), digest(&body));
    assert_eq!(client.response().text(), "done");
}

/// A connection that has been lent is as good as any other afterwards.
#[test]
fn everything_works_on_a_connection_after_a_long_body() {
    let server = server();
    let file = body(10_000_000);
    server.sandbox().write("file", &file);
    let mut client = server.connect();
    let body = body(200_000);
    for _ in 0..3 {
        client.send(head("digest", body.len()));
        client.send(&body);
        assert_eq!(client.response().text(), digest(&body));
        // The system sends the file.
        let response = client.get("/file");
        assert!(response.body == file);
        client.send(
            "POST /digest HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\
             Expect: 100-continue\r\n\r\n",
        );
        assert_eq!(client.head().status, 100);
        client.send("hello");
        assert_eq!(client.response().text(), digest(b"hello"));
    }
}

/// Octets that the application has not read are not taken for a request.
#[test]
fn a_body_that_is_read_in_part_ends_the_connection() {
    let server = server();
    let mut client = server.connect();
    client.send(head("part", 1_000_000));
    client.send(vec![b'x'; 500_000]);
    let response = client.response();
    assert_eq!(
        (response.text(), response.header("Connection")),
        ("xxxxx", Some("close"))
    );
    // The client may go on, as long as it does not take too long.
    client.send(vec![b'x'; 100_000]);
    client.finish_sending();
    client.expect_close();
}

#[rstest]
fn a_client_that_goes_away_is_an_error_of_the_applications_read(
    #[values(true, false)] crashes: bool,
) {
    let server = server();
    let mut client = begin(&server, "gone");
    if crashes {
        client.abort();
        server.wait_for_output("read: the client closed the connection");
    } else {
        client.finish_sending();
        server.wait_for_output("read: the client closed the connection");
        // Its other side may still be open.
        let response = client.response();
        assert_eq!(
            (response.text(), response.header("Connection")),
            ("done", Some("close"))
        );
    }
    assert_eq!(server.get("/pid").status, 200);
}

/// Nobody reads then: the application goes on, and nobody else suffers.
#[test]
fn a_client_that_goes_away_while_nobody_reads_costs_nobody_else_anything() {
    let server = server();
    let client = begin(&server, "stay");
    server.wait_for_output("stays");
    client.abort();
    assert_eq!(server.get("/go").text(), "done");
    assert_eq!(server.get("/pid").status, 200);
}

#[test]
fn a_body_can_be_read_by_two_threads() {
    let server = server();
    let mut client = server.connect();
    for _ in 0..3 {
        client.send(head("threads", 1_000_000));
        client.send(vec![b'x'; 1_000_000]);
        assert_eq!(client.response().text(), "1000000");
    }
}

/// Each of these is an error of one read, and nothing worse.
#[test]
fn a_worker_that_may_open_no_more_files_cannot_read_a_long_body() {
    let server = server();
    let worker = server.get("/pid");
    let mut client = server.connect();
    client.send(head("full", 1_000_000));
    let response = client.response();
    assert_eq!(
        (response.text(), response.header("Connection")),
        ("the application has too many open files", Some("close"))
    );
    assert_eq!(server.get("/pid").text(), worker.text());
}

/// Its end would else look as if it were the end of the answer.
#[test]
fn an_answer_that_is_cut_is_reset_while_the_body_is_not_read() {
    let server = server();
    let mut client = server.connect();
    client.send("POST /cut HTTP/1.0\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nhello");
    client.send(vec![b'x'; 100_000]);
    let error = client.rest().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    server.wait_for_output("in the middle");
}

#[test]
fn a_worker_that_is_killed_while_it_reads_costs_only_that_request() {
    let server = server();
    let mut client = begin(&server, "hold");
    server.wait_for_output("holds");
    kill_process(server.worker_pids()[0], Signal::KILL).unwrap();
    let response = client.response();
    assert_eq!(
        (response.status, response.header("Connection")),
        (502, Some("close"))
    );
    client.finish_sending();
    client.expect_close();
    assert_eq!(server.get("/pid").status, 200);
}

/// The old code reads on from a connection whose next request is for the new code.
#[test]
fn a_body_that_is_being_read_when_the_project_changes_is_read_by_the_old_code() {
    let server = server();
    let mut client = begin(&server, "hold");
    server.wait_for_output("holds");
    let new = APP.replace("b\"done\"", "b\"renewed\"");
    server.sandbox().write("served.py", new);
    assert_eq!(server.get("/").text(), "renewed");
    client.send(vec![b'x'; 900_000]);
    assert_eq!(client.response().text(), "done");
    assert_eq!(client.get("/").text(), "renewed");
}

/// Both have the same open file, and whether calls wait is a property of that.
#[test]
fn a_worker_cannot_make_the_front_wait() {
    let front = Front::start(ENDLESS);
    let (mut client, id, body) = lend(&front);
    let socket = body.socket.as_ref().unwrap();
    socket.set_nonblocking(false).unwrap();
    front.worker().begin(id, "200 OK", &[]);
    // More than the system keeps for a client that takes nothing.
    let file = tempfile::tempfile().unwrap();
    file.set_len(100_000_000).unwrap();
    front.worker().send_file(id, &file, 0, 100_000_000);
    for _ in 0..10 {
        front.serve_another();
    }
    assert_eq!(client.head().status, 200);
}

/// A thread of the application may be waiting for a client that is still there, and sends nothing.
#[test]
fn whoever_waits_for_a_client_is_woken_when_the_front_gives_it_up() {
    let front = Front::start(ENDLESS);
    let (mut client, id, body) = lend(&front);
    // An answer that is cut.
    front
        .worker()
        .begin(id, "200 OK", &[("Content-Length", "10")]);
    front.worker().send(Kind::End, id, b"");
    assert_eq!(client.head().status, 200);
    assert_eq!(body.read(), b"");
    // The system resets the connection once nobody has it any more.
    let error = client.rest().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

/// What comes after the last word about a request is late, and nothing worse.
#[test]
fn a_body_may_be_read_after_the_answer() {
    let front = Front::start(ENDLESS);
    let (mut client, id, body) = lend(&front);
    front.worker().respond(id, b"early");
    front.worker().send(Kind::Received, id, b"");
    let response = client.response();
    assert_eq!(
        (response.text(), response.header("Connection")),
        ("early", Some("close"))
    );
    drop(body);
    front.serve_another();
}
