//! Changes that the workers can take in as they are: static files, which they read anew for each
//! request, and templates, where their framework knows how to forget what it keeps of them.

use std::{future::pending, pin::Pin, time::Duration};

use futures_util::future::join_all;
use tokio::time::{sleep, timeout};

use crate::{
    watch::{Change, Kind},
    wire::Client,
};

/// How long requests under way are waited for: one of them may be reading what has been changed,
/// and the worker would then keep it. To wait longer would take more time than to load anew.
const IDLE: Duration = Duration::from_millis(20);

/// How often is looked whether they are over.
const LOOK: Duration = Duration::from_millis(1);

/// How long a worker may take to answer; it only empties caches.
const ANSWER: Duration = Duration::from_millis(250);

/// Whether all workers have taken it in.
type Answer = Pin<Box<dyn Future<Output = bool>>>;

/// A change of which it is not known yet whether it is taken in.
#[derive(Default)]
pub(super) struct Taking {
    asked: Option<(Change, Answer)>,
}

impl Taking {
    /// Whether there is such a change.
    pub(super) fn is_under_way(&self) -> bool {
        self.asked.is_some()
    }

    /// Asks the workers; there are none where not all of them are ready. Requests wait meanwhile.
    pub(super) fn begin(&mut self, change: Change, clients: Option<Vec<Client>>) {
        let answer: Answer = match (change.kind, clients) {
            (Kind::Static, _) => Box::pin(async { true }),
            // Not all of the files would be known.
            (Kind::Template, Some(clients)) if change.files.len() == change.count => {
                let templates = change
                    .files
                    .iter()
                    .filter(|(_, kind)| **kind == Kind::Template);
                let files: Vec<_> = templates.map(|(path, _)| path.clone()).collect();
                Box::pin(async move {
                    let asked = clients.iter().map(async |client| {
                        is_idle(client).await
                            && timeout(ANSWER, client.takes(&files)).await == Ok(true)
                    });
                    join_all(asked).await.into_iter().all(|is_taken| is_taken)
                })
            }
            _ => Box::pin(async { false }),
        };
        self.asked = Some((change, answer));
    }

    /// The change, and whether all workers have taken it in. Waits without end where there is none.
    pub(super) async fn done(&mut self) -> (Change, bool) {
        let Some((_, answer)) = &mut self.asked else {
            return pending().await;
        };
        let is_taken = answer.await;
        match self.asked.take() {
            Some((change, _)) => (change, is_taken),
            // Not while we are here.
            None => pending().await,
        }
    }
}

/// Waits until no request is with the worker; false where that takes too long.
async fn is_idle(client: &Client) -> bool {
    let idle = async {
        while client.pending() != Some(0) {
            sleep(LOOK).await;
        }
    };
    timeout(IDLE, idle).await.is_ok()
}
