//! A chunked request body that is too long to be kept in memory: on the disk until it is complete,
//! because its length must be known before the request can be sent to the application.
//!
//! WSGI has no other way to tell applications how much there is to read; those that go by
//! `CONTENT_LENGTH` alone, as Django does, would take the body for empty.

use std::{
    fs::File,
    io::{self, Seek as _, Write as _},
};

/// A body that is being written to the disk.
#[derive(Debug)]
pub(super) struct Spool {
    /// Has no name, so that nothing is left of it whatever happens.
    file: File,
    length: u64,
}

impl Spool {
    /// An empty one.
    fn new() -> io::Result<Self> {
        let file = tempfile::tempfile()?;
        Ok(Self { file, length: 0 })
    }

    /// Moves octets to the disk, where there may be others already.
    pub(super) fn take(spool: &mut Option<Self>, octets: &mut Vec<u8>) -> io::Result<()> {
        let mut own = match spool.take() {
            Some(spool) => spool,
            None => Self::new()?,
        };
        own.append(octets)?;
        octets.clear();
        *spool = Some(own);
        Ok(())
    }

    /// Adds octets, at most a frame's worth at a time: they go into the system's cache, which is
    /// quick enough to be waited for.
    fn append(&mut self, octets: &[u8]) -> io::Result<()> {
        self.length += octets.len() as u64;
        self.file.write_all(octets)
    }

    /// Octets so far.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// The file, to be read from the beginning of the body.
    pub(super) fn into_file(mut self) -> io::Result<File> {
        self.file.rewind()?;
        Ok(self.file)
    }
}
