//! When a change is over. Pure: times come from outside.
//!
//! Each file that something happened to has a moment until which more may come: a file that is
//! being written will be closed, one that was removed may come back. All files that are waited
//! for make up one change, which has settled when the last of these moments has passed.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use super::change::Kind;

/// After a complete save: what an editor does after closing the file (access rights, a second
/// file of "save all") follows at once. The timer's tick of a millisecond comes on top.
pub(super) const AFTER_SAVE: Duration = Duration::from_millis(2);

/// After a file was removed: editors that move the old file away and write a new one take less.
pub(super) const AFTER_REMOVAL: Duration = Duration::from_millis(50);

/// After a directory came with files in it: whoever makes a directory goes on to fill it.
pub(super) const AFTER_ARRIVAL: Duration = Duration::from_millis(50);

/// After the last event of a burst: programs that write many files pause for less between two.
pub(super) const AFTER_BURST: Duration = Duration::from_millis(50);

/// From how many files on it is a burst: more than people save at once.
pub(super) const BURST: usize = 11;

/// After the last write to a file that stays open: a program that writes for longer does not
/// pause for that long.
pub(super) const AFTER_WRITE: Duration = Duration::from_millis(250);

/// How long a file may be written to altogether before it counts as it is.
pub(super) const LONGEST_WRITE: Duration = Duration::from_secs(2);

/// How long anything may be waited for: requests wait meanwhile.
pub(super) const LONGEST: Duration = Duration::from_secs(5);

/// How long Git may be waited for.
pub(super) const LONGEST_LOCK: Duration = Duration::from_secs(10);

/// How long until Git's lock is looked at again. Nothing is asked while nothing changes.
pub(super) const LOCK_PERIOD: Duration = Duration::from_millis(10);

/// How many files are told apart. Beyond that it is known only that there are more.
pub(super) const MOST_FILES: usize = 20_000;

/// What happened to a file, as far as it says what may follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It was opened for writing or written to, and not closed yet.
    Writing,
    /// It is there as a whole.
    Complete,
    /// Something about it changed that does not end its being written.
    Touched,
    /// It was found in a directory that had just come.
    Found,
    /// It is gone.
    Gone,
}

/// What is known of a file that something happened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Note {
    /// What the file is; nothing where it only says what else has to be looked at.
    pub(super) kind: Option<Kind>,
    /// What happened last.
    pub(super) step: Step,
    /// The file did not exist before the first of these events.
    pub(super) born: bool,
    /// It counts as changed, whatever it contains.
    pub(super) certain: bool,
    /// It is, or was, a directory that stands for what is in it.
    pub(super) directory: bool,
}

impl Note {
    pub(super) fn new(kind: impl Into<Option<Kind>>, step: Step) -> Self {
        Self {
            kind: kind.into(),
            step,
            born: false,
            certain: false,
            directory: false,
        }
    }

    pub(super) fn born(self, born: bool) -> Self {
        Self { born, ..self }
    }

    pub(super) fn certain(self, certain: bool) -> Self {
        Self { certain, ..self }
    }

    pub(super) fn directory(self) -> Self {
        Self {
            directory: true,
            ..self
        }
    }
}

#[derive(Debug)]
struct Waiting {
    note: Note,
    /// Since when it has been written to, where it is.
    writing: Option<Instant>,
    last: Instant,
}

/// All files that something happened to, of one change.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) files: BTreeMap<PathBuf, Note>,
    /// How many events there were of files beyond those.
    pub(super) more: usize,
    /// The strongest kind, also of those beyond.
    pub(super) kind: Option<Kind>,
    /// When the first event was read.
    pub(super) noticed: Instant,
}

/// What is to be done about the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    /// There is none.
    Nothing,
    /// Ask again at this moment, or when there is an event.
    Wait(Instant),
    /// It has settled.
    Settled,
}

/// The change that is going on.
#[derive(Debug, Default)]
pub(super) struct Settling {
    files: BTreeMap<PathBuf, Waiting>,
    more: usize,
    kind: Option<Kind>,
    /// The first and the last event.
    span: Option<(Instant, Instant)>,
}

impl Settling {
    /// Notes that something happened to a file.
    pub(super) fn note(&mut self, path: &Path, note: Note, now: Instant) {
        self.kind = self.kind.max(note.kind);
        let (first, _) = self.span.unwrap_or((now, now));
        self.span = Some((first, now));
        if let Some(known) = self.files.get_mut(path) {
            known.add(note, now);
        } else if self.files.len() < MOST_FILES {
            self.files.insert(path.to_owned(), Waiting::new(note, now));
        } else {
            self.more += 1;
        }
    }

    /// Forgets files that turned out not to matter.
    pub(super) fn forget_below(&mut self, directory: &Path) {
        self.files.retain(|path, _| !path.starts_with(directory));
        if self.files.is_empty() && self.more == 0 {
            *self = Self::default();
        }
    }

    /// The strongest kind of what is going on.
    pub(super) fn kind(&self) -> Option<Kind> {
        self.kind
    }

    /// Whether something happened to a file.
    pub(super) fn has(&self, path: &Path) -> bool {
        // Beyond what is told apart, it may be any.
        self.more > 0 || self.files.contains_key(path)
    }

    /// Whether the change has settled. `is_locked` says whether Git is at work, and is asked only
    /// where that is all that is left to wait for.
    pub(super) fn check(&self, now: Instant, is_locked: impl FnOnce() -> bool) -> Check {
        let Some((first, last)) = self.span else {
            return Check::Nothing;
        };
        let mut quiet = last;
        for waiting in self.files.values() {
            quiet = quiet.max(waiting.quiet());
        }
        if self.files.len() >= BURST {
            quiet = quiet.max(last + AFTER_BURST);
        }
        let due = quiet.min(first + LONGEST);
        if now < due {
            return Check::Wait(due);
        }
        let longest = first + LONGEST_LOCK;
        if now < longest && is_locked() {
            return Check::Wait(longest.min(now + LOCK_PERIOD));
        }
        Check::Settled
    }

    /// Takes the files of the change that has settled.
    pub(super) fn take(&mut self, now: Instant) -> Batch {
        let Self {
            files,
            more,
            kind,
            span,
        } = std::mem::take(self);
        Batch {
            files: files
                .into_iter()
                .map(|(path, waiting)| (path, waiting.note))
                .collect(),
            more,
            kind,
            noticed: span.map_or(now, |(first, _)| first),
        }
    }
}

impl Waiting {
    fn new(note: Note, now: Instant) -> Self {
        Self {
            note,
            writing: (note.step == Step::Writing).then_some(now),
            last: now,
        }
    }

    fn add(&mut self, note: Note, now: Instant) {
        self.last = now;
        self.note.kind = self.note.kind.max(note.kind);
        self.note.certain |= note.certain;
        self.note.directory |= note.directory;
        if note.step == Step::Touched {
            return;
        }
        self.note.step = note.step;
        self.writing = match note.step {
            Step::Writing => self.writing.or(Some(now)),
            _ => None,
        };
    }

    /// Until when more may come.
    fn quiet(&self) -> Instant {
        match (self.note.step, self.writing) {
            (Step::Writing, Some(since)) => (self.last + AFTER_WRITE).min(since + LONGEST_WRITE),
            (Step::Writing, None) => self.last + AFTER_WRITE,
            (Step::Complete | Step::Touched, _) => self.last + AFTER_SAVE,
            (Step::Found, _) => self.last + AFTER_ARRIVAL,
            (Step::Gone, _) => self.last + AFTER_REMOVAL,
        }
    }
}

#[cfg(test)]
#[path = "settle/tests.rs"]
mod tests;
