//! One worker's place: it is started, replaced when it ends, and tried again when it could not load
//! the application.
//!
//! The first place leads: the others wait until it has a worker that is ready, so that a failure is
//! told once, and only what is known to load is loaded several times.

use std::{
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::time::sleep;

use super::{
    Error, Event, Loading, Way,
    backoff::Backoff,
    board::{Board, Standing},
    failure,
    watching::Watching,
};
use crate::{
    serve::{Backend, Failure},
    wire::{Status, message::Report},
    worker::{self, Starter, Worker},
};

/// What `FAILED` says of failures that no edit of the project's code mends: the command line or
/// the interpreter is wrong.
const USAGE_KINDS: [&str; 3] = ["ambiguous", "nothing", "python"];

/// What it says of a project that the framework refuses to serve, as Django's `runserver` does.
const GUARD_KIND: &str = "guard";

/// When a worker that serves already runs the framework's checks: after the requests that waited
/// for it, with which they would compete.
const CHECK_AFTER: Duration = Duration::from_millis(300);

/// The place of one worker.
pub(super) struct WorkerPlace<'a, T> {
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
    Ready {
        report: Report,
        /// The framework's checks have not been run.
        owes_checks: bool,
    },
    Failed {
        failure: Failure,
        /// What kind of failure the worker says it is; empty where it could not.
        kind: String,
        /// A worker that comes to be in another way may be able to.
        is_doubtful: bool,
    },
}

impl<'a, T: FnMut(Event)> WorkerPlace<'a, T> {
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
                Ok(Start::Ready {
                    report,
                    owes_checks,
                }) => {
                    self.tell_ready(report);
                    if let Some(failure) = self.serve(&mut backoff, owes_checks).await {
                        self.board.wait_for_retry(self.number, failure).await;
                        // It has had time to finish what it had.
                        if let Some(worker) = self.worker.take() {
                            worker.retire().await;
                        }
                    }
                }
                Err(error) if self.is_first => return Err(error.into()),
                Ok(Start::Failed { failure, kind, .. })
                    if self.is_first && USAGE_KINDS.contains(&kind.as_str()) =>
                {
                    return Err(Error::Usage(Arc::new(failure)));
                }
                Ok(Start::Failed { failure, kind, .. }) if self.is_first && kind == GUARD_KIND => {
                    return Err(Error::Guard(Arc::new(failure)));
                }
                Ok(Start::Failed { failure, .. }) => {
                    self.board.wait_for_retry(self.number, failure).await;
                }
                Err(error) => {
                    let failure = failure::not_started(&error);
                    self.board.wait_for_retry(self.number, failure).await;
                }
            }
            self.is_first = false;
        }
    }

    fn tell_ready(&self, report: Report) {
        if let Some(worker) = &self.worker {
            self.board.tell(Event::Ready(Loading {
                way: Way::Worker {
                    report,
                    origin: worker.origin().clone(),
                },
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
                    Ok(Start::Ready { .. }) => {
                        self.serve(&mut backoff, false).await;
                        continue;
                    }
                    Ok(Start::Failed { failure, .. }) => failure,
                    Err(error) => failure::not_started(&error),
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

    /// Waits until the worker has loaded the application, or cannot, and until the framework's
    /// checks have been run where they come before serving.
    async fn load(&mut self) -> Start {
        let Some(worker) = &mut self.worker else {
            // Not while we are here.
            return failed(failure::of_end("is gone"));
        };
        let mut waiting = None;
        let (report, owes_checks) = loop {
            match worker.status().await {
                Some(Status::Loaded(loaded)) => {
                    if waiting.is_some() {
                        self.starter.loaded(&loaded);
                    }
                    self.watching.loaded(loaded);
                }
                Some(Status::Ready(report)) => {
                    self.starter.ready(worker, &report);
                    self.board.allow_hosts(&report);
                    let has_checks = self.number == 0 && !report.get("checks").is_empty();
                    if !has_checks || self.board.is_checked() {
                        break (report, has_checks);
                    }
                    worker.check();
                    waiting = Some(report);
                }
                Some(Status::Checked(checked)) => {
                    if let Some(failure) = self.board.take_checks(checked) {
                        return failed(failure);
                    }
                    // Nobody else has asked for them.
                    if let Some(report) = waiting.take() {
                        break (report, false);
                    }
                }
                Some(Status::Failed(report)) => {
                    return Start::Failed {
                        failure: failure::of_report(&report),
                        kind: report.get("kind").to_owned(),
                        is_doubtful: worker.is_doubtful(Some(&report)),
                    };
                }
                None => {
                    let is_doubtful = worker.is_doubtful(None);
                    return Start::Failed {
                        failure: failure::of_end(&worker.ended().await.to_string()),
                        kind: String::new(),
                        is_doubtful,
                    };
                }
            }
        };
        let client = worker.client().clone();
        if self.number == 0 {
            self.board.pass_checks();
        }
        self.set(Standing::Ready(Backend::Worker(client)));
        Start::Ready {
            report,
            owes_checks,
        }
    }

    /// Waits until the worker ends, and as long as it is right to wait for the next one; requests
    /// wait meanwhile. Returns early where the checks find that the application is not to be
    /// served.
    async fn serve(&mut self, backoff: &mut Backoff, mut owes_checks: bool) -> Option<Failure> {
        let worker = self.worker.as_mut()?;
        let ready = Instant::now();
        let pid = worker.pid();
        let mut quiet = pin!(sleep(CHECK_AFTER));
        loop {
            let status = tokio::select! {
                status = worker.status() => status,
                () = &mut quiet, if owes_checks => {
                    owes_checks = false;
                    worker.check();
                    continue;
                }
            };
            match status {
                Some(Status::Loaded(loaded)) => {
                    self.starter.loaded(&loaded);
                    // All workers load the same.
                    if self.number == 0 {
                        self.watching.loaded(loaded);
                    }
                }
                Some(Status::Checked(checked)) => {
                    if let Some(failure) = self.board.take_checks(checked) {
                        return Some(failure);
                    }
                }
                // It says so once, and has.
                Some(Status::Ready(_) | Status::Failed(_)) => {}
                None => break,
            }
        }
        let exit = worker.ended().await;
        self.worker = None;
        self.set(Standing::Starting);
        let process = pid.map_or_else(String::new, |pid| format!(" {pid}"));
        self.board
            .tell(Event::Ended(format!("worker process{process} {exit}")));
        sleep(backoff.after(ready.elapsed())).await;
        None
    }
}

/// The end of a start that nothing mends but an edit.
fn failed(failure: Failure) -> Start {
    Start::Failed {
        failure,
        kind: String::new(),
        is_doubtful: false,
    }
}
