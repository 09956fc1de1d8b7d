//! Response splitting: no octet of a status, a name or a value of the application's makes another
//! header or another response, and its traceback points at its own line. A worker that would send
//! one all the same does not get it past the front.

use std::io::ErrorKind;

use rstest::rstest;

use super::{
    app_server,
    front::{ENDLESS, Front},
    serve_app,
};
use crate::support::Response;
use scaffold::wire::frame::Kind;

const BREAKS: [&str; 5] = ["\r\n", "\n", "\r", "\0", "\r\n\r\n"];

/// The status, the name and the value in turn, with each octet that must not be in them.
fn heads() -> impl Iterator<Item = [String; 3]> {
    BREAKS.into_iter().flat_map(|octets| {
        (0..3).map(move |at| {
            let mut head = ["200 OK", "X-Name", "value"].map(str::to_owned);
            head[at] = format!("{}{octets}Set-Cookie: evil=1", head[at]);
            head
        })
    })
}

#[track_caller]
fn assert_is_not_split(response: &Response, head: &[String; 3]) {
    assert_eq!(response.status, 500, "{head:?}: {}", response.text());
    let names = ["Set-Cookie", "X-Name"];
    let headers = names.map(|name| response.header(name));
    assert_eq!(headers, [None, None], "{head:?}");
}

#[test]
fn an_application_is_told_at_its_own_line() {
    let server = serve_app();
    let mut client = server.connect();
    for head in heads() {
        let [status, name, value] = head.each_ref().map(|text| {
            let octets = text.bytes().map(|octet| format!("%{octet:02x}"));
            octets.collect::<String>()
        });
        let response = client.get(&format!("/head-of?s={status}&n={name}&v={value}"));
        assert_is_not_split(&response, &head);
        let line = "in do_head_of\n    start_response(status, [(name, value)])";
        assert!(response.text().contains(line), "{}", response.text());
    }
    assert_eq!(client.get("/").status, 200);
}

#[test]
fn a_worker_that_would_split_a_response_does_not() {
    let front = Front::start(ENDLESS);
    let worker = front.worker();
    let mut client = front.connect();
    for head in heads() {
        let [status, name, value] = head.each_ref().map(String::as_str);
        let headers = [(name, value)];
        for streams in [false, true] {
            client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
            let id = front.wait_for(Kind::Request).id;
            if streams {
                worker.begin(id, status, &headers);
            } else {
                worker.respond_with(id, status, &headers);
            }
            assert_is_not_split(&client.response(), &head);
            if streams {
                worker.send(Kind::End, id, b"");
            }
        }
    }
    front.serve_another();
}

#[rstest]
#[case("200 OK", &[("Content-Length", "1"), ("content-length", "1")])]
#[case("200 OK", &[("Content-Length", "+1")])]
#[case("200 OK", &[("Content-Length", "1, 1")])]
#[case("200 OK", &[("Transfer-Encoding", "chunked")])]
#[case("200 OK", &[("Connection", "keep-alive")])]
#[case("200 OK", &[("Upgrade", "h2c")])]
#[case("200 OK", &[("X Y", "a")])]
#[case("200 OK", &[("X:", "a")])]
#[case("200 OK", &[("", "a")])]
#[case("200 OK", &[("X", "a\x1bb")])]
#[case("100 Continue", &[])]
#[case("101 Switching Protocols", &[])]
#[case("20 OK", &[])]
#[case("2000 OK", &[])]
#[case("200OK", &[])]
#[case("+20 OK", &[])]
#[case("", &[])]
fn a_worker_cannot_send_what_clients_could_read_in_two_ways(
    #[case] status: &str,
    #[case] headers: &[(&str, &str)],
) {
    let front = Front::start(ENDLESS);
    let mut client = front.connect();
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let id = front.wait_for(Kind::Request).id;
    front.worker().respond_with(id, status, headers);
    let response = client.response();
    assert_eq!(response.status, 500);
    assert!(
        response
            .text()
            .starts_with("The response could not be sent")
    );
    front.serve_another();
}

/// Found by the fuzz target `worker_frames`.
#[test]
fn a_worker_that_announces_more_than_it_sends_breaks_the_connection_off() {
    let front = Front::start(ENDLESS);
    let mut client = front.connect();
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let id = front.wait_for(Kind::Request).id;
    let headers = [("Content-Length", "5")];
    front.worker().respond_with(id, "200 OK", &headers);
    let error = client.rest().map(|octets| octets.len()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    front.serve_another();
}

/// The log shows what was asked for as it was sent, and nothing in it acts on a terminal.
#[test]
fn a_path_cannot_write_lines_of_the_log() {
    let server = app_server().start();
    let target = "/environ/%0d%0a[01/Jan/2026%2000:00:00]%20%22GET%20/%1b[2J%c2%9b?\\x1b[31m";
    assert_eq!(server.get(target).status, 200);
    let logged = target.replace('\\', r"\\");
    server.wait_for_output(&format!("] \"GET {logged} HTTP/1.1\" 200 "));
    assert!(!server.output().contains(['\x1b', '\u{9b}']));
}
