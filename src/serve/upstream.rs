//! Where requests go: the worker that is ready, or the reason why there is none.
//!
//! The front knows nothing of processes. Whoever does (`dev`) says here what is so; requests wait
//! here while a worker starts.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::{Notify, watch};

use super::host::HostPattern;
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

/// What is known of the workers.
#[derive(Debug)]
struct Known {
    state: State,
    /// The hosts that the application allows, as the last worker that was ready said.
    allowed_hosts: Vec<HostPattern>,
}

impl Known {
    /// Whether the application allows this host, where that is known.
    fn admits(&self, host: &[u8]) -> Option<bool> {
        let is_known = !matches!(self.state, State::Starting);
        let mut allowed = self.allowed_hosts.iter();
        is_known.then(|| allowed.any(|pattern| pattern.matches(host)))
    }
}

/// The side that knows the workers: says what there is.
#[derive(Debug)]
pub struct Workers {
    known: watch::Sender<Known>,
    retry: Arc<Notify>,
}

impl Workers {
    /// Tells all requests what there is now.
    pub fn set(&self, state: State) {
        self.known.send_modify(|known| known.state = state);
    }

    /// Tells all requests which hosts the application allows: before it is said to be ready.
    pub fn allow_hosts(&self, patterns: Vec<HostPattern>) {
        self.known
            .send_modify(|known| known.allowed_hosts = patterns);
    }

    /// A request has come that wants a failed application to be tried again.
    pub async fn retry_wanted(&self) {
        self.retry.notified().await;
    }
}

/// Whether what the workers have loaded is what is on the disk, as far as can be known right now.
///
/// Asked before each request is sent. Whoever says no tells all requests again ([`Workers::set`])
/// as soon as that has changed.
pub type IsCurrent = Arc<dyn Fn() -> bool + Send + Sync>;

/// The side that has requests. Clones go to the same workers.
#[derive(Clone)]
pub struct Upstream {
    known: watch::Receiver<Known>,
    retry: Arc<Notify>,
    is_current: IsCurrent,
}

impl fmt::Debug for Upstream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            known,
            retry,
            is_current: _,
        } = self;
        formatter
            .debug_struct("Upstream")
            .field("known", known)
            .field("retry", retry)
            .finish_non_exhaustive()
    }
}

/// Two handles on the same state, which is [`State::Starting`] first.
#[must_use]
pub fn upstream(is_current: IsCurrent) -> (Workers, Upstream) {
    let (sender, receiver) = watch::channel(Known {
        state: State::Starting,
        allowed_hosts: Vec::new(),
    });
    let retry = Arc::new(Notify::new());
    (
        Workers {
            known: sender,
            retry: Arc::clone(&retry),
        },
        Upstream {
            known: receiver,
            retry,
            is_current,
        },
    )
}

/// Sends a request to the worker that has the fewest, of those that are not gone.
fn submit(clients: &[Client], environ: &Environ, body: Option<&[u8]>) -> Result<Exchange, Refused> {
    let least = match clients {
        [only] => Some(only),
        several => several
            .iter()
            .min_by_key(|client| client.pending().unwrap_or(usize::MAX)),
    };
    least.ok_or(Refused::Lost)?.submit(environ, body)
}

impl Upstream {
    /// Whether the application allows this host, as soon as that is known.
    pub(super) async fn admits(&mut self, host: &[u8]) -> bool {
        loop {
            if let Some(admits) = self.known.borrow_and_update().admits(host) {
                return admits;
            }
            if self.known.changed().await.is_err() {
                return false;
            }
        }
    }

    /// Sends a request to a worker as soon as there is one, or says why there will be none.
    pub(super) async fn submit(
        &mut self,
        environ: &Environ,
        body: Option<&[u8]>,
    ) -> Result<Exchange, Unavailable> {
        loop {
            let retry = match &self.known.borrow_and_update().state {
                // It will be said here what comes of it.
                State::Ready(_) | State::Failed(..) if !(self.is_current)() => false,
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
            if self.known.changed().await.is_err() {
                return Err(Unavailable::Stopping);
            }
        }
    }
}
