//! Ends the program when rendering takes more time or memory than that of any honest template, or
//! does not hear that the user wants the end. Tera has no limit of its own, and a template of a few
//! lines can double a text for ever.
//!
//! While a template is rendered nothing has been written yet, so there is nothing to put in order.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use crate::{command::error::Error, template};

/// What rendering may take.
#[derive(Clone, Copy, Debug)]
struct Limits {
    time: Duration,
    /// Octets of memory in use.
    memory: u64,
}

/// The largest template that may be read renders within seconds, and needs its size twice or so.
const LIMITS: Limits = Limits {
    time: Duration::from_mins(1),
    memory: 2 << 30,
};

/// How often is looked. A text that is doubled needs longer from one limit to a dangerous size.
const PAUSE: Duration = Duration::from_millis(50);

/// How long a rendering may take to hear that the user wants the end.
const GRACE: Duration = Duration::from_millis(200);

/// Watches until it is dropped.
#[derive(Debug)]
pub(in crate::command) struct Watchdog {
    _end: mpsc::Sender<()>,
}

impl Watchdog {
    /// Begins to watch. The flag says that the user wants the end, which the engine does not hear.
    /// Before the program ends it is told why, through `report`.
    pub(in crate::command) fn start(
        stop: Arc<AtomicBool>,
        subject: template::Subject,
        report: impl FnOnce(&Error) + Send + 'static,
    ) -> Self {
        let (end, ended) = mpsc::channel();
        thread::spawn(move || {
            if let Some(complaint) = watch(&ended, &stop, LIMITS) {
                let error = match complaint {
                    Complaint::Stopped => template::Error::Interrupted { subject },
                    Complaint::TooMuch(what) => template::Error::Endless { what },
                };
                let error = Error::from(error);
                report(&error);
                std::process::exit(error.exit_code().into());
            }
        });
        Self { _end: end }
    }
}

/// Why the program is to end.
#[derive(Debug, PartialEq, Eq)]
enum Complaint {
    Stopped,
    TooMuch(&'static str),
}

fn watch(ended: &mpsc::Receiver<()>, stop: &AtomicBool, limits: Limits) -> Option<Complaint> {
    let start = Instant::now();
    while ended.recv_timeout(PAUSE) == Err(mpsc::RecvTimeoutError::Timeout) {
        if stop.load(Ordering::Relaxed) {
            // Between two files the rendering hears it too, and ends in better order.
            let ends = ended.recv_timeout(GRACE) != Err(mpsc::RecvTimeoutError::Timeout);
            return (!ends).then_some(Complaint::Stopped);
        }
        if start.elapsed() > limits.time {
            return Some(Complaint::TooMuch("time"));
        }
        if memory().is_some_and(|octets| octets > limits.memory) {
            return Some(Complaint::TooMuch("memory"));
        }
    }
    None
}

/// The memory in use, where the system tells (Linux).
fn memory() -> Option<u64> {
    let pages = fs::read_to_string("/proc/self/statm").ok()?;
    let resident: u64 = pages.split(' ').nth(1)?.parse().ok()?;
    let page = u64::try_from(rustix::param::page_size()).ok()?;
    resident.checked_mul(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEVER: Limits = Limits {
        time: Duration::MAX,
        memory: u64::MAX,
    };

    #[test]
    fn each_limit_is_watched() {
        let (_end, ended) = mpsc::channel();
        let watch = |stop: bool, limits| watch(&ended, &AtomicBool::new(stop), limits);
        let time = Limits {
            time: Duration::ZERO,
            ..NEVER
        };
        assert_eq!(watch(false, time), Some(Complaint::TooMuch("time")));
        let memory = Limits { memory: 1, ..NEVER };
        assert_eq!(watch(false, memory), Some(Complaint::TooMuch("memory")));
        assert_eq!(watch(true, NEVER), Some(Complaint::Stopped));
    }

    #[test]
    fn it_ends_when_rendering_does() {
        let (end, ended) = mpsc::channel();
        drop(end);
        assert_eq!(watch(&ended, &AtomicBool::new(true), NEVER), None);
    }
}
