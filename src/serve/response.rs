//! Response heads: what the application said → what goes to the client (RFC 9112, sections 2
//! and 6; PEP 3333, "The `start_response()` Callable"). Pure.
//!
//! The worker has validated already, where the application called; this validates again, because
//! nothing that a worker sends may become a malformed response.

use super::head::{decimal, is_token};
use crate::wire::message::ResponseHead;

/// What of the request decides about the response's form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Whether the method is HEAD.
    pub is_head: bool,
    /// Whether the version is 1.1 rather than 1.0.
    pub is_http11: bool,
    /// Whether the connection may be used again.
    pub keep_alive: bool,
}

impl Asked {
    /// GET, and nothing more on this connection.
    pub(crate) const LAST: Self = Self {
        is_head: false,
        is_http11: true,
        keep_alive: false,
    };
}

/// How much of the body is known when the head is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// All of it: so many octets.
    Whole(usize),
    /// Nothing; it comes in blocks.
    Streamed,
}

/// How the client finds the end of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delimiter {
    /// There is no body: HEAD, 204, 304.
    NoBody,
    /// After so many octets.
    Length(u64),
    /// By chunks.
    Chunks,
    /// When the connection closes.
    Close,
}

/// What was decided when the head was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begun {
    /// The status code.
    pub status: u16,
    /// How the body ends.
    pub delimiter: Delimiter,
    /// Whether the client was told that another request may come.
    pub keep_alive: bool,
}

/// A head that must not be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the response has {0}")]
pub struct Invalid(pub(crate) &'static str);

/// Writes the head of an application's response to `out`, which must be empty where the result is
/// an error. `date` is what is said in `Date` where the application does not say it.
pub fn begin(
    out: &mut Vec<u8>,
    head: &ResponseHead,
    shape: Shape,
    asked: Asked,
    date: &[u8],
) -> Result<Begun, Invalid> {
    let status = status_code(&head.status)?;
    let Said {
        length,
        has_date,
        has_server,
    } = check_headers(&head.headers)?;
    let has_body = !matches!(status, 204 | 304);
    let delimiter = match (length, shape) {
        _ if !has_body || asked.is_head => Delimiter::NoBody,
        (Some(length), _) => Delimiter::Length(length),
        (None, Shape::Whole(length)) => Delimiter::Length(length as u64),
        (None, Shape::Streamed) if asked.is_http11 => Delimiter::Chunks,
        (None, Shape::Streamed) => Delimiter::Close,
    };
    // A body shorter than announced ends with the connection: the client must not wait.
    let is_short = matches!((delimiter, shape),
        (Delimiter::Length(length), Shape::Whole(have)) if length > have as u64);
    let keep_alive = asked.keep_alive && delimiter != Delimiter::Close && !is_short;

    out.extend_from_slice(b"HTTP/1.1 ");
    out.extend_from_slice(&head.status);
    out.extend_from_slice(b"\r\n");
    for (name, value) in &head.headers {
        // RFC 9110, section 8.6: 204 must not have a length.
        if status == 204 && name.eq_ignore_ascii_case(b"content-length") {
            continue;
        }
        field(out, name, value);
    }
    match (delimiter, shape, length) {
        (Delimiter::Length(length), _, None) => number_field(out, b"Content-Length", length),
        // HEAD says what GET would, where that is known (RFC 9110, section 9.3.2).
        (Delimiter::NoBody, Shape::Whole(have), None) if has_body && have > 0 => {
            number_field(out, b"Content-Length", have as u64);
        }
        (Delimiter::Chunks, ..) => field(out, b"Transfer-Encoding", b"chunked"),
        _ => {}
    }
    if !has_date {
        field(out, b"Date", date);
    }
    if !has_server {
        field(out, b"Server", super::SOFTWARE.as_bytes());
    }
    finish(out, asked, keep_alive);
    Ok(Begun {
        status,
        delimiter,
        keep_alive,
    })
}

/// Writes the head of a response that switches the connection to a WebSocket (RFC 6455, section
/// 4.2.2) to `out`, where nothing is written when the result is an error.
pub(crate) fn switch(out: &mut Vec<u8>, head: &ResponseHead) -> Result<(), Invalid> {
    let has_length = check_headers(&head.headers)?.length.is_some();
    if has_length || !head.status.starts_with(b"101") || !is_text(&head.status) {
        return Err(Invalid("a malformed switch of protocols"));
    }
    out.extend_from_slice(b"HTTP/1.1 ");
    out.extend_from_slice(&head.status);
    out.extend_from_slice(b"\r\n");
    for (name, value) in &head.headers {
        field(out, name, value);
    }
    field(out, b"Connection", b"Upgrade");
    field(out, b"Upgrade", b"websocket");
    out.extend_from_slice(b"\r\n");
    Ok(())
}

/// A response of our own, such as an error page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Own<'a> {
    pub(crate) status: &'a str,
    pub(crate) content_type: &'a str,
    /// Its Content-Security-Policy.
    pub(crate) policy: &'a str,
    /// `None` where it follows, up to the end of the connection.
    pub(crate) body: Option<&'a [u8]>,
}

/// Writes a response of our own to `out`.
pub(crate) fn own(out: &mut Vec<u8>, own: &Own<'_>, asked: Asked, date: &[u8]) {
    out.extend_from_slice(b"HTTP/1.1 ");
    out.extend_from_slice(own.status.as_bytes());
    out.extend_from_slice(b"\r\n");
    field(out, b"Content-Type", own.content_type.as_bytes());
    if let Some(body) = own.body {
        number_field(out, b"Content-Length", body.len() as u64);
    }
    field(out, b"Content-Security-Policy", own.policy.as_bytes());
    // The page tells of the project's inside: it is for nobody's cache, frame or script.
    field(out, b"Cache-Control", b"no-store");
    field(out, b"X-Content-Type-Options", b"nosniff");
    field(out, b"X-Frame-Options", b"DENY");
    field(out, b"Cross-Origin-Resource-Policy", b"same-origin");
    field(out, b"Date", date);
    field(out, b"Server", super::SOFTWARE.as_bytes());
    finish(out, asked, asked.keep_alive);
    if let (Some(body), false) = (own.body, asked.is_head) {
        out.extend_from_slice(body);
    }
}

fn finish(out: &mut Vec<u8>, asked: Asked, keep_alive: bool) {
    match (asked.is_http11, keep_alive) {
        (true, false) => field(out, b"Connection", b"close"),
        (false, true) => field(out, b"Connection", b"keep-alive"),
        _ => {}
    }
    out.extend_from_slice(b"\r\n");
}

pub(crate) fn field(out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    out.extend_from_slice(name);
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

pub(crate) fn number_field(out: &mut Vec<u8>, name: &[u8], value: u64) {
    field(out, name, itoa::Buffer::new().format(value).as_bytes());
}

/// The code of `NNN reason`. Interim responses (1xx) are not an application's to send.
fn status_code(status: &[u8]) -> Result<u16, Invalid> {
    let (code, reason) = status
        .split_at_checked(3)
        .ok_or(Invalid("a malformed status"))?;
    let code = decimal(code).and_then(|code| u16::try_from(code).ok());
    let reason_is_valid = reason.first().is_none_or(|&octet| octet == b' ') && is_text(reason);
    match code {
        Some(code @ 200..) if reason_is_valid => Ok(code),
        _ => Err(Invalid("a malformed status")),
    }
}

/// What the application's headers say already.
struct Said {
    length: Option<u64>,
    has_date: bool,
    has_server: bool,
}

fn check_headers<N: AsRef<[u8]>, V: AsRef<[u8]>>(headers: &[(N, V)]) -> Result<Said, Invalid> {
    let mut said = Said {
        length: None,
        has_date: false,
        has_server: false,
    };
    for (name, value) in headers {
        let (name, value) = (name.as_ref(), value.as_ref());
        if name.is_empty() || !name.iter().all(|&octet| is_token(octet)) {
            return Err(Invalid("a malformed header name"));
        }
        if !is_text(value) {
            return Err(Invalid("control characters in a header value"));
        }
        // The lengths tell most names apart before any letters are compared.
        match name.len() {
            4 if name.eq_ignore_ascii_case(b"date") => said.has_date = true,
            6 if name.eq_ignore_ascii_case(b"server") => said.has_server = true,
            14 if name.eq_ignore_ascii_case(b"content-length") => {
                let length = decimal(value).ok_or(Invalid("a malformed Content-Length"))?;
                if said.length.replace(length).is_some() {
                    return Err(Invalid("more than one Content-Length"));
                }
            }
            _ if is_hop_by_hop(name) => return Err(Invalid("a hop-by-hop header")),
            _ => {}
        }
    }
    Ok(said)
}

/// PEP 3333, "Other HTTP Features", names RFC 2616 section 13.5.1 for these.
pub(crate) fn is_hop_by_hop(name: &[u8]) -> bool {
    const NAMES: [&[u8]; 10] = [
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"trailers",
        b"transfer-encoding",
        b"upgrade",
    ];
    NAMES.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Octets that may stand in a header value or a reason (RFC 9110, section 5.5).
fn is_text(value: &[u8]) -> bool {
    value
        .iter()
        .all(|&octet| octet == b'\t' || !octet.is_ascii_control())
}

#[cfg(test)]
mod tests;
