//! Looking at directories again and again, where events do not tell everything.
//!
//! A thread of its own does it: a network file system may make it wait. It takes as much rest
//! as keeps the cost bounded, however large the project is.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Weak},
    thread,
    time::{Duration, Instant},
};

use rustix::time::{ClockId, clock_gettime};

use super::{
    listing::{Interest, Listing, list},
    shared::Shared,
};

/// The shortest time between two rounds: people do not notice it beside the reload.
const SHORTEST: Duration = Duration::from_millis(250);

/// How many times as long as a round took the processor the thread rests: about 1 % of a core.
const REST_FOR_PROCESSOR: u32 = 100;

/// How many times as long as a round lasted the thread rests: a file server has other clients.
const REST_FOR_OTHERS: u32 = 4;

/// The directories that are polled, and what they held last.
#[derive(Debug, Default)]
pub(super) struct Polled {
    directories: BTreeMap<PathBuf, Look>,
    /// When the last round began that is complete: what a round finds has happened since then.
    since: Option<Instant>,
    /// What the first look at all directories cost.
    cost: Cost,
    is_running: bool,
}

/// One look at one directory.
#[derive(Clone, Debug)]
pub(super) struct Look {
    pub(super) interest: Arc<Interest>,
    /// None where it was not there.
    pub(super) listing: Option<Arc<Listing>>,
}

impl Look {
    /// The listing for another interest. Where this look has something to say, that is older
    /// than what is there now, and what happened since must be found by the next comparison.
    fn widened(&self, interest: &Interest, now: &Listing) -> Listing {
        let before = self.listing.as_deref().cloned().unwrap_or_default();
        if self.interest.is_entered {
            let added = interest
                .names
                .iter()
                .filter(|name| !self.interest.has(name));
            let added = added.filter_map(|name| now.get_key_value(name));
            let added = added.map(|(name, entry)| (name.clone(), *entry));
            return before.into_iter().chain(added).collect();
        }
        let mut listing = now.clone();
        for name in &self.interest.names {
            listing.remove(name);
        }
        listing.extend(before);
        listing
    }
}

/// What polling takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cost {
    processor: Duration,
    lasted: Duration,
}

impl Cost {
    /// How long the thread rests until the next round.
    pub(super) fn rest(self) -> Duration {
        (self.processor * REST_FOR_PROCESSOR)
            .max(self.lasted * REST_FOR_OTHERS)
            .max(SHORTEST)
    }

    /// Does something and measures it.
    fn of<T>(work: impl FnOnce() -> T) -> (T, Self) {
        let (start, processor) = (Instant::now(), processor_time());
        let result = work();
        let cost = Self {
            processor: processor_time().saturating_sub(processor),
            lasted: start.elapsed(),
        };
        (result, cost)
    }
}

/// The processor time that this thread has taken.
fn processor_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

impl Polled {
    pub(super) fn is_empty(&self) -> bool {
        self.directories.is_empty()
    }

    pub(super) fn has(&self, directory: &Path) -> bool {
        self.directories.contains_key(directory)
    }

    /// How long the thread rests at first.
    pub(super) fn rest(&self) -> Duration {
        self.cost.rest()
    }

    /// Since when what is found by comparison may have happened.
    pub(super) fn since(&self) -> Option<Instant> {
        self.since
    }

    /// Polls a directory from now on. Where that is so already, what it held stays known.
    pub(super) fn add(&mut self, directory: &Path, interest: Interest) {
        if let Some(look) = self.directories.get_mut(directory)
            && *look.interest == interest
        {
            return;
        }
        let before = self.directories.get(directory);
        let (listing, cost) = Cost::of(|| {
            let now = list(directory, &interest).unwrap_or_default();
            before.map_or_else(|| now.clone(), |before| before.widened(&interest, &now))
        });
        self.cost.processor += cost.processor;
        self.cost.lasted += cost.lasted;
        let look = Look {
            interest: Arc::new(interest),
            listing: Some(Arc::new(listing)),
        };
        self.directories.insert(directory.to_owned(), look);
    }

    pub(super) fn remove(&mut self, directory: &Path) {
        self.directories.remove(directory);
    }

    pub(super) fn retain(&mut self, keep: impl Fn(&Path) -> bool) {
        self.directories.retain(|path, _| keep(path));
    }

    /// What a round has to look at.
    fn work(&self) -> Vec<(PathBuf, Look)> {
        let all = self.directories.iter();
        all.map(|(path, look)| (path.clone(), look.clone()))
            .collect()
    }

    /// Notes what a directory holds now, and gives what was known of it. Where it is no longer
    /// polled, or for something else, the next round finds what happened.
    pub(super) fn update(&mut self, directory: &Path, found: Look) -> Option<Look> {
        let known = self.directories.get_mut(directory)?;
        let is_current = Arc::ptr_eq(&known.interest, &found.interest);
        is_current.then(|| std::mem::replace(known, found))
    }

    /// Whether the thread has to be started: there is something to do, and it does not run.
    pub(super) fn start(&mut self) -> bool {
        let start = !self.is_running && !self.directories.is_empty();
        self.is_running |= start;
        start
    }

    /// Notes that the thread could not be started.
    pub(super) fn stop(&mut self) {
        self.is_running = false;
    }
}

/// Starts the thread, which ends soon after the watcher is gone. False where that failed.
pub(super) fn start(shared: &Arc<Shared>) -> bool {
    let shared = Arc::downgrade(shared);
    thread::Builder::new()
        .name("poll".to_owned())
        .spawn(move || run(&shared))
        .is_ok()
}

fn run(shared: &Weak<Shared>) {
    let Some(mut rest) = shared.upgrade().map(|shared| shared.lock().polled.rest()) else {
        return;
    };
    while let Some(shared) = shared.upgrade().filter(|shared| shared.pause(rest)) {
        let began = Instant::now();
        let work = shared.lock().polled.work();
        let ((), cost) = Cost::of(|| {
            for (directory, look) in work {
                if shared.is_over() {
                    return;
                }
                round(&shared, &directory, look);
            }
        });
        shared.lock().polled.since = Some(began);
        rest = cost.rest();
    }
}

fn round(shared: &Shared, directory: &Path, before: Look) {
    let listing = list(directory, &before.interest);
    if listing.as_ref() == before.listing.as_deref() {
        return;
    }
    let found = Look {
        listing: listing.map(Arc::new),
        ..before
    };
    shared.change(|state, now| state.looked(directory, found, now));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::listing::differences;

    #[test]
    fn the_larger_the_project_the_longer_the_rest() {
        let ms = Duration::from_millis;
        let rest = |processor, lasted| {
            Cost {
                processor: ms(processor),
                lasted: ms(lasted),
            }
            .rest()
        };
        assert_eq!(rest(0, 0), SHORTEST);
        assert_eq!(rest(2, 3), SHORTEST);
        assert_eq!(rest(20, 20), ms(2_000));
        assert_eq!(rest(1, 500), ms(2_000), "a slow server");
    }

    #[test]
    fn a_wider_interest_does_not_hide_what_happened_before_it() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("a.py");
        std::fs::write(&file, "1").unwrap();
        let named = |names: &[&str]| Interest {
            names: names.iter().map(Into::into).collect(),
            ..Interest::default()
        };
        let mut polled = Polled::default();
        polled.add(place.path(), named(&["a.py"]));
        std::fs::write(&file, "22").unwrap();
        std::fs::write(place.path().join("b.py"), "").unwrap();
        let entered = Interest {
            is_entered: true,
            ..named(&[])
        };
        for interest in [named(&["a.py", "b.py"]), entered, named(&["c.txt"])] {
            polled.add(place.path(), interest);
            let [(_, look)] = &polled.work()[..] else {
                panic!("one directory");
            };
            let now = list(place.path(), &look.interest).unwrap();
            let before = look.listing.as_ref().unwrap();
            let found: Vec<_> = differences(before, &now);
            assert!(found.iter().any(|(name, ..)| name == "a.py"), "{found:?}");
        }
    }
}
