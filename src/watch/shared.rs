//! The lock around the state, and who is told when it changes.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::{Notify, watch};

use super::{
    polling,
    state::{Next, State},
};

/// What the watcher, its gates, its task and its threads have in common.
#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<State>,
    /// Wakes the task.
    pub(super) wake: Notify,
    /// A change may have settled.
    pub(super) settled: Notify,
    /// Whether the gate was open when last asked.
    pub(super) open: watch::Sender<bool>,
    /// How many threads are noting contents.
    pub(super) noting: watch::Sender<usize>,
    is_over: Mutex<bool>,
    over: Condvar,
}

impl Shared {
    pub(super) fn new(state: State) -> Self {
        Self {
            state: Mutex::new(state),
            wake: Notify::new(),
            settled: Notify::new(),
            open: watch::Sender::new(true),
            noting: watch::Sender::new(0),
            is_over: Mutex::new(false),
            over: Condvar::new(),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing is left half done for long, and a rescan mends what is.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something to the state that the task must see to afterwards.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut State, Instant) -> T) -> T {
        let mut state = self.lock();
        let result = change(&mut state, Instant::now());
        self.publish(&state);
        self.wake.notify_one();
        result
    }

    /// Whether the gate is open, after reading what is in the queue.
    pub(super) fn is_open(&self) -> bool {
        let mut state = self.lock();
        if state.drain(Instant::now()) {
            // The task would not be woken by what has been read already.
            self.wake.notify_one();
            self.publish(&state);
        }
        state.is_open()
    }

    /// What the task does next.
    pub(super) fn advance(self: &std::sync::Arc<Self>) -> Next {
        let mut state = self.lock();
        let next = state.advance(Instant::now());
        if state.polled.start() && !polling::start(self) {
            state.polled.stop();
        }
        self.publish(&state);
        next
    }

    /// Tells those who wait for the gate.
    fn publish(&self, state: &State) {
        let is_open = state.is_open();
        self.open
            .send_if_modified(|open| std::mem::replace(open, is_open) != is_open);
    }

    /// Ends all threads.
    pub(super) fn end(&self) {
        *self.over() = true;
        self.over.notify_all();
    }

    pub(super) fn is_over(&self) -> bool {
        *self.over()
    }

    /// Waits. False where all is over.
    pub(super) fn pause(&self, time: Duration) -> bool {
        let over = self.over();
        let waited = self.over.wait_timeout_while(over, time, |over| !*over);
        let (over, _) = waited.unwrap_or_else(PoisonError::into_inner);
        !*over
    }

    fn over(&self) -> MutexGuard<'_, bool> {
        self.is_over.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
