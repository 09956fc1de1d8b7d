//! What was read from an archive, and how much may still be read.

use std::{
    io::{self, Read},
    path::{Path, PathBuf},
};

use super::{error::ArchiveError, fault};
use crate::template::{
    error::Error,
    source::limits::{Limits, Tally},
};

/// How much any archive may expand to, however small it is. A file with nothing but one octet in
/// it compresses very well and does no harm.
const FREE: u64 = 64 << 20;

/// How many times its size a larger archive may expand to. Text becomes a tenth, logs a fiftieth;
/// only the endless repetition of a few octets goes further, to a thousandth (deflate) and beyond.
const RATIO: u64 = 200;

/// What tar adds to each entry at most: a header of its own, one with a long name, and the filling
/// of each up to a whole block.
const TAR_OVERHEAD: u64 = 4096;

/// How long a name may be, and the text of a link. Systems have room for 1,024 octets (macOS) or
/// 4,096 (Linux).
const MOST_NAME: usize = 1024;

/// How much of a name that is too long is shown.
const SHOWN: usize = 60;

/// One entry, with the name that it has in the archive.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: Vec<u8>,
    pub(super) what: What,
}

/// What an entry is.
#[derive(Debug)]
pub(super) enum What {
    Directory,
    File {
        contents: Vec<u8>,
        /// The permission bits, where the archive has such as Django keeps.
        mode: Option<u32>,
    },
    /// A symbolic link, with its text.
    Link(Vec<u8>),
    /// Another name for a file before it, with that file's name in the archive.
    HardLink(Vec<u8>),
}

/// What was read from an archive, and how much may still be read.
#[derive(Debug)]
pub(super) struct Intake {
    /// What the archive is called.
    pub(super) archive: PathBuf,
    /// How many octets it has.
    octets: u64,
    limits: Limits,
    pub(super) tally: Tally,
    /// How many octets of contents the archive's size still allows.
    left: u64,
    pub(super) members: Vec<Member>,
}

impl Intake {
    /// Nothing yet, from an archive of so many octets.
    pub(super) fn new(archive: &Path, octets: u64, limits: Limits) -> Self {
        Self {
            archive: archive.to_path_buf(),
            octets,
            limits,
            tally: Tally::new(archive, limits),
            left: allowance(octets),
            members: Vec::new(),
        }
    }

    /// Adds an entry.
    pub(super) fn add(&mut self, mut name: Vec<u8>, what: What) -> Result<(), Error> {
        let link = match &what {
            What::Link(to) | What::HardLink(to) => to.len(),
            What::Directory | What::File { .. } => 0,
        };
        if name.len().max(link) > MOST_NAME {
            name.truncate(SHOWN);
            let reason = "the path, or the one that it links to, is too long";
            return Err(self.fault(ArchiveError::Path { name, reason }));
        }
        self.tally.count_entry()?;
        self.members.push(Member { name, what });
        Ok(())
    }

    /// Reads contents of the length that is declared. Nothing is allocated for what is only
    /// declared.
    pub(super) fn read(&mut self, contents: impl Read, declared: u64) -> Result<Vec<u8>, Error> {
        self.check(declared)?;
        let mut octets = Vec::new();
        contents
            .take(declared.saturating_add(1))
            .read_to_end(&mut octets)
            .map_err(|error| self.damaged(&error))?;
        let length = u64::try_from(octets.len()).unwrap_or(u64::MAX);
        if length != declared {
            let error = io::Error::other("an entry is not as long as the archive says");
            return Err(self.damaged(&error));
        }
        self.tally.count_octets(octets.len())?;
        self.left = self.left.saturating_sub(length);
        octets.shrink_to_fit();
        Ok(octets)
    }

    /// Whether so many octets may still come.
    pub(super) fn check(&self, declared: u64) -> Result<(), Error> {
        if declared > self.tally.octets_left() {
            Err(self.tally.too_large())
        } else if declared > self.left {
            Err(self.bomb())
        } else {
            Ok(())
        }
    }

    /// How many octets the archive may expand to as a stream, with what is between its contents.
    pub(super) fn stream_allowance(&self) -> u64 {
        let entries = u64::try_from(self.limits.entries).unwrap_or(u64::MAX);
        let overhead = entries.saturating_mul(TAR_OVERHEAD);
        allowance(self.octets).min(self.limits.octets.saturating_add(overhead))
    }

    /// The error about an archive that expands to too much.
    pub(super) fn bomb(&self) -> Error {
        if allowance(self.octets) > self.limits.octets {
            return self.tally.too_large();
        }
        self.fault(ArchiveError::Bomb {
            archive: self.octets,
            mebibytes: allowance(self.octets) >> 20,
        })
    }

    /// The error about octets that are not as they should be.
    pub(super) fn damaged(&self, error: &impl ToString) -> Error {
        self.fault(ArchiveError::Damaged(error.to_string()))
    }

    /// The error about the archive.
    pub(super) fn fault(&self, reason: ArchiveError) -> Error {
        fault(&self.archive, reason)
    }
}

/// How many octets an archive of this size may expand to.
fn allowance(octets: u64) -> u64 {
    FREE.saturating_add(octets.saturating_mul(RATIO))
}

/// Django's rule for permission bits: they count where everybody may read.
pub(super) fn mode(bits: u32) -> Option<u32> {
    (bits & 0o004 != 0).then_some(bits & 0o777)
}
