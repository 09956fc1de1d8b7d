//! The workers that run one state of the project's files.

use futures_util::future::{join_all, try_join_all};

use super::{Error, Event, board::Board, place::Place, watching::Watching};
use crate::worker::{Starter, Worker};

/// One place for each worker.
pub(super) struct Generation<'a, T> {
    places: Vec<Place<'a, T>>,
}

impl<'a, T: FnMut(Event)> Generation<'a, T> {
    /// Makes the places; nothing is started before [`Generation::run`]. Where this is the
    /// `first` one, some failures make serving pointless.
    pub(super) fn new(
        starter: &'a Starter,
        watching: &'a Watching,
        board: &'a Board<T>,
        first: bool,
    ) -> Self {
        watching.generation_started();
        let places = (0..board.places())
            .map(|number| Place::new(number, starter, watching, board, first))
            .collect();
        Self { places }
    }

    /// Keeps the workers running. Ends only with a failure of the first start that makes serving
    /// pointless. When this is dropped, the workers go on.
    pub(super) async fn run(&mut self) -> Result<(), Error> {
        try_join_all(self.places.iter_mut().map(Place::run)).await?;
        Ok(())
    }

    /// Gives up the workers: they run, or are starting.
    pub(super) fn end(self) -> impl Iterator<Item = Worker> {
        self.places.into_iter().filter_map(Place::end)
    }

    /// Ends the workers.
    pub(super) async fn stop(self) {
        join_all(self.end().map(Worker::stop)).await;
    }
}
