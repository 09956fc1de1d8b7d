//! Response heads that an application which speaks HTTP itself could send: refused, or read so that
//! nobody could find another end of the body, and without what is about its own connection.
#![no_main]

#[path = "support/part.rs"]
mod part;

use bytes::Bytes;
use libfuzzer_sys::{
    arbitrary::{self, Arbitrary},
    fuzz_target,
};
use part::Part;
use scaffold::serve::http::answer::{self, Framing};

#[derive(Arbitrary, Debug)]
struct Input<'i> {
    is_head: bool,
    line: &'i [u8],
    /// The status line is `line`, and not one that is accepted.
    is_whole_line: bool,
    code: u16,
    headers: Vec<(Part<'i>, Part<'i>)>,
    /// How many octets arrive at a time.
    piece: u8,
}

/// Octets that mean something in a head.
const KNOWN: &[&str] = &[
    "Content-Length",
    "content-length",
    "Transfer-Encoding",
    "Connection",
    "Upgrade",
    "Keep-Alive",
    "X-Y",
    "Set-Cookie",
    "Trailer",
    "close",
    "keep-alive",
    "upgrade, x-y",
    "Content-Length, close",
    "websocket",
    "chunked",
    "gzip, chunked",
    "0",
    "17",
    "+17",
    "18446744073709551616",
];

impl Input<'_> {
    fn octets(&self) -> Vec<u8> {
        let mut octets = if self.is_whole_line {
            self.line.to_vec()
        } else {
            let code = 100 + self.code % 900;
            [format!("HTTP/1.1 {code} ").as_bytes(), self.line].concat()
        };
        octets.extend(b"\r\n");
        for (name, value) in &self.headers {
            octets.extend([name.octets(KNOWN), b": ", value.octets(KNOWN), b"\r\n"].concat());
        }
        octets.extend(b"\r\n");
        octets
    }
}

fuzz_target!(|input: Input<'_>| {
    let octets = input.octets();
    // Wherever it is cut on its way, its end is found at one place.
    let end = answer::length(&octets, 0).expect("it has an end");
    let mut arrived = 0;
    let found = loop {
        let searched = arrived;
        arrived = octets.len().min(arrived + usize::from(input.piece).max(1));
        if let Some(found) = answer::length(&octets[..arrived], searched) {
            break found;
        }
    };
    assert_eq!(found, end);

    let head = Bytes::copy_from_slice(&octets[..end]);
    let Ok(answer) = answer::parse(&head, input.is_head) else {
        return;
    };
    let has_no_body = input.is_head || matches!(answer.status, 100..=199 | 204 | 304);
    assert!(!has_no_body || answer.framing == Framing::Length(0));
    assert!(!answer.keep_alive || answer.framing != Framing::Close);
    let code = answer.status.to_string();
    assert!(
        answer
            .head
            .status
            .starts_with([code.as_bytes(), b" "].concat().as_slice())
    );
    let mut lengths = Vec::new();
    for (name, value) in &answer.head.headers {
        let is_text = |octet: &u8| *octet == b'\t' || !octet.is_ascii_control();
        assert!(value.iter().all(is_text), "{value:?}");
        match name.to_ascii_lowercase().as_slice() {
            b"connection" | b"keep-alive" | b"transfer-encoding" | b"upgrade" | b"trailer" => {
                panic!("{name:?} is about the application's connection");
            }
            b"content-length" => lengths.push(value),
            _ => {}
        }
    }
    assert!(lengths.len() <= 1);
    if let Framing::Length(length) = answer.framing
        && !has_no_body
    {
        assert_eq!(lengths, [length.to_string().as_bytes()]);
    }
});
