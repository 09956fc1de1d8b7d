//! SIGTERM is left to the front, which lets requests come to their end, where it is sent to all of
//! a process group. It is not ignored: programs that the project starts would inherit that.

use std::io;

use tokio::signal::unix::{signal, SignalKind};

/// From now on it does nothing here. In the runtime.
pub fn leave_to_front() -> io::Result<()> {
    // The handler stays.
    signal(SignalKind::terminate()).map(drop)
}
