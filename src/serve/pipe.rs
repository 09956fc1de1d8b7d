//! A pipe to a worker, by which a request body gets there. On Linux the system moves the octets from
//! the client's connection into it without a copy through this process.

use std::{
    io,
    os::fd::{AsFd as _, OwnedFd},
    task::{Context, Poll},
};

use tokio::net::{
    TcpStream,
    unix::pipe::{Sender, pipe},
};

/// How many octets the pipe holds, where the system lets it: enough that neither side waits for the
/// other all the time, and a bound on what a body costs in memory. Linux counts pages: one that was
/// moved from a connection may be as large as 32 KiB, so that 2 MiB are the most.
#[cfg(target_os = "linux")]
const CAPACITY: usize = 256 * 1024;

/// The end that is written to.
#[derive(Debug)]
pub(super) struct Pipe {
    end: Sender,
}

impl Pipe {
    /// A pipe, and the end that is read from.
    pub(super) fn new() -> io::Result<(Self, OwnedFd)> {
        let (end, read) = pipe()?;
        // It works with any capacity.
        #[cfg(target_os = "linux")]
        let _ = rustix::pipe::fcntl_setpipe_size(&end, CAPACITY);
        // The worker waits for what comes.
        Ok((Self { end }, read.into_blocking_fd()?))
    }

    /// Whether there is room.
    pub(super) fn poll_room(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.end.poll_write_ready(context)
    }

    /// Writes some of the octets. An error of kind `WouldBlock` means that there is no room.
    pub(super) fn write(&self, octets: &[u8]) -> io::Result<usize> {
        self.end.try_write(octets)
    }

    /// Moves up to `limit` octets from a connection, from which there is something to read. An error
    /// of kind `WouldBlock` means that there is no room, or nothing more to read: the connection
    /// knows then which.
    #[cfg(target_os = "linux")]
    pub(super) fn splice(&self, stream: &TcpStream, limit: usize) -> io::Result<usize> {
        use rustix::{
            io::Errno,
            pipe::{SpliceFlags, splice},
        };
        use tokio::io::Interest;

        /// Most octets that are moved by one call.
        const AT_ONCE: usize = 1 << 20;
        let pipe = &self.end;
        let mut is_full = false;
        let moved = stream.try_io(Interest::READABLE, || {
            let flags = SpliceFlags::NONBLOCK | SpliceFlags::MOVE;
            match splice(stream, None, pipe, None, limit.min(AT_ONCE), flags) {
                // Which of the two would have to be waited for, the system does not say.
                Err(Errno::AGAIN) if !has_room(pipe) => {
                    is_full = true;
                    Ok(0)
                }
                result => Ok(result?),
            }
        });
        if is_full {
            // The pipe is told, so that it waits for room.
            self.end.try_io(|| Err(io::ErrorKind::WouldBlock.into()))
        } else {
            moved
        }
    }
}

/// Whether the system would take octets just now.
#[cfg(target_os = "linux")]
fn has_room(pipe: &Sender) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    let pipe = pipe.as_fd();
    let mut pipes = [PollFd::new(&pipe, PollFlags::OUT)];
    matches!(poll(&mut pipes, Some(&Timespec::default())), Ok(1..))
}
