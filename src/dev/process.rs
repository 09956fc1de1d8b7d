//! A process that serves the project, of whatever language.

use crate::{cargo::Runner, serve::http::HttpClient, wire::Cause, worker::Worker};

/// The process that serves a Rust project.
#[derive(Debug)]
pub(super) struct Served {
    pub(super) runner: Box<Runner>,
    /// The handle for sending requests to it.
    pub(super) client: HttpClient,
}

/// A process that serves the project. It ends when this is dropped.
#[derive(Debug)]
pub(super) enum Process {
    Worker(Box<Worker>),
    Runner(Served),
}

impl Process {
    /// How many requests are with it; `None` where it is gone.
    pub(super) fn pending(&self) -> Option<usize> {
        match self {
            Self::Worker(worker) => worker.client().pending(),
            Self::Runner(Served { client, .. }) => client.pending(),
        }
    }

    /// Whether one of its requests is in a debugger.
    pub(super) fn is_debugged(&self) -> bool {
        match self {
            Self::Worker(worker) => worker.is_debugged(),
            Self::Runner(Served { runner, .. }) => runner.is_debugged(),
        }
    }

    /// Waits until it is gone.
    pub(super) async fn ended(&mut self) {
        match self {
            Self::Worker(worker) => {
                worker.ended().await;
            }
            Self::Runner(Served { runner, client }) => {
                runner.ended(None, || false).await;
                client.close(Cause::Gone);
            }
        }
    }

    /// Ends it.
    pub(super) async fn stop(self) {
        match self {
            Self::Worker(worker) => worker.stop().await,
            Self::Runner(Served { runner, client }) => {
                client.close(Cause::Gone);
                runner.stop().await;
            }
        }
    }

    /// Ends it as [`Process::stop`] does, because its code is out of date.
    pub(super) async fn retire(self) {
        match self {
            Self::Worker(worker) => worker.retire().await,
            Self::Runner(Served { runner, client }) => {
                client.close(Cause::Outdated);
                runner.stop().await;
            }
        }
    }
}
