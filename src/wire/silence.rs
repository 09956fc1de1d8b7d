//! Noticing a worker that no longer reacts: one that is inside C code which keeps the interpreter
//! lock runs no other thread, not even the one that would answer us.

use std::{
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use super::{
    exchange::Exchanges,
    frame::{self, Kind},
    link::LinkError,
    monitor::Monitor,
    outbox::Outbox,
};

/// How often is asked while requests are under way: seldom enough to cost nothing.
const PERIOD: Duration = Duration::from_secs(1);

/// What was heard from the worker.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// It has said something since somebody last looked.
    anything: AtomicBool,
    /// One of its threads is in a debugger.
    debugger: AtomicBool,
}

impl Heard {
    pub(super) fn note(&self) {
        self.anything.store(true, Ordering::Relaxed);
    }

    /// Notes whether a thread is in a debugger, as `PONG` says.
    pub(super) fn note_debugger(&self, is_debugged: bool) {
        self.debugger.store(is_debugged, Ordering::Relaxed);
    }

    /// Whether a thread was in a debugger when that was asked last.
    pub(super) fn is_debugged(&self) -> bool {
        self.debugger.load(Ordering::Relaxed)
    }

    fn take(&self) -> bool {
        self.anything.swap(false, Ordering::Relaxed)
    }
}

/// What is needed to notice silence.
#[derive(Debug)]
pub(super) struct Watch {
    pub(super) monitor: Arc<Monitor>,
    pub(super) exchanges: Exchanges,
    pub(super) control: Outbox,
    pub(super) heard: Arc<Heard>,
    /// How many seconds the worker may be silent for while it has requests; `None` for ever.
    pub(super) limit: Option<NonZeroU32>,
}

impl Watch {
    /// Ends with an error when the worker has been silent for too long.
    ///
    /// Seconds are counted, not read off a clock: those in which the whole job was stopped
    /// (Ctrl-Z) do not count.
    pub(super) async fn run(self) -> Result<(), LinkError> {
        let Self {
            monitor,
            exchanges,
            control,
            heard,
            limit,
        } = self;
        loop {
            monitor.park().await;
            let mut silent = 0;
            heard.take();
            // What was said of earlier requests means nothing for these.
            heard.note_debugger(false);
            while exchanges.progress().pending > 0 {
                if let Some(limit) = limit
                    && silent >= limit.get()
                {
                    return Err(LinkError::Silent(limit));
                }
                control.push(|out| frame::put(out, Kind::Ping, 0, |_| {}));
                tokio::time::sleep(PERIOD).await;
                silent = if heard.take() {
                    0
                } else {
                    silent.saturating_add(1)
                };
            }
        }
    }
}
