//! A request body on its way to the worker: decoded as it comes, sent as far as it is wanted.

use super::{body::BodyDecoder, head::Framing, socket::Socket};
use crate::wire::{Exchange, INLINE_BODY};

/// A request body that did not travel with its request.
#[derive(Debug)]
pub(super) struct Upload {
    decoder: BodyDecoder,
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
    /// A body whose first octets were decoded already.
    pub(super) fn new(decoder: BodyDecoder, first: Vec<u8>, expects_continue: bool) -> Self {
        Self {
            decoder,
            ready: first,
            credit: 0,
            ended: false,
            expects_continue,
        }
    }

    /// Nothing to upload: the body, if any, travelled with its request.
    pub(super) fn none() -> Self {
        let decoder = BodyDecoder::new(Framing::Length(0));
        Self {
            decoder,
            ready: Vec::new(),
            credit: 0,
            ended: true,
            expects_continue: false,
        }
    }

    /// Whether every octet of the body has been taken off the connection.
    pub(super) fn is_complete(&self) -> bool {
        self.decoder.is_done()
    }

    /// Whether the worker waits for octets that the client has yet to send.
    pub(super) fn is_waiting(&self) -> bool {
        !self.ended && self.credit > 0
    }

    /// Sends the worker as much as it wants of what is there.
    pub(super) fn send(&mut self, socket: &mut Socket, exchange: &Exchange) {
        while self.is_waiting() {
            let limit = self.credit.min(INLINE_BODY);
            let room = limit.saturating_sub(self.ready.len());
            let decoded = self
                .decoder
                .decode(&mut socket.input, &mut self.ready, room);
            if let Err(error) = decoded {
                self.fail(exchange, error.reason());
                return;
            }
            let count = limit.min(self.ready.len());
            if let Some(octets) = self.ready.get(..count).filter(|octets| !octets.is_empty()) {
                exchange.send_body(octets);
                self.ready.drain(..count);
                self.credit -= count;
            }
            if self.decoder.is_done() && self.ready.is_empty() {
                exchange.end_body();
                self.ended = true;
            } else if count == 0 {
                return;
            }
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
