//! A chunked request body that is too long to be kept in memory: on the disk until it is complete,
//! because its length must be known before the request can be sent to the application.
//!
//! WSGI has no other way to tell applications how much there is to read; those that go by
//! `CONTENT_LENGTH` alone, as Django does, would take the body for empty.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, Write as _},
};

/// The longest body that is accepted, in octets: more than anybody uploads to a server for
/// development, and less than most disks have free.
pub(super) const MAX_SPOOL: u64 = 1024 * 1024 * 1024;

/// A body that is being written to the disk.
#[derive(Debug)]
pub(super) struct Spool {
    /// Has no name, so that nothing is left of it whatever happens.
    file: File,
    length: u64,
}

impl Spool {
    /// An empty one.
    pub(super) fn new() -> io::Result<Self> {
        let file = tempfile::tempfile()?;
        Ok(Self { file, length: 0 })
    }

    /// Adds octets, at most a frame's worth at a time: they go into the system's cache, which is
    /// quick enough to be waited for.
    pub(super) fn append(&mut self, octets: &[u8]) -> io::Result<()> {
        self.length += octets.len() as u64;
        self.file.write_all(octets)
    }

    /// Octets so far.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// The body from its beginning.
    pub(super) fn read_back(mut self) -> io::Result<Spooled> {
        self.file.rewind()?;
        Ok(Spooled {
            file: self.file,
            left: self.length,
        })
    }
}

/// A body that is read back from the disk.
#[derive(Debug)]
pub(super) struct Spooled {
    file: File,
    left: u64,
}

impl Spooled {
    /// Appends the next octets to `output`, `limit` at the most.
    pub(super) fn read(&mut self, output: &mut Vec<u8>, limit: usize) -> io::Result<()> {
        let limit = self.left.min(limit as u64);
        let read = (&self.file).take(limit).read_to_end(output)? as u64;
        self.left -= read;
        if read < limit {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    /// Whether all of it has been read.
    pub(super) fn is_done(&self) -> bool {
        self.left == 0
    }
}
