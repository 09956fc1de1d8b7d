//! Sleeping while there is nothing to watch.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// Tells a task that watches requests that there is something to watch.
#[derive(Debug, Default)]
pub(super) struct Monitor {
    parked: AtomicBool,
    wake: Notify,
}

impl Monitor {
    pub(super) fn request_sent(&self) {
        if self.parked.load(Ordering::Relaxed) {
            self.parked.store(false, Ordering::Relaxed);
            self.wake.notify_one();
        }
    }

    /// Waits for the next request.
    pub(super) async fn park(&self) {
        self.parked.store(true, Ordering::Relaxed);
        self.wake.notified().await;
    }
}
