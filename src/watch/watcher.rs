//! The handles: the watcher, for the one who acts on changes, and the gate, for requests.

use std::{future::pending, io, os::fd::OwnedFd, path::PathBuf, sync::Arc, thread, time::Instant};

use tokio::{
    io::{Interest, unix::AsyncFd},
    sync::oneshot,
    task::JoinHandle,
    time::sleep_until,
};

use super::{
    Rules,
    baseline::{Ticket, Wanted},
    change::Change,
    error::Error,
    notice::Notice,
    settle::Batch,
    shared::Shared,
    state::{Limits, Next, State},
    verdict::{Found, contents},
};

/// How many files are read at once in the background before what they contain is noted: the lock
/// is not taken for each.
const NOTED_AT_ONCE: usize = 64;

/// How many files are compared without a thread: as many as a person saves at once. Reading them
/// takes less time than a thread's start.
const FEW: usize = 8;

/// Reports changes of the project's files. Dropping it ends the watching, and opens the gate.
#[derive(Debug)]
pub struct Watcher {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

/// Says whether requests may go to a worker that runs the project's files as they are.
#[derive(Clone, Debug)]
pub struct Gate {
    shared: Arc<Shared>,
}

/// Starts watching. All watches are set when this returns: no edit after that is lost.
///
/// Must be called inside a Tokio runtime. It blocks the thread while it walks through the
/// project's directories, for some milliseconds per thousand of them.
pub fn start(rules: Rules) -> Result<(Watcher, Gate), Error> {
    start_with(rules, Limits::default())
}

pub(super) fn start_with(rules: Rules, limits: Limits) -> Result<(Watcher, Gate), Error> {
    let state = State::new(rules, limits)?;
    let queue = state.descriptor().map(registered);
    let queue = queue.transpose().map_err(Error::Events)?;
    let shared = Arc::new(Shared::new(state));
    let task = tokio::spawn(drive(Arc::clone(&shared), queue));
    let gate = Gate {
        shared: Arc::clone(&shared),
    };
    Ok((Watcher { shared, task }, gate))
}

impl Watcher {
    /// Waits for the next change that has settled. Where several have since the last one was
    /// taken, they come as one. Nothing is lost when the future is dropped.
    ///
    /// A change of code or templates keeps the gate closed until [`Watcher::resume`].
    pub async fn changed(&self) -> Change {
        loop {
            let change = self.shared.lock().report.take();
            if let Some(change) = change {
                return change;
            }
            self.shared.settled.notified().await;
        }
    }

    /// Says that the last change has been taken note of: requests that come from now on will
    /// not meet what it has made stale. The gate opens, unless there is something new already.
    pub fn resume(&self) {
        self.shared.change(|state, now| {
            state.drain(now);
            state.report.resume();
        });
    }

    /// Says that a generation starts to load the project: files that change from now on may be
    /// newer than what it loads, and so count as changed whatever they contain.
    pub fn generation_started(&self) {
        self.shared.change(State::generation_started);
    }

    /// Says from which files the generation was loaded, or tried to be. Those outside the root,
    /// and those that Git ignores, are watched from now on too. What they all contain is noted in
    /// the background, so that saving one without a change is no change.
    ///
    /// May be called again with more files. Paths must be absolute; up to 50,000 are heeded.
    pub fn loaded(&self, files: Vec<PathBuf>) {
        let (ticket, wanted) = self.shared.change(|state, now| state.loaded(files, now));
        if wanted.is_empty() {
            return;
        }
        self.shared.noting.send_modify(|count| *count += 1);
        let shared = Arc::clone(&self.shared);
        let thread = thread::Builder::new().name("note".to_owned());
        let started = thread.spawn(move || {
            note_contents(&shared, ticket, &wanted);
            shared.noting.send_modify(|count| *count -= 1);
        });
        if started.is_err() {
            // They stay unknown, and each save of them counts.
            self.shared.noting.send_modify(|count| *count -= 1);
        }
    }

    /// Says in which directories the application has its templates: files there count as such from
    /// now on, whatever the directories are called and wherever they are.
    pub fn templates(&self, directories: Vec<PathBuf>) {
        if !directories.is_empty() {
            self.shared
                .change(|state, now| state.templates(directories, now));
        }
    }

    /// Says into which directories the application writes what its users upload: nothing there is
    /// of the project, unless the application was loaded from it or a pattern names it.
    pub fn uploads(&self, directories: Vec<PathBuf>) {
        if !directories.is_empty() {
            self.shared
                .change(|state, now| state.uploads(directories, now));
        }
    }

    /// Waits until the contents of all files have been noted that [`Watcher::loaded`] was told
    /// of.
    pub async fn noted(&self) {
        let mut noting = self.shared.noting.subscribe();
        // The sender lives as long as we do.
        let _ = noting.wait_for(|count| *count == 0).await;
    }

    /// What the user should be told and has not been: limits that were reached, directories that
    /// are polled.
    #[must_use]
    pub fn take_notices(&self) -> Vec<Notice> {
        self.shared.lock().notices.take()
    }

    /// What is known, for tests.
    #[cfg(test)]
    pub(super) fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.shared.lock()
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.task.abort();
        self.shared.end();
        self.shared.open.send_replace(true);
    }
}

impl Gate {
    /// Reads the system's event queue now, without waiting, and says whether nothing has changed
    /// that a request must wait for. Where nothing has happened it costs one system call.
    ///
    /// A file that was saved before is known of here, whatever else is going on; where the system
    /// has no events, as of the last look at it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.shared.is_over() || self.shared.is_open()
    }

    /// Waits until the gate is open: until [`Watcher::resume`], or until what happened turns out
    /// to be no change.
    pub async fn opened(&self) {
        let mut open = self.shared.open.subscribe();
        while !self.is_open() {
            if open.changed().await.is_err() {
                return;
            }
        }
    }
}

/// The queue as something to wait for.
#[expect(
    deprecated,
    reason = "what replaces it is `unsafe` on the condition that the descriptor stays open and \
              the same, and one that is owned does"
)]
fn registered(queue: Arc<OwnedFd>) -> io::Result<AsyncFd<Arc<OwnedFd>>> {
    AsyncFd::with_interest(queue, Interest::READABLE)
}

/// Makes changes out of events, as long as there is a watcher.
async fn drive(shared: Arc<Shared>, queue: Option<AsyncFd<Arc<OwnedFd>>>) {
    loop {
        match shared.advance() {
            Next::Event => wait(&shared, queue.as_ref(), None).await,
            Next::Until(time) => wait(&shared, queue.as_ref(), Some(time)).await,
            Next::Again => tokio::task::yield_now().await,
            Next::Compare(batch) => {
                let settled = Instant::now();
                let batch = Arc::new(batch);
                let contents = read(&shared, &batch).await;
                shared.change(|state, _| state.compared(&batch, &contents, settled));
                shared.settled.notify_one();
            }
        }
    }
}

async fn wait(shared: &Shared, queue: Option<&AsyncFd<Arc<OwnedFd>>>, until: Option<Instant>) {
    let readable = async {
        let Some(queue) = queue else {
            return pending().await;
        };
        match queue.readable().await {
            // What came is read next, and what comes later wakes us again.
            Ok(mut ready) => ready.clear_ready(),
            // The runtime is ending.
            Err(_) => pending().await,
        }
    };
    let timer = async {
        match until {
            Some(time) => sleep_until(time.into()).await,
            None => pending().await,
        }
    };
    tokio::select! {
        () = readable => {}
        () = timer => {}
        () = shared.wake.notified() => {}
    }
}

/// What the files of a change contain, read in a thread where there are many.
async fn read(shared: &Shared, batch: &Arc<Batch>) -> Vec<Found> {
    // A network file system may make us wait.
    let may_wait = !shared.lock().polled.is_empty();
    if may_wait || batch.files.len() > FEW {
        let (sender, receiver) = oneshot::channel();
        let files = Arc::clone(batch);
        let thread = thread::Builder::new().name("compare".to_owned());
        let started = thread.spawn(move || sender.send(contents(&files)));
        if started.is_ok()
            && let Ok(contents) = receiver.await
        {
            return contents;
        }
    }
    contents(batch)
}

/// Notes what files contain, unless all is over.
fn note_contents(shared: &Shared, ticket: Ticket, files: &[Wanted]) {
    for files in files.chunks(NOTED_AT_ONCE) {
        if shared.is_over() {
            return;
        }
        let looks: Vec<_> = files.iter().map(Wanted::look).collect();
        shared.change(|state, now| {
            // An event for one of them says that what was read may be newer than what runs.
            state.drain(now);
            for (wanted, look) in files.iter().zip(looks) {
                state.baseline.looked(ticket, &wanted.file, look);
            }
        });
    }
}
