//! A client's request in the form that is sent on: an environ for a worker, or a request again for
//! an application that speaks HTTP itself.

use std::{io, net::SocketAddr};

use bytes::BytesMut;

use super::{
    Limits, Site,
    backend::{Backend, Exchange, Protocol},
    body::{self, Body},
    environ,
    head::{Framing, Head, Reject},
    http::Sending,
    incoming::Incoming,
    passage::Passage,
    socket::Socket,
    upload::Upload,
};
use crate::wire::{Refused, message::Environ};

/// A request that is to be sent on. Used again for the next one of the same connection.
pub(super) enum Outgoing {
    Worker(ForWorker),
    Http(Sending, Limits),
}

/// A request for a worker.
pub(super) struct ForWorker {
    /// The variables that are the same for every request.
    base: Environ,
    environ: Environ,
    /// The whole body, where it travels with the request.
    body: Option<BytesMut>,
    /// The body that does not.
    upload: Upload,
}

impl Outgoing {
    /// For the requests of one connection.
    pub(super) fn new(site: &Site, peer: SocketAddr) -> Self {
        match site.settings.protocol {
            Protocol::Worker => Self::Worker(ForWorker {
                base: environ::for_connection(site, peer),
                environ: Environ::new(),
                body: None,
                upload: Upload::none(),
            }),
            Protocol::Http => Self::Http(Sending::default(), site.settings.limits),
        }
    }

    /// Makes this the request with that head.
    pub(super) fn set(&mut self, head: &Head<'_>) {
        match self {
            Self::Worker(ForWorker {
                base,
                environ,
                body,
                ..
            }) => {
                environ.copy_from(base);
                environ::add_request(environ, head);
                // That of the request before.
                *body = None;
            }
            Self::Http(sending, limits) => sending.set(head, limits),
        }
    }

    /// Gives the memory back until the next request.
    pub(super) fn rest(&mut self) {
        match self {
            Self::Worker(ForWorker { environ, .. }) => *environ = Environ::new(),
            Self::Http(sending, _) => sending.rest(),
        }
    }

    /// Reads the body as far as it must be known before the request is sent: for an application
    /// that speaks HTTP not at all.
    pub(super) async fn read_body(
        &mut self,
        socket: &mut Socket,
        incoming: Incoming,
    ) -> io::Result<Result<(), Reject>> {
        let Self::Worker(request) = self else {
            return Ok(Ok(()));
        };
        let expects_continue = incoming.expects_continue;
        let read = match incoming.framing {
            Framing::Length(length) => body::with_length(socket, length, expects_continue).await,
            Framing::Chunked => {
                body::in_chunks(socket, &mut request.environ, expects_continue).await
            }
        };
        let body = match read? {
            Ok(body) => body,
            Err(reject) => return Ok(Err(reject)),
        };
        (request.body, request.upload) = match body {
            // To split off nothing would cost an allocation.
            Body::AtHand(0) => (Some(BytesMut::new()), Upload::none()),
            Body::AtHand(length) => (Some(socket.input.split_to(length)), Upload::none()),
            Body::Whole(octets) => (Some(octets), Upload::none()),
            Body::Later(upload) => (None, upload),
        };
        Ok(Ok(()))
    }

    /// Whether all of the body has been taken off the client's connection.
    pub(super) fn is_read(&self) -> bool {
        match self {
            Self::Worker(request) => request.body.is_some(),
            Self::Http(sending, _) => sending.is_complete(),
        }
    }

    /// Sends it there, or opens what it is then sent by.
    pub(super) fn submit(&self, backend: &Backend) -> Result<Exchange, Refused> {
        match (self, backend) {
            (Self::Worker(request), Backend::Worker(client)) => client
                .submit(&request.environ, request.body.as_deref())
                .map(Exchange::Worker),
            (Self::Http(sending, _), Backend::Http(client)) => {
                client.open(sending.question()).map(Exchange::Http)
            }
            _ => Err(Refused::Lost),
        }
    }

    /// The way that it goes, once it was submitted.
    pub(super) fn passage(&mut self, exchange: Exchange) -> io::Result<Passage<'_>> {
        match (self, exchange) {
            (Self::Worker(request), Exchange::Worker(exchange)) => Ok(Passage::Worker {
                exchange,
                upload: &mut request.upload,
            }),
            (Self::Http(sending, _), Exchange::Http(exchange)) => {
                Ok(Passage::Http { exchange, sending })
            }
            // As it was submitted in one form, it does not come back in the other.
            _ => Err(io::ErrorKind::Unsupported.into()),
        }
    }
}
