//! What the files contain that the running generation was loaded from, so that a save without a
//! change of content is no change. Pure.
//!
//! A file's contents are noted after it was loaded, so they may be newer than what was loaded.
//! Four rules keep an edit from being lost to that: a file for which an event came while the
//! generation was loading counts as changed; what is read in the background is thrown away where
//! an event comes meanwhile; so it is where the system says that the file was changed since the
//! generation started; and what is known already is read again where the system names another
//! time of change, for what is written can be seen a moment before there is an event.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use super::{
    content::{Content, changed},
    settle::Note,
};

/// How many files' contents are remembered: about 10 MB. Others count as changed at each save.
const MOST_FILES: usize = 50_000;

/// How much the system's time of a change may lag behind the clock: one tick of a kernel that
/// ticks a hundred times a second.
const CLOCK_TICK: Duration = Duration::from_millis(10);

/// What is known of the files.
#[derive(Debug, Default)]
pub(super) struct Baseline {
    /// Contents when the file was loaded, or when a change of it was last told.
    known: BTreeMap<PathBuf, Known>,
    /// Files that are being read in the background, and for which request.
    reading: HashMap<PathBuf, Ticket>,
    last: Ticket,
    loading: Loading,
}

/// The number of a request to read files in the background.
pub(super) type Ticket = u64;

/// What is known of a file.
#[derive(Clone, Copy, Debug)]
struct Known {
    content: Content,
    /// When it was last changed, as the system says.
    changed: Option<Duration>,
    /// It was read in the moment in which it was changed, so that a later change may have the
    /// same time.
    is_fresh: bool,
}

/// A file that is to be read in the background.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) file: PathBuf,
    pub(super) unless: Unless,
}

/// When a file need not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unless {
    /// Never.
    Never,
    /// Where it was last changed at this time, or is as missing as it was.
    ChangedAt(Option<Duration>),
}

/// What was found in the background.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// It need not have been read.
    AsKnown,
    /// It contains this, and was last changed at that time.
    Read(Content, Option<Duration>),
}

impl Wanted {
    /// Looks at the file.
    pub(super) fn look(&self) -> Look {
        if let Unless::ChangedAt(time) = self.unless
            && changed(&self.file) == time
        {
            return Look::AsKnown;
        }
        let (content, changed) = Content::read(&self.file);
        Look::Read(content, changed)
    }
}

/// When the generation that runs was loading.
#[derive(Clone, Copy, Debug, Default)]
struct Loading {
    /// When it started, by both clocks; the second is the one of file times, since 1970.
    started: Option<(Instant, Duration)>,
    /// When it was there.
    ended: Option<Instant>,
}

impl Baseline {
    /// A generation starts loading now.
    pub(super) fn generation_started(&mut self, now: Instant, time: Duration) {
        // What is being read was asked for by an older one, but by an event it would be thrown
        // away, and without one it is true still.
        self.loading = Loading {
            started: Some((now, time)),
            ended: None,
        };
    }

    /// The generation has been loaded from these files. Gives those that must be looked at, and
    /// the ticket for what is found.
    pub(super) fn loaded(
        &mut self,
        files: impl IntoIterator<Item = PathBuf>,
        now: Instant,
    ) -> (Ticket, Vec<Wanted>) {
        self.loading.ended.get_or_insert(now);
        self.last += 1;
        let mut wanted = Vec::new();
        for file in files {
            let known = self.known.get(&file);
            let has_room = known.is_some() || self.known.len() + wanted.len() < MOST_FILES;
            // A later request takes the place of an earlier one.
            if has_room {
                self.reading.insert(file.clone(), self.last);
                let unless = match known {
                    Some(known) if !known.is_fresh => Unless::ChangedAt(known.changed),
                    _ => Unless::Never,
                };
                wanted.push(Wanted { file, unless });
            }
        }
        (self.last, wanted)
    }

    /// An event came for a file.
    pub(super) fn touched(&mut self, file: &Path) {
        if self.reading.remove(file).is_some() {
            // Whether that is what was loaded has not been looked at.
            self.known.remove(file);
        }
    }

    /// Whether something that happened after `since` may have happened while the generation was
    /// loading.
    pub(super) fn may_be_while_loading(&self, since: Instant, until: Instant) -> bool {
        self.loading.started.is_some_and(|(started, _)| {
            started <= until && self.loading.ended.is_none_or(|ended| since <= ended)
        })
    }

    /// Whether a file may have been changed since the generation started, by the system's time.
    pub(super) fn is_newer(&self, changed: Duration) -> bool {
        self.loading
            .started
            .is_some_and(|(_, time)| changed + CLOCK_TICK >= time)
    }

    /// Whether a file was changed after the generation could first have loaded it, which takes
    /// longer than a tick.
    fn is_surely_newer(&self, changed: Option<Duration>) -> bool {
        let started = self.loading.started;
        started.is_some_and(|(_, time)| changed.is_some_and(|changed| changed > time))
    }

    /// Notes what was found in the background.
    pub(super) fn looked(&mut self, ticket: Ticket, file: &Path, look: Look) {
        // Where there was an event, nobody waits for it any more, or for a later one.
        if self.reading.get(file) != Some(&ticket) {
            return;
        }
        self.reading.remove(file);
        let Look::Read(content, changed) = look else {
            return;
        };
        // What was saved just before the generation started, and compared, is not in doubt.
        let is_as_known = self.known.get(file).is_some_and(|known| {
            known.content == content && known.changed == changed && !self.is_surely_newer(changed)
        });
        if changed.is_some_and(|changed| !self.is_newer(changed)) {
            let known = Known {
                content,
                changed,
                is_fresh: false,
            };
            self.known.insert(file.to_owned(), known);
        } else if !is_as_known {
            // Nobody knows what was loaded.
            self.known.remove(file);
        }
    }

    /// Notes what a file contains for which an event came, with the times at which it was last
    /// changed and at which it was read. Says whether that is a change.
    pub(super) fn is_changed(
        &mut self,
        file: &Path,
        note: Note,
        (content, changed): (Content, Option<Duration>),
        now: Duration,
    ) -> bool {
        if note.directory {
            return note.certain
                || match content {
                    // What is in it speaks for itself.
                    Content::Directory => false,
                    Content::Missing => !note.born,
                    _ => true,
                };
        }
        let before = self.known.get(file).map(|known| known.content);
        if before.is_some() || self.known.len() < MOST_FILES {
            let known = Known {
                content,
                changed,
                is_fresh: changed.is_none_or(|changed| changed + CLOCK_TICK >= now),
            };
            self.known.insert(file.to_owned(), known);
        }
        note.certain
            || match before {
                Some(before) => before != content,
                // What came and went was nobody's.
                None => {
                    content != Content::Directory && !(note.born && content == Content::Missing)
                }
            }
    }

    /// The files in a directory and below of which something is known.
    pub(super) fn below(&self, directory: &Path) -> Vec<PathBuf> {
        self.known
            .range(directory.to_owned()..)
            .map(|(path, _)| path)
            .take_while(|path| path.starts_with(directory))
            .cloned()
            .collect()
    }

    /// Whether it is known what a file contains.
    pub(super) fn knows(&self, file: &Path) -> bool {
        self.known.contains_key(file)
    }
}

#[cfg(test)]
#[path = "baseline/tests.rs"]
mod tests;
