//! What can happen in a directory, whether the system says so or polling finds it.

use std::ffi::OsString;

/// The number of a watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Watch(pub(super) i32);

/// Why a directory is not watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The system has no more watches for us.
    Full,
    /// It is not there, or no directory, or not ours to read.
    NotThere,
}

/// What happened to the entry of a directory, or to the directory or the queue itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Happening {
    /// It was made.
    Created,
    /// It was written to.
    Written,
    /// It was closed by somebody who could have written to it.
    Closed,
    /// It was moved here, maybe over another one.
    Arrived,
    /// It was found to be new, or to be another one than before.
    Appeared,
    /// Its attributes changed.
    Touched,
    /// It was removed.
    Removed,
    /// It was moved away, or is not found any more.
    MovedAway,
    /// The directory itself was removed or moved.
    Left,
    /// The file system was unmounted that the directory is on.
    Unmounted,
    /// The directory's watch has ended.
    Unwatched,
    /// Events were lost.
    Overflow,
}

impl Happening {
    /// Whether another thing is behind the name now, or none.
    pub(super) fn replaces(self) -> bool {
        matches!(
            self,
            Self::Created | Self::Arrived | Self::Appeared | Self::Removed | Self::MovedAway
        )
    }

    /// Whether the thing may be new.
    pub(super) fn is_arrival(self) -> bool {
        matches!(self, Self::Created | Self::Arrived | Self::Appeared)
    }
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) watch: Watch,
    pub(super) happening: Happening,
    pub(super) is_directory: bool,
    /// The entry's name; empty where it is about the directory itself.
    pub(super) name: OsString,
}
