//! One connection to an application, with what was read from it.

use std::{
    future::Future as _,
    io,
    net::Shutdown,
    pin::{Pin, pin},
    task::{Context, Poll},
};

use bytes::BytesMut;
use socket2::SockRef;
use tokio::{
    io::{AsyncReadExt as _, AsyncWrite as _},
    net::UnixStream,
};

/// How much of its buffer a connection keeps while it waits for a request, in octets: a usual page.
const KEEP: usize = 16 * 1024;

/// A connection to an application.
#[derive(Debug)]
pub(in crate::serve) struct Link {
    stream: UnixStream,
    /// What was read and not yet used.
    pub(super) input: BytesMut,
    /// It has carried a request before.
    pub(super) is_used: bool,
}

impl Link {
    pub(super) fn new(stream: UnixStream) -> Self {
        Self {
            stream,
            input: BytesMut::new(),
            is_used: false,
        }
    }

    /// Reads more, `room` octets at the most unless there is more room already; 0 octets mean that
    /// the application has closed its sending side.
    pub(super) fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        room: usize,
    ) -> Poll<io::Result<usize>> {
        if self.input.capacity() - self.input.len() < room / 2 {
            self.input.reserve(room);
        }
        // The future holds no state of its own, so it can be made anew for each poll. It knows
        // that a read which fills less than the room was the last one.
        pin!(self.stream.read_buf(&mut self.input)).poll(context)
    }

    /// Writes some of these octets.
    pub(super) fn poll_write(
        &mut self,
        context: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, octets)
    }

    /// Says that nothing more will be written.
    pub(super) fn end_writing(&self) -> io::Result<()> {
        SockRef::from(&self.stream).shutdown(Shutdown::Write)
    }

    /// Prepares it for the next request, some time from now.
    pub(super) fn rest(&mut self) {
        self.is_used = true;
        if self.input.capacity() > KEEP {
            self.input = BytesMut::new();
        }
    }

    /// Whether nothing has happened on it while it waited, as far as the runtime knows: the
    /// application may have closed it. Costs no system call.
    pub(super) fn is_quiet(&self) -> bool {
        let read = self.stream.try_read(&mut [0]);
        matches!(read, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
    }
}
