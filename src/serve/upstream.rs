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

use super::{
    backend::{Backend, Exchange},
    host::HostPattern,
    known_files::{KnownFiles, OpenFile},
    notices::Notifier,
    outgoing::Outgoing,
};
use crate::wire::{Refused, exceptions::Exception};

/// How long after a failure a request asks for another attempt instead of getting its page.
///
/// Long enough that a page and what its browser loads with it cause one attempt, not many; short
/// enough that whoever mends the fault and reloads the page sees the result.
pub const RETRY_AFTER: Duration = Duration::from_secs(1);

/// What could not be done, so that there is no application.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FailedStep {
    /// Loading it.
    #[default]
    Load,
    /// Building it, for a reason that the compiler has not told.
    Build,
    /// Compiling it.
    Compile,
    /// Calling the function that makes it, which panicked.
    Make,
}

/// Why the application could not be loaded, for people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// How far it came.
    pub step: FailedStep,
    /// What happened, in one line.
    pub message: String,
    /// Python's traceback, or what the compiler says; empty where there is none.
    pub traceback: String,
    /// What a terminal shows in place of the traceback, where that is coloured; else empty.
    pub terminal: String,
    /// What to do next; empty where nothing is known.
    pub hint: String,
    /// The exception taken apart, and those that belong to it.
    pub exceptions: Vec<Exception>,
}

/// Why a request cannot be sent to a worker.
#[derive(Clone, Debug)]
pub(super) enum Unavailable {
    /// The application could not be loaded, as far as is known at that position among the notices.
    Failed(Arc<Failure>, u64),
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
    /// Workers, or other backends, are ready.
    Ready(Arc<[Backend]>),
    /// The application could not be loaded, at that time.
    Failed(Arc<Failure>, Instant),
}

/// The same in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Starting,
    Ready,
    Failed,
}

/// What is known of the workers.
#[derive(Debug)]
struct Known {
    state: State,
    /// What the workers that are ready have found.
    files: Arc<KnownFiles>,
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
    notifier: Notifier,
}

impl Workers {
    /// Tells all requests what there is now, and pages that are shown of a failure, and of the
    /// success after it.
    pub fn set(&self, state: State) {
        let is_ready = matches!(state, State::Ready(_));
        let failure = match &state {
            State::Failed(failure, _) => Some(Arc::clone(failure)),
            _ => None,
        };
        self.known.send_modify(|known| {
            known.state = state;
            // A worker may still answer for the state before: that is noted where nobody looks.
            known.files = Arc::default();
        });
        if is_ready {
            self.notifier.loaded();
        }
        if let Some(failure) = failure {
            self.notifier.failed(&failure);
        }
    }

    /// What tells pages that are shown of new code and changed files.
    #[must_use]
    pub fn notifier(&self) -> &Notifier {
        &self.notifier
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

/// A request that a worker has.
#[derive(Debug)]
pub(super) struct Submitted {
    pub(super) exchange: Exchange,
    /// The position among the notices when it got it.
    pub(super) position: u64,
    /// Where files are noted that it finds.
    pub(super) files: Arc<KnownFiles>,
}

/// The side that has requests. Clones go to the same workers.
#[derive(Clone)]
pub struct Upstream {
    known: watch::Receiver<Known>,
    retry: Arc<Notify>,
    is_current: IsCurrent,
    pub(super) notifier: Notifier,
}

impl fmt::Debug for Upstream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            known,
            retry,
            is_current: _,
            notifier: _,
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
    let notifier = Notifier::new();
    let (sender, receiver) = watch::channel(Known {
        state: State::Starting,
        files: Arc::default(),
        allowed_hosts: Vec::new(),
    });
    let retry = Arc::new(Notify::new());
    (
        Workers {
            known: sender,
            retry: Arc::clone(&retry),
            notifier: notifier.clone(),
        },
        Upstream {
            known: receiver,
            retry,
            is_current,
            notifier,
        },
    )
}

/// The same for what nothing is ever behind.
pub(super) fn nowhere() -> (Workers, Upstream) {
    upstream(Arc::new(|| true))
}

/// Sends a request to the backend that has the fewest, of those that are not gone.
fn submit(backends: &[Backend], outgoing: &Outgoing) -> Result<Exchange, Refused> {
    let least = match backends {
        [only] => Some(only),
        several => several
            .iter()
            .min_by_key(|backend| backend.pending().unwrap_or(usize::MAX)),
    };
    outgoing.submit(least.ok_or(Refused::Lost)?)
}

impl Upstream {
    /// What is so now, in a word.
    pub(super) fn standing(&self) -> Standing {
        match self.known.borrow().state {
            State::Starting => Standing::Starting,
            State::Ready(_) => Standing::Ready,
            State::Failed(..) => Standing::Failed,
        }
    }

    /// Waits until that may have changed; false where it will not change any more.
    pub(super) async fn changed(&mut self) -> bool {
        self.known.changed().await.is_ok()
    }

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

    /// The static file that a target means, where that is known without asking a worker.
    pub(super) fn known_file(&self, target: &[u8]) -> Option<OpenFile> {
        let Known { state, files, .. } = &*self.known.borrow();
        let is_known = matches!(state, State::Ready(_)) && files.has(target);
        // A change of the settings may have moved it.
        (is_known && (self.is_current)()).then(|| files.open(target))?
    }

    /// Sends a request to a worker as soon as there is one, or says why there will be none.
    pub(super) async fn submit(&mut self, outgoing: &Outgoing) -> Result<Submitted, Unavailable> {
        loop {
            let retry = {
                let known = self.known.borrow_and_update();
                match &known.state {
                    // It will be said here what comes of it.
                    State::Ready(_) | State::Failed(..) if !(self.is_current)() => false,
                    State::Ready(backends) => match submit(backends, outgoing) {
                        Ok(exchange) => {
                            return Ok(Submitted {
                                exchange,
                                position: self.notifier.position(),
                                files: Arc::clone(&known.files),
                            });
                        }
                        Err(Refused::Busy) => return Err(Unavailable::Busy),
                        // It has died; that will be said here in a moment.
                        Err(Refused::Lost) => false,
                    },
                    State::Starting => false,
                    State::Failed(failure, at) if at.elapsed() < RETRY_AFTER => {
                        let position = self.notifier.position();
                        return Err(Unavailable::Failed(Arc::clone(failure), position));
                    }
                    State::Failed(..) => true,
                }
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
