//! The one loop that joins workers and front: it starts a worker, tells the front whether requests
//! may go to it, and starts the next one when it ends.

mod backoff;

use std::{io, net::TcpListener, sync::Arc, time::Instant};

use crate::{
    serve::{self, AccessLog, Failure, HostPattern, Server, State, Workers},
    wire::{Status, message::Report},
    worker::{self, Package, Worker},
};

use backoff::Backoff;

/// What `FAILED` says of failures that no edit of the project's code mends: the command line or
/// the interpreter is wrong.
const USAGE_KINDS: [&str; 3] = ["ambiguous", "nothing", "python"];

/// What is to be served, and how.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The listening socket.
    pub(crate) listener: TcpListener,
    /// What the front is to be like.
    pub(crate) front: serve::Settings,
    /// How workers are started.
    pub(crate) worker: worker::Config,
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
        log,
    } = plan;
    let (workers, upstream) = serve::upstream();
    let server = Server::new(listener, front, upstream, log)?;
    let mut supervisor = Supervisor {
        config: worker,
        workers,
        tell,
        worker: None,
    };
    let result = tokio::select! {
        () = server.run(shutdown) => Ok(()),
        Err(error) = supervisor.run() => Err(error),
    };
    if let Some(worker) = supervisor.worker.take() {
        worker.stop().await;
    }
    result
}

/// What the worker advises, or else what always helps.
fn hint(report: &Report) -> String {
    match report.get("hint") {
        "" => "correct the file that the traceback names last, and reload the page".to_owned(),
        hint => hint.to_owned(),
    }
}

struct Supervisor<T> {
    config: worker::Config,
    workers: Workers,
    tell: T,
    /// The worker that runs now.
    worker: Option<Worker>,
}

/// What became of a worker's start.
enum Start {
    Ready(Report),
    /// The failure, and what kind it is.
    Failed(Failure, String),
}

impl<T: FnMut(Event)> Supervisor<T> {
    /// Keeps a worker running. Ends only with a failure of the first start that makes serving
    /// pointless.
    async fn run(&mut self) -> Result<(), Error> {
        let mut is_first = true;
        let mut backoff = Backoff::default();
        loop {
            match self.start().await {
                Ok(Start::Ready(report)) => {
                    (self.tell)(Event::Ready(report));
                    let ready = Instant::now();
                    self.serve_until_end().await;
                    tokio::time::sleep(backoff.after(ready.elapsed())).await;
                }
                Err(error) if is_first => return Err(error.into()),
                Ok(Start::Failed(failure, kind))
                    if is_first && USAGE_KINDS.contains(&kind.as_str()) =>
                {
                    return Err(Error::Usage(Arc::new(failure)));
                }
                Ok(Start::Failed(failure, _)) => self.wait_for_retry(failure).await,
                Err(error) => {
                    let hint = error.hint().unwrap_or_default();
                    let message = error.to_string();
                    self.wait_for_retry(Failure {
                        message,
                        hint,
                        ..Failure::default()
                    })
                    .await;
                }
            }
            is_first = false;
        }
    }

    /// Starts a worker and waits until it has loaded the application, or cannot.
    async fn start(&mut self) -> Result<Start, worker::Error> {
        // Each time: somebody may have cleaned the cache.
        let package = Package::unpack()?;
        let worker = self.worker.insert(Worker::start(&self.config, package)?);
        let start = match worker.status().await {
            Some(Status::Ready(report)) => {
                let allowed = report.all("allowed_host");
                self.workers
                    .allow_hosts(allowed.map(HostPattern::of_application).collect());
                self.workers.set(State::Ready(worker.client().clone()));
                return Ok(Start::Ready(report));
            }
            Some(Status::Failed(report)) => {
                let failure = Failure {
                    message: report.get("message").to_owned(),
                    traceback: report.get("traceback").to_owned(),
                    hint: hint(&report),
                };
                Start::Failed(failure, report.get("kind").to_owned())
            }
            None => {
                let exit = worker.ended().await;
                let failure = Failure {
                    message: format!("the worker process {exit} while it loaded the application"),
                    hint: "the output above may tell why".to_owned(),
                    ..Failure::default()
                };
                Start::Failed(failure, String::new())
            }
        };
        if let Some(worker) = self.worker.take() {
            worker.stop().await;
        }
        Ok(start)
    }

    /// Waits until the worker ends, and lets requests wait for the next one.
    async fn serve_until_end(&mut self) {
        let Some(worker) = &mut self.worker else {
            return;
        };
        let pid = worker.pid();
        let exit = worker.ended().await;
        self.worker = None;
        self.workers.set(State::Starting);
        let process = pid.map_or_else(String::new, |pid| format!(" {pid}"));
        (self.tell)(Event::Ended(format!("worker process{process} {exit}")));
    }

    /// Shows the failure until a request comes that wants to see whether it has been mended.
    async fn wait_for_retry(&mut self, failure: Failure) {
        let failure = Arc::new(failure);
        (self.tell)(Event::NotLoaded(Arc::clone(&failure)));
        let failed = Instant::now();
        self.workers.set(State::Failed(failure, failed));
        loop {
            self.workers.retry_wanted().await;
            // A wish from before the failure was known is fulfilled already.
            if failed.elapsed() >= serve::RETRY_AFTER {
                break;
            }
        }
        self.workers.set(State::Starting);
    }
}
