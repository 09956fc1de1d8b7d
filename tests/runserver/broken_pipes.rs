//! Clients that break off: with a reset at each phase of a request, and those that speak TLS.
//!
//! Django's server logs `- Broken pipe from ('127.0.0.1', N)` where it reads, and nothing where it
//! writes. Ours logs that line wherever it happens, once, and never a traceback.

use std::process::Command;

use rstest::rstest;

use super::{app_server, serve_app};
use crate::support::{Client, Server, newest};

/// Waits for the line about this client, and checks that it is the only one and nothing went wrong.
#[track_caller]
fn expect_broken_pipe(server: &Server, port: u16) {
    let line = format!("- Broken pipe from ('127.0.0.1', {port})\n");
    server.wait_for_output(&line);
    // What might come late has come once a later request is answered and logged.
    server.get("/?after");
    server.wait_for_output("\"GET /?after HTTP/1.1\" 200 ");
    let output = server.output();
    assert_eq!(output.matches(&line).count(), 1, "{output}");
    assert!(!output.contains("Traceback"), "{output}");
    let date = regex::Regex::new(
        r"(?m)^\[\d\d/[A-Z][a-z]{2}/\d{4} \d\d:\d\d:\d\d,\d{3}\] - Broken pipe from ",
    );
    assert!(date.unwrap().is_match(&output), "{output}");
}

/// What comes before the answer; `None` where nothing of it is waited for.
#[rstest]
#[case::nothing("", None)]
#[case::in_the_head("GET / HT", None)]
#[case::in_a_short_body(
    "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nabc",
    None
)]
#[case::in_chunks(
    "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
    None
)]
#[case::in_the_application("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n", Some("waiting\n"))]
#[case::in_the_application_with_a_body(
    "POST /wait HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nabc",
    Some("waiting\n")
)]
fn a_reset_before_the_answer_is_one_line(#[case] sent: &str, #[case] printed: Option<&str>) {
    let server = serve_app();
    let mut client = server.connect();
    let port = client.local_addr().port();
    client.send(sent);
    if let Some(printed) = printed {
        server.wait_for_output(printed);
    }
    client.abort();
    if printed.is_some() {
        // What still runs ends, and finds nobody who wants its answer.
        server.get("/go");
    }
    expect_broken_pipe(&server, port);
    let output = server.output();
    let lines = output.lines().filter(|line| line.contains("HTTP/1.1\" "));
    let others = lines.filter(|line| !line.contains("/go ") && !line.contains("/?after "));
    assert_eq!(others.count(), 0, "{output}");
}

#[test]
fn a_reset_between_two_requests_is_one_line() {
    let server = serve_app();
    let mut client = server.connect();
    let port = client.local_addr().port();
    assert_eq!(client.get("/").status, 200);
    client.abort();
    expect_broken_pipe(&server, port);
}

/// Of an answer that has begun there is the request's own line, too.
#[rstest]
#[case("/forever")]
#[case("/one-big")]
#[case("/stream-big")]
fn a_reset_in_the_answer_is_one_line(#[case] path: &str) {
    let server = serve_app();
    let mut client = server.connect();
    let port = client.local_addr().port();
    client.send(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    assert_eq!(client.head().status, 200);
    client.abort();
    expect_broken_pipe(&server, port);
}

/// The application's own thread reads such a body, from the client's connection.
#[rstest]
#[case("/echo")]
#[case("/length")]
#[case("/read-error")]
fn a_reset_in_a_body_that_the_application_reads_is_one_line(#[case] path: &str) {
    let server = serve_app();
    let mut client = server.connect();
    let port = client.local_addr().port();
    client.send(format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\
         Expect: 100-continue\r\n\r\n"
    ));
    // Now it reads.
    assert_eq!(client.head().status, 100);
    client.send("abc");
    client.abort();
    expect_broken_pipe(&server, port);
}

#[test]
fn clients_that_close_in_order_are_no_broken_pipes() {
    let server = serve_app();
    drop(server.connect());
    let mut client = server.connect();
    client.send("GET / HT");
    drop(client);
    let mut client = server.connect();
    client.get("/");
    drop(client);
    server.get("/?last");
    server.wait_for_output("\"GET /?last HTTP/1.1\" 200 ");
    assert!(!server.output().contains("Broken pipe"));
}

#[test]
fn json_has_the_line_as_an_object() {
    let server = app_server().args(["--log-format", "json"]).start();
    let mut client = server.connect();
    let port = client.local_addr().port();
    client.send("GET");
    client.abort();
    server.wait_for_output(&format!(
        "\"level\":\"INFO\",\"remote\":\"127.0.0.1\",\"port\":{port},\"message\":\"Broken pipe\"}}\n"
    ));
}

/// What Django says to somebody who types `https:`.
const OVER_HTTPS: &str =
    "] You're accessing the development server over HTTPS, but it only supports HTTP.\n";

/// A client that speaks TLS fails at once, with a reason that its user is shown.
#[test]
fn a_tls_client_is_told_that_there_is_no_tls() {
    let code = "\
import socket, ssl, sys
context = ssl._create_unverified_context()
with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=60) as raw:
    try:
        context.wrap_socket(raw, server_hostname='localhost')
    except ssl.SSLError as error:
        print(error.reason)
";
    let server = serve_app();
    for version in 1..=3 {
        let address = server.addr();
        let output = Command::new(newest().as_ref())
            .args(["-I", "-c", code, &address.ip().to_string()])
            .arg(address.port().to_string())
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&output.stdout);
        assert_eq!(printed, "TLSV1_ALERT_PROTOCOL_VERSION\n", "{output:?}");
        let mark = server.mark();
        server.get("/?after");
        server.wait_for_output_since(mark, "\"GET /?after HTTP/1.1\" 200 ");
        let output = server.output();
        assert_eq!(output.matches(OVER_HTTPS).count(), version, "{output}");
        assert!(!output.contains("400"), "{output}");
    }
}

#[rstest]
#[case(&[&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n\x00"[..]])]
#[case(&[&b"\x16"[..], b"\x03\x01"])]
fn tls_is_answered_with_an_alert_and_the_end(#[case] parts: &[&[u8]]) {
    let server = serve_app();
    let mut client = server.connect();
    for part in parts {
        client.send(part);
    }
    assert_eq!(client.rest().unwrap(), [21, 3, 1, 0, 2, 2, 70]);
    server.wait_for_output(OVER_HTTPS);
    assert!(!server.output().contains('\x16'));
}

/// One connection after another, as browsers leave them open.
#[test]
fn without_threads_idle_connections_hold_nobody_up() {
    let server = app_server().arg("--nothreading").start();
    let mut idle: Vec<Client> = (0..3).map(|_| server.connect()).collect();
    for client in &mut idle {
        assert_eq!(client.get("/").status, 200);
    }
    let mut half = server.connect();
    half.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nab");
    let _silent = server.connect();
    assert_eq!(server.get("/").status, 200);
    // Nor do they wait for each other.
    for client in &mut idle {
        assert_eq!(client.get("/").status, 200);
    }
    half.send("cde");
    assert_eq!(half.response().text(), "abcde");
}
