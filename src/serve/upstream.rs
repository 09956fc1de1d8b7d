//! Where requests go: the worker that is ready, or the reason why there is none.
//!
//! The front knows nothing of processes. Whoever does (`dev`) says here what is so; requests wait
//! here while a worker starts.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::{Notify, watch};

use crate::wire::{Client, Exchange, Refused, message::Environ};

/// How long after a failure a request asks for another attempt instead of getting its page.
///
/// Long enough that a page and what its browser loads with it cause one attempt, not many; short
/// enough that whoever mends the fault and reloads the page sees the result.
pub const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Why the application could not be loaded, for people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// What happened, in one line.
    pub message: String,
    /// Python's traceback; empty where there is none.
    pub traceback: String,
    /// What to do next; empty where nothing is known.
    pub hint: String,
}

/// Why a request cannot be sent to a worker.
#[derive(Clone, Debug)]
pub(super) enum Unavailable {
    /// The application could not be loaded.
    Failed(Arc<Failure>),
    /// Too many requests wait already.
    Busy,
    /// The server is stopping.
    Stopping,
}

/// What there is to send requests to.
#[derive(Clone, Debug)]
pub enum State {
    /// A worker is starting: requests wait.
    Starting,
    /// Workers are ready.
    Ready(Arc<[Client]>),
    /// The application could not be loaded, at that time.
    Failed(Arc<Failure>, Instant),
}

/// The side that knows the workers: says what there is.
#[derive(Debug)]
pub struct Workers {
    state: watch::Sender<State>,
    retry: Arc<Notify>,
}

impl Workers {
    /// Tells all requests what there is now.
    pub fn set(&self, state: State) {
        self.state.send_replace(state);
    }

    /// A request has come that wants a failed application to be tried again.
    pub async fn retry_wanted(&self) {
        self.retry.notified().await;
    }
}

/// The side that has requests. Clones go to the same workers.
#[derive(Clone, Debug)]
pub struct Upstream {
    state: watch::Receiver<State>,
    retry: Arc<Notify>,
}

/// Two handles on the same state, which is [`State::Starting`] first.
#[must_use]
pub fn upstream() -> (Workers, Upstream) {
    let (sender, receiver) = watch::channel(State::Starting);
    let retry = Arc::new(Notify::new());
    (
        Workers {
            state: sender,
            retry: Arc::clone(&retry),
        },
        Upstream {
            state: receiver,
            retry,
        },
    )
}

/// Sends a request to the worker that has the fewest.
fn submit(clients: &[Client], environ: &Environ, body: Option<&[u8]>) -> Result<Exchange, Refused> {
    let least = match clients {
        [only] => Some(only),
        several => several.iter().min_by_key(|client| client.pending()),
    };
    least.ok_or(Refused::Lost)?.submit(environ, body)
}

impl Upstream {
    /// Sends a request to a worker as soon as there is one, or says why there will be none.
    pub(super) async fn submit(
        &mut self,
        environ: &Environ,
        body: Option<&[u8]>,
    ) -> Result<Exchange, Unavailable> {
        loop {
            let retry = match &*self.state.borrow_and_update() {
                State::Ready(clients) => match submit(clients, environ, body) {
                    Ok(exchange) => return Ok(exchange),
                    Err(Refused::Busy) => return Err(Unavailable::Busy),
                    // It has died; that will be said here in a moment.
                    Err(Refused::Lost) => false,
                },
                State::Starting => false,
                State::Failed(failure, at) if at.elapsed() < RETRY_AFTER => {
                    return Err(Unavailable::Failed(Arc::clone(failure)));
                }
                State::Failed(..) => true,
            };
            if retry {
                self.retry.notify_one();
            }
            if self.state.changed().await.is_err() {
                return Err(Unavailable::Stopping);
            }
        }
    }
}
