//! How much a template may hold. It is held in memory until all is written, and who gives a home
//! directory, a file system or an archive bomb should be told soon.

use std::path::{Path, PathBuf};

use crate::template::error::Error;

/// How much a template may hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Files and directories.
    pub(super) entries: usize,
    /// The octets in all files together.
    pub(super) octets: u64,
}

/// Far more than the templates that people keep, and still little for a machine of today.
pub(super) const LIMITS: Limits = Limits {
    entries: 100_000,
    octets: 512 << 20,
};

/// Counts what a template holds, up to the limits.
#[derive(Debug)]
pub(super) struct Tally {
    root: PathBuf,
    limits: Limits,
    entries: usize,
    octets: u64,
}

impl Tally {
    /// Begins to count; the root is the template's name in the complaint.
    pub(super) fn new(root: &Path, limits: Limits) -> Self {
        Self {
            root: root.to_path_buf(),
            limits,
            entries: 0,
            octets: 0,
        }
    }

    /// How many octets may still come.
    pub(super) fn octets_left(&self) -> u64 {
        self.limits.octets - self.octets
    }

    /// Counts a file or directory.
    pub(super) fn count_entry(&mut self) -> Result<(), Error> {
        if self.entries == self.limits.entries {
            return Err(self.too_large());
        }
        self.entries += 1;
        Ok(())
    }

    /// Counts the contents of a file.
    pub(super) fn count_octets(&mut self, octets: usize) -> Result<(), Error> {
        let octets = u64::try_from(octets).unwrap_or(u64::MAX);
        if octets > self.octets_left() {
            return Err(self.too_large());
        }
        self.octets += octets;
        Ok(())
    }

    /// The complaint, for who finds out in advance.
    pub(super) fn too_large(&self) -> Error {
        Error::TooLarge {
            root: self.root.clone(),
            entries: self.limits.entries,
            mebibytes: self.limits.octets >> 20,
        }
    }
}
