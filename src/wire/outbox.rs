//! Frames waiting for one connection, and how the task that writes them takes them.
//!
//! Whoever has a frame appends it and goes on; the task is woken once, runs after everybody who
//! was ready to append has done so, and writes all of it with one system call. That is what makes
//! the front fast under load, and costs a lone request nothing but the switch of a task.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::BytesMut;
use tokio::sync::Notify;

/// How much memory an idle outbox keeps, in octets: a batch of small requests.
const KEEP: usize = 256 * 1024;

/// The frames that wait for one connection. Clones are the same outbox.
#[derive(Clone, Debug, Default)]
pub(super) struct Outbox {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    octets: BytesMut,
    closed: bool,
}

impl Outbox {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.shared
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends frames to what waits; does nothing once the connection is closed.
    pub(super) fn push(&self, append: impl FnOnce(&mut BytesMut)) {
        let first = {
            let mut waiting = self.lock();
            if waiting.closed {
                return;
            }
            let first = waiting.octets.is_empty();
            append(&mut waiting.octets);
            first
        };
        if first {
            self.shared.wake.notify_one();
        }
    }

    /// Waits until something is pushed, and puts it into `batch`; false once [`Outbox::close`] was
    /// called. What was in the batch is forgotten.
    pub(super) async fn take(&self, batch: &mut BytesMut) -> bool {
        if batch.capacity() > KEEP {
            *batch = BytesMut::new();
        }
        batch.clear();
        self.shared.wake.notified().await;
        let mut waiting = self.lock();
        std::mem::swap(&mut waiting.octets, batch);
        !waiting.closed
    }

    /// Ends the connection; what waits is dropped.
    pub(super) fn close(&self) {
        let mut waiting = self.lock();
        *waiting = Waiting {
            octets: BytesMut::new(),
            closed: true,
        };
        drop(waiting);
        self.shared.wake.notify_one();
    }
}
