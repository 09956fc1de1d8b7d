//! A template that is downloaded: an archive at an address.
//!
//! What comes goes into a file without a name, so that nothing is left of it, whatever ends the
//! program. What is in the archive is not looked at here.

mod address;
mod agent;
mod error;
mod name;
mod proxy;
#[cfg(test)]
mod tests;
mod transfer;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

use super::{
    progress::{Progress, Step},
    redact::redacted,
};
use crate::template::shown::printable;
use address::Target;
use agent::{PATIENCE, Patience};
use transfer::{News, Transfer};

pub use error::{DownloadError, Fault};
pub(super) use transfer::Received;

/// How soon the end is noticed that the user wants: who presses Ctrl-C takes less for at once.
const LOOK: Duration = Duration::from_millis(50);

/// What came of a download.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The archive.
    Archive(Received),
    /// The user wanted the end.
    Stopped,
}

/// Downloads an archive.
pub(super) fn download(
    url: &str,
    has_checksum: bool,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Outcome, DownloadError> {
    download_with(url, has_checksum, progress, stop, PATIENCE)
}

fn download_with(
    url: &str,
    has_checksum: bool,
    progress: &dyn Progress,
    stop: &AtomicBool,
    patience: Patience,
) -> Result<Outcome, DownloadError> {
    let shown = redacted(url);
    let failed = |fault| DownloadError {
        url: shown.clone(),
        name: printable(&name::of_url(&shown)),
        fault,
    };
    let target = Target::parse(url).map_err(failed)?;
    progress.step(Step::Downloading { url: &shown });
    let abandoned = Arc::new(AtomicBool::new(false));
    let transfer = Transfer {
        target,
        url: url.to_owned(),
        has_checksum,
        patience,
        abandoned: Arc::clone(&abandoned),
    };
    let (sender, news) = mpsc::channel();
    thread::Builder::new()
        .name("download".to_owned())
        .spawn(move || transfer.run(&sender))
        .map_err(|error| failed(Fault::Io(error)))?;
    loop {
        // The thread may be in the middle of something that takes long; it ends after that.
        if stop.load(Ordering::Relaxed) {
            abandoned.store(true, Ordering::Relaxed);
            return Ok(Outcome::Stopped);
        }
        match news.recv_timeout(LOOK) {
            Ok(News::Received { octets, of }) => progress.step(Step::Received { octets, of }),
            Ok(News::Done(Ok(received))) => {
                progress.step(Step::Downloaded);
                return Ok(Outcome::Archive(received));
            }
            Ok(News::Done(Err(fault))) => return Err(failed(fault)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                let message = "the download ended without a result".to_owned();
                return Err(failed(Fault::Protocol(message)));
            }
        }
    }
}
