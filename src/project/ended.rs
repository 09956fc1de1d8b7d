//! How a process ended, for people.

use std::{fmt, os::unix::process::ExitStatusExt as _, process::ExitStatus};

/// The end of a process, to stand after what names it: `exited with code 1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended(pub ExitStatus);

impl fmt::Display for Ended {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.code(), self.0.signal()) {
            (Some(code), _) => write!(formatter, "exited with code {code}"),
            (None, Some(signal)) => write!(formatter, "was killed by {}", SignalName(signal)),
            (None, None) => formatter.write_str("is gone"),
        }
    }
}

/// A signal as people know it.
struct SignalName(i32);

impl fmt::Display for SignalName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        use rustix::process::Signal;
        let name = match Signal::from_named_raw(self.0) {
            Some(Signal::ABORT) => "SIGABRT",
            Some(Signal::BUS) => "SIGBUS",
            Some(Signal::FPE) => "SIGFPE",
            Some(Signal::HUP) => "SIGHUP",
            Some(Signal::ILL) => "SIGILL",
            Some(Signal::INT) => "SIGINT",
            Some(Signal::KILL) => "SIGKILL",
            Some(Signal::SEGV) => "SIGSEGV",
            Some(Signal::TERM) => "SIGTERM",
            Some(Signal::XCPU) => "SIGXCPU",
            _ => return write!(formatter, "signal {}", self.0),
        };
        formatter.write_str(name)
    }
}
