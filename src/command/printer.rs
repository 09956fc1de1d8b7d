//! The threads that print what `scaffold runserver` has to say. A terminal can be slow or stopped,
//! and must not hold up requests.

use std::{sync::mpsc, thread, time::Duration};

use crate::{console, dev::Event, serve::AccessLog};

use super::announcer::Announcer;

/// How long the access log collects lines while requests keep coming: nobody reads faster, and
/// each write costs the requests as much as several lines.
const LOG_PAUSE: Duration = Duration::from_millis(10);

/// From how many octets of lines at once on requests keep coming.
const LOG_BUSY: usize = 4096;

/// A thread that prints.
#[derive(Debug)]
pub(super) struct Printer {
    ended: mpsc::Receiver<()>,
}

impl Printer {
    /// Runs what prints.
    pub(super) fn start(print: impl FnOnce() + Send + 'static) -> Self {
        let (end, ended) = mpsc::channel();
        thread::spawn(move || {
            print();
            // Where nobody waits any more, the program has ended.
            let _ = end.send(());
        });
        Self { ended }
    }

    /// Prints the access log until it is closed.
    pub(super) fn of_log(log: AccessLog) -> Self {
        Self::start(move || {
            let mut lines = Vec::new();
            while log.take(&mut lines) {
                console::log(&lines);
                if lines.len() > LOG_BUSY {
                    thread::sleep(LOG_PAUSE);
                }
            }
        })
    }

    /// Lets `announcer` tell of all events that are sent.
    pub(super) fn of_events(mut announcer: Announcer) -> (Self, mpsc::Sender<Event>) {
        let (sender, events) = mpsc::channel();
        let printer = Self::start(move || {
            for event in events {
                announcer.tell(event);
            }
        });
        (printer, sender)
    }

    /// Waits until everything is printed, but not for long: nothing depends on the last lines.
    pub(super) fn wait(&self, at_most: Duration) {
        let _ = self.ended.recv_timeout(at_most);
    }
}
