//! The way of one request between its client and what it is sent to: the response's events down,
//! and the body up, by whichever protocol.

use std::{
    future::poll_fn,
    io,
    task::{Context, Poll, Waker},
};

use super::{
    backend::Protocol,
    head::Reject,
    http::{HttpExchange, Link, Sending},
    response::Invalid,
    socket::{CONTINUE, Socket},
    upload::Upload,
};
use crate::wire::{Event, Exchange};

/// Why a request does not go on.
#[derive(Debug)]
pub(super) enum Stop {
    /// The client is gone.
    Client(io::Error),
    /// The request turns out to break the rules.
    Rejected(Reject),
    /// The response does.
    Response(Invalid),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Client(error)
    }
}

impl From<Reject> for Stop {
    fn from(reject: Reject) -> Self {
        Self::Rejected(reject)
    }
}

impl From<Invalid> for Stop {
    fn from(invalid: Invalid) -> Self {
        Self::Response(invalid)
    }
}

/// The way of one request.
#[derive(Debug)]
pub(super) enum Passage<'a> {
    /// To a worker, whose threads read long bodies by themselves.
    Worker {
        exchange: Exchange,
        upload: &'a mut Upload,
    },
    /// To an application that speaks HTTP: the body goes through here.
    Http {
        exchange: HttpExchange,
        sending: &'a mut Sending,
    },
}

impl Passage<'_> {
    /// Which protocol that is.
    pub(super) fn protocol(&self) -> Protocol {
        match self {
            Self::Worker { .. } => Protocol::Worker,
            Self::Http { .. } => Protocol::Http,
        }
    }

    /// The next event if it is there already.
    pub(super) fn try_event(&mut self, socket: &mut Socket) -> Option<Result<Event, Stop>> {
        match self {
            Self::Worker { exchange, .. } => exchange.try_event().map(Ok),
            Self::Http { .. } => {
                let mut context = Context::from_waker(Waker::noop());
                match self.poll_event(socket, &mut context) {
                    Poll::Ready(event) => Some(event),
                    Poll::Pending => None,
                }
            }
        }
    }

    /// The next event. Meanwhile a client that goes away is noticed, except by a worker's reading
    /// while it is lent the connection.
    pub(super) fn poll_event(
        &mut self,
        socket: &mut Socket,
        context: &mut Context<'_>,
    ) -> Poll<Result<Event, Stop>> {
        match self {
            Self::Worker { exchange, upload } => {
                if let Poll::Ready(event) = exchange.poll_event(context) {
                    return Poll::Ready(Ok(event));
                }
                if !upload.is_lent() {
                    socket.poll_receive(context)?;
                }
                Poll::Pending
            }
            Self::Http { exchange, sending } => {
                sending.poll(socket, exchange, context)?;
                exchange.poll_event(context).map_err(Stop::from)
            }
        }
    }

    /// Writes to the client what there is; a body goes on meanwhile.
    pub(super) async fn flush(&mut self, socket: &mut Socket) -> Result<(), Stop> {
        if self.is_complete() {
            return Ok(socket.flush().await?);
        }
        poll_fn(|context| {
            if let Self::Http { exchange, sending } = self {
                sending.poll(socket, exchange, context)?;
            }
            socket.poll_flush(context).map_err(Stop::from)
        })
        .await
    }

    /// The client took this many octets of the response's body.
    pub(super) fn credit(&self, octets: usize) {
        if let Self::Worker { exchange, .. } = self {
            exchange.credit(octets);
        }
    }

    /// The application wants the body, of which the client may have to be told: not where it is
    /// being answered already.
    pub(super) async fn want_body(
        &mut self,
        socket: &mut Socket,
        is_answered: bool,
    ) -> io::Result<()> {
        let is_expected = match self {
            Self::Worker { upload, .. } => upload.take_expectation(),
            Self::Http { sending, .. } => sending.take_expectation(),
        };
        if is_expected && !is_answered {
            socket.output.extend_from_slice(CONTINUE);
            socket.flush().await?;
        }
        if let Self::Worker { exchange, upload } = self {
            upload.begin(exchange, socket);
        }
        Ok(())
    }

    /// The worker has read the whole body from the client's connection.
    pub(super) fn take_back(&mut self, socket: &mut Socket) {
        // Where the system does not let it, no other request is read from it.
        if let Self::Worker { upload, .. } = self
            && socket.take_back().is_ok()
        {
            upload.complete();
        }
    }

    /// Whether every octet of the body has been taken off the client's connection.
    pub(super) fn is_complete(&self) -> bool {
        match self {
            Self::Worker { upload, .. } => upload.is_complete(),
            Self::Http { sending, .. } => sending.is_complete(),
        }
    }

    /// The connection to the application, once it has been switched to another protocol.
    pub(super) fn switched(&mut self) -> Option<&mut Link> {
        match self {
            Self::Worker { .. } => None,
            Self::Http { exchange, .. } => exchange.switched(),
        }
    }
}
