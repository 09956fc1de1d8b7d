//! Stop signals: Ctrl-C and what a supervisor sends.

use std::{
    fs, io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use signal_hook::consts::SIGXFSZ;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// A flag that the signals of [`Stop`] set from now on, in place of ending the process: for work
/// that looks at it, and puts things in order before it ends. Ignored signals stay ignored.
pub(crate) fn flag() -> io::Result<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    let ignored = ignored();
    for kind in [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
    ] {
        if !is_in(ignored, kind) {
            signal_hook::flag::register(kind.as_raw_value(), Arc::clone(&flag))?;
        }
    }
    let_large_files_fail()?;
    Ok(flag)
}

/// A file that grows beyond what the user allows would end the process there and then. With the
/// signal taken, writing fails, as it does on a full disk.
fn let_large_files_fail() -> io::Result<()> {
    signal_hook::flag::register(SIGXFSZ, Arc::default()).map(drop)
}

/// A signal that asks the program to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StopSignal {
    /// SIGINT: Ctrl-C.
    Interrupt,
    /// SIGTERM: a supervisor's.
    Terminate,
    /// SIGHUP: the terminal is gone.
    HangUp,
}

/// The signals that ask the program to stop.
///
/// From [`Stop::listen`] on they no longer end the process by themselves. One that the process
/// was told to ignore when it was started (`nohup`, a script's `&`) stays ignored.
#[derive(Debug)]
pub(crate) struct Stop {
    interrupt: Option<Signal>,
    terminate: Option<Signal>,
    hang_up: Option<Signal>,
}

impl Stop {
    /// Begins to listen. Must be called inside a Tokio runtime.
    pub(crate) fn listen() -> io::Result<Self> {
        let_large_files_fail()?;
        let ignored = ignored();
        let listen = |kind: SignalKind| {
            if is_in(ignored, kind) {
                return Ok(None);
            }
            signal(kind).map(Some)
        };
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hang_up: listen(SignalKind::hangup())?,
        })
    }

    /// Waits for the next such signal.
    pub(crate) async fn signalled(&mut self) -> StopSignal {
        tokio::select! {
            () = next(&mut self.interrupt) => StopSignal::Interrupt,
            () = next(&mut self.terminate) => StopSignal::Terminate,
            () = next(&mut self.hang_up) => StopSignal::HangUp,
        }
    }

    /// Waits for the next such signal, unless the [`flag`] says that there was one before.
    pub(crate) async fn wanted(&mut self, flag: &AtomicBool) {
        if !flag.load(Ordering::Relaxed) {
            self.signalled().await;
        }
    }
}

async fn next(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

/// The signals that this process ignores, a bit for each, where the system says so (Linux).
fn ignored() -> u64 {
    fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| parse_ignored(&status))
        .unwrap_or_default()
}

fn is_in(signals: u64, kind: SignalKind) -> bool {
    signals >> (kind.as_raw_value() - 1) & 1 == 1
}

fn parse_ignored(status: &str) -> Option<u64> {
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mask_is_read_from_the_status() {
        let status = "Name:\tx\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000001001\n";
        assert_eq!(parse_ignored(status), Some(0x1001));
        assert_eq!(parse_ignored("Name:\tx\n"), None);
    }
}
