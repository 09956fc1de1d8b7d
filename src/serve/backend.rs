//! What requests are sent to: a worker, by the worker protocol, or an application that speaks HTTP
//! itself.

use super::http::{HttpClient, HttpExchange};
use crate::wire;

/// Which of the two the site is served by, so in which form requests are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protocol {
    /// Requests are environs, for workers ([`Backend::Worker`]).
    #[default]
    Worker,
    /// Requests stay requests, for applications that speak HTTP/1.1 ([`Backend::Http`]).
    Http,
}

/// What requests are sent to. It must be of the [`Protocol`] that the front was made for: any
/// other one takes no request.
#[derive(Clone, Debug)]
pub enum Backend {
    /// A worker.
    Worker(wire::Client),
    /// An application that speaks HTTP/1.1 on a Unix socket.
    Http(HttpClient),
}

impl Backend {
    /// How many requests it has; `None` where it is gone.
    #[must_use]
    pub fn pending(&self) -> Option<usize> {
        match self {
            Self::Worker(client) => client.pending(),
            Self::Http(client) => client.pending(),
        }
    }
}

impl From<wire::Client> for Backend {
    fn from(client: wire::Client) -> Self {
        Self::Worker(client)
    }
}

impl From<HttpClient> for Backend {
    fn from(client: HttpClient) -> Self {
        Self::Http(client)
    }
}

/// A request that one of them has.
#[derive(Debug)]
pub(super) enum Exchange {
    Worker(wire::Exchange),
    Http(HttpExchange),
}
