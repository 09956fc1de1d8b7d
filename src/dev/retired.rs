//! Workers that finish what they have, on code that has been changed since.

use std::{collections::VecDeque, time::Duration};

use tokio::task::{AbortHandle, JoinSet};

use crate::worker::Worker;

/// How long requests of an earlier generation may take: longer than people wait for a page, and
/// not so long that processes of streaming responses pile up.
const GRACE: Duration = Duration::from_secs(10);

/// How many workers may be finishing at a time; of more, the oldest are ended. Each save retires
/// as many as serve the project.
const MOST: usize = 16;

/// How often is looked whether a worker has finished: nobody waits for that.
const LOOK: Duration = Duration::from_millis(10);

/// The workers of earlier generations.
#[derive(Debug, Default)]
pub(super) struct Retired {
    finishing: JoinSet<()>,
    handles: VecDeque<AbortHandle>,
}

impl Retired {
    /// Lets workers that get no more requests finish those they have, and ends them.
    pub(super) fn take(&mut self, workers: impl Iterator<Item = Worker>) {
        for worker in workers {
            self.handles.push_back(self.finishing.spawn(finish(worker)));
        }
        while self.finishing.try_join_next().is_some() {}
        self.handles.retain(|handle| !handle.is_finished());
        while self.handles.len() > MOST {
            // Dropping a worker kills it.
            if let Some(oldest) = self.handles.pop_front() {
                oldest.abort();
            }
        }
    }

    /// Ends all of them at once.
    pub(super) async fn stop(mut self) {
        self.finishing.shutdown().await;
    }
}

async fn finish(mut worker: Worker) {
    let client = worker.client().clone();
    let finished = async {
        while client.pending() > 0 {
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::select! {
        () = finished => {}
        _ = worker.ended() => return,
        () = tokio::time::sleep(GRACE) => {}
    }
    worker.stop().await;
}
