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

/// Whether the worker has said anything since somebody last looked.
#[derive(Debug, Default)]
pub(super) struct Heard(AtomicBool);

impl Heard {
    pub(super) fn note(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
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
        let Some(limit) = limit else {
            return std::future::pending().await;
        };
        loop {
            monitor.park().await;
            let mut silent = 0;
            heard.take();
            while exchanges.progress().pending > 0 {
                if silent >= limit.get() {
                    return Err(LinkError::Silent(limit));
                }
                control.push(|out| frame::put(out, Kind::Ping, 0, |_| {}));
                tokio::time::sleep(PERIOD).await;
                silent = if heard.take() { 0 } else { silent + 1 };
            }
        }
    }
}
