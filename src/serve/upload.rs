//! A request body that did not travel with its request: on its way to the worker as soon as the
//! application reads it.
//!
//! The worker gets the end of a pipe, which bounds what is on the way, or the file that the body was
//! spooled to. The application's thread reads that by itself.

use std::{
    fs::File,
    io,
    os::fd::AsFd as _,
    task::{Context, Poll, ready},
};

use super::{pipe::Pipe, socket::Socket};
use crate::wire::Exchange;

/// A request body that did not travel with its request.
#[derive(Debug)]
pub(super) struct Upload {
    state: State,
    /// Octets that are still to be taken off the connection.
    left: u64,
    /// The client is still to be told to go on.
    expects_continue: bool,
    /// It is the client that is waited for, and not the application.
    awaits_client: bool,
}

#[derive(Debug)]
enum State {
    /// The application has not asked for the body, which is on the disk or on the connection.
    Unread(Option<File>),
    /// It flows into the pipe.
    Flowing(Pipe),
    /// The worker has all of it, or knows that it gets no more.
    Over,
}

/// How a body came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// All of it is in the pipe, or nobody reads that any more.
    Over,
    /// The client has closed the connection before.
    ClientClosed,
}

impl Upload {
    /// A body of so many octets that are to be read from the connection.
    pub(super) fn from_connection(length: u64, expects_continue: bool) -> Self {
        Self {
            state: State::Unread(None),
            left: length,
            expects_continue,
            awaits_client: false,
        }
    }

    /// A body that is in a file.
    pub(super) fn from_disk(file: File) -> Self {
        Self {
            state: State::Unread(Some(file)),
            ..Self::from_connection(0, false)
        }
    }

    /// Nothing to upload: the body, if any, travelled with its request.
    pub(super) fn none() -> Self {
        Self {
            state: State::Over,
            ..Self::from_connection(0, false)
        }
    }

    /// Whether every octet of the body has been taken off the connection.
    pub(super) fn is_complete(&self) -> bool {
        self.left == 0
    }

    /// Whether octets go to the worker as they come.
    pub(super) fn is_flowing(&self) -> bool {
        matches!(self.state, State::Flowing(_))
    }

    /// Whether the client is the one that is waited for.
    pub(super) fn awaits_client(&self) -> bool {
        self.awaits_client && self.is_flowing()
    }

    /// The application wants the body. Says whether the client is to be told to go on: once at the
    /// most, and only where it waits for that.
    pub(super) fn begin(&mut self, exchange: &Exchange) -> bool {
        let State::Unread(file) = &self.state else {
            return false;
        };
        let begun = match file {
            Some(file) => exchange.send_body(file.as_fd()).map(|()| State::Over),
            None => Pipe::new().and_then(|(pipe, end)| {
                exchange.send_body(end.as_fd())?;
                Ok(State::Flowing(pipe))
            }),
        };
        match begun {
            Ok(state) => self.state = state,
            Err(error) => self.fail(exchange, &format!("cannot hand the body on: {error}")),
        }
        std::mem::take(&mut self.expects_continue)
    }

    /// Moves as much as there is and there is room for.
    pub(super) fn poll_flow(
        &mut self,
        context: &mut Context<'_>,
        socket: &mut Socket,
    ) -> Poll<io::Result<Flow>> {
        let State::Flowing(pipe) = &mut self.state else {
            return Poll::Pending;
        };
        loop {
            self.awaits_client = false;
            if self.left == 0 {
                self.state = State::Over;
                return Poll::Ready(Ok(Flow::Over));
            }
            ready!(pipe.poll_room(context))?;
            self.awaits_client = true;
            let limit = usize::try_from(self.left).unwrap_or(usize::MAX);
            match ready!(socket.poll_move(context, pipe, limit)) {
                Ok(0) => return Poll::Ready(Ok(Flow::ClientClosed)),
                Ok(count) => self.left -= count as u64,
                // There was less room than it seemed.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                    self.state = State::Over;
                    return Poll::Ready(Ok(Flow::Over));
                }
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    /// Tells the worker that no more will come, unless it has all.
    pub(super) fn fail(&mut self, exchange: &Exchange, reason: &str) {
        if !matches!(self.state, State::Over) {
            // Before the pipe is closed, so that the reason is there when the end is.
            exchange.fail_body(reason);
            self.state = State::Over;
        }
    }
}
