//! How a line of the access log is written: as Django's server, as Apache, or as JSON. Pure.
//!
//! Nothing that a client sent acts on the terminal or ends a line: all but printable ASCII is
//! escaped, by the rules of each format.

use std::{io::Write as _, net::SocketAddr, time::Duration};

use super::{super::clock::Local, Entry, palette::Palette};

/// How lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// As Django's server does, with the time that the request took behind it.
    #[default]
    Django,
    /// As Apache does by default, `%h %l %u %t "%r" %>s %b`: the Common Log Format.
    Common,
    /// One JSON object for each line.
    Json,
}

impl LogFormat {
    /// The format of that name: `django`, `common` or `json`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "django" => Some(Self::Django),
            "common" => Some(Self::Common),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// How much something matters, by the names of Python's `logging`.
#[derive(Clone, Copy, Debug)]
pub(super) enum Level {
    Info,
    Warning,
    Error,
}

impl Level {
    /// As Django rates responses.
    fn of_status(status: u16) -> Self {
        match status {
            ..400 => Self::Info,
            400..500 => Self::Warning,
            500.. => Self::Error,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Info => "INFO",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
        }
    }
}

/// Writes the line of a request in Django's format. What stands behind Django's own line is
/// outside of its colour.
pub(super) fn django(lines: &mut Vec<u8>, entry: &Entry<'_>, palette: &Palette, now: &Local) {
    let (start, end) = palette.around(entry.status);
    bracketed(lines, &now.django);
    text(lines, start);
    lines.push(b'"');
    escape_python(lines, entry.request_line);
    text(lines, "\" ");
    number(lines, entry.status.into());
    lines.push(b' ');
    number(lines, entry.size);
    text(lines, end);
    lines.push(b' ');
    milliseconds(lines, entry.took);
    lines.push(b'\n');
}

/// Writes the line of a request in the Common Log Format.
pub(super) fn common(lines: &mut Vec<u8>, entry: &Entry<'_>, now: &Local) {
    address(lines, entry.client);
    text(lines, " - - ");
    bracketed(lines, &now.common);
    lines.push(b'"');
    escape_apache(lines, entry.request_line);
    text(lines, "\" ");
    number(lines, entry.status.into());
    lines.push(b' ');
    match entry.size {
        0 => lines.push(b'-'),
        size => number(lines, size),
    }
    lines.push(b'\n');
}

/// Writes the object of a request.
pub(super) fn json(lines: &mut Vec<u8>, entry: &Entry<'_>, site: &str, now: &Local) {
    begin_json(lines, Level::of_status(entry.status), site, now);
    remote(lines, entry.client);
    if let Some([method, target, protocol]) = parts(entry.request_line) {
        let end = memchr::memchr(b'?', target).unwrap_or(target.len());
        let (path, query) = target.split_at_checked(end).unwrap_or((target, b""));
        string(lines, ",\"method\":", method);
        string(lines, ",\"path\":", path);
        string(lines, ",\"query\":", query.get(1..).unwrap_or_default());
        string(lines, ",\"protocol\":", protocol);
    } else {
        string(lines, ",\"request\":", entry.request_line);
    }
    text(lines, ",\"status\":");
    number(lines, entry.status.into());
    text(lines, ",\"size\":");
    number(lines, entry.size);
    text(lines, ",\"duration_ms\":");
    let micros = u64::try_from(entry.took.as_micros()).unwrap_or(u64::MAX);
    number(lines, micros / 1000);
    lines.push(b'.');
    digits(lines, micros % 1000);
    text(lines, "}\n");
}

/// Writes the object of what is about a client, or the server, and no request.
pub(super) fn json_message(
    lines: &mut Vec<u8>,
    level: Level,
    site: &str,
    client: Option<SocketAddr>,
    said: &str,
    now: &Local,
) {
    begin_json(lines, level, site, now);
    if let Some(client) = client {
        remote(lines, client);
    }
    string(lines, ",\"message\":", said.as_bytes());
    text(lines, "}\n");
}

/// Writes a date in brackets, and the space behind them.
pub(super) fn bracketed(lines: &mut Vec<u8>, date: &str) {
    lines.push(b'[');
    text(lines, date);
    text(lines, "] ");
}

/// Writes a client as Python shows the address of a socket.
pub(super) fn python_address(lines: &mut Vec<u8>, client: SocketAddr) {
    text(lines, "('");
    address(lines, client);
    text(lines, "', ");
    number(lines, client.port().into());
    if let (SocketAddr::V6(client), true) = (client, client.ip().to_canonical().is_ipv6()) {
        text(lines, ", ");
        number(lines, client.flowinfo().into());
        text(lines, ", ");
        number(lines, client.scope_id().into());
    }
    lines.push(b')');
}

/// Writes what follows the decimal point in three digits.
pub(super) fn digits(lines: &mut Vec<u8>, thousandths: u64) {
    if thousandths < 100 {
        lines.push(b'0');
    }
    if thousandths < 10 {
        lines.push(b'0');
    }
    number(lines, thousandths);
}

fn begin_json(lines: &mut Vec<u8>, level: Level, site: &str, now: &Local) {
    text(lines, "{\"time\":\"");
    text(lines, &now.iso);
    lines.push(b'.');
    digits(lines, now.milliseconds.into());
    text(lines, &now.offset);
    text(lines, "\",\"level\":\"");
    text(lines, level.name());
    lines.push(b'"');
    if !site.is_empty() {
        string(lines, ",\"site\":", site.as_bytes());
    }
}

fn remote(lines: &mut Vec<u8>, client: SocketAddr) {
    text(lines, ",\"remote\":\"");
    address(lines, client);
    text(lines, "\",\"port\":");
    number(lines, client.port().into());
}

/// Method, target and version of a request line that has these.
fn parts(line: &[u8]) -> Option<[&[u8]; 3]> {
    let mut words = line.split(|&octet| octet == b' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    let is_whole = words.next().is_none() && version.starts_with(b"HTTP/");
    is_whole.then_some([method, target, version])
}

fn address(lines: &mut Vec<u8>, client: SocketAddr) {
    // Writing to a vector cannot fail.
    let _ = write!(lines, "{}", client.ip().to_canonical());
}

/// Writes a time in milliseconds, short ones with a decimal.
fn milliseconds(lines: &mut Vec<u8>, took: Duration) {
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let tenths = micros.saturating_add(50) / 100;
    if tenths < 100 {
        number(lines, tenths / 10);
        lines.push(b'.');
        number(lines, tenths % 10);
    } else {
        number(lines, micros.saturating_add(500) / 1000);
    }
    text(lines, "ms");
}

fn text(lines: &mut Vec<u8>, text: &str) {
    lines.extend_from_slice(text.as_bytes());
}

fn number(lines: &mut Vec<u8>, number: u64) {
    text(lines, itoa::Buffer::new().format(number));
}

/// Writes a name and its value. Octets that are no ASCII become the characters of the same
/// numbers, as in the environ.
fn string(lines: &mut Vec<u8>, name: &str, value: &[u8]) {
    text(lines, name);
    lines.push(b'"');
    escape(lines, value, |lines, octet| match octet {
        b'"' => text(lines, "\\\""),
        b'\\' => text(lines, "\\\\"),
        other => hex(lines, "\\u00", other),
    });
    lines.push(b'"');
}

/// As Python's `unicode_escape`, which Django uses.
fn escape_python(lines: &mut Vec<u8>, octets: &[u8]) {
    escape(lines, octets, |lines, octet| match octet {
        b'"' => lines.push(octet),
        b'\\' => text(lines, "\\\\"),
        b'\t' => text(lines, "\\t"),
        b'\n' => text(lines, "\\n"),
        b'\r' => text(lines, "\\r"),
        other => hex(lines, "\\x", other),
    });
}

/// As Apache's `ap_escape_logitem`.
fn escape_apache(lines: &mut Vec<u8>, octets: &[u8]) {
    escape(lines, octets, |lines, octet| match octet {
        b'"' => text(lines, "\\\""),
        b'\\' => text(lines, "\\\\"),
        0x08 => text(lines, "\\b"),
        b'\t' => text(lines, "\\t"),
        b'\n' => text(lines, "\\n"),
        0x0b => text(lines, "\\v"),
        b'\r' => text(lines, "\\r"),
        other => hex(lines, "\\x", other),
    });
}

/// Writes printable ASCII as it is, and all else, quotes and backslashes among it, as `special`
/// does.
fn escape(lines: &mut Vec<u8>, octets: &[u8], special: impl Fn(&mut Vec<u8>, u8)) {
    let is_special = |octet: u8| !matches!(octet, b' '..=b'~') || matches!(octet, b'"' | b'\\');
    let mut rest = octets;
    while let Some(at) = rest.iter().position(|&octet| is_special(octet)) {
        let (plain, after) = rest.split_at(at);
        lines.extend_from_slice(plain);
        let Some((&octet, after)) = after.split_first() else {
            return;
        };
        special(lines, octet);
        rest = after;
    }
    lines.extend_from_slice(rest);
}

fn hex(lines: &mut Vec<u8>, prefix: &str, octet: u8) {
    text(lines, prefix);
    // Writing to a vector cannot fail.
    let _ = write!(lines, "{octet:02x}");
}

#[cfg(test)]
mod tests;
