//! The end of serving: first no more requests are taken, and those under way are finished; then
//! everything ends, finished or not. Whoever decides when has the [`Shutdown`].

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::sync::watch;

/// How far the end has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Serving,
    Finishing,
    Over,
}

/// Decides about the end of servers. When this is dropped, everything is over.
#[derive(Debug)]
pub struct Shutdown {
    stage: watch::Sender<Stage>,
    /// Nothing is ever sent: who has a receiver is waited for.
    waited_for: watch::Sender<()>,
}

/// The part that a server, or one of its connections, has in the end: it hears of it, and is waited
/// for until this is dropped or released.
#[derive(Clone, Debug)]
pub struct ShutdownGuard {
    /// None of its values is ever marked as seen.
    stage: watch::Receiver<Stage>,
    held: Option<watch::Receiver<()>>,
}

impl Default for Shutdown {
    fn default() -> Self {
        Self {
            stage: watch::Sender::new(Stage::Serving),
            waited_for: watch::Sender::new(()),
        }
    }
}

impl Shutdown {
    /// A guard, to be taken before the end begins. Its clones are waited for as well.
    #[must_use]
    pub fn guard(&self) -> ShutdownGuard {
        ShutdownGuard {
            stage: self.stage.subscribe(),
            held: Some(self.waited_for.subscribe()),
        }
    }

    /// From now on no more requests are taken.
    pub fn finish(&self) {
        self.stage.send_replace(Stage::Finishing);
    }

    /// Waits until no guard is left.
    pub async fn finished(&self) {
        self.waited_for.closed().await;
    }

    /// How many guards are left: once the servers have heard of the end, of requests under way.
    #[must_use]
    pub fn unfinished(&self) -> usize {
        self.waited_for.receiver_count()
    }

    /// Everything is over.
    pub fn end(&self) {
        self.stage.send_replace(Stage::Over);
    }
}

impl ShutdownGuard {
    /// Waits until everything is over, without being waited for.
    pub fn over(&self) -> impl Future<Output = ()> + use<> {
        self.reached(Stage::Over)
    }

    /// Waits until no more requests are taken, without being waited for.
    pub fn begins(&self) -> impl Future<Output = ()> + Send + use<> {
        self.reached(Stage::Finishing)
    }

    /// Whether no more requests are taken.
    pub(super) fn is_begun(&self) -> bool {
        // Also where nobody is left who decides.
        self.stage.has_changed().unwrap_or(true)
    }

    /// The same as [`Self::begins`], for whoever waits for something else as well.
    pub(super) fn begun(&self) -> Begun {
        Begun(Box::pin(self.begins()))
    }

    /// Is no longer waited for.
    pub(super) fn release(&mut self) {
        self.held = None;
    }

    fn reached(&self, stage: Stage) -> impl Future<Output = ()> + Send + use<> {
        let mut receiver = self.stage.clone();
        async move {
            // Without a sender it has come, too.
            let _ = receiver.wait_for(|now| *now >= stage).await;
        }
    }
}

/// The beginning of the end. It stays where it waits from one poll to the next, so that a connection
/// does not have to get in line anew after each request.
pub(super) struct Begun(Pin<Box<dyn Future<Output = ()> + Send>>);

impl Begun {
    /// To be polled until it is ready, and not again.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.0.as_mut().poll(context)
    }
}

impl fmt::Debug for Begun {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Begun").finish_non_exhaustive()
    }
}
