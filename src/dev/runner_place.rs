//! The place of the process that serves a Rust project: its program is built, started, replaced
//! when it ends, and tried again when it could not be built or started.

use std::{
    num::NonZeroU32,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::time::sleep;

use super::{
    Error, Event, Loading, Way,
    backoff::Backoff,
    board::{Board, Standing},
    failure::rust as failure,
    process::Served,
    watching::Watching,
};
use crate::{
    cargo::{self, Builder, Exit, Output, Program, Runner, Start, Surroundings},
    project::Ended,
    serve::{
        Backend, Failure,
        http::{FailureKind, HttpClient, Said},
    },
    wire::{Cause, Loaded},
};

/// The number of the only place: one process has threads for all that the application does.
const NUMBER: usize = 0;

/// How long it may take until this process has a signal that was sent to all of them: system calls
/// away, with time for a busy machine.
const STOPPING: Duration = Duration::from_millis(200);

/// How a Rust project is served.
#[derive(Debug)]
pub(crate) struct Rust {
    /// What builds its program.
    pub(crate) builder: Builder,
    /// What its processes get.
    pub(crate) surroundings: Surroundings,
    /// How many seconds the process may take to get ready, and how many it may not react for while
    /// it has requests; `None` for ever.
    pub(crate) timeout: Option<NonZeroU32>,
}

/// The place of the process.
pub(super) struct RunnerPlace<'a, T> {
    rust: &'a Rust,
    watching: &'a Watching,
    board: &'a Board<T>,
    /// Nothing has been served yet.
    is_first: bool,
    /// The process that runs now.
    process: Option<Served>,
}

/// Why there is no process.
enum NotStarted {
    /// It could not be built, or not be started.
    Cargo(cargo::Error),
    /// It ended instead of serving.
    Failed(Failure),
}

impl From<cargo::Error> for NotStarted {
    fn from(error: cargo::Error) -> Self {
        Self::Cargo(error)
    }
}

impl<'a, T: FnMut(Event)> RunnerPlace<'a, T> {
    pub(super) fn new(
        rust: &'a Rust,
        watching: &'a Watching,
        board: &'a Board<T>,
        is_first: bool,
    ) -> Self {
        Self {
            rust,
            watching,
            board,
            is_first,
            process: None,
        }
    }

    /// Keeps a process running. Ends only with a failure of the first start that makes serving
    /// pointless. Where this is dropped, a build ends, and a process goes on.
    pub(super) async fn run(&mut self) -> Result<(), Error> {
        let mut backoff = Backoff::default();
        loop {
            self.board.set(NUMBER, Standing::Starting);
            match self.start().await {
                Ok(loading) => {
                    self.board.tell(Event::Ready(loading));
                    self.serve(&mut backoff).await;
                }
                // No edit of the project's code mends that.
                Err(NotStarted::Cargo(
                    error @ (cargo::Error::NoCargo(_) | cargo::Error::NoLibrary { .. }),
                )) if self.is_first => return Err(error.into()),
                Err(NotStarted::Cargo(error)) => {
                    let failure = failure::of_cargo(&error, self.rust.builder.directory());
                    self.board.wait_for_retry(NUMBER, failure).await;
                }
                Err(NotStarted::Failed(failure)) => {
                    self.board.wait_for_retry(NUMBER, failure).await;
                }
            }
            self.is_first = false;
        }
    }

    /// Gives up the process.
    pub(super) fn end(self) -> Option<Served> {
        self.process
    }

    /// Builds the program, starts it, and waits until it serves.
    async fn start(&mut self) -> Result<Loading, NotStarted> {
        let Rust {
            builder,
            surroundings,
            timeout,
        } = self.rust;
        let asked = Instant::now();
        let Program {
            path,
            application,
            package,
            sources,
        } = builder.build(|output| self.tell(&output)).await?;
        let took = asked.elapsed();
        self.watching.loaded(Loaded {
            files: sources,
            ..Loaded::default()
        });
        let started = Runner::start(&path, &package.directory, surroundings, *timeout).await?;
        let runner = match started {
            Start::Ready(runner) => runner,
            Start::Panicked(text) => {
                return Err(NotStarted::Failed(failure::of_start_panic(&text, &package)));
            }
            Start::Ended(status) => {
                let how = Ended(status).to_string();
                return Err(NotStarted::Failed(failure::of_early_end(&how)));
            }
            Start::Silent(seconds) => {
                return Err(NotStarted::Failed(failure::of_silence(seconds)));
            }
        };
        let explain = move |Said { kind, text }: Said| {
            cargo::application_error(kind == FailureKind::Panic, &text, &package)
        };
        let client = HttpClient::new(&runner.socket(), Arc::new(explain));
        let client = client.map_err(cargo::Error::Connect)?;
        self.process = Some(Served {
            runner,
            client: client.clone(),
        });
        self.board
            .set(NUMBER, Standing::Ready(Backend::Http(client)));
        Ok(Loading {
            way: Way::Program {
                application,
                built: took,
            },
            asked,
            ready: Instant::now(),
        })
    }

    /// Passes on what a build says. What is an error is told with the failure.
    fn tell(&self, output: &Output<'_>) {
        match output {
            Output::Cargo(line) => self.board.tell(Event::Cargo((*line).to_owned())),
            Output::Compiler(said) if !said.is_error => {
                self.board.tell(Event::Warned(said.rendered.clone()));
            }
            Output::Compiler(_) => {}
        }
    }

    /// Waits until the process ends, and as long as it is right to wait for the next one; requests
    /// wait meanwhile.
    async fn serve(&mut self, backoff: &mut Backoff) {
        let Some(Served { runner, client }) = &mut self.process else {
            // Not while we are here.
            return;
        };
        let ready = Instant::now();
        let pid = runner.pid();
        let is_busy = || client.pending().is_some_and(|pending| pending > 0);
        let exit = runner.ended(self.rust.timeout, is_busy).await;
        client.close(match exit {
            Exit::Silent(seconds) => Cause::Silent(seconds),
            Exit::Ended(_) | Exit::Gone => Cause::Gone,
        });
        self.process = None;
        self.board.set(NUMBER, Standing::Starting);
        if exit.may_be_everybodys() {
            // Then everything ends now, and that needs no explanation.
            sleep(STOPPING).await;
        }
        let process = pid.map_or_else(String::new, |pid| format!(" {pid}"));
        let how = format!("the application's process{process} {exit}");
        self.board.tell(Event::Ended(how));
        sleep(backoff.after(ready.elapsed())).await;
    }
}
