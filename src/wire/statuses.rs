//! What a worker has said about itself, until somebody asks.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, watch};

use super::link::Status;

/// Statuses in their order. Clones are the same queue; one asks at a time.
///
/// It is never longer than five: a worker reports once and checks once, and what is loaded becomes
/// one status where it comes several times in a row. So a worker need never wait for somebody to ask.
#[derive(Clone, Debug, Default)]
pub(super) struct Statuses {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    wake: Notify,
    is_ready: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Status>,
    has_reported: bool,
    has_checked: bool,
    has_ended: bool,
}

impl Statuses {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.shared
            .queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what the worker says; false where it has no business saying so again.
    pub(super) fn push(&self, status: Status) -> bool {
        let is_ready = matches!(status, Status::Ready(_));
        {
            let mut queue = self.lock();
            match status {
                Status::Loaded(more) => match queue.waiting.back_mut() {
                    Some(Status::Loaded(loaded)) => loaded.extend(more),
                    _ => queue.waiting.push_back(Status::Loaded(more)),
                },
                Status::Checked(_) if queue.has_checked => return false,
                Status::Checked(_) => {
                    queue.has_checked = true;
                    queue.waiting.push_back(status);
                }
                Status::Ready(_) | Status::Failed(_) if queue.has_reported => return false,
                report => {
                    queue.has_reported = true;
                    queue.waiting.push_back(report);
                }
            }
        }
        if is_ready {
            self.shared.is_ready.send_replace(true);
        }
        self.shared.wake.notify_one();
        true
    }

    /// The worker can say no more.
    pub(super) fn end(&self) {
        self.lock().has_ended = true;
        self.shared.wake.notify_one();
    }

    /// The next one; `None` once no more can come.
    pub(super) async fn next(&self) -> Option<Status> {
        loop {
            {
                let mut queue = self.lock();
                if let Some(status) = queue.waiting.pop_front() {
                    return Some(status);
                }
                if queue.has_ended {
                    return None;
                }
            }
            self.shared.wake.notified().await;
        }
    }

    /// Waits until the worker has said that it is ready.
    pub(super) async fn ready(&self) {
        // The sender is here, so this does not fail.
        let _ = self
            .shared
            .is_ready
            .subscribe()
            .wait_for(|ready| *ready)
            .await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{loaded::Loaded, message::Report};

    fn loaded(name: &str) -> Status {
        Status::Loaded(Loaded {
            files: Vec::new(),
            modules: vec![name.to_owned()],
            templates: Vec::new(),
            uploads: Vec::new(),
        })
    }

    #[tokio::test]
    async fn what_is_loaded_gathers_and_a_report_comes_once() {
        let statuses = Statuses::default();
        assert!(statuses.push(loaded("a")));
        assert!(statuses.push(loaded("b")));
        assert!(statuses.push(Status::Failed(Report::default())));
        assert!(!statuses.push(Status::Ready(Report::default())));
        assert!(statuses.push(loaded("c")));
        assert!(statuses.push(Status::Checked(Report::default())));
        assert!(!statuses.push(Status::Checked(Report::default())));
        statuses.end();
        let Some(Status::Loaded(first)) = statuses.next().await else {
            panic!("what was loaded comes first");
        };
        assert_eq!(first.modules, ["a", "b"]);
        assert!(matches!(statuses.next().await, Some(Status::Failed(_))));
        assert!(matches!(statuses.next().await, Some(Status::Loaded(_))));
        assert!(matches!(statuses.next().await, Some(Status::Checked(_))));
        assert!(statuses.next().await.is_none());
        assert!(statuses.next().await.is_none());
    }
}
