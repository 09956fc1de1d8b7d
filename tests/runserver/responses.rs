//! What clients get for what applications return.

use std::io;

use rstest::rstest;

use super::{app_server, serve_app};
use crate::support::{Response, get};

const ONE: &str = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

#[test]
fn a_page_comes_with_length_date_and_server() {
    let server = serve_app();
    let response = server.get("/");
    assert_eq!((response.status, response.text()), (200, "Hello, world!\n"));
    assert_eq!(response.header("Content-Length"), Some("14"));
    assert!(response.header("Date").unwrap().ends_with(" GMT"));
    assert_eq!(
        response.header("Server"),
        Some(concat!("scaffold/", env!("CARGO_PKG_VERSION")))
    );
    server.wait_for_output("\"GET / HTTP/1.1\" 200 14 ");
}

#[test]
fn many_requests_share_a_connection() {
    let server = serve_app();
    let mut client = server.connect();
    for _ in 0..50 {
        assert_eq!(client.get("/").text(), "Hello, world!\n");
    }
}

#[test]
fn requests_sent_ahead_are_answered_in_order() {
    let server = serve_app();
    let mut client = server.connect();
    let request = |target: &str| format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    client.send(request("/sleep") + &request("/") + &request("/stream"));
    assert_eq!(client.response().text(), "slept");
    assert_eq!(client.response().text(), "Hello, world!\n");
    assert_eq!(client.response().text(), "block 0\nblock 1\nblock 2\n");
}

#[test]
fn a_stream_is_chunked_and_leaves_the_connection_open() {
    let server = serve_app();
    let mut client = server.connect();
    let response = client.get("/stream");
    assert_eq!(response.header("Transfer-Encoding"), Some("chunked"));
    assert_eq!(response.header("Content-Length"), None);
    assert_eq!(response.text(), "block 0\nblock 1\nblock 2\n");
    assert_eq!(client.get("/").status, 200);
}

#[test]
fn a_stream_to_an_http10_client_ends_with_the_connection() {
    let server = serve_app();
    let mut client = server.connect();
    client.send("GET /stream HTTP/1.0\r\n\r\n");
    let response = client.response();
    assert_eq!(response.header("Transfer-Encoding"), None);
    assert_eq!(response.text(), "block 0\nblock 1\nblock 2\n");
    client.expect_close();
}

#[test]
fn a_block_is_with_the_client_before_the_next_is_made() {
    let server = serve_app();
    let mut client = server.connect();
    client.send(String::from("GET /stepwise") + ONE);
    assert_eq!(client.head().status, 200);
    assert_eq!(client.block().as_deref(), Some(&b"first"[..]));
    assert_eq!(server.get("/go").text(), "gone");
    assert_eq!(client.block().as_deref(), Some(&b"second"[..]));
    assert_eq!(client.block(), None);
}

#[test]
fn large_bodies_arrive_whole() {
    let server = serve_app();
    let body = server.get("/stream-big").body;
    assert_eq!(body.len(), 10_000_000);
    for (number, block) in body.chunks(100_000).enumerate() {
        let letter = b'A' + u8::try_from(number % 26).unwrap();
        assert!(block.iter().all(|&octet| octet == letter), "block {number}");
    }
    assert_eq!(server.get("/one-big").body, vec![b'x'; 10_000_000]);
}

/// A client that takes nothing stops the application, instead of filling memory.
#[test]
fn a_client_that_reads_nothing_stops_the_stream() {
    let server = serve_app();
    let mut client = server.connect();
    client.send(String::from("GET /forever") + ONE);
    assert_eq!(client.head().status, 200);
    // Others are served meanwhile, by a thread that took over.
    for _ in 0..20 {
        assert_eq!(server.get("/").status, 200);
    }
    let mut processes = server.worker_pids();
    processes.push(server.pid());
    for process in processes {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
        let peak = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .unwrap();
        let kibibytes: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
        assert!(
            kibibytes < 100_000,
            "process {process} took {kibibytes} KiB"
        );
    }
    client.abort();
    wait_for_close(&server, "forever");
}

#[test]
fn close_is_called_once_after_the_last_block() {
    let server = serve_app();
    assert_eq!(server.get("/close-each").text(), "ab");
    assert_eq!(wait_for_close(&server, "each"), 1);
}

/// Waits until the application's body was closed; says how often.
fn wait_for_close(server: &crate::support::Server, name: &str) -> usize {
    loop {
        let closed = server.get("/closed").text().matches(name).count();
        if closed > 0 {
            return closed;
        }
    }
}

#[rstest]
#[case("/write", "written returned")]
#[case("/empty-blocks", "ab")]
#[case("/valid", "valid")]
#[case("/ignore-body", "ignored")]
fn bodies(#[case] path: &str, #[case] expected: &str) {
    let response = serve_app().get(path);
    assert_eq!((response.status, response.text()), (200, expected));
}

#[test]
fn answers_without_a_body_have_none() {
    let server = serve_app();
    let mut client = server.connect();
    for (path, status) in [("/empty", 204), ("/not-modified", 304)] {
        let response = client.get(path);
        assert_eq!(response.status, status);
        assert_eq!(response.header("Content-Length"), None, "{path}");
        assert_eq!(response.header("Transfer-Encoding"), None, "{path}");
    }
    assert_eq!(client.get("/").status, 200);
}

#[test]
fn head_has_the_head_of_get_and_no_body() {
    let server = serve_app();
    let mut client = server.connect();
    for path in ["/", "/stream", "/one-big"] {
        client.send(format!("HEAD {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        assert_eq!(client.response_to_head().status, 200, "{path}");
    }
    client.send("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(
        client.response_to_head().header("Content-Length"),
        Some("14")
    );
    assert_eq!(client.get("/").text(), "Hello, world!\n");
}

#[test]
fn header_values_are_octets() {
    let server = serve_app();
    let mut client = server.connect();
    client.send(String::from("GET /latin1") + ONE);
    let octets = client.rest().unwrap();
    assert!(memchr::memmem::find(&octets, b"X-Name: caf\xe9\r\n").is_some());
}

#[test]
fn no_more_than_the_announced_length_is_sent() {
    let server = serve_app();
    let mut client = server.connect();
    assert_eq!(client.get("/long").text(), "abc");
    assert_eq!(client.get("/").text(), "Hello, world!\n");
}

#[rstest]
#[case("/short")]
#[case("/raise-in-body")]
fn a_body_that_is_cut_never_looks_complete(#[case] path: &str) {
    let server = serve_app();
    let mut client = server.connect();
    client.send(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    let error = client
        .try_response()
        .map(|response| response.text().to_owned())
        .unwrap_err();
    assert!(
        matches!(
            error.kind(),
            io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof
        ),
        "{error:?}"
    );
    assert_eq!(server.get("/").status, 200);
}

/// In HTTP/1.0 a body ends with its connection, so it is how the connection ends that tells.
#[test]
fn a_stream_cut_by_the_end_of_the_server_never_looks_complete() {
    let server = serve_app();
    let mut client = server.connect();
    client.send("GET /forever HTTP/1.0\r\n\r\n");
    assert_eq!(client.head().status, 200);
    server.signal(rustix::process::Signal::INT);
    let error = client.rest().map(|octets| octets.len()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
}

#[rstest]
#[case("/raise-before", "ValueError: raised <before>")]
#[case("/raise-after", "ValueError: raised after")]
#[case("/none", "TypeError")]
#[case("/text", "TypeError")]
#[case("/yield-text", "TypeError")]
#[case("/no-start", "start_response")]
#[case("/exit", "SystemExit: 3")]
#[case("/list-header", "must be a tuple")]
#[case("/split", "X-Evil")]
#[case("/hop-by-hop", "Connection")]
fn a_failing_application_is_shown_where_the_user_looks(#[case] path: &str, #[case] text: &str) {
    let server = serve_app();
    let mut client = server.connect();
    let response = client.get(path);
    assert_eq!(response.status, 500);
    assert_eq!(
        response.header("Content-Type"),
        Some("text/plain; charset=utf-8")
    );
    assert!(response.text().contains(text), "{}", response.text());
    server.wait_for_output(text);
    // The server goes on, and so does the connection.
    assert_eq!(client.get("/").status, 200);
}

#[test]
fn a_browser_gets_the_error_as_a_page() {
    let server = serve_app();
    let response = browse(&server.url("/raise-before"), "localhost");
    assert_eq!(response.status, 500);
    assert_eq!(
        response.header("Content-Type"),
        Some("text/html; charset=utf-8")
    );
    assert!(
        response
            .text()
            .contains("ValueError: raised &lt;before&gt;")
    );
    assert!(
        response.text().contains("do_raise_before"),
        "the traceback is there"
    );
    assert!(
        !response.text().contains("scaffold_worker"),
        "our own frames are not"
    );
    // Other sites can neither frame it, nor load it as a script or image, nor read it.
    for (name, value) in [
        ("X-Frame-Options", Some("DENY")),
        ("X-Content-Type-Options", Some("nosniff")),
        ("Cross-Origin-Resource-Policy", Some("same-origin")),
        ("Cache-Control", Some("no-store")),
        ("Access-Control-Allow-Origin", None),
    ] {
        assert_eq!(response.header(name), value, "{name}");
    }
}

#[test]
fn other_machines_get_no_traceback() {
    let address = own_address();
    let server = app_server().address(format!("{address}:0")).start();
    let response = browse(
        &format!("http://{}/raise-before", server.addr()),
        "localhost",
    );
    assert_eq!(response.status, 500);
    assert!(
        !response.text().contains("ValueError"),
        "{}",
        response.text()
    );
    assert_eq!(get(&server.url("/")).status, 200);
}

/// An address of this machine that is not its loopback address.
pub(super) fn own_address() -> std::net::IpAddr {
    // Connecting a datagram socket sends nothing; it only chooses the address to send from.
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").unwrap();
    socket.connect("192.0.2.1:9").unwrap();
    socket.local_addr().unwrap().ip()
}

fn browse(url: &str, host: &str) -> Response {
    let (address, path) = url
        .strip_prefix("http://")
        .unwrap()
        .split_once('/')
        .unwrap();
    let mut client = crate::support::Client::connect(address);
    client.send(format!(
        "GET /{path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html,*/*\r\nConnection: close\r\n\r\n"
    ));
    client.response()
}

#[test]
fn the_errors_stream_takes_any_text() {
    let server = serve_app();
    assert_eq!(server.get("/errors").status, 200);
    server.wait_for_output("to the errors: \u{2603}");
}

#[test]
fn a_slow_request_does_not_hold_up_others() {
    let server = serve_app();
    let mut waiting: Vec<_> = (0..8)
        .map(|_| {
            let mut client = server.connect();
            client.send(String::from("GET /wait") + ONE);
            client
        })
        .collect();
    for _ in 0..20 {
        assert_eq!(server.get("/").status, 200);
    }
    // All eight are inside the application; one word lets all of them go.
    while server.output().matches("waiting").count() < waiting.len() {
        assert_eq!(server.get("/").status, 200);
    }
    assert_eq!(server.get("/go").status, 200);
    for client in &mut waiting {
        assert_eq!(client.response().text(), "waited");
    }
}

#[test]
fn without_threads_requests_run_one_at_a_time() {
    let server = app_server().arg("--nothreading").start();
    let mut slow = server.connect();
    slow.send(String::from("GET /sleep") + ONE);
    assert_eq!(server.get("/").status, 200);
    assert_eq!(slow.response().text(), "slept");
    let environ = server.get("/environ").text().to_owned();
    assert!(
        environ.contains(r#""wsgi.multithread": "False""#),
        "{environ}"
    );
}
