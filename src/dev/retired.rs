//! Processes that finish what they have, on code that has been changed since.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::{AbortHandle, JoinSet},
};

use super::process::Process;

/// How long requests of an earlier generation may take: longer than people wait for a page, and
/// not so long that processes of streaming responses pile up. It does not count while one of them
/// is in a debugger.
const GRACE: Duration = Duration::from_secs(10);

/// How many processes may be finishing at a time; of more, the oldest are ended. Each save retires
/// as many as serve the project.
const MOST: usize = 64;

/// How often is looked whether a process has finished or is in a debugger: nobody waits for that.
const LOOK: Duration = Duration::from_millis(10);

/// The processes of earlier generations.
#[derive(Debug)]
pub(super) struct Retired {
    finishing: JoinSet<()>,
    handles: VecDeque<AbortHandle>,
    tell: UnboundedSender<News>,
    news: UnboundedReceiver<News>,
}

/// What becomes of a retired process, where that is worth telling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// One of its requests is in a debugger, so it goes on.
    Debugged,
    /// It was ended in the middle of requests, or ended by itself.
    BrokenOff,
}

impl Retired {
    pub(super) fn new() -> Self {
        let (tell, news) = unbounded_channel();
        Self {
            finishing: JoinSet::new(),
            handles: VecDeque::new(),
            tell,
            news,
        }
    }

    /// Lets processes that get no more requests finish those they have, and ends them.
    pub(super) fn take(&mut self, processes: impl Iterator<Item = Process>) {
        for process in processes {
            let task = self.finishing.spawn(finish(process, self.tell.clone()));
            self.handles.push_back(task);
        }
        while self.finishing.try_join_next().is_some() {}
        self.handles.retain(|handle| !handle.is_finished());
        while self.handles.len() > MOST {
            // Dropping a process kills it.
            if let Some(oldest) = self.handles.pop_front() {
                oldest.abort();
            }
        }
    }

    /// What there is to tell next.
    pub(super) async fn news(&mut self) -> News {
        match self.news.recv().await {
            Some(news) => news,
            // Not while we are here.
            None => std::future::pending().await,
        }
    }

    /// Ends all of them at once.
    pub(super) async fn stop(mut self) {
        self.finishing.shutdown().await;
    }
}

/// Lets a process finish what it has, and ends it.
async fn finish(mut process: Process, tell: UnboundedSender<News>) {
    let tell = |news| {
        // Nobody listens any more only when everything ends.
        let _ = tell.send(news);
    };
    let mut is_told = false;
    let mut end = Instant::now() + GRACE;
    loop {
        match process.pending() {
            Some(0) => break process.stop().await,
            Some(_) => {}
            None => {
                tell(News::BrokenOff);
                break process.stop().await;
            }
        }
        if process.is_debugged() {
            // Once the debugger is left, the requests have all of their time.
            end = Instant::now() + GRACE;
            if !std::mem::replace(&mut is_told, true) {
                tell(News::Debugged);
            }
        } else if Instant::now() >= end {
            tell(News::BrokenOff);
            break process.retire().await;
        }
        tokio::select! {
            // It is gone: the requests have been told.
            () = process.ended() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}
