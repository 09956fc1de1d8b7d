//! One client's socket with its buffers and its one deadline.

use std::{
    future::{Future as _, poll_fn},
    io,
    net::Shutdown,
    os::fd::{AsFd as _, BorrowedFd},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::BytesMut;
use rustix::net::{SendFlags, send};
use tokio::{
    net::TcpStream,
    time::{Instant, Sleep},
};

use super::{
    Limits, ShutdownGuard,
    shutdown::Begun,
    stream::{READ, Stream},
};

/// How is written: as much as there is room for.
const AT_ONCE: SendFlags = SendFlags::DONTWAIT.union(SendFlags::NOSIGNAL);

/// How much of the output buffer an idle connection keeps, in octets.
const KEEP: usize = 64 * 1024;

/// How much a client may send ahead while its request is answered, in octets.
const AHEAD: usize = 64 * 1024;

/// Tells a client that waits for it to send its body (RFC 9110, section 10.1.1).
pub(super) const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// Whether an error means that the client has broken the connection off (the classes that Django's
/// server takes for that).
pub(super) fn is_broken_pipe(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

/// A client's socket.
#[derive(Debug)]
pub(super) struct Socket {
    stream: Stream,
    /// What was read and not yet used.
    pub(super) input: BytesMut,
    /// What is to be written at the next [`Socket::flush`].
    pub(super) output: Vec<u8>,
    /// So much of the output was written.
    flushed: usize,
    /// The client takes nothing of the output, and the deadline is for that.
    is_stalled: bool,
    /// The client has closed its sending side.
    pub(super) is_half_closed: bool,
    /// A response has begun and not ended: however the connection ends now, it must not look as
    /// if that were all.
    pub(super) is_mid_response: bool,
    pub(super) limits: Limits,
    deadline: Deadline,
    /// What has the end of serving wait for this.
    pub(super) guard: ShutdownGuard,
    begun: Begun,
}

impl Socket {
    pub(super) fn new(stream: TcpStream, limits: Limits, guard: ShutdownGuard) -> Self {
        Self {
            stream: Stream::Own(stream),
            input: BytesMut::new(),
            output: Vec::new(),
            flushed: 0,
            is_stalled: false,
            is_half_closed: false,
            is_mid_response: false,
            limits,
            deadline: Deadline::new(),
            begun: guard.begun(),
            guard,
        }
    }

    /// Sets the time by which what is awaited next must have happened.
    pub(super) fn set_deadline(&mut self, within: Duration) {
        self.deadline.set(within);
    }

    /// Reads more input; 0 octets mean that the client has closed its sending side. An error of
    /// kind `TimedOut` means that the deadline has passed.
    pub(super) async fn read(&mut self) -> io::Result<usize> {
        poll_fn(|context| match self.poll_read(context) {
            Poll::Pending => self.poll_deadline(context),
            ready @ Poll::Ready(_) => ready,
        })
        .await
    }

    /// Reads the beginning of what the client sends next, as [`Socket::read`]. Where that has not
    /// come yet, the buffers are given back first, and `rest` is called to do the same: most
    /// connections are idle at most times. It does not come any more once serving ends.
    pub(super) async fn read_next(&mut self, rest: impl FnOnce()) -> io::Result<usize> {
        let is_there =
            poll_fn(|context| Poll::Ready(self.stream.poll_read_ready(context).is_ready()));
        if !is_there.await {
            // Line ends between two requests, of which the second half may be to come.
            self.input = BytesMut::from(self.input.as_ref());
            self.output = Vec::new();
            rest();
        }
        poll_fn(|context| match self.poll_read(context) {
            Poll::Pending if self.poll_end(context) => Poll::Ready(Ok(0)),
            Poll::Pending => self.poll_deadline(context),
            ready @ Poll::Ready(_) => ready,
        })
        .await
    }

    /// Whether no more requests are taken. Nobody need wait for this connection then.
    fn poll_end(&mut self, context: &mut Context<'_>) -> bool {
        let is_over = self.guard.is_begun() || self.begun.poll(context).is_ready();
        if is_over {
            self.guard.release();
        }
        is_over
    }

    fn poll_deadline<R>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<R>> {
        let is_past = self.deadline.poll(context);
        is_past.map(|()| Err(io::ErrorKind::TimedOut.into()))
    }

    /// Reads more input, as [`Socket::read`] but without the deadline.
    pub(super) fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        // Before there is anything, no room is needed.
        ready!(self.stream.poll_read_ready(context))?;
        if self.input.capacity() - self.input.len() < READ / 2 {
            self.input.reserve(READ);
        }
        let read = self.stream.poll_read(context, &mut self.input);
        if matches!(read, Poll::Ready(Ok(0))) {
            self.is_half_closed = true;
        }
        read
    }

    /// Lends the reading side to a worker; this is what it is to be given.
    pub(super) fn lend(&mut self) -> io::Result<BorrowedFd<'_>> {
        self.stream.lend()?;
        Ok(self.stream.as_fd())
    }

    /// Takes back the reading side, of which the worker has read all that it was to read.
    pub(super) fn take_back(&mut self) -> io::Result<()> {
        self.stream.take_back()
    }

    /// Reads what has come, up to [`AHEAD`] with what was there before; says how much. Without the
    /// deadline.
    pub(super) fn poll_receive(&mut self, context: &mut Context<'_>) -> io::Result<usize> {
        let before = self.input.len();
        while !self.is_half_closed && self.input.len() < AHEAD {
            match self.poll_read(context)? {
                Poll::Ready(_) => {}
                Poll::Pending => break,
            }
        }
        Ok(self.input.len() - before)
    }

    /// Writes the output.
    pub(super) async fn flush(&mut self) -> io::Result<()> {
        if self.output.is_empty() {
            return Ok(());
        }
        poll_fn(|context| self.poll_flush(context)).await
    }

    /// Writes the output. An error of kind `TimedOut` means that the client has taken nothing of it
    /// for too long.
    pub(super) fn poll_flush(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Self {
            stream,
            output,
            flushed,
            is_stalled,
            limits,
            deadline,
            ..
        } = self;
        while *flushed < output.len() {
            let rest = output.get(*flushed..).unwrap_or_default();
            let write = |stream: &Stream| Ok(send(stream, rest, AT_ONCE)?);
            if let Poll::Ready(written) = stream.poll_write_with(context, write) {
                *flushed += written?;
                *is_stalled = false;
                continue;
            }
            if !std::mem::replace(is_stalled, true) {
                deadline.set(limits.write_stall);
            }
            return deadline
                .poll(context)
                .map(|()| Err(io::ErrorKind::TimedOut.into()));
        }
        *flushed = 0;
        output.clear();
        output.shrink_to(KEEP);
        Poll::Ready(Ok(()))
    }

    /// Writes by a system call of the caller's, which must not wait, once the client takes more.
    /// An error of kind `TimedOut` means that it has taken nothing for too long.
    pub(super) async fn write_with<R>(
        &mut self,
        mut write: impl FnMut(&Stream) -> io::Result<R>,
    ) -> io::Result<R> {
        let Self {
            stream,
            deadline,
            limits,
            ..
        } = self;
        let mut is_stalled = false;
        poll_fn(|context| {
            if let written @ Poll::Ready(_) = stream.poll_write_with(context, &mut write) {
                return written;
            }
            if !std::mem::replace(&mut is_stalled, true) {
                deadline.set(limits.write_stall);
            }
            deadline
                .poll(context)
                .map(|()| Err(io::ErrorKind::TimedOut.into()))
        })
        .await
    }

    /// Closes our side, and waits a while for the client to close its own: a client that is still
    /// sending would otherwise be cut off before it has read the answer (RFC 9112, section 9.6).
    pub(super) async fn close(mut self) {
        let closed = self.stream.shutdown(Shutdown::Write);
        // A worker may have it still: then the rest of a body that the application has not read is
        // dropped here.
        if closed.and_then(|()| self.stream.take_back()).is_err() {
            return;
        }
        self.set_deadline(self.limits.linger);
        loop {
            self.input.clear();
            if !matches!(self.read().await, Ok(1..)) {
                return;
            }
        }
    }

    /// Whether the client may have another request: one that it has sent already, or one to come.
    /// None is taken where serving ends.
    pub(super) fn has_more(&self) -> bool {
        (!self.is_half_closed || !self.input.is_empty()) && !self.guard.is_begun()
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // Where any of this fails, the client is gone already.
        if self.is_mid_response {
            // The system then sends a reset instead of an orderly end, once nobody has it any more.
            let _ = socket2::SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
        }
        if self.stream.is_shared() {
            // A thread of a worker may wait for octets: it sees the end now, and lets go.
            let _ = self.stream.shutdown(Shutdown::Read);
        }
    }
}

/// A time limit that costs a system timer only when it comes near: moving it later only notes the
/// new time, which the timer finds when it fires.
#[derive(Debug)]
pub(super) struct Deadline {
    at: Instant,
    timer: Pin<Box<Sleep>>,
}

impl Deadline {
    pub(super) fn new() -> Self {
        let at = Instant::now();
        Self {
            at,
            timer: Box::pin(tokio::time::sleep_until(at)),
        }
    }

    pub(super) fn set(&mut self, within: Duration) {
        self.at = Instant::now() + within;
        if self.at < self.timer.deadline() {
            self.timer.as_mut().reset(self.at);
        }
    }

    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            match self.timer.as_mut().poll(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(()) if self.timer.deadline() >= self.at => return Poll::Ready(()),
                Poll::Ready(()) => self.timer.as_mut().reset(self.at),
            }
        }
    }
}
