//! A client's request head → the head that an application gets which speaks HTTP itself. Pure.
//!
//! It is written anew from what was parsed, so that whatever a client sent there is one way to read
//! it. What the client said stays as it is, repeated headers and names with underscores too;
//! what is about the client's own connection is left out (RFC 9110, section 7.6.1).
//!
//! Nothing is added that the client did not say: no `Forwarded`, no `X-Forwarded-For`. Where a proxy
//! is before this server, its own come through.

use super::super::{
    head::{Framing, Head},
    response::{field, number_field},
};

/// The one protocol that a connection may be switched to.
pub(crate) const WEBSOCKET: &[u8] = b"websocket";

/// Writes the head of a request.
pub fn write(out: &mut Vec<u8>, head: &Head<'_>) {
    out.extend_from_slice(head.method.as_bytes());
    out.push(b' ');
    write_target(out, head);
    out.extend_from_slice(b" HTTP/1.1\r\n");
    // Empty where the client named none (RFC 9112, section 3.2).
    field(out, b"Host", head.host.unwrap_or_default());
    let names_others = names_others(head.headers);
    for header in head.headers {
        if is_own(header.name) || names_others && is_named(head.headers, header.name) {
            continue;
        }
        field(out, header.name.as_bytes(), header.value);
    }
    if head.expects_continue {
        field(out, b"Expect", b"100-continue");
    }
    if asks_for_websocket(head) {
        field(out, b"Connection", b"Upgrade");
        field(out, b"Upgrade", WEBSOCKET);
    }
    match head.framing {
        Framing::Chunked => field(out, b"Transfer-Encoding", b"chunked"),
        Framing::Length(0) if head.header("content-length").is_none() => {}
        Framing::Length(length) => number_field(out, b"Content-Length", length),
    }
    out.extend_from_slice(b"\r\n");
}

/// Whether the client asks for a WebSocket, so that the application may switch the connection to it
/// (RFC 9110, section 7.8; RFC 6455, section 4.1).
#[must_use]
pub fn asks_for_websocket(head: &Head<'_>) -> bool {
    head.is_http11
        && head.method == "GET"
        && head.framing == Framing::Length(0)
        && says(head.headers, "upgrade", WEBSOCKET)
        && says(head.headers, "connection", b"upgrade")
}

/// The target in origin form, or `*` (RFC 9112, section 3.2): an absolute one without its authority,
/// which is the host.
fn write_target(out: &mut Vec<u8>, head: &Head<'_>) {
    if head.target.starts_with('/') {
        return out.extend_from_slice(head.target.as_bytes());
    }
    out.extend_from_slice(head.path.as_bytes());
    if head.target.contains('?') {
        out.push(b'?');
        out.extend_from_slice(head.query.as_bytes());
    }
}

/// Headers that are written here, where they are to be, or that are about one connection only.
fn is_own(name: &str) -> bool {
    // The lengths tell most names apart before any letters are compared.
    let own: &[&str] = match name.len() {
        2 => &["te"],
        4 => &["host"],
        6 => &["expect"],
        7 => &["trailer", "upgrade"],
        10 => &["connection", "keep-alive"],
        14 => &["content-length"],
        16 => &["proxy-connection"],
        17 => &["transfer-encoding"],
        _ => &[],
    };
    own.iter().any(|own| name.eq_ignore_ascii_case(own))
}

/// Whether `Connection` names headers beside those that are always left out.
fn names_others(headers: &[httparse::Header<'_>]) -> bool {
    items(headers, "connection").any(|item| {
        let usual: [&[u8]; 3] = [b"close", b"keep-alive", b"upgrade"];
        !usual.iter().any(|usual| item.eq_ignore_ascii_case(usual))
    })
}

/// Whether `Connection` names this header: it is then about the client's connection only.
fn is_named(headers: &[httparse::Header<'_>], name: &str) -> bool {
    says(headers, "connection", name.as_bytes())
}

/// Whether the lists of that name have this item.
fn says(headers: &[httparse::Header<'_>], name: &'static str, item: &[u8]) -> bool {
    items(headers, name).any(|other| other.eq_ignore_ascii_case(item))
}

/// The items of all lists of that name.
fn items<'h>(
    headers: &'h [httparse::Header<'_>],
    name: &'static str,
) -> impl Iterator<Item = &'h [u8]> {
    headers
        .iter()
        .filter(move |header| header.name.eq_ignore_ascii_case(name))
        .flat_map(|header| header.value.split(|&octet| octet == b','))
        .map(<[u8]>::trim_ascii)
}

#[cfg(test)]
mod tests;
