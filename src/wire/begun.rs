//! How many requests a worker has begun: a number in memory that front and worker share.
//!
//! When a worker dies, the requests that it had not begun can be given to another one; those that
//! it had must not run twice. No message can tell which they are, since the worker may die between
//! beginning one and saying so. A store into shared memory costs nothing that could be measured,
//! and outlives the process.

use std::{
    fs::File,
    io,
    os::{fd::OwnedFd, unix::fs::FileExt as _},
};

/// Octets of the number, which is in the byte order of the machine.
const SIZE: usize = size_of::<u64>();

/// The front's end.
#[derive(Debug)]
pub(super) struct Begun {
    memory: File,
}

impl Begun {
    /// Memory in which nothing has been begun, and the worker's descriptor for it.
    pub(super) fn new() -> io::Result<(Self, OwnedFd)> {
        let memory = make()?;
        memory.set_len(SIZE as u64)?;
        let theirs = memory.try_clone()?.into();
        Ok((Self { memory }, theirs))
    }

    /// How many requests the worker has begun. Where it took that from us by making the memory
    /// shorter, all: nothing then runs twice.
    pub(super) fn count(&self) -> u64 {
        let mut number = [0; SIZE];
        match self.memory.read_exact_at(&mut number, 0) {
            Ok(()) => u64::from_ne_bytes(number),
            Err(_) => u64::MAX,
        }
    }
}

#[cfg(target_os = "linux")]
fn make() -> io::Result<File> {
    use rustix::fs::{MemfdFlags, memfd_create};
    Ok(memfd_create("scaffold-begun", MemfdFlags::CLOEXEC)?.into())
}

#[cfg(not(target_os = "linux"))]
fn make() -> io::Result<File> {
    tempfile::tempfile()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_worker_writes_is_read() {
        let (begun, theirs) = Begun::new().unwrap();
        assert_eq!(begun.count(), 0);
        let theirs = File::from(theirs);
        theirs.write_all_at(&7_u64.to_ne_bytes(), 0).unwrap();
        assert_eq!(begun.count(), 7);
        theirs.set_len(0).unwrap();
        assert_eq!(begun.count(), u64::MAX);
    }
}
