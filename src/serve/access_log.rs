//! The access log: one line for each request, by default in the format of Django's own server.
//!
//! Lines are only collected here, because a terminal can be slow or stopped and must not hold up
//! requests. Whoever owns the terminal takes them with [`AccessLog::take`].
//!
//! - `format`: what a line looks like; `palette`: in which colours

mod format;
mod palette;

use std::{
    io::Write as _,
    net::SocketAddr,
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

use super::clock::{self, Local};
use format::Level;
pub use format::LogFormat;
pub use palette::Palette;

/// Most octets of lines that wait; beyond them lines are counted and dropped. Some ten thousand
/// lines, which a stopped terminal may be behind.
const MAX_WAITING: usize = 1024 * 1024;

/// The status that Django gives its message about TLS, for the colour.
const OVER_HTTPS_STATUS: u16 = 500;

/// What is said of a client that speaks TLS, in Django's words.
const OVER_HTTPS: &str =
    "You're accessing the development server over HTTPS, but it only supports HTTP.";

/// What is said of a client that breaks its connection off, in Django's words.
const BROKEN_PIPE: &str = "Broken pipe";

/// What there is to tell of a request that was answered, or was broken off.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Who sent it.
    pub client: SocketAddr,
    /// Its first line, as the client sent it.
    pub request_line: &'a [u8],
    /// The status of the answer.
    pub status: u16,
    /// Octets of the answer's body that were sent.
    pub size: u64,
    /// How long it took from the end of the request's head to the end of the answer.
    pub took: Duration,
}

/// The lines that wait to be printed. Clones are the same log.
#[derive(Clone, Debug, Default)]
pub struct AccessLog {
    shared: Arc<Shared>,
    is_off: bool,
}

/// Whose lines these are, where there are the lines of several sites.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// What stands before each line that is for people.
    pub prefix: String,
    /// What is the site in JSON; none where it is empty.
    pub site: String,
}

#[derive(Debug, Default)]
struct Shared {
    format: LogFormat,
    palette: Palette,
    label: Label,
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
    /// An empty log. Only the lines in Django's format have colours.
    #[must_use]
    pub fn new(format: LogFormat, palette: Palette) -> Self {
        Self::of_site(format, palette, Label::default())
    }

    /// An empty log of one site of several.
    #[must_use]
    pub fn of_site(format: LogFormat, palette: Palette, label: Label) -> Self {
        Self {
            shared: Arc::new(Shared {
                format,
                palette,
                label,
                ..Shared::default()
            }),
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

    /// Adds the line of a request.
    pub fn add(&self, entry: &Entry<'_>) {
        let Shared {
            format,
            palette,
            label,
            ..
        } = &*self.shared;
        self.push(|lines, now| match format {
            LogFormat::Django => format::django(lines, entry, palette, now),
            LogFormat::Common => format::common(lines, entry, now),
            LogFormat::Json => format::json(lines, entry, &label.site, now),
        });
    }

    /// Adds that a client speaks TLS.
    pub fn over_https(&self, client: SocketAddr) {
        let Shared {
            format,
            palette,
            label,
            ..
        } = &*self.shared;
        self.push(|lines, now| {
            if *format == LogFormat::Json {
                let said = OVER_HTTPS;
                return format::json_message(
                    lines,
                    Level::Error,
                    &label.site,
                    Some(client),
                    said,
                    now,
                );
            }
            let (start, end) = palette.around(OVER_HTTPS_STATUS);
            format::bracketed(lines, &now.django);
            for part in [start, OVER_HTTPS, end, "\n"] {
                lines.extend_from_slice(part.as_bytes());
            }
        });
    }

    /// Adds that a client has broken its connection off.
    pub fn broken_pipe(&self, client: SocketAddr) {
        let Shared { format, label, .. } = &*self.shared;
        self.push(|lines, now| {
            if *format == LogFormat::Json {
                let said = BROKEN_PIPE;
                return format::json_message(
                    lines,
                    Level::Info,
                    &label.site,
                    Some(client),
                    said,
                    now,
                );
            }
            // Python's logging gives this line the time, to the millisecond.
            let Local {
                django: date,
                milliseconds,
                ..
            } = now;
            // Writing to a vector cannot fail.
            let _ = write!(lines, "[{date},{milliseconds:03}] - {BROKEN_PIPE} from ");
            format::python_address(lines, client);
            lines.push(b'\n');
        });
    }

    /// Adds a line that is about the server rather than a request.
    pub(super) fn note(&self, text: &str) {
        let Shared { format, label, .. } = &*self.shared;
        self.push(|lines, now| {
            if *format == LogFormat::Json {
                return format::json_message(lines, Level::Warning, &label.site, None, text, now);
            }
            lines.extend_from_slice(text.as_bytes());
            lines.push(b'\n');
        });
    }

    fn push(&self, append: impl FnOnce(&mut Vec<u8>, &Local)) {
        if self.is_off {
            return;
        }
        clock::with_local(|now| {
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
            if self.shared.format != LogFormat::Json {
                let prefix = self.shared.label.prefix.as_bytes();
                waiting.lines.extend_from_slice(prefix);
            }
            append(&mut waiting.lines, now);
            drop(waiting);
            if was_empty {
                self.shared.arrived.notify_one();
            }
        });
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
            let said = format!("{dropped} lines of the access log were dropped");
            let Shared { format, label, .. } = &*self.shared;
            if *format == LogFormat::Json {
                clock::with_local(|now| {
                    format::json_message(lines, Level::Warning, &label.site, None, &said, now);
                });
            } else {
                let _ = writeln!(lines, "{}{said}", label.prefix);
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(request_line: &[u8]) -> Entry<'_> {
        Entry {
            client: SocketAddr::from(([127, 0, 0, 1], 51234)),
            request_line,
            status: 200,
            size: 2,
            took: Duration::from_millis(3),
        }
    }

    fn text(log: &AccessLog) -> String {
        let mut lines = Vec::new();
        assert!(log.take(&mut lines));
        String::from_utf8(lines).unwrap()
    }

    #[test]
    fn a_line_is_as_djangos() {
        let log = AccessLog::default();
        log.add(&entry(b"GET /ok/ HTTP/1.1"));
        let line = text(&log);
        let (date, rest) = line.split_at("[20/Nov/2026 19:01:27]".len());
        assert!(date.starts_with('[') && date.ends_with(']'), "{date}");
        assert_eq!(rest, " \"GET /ok/ HTTP/1.1\" 200 2 3.0ms\n");
    }

    #[test]
    fn a_log_that_nobody_takes_stops_growing() {
        for format in [LogFormat::Django, LogFormat::Json] {
            let log = AccessLog::new(format, Palette::plain());
            let line = vec![b'x'; 1024];
            for _ in 0..2 * MAX_WAITING / line.len() {
                log.add(&entry(&line));
            }
            let text = text(&log);
            assert!(text.len() < MAX_WAITING + 4096);
            let last = text.lines().last().unwrap();
            assert!(
                last.contains(" lines of the access log were dropped"),
                "{last}"
            );
            assert_eq!(last.starts_with('{'), format == LogFormat::Json, "{last}");
        }
    }

    #[test]
    fn lines_of_one_site_of_several_say_so() {
        let log = |format| {
            let label = Label {
                prefix: "blog | ".into(),
                site: "blog".into(),
            };
            let log = AccessLog::of_site(format, Palette::plain(), label);
            log.add(&entry(b"GET / HTTP/1.1"));
            log.note("noted");
            log.broken_pipe(entry(b"").client);
            text(&log)
        };
        for format in [LogFormat::Django, LogFormat::Common] {
            let text = log(format);
            assert!(
                text.lines().all(|line| line.starts_with("blog | ")),
                "{text}"
            );
        }
        for line in log(LogFormat::Json).lines() {
            let object: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(object["site"], "blog", "{line}");
        }
    }

    #[test]
    fn a_closed_log_ends() {
        let log = AccessLog::default();
        log.add(&entry(b"last"));
        log.close();
        assert!(text(&log).contains("last"));
        assert!(!log.take(&mut Vec::new()));
    }

    #[test]
    fn a_log_that_is_off_stays_empty() {
        let log = AccessLog::off();
        log.add(&entry(b"last"));
        log.note("last");
        log.broken_pipe(entry(b"").client);
        log.close();
        assert!(!log.take(&mut Vec::new()));
    }
}
