//! Request heads that a client could send: what is accepted is written for an application that
//! speaks HTTP itself, so that it reads one head, with the same path, host and body, and without
//! what is about the client's own connection.
#![no_main]

#[path = "support/part.rs"]
mod part;

use libfuzzer_sys::{
    arbitrary::{self, Arbitrary},
    fuzz_target,
};
use part::Part;
use scaffold::serve::{
    head::{self, Head},
    http::request,
};

#[derive(Arbitrary, Debug)]
struct Input<'i> {
    method: Part<'i>,
    target: &'i [u8],
    is_http11: bool,
    headers: Vec<(Part<'i>, Part<'i>)>,
}

/// Octets that mean something in a head.
const KNOWN: &[&str] = &[
    "GET",
    "POST",
    "OPTIONS",
    "Host",
    "Connection",
    "connection",
    "Content-Length",
    "Expect",
    "Transfer-Encoding",
    "Upgrade",
    "TE",
    "Trailer",
    "Keep-Alive",
    "Proxy-Connection",
    "X-Y",
    "X_Y",
    "close",
    "keep-alive, x-y",
    "upgrade",
    "websocket",
    "h2c, WebSocket",
    "chunked",
    "gzip, chunked",
    "100-continue",
    "0",
    "17",
    "localhost:8000",
    "trailers",
    "content-length",
];

impl Input<'_> {
    fn octets(&self) -> Vec<u8> {
        let version: &[u8] = if self.is_http11 {
            b" HTTP/1.1\r\n"
        } else {
            b" HTTP/1.0\r\n"
        };
        let mut octets = [self.method.octets(KNOWN), b" ", self.target, version].concat();
        for (name, value) in &self.headers {
            octets.extend([name.octets(KNOWN), b": ", value.octets(KNOWN), b"\r\n"].concat());
        }
        octets.extend(b"\r\n");
        octets
    }
}

/// What the front and the application must read in the same way.
#[derive(Debug, PartialEq, Eq)]
struct Meant {
    method: String,
    path: String,
    query: String,
    host: Vec<u8>,
    framing: head::Framing,
    expects_continue: bool,
    asks_for_websocket: bool,
}

impl Meant {
    fn of(head: &Head<'_>) -> Self {
        Self {
            method: head.method.to_owned(),
            path: head.path.to_owned(),
            query: head.query.to_owned(),
            host: head.host.unwrap_or_default().to_owned(),
            framing: head.framing,
            expects_continue: head.expects_continue,
            asks_for_websocket: request::asks_for_websocket(head),
        }
    }
}

fuzz_target!(|input: Input<'_>| {
    let octets = input.octets();
    let mut written = Vec::new();
    let accepted = head::parse(&octets, |head| {
        request::write(&mut written, head);
        Meant::of(head)
    });
    let Ok(Some(meant)) = accepted else {
        return;
    };
    let read = head::parse(&written, |head| {
        assert_eq!(
            head.length,
            written.len(),
            "there is something behind the head"
        );
        assert!(head.is_http11 && head.keep_alive);
        for header in head.headers {
            let name = header.name.to_ascii_lowercase();
            assert!(!["te", "trailer", "keep-alive", "proxy-connection"].contains(&name.as_str()));
            assert!(name != "connection" || header.value == b"Upgrade" && meant.asks_for_websocket);
        }
        Meant::of(head)
    });
    assert_eq!(
        read.expect("what is written is accepted").as_ref(),
        Some(&meant)
    );
});
