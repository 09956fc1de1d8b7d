//! Request heads: octets → a head that keeps the rules of RFC 9110 and RFC 9112, or the reason
//! why not. Pure.
//!
//! `httparse` reads the syntax. What it lets through and the RFCs forbid is refused here, by
//! looking at the octets themselves: bare line feeds, ambiguous lengths, bad targets and hosts.

mod version;

use std::mem::MaybeUninit;

use super::host;

/// Most octets of a request head. Browsers send below 4 KiB; large cookies make it 16.
pub(crate) const MAX_HEAD: usize = 64 * 1024;

/// Most header lines of a request, as Python's `http.client._MAXHEADERS`, which Django's own
/// server applies.
const MAX_HEADERS: usize = 100;

/// Why a request is refused, with the status to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reject {
    /// The status line without the version.
    pub status: &'static str,
    /// What was wrong, for whoever sent it.
    pub reason: &'static str,
}

impl Reject {
    pub(crate) const fn bad(reason: &'static str) -> Self {
        Self {
            status: "400 Bad Request",
            reason,
        }
    }

    const fn new(status: &'static str, reason: &'static str) -> Self {
        Self { status, reason }
    }

    pub(crate) const TARGET_TOO_LONG: Self =
        Self::new("414 URI Too Long", "the request line is longer than 64 KiB");
    pub(crate) const HEAD_TOO_LARGE: Self = Self::new(
        "431 Request Header Fields Too Large",
        "the request line and headers are longer than 64 KiB",
    );
    pub(crate) const BODY_TOO_LARGE: Self = Self::new(
        "413 Content Too Large",
        "a chunked body is longer than what is taken without a Content-Length",
    );
    pub(crate) const NO_SPACE: Self = Self::new(
        "507 Insufficient Storage",
        "there is no room on the disk for a chunked body",
    );
    pub(crate) const TIMEOUT: Self =
        Self::new("408 Request Timeout", "the request did not arrive in time");
    const TOO_MANY_HEADERS: Self = Self::new(
        "431 Request Header Fields Too Large",
        "more than 100 headers",
    );
    const VERSION: Self = Self::new(
        "505 HTTP Version Not Supported",
        "only HTTP/1.0 and HTTP/1.1 are spoken here",
    );
    const TRANSFER_CODING: Self = Self::new(
        "501 Not Implemented",
        "the only transfer coding understood is `chunked`",
    );
    const CONNECT: Self = Self::new("501 Not Implemented", "this is not a proxy");
    const HTTPS: Self = Self::new(
        "421 Misdirected Request",
        "the target is an https URL, and only HTTP is spoken here",
    );
}

/// How long the request body is (RFC 9112, section 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// So many octets.
    Length(u64),
    /// As long as its chunks say.
    Chunked,
}

/// A request head within the octets that it was read from.
#[derive(Debug)]
pub struct Head<'b> {
    /// The method, as it was sent.
    pub method: &'b str,
    /// The target's path, still percent-encoded; `*` for `OPTIONS *`, which is about the server.
    pub path: &'b str,
    /// What follows the first `?`, as it was sent; empty without one.
    pub query: &'b str,
    /// The target, as it was sent.
    pub target: &'b str,
    /// Whether the version is 1.1 rather than 1.0.
    pub is_http11: bool,
    /// The host that the client asked for, with its port; `None` in HTTP/1.0 without it.
    pub host: Option<&'b [u8]>,
    /// Every header line, in order.
    pub headers: &'b [httparse::Header<'b>],
    /// How long the body is.
    pub framing: Framing,
    /// Whether the client allows another request on the connection.
    pub keep_alive: bool,
    /// Whether the client waits for `100 Continue` before it sends the body.
    pub expects_continue: bool,
    /// Octets of the head, its empty line included.
    pub length: usize,
}

impl Head<'_> {
    /// The first header of this name, in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        find(self.headers, name).map(|header| header.value)
    }
}

/// Reads a head from the start of `octets` and gives it to `use_head`; `None` where it is not
/// complete yet.
pub fn parse<T>(octets: &[u8], use_head: impl FnOnce(&Head<'_>) -> T) -> Result<Option<T>, Reject> {
    let mut headers = [const { MaybeUninit::uninit() }; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut []);
    let length = match request.parse_with_uninit_headers(octets, &mut headers) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) if octets.len() >= MAX_HEAD => {
            return Err(too_long(octets));
        }
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::Version) => {
            return match version::as_http11(octets) {
                Some(octets) => parse(&octets, use_head),
                None => Err(version::unknown(octets)),
            };
        }
        Err(error) => return Err(syntax(error)),
    };
    if length > MAX_HEAD {
        return Err(too_long(octets));
    }
    check_line_ends(octets.get(..length).unwrap_or_default())?;

    let (Some(method), Some(target), Some(minor)) = (request.method, request.path, request.version)
    else {
        return Err(Reject::bad("the request line is incomplete"));
    };
    let headers: &[httparse::Header<'_>] = request.headers;
    let is_http11 = minor == 1;
    let (authority, path, query) = split_target(method, target)?;
    let host = check_host(headers, authority, is_http11)?;
    let head = Head {
        method,
        path,
        query,
        target,
        is_http11,
        host,
        headers,
        framing: framing(headers, is_http11)?,
        keep_alive: keep_alive(headers, is_http11),
        expects_continue: is_http11 && expects_continue(headers),
        length,
    };
    Ok(Some(use_head(&head)))
}

fn find<'h, 'b>(
    headers: &'h [httparse::Header<'b>],
    name: &str,
) -> Option<&'h httparse::Header<'b>> {
    headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case(name))
}

/// Whether `100-continue` is among the expectations (RFC 9110, section 10.1.1).
fn expects_continue(headers: &[httparse::Header<'_>]) -> bool {
    let is_it = |item: &[u8]| item.trim_ascii().eq_ignore_ascii_case(b"100-continue");
    headers
        .iter()
        .filter(|header| header.name.eq_ignore_ascii_case("expect"))
        .any(|header| header.value.split(|&octet| octet == b',').any(is_it))
}

/// What of a head is too long: its first line (RFC 9112, section 3), or all of it.
fn too_long(octets: &[u8]) -> Reject {
    // Empty lines may come before it.
    let start = octets.len() - octets.trim_ascii_start().len();
    let end = memchr::memchr(b'\n', octets.get(start..).unwrap_or_default());
    match end {
        Some(end) if start + end < MAX_HEAD => Reject::HEAD_TOO_LARGE,
        _ => Reject::TARGET_TOO_LONG,
    }
}

fn syntax(error: httparse::Error) -> Reject {
    use httparse::Error;
    match error {
        Error::TooManyHeaders => Reject::TOO_MANY_HEADERS,
        Error::HeaderName => Reject::bad("a header's name is not valid"),
        Error::HeaderValue => Reject::bad("a header's value is not valid"),
        Error::NewLine => Reject::bad("a line does not end with CR LF"),
        _ => Reject::bad("the request line is not valid"),
    }
}

/// Lines end with CR LF, and neither stands alone (RFC 9112, section 2.2): a lone one is how a
/// header is smuggled past a proxy that reads lines in another way.
pub(crate) fn check_line_ends(head: &[u8]) -> Result<(), Reject> {
    for at in memchr::memchr2_iter(b'\r', b'\n', head) {
        let paired = match head.get(at) {
            Some(b'\r') => head.get(at + 1) == Some(&b'\n'),
            _ => at.checked_sub(1).and_then(|before| head.get(before)) == Some(&b'\r'),
        };
        if !paired {
            return Err(Reject::bad("a line does not end with CR LF"));
        }
    }
    Ok(())
}

/// Authority (of the absolute form only), path and query of a target (RFC 9112, section 3.2).
fn split_target<'b>(
    method: &str,
    target: &'b str,
) -> Result<(Option<&'b str>, &'b str, &'b str), Reject> {
    if method == "CONNECT" {
        return Err(Reject::CONNECT);
    }
    if !target
        .bytes()
        .all(|octet| octet.is_ascii_graphic() && octet != b'#')
    {
        return Err(Reject::bad(
            "the target has characters that must be percent-encoded, or a fragment",
        ));
    }
    if target == "*" && method == "OPTIONS" {
        return Ok((None, target, ""));
    }
    let (authority, rest) = if target.starts_with('/') {
        (None, target)
    } else {
        let (scheme, after) = target
            .split_once("://")
            .ok_or(Reject::bad("the target is neither a path nor a whole URL"))?;
        // RFC 9110, section 7.4: what is asked for over TLS is not to be given without it.
        if scheme.eq_ignore_ascii_case("https") {
            return Err(Reject::HTTPS);
        }
        if !scheme.eq_ignore_ascii_case("http") {
            return Err(Reject::bad("the target's scheme is not http"));
        }
        let end = after.find(['/', '?']).unwrap_or(after.len());
        let (authority, rest) = after.split_at(end);
        // As the last proxy on the way would have written it (RFC 9112, section 3.2.4).
        if rest.is_empty() && method == "OPTIONS" {
            return Ok((Some(authority), "*", ""));
        }
        (Some(authority), rest)
    };
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    Ok((authority, if path.is_empty() { "/" } else { path }, query))
}

/// Exactly one valid `Host` in HTTP/1.1; the authority of an absolute target goes before it
/// (RFC 9112, sections 3.2 and 3.2.2).
fn check_host<'b>(
    headers: &[httparse::Header<'b>],
    authority: Option<&'b str>,
    is_http11: bool,
) -> Result<Option<&'b [u8]>, Reject> {
    let mut hosts = headers
        .iter()
        .filter(|header| header.name.eq_ignore_ascii_case("host"));
    let host = hosts.next().map(|header| header.value);
    if hosts.next().is_some() {
        return Err(Reject::bad("more than one Host header"));
    }
    if host.is_none() && is_http11 {
        return Err(Reject::bad("no Host header"));
    }
    let valid = |host: &[u8]| host::is_valid(host);
    if host.is_some_and(|host| !host.is_empty() && !valid(host))
        || authority.is_some_and(|authority| !valid(authority.as_bytes()))
    {
        return Err(Reject::bad("the host is not valid"));
    }
    Ok(authority.map(str::as_bytes).or(host))
}

/// RFC 9112, section 6: one way to tell the length, or none; anything else could be read in two
/// ways, and that is how requests are smuggled.
fn framing(headers: &[httparse::Header<'_>], is_http11: bool) -> Result<Framing, Reject> {
    let (mut length, mut coding) = (None, None);
    for header in headers {
        if header.name.eq_ignore_ascii_case("content-length") {
            if length.replace(header.value).is_some() {
                return Err(Reject::bad("more than one Content-Length header"));
            }
        } else if header.name.eq_ignore_ascii_case("transfer-encoding")
            && coding.replace(header.value).is_some()
        {
            return Err(Reject::bad("more than one Transfer-Encoding header"));
        }
    }
    match (length, coding) {
        (None, None) => Ok(Framing::Length(0)),
        (Some(_), Some(_)) => Err(Reject::bad(
            "both a Content-Length and a Transfer-Encoding header",
        )),
        // A leading zero is allowed, but makes the number octal for some readers.
        (Some([b'0', _, ..]), None) => Err(Reject::bad("the Content-Length begins with a zero")),
        (Some(value), None) => decimal(value)
            .map(Framing::Length)
            .ok_or(Reject::bad("the Content-Length is not a whole number")),
        (None, Some(_)) if !is_http11 => Err(Reject::bad(
            "a Transfer-Encoding header in an HTTP/1.0 request",
        )),
        (None, Some(value)) if value.eq_ignore_ascii_case(b"chunked") => Ok(Framing::Chunked),
        (None, Some(value)) if is_coded_and_chunked(value) => Err(Reject::TRANSFER_CODING),
        (None, Some(_)) => Err(Reject::bad(
            "the transfer codings do not end with one `chunked`",
        )),
    }
}

/// Whether these are other transfer codings and then `chunked`, once: what a client may send to
/// those who understand it. Without `chunked` at the end nobody could tell where the body ends.
fn is_coded_and_chunked(value: &[u8]) -> bool {
    let is_chunked = |coding: &[u8]| coding.eq_ignore_ascii_case(b"chunked");
    let mut codings = value
        .split(|&octet| octet == b',')
        .map(<[u8]>::trim_ascii)
        .rev();
    codings.next().is_some_and(is_chunked)
        && codings.all(|coding| {
            !is_chunked(coding) && !coding.is_empty() && coding.iter().all(|&octet| is_token(octet))
        })
}

/// Octets that may stand in a header name, and in other names (RFC 9110, section 5.6.2).
pub(crate) fn is_token(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet)
}

/// A number of decimal digits only: no sign, no space, no underscore, no overflow.
pub(crate) fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |number, digit| {
        let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

/// RFC 9112, section 9.3.
fn keep_alive(headers: &[httparse::Header<'_>], is_http11: bool) -> bool {
    let says = |option: &str| {
        headers
            .iter()
            .filter(|header| header.name.eq_ignore_ascii_case("connection"))
            .flat_map(|header| header.value.split(|&octet| octet == b','))
            .any(|token| token.trim_ascii().eq_ignore_ascii_case(option.as_bytes()))
    };
    !says("close") && (is_http11 || says("keep-alive"))
}

#[cfg(test)]
mod tests;
