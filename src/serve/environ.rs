//! A request head → the CGI part of the environ (PEP 3333, "environ Variables"; RFC 3875).

use std::{
    borrow::Cow,
    net::{Ipv6Addr, SocketAddr},
};

use percent_encoding::percent_decode_str;

use super::{
    Site,
    head::{Framing, Head},
};
use crate::wire::message::Environ;

/// The variables that are the same for every request of a connection.
pub(super) fn for_connection(site: &Site, peer: SocketAddr) -> Environ {
    let mut environ = Environ::new();
    environ.set("GATEWAY_INTERFACE", b"CGI/1.1");
    environ.set("SERVER_SOFTWARE", super::SOFTWARE.as_bytes());
    environ.set("SERVER_NAME", server_name(&site.name).as_bytes());
    environ.set("SERVER_PORT", site.port.to_string().as_bytes());
    environ.set(
        "REMOTE_ADDR",
        peer.ip().to_canonical().to_string().as_bytes(),
    );
    environ.set("REMOTE_PORT", peer.port().to_string().as_bytes());
    environ.set("SCRIPT_NAME", b"");
    environ.set("wsgi.url_scheme", b"http");
    environ
}

/// The name as it stands in a URL, which applications make of it (RFC 3875, section 4.1.14): an
/// IPv6 address has brackets there.
fn server_name(name: &str) -> Cow<'_, str> {
    if name.parse::<Ipv6Addr>().is_ok() {
        Cow::from(format!("[{name}]"))
    } else {
        Cow::from(name)
    }
}

/// Adds the variables of one request. The length of a chunked body is not known yet and left out.
pub(super) fn add_request(environ: &mut Environ, head: &Head<'_>) {
    environ.set("REQUEST_METHOD", head.method.as_bytes());
    environ.set(
        "SERVER_PROTOCOL",
        if head.is_http11 {
            b"HTTP/1.1"
        } else {
            b"HTTP/1.0"
        },
    );
    // A path begins with a slash or is empty (RFC 3875, section 4.1.5).
    let path = if head.path == "*" { "" } else { head.path };
    // Octets, not text: PEP 3333 gives each the character of the same number.
    environ.set("PATH_INFO", &Cow::from(percent_decode_str(path)));
    environ.set("QUERY_STRING", head.query.as_bytes());

    let mut name = String::with_capacity(64);
    for (index, header) in head.headers.iter().enumerate() {
        let (before, after) = head.headers.split_at(index);
        let is_same = |other: &&httparse::Header<'_>| other.name.eq_ignore_ascii_case(header.name);
        // Said already, with the earlier line of the same name.
        if before.iter().any(|other| is_same(&other))
            || is_dropped(header.name)
            || head.framing == Framing::Chunked && is_of_chunks(header.name)
        {
            continue;
        }
        variable_name(header.name, &mut name);
        let value = if name == "HTTP_HOST" {
            head.host.unwrap_or_default()
        } else {
            header.value
        };
        let mut repeats = after.iter().skip(1).filter(is_same).peekable();
        if repeats.peek().is_none() {
            environ.set(&name, value);
            continue;
        }
        let separator: &[u8] = if name == "HTTP_COOKIE" { b"; " } else { b"," };
        let mut joined = value.to_vec();
        for repeat in repeats {
            joined.extend_from_slice(separator);
            joined.extend_from_slice(repeat.value);
        }
        environ.set(&name, &joined);
    }
    if let (Some(host), None) = (head.host, head.header("host")) {
        // Of the absolute form, in HTTP/1.0.
        environ.set("HTTP_HOST", host);
    }
}

/// Adds the length of a chunked body that has been read to its end: applications that read by
/// `CONTENT_LENGTH` alone, such as Django, see it then.
///
/// Those that know of chunked bodies look for the flag, which the worker makes `True`. Without
/// chunks it is left out, although the input ends by itself then too: Werkzeug would read it
/// without a size, which `wsgiref.validate` does not allow.
pub(super) fn add_length(environ: &mut Environ, length: u64) {
    environ.set("CONTENT_LENGTH", length.to_string().as_bytes());
    environ.set("wsgi.input_terminated", b"");
}

/// Headers that never reach the application: names with an underscore, which would be taken for
/// the same name with a hyphen (CVE-2015-0219), and `Proxy`, which would become the variable by
/// which programs find their HTTP proxy (CVE-2016-5385).
fn is_dropped(name: &str) -> bool {
    name.contains('_') || name.eq_ignore_ascii_case("proxy")
}

/// What describes a chunked body on its way: the application gets it decoded, with its length and
/// without trailers (RFC 9112, section 7.1.3). Some, such as Bottle, would decode it once more.
fn is_of_chunks(name: &str) -> bool {
    name.eq_ignore_ascii_case("transfer-encoding") || name.eq_ignore_ascii_case("trailer")
}

/// `Content-Type` and `Content-Length` stand without prefix, all others with `HTTP_`.
fn variable_name(header: &str, name: &mut String) {
    name.clear();
    if !header.eq_ignore_ascii_case("content-type")
        && !header.eq_ignore_ascii_case("content-length")
    {
        name.push_str("HTTP_");
    }
    name.extend(header.chars().map(|character| match character {
        '-' => '_',
        other => other.to_ascii_uppercase(),
    }));
}
