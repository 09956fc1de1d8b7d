//! A request body that did not travel with its request: the worker gets it as soon as the
//! application reads it.
//!
//! The application's thread reads it by itself, from the client's connection, which it is lent for
//! that, or from the file that the body was spooled to.

use std::{fs::File, io, os::fd::AsFd as _};

use super::{Limits, socket::Socket};
use crate::wire::{BodySource, Exchange};

/// A request body that did not travel with its request.
#[derive(Debug)]
pub(super) struct Upload {
    state: State,
    /// Octets that are still to be taken off the connection.
    left: u64,
    /// The client is still to be told to go on.
    expects_continue: bool,
}

#[derive(Debug)]
enum State {
    /// The application has not asked for the body, which is on the disk or on the connection.
    Unread(Option<File>),
    /// The worker reads from the connection.
    Lent,
    /// The worker has all of it, or knows that it gets none.
    Over,
}

impl Upload {
    /// A body of so many octets that are to be read from the connection.
    pub(super) fn from_connection(length: u64, expects_continue: bool) -> Self {
        Self {
            state: State::Unread(None),
            left: length,
            expects_continue,
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

    /// Whether the connection is the worker's to read from.
    pub(super) fn is_lent(&self) -> bool {
        matches!(self.state, State::Lent)
    }

    /// Whether the client is to be told to go on before the body is given to the worker: once at
    /// the most, and only where it waits for that.
    pub(super) fn take_expectation(&mut self) -> bool {
        matches!(self.state, State::Unread(_)) && std::mem::take(&mut self.expects_continue)
    }

    /// The application wants the body.
    pub(super) fn begin(&mut self, exchange: &Exchange, socket: &mut Socket) {
        let State::Unread(file) = &mut self.state else {
            return;
        };
        let file = file.take();
        self.state = State::Over;
        let begun = if let Some(file) = file {
            exchange.send_body(BodySource::File(file.as_fd()))
        } else {
            self.hand_over(exchange, socket)
        };
        if let Err(error) = begun {
            exchange.fail_body(&format!("cannot hand the body on: {error}"));
            self.state = State::Over;
        }
    }

    /// Gives the worker what has been read of the body, and the connection for the rest.
    fn hand_over(&mut self, exchange: &Exchange, socket: &mut Socket) -> io::Result<()> {
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX);
        let ahead = socket.input.split_to(wanted.min(socket.input.len()));
        self.left -= ahead.len() as u64;
        if self.left == 0 {
            return exchange.send_body(BodySource::Octets(&ahead));
        }
        self.state = State::Lent;
        let Limits {
            body_stall: stall,
            body_rate: rate,
            ..
        } = socket.limits;
        exchange.send_body(BodySource::Connection {
            socket: socket.lend()?,
            ahead: &ahead,
            left: self.left,
            stall,
            rate,
        })
    }

    /// The worker has read the whole body from the connection.
    pub(super) fn complete(&mut self) {
        self.left = 0;
        self.state = State::Over;
    }
}
