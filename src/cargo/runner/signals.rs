//! SIGTERM is left to the front, which lets requests come to their end, where it is sent to all of
//! a process group. It is not ignored: programs that the project starts would inherit that.

use std::io;

use tokio::signal::unix::{signal, SignalKind};

/// What shells say of a process that the signal has ended.
const TERMINATED: i32 = 128 + 15;

/// From now on the first one does nothing here; a further one ends the process. In the runtime.
pub fn leave_to_front() -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        terminate.recv().await;
        terminate.recv().await;
        std::process::exit(TERMINATED);
    });
    Ok(())
}
