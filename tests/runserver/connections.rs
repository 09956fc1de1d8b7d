//! Requests as clients send them: bodies, limits, and what breaks the rules of HTTP.

use rstest::rstest;

use super::{
    app_server,
    bodies::{body, digest},
    serve_app,
};
use crate::support::post;

#[rstest]
#[case(0)]
#[case(1)]
#[case(65_536)]
#[case(65_537)]
#[case(262_145)]
#[case(5_000_000)]
fn bodies_of_any_length_arrive(#[case] length: usize) {
    let server = serve_app();
    let body = body(length);
    let response = post(&server.url("/digest"), "application/octet-stream", &body);
    assert_eq!(response.text(), digest(&body));
}

#[rstest]
#[case(0)]
#[case(3)]
#[case(65_536)]
#[case(300_000)]
fn chunked_bodies_arrive(#[case] length: usize) {
    let server = serve_app();
    let body = body(length);
    let mut client = server.connect();
    client.send("POST /digest HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    for chunk in body.chunks(10_000) {
        client.send(format!("{:x};name=value\r\n", chunk.len()));
        client.send(chunk);
        client.send("\r\n");
    }
    client.send("0\r\nTrailer: x\r\n\r\n");
    assert_eq!(client.response().text(), digest(&body));
    // Nothing of the body became the next request.
    assert_eq!(client.get("/").status, 200);
}

#[test]
fn a_short_chunked_body_gets_its_length() {
    let server = serve_app();
    let mut client = server.connect();
    client.send("POST /environ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.send("3\r\nabc\r\n0\r\n\r\n");
    let environ = client.response();
    assert!(
        environ.text().contains(r#""CONTENT_LENGTH": "'3'""#),
        "{}",
        environ.text()
    );
}

#[test]
fn a_client_that_waits_is_told_to_go_on() {
    let server = serve_app();
    let mut client = server.connect();
    client.send(
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n",
    );
    assert_eq!(client.head().status, 100);
    client.send("hello");
    assert_eq!(client.response().text(), "hello");
    assert_eq!(client.get("/").status, 200);
}

#[test]
fn a_client_that_waits_is_not_told_to_when_nobody_reads() {
    let server = serve_app();
    let mut client = server.connect();
    client.send(
        "POST /ignore-body HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\
         Expect: 100-continue\r\n\r\n",
    );
    assert_eq!(client.head().status, 200);
}

#[test]
fn requests_sent_before_the_client_stops_sending_are_all_answered() {
    let server = serve_app();
    let mut client = server.connect();
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(3));
    client.finish_sending();
    for _ in 0..3 {
        assert_eq!(client.response().status, 200);
    }
    client.expect_close();
}

#[test]
fn a_body_that_nobody_reads_does_not_become_a_request() {
    let server = serve_app();
    let mut client = server.connect();
    let body = "GET /inner HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(5000);
    client.send(format!(
        "POST /ignore-body HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n",
        body.len()
    ));
    // The server may close before it has taken all of it.
    let _ = client.try_send(&body);
    assert_eq!(client.response().text(), "ignored");
    let _ = client.rest();
    assert_eq!(server.get("/").status, 200);
    assert!(!server.output().contains("/inner"));
}

#[test]
fn a_client_that_goes_away_inside_its_body_is_an_error_of_the_read() {
    let server = serve_app();
    let mut client = server.connect();
    client
        .send("POST /read-error HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nabc");
    client.finish_sending();
    assert_eq!(client.response().status, 500);
    server.wait_for_output("read failed: the client closed the connection");
    assert_eq!(server.get("/").status, 200);
}

#[test]
fn a_malformed_chunk_never_reaches_the_application() {
    let server = serve_app();
    let mut client = server.connect();
    client
        .send("POST /read-error HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    let chunk = "x".repeat(0x11000);
    client.send(format!("11000\r\n{chunk}\r\n0x1\r\n"));
    assert_eq!(client.response().status, 400);
    client.expect_close();
    assert_eq!(server.get("/").status, 200);
}

/// Applications that go by `CONTENT_LENGTH` alone, as Django does, would take it for empty.
#[rstest]
#[case(5, "")]
#[case(65_536, "")]
#[case(65_537, "")]
#[case(1_000_000, "")]
#[case(5, "Expect: 100-continue\r\n")]
#[case(1_000_000, "Expect: 100-continue\r\n")]
fn a_chunked_body_of_any_length_gets_its_length(#[case] length: usize, #[case] header: &str) {
    let server = serve_app();
    let mut client = server.connect();
    client.send(format!(
        "POST /length HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n{header}\r\n"
    ));
    if !header.is_empty() {
        assert_eq!(client.head().status, 100);
    }
    let body = body(length);
    for chunk in body.chunks(100_000) {
        client.send(format!("{:x}\r\n", chunk.len()));
        client.send(chunk);
        client.send("\r\n");
    }
    client.send("0\r\n\r\n");
    assert_eq!(client.response().text(), digest(&body));
    assert_eq!(client.get("/").status, 200);
}

/// Each of them would otherwise wait for octets that nobody sends.
#[rstest]
#[case("Content-Length: 1000000\r\n\r\nabc")]
#[case("Content-Length: 5\r\nExpect: 100-continue\r\n\r\n")]
fn clients_that_crash_inside_their_bodies_leave_no_thread_behind(#[case] rest: &str) {
    let server = app_server().args(["--threads", "2"]).start();
    for _ in 0..8 {
        let mut client = server.connect();
        client.send(format!(
            "POST /read-error HTTP/1.1\r\nHost: localhost\r\n{rest}"
        ));
        client.abort();
    }
    assert_eq!(server.get("/").status, 200);
}

#[test]
fn a_client_that_goes_away_inside_the_response_stops_the_application() {
    let server = serve_app();
    let mut client = server.connect();
    client.send("GET /forever HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(client.head().status, 200);
    client.abort();
    server.wait_for_output("\"GET /forever HTTP/1.1\" 200 ");
    while !server.get("/closed").text().contains("forever") {}
}

#[rstest]
#[case("GET / HTTP/1.1\r\n\r\n", 400)]
#[case("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400)]
#[case("GET / HTTP/1.1\nHost: a\n\n", 400)]
#[case("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505)]
#[case("nonsense\r\n\r\n", 400)]
#[case(
    "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    400
)]
#[case(
    "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    400
)]
#[case("CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", 501)]
fn a_request_that_breaks_the_rules_ends_its_connection(#[case] request: &str, #[case] status: u16) {
    let server = serve_app();
    let mut client = server.connect();
    // A second request that must not be read.
    client.send(format!(
        "{request}GET /inner HTTP/1.1\r\nHost: localhost\r\n\r\n"
    ));
    let response = client.response();
    assert_eq!(
        (response.status, response.header("Connection")),
        (status, Some("close"))
    );
    client.finish_sending();
    client.expect_close();
    server.wait_for_output(&format!("\" {status} "));
    assert!(!server.output().contains("/inner HTTP/1.1\" 200"));
    assert_eq!(server.get("/").status, 200);
}

#[rstest]
#[case(format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "y".repeat(70_000)), 431)]
#[case(format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "y".repeat(70_000)), 414)]
#[case(format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "X: y\r\n".repeat(101)), 431)]
fn a_head_over_the_limits_is_refused(#[case] request: String, #[case] status: u16) {
    let server = serve_app();
    let mut client = server.connect();
    client.send(request);
    assert_eq!(client.response().status, status);
    assert_eq!(server.get("/").status, 200);
}

#[test]
fn a_connection_without_a_request_is_no_error() {
    let server = serve_app();
    drop(server.connect());
    let mut client = server.connect();
    client.send("GET / HT");
    drop(client);
    assert_eq!(server.get("/").status, 200);
    server.wait_for_output("\"GET / HTTP/1.1\" 200 14");
    assert_eq!(server.output().matches("HTTP/1.1\"").count(), 1);
}

#[test]
fn what_clients_send_cannot_act_on_the_terminal() {
    let server = serve_app();
    let mut client = server.connect();
    client.send("GET /\x1b[31m HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(client.response().status, 400);
    server.wait_for_output(r#""GET /\x1b[31m HTTP/1.1" 400"#);
    assert!(!server.output().contains('\x1b'));
}
