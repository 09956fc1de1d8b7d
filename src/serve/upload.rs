//! A request body on its way to the worker: decoded as it comes, sent as far as it is wanted.

use super::{body::BodyDecoder, head::Framing, socket::Socket, spool::Spooled};
use crate::wire::{Exchange, INLINE_BODY};

/// Where the octets come from.
#[derive(Debug)]
enum Source {
    Connection(BodyDecoder),
    Disk(Spooled),
}

/// A request body that did not travel with its request.
#[derive(Debug)]
pub(super) struct Upload {
    source: Source,
    /// Octets of the body that are at hand.
    ready: Vec<u8>,
    /// Octets that the worker wants.
    credit: usize,
    /// The worker has been told that no more will come.
    ended: bool,
    /// The client is still to be told to go on.
    expects_continue: bool,
}

impl Upload {
    /// A body of which nothing has been read yet.
    pub(super) fn from_connection(framing: Framing, expects_continue: bool) -> Self {
        Self {
            expects_continue,
            ..Self::new(Source::Connection(BodyDecoder::new(framing)))
        }
    }

    /// A body that lies on the disk.
    pub(super) fn from_disk(spooled: Spooled) -> Self {
        Self::new(Source::Disk(spooled))
    }

    /// Nothing to upload: the body, if any, travelled with its request.
    pub(super) fn none() -> Self {
        Self {
            ended: true,
            ..Self::from_connection(Framing::Length(0), false)
        }
    }

    fn new(source: Source) -> Self {
        Self {
            source,
            ready: Vec::new(),
            credit: 0,
            ended: false,
            expects_continue: false,
        }
    }

    /// Whether every octet of the body has been taken off the connection.
    pub(super) fn is_complete(&self) -> bool {
        match &self.source {
            Source::Connection(decoder) => decoder.is_done(),
            Source::Disk(_) => true,
        }
    }

    /// Whether the worker waits for octets that the client has yet to send.
    pub(super) fn is_waiting(&self) -> bool {
        !self.ended && self.credit > 0
    }

    /// Sends the worker as much as it wants of what is there.
    pub(super) fn send(&mut self, socket: &mut Socket, exchange: &Exchange) {
        while self.is_waiting() {
            let limit = self.credit.min(INLINE_BODY);
            if let Err(reason) = self.fill(socket, limit) {
                self.fail(exchange, &reason);
                return;
            }
            let count = limit.min(self.ready.len());
            if let Some(octets) = self.ready.get(..count).filter(|octets| !octets.is_empty()) {
                exchange.send_body(octets);
                self.ready.drain(..count);
                self.credit -= count;
            }
            if self.is_exhausted() && self.ready.is_empty() {
                exchange.end_body();
                self.ended = true;
            } else if count == 0 {
                return;
            }
        }
    }

    /// Brings up to `limit` octets to hand; an error is the reason why no more will come.
    fn fill(&mut self, socket: &mut Socket, limit: usize) -> Result<(), String> {
        let room = limit.saturating_sub(self.ready.len());
        match &mut self.source {
            Source::Connection(decoder) => decoder
                .decode(&mut socket.input, &mut self.ready, room)
                .map_err(|error| error.reason().to_owned()),
            Source::Disk(spooled) => spooled
                .read(&mut self.ready, room)
                .map_err(|error| format!("cannot read the body back: {error}")),
        }
    }

    fn is_exhausted(&self) -> bool {
        match &self.source {
            Source::Connection(decoder) => decoder.is_done(),
            Source::Disk(spooled) => spooled.is_done(),
        }
    }

    /// The application wants so many octets more. Says whether the client is to be told to go on:
    /// once at the most, and only where it waits for that.
    pub(super) fn want(&mut self, count: usize) -> bool {
        self.credit = self.credit.saturating_add(count);
        std::mem::take(&mut self.expects_continue)
    }

    /// Tells the worker that no more will come, unless it knows.
    pub(super) fn fail(&mut self, exchange: &Exchange, reason: &str) {
        if !self.ended {
            exchange.fail_body(reason);
            self.ended = true;
        }
    }
}
