//! What the places of all workers have come to. The front is told of all of them as one.

use std::{
    cell::{Cell, RefCell},
    path::PathBuf,
    sync::Arc,
    time::Instant,
};

use tokio::sync::watch;

use super::Event;
use crate::{
    serve::{Failure, HostPattern, State, Workers},
    watch::Change,
    wire::{Client, message::Report},
};

/// What one place has come to.
#[derive(Clone, Debug)]
pub(super) enum Standing {
    /// No worker is ready, but one will be, or it will be known why not.
    Starting,
    Ready(Client),
    Failed(Arc<Failure>, Instant),
}

/// Where the places note what they have come to.
pub(super) struct Board<T> {
    front: Workers,
    standings: RefCell<Vec<Standing>>,
    /// How many times the first place has had a worker ready.
    lead: watch::Sender<u64>,
    /// Which state of the project's files is being loaded, or is served.
    generation: Cell<u64>,
    tell: RefCell<T>,
}

impl<T: FnMut(Event)> Board<T> {
    pub(super) fn new(front: Workers, places: usize, tell: T) -> Self {
        Self {
            front,
            standings: RefCell::new(vec![Standing::Starting; places]),
            lead: watch::Sender::default(),
            generation: Cell::new(0),
            tell: RefCell::new(tell),
        }
    }

    /// Tells the user.
    pub(super) fn tell(&self, event: Event) {
        (self.tell.borrow_mut())(event);
    }

    /// Notes what a place has come to.
    pub(super) fn set(&self, place: usize, standing: Standing) {
        let leads = place == 0 && matches!(standing, Standing::Ready(_));
        if leads {
            self.lead.send_modify(|times| *times += 1);
        }
        if let Some(old) = self.standings.borrow_mut().get_mut(place) {
            *old = standing;
        }
        self.refresh();
        if leads {
            self.front.notifier().ready(self.generation.get());
        }
    }

    /// How many places there are.
    pub(super) fn places(&self) -> usize {
        self.standings.borrow().len()
    }

    /// The project was changed. Forgets what the places had come to: others take their numbers.
    pub(super) fn renew(&self) {
        self.generation.set(self.generation.get() + 1);
        self.standings.borrow_mut().fill(Standing::Starting);
        self.refresh();
    }

    /// Tells pages in the browser of changed files that need no new workers.
    pub(super) fn show(&self, change: &Change) {
        let paths = change.paths.iter().map(PathBuf::as_path);
        self.front.notifier().changed(paths);
    }

    /// Tells the front once more, so that requests look again.
    pub(super) fn refresh(&self) {
        self.front.set(state(&self.standings.borrow()));
    }

    /// Notes which hosts the application allows, as a worker said.
    pub(super) fn allow_hosts(&self, report: &Report) {
        let allowed = report.all("allowed_host");
        self.front
            .allow_hosts(allowed.map(HostPattern::of_application).collect());
    }

    /// Waits until a request comes that wants a failed application to be tried again.
    pub(super) async fn retry_wanted(&self) {
        self.front.retry_wanted().await;
    }

    /// How many times the first place has had a worker ready.
    pub(super) fn lead(&self) -> u64 {
        *self.lead.borrow()
    }

    /// Waits until the first place has had a worker ready more often than `times`, and says how
    /// often.
    pub(super) async fn lead_ready(&self, times: u64) -> u64 {
        let mut lead = self.lead.subscribe();
        match lead.wait_for(|now| *now > times).await {
            Ok(now) => *now,
            // Not while we are here.
            Err(_) => std::future::pending().await,
        }
    }
}

/// One worker that is ready is enough; while there is none but one may come, requests wait.
fn state(standings: &[Standing]) -> State {
    let ready: Arc<[Client]> = standings
        .iter()
        .filter_map(|standing| match standing {
            Standing::Ready(client) => Some(client.clone()),
            _ => None,
        })
        .collect();
    if !ready.is_empty() {
        return State::Ready(ready);
    }
    // The first place fails first: the others wait for it.
    match standings.first() {
        Some(Standing::Failed(failure, at)) => State::Failed(Arc::clone(failure), *at),
        _ => State::Starting,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_wait_as_long_as_the_first_place_has_not_failed() {
        let failed = || Standing::Failed(Arc::default(), Instant::now());
        assert!(matches!(state(&[Standing::Starting]), State::Starting));
        assert!(matches!(
            state(&[Standing::Starting, failed()]),
            State::Starting
        ));
        assert!(matches!(
            state(&[failed(), Standing::Starting]),
            State::Failed(..)
        ));
    }
}
