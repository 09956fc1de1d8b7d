//! The access log: one line for each request, in the format of Django's own server.
//!
//! Lines are only collected here, because a terminal can be slow or stopped and must not hold up
//! requests. Whoever owns the terminal takes them with [`AccessLog::take`].

use std::{
    io::Write as _,
    sync::{Arc, Condvar, Mutex, PoisonError},
};

use anstyle::{AnsiColor, Style};

use super::clock;

/// Most octets of lines that wait; beyond them lines are counted and dropped. Some ten thousand
/// lines, which a stopped terminal may be behind.
const MAX_WAITING: usize = 1024 * 1024;

/// How TLS begins: a handshake, of SSL 3.0 or later.
const TLS: &[u8] = b"\x16\x03";

/// What is said of a client that speaks it, in Django's words.
const OVER_HTTPS: &[u8] =
    b"You're accessing the development server over HTTPS, but it only supports HTTP.";

/// The lines that wait to be printed. Clones are the same log.
#[derive(Clone, Debug, Default)]
pub struct AccessLog {
    shared: Arc<Shared>,
    color: bool,
    is_off: bool,
}

#[derive(Debug, Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    lines: Vec<u8>,
    dropped: usize,
    closed: bool,
}

impl AccessLog {
    /// An empty log; `color` says whether lines are coloured by status, as Django's are.
    #[must_use]
    pub fn new(color: bool) -> Self {
        Self {
            shared: Arc::default(),
            color,
            is_off: false,
        }
    }

    /// A log that stays empty.
    #[must_use]
    pub fn off() -> Self {
        Self {
            is_off: true,
            ..Self::default()
        }
    }

    /// Adds the line for a request that was answered, or was broken off, with `size` octets of
    /// body. `request_line` is as the client sent it.
    pub fn add(&self, request_line: &[u8], status: u16, size: u64) {
        if self.is_off {
            return;
        }
        let style = if self.color {
            style(status)
        } else {
            Style::new()
        };
        let date = clock::log_date();
        self.push(|lines| {
            // Writing to a vector cannot fail.
            let _ = write!(lines, "{style}[{date}] ");
            if request_line.starts_with(TLS) {
                lines.extend_from_slice(OVER_HTTPS);
            } else {
                lines.push(b'"');
                escape(lines, request_line);
                let _ = write!(lines, "\" {status} {size}");
            }
            let _ = writeln!(lines, "{style:#}");
        });
    }

    /// Adds a line that is about the server rather than a request.
    pub(super) fn note(&self, text: &str) {
        if !self.is_off {
            self.push(|lines| {
                lines.extend_from_slice(text.as_bytes());
                lines.push(b'\n');
            });
        }
    }

    fn push(&self, append: impl FnOnce(&mut Vec<u8>)) {
        let mut waiting = self
            .shared
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if waiting.lines.len() > MAX_WAITING {
            waiting.dropped += 1;
            return;
        }
        let was_empty = waiting.lines.is_empty();
        append(&mut waiting.lines);
        drop(waiting);
        if was_empty {
            self.shared.arrived.notify_one();
        }
    }

    /// Waits for lines and moves them into `lines`; `false` once the log is closed and empty.
    pub fn take(&self, lines: &mut Vec<u8>) -> bool {
        lines.clear();
        let waiting = self
            .shared
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut waiting = self
            .shared
            .arrived
            .wait_while(waiting, |waiting| {
                waiting.lines.is_empty() && !waiting.closed
            })
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::swap(&mut waiting.lines, lines);
        let dropped = std::mem::take(&mut waiting.dropped);
        drop(waiting);
        if dropped > 0 {
            let _ = writeln!(lines, "{dropped} lines of the access log were dropped");
        }
        !lines.is_empty()
    }

    /// No more lines will come.
    pub fn close(&self) {
        self.shared
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .closed = true;
        self.shared.arrived.notify_one();
    }
}

/// Django's colours for statuses (its `dark` palette).
fn style(status: u16) -> Style {
    match status {
        100..=199 => Style::new().bold(),
        304 => AnsiColor::Cyan.on_default(),
        300..=399 => AnsiColor::Green.on_default(),
        404 => AnsiColor::Yellow.on_default(),
        400..=499 => AnsiColor::Red.on_default().bold(),
        500.. => AnsiColor::Magenta.on_default().bold(),
        _ => Style::new(),
    }
}

/// What a client sent must not act on the terminal: everything but printable ASCII is written as
/// a Python string would show it.
fn escape(lines: &mut Vec<u8>, text: &[u8]) {
    for &octet in text {
        match octet {
            b'\\' => lines.extend_from_slice(b"\\\\"),
            0x20..=0x7e => lines.push(octet),
            other => {
                // Writing to a vector cannot fail.
                let _ = write!(lines, "\\x{other:02x}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(log: &AccessLog) -> String {
        let mut lines = Vec::new();
        assert!(log.take(&mut lines));
        String::from_utf8(lines).unwrap()
    }

    #[test]
    fn a_line_is_as_djangos() {
        let log = AccessLog::new(false);
        log.add(b"GET /ok/ HTTP/1.1", 200, 2);
        let line = text(&log);
        let (date, rest) = line.split_at("[20/Nov/2026 19:01:27]".len());
        assert!(date.starts_with('[') && date.ends_with(']'), "{date}");
        assert_eq!(rest, " \"GET /ok/ HTTP/1.1\" 200 2\n");
    }

    #[test]
    fn a_client_that_speaks_tls_is_named() {
        let log = AccessLog::new(false);
        log.add(b"\x16\x03\x01\x02", 400, 0);
        let line = text(&log);
        assert!(
            line.ends_with(
                "] You're accessing the development server over HTTPS, but it only supports HTTP.\n"
            ),
            "{line}"
        );
    }

    #[test]
    fn colours_follow_the_status() {
        let log = AccessLog::new(true);
        log.add(b"GET / HTTP/1.1", 404, 2);
        assert!(text(&log).starts_with("\u{1b}[33m["));
        log.add(b"GET / HTTP/1.1", 200, 2);
        assert!(text(&log).starts_with('['));
    }

    #[test]
    fn what_a_client_sent_cannot_act_on_the_terminal() {
        let log = AccessLog::new(false);
        log.add(b"GET /\x1b[2J\xff\\ HTTP/1.1", 400, 0);
        assert!(text(&log).contains(r#""GET /\x1b[2J\xff\\ HTTP/1.1" 400 0"#));
    }

    #[test]
    fn a_log_that_nobody_takes_stops_growing() {
        let log = AccessLog::new(false);
        let line = vec![b'x'; 1024];
        for _ in 0..2 * MAX_WAITING / line.len() {
            log.add(&line, 200, 0);
        }
        let text = text(&log);
        assert!(text.len() < MAX_WAITING + 4096);
        assert!(text.ends_with("lines of the access log were dropped\n"));
    }

    #[test]
    fn a_closed_log_ends() {
        let log = AccessLog::new(false);
        log.add(b"last", 200, 0);
        log.close();
        assert!(text(&log).contains("last"));
        assert!(!log.take(&mut Vec::new()));
    }
}
