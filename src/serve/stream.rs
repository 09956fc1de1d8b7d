//! A client's connection as the system has it: ours alone, or shared with a worker, to which it is
//! lent so that the application's own thread reads the body of a request.
//!
//! Two processes then have the same open file, and whether calls on it wait is a property of the
//! file. So that no worker can make this process wait, each call says of itself that it must not.

use std::{
    future::Future as _,
    io,
    net::Shutdown,
    os::fd::{AsFd, BorrowedFd},
    pin::pin,
    task::{Context, Poll, ready},
};

use bytes::BytesMut;
use rustix::net::{RecvFlags, recv};
use socket2::SockRef;
use tokio::{
    io::{AsyncReadExt as _, Interest},
    net::TcpStream,
};

/// How much is read at a time, in octets: a browser's request with room to spare.
pub(super) const READ: usize = 8 * 1024;

/// A client's connection.
#[derive(Debug)]
pub(super) enum Stream {
    /// No other process has ever had it.
    Own(TcpStream),
    /// A worker had it, or still has.
    Shared(TcpStream),
    /// A worker reads from it. The runtime is not told of octets that come: they would wake this
    /// process for nothing.
    Lent(std::net::TcpStream),
}

impl Stream {
    /// Gives away the reading side.
    pub(super) fn lend(&mut self) -> io::Result<()> {
        *self = Self::Lent(self.duplicate()?);
        Ok(())
    }

    /// Takes back the reading side.
    pub(super) fn take_back(&mut self) -> io::Result<()> {
        match self {
            Self::Own(_) | Self::Shared(_) => Ok(()),
            Self::Lent(_) => self.watch(),
        }
    }

    /// Has the runtime told of what happens on a connection that a worker has.
    fn watch(&mut self) -> io::Result<()> {
        let stream = self.duplicate()?;
        stream.set_nonblocking(true)?;
        *self = Self::Shared(TcpStream::from_std(stream)?);
        Ok(())
    }

    /// Another descriptor of the same file, with which the runtime can have a new start.
    fn duplicate(&self) -> io::Result<std::net::TcpStream> {
        Ok(self.as_fd().try_clone_to_owned()?.into())
    }

    /// Whether a worker has it, or had it.
    pub(super) fn is_shared(&self) -> bool {
        !matches!(self, Self::Own(_))
    }

    /// Sees to it that the next call does not wait, whatever a worker has done: for one that cannot
    /// say so of itself.
    pub(super) fn keep_from_waiting(&self) -> io::Result<()> {
        if self.is_shared() {
            SockRef::from(self).set_nonblocking(true)?;
        }
        Ok(())
    }

    /// Whether there is something to read.
    pub(super) fn poll_read_ready(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Own(stream) | Self::Shared(stream) => stream.poll_read_ready(context),
            Self::Lent(_) => Poll::Pending,
        }
    }

    /// Reads what there is into the room that `input` has; 0 octets mean that the client has
    /// closed its sending side.
    pub(super) fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        input: &mut BytesMut,
    ) -> Poll<io::Result<usize>> {
        match self {
            // The future holds no state of its own, so it can be made anew for each poll. Unlike
            // `try_read_buf` it knows that a read which fills less than the room was the last one.
            Self::Own(stream) => pin!(stream.read_buf(input)).poll(context),
            Self::Shared(stream) => loop {
                ready!(stream.poll_read_ready(context))?;
                let mut octets = [0; READ];
                let read = stream.try_io(Interest::READABLE, || {
                    Ok(recv(&*stream, &mut octets, RecvFlags::DONTWAIT)?.0)
                });
                if let Ok(count) = read {
                    input.extend_from_slice(octets.get(..count).unwrap_or_default());
                }
                if !would_block(&read) {
                    return Poll::Ready(read);
                }
            },
            Self::Lent(_) => Poll::Pending,
        }
    }

    /// Writes by a system call of the caller's, which must not wait, once the client takes more.
    pub(super) fn poll_write_with<R>(
        &mut self,
        context: &mut Context<'_>,
        mut write: impl FnMut(&Self) -> io::Result<R>,
    ) -> Poll<io::Result<R>> {
        loop {
            let written = match &*self {
                Self::Own(stream) | Self::Shared(stream) => {
                    ready!(stream.poll_write_ready(context))?;
                    stream.try_io(Interest::WRITABLE, || write(self))
                }
                Self::Lent(_) => {
                    let written = write(self);
                    if would_block(&written) {
                        // To be waited for, it must be watched.
                        self.watch()?;
                    }
                    written
                }
            };
            if !would_block(&written) {
                return Poll::Ready(written);
            }
        }
    }

    /// Closes a side of the connection, for all who have it.
    pub(super) fn shutdown(&self, side: Shutdown) -> io::Result<()> {
        SockRef::from(self).shutdown(side)
    }
}

impl AsFd for Stream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Own(stream) | Self::Shared(stream) => stream.as_fd(),
            Self::Lent(stream) => stream.as_fd(),
        }
    }
}

fn would_block<R>(result: &io::Result<R>) -> bool {
    matches!(result, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
}
