//! Response heads that a worker could send: refused with nothing written, or written so that a
//! client reads exactly the same headers and ours, and nothing else.
#![no_main]

use libfuzzer_sys::{
    arbitrary::{self, Arbitrary},
    fuzz_target,
};
use scaffold::{
    serve::response::{Asked, Delimiter, Shape, begin},
    wire::message::ResponseHead,
};

const DATE: &str = "Thu, 01 Jan 1970 00:00:00 GMT";

#[derive(Arbitrary, Debug)]
struct Input<'i> {
    code: u16,
    reason: &'i [u8],
    /// The status is these octets instead.
    status: Option<&'i [u8]>,
    headers: Vec<(Name<'i>, &'i [u8])>,
    length: Option<u16>,
    /// The length of a body that is at hand.
    whole: Option<u16>,
    is_head: bool,
    is_http11: bool,
    keep_alive: bool,
}

/// Names that mean something, and others.
#[derive(Arbitrary, Debug)]
enum Name<'i> {
    Other(&'i [u8]),
    ContentLength,
    TransferEncoding,
    Connection,
    Date,
    Server,
}

impl<'i> Name<'i> {
    fn octets(&self) -> &'i [u8] {
        match self {
            Self::Other(octets) => octets,
            Self::ContentLength => b"Content-length",
            Self::TransferEncoding => b"Transfer-Encoding",
            Self::Connection => b"connection",
            Self::Date => b"Date",
            Self::Server => b"SERVER",
        }
    }
}

fuzz_target!(|input: Input<'_>| {
    let status = input.status.map_or_else(
        || [input.code.to_string().as_bytes(), b" ", input.reason].concat(),
        <[u8]>::to_vec,
    );
    let mut headers: Vec<(Vec<u8>, Vec<u8>)> = input
        .headers
        .iter()
        .map(|(name, value)| (name.octets().to_vec(), value.to_vec()))
        .collect();
    if let Some(length) = input.length {
        headers.push((b"Content-Length".to_vec(), length.to_string().into_bytes()));
    }
    let head = ResponseHead {
        status: status.clone().into(),
        headers: headers
            .iter()
            .map(|(name, value)| (name.clone().into(), value.clone().into()))
            .collect(),
    };
    let shape = input
        .whole
        .map_or(Shape::Streamed, |length| Shape::Whole(length.into()));
    let asked = Asked {
        is_head: input.is_head,
        is_http11: input.is_http11,
        keep_alive: input.keep_alive,
    };
    let mut out = Vec::new();
    let Ok(begun) = begin(&mut out, &head, shape, asked, DATE.as_bytes()) else {
        assert!(out.is_empty());
        return;
    };

    let mut parsed = vec![httparse::EMPTY_HEADER; headers.len() + 8];
    let mut response = httparse::Response::new(&mut parsed);
    let complete = response.parse(&out);
    assert_eq!(complete, Ok(httparse::Status::Complete(out.len())));
    let lines = out.iter().filter(|&&octet| octet == b'\n').count();
    assert_eq!(lines, response.headers.len() + 2, "a line was injected");
    assert_eq!(response.code, Some(begun.status));
    assert!(out.starts_with(&[b"HTTP/1.1 ", &status[..], b"\r\n"].concat()));

    // The application's own headers come first, in order.
    let is_length = |name: &[u8]| name.eq_ignore_ascii_case(b"content-length");
    headers.retain(|(name, _)| begun.status != 204 || !is_length(name));
    let (own, ours) = response.headers.split_at(headers.len());
    for ((name, value), header) in headers.iter().zip(own) {
        assert_eq!(name, header.name.as_bytes());
        let blank = |octet: &u8| matches!(octet, b' ' | b'\t');
        let start = value.iter().take_while(|octet| blank(octet)).count();
        let end = value.iter().rev().take_while(|octet| blank(octet)).count();
        let value = value.get(start..value.len() - end).unwrap_or_default();
        assert_eq!(value, header.value);
        assert!(!name.eq_ignore_ascii_case(b"transfer-encoding"));
        assert!(!name.eq_ignore_ascii_case(b"connection"));
    }

    // Then ours, each at most once and only where it was missing.
    let count = |name: &str| {
        let same = |header: &&httparse::Header<'_>| header.name.eq_ignore_ascii_case(name);
        response.headers.iter().filter(same).count()
    };
    for header in ours {
        assert!(
            [
                "Content-Length",
                "Transfer-Encoding",
                "Date",
                "Server",
                "Connection"
            ]
            .contains(&header.name)
        );
        assert_eq!(count(header.name), 1, "{}", header.name);
    }
    assert!(count("Date") > 0 && count("Server") > 0);
    assert!(count("Content-Length") + count("Transfer-Encoding") <= 1);
    let is_chunked = begun.delimiter == Delimiter::Chunks;
    assert_eq!(count("Transfer-Encoding"), usize::from(is_chunked));
    assert!(!is_chunked || asked.is_http11);
    assert!(begun.delimiter != Delimiter::Close || !begun.keep_alive);
    assert!(asked.keep_alive || !begun.keep_alive);
    if begun.status == 204 {
        assert_eq!(count("Content-Length"), 0);
    }
});
