//! One worker's place: it is started, replaced when it ends, and tried again when it could not load
//! the application.
//!
//! The first place leads: the others wait until it has a worker that is ready, so that a failure is
//! told once, and only what is known to load is loaded several times.

use std::{sync::Arc, time::Instant};

use super::{
    Error, Event, Loading,
    backoff::Backoff,
    board::{Board, Standing},
    watching::Watching,
};
use crate::{
    serve::{self, Failure},
    wire::{Status, message::Report},
    worker::{self, Starter, Worker},
};

/// What `FAILED` says of failures that no edit of the project's code mends: the command line or
/// the interpreter is wrong.
const USAGE_KINDS: [&str; 3] = ["ambiguous", "nothing", "python"];

/// The place of one worker.
pub(super) struct Place<'a, T> {
    number: usize,
    starter: &'a Starter,
    watching: &'a Watching,
    board: &'a Board<T>,
    /// Nothing has been served yet.
    is_first: bool,
    /// How many times the first place had had a worker ready when this one was made.
    lead: u64,
    /// The worker that runs now.
    worker: Option<Worker>,
}

/// What became of a worker's start.
enum Start {
    Ready(Report),
    Failed {
        failure: Failure,
        /// What kind of failure the worker says it is; empty where it could not.
        kind: String,
        /// A worker that comes to be in another way may be able to.
        is_doubtful: bool,
    },
}

impl<'a, T: FnMut(Event)> Place<'a, T> {
    pub(super) fn new(
        number: usize,
        starter: &'a Starter,
        watching: &'a Watching,
        board: &'a Board<T>,
        is_first: bool,
    ) -> Self {
        Self {
            number,
            starter,
            watching,
            board,
            is_first,
            lead: board.lead(),
            worker: None,
        }
    }

    /// Keeps a worker running. Ends only with a failure of the first start that makes serving
    /// pointless.
    pub(super) async fn run(&mut self) -> Result<(), Error> {
        if self.number == 0 {
            self.lead().await
        } else {
            self.follow().await
        }
    }

    /// Gives up the worker.
    pub(super) fn end(self) -> Option<Worker> {
        self.worker
    }

    async fn lead(&mut self) -> Result<(), Error> {
        let mut backoff = Backoff::default();
        loop {
            match self.start().await {
                Ok(Start::Ready(report)) => {
                    self.tell_ready(report);
                    self.serve(&mut backoff).await;
                }
                Err(error) if self.is_first => return Err(error.into()),
                Ok(Start::Failed { failure, kind, .. })
                    if self.is_first && USAGE_KINDS.contains(&kind.as_str()) =>
                {
                    return Err(Error::Usage(Arc::new(failure)));
                }
                Ok(Start::Failed { failure, .. }) => self.wait_for_retry(failure).await,
                Err(error) => self.wait_for_retry(not_started(&error)).await,
            }
            self.is_first = false;
        }
    }

    fn tell_ready(&self, report: Report) {
        if let Some(worker) = &self.worker {
            self.board.tell(Event::Ready(Loading {
                report,
                origin: worker.origin().clone(),
                asked: worker.asked(),
                ready: Instant::now(),
            }));
        }
    }

    async fn follow(&mut self) -> Result<(), Error> {
        let mut backoff = Backoff::default();
        loop {
            self.lead = self.board.lead_ready(self.lead).await;
            loop {
                let failure = match self.start().await {
                    Ok(Start::Ready(_)) => {
                        self.serve(&mut backoff).await;
                        continue;
                    }
                    Ok(Start::Failed { failure, .. }) => failure,
                    Err(error) => not_started(&error),
                };
                let failure = Arc::new(failure);
                self.board.tell(Event::Missing(Arc::clone(&failure)));
                self.set(Standing::Failed(failure, Instant::now()));
                break;
            }
        }
    }

    fn set(&self, standing: Standing) {
        self.board.set(self.number, standing);
    }

    /// Starts a worker and waits until it has loaded the application, or cannot.
    async fn start(&mut self) -> Result<Start, worker::Error> {
        self.set(Standing::Starting);
        self.worker = Some(self.starter.start().await?);
        let mut start = self.load().await;
        if let Start::Failed {
            is_doubtful: true, ..
        } = start
            && let Some(failed) = self.worker.take()
        {
            self.worker = Some(self.starter.start_again(failed).await?);
            start = self.load().await;
        }
        if let Start::Failed { .. } = start
            && let Some(worker) = self.worker.take()
        {
            worker.stop().await;
        }
        Ok(start)
    }

    /// Waits until the worker has loaded the application, or cannot.
    async fn load(&mut self) -> Start {
        let ended = |how: String| Failure {
            message: format!("the worker process {how} while it loaded the application"),
            hint: "the output above may tell why".to_owned(),
            ..Failure::default()
        };
        let Some(worker) = &mut self.worker else {
            // Not while we are here.
            return Start::Failed {
                failure: ended("is gone".to_owned()),
                kind: String::new(),
                is_doubtful: false,
            };
        };
        loop {
            match worker.status().await {
                Some(Status::Loaded(loaded)) => self.watching.loaded(loaded),
                Some(Status::Ready(report)) => {
                    self.starter.ready(worker, &report);
                    let client = worker.client().clone();
                    self.board.allow_hosts(&report);
                    self.set(Standing::Ready(client));
                    return Start::Ready(report);
                }
                Some(Status::Failed(report)) => {
                    return Start::Failed {
                        failure: Failure {
                            message: report.get("message").to_owned(),
                            traceback: report.get("traceback").to_owned(),
                            hint: hint(&report),
                            exceptions: report.exceptions().to_vec(),
                        },
                        kind: report.get("kind").to_owned(),
                        is_doubtful: worker.is_doubtful(Some(&report)),
                    };
                }
                None => {
                    let is_doubtful = worker.is_doubtful(None);
                    return Start::Failed {
                        failure: ended(worker.ended().await.to_string()),
                        kind: String::new(),
                        is_doubtful,
                    };
                }
            }
        }
    }

    /// Waits until the worker ends, and as long as it is right to wait for the next one; requests
    /// wait meanwhile.
    async fn serve(&mut self, backoff: &mut Backoff) {
        let Some(worker) = &mut self.worker else {
            return;
        };
        let ready = Instant::now();
        let pid = worker.pid();
        while let Some(status) = worker.status().await {
            if let Status::Loaded(loaded) = status {
                self.starter.loaded(&loaded);
                // All workers load the same.
                if self.number == 0 {
                    self.watching.loaded(loaded);
                }
            }
        }
        let exit = worker.ended().await;
        self.worker = None;
        self.set(Standing::Starting);
        let process = pid.map_or_else(String::new, |pid| format!(" {pid}"));
        self.board
            .tell(Event::Ended(format!("worker process{process} {exit}")));
        tokio::time::sleep(backoff.after(ready.elapsed())).await;
    }

    /// Shows the failure until a request comes that wants to see whether it has been mended.
    async fn wait_for_retry(&mut self, failure: Failure) {
        let failure = Arc::new(failure);
        self.board.tell(Event::NotLoaded(Arc::clone(&failure)));
        let failed = Instant::now();
        self.set(Standing::Failed(failure, failed));
        loop {
            self.board.retry_wanted().await;
            // A wish from before the failure was known is fulfilled already.
            if failed.elapsed() >= serve::RETRY_AFTER {
                return;
            }
        }
    }
}

/// What the worker advises, or else what always helps.
fn hint(report: &Report) -> String {
    match report.get("hint") {
        "" => "correct the file that the traceback names last, and reload the page".to_owned(),
        hint => hint.to_owned(),
    }
}

/// The failure that a worker could not even be started.
fn not_started(error: &worker::Error) -> Failure {
    Failure {
        message: error.to_string(),
        hint: error.hint().unwrap_or_default(),
        ..Failure::default()
    }
}
