//! A template that is an archive.
//!
//! Nothing is extracted: the entries are read one after the other, and what is in them is kept in
//! memory until all of it is known to be good. An archive is a stranger's; whatever it says about
//! itself is checked against limits before it costs anything.

mod error;
mod intake;
mod kind;
mod tar;
mod tree;
mod zip;

use std::{
    fs::File,
    io::{BufReader, Read, Seek},
    path::Path,
    sync::atomic::AtomicBool,
};

use super::{
    Entry,
    limits::{LIMITS, Limits},
    listing::{self, Item},
    stoppable::Stoppable,
    subdirectory::Scope,
};
use crate::template::error::Error;
use intake::Intake;
use kind::Kind;

pub use error::ArchiveError;

/// What of an archive belongs to the template. The name says which kind of archive it is; the file
/// has its octets and need not have that name.
pub(super) fn entries(
    name: &Path,
    file: File,
    scope: Scope<'_>,
    stop: &AtomicBool,
) -> Result<Vec<Entry>, Error> {
    let octets = file
        .metadata()
        .map_err(|error| fault(name, ArchiveError::Open(error)))?
        .len();
    let items = items(
        name,
        BufReader::with_capacity(64 << 10, Stoppable { inner: file, stop }),
        octets,
        LIMITS,
    )?;
    listing::entries(items, scope, name)
}

/// Everything that is in an archive of so many octets.
pub(super) fn items(
    name: &Path,
    archive: BufReader<impl Read + Seek>,
    octets: u64,
    limits: Limits,
) -> Result<Vec<Item>, Error> {
    let Some(kind) = kind::of(name) else {
        return Err(fault(name, ArchiveError::Unrecognized(name.to_path_buf())));
    };
    let mut intake = Intake::new(name, octets, limits);
    match kind {
        Kind::Tar => tar::read(&mut intake, archive)?,
        Kind::Zip => zip::read(&mut intake, archive)?,
    }
    tree::items(intake)
}

/// The error about an archive.
pub(super) fn fault(archive: &Path, reason: ArchiveError) -> Error {
    Error::Archive {
        archive: archive.to_path_buf(),
        reason,
    }
}

#[cfg(test)]
mod tests;
