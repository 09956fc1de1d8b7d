//! Telling the files of a live run from those of a dead one: a live one holds a lock on them,
//! which the system takes back when the process ends, however it ends.

use std::{os::fd::AsFd, thread, time::Duration};

use rustix::{
    fs::{AtFlags, FlockOperation, fstat, statat},
    io::Errno,
};

/// Takes the lock if nobody has it. A file system without locks says no as well: what cannot be
/// known to be dead is left alone.
pub(super) fn try_lock(file: impl AsFd) -> bool {
    rustix::fs::flock(file, FlockOperation::NonBlockingLockExclusive).is_ok()
}

/// How often is looked whether the lock is free: whoever holds it needs it for less.
const PAUSE: Duration = Duration::from_millis(5);

/// Waits for the lock, and says whether it was got before `gives_up` said yes. Where the file
/// system has none, goes on without.
///
/// The system's own waiting would not hear that the user wants the end.
pub(super) fn wait(file: impl AsFd, gives_up: impl Fn() -> bool) -> bool {
    loop {
        match rustix::fs::flock(file.as_fd(), FlockOperation::NonBlockingLockExclusive) {
            Err(Errno::WOULDBLOCK) if gives_up() => return false,
            Err(Errno::WOULDBLOCK) => thread::sleep(PAUSE),
            Err(Errno::INTR) => {}
            _ => return true,
        }
    }
}

/// Whether the name in the directory still means the open file: it may have been removed, and
/// made again, while we waited for the lock.
pub(super) fn is_still(file: impl AsFd, directory: impl AsFd, name: &str) -> bool {
    let (Ok(open), Ok(named)) = (
        fstat(file),
        statat(directory, name, AtFlags::SYMLINK_NOFOLLOW),
    ) else {
        return false;
    };
    (open.st_dev, open.st_ino) == (named.st_dev, named.st_ino)
}
