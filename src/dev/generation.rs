//! The processes that run one state of the project's files.

use futures_util::future::{join_all, try_join_all};

use super::{
    Error, Event,
    board::Board,
    process::Process,
    runner_place::{RunnerPlace, Rust},
    watching::Watching,
    worker_place::WorkerPlace,
};
use crate::worker::Starter;

/// What processes are made of.
#[derive(Debug)]
pub(super) enum Source {
    /// Workers are started.
    Python(Starter),
    /// A program is built and started.
    Rust(Rust),
}

/// One place for each process.
pub(super) struct Generation<'a, T> {
    places: Vec<Place<'a, T>>,
}

enum Place<'a, T> {
    Worker(Box<WorkerPlace<'a, T>>),
    Runner(RunnerPlace<'a, T>),
}

impl<'a, T: FnMut(Event)> Generation<'a, T> {
    /// Makes the places; nothing is started before [`Generation::run`]. Where this is the
    /// `first` one, some failures make serving pointless.
    pub(super) fn new(
        source: &'a Source,
        watching: &'a Watching,
        board: &'a Board<T>,
        first: bool,
    ) -> Self {
        watching.generation_started();
        let places = (0..board.places())
            .map(|number| match source {
                Source::Python(starter) => Place::Worker(Box::new(WorkerPlace::new(
                    number, starter, watching, board, first,
                ))),
                Source::Rust(rust) => Place::Runner(RunnerPlace::new(rust, watching, board, first)),
            })
            .collect();
        Self { places }
    }

    /// Keeps the processes running. Ends only with a failure of the first start that makes serving
    /// pointless. When this is dropped, the processes go on.
    pub(super) async fn run(&mut self) -> Result<(), Error> {
        let running = self.places.iter_mut().map(async |place| match place {
            Place::Worker(place) => place.run().await,
            Place::Runner(place) => place.run().await,
        });
        try_join_all(running).await?;
        Ok(())
    }

    /// Gives up the processes: they run, or are starting.
    pub(super) fn end(self) -> impl Iterator<Item = Process> {
        self.places.into_iter().filter_map(|place| match place {
            Place::Worker(place) => place.end().map(Box::new).map(Process::Worker),
            Place::Runner(place) => place.end().map(Process::Runner),
        })
    }

    /// Ends the processes.
    pub(super) async fn stop(self) {
        join_all(self.end().map(Process::stop)).await;
    }
}
