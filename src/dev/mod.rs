//! The one loop that joins watcher, workers and front: it starts workers, tells the front to which
//! of them requests may go, and starts the next ones when one ends or the project has changed.
//!
//! - `generation`: the processes that run one state of the project's files
//! - `worker_place`: keeps a worker running; `runner_place`: builds a Rust project, and keeps its
//!   program running
//! - `process`: a process of either kind
//! - `failure`: what is told of an application that cannot be served
//! - `board`: what all the places have come to, and the front is told
//! - `backoff`: how long is waited before a worker is replaced
//! - `taking`: changes that the workers can take in as they are
//! - `watching`: the watcher, or nothing in its place
//! - `retired`: processes that finish what they have, on code that has been changed

mod backoff;
mod board;
mod failure;
mod generation;
mod process;
mod retired;
mod runner_place;
mod taking;
mod watching;
mod worker_place;

use std::{
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    cargo::{self, Application},
    serve::{self, Failure, Upstream, Workers},
    watch::{self, Change},
    wire::message::Report,
    worker::{self, Origin, Starter},
};

use board::Board;
use generation::{Generation, Source};
use retired::{News, Retired};
pub(crate) use runner_place::Rust;
use taking::Taking;
use watching::Watching;

/// What runs the application.
#[derive(Debug)]
pub(crate) enum Engine {
    /// Worker processes.
    Python {
        /// How they are started.
        worker: worker::Config,
        /// How many of them there are.
        workers: u16,
        /// Whether they are forked from a warm interpreter where that is possible.
        preload: bool,
    },
    /// A program that is built around it.
    Rust(Rust),
}

/// What the user may want to know.
#[derive(Debug)]
pub(crate) enum Event {
    /// A line of Cargo's own words while it builds.
    Cargo(String),
    /// What the compiler warns of, as it would show it.
    Warned(String),
    /// The application is loaded and served.
    Ready(Loading),
    /// The framework's checks were run, in time for the first request or beside the worker.
    Checked(Report),
    /// The application could not be loaded; its page is served.
    NotLoaded(Arc<Failure>),
    /// A worker that had been ready ended by itself; the text says how. Another one is started.
    Ended(String),
    /// The application is served, but a further worker could not load it.
    Missing(Arc<Failure>),
    /// A request that runs on code from before the last change is in a debugger: it goes on there.
    Debugged,
    /// Requests that ran on code from before the last change were broken off.
    BrokenOff,
    /// The project was changed: it is loaded again.
    Changed(Change),
    /// Files were changed, and the application takes them as they are now without being loaded
    /// again.
    Taken(Change),
    /// It is known what the files contain that the application was loaded from: to save one
    /// without a change is no reason to reload.
    Noted,
    /// Something about watching files.
    Watching(watch::Notice),
}

/// How the application came to be loaded.
#[derive(Debug)]
pub(crate) struct Loading {
    /// In which way.
    pub(crate) way: Way,
    /// When that was asked for.
    pub(crate) asked: Instant,
    /// When the application was served.
    pub(crate) ready: Instant,
}

/// In which way an application came to be loaded.
#[derive(Debug)]
pub(crate) enum Way {
    /// By a worker.
    Worker {
        /// What it says.
        report: Report,
        /// How its process came to be.
        origin: Origin,
    },
    /// By a program that was built.
    Program {
        /// What it serves.
        application: Application,
        /// How long building took.
        built: Duration,
    },
}

/// Why nothing can be served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The worker's package or the interpreter is not usable.
    #[error(transparent)]
    Worker(#[from] worker::Error),
    /// A Rust project cannot be built at all.
    #[error(transparent)]
    Cargo(#[from] cargo::Error),
    /// The project's files cannot be watched.
    #[error(transparent)]
    Watch(#[from] watch::Error),
    /// What to serve is not clear, or the interpreter cannot run it.
    #[error("{}", .0.message)]
    Usage(Arc<Failure>),
    /// The framework does not let the project be served like this. Its wording.
    #[error("{}", .0.message)]
    Guard(Arc<Failure>),
}

impl Error {
    /// What the user can do next.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Worker(error) => error.hint(),
            Self::Cargo(error) => error.hint(),
            Self::Watch(error) => error.hint(),
            Self::Usage(failure) | Self::Guard(failure) => {
                Some(failure.hint.clone()).filter(|hint| !hint.is_empty())
            }
        }
    }
}

/// One site: its processes and its watcher. It is made, and then run.
pub(crate) struct Site {
    engine: Engine,
    watching: Watching,
    workers_of_front: Workers,
    /// It is the only one: without it there is nothing to serve.
    is_alone: bool,
}

impl Site {
    /// Watches its files from now on, and says to what a front sends requests for it. Where it
    /// `is_alone`, some failures of its first start end it; one of several goes on with the page
    /// of any failure.
    pub(crate) fn new(
        engine: Engine,
        watch: Option<watch::Rules>,
        is_alone: bool,
    ) -> Result<(Self, Upstream), Error> {
        let watching = Watching::start(watch)?;
        let (workers_of_front, upstream) = serve::upstream(watching.is_current());
        let site = Self {
            engine,
            watching,
            workers_of_front,
            is_alone,
        };
        Ok((site, upstream))
    }

    /// Runs it until `serving` ends, which is its front or as long as one. Every process of it is
    /// gone when this returns.
    pub(crate) async fn run(
        self,
        serving: impl Future<Output = ()>,
        tell: impl FnMut(Event),
    ) -> Result<(), Error> {
        let Self {
            engine,
            watching,
            workers_of_front,
            is_alone,
        } = self;
        let (source, places) = match engine {
            Engine::Python {
                worker,
                workers,
                preload,
            } => (Source::Python(Starter::new(worker, preload)), workers),
            Engine::Rust(rust) => (Source::Rust(rust), 1),
        };
        let board = Board::new(workers_of_front, places.into(), tell);
        let mut retired = Retired::new();
        let mut taking = Taking::default();
        // Where there are others, no failure of this one is a reason to stop.
        let mut generation = Generation::new(&source, &watching, &board, is_alone);
        let mut serving = pin!(serving);
        let mut noting = pin!(watching.noting(|| board.tell(Event::Noted)));
        let mut reopening = pin!(watching.reopening(|| board.refresh()));
        let result = loop {
            let changed = {
                // One future for as long as the generation lasts: to begin it anew would be to start
                // the workers anew.
                let mut running = pin!(generation.run());
                loop {
                    for notice in watching.notices() {
                        board.tell(Event::Watching(notice));
                    }
                    tokio::select! {
                        () = &mut serving => break Ok(None),
                        () = &mut reopening => {}
                        () = &mut noting => {}
                        Err(error) = &mut running => break Err(error),
                        news = retired.news() => board.tell(match news {
                            News::Debugged => Event::Debugged,
                            News::BrokenOff => Event::BrokenOff,
                        }),
                        change = watching.changed(), if !taking.is_under_way() => {
                            taking.begin(change, board.clients());
                        }
                        (change, is_taken) = taking.done() => {
                            if !is_taken {
                                break Ok(Some(change));
                            }
                            board.show(&change);
                            if change.kind.closes_gate() {
                                board.tell(Event::Taken(change));
                            }
                            resume(&watching, &board);
                        }
                    }
                }
            };
            match changed {
                Ok(Some(change)) => {
                    board.renew();
                    board.tell(Event::Changed(change));
                    retired.take(generation.end());
                    generation = Generation::new(&source, &watching, &board, false);
                    resume(&watching, &board);
                }
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        generation.stop().await;
        retired.stop().await;
        result
    }
}

/// Lets requests go on that came after a change. To be called once the front knows what it means.
fn resume<T: FnMut(Event)>(watching: &Watching, board: &Board<T>) {
    watching.resume();
    board.refresh();
}
