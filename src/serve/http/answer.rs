//! The response heads of an application that speaks HTTP itself: octets → what it said, and how
//! its body ends (RFC 9112, sections 4 and 6). Pure.
//!
//! Whether the status and the headers may be sent on is judged when they are (`serve::response`),
//! as with a worker's. Here is decided what must be known to read on, strictly: where two readers
//! could find two ends of a body, there is none.

use std::mem::MaybeUninit;

use bytes::Bytes;

use super::{
    super::{
        head::{self, decimal},
        response::{Invalid, is_hop_by_hop},
    },
    request::WEBSOCKET,
};
use crate::{cargo::FAILURE, wire::message::ResponseHead};

/// Most octets of a response head: as many as of a request's.
pub const MAX_HEAD: usize = head::MAX_HEAD;

/// Most header lines of a response: a page that sets cookies has some twenty.
const MAX_HEADERS: usize = 256;

/// What went wrong where the application gave no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// It panicked.
    Panic,
    /// It returned an error.
    Error,
}

/// How the end of a response's body is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// After so many octets.
    Length(u64),
    /// By chunks.
    Chunks,
    /// When the connection ends.
    Close,
}

/// A response's head, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The code of its status.
    pub status: u16,
    /// What is for the client: without what is about this connection only.
    pub head: ResponseHead,
    /// Where its body ends.
    pub framing: Framing,
    /// Whether the connection may be used again.
    pub keep_alive: bool,
    /// It switches to the one protocol that may be asked for, by its headers.
    pub is_websocket: bool,
    /// It says that there is no response, because something went wrong.
    pub failure: Option<FailureKind>,
}

/// How long the head is at the beginning of these octets, its empty line included; `None` where it
/// is not complete. The first `searched` of them were looked at before.
#[must_use]
pub fn length(octets: &[u8], searched: usize) -> Option<usize> {
    let from = searched.saturating_sub(3);
    let at = memchr::memmem::find(octets.get(from..)?, b"\r\n\r\n")?;
    Some(from + at + 4)
}

/// Takes a head apart, which is all of `octets`; `is_head` says that it answers a HEAD request.
pub fn parse(octets: &Bytes, is_head: bool) -> Result<Answer, Invalid> {
    let mut headers = [const { MaybeUninit::uninit() }; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut []);
    let parsed = httparse::ParserConfig::default().parse_response_with_uninit_headers(
        &mut response,
        octets,
        &mut headers,
    );
    match parsed {
        Ok(httparse::Status::Complete(length)) if length == octets.len() => {}
        Err(httparse::Error::TooManyHeaders) => return Err(Invalid("more than 256 headers")),
        _ => return Err(Invalid("a malformed head")),
    }
    // Lines that end in another way would be two headers to somebody, or one.
    head::check_line_ends(octets).map_err(|_| Invalid("a line that does not end with CR LF"))?;
    let (Some(status), Some(minor)) = (response.code, response.version) else {
        return Err(Invalid("a malformed status line"));
    };
    let said = Said::new(response.headers)?;
    let has_no_body = is_head || matches!(status, 100..=199 | 204 | 304);
    let framing = match (said.length, said.is_chunked) {
        (Some(_), true) => return Err(Invalid("both a Content-Length and a Transfer-Encoding")),
        (None, true) if minor == 0 => return Err(Invalid("a Transfer-Encoding in HTTP/1.0")),
        _ if has_no_body => Framing::Length(0),
        (Some(length), false) => Framing::Length(length),
        (None, true) => Framing::Chunks,
        (None, false) => Framing::Close,
    };
    let kept = response
        .headers
        .iter()
        .filter(|header| !said.is_left_out(header.name));
    Ok(Answer {
        status,
        head: ResponseHead {
            status: status_of(octets)?,
            headers: kept
                .map(|header| {
                    (
                        octets.slice_ref(header.name.as_bytes()),
                        octets.slice_ref(header.value),
                    )
                })
                .collect(),
        },
        framing,
        keep_alive: minor == 1 && framing != Framing::Close && !said.names(b"close"),
        is_websocket: said.is_websocket && said.names(b"upgrade"),
        failure: said.failure,
    })
}

/// Code and reason, which are the rest of the first line.
fn status_of(octets: &Bytes) -> Result<Bytes, Invalid> {
    const CODE: usize = b"HTTP/1.1 ".len();
    const REASON: usize = b"HTTP/1.1 200".len();
    let end = memchr::memchr(b'\r', octets).unwrap_or_default();
    match end {
        // Empty lines before it would be skipped by the parser.
        _ if !octets.starts_with(b"HTTP/") => Err(Invalid("a malformed status line")),
        // The space is not optional, the reason is (RFC 9112, section 4).
        REASON => Ok([octets.get(CODE..end).unwrap_or_default(), b" "]
            .concat()
            .into()),
        _ if end > REASON => Ok(octets.slice(CODE..end)),
        _ => Err(Invalid("a malformed status line")),
    }
}

/// What the headers say that is not for the client.
struct Said<'h> {
    headers: &'h [httparse::Header<'h>],
    length: Option<u64>,
    is_chunked: bool,
    is_websocket: bool,
    failure: Option<FailureKind>,
    /// `Connection` names something.
    has_options: bool,
}

impl<'h> Said<'h> {
    fn new(headers: &'h [httparse::Header<'h>]) -> Result<Self, Invalid> {
        let mut said = Self {
            headers,
            length: None,
            is_chunked: false,
            is_websocket: false,
            failure: None,
            has_options: false,
        };
        for header in headers {
            let is = |name: &str| header.name.eq_ignore_ascii_case(name);
            // The lengths tell most names apart before any letters are compared.
            match header.name.len() {
                7 if is("upgrade") => {
                    said.is_websocket = header.value.eq_ignore_ascii_case(WEBSOCKET);
                }
                10 if is("connection") => said.has_options = true,
                14 if is("content-length") => {
                    let length =
                        decimal(header.value).ok_or(Invalid("a malformed Content-Length"))?;
                    if said.length.replace(length).is_some() {
                        return Err(Invalid("more than one Content-Length"));
                    }
                }
                16 if is(FAILURE) => {
                    said.failure = Some(match header.value {
                        b"panic" => FailureKind::Panic,
                        _ => FailureKind::Error,
                    });
                }
                17 if is("transfer-encoding") => {
                    let is_other = !header.value.eq_ignore_ascii_case(b"chunked");
                    if is_other || std::mem::replace(&mut said.is_chunked, true) {
                        return Err(Invalid("a Transfer-Encoding other than one `chunked`"));
                    }
                }
                _ => {}
            }
        }
        Ok(said)
    }

    /// Whether `Connection` names this.
    fn names(&self, option: &[u8]) -> bool {
        self.has_options
            && self
                .headers
                .iter()
                .filter(|header| header.name.eq_ignore_ascii_case("connection"))
                .flat_map(|header| header.value.split(|&octet| octet == b','))
                .any(|item| item.trim_ascii().eq_ignore_ascii_case(option))
    }

    /// Whether a header is not for the client. How long the body is stays in any case.
    fn is_left_out(&self, name: &str) -> bool {
        is_hop_by_hop(name.as_bytes())
            || name.eq_ignore_ascii_case(FAILURE)
            || !name.eq_ignore_ascii_case("content-length") && self.names(name.as_bytes())
    }
}

#[cfg(test)]
mod tests;
