//! A request on its way to an application that speaks HTTP: its head, then its body as it comes
//! from the client.
//!
//! There is one buffer in either direction: what was read from the client, and what is to be
//! written to the application. A body is taken from the first to the second when that is empty, so
//! whoever is slower sets the pace. It is never read ahead of the application by more than both.

use std::{
    io::{self, ErrorKind},
    task::{Context, Poll},
    time::Instant,
};

use super::{
    super::{
        Limits,
        chunks::{self, ChunkDecoder},
        head::{Framing, Head, Reject},
        passage::Stop,
        patience::Patience,
        socket::{Deadline, Socket},
    },
    HttpExchange,
    exchange::Question,
    request,
};
use crate::wire::INLINE_BODY;

/// A request on its way up. Used again for the next one of the same connection.
#[derive(Debug, Default)]
pub(in crate::serve) struct Sending {
    /// The head, with the beginning of the body behind it; later other parts of the body.
    output: Vec<u8>,
    /// So much of the output was written.
    written: usize,
    /// The beginning of the body was looked for.
    is_begun: bool,
    question: Question,
    rest: Rest,
    /// The client holds the body back until the application wants it.
    is_held_back: bool,
    waiting: Option<Waiting>,
}

/// What is to come of the body from the client.
#[derive(Debug, Default)]
enum Rest {
    #[default]
    Nothing,
    Length(u64),
    /// Chunks, of so many octets so far.
    Chunks(ChunkDecoder, u64),
    /// Something, but the application takes no more.
    Unwanted,
}

/// For how long the client is waited for.
#[derive(Debug)]
struct Waiting {
    patience: Patience,
    deadline: Option<Deadline>,
    is_begun: bool,
}

impl Sending {
    /// Makes this the beginning of that request.
    pub(in crate::serve) fn set(&mut self, head: &Head<'_>, limits: &Limits) {
        self.output.clear();
        request::write(&mut self.output, head);
        self.written = 0;
        self.is_begun = false;
        self.question = Question {
            is_head: head.method == "HEAD",
            is_websocket: request::asks_for_websocket(head),
        };
        self.rest = match head.framing {
            Framing::Length(0) => Rest::Nothing,
            Framing::Length(length) => Rest::Length(length),
            Framing::Chunked => Rest::Chunks(ChunkDecoder::default(), 0),
        };
        self.is_held_back = head.expects_continue;
        self.waiting = (!self.is_complete()).then(|| Waiting {
            patience: Patience::new(limits),
            deadline: None,
            is_begun: false,
        });
    }

    /// Gives the memory back until the next request.
    pub(in crate::serve) fn rest(&mut self) {
        *self = Self::default();
    }

    pub(in crate::serve) fn question(&self) -> Question {
        self.question
    }

    /// Whether every octet of the body has been taken off the connection.
    pub(in crate::serve) fn is_complete(&self) -> bool {
        matches!(self.rest, Rest::Nothing)
    }

    /// Whether the client is to be told to go on: once at the most, and only where it waits for
    /// that.
    pub(in crate::serve) fn take_expectation(&mut self) -> bool {
        std::mem::take(&mut self.is_held_back)
    }

    /// Takes from the client and gives to the application what they let. Where there is nothing to
    /// do, both are waited for; a client that goes away is noticed.
    pub(in crate::serve) fn poll(
        &mut self,
        socket: &mut Socket,
        exchange: &mut HttpExchange,
        context: &mut Context<'_>,
    ) -> Result<(), Stop> {
        loop {
            self.receive(socket, context)?;
            if !std::mem::replace(&mut self.is_begun, true) {
                self.is_held_back &= socket.input.is_empty();
                self.take_body(socket)?;
            }
            if self.is_written() {
                self.output.clear();
                self.written = 0;
                self.take_body(socket)?;
                if self.output.is_empty() {
                    break;
                }
            }
            let rest = self.output.get(self.written..).unwrap_or_default();
            match exchange.poll_write(context, rest) {
                Poll::Ready(Ok(count)) => self.written += count,
                Poll::Ready(Err(_)) => {
                    self.output.clear();
                    if !self.is_complete() {
                        self.rest = Rest::Unwanted;
                    }
                    return Ok(());
                }
                Poll::Pending => return Ok(()),
            }
        }
        match self.rest {
            Rest::Nothing => exchange.note_sent(),
            Rest::Unwanted => {}
            Rest::Length(_) | Rest::Chunks(..) => self.wait(context)?,
        }
        Ok(())
    }

    fn is_written(&self) -> bool {
        self.written >= self.output.len()
    }

    /// Reads what the client has sent, as far as there is room for it.
    fn receive(&mut self, socket: &mut Socket, context: &mut Context<'_>) -> io::Result<()> {
        let received = socket.poll_receive(context)?;
        if let Some(waiting) = self.waiting.as_mut().filter(|_| received > 0) {
            waiting.patience.received(Instant::now(), received);
            waiting.is_begun = false;
            self.is_held_back = false;
        }
        Ok(())
    }

    /// Takes what has come of the body, with its framing, to the output.
    fn take_body(&mut self, socket: &mut Socket) -> Result<(), Stop> {
        let before = self.output.len();
        let input = &mut socket.input;
        match &mut self.rest {
            Rest::Nothing | Rest::Unwanted => return Ok(()),
            Rest::Length(left) => {
                let wanted = usize::try_from(*left).unwrap_or(usize::MAX);
                let count = wanted.min(input.len()).min(INLINE_BODY);
                self.output.extend_from_slice(&input.split_to(count));
                *left -= count as u64;
                if *left == 0 {
                    self.rest = Rest::Nothing;
                }
            }
            Rest::Chunks(decoder, length) => {
                let bad = |error: chunks::BodyError| Reject::bad(error.reason());
                while let Some(piece) = decoder.next(input, INLINE_BODY).map_err(bad)? {
                    chunks::put(&mut self.output, &piece);
                    *length += piece.len() as u64;
                }
                if *length > socket.limits.chunked {
                    return Err(Reject::BODY_TOO_LARGE.into());
                }
                if decoder.is_done() {
                    self.output.extend_from_slice(chunks::LAST);
                    self.rest = Rest::Nothing;
                }
            }
        }
        if self.output.len() == before && socket.is_half_closed {
            return Err(io::Error::from(ErrorKind::UnexpectedEof).into());
        }
        Ok(())
    }

    /// Waits for the client, but not for ever.
    fn wait(&mut self, context: &mut Context<'_>) -> Result<(), Stop> {
        let Some(waiting) = self.waiting.as_mut().filter(|_| !self.is_held_back) else {
            return Ok(());
        };
        let deadline = waiting.deadline.get_or_insert_with(Deadline::new);
        if !std::mem::replace(&mut waiting.is_begun, true) {
            deadline.set(waiting.patience.wait(Instant::now()));
        }
        match deadline.poll(context) {
            Poll::Ready(()) => Err(Reject::TIMEOUT.into()),
            Poll::Pending => Ok(()),
        }
    }
}
