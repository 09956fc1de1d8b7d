//! What was asked of the other side and has no answer yet. Pure.

use std::collections::HashMap;

use tokio::sync::oneshot;

use super::frame::RequestId;

/// Questions by their numbers, and who waits for their answers.
#[derive(Debug)]
pub(super) struct Questions<T> {
    last: RequestId,
    waiting: HashMap<RequestId, oneshot::Sender<T>>,
    is_closed: bool,
}

impl<T> Default for Questions<T> {
    fn default() -> Self {
        Self {
            last: 0,
            waiting: HashMap::new(),
            is_closed: false,
        }
    }
}

impl<T> Questions<T> {
    /// The number of a new question, and where its answer will come. Waiting fails where nobody
    /// answers any more.
    pub(super) fn ask(&mut self) -> (RequestId, oneshot::Receiver<T>) {
        let (answer, receiver) = oneshot::channel();
        self.last = self.last.wrapping_add(1);
        if !self.is_closed {
            self.waiting.insert(self.last, answer);
        }
        (self.last, receiver)
    }

    /// Takes out who asked a question; `None` where it has had its answer, or was never asked.
    pub(super) fn take(&mut self, number: RequestId) -> Option<oneshot::Sender<T>> {
        self.waiting.remove(&number)
    }

    /// Nobody will answer any more.
    pub(super) fn close(&mut self) {
        self.is_closed = true;
        self.waiting.clear();
    }
}
