//! What the places of all workers have come to. The front is told of all of them as one.

use std::{
    cell::{Cell, RefCell},
    slice,
    sync::Arc,
    time::Instant,
};

use tokio::sync::watch;

use super::{Event, failure};
use crate::{
    serve::{self, Backend, Failure, HostPattern, State, Workers},
    watch::Change,
    wire::{Client, message::Report},
};

/// What one place has come to.
#[derive(Clone, Debug)]
pub(super) enum Standing {
    /// No worker is ready, but one will be, or it will be known why not.
    Starting,
    Ready(Backend),
    Failed(Arc<Failure>, Instant),
}

/// Where the places note what they have come to.
pub(super) struct Board<T> {
    front: Workers,
    standings: RefCell<Vec<Standing>>,
    /// How many times the first place has had a worker ready.
    lead: watch::Sender<u64>,
    /// Whether the framework's checks, where it has any, last had nothing against serving.
    is_checked: Cell<bool>,
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
            is_checked: Cell::new(false),
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

    /// Whether the framework's checks, where it has any, last had nothing against serving: then
    /// they need not be waited for the next time.
    pub(super) fn is_checked(&self) -> bool {
        self.is_checked.get()
    }

    /// The framework has no checks, or they need not be waited for this time.
    pub(super) fn pass_checks(&self) {
        self.is_checked.set(true);
    }

    /// Tells of the framework's checks; gives what they have against serving.
    pub(super) fn take_checks(&self, checked: Report) -> Option<Failure> {
        let failure = failure::of_checks(&checked);
        self.is_checked.set(failure.is_none());
        self.tell(Event::Checked(checked));
        failure
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

    /// All the workers, where each place has one that is ready.
    pub(super) fn clients(&self) -> Option<Vec<Client>> {
        let standings = self.standings.borrow();
        let clients = standings.iter().map(|standing| match standing {
            Standing::Ready(Backend::Worker(client)) => Some(client.clone()),
            _ => None,
        });
        clients.collect()
    }

    /// Shows the failure of a place until a request comes that wants to see whether it has been
    /// mended.
    pub(super) async fn wait_for_retry(&self, place: usize, failure: Failure) {
        let failure = Arc::new(failure);
        self.tell(Event::NotLoaded(Arc::clone(&failure)));
        let failed = Instant::now();
        self.set(place, Standing::Failed(failure, failed));
        loop {
            self.front.retry_wanted().await;
            // A wish from before the failure was known is fulfilled already.
            if failed.elapsed() >= serve::RETRY_AFTER {
                return;
            }
        }
    }

    /// Tells pages in the browser of changed files that need no new workers.
    pub(super) fn show(&self, change: &Change) {
        self.front.notifier().changed(change.paths());
    }

    /// Tells the front once more, so that requests look again.
    pub(super) fn refresh(&self) {
        let is_checked = self.is_checked.get();
        self.front.set(state(&self.standings.borrow(), is_checked));
    }

    /// Notes which hosts the application allows, as a worker said.
    pub(super) fn allow_hosts(&self, report: &Report) {
        let allowed = report.all("allowed_host");
        self.front
            .allow_hosts(allowed.map(HostPattern::of_application).collect());
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

/// One worker that is ready is enough; while there is none but one may come, requests wait. As long
/// as checks are waited for, which only the first place's worker runs, it must be that one.
fn state(standings: &[Standing], is_checked: bool) -> State {
    let standings = match standings.first() {
        Some(first) if !is_checked && !matches!(first, Standing::Ready(_)) => {
            slice::from_ref(first)
        }
        _ => standings,
    };
    let ready: Arc<[Backend]> = standings
        .iter()
        .filter_map(|standing| match standing {
            Standing::Ready(backend) => Some(backend.clone()),
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
        for is_checked in [false, true] {
            let state = |standings: &[Standing]| state(standings, is_checked);
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
}
