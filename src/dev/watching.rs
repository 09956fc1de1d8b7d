//! The watcher as the loop needs it, also where nothing is watched.

use std::{future::pending, sync::Arc};

use tokio::sync::Notify;

use crate::{
    serve::IsCurrent,
    watch::{self, Change, Gate, Notice, Watcher},
    wire::Loaded,
};

/// What is watched.
pub(super) struct Watching {
    watched: Option<(Watcher, Gate)>,
    /// A request waits at the gate.
    waiting: Arc<Notify>,
    /// A generation has told what it has loaded.
    loading: Notify,
}

impl Watching {
    /// Watches the files that the rules name; nothing without rules.
    pub(super) fn start(rules: Option<watch::Rules>) -> Result<Self, watch::Error> {
        Ok(Self {
            watched: rules.map(watch::start).transpose()?,
            waiting: Arc::default(),
            loading: Notify::new(),
        })
    }

    /// What the front asks before it sends a request.
    pub(super) fn is_current(&self) -> IsCurrent {
        let Some((_, gate)) = &self.watched else {
            return Arc::new(|| true);
        };
        let (gate, waiting) = (gate.clone(), Arc::clone(&self.waiting));
        Arc::new(move || {
            let is_open = gate.is_open();
            if !is_open {
                waiting.notify_one();
            }
            is_open
        })
    }

    /// The next change.
    pub(super) async fn changed(&self) -> Change {
        match &self.watched {
            Some((watcher, _)) => watcher.changed().await,
            None => pending().await,
        }
    }

    /// Calls `refresh` whenever requests have waited at the gate and it has opened, because what
    /// was noticed turned out to be no change. Never ends.
    pub(super) async fn reopening(&self, refresh: impl Fn()) {
        let Some((_, gate)) = &self.watched else {
            return pending().await;
        };
        loop {
            self.waiting.notified().await;
            gate.opened().await;
            refresh();
        }
    }

    /// The change has been taken note of.
    pub(super) fn resume(&self) {
        if let Some((watcher, _)) = &self.watched {
            watcher.resume();
        }
    }

    /// A generation starts to load the project.
    pub(super) fn generation_started(&self) {
        if let Some((watcher, _)) = &self.watched {
            watcher.generation_started();
        }
    }

    /// What the user should be told and has not been.
    pub(super) fn notices(&self) -> Vec<Notice> {
        self.watched
            .as_ref()
            .map(|(watcher, _)| watcher.take_notices())
            .unwrap_or_default()
    }

    /// What a generation has loaded, or tried to.
    pub(super) fn loaded(&self, loaded: Loaded) {
        if let Some((watcher, _)) = &self.watched {
            watcher.templates(loaded.templates);
            watcher.loaded(loaded.files);
            watcher.uploads(loaded.uploads);
            self.loading.notify_one();
        }
    }

    /// Calls `tell` whenever it has become known what the files contain that a generation has
    /// loaded. Never ends.
    pub(super) async fn noting(&self, tell: impl Fn()) {
        let Some((watcher, _)) = &self.watched else {
            return pending().await;
        };
        loop {
            self.loading.notified().await;
            watcher.noted().await;
            tell();
        }
    }
}
