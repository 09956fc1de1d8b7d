//! The one loop that joins workers and front: it starts workers, tells the front to which of them
//! requests may go, and starts the next one when one ends.
//!
//! - `place`: keeps one worker running
//! - `board`: what all the places have come to, and the front is told
//! - `backoff`: how long is waited before a worker is replaced

mod backoff;
mod board;
mod place;

use std::{io, net::TcpListener, sync::Arc};

use futures_util::future::{join_all, try_join_all};

use crate::{
    serve::{self, AccessLog, Failure, Server},
    wire::message::Report,
    worker,
};

use board::Board;
use place::Place;

/// What is to be served, and how.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The listening socket.
    pub(crate) listener: TcpListener,
    /// What the front is to be like.
    pub(crate) front: serve::Settings,
    /// How workers are started.
    pub(crate) worker: worker::Config,
    /// How many of them there are.
    pub(crate) workers: u16,
    /// Where the access log goes.
    pub(crate) log: AccessLog,
}

/// What the user may want to know.
#[derive(Debug)]
pub(crate) enum Event {
    /// The application is loaded and served.
    Ready(Report),
    /// The application could not be loaded; its page is served.
    NotLoaded(Arc<Failure>),
    /// A worker that had been ready ended by itself; the text says how. Another one is started.
    Ended(String),
    /// The application is served, but a further worker could not load it.
    Missing(Arc<Failure>),
}

/// Why nothing can be served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The front could not be started.
    #[error("cannot listen: {0}")]
    Listen(#[from] io::Error),
    /// The worker's package or the interpreter is not usable.
    #[error(transparent)]
    Worker(#[from] worker::Error),
    /// What to serve is not clear, or the interpreter cannot run it.
    #[error("{}", .0.message)]
    Usage(Arc<Failure>),
}

impl Error {
    /// What the user can do next.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Listen(_) => None,
            Self::Worker(error) => error.hint(),
            Self::Usage(failure) => Some(failure.hint.clone()).filter(|hint| !hint.is_empty()),
        }
    }
}

/// Serves until `shutdown` ends. Every worker is gone when this returns.
pub(crate) async fn run(
    plan: Plan,
    shutdown: impl Future<Output = ()>,
    tell: impl FnMut(Event),
) -> Result<(), Error> {
    let Plan {
        listener,
        front,
        worker,
        workers,
        log,
    } = plan;
    let (workers_of_front, upstream) = serve::upstream();
    let server = Server::new(listener, front, upstream, log)?;
    let board = Board::new(workers_of_front, workers.into(), tell);
    let mut places: Vec<_> = (0..workers.into())
        .map(|number| Place::new(number, &worker, &board))
        .collect();
    let result = tokio::select! {
        () = server.run(shutdown) => Ok(()),
        Err(error) = try_join_all(places.iter_mut().map(Place::run)) => Err(error),
    };
    join_all(places.into_iter().map(Place::stop)).await;
    result
}
