//! The server: it accepts connections, until it is told to stop.

use std::{future::poll_fn, io, sync::Arc, time::Duration};

use futures_util::FutureExt as _;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::{JoinSet, coop::unconstrained},
};

use super::{
    AccessLog, Answering, Directory, Entrance, Hosted, Listener, Listeners, Lobby, Neighbour,
    Settings, ShutdownGuard, Upstream, connection, listeners::Accepted,
};

/// Most connections served at once; more wait in the system's queue. A browser opens six, a load
/// generator thousands; an idle one costs less than 6 KiB.
const MAX_CONNECTIONS: usize = 16 * 1024;

/// How long is waited after the system could not accept a connection, which it cannot when it has
/// no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How many connections may fail while the last ones are accepted: each of them may be one whose
/// client has gone, or the system has no file descriptors left.
const MAX_FAILURES: usize = 100;

/// The HTTP front of one site, or of several that have their addresses in common.
#[derive(Debug)]
pub struct Server {
    listeners: Listeners,
    /// What those who ask for no site come to, where there are several.
    lobby: Option<Arc<Lobby>>,
}

impl Server {
    /// The server of one site. To be called in a Tokio runtime.
    pub fn new(
        listeners: Vec<Listener>,
        settings: Settings,
        upstream: Upstream,
        log: AccessLog,
    ) -> io::Result<Self> {
        let answering = Answering::new(settings, upstream, log);
        let entrance = |name, port| Entrance::One(answering.at(name, port));
        Ok(Self {
            listeners: Listeners::new(listeners, entrance)?,
            lobby: None,
        })
    }

    /// The server of several sites, each request of which says by its host which one it is for. To
    /// be called in a Tokio runtime.
    pub fn of_several(
        listeners: Vec<Listener>,
        lobby: Lobby,
        sites: Vec<Hosted>,
    ) -> io::Result<Self> {
        let lobby = Arc::new(lobby);
        let sites: Vec<_> = sites.into_iter().map(Neighbour::from).collect();
        let entrance = |name: String, port| {
            Entrance::Several(Arc::new(Directory::new(&lobby, &sites, &name, port)))
        };
        Ok(Self {
            listeners: Listeners::new(listeners, entrance)?,
            lobby: Some(lobby),
        })
    }

    /// Serves until the end that `guard` hears of. When that begins, the sockets are closed; when it
    /// is over, so is every connection.
    pub async fn run(self, guard: ShutdownGuard) {
        let Self {
            mut listeners,
            lobby,
        } = self;
        let mut connections = Connections {
            tasks: JoinSet::new(),
            guard,
        };
        if let Some(lobby) = lobby {
            connections.tasks.spawn(async move { lobby.follow().await });
        }
        let mut end = connections.guard.begun();
        let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        let accept = async {
            loop {
                let Ok(place) = Arc::clone(&places).acquire_owned().await else {
                    return;
                };
                match listeners.accept().await {
                    Ok(accepted) => connections.serve(accepted, place),
                    Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
                }
            }
        };
        tokio::select! {
            () = accept => {}
            () = poll_fn(|context| end.poll(context)) => {}
        }
        // Who has connected may have sent a request, too.
        let mut failures = 0;
        while failures < MAX_FAILURES
            && let Ok(place) = Arc::clone(&places).try_acquire_owned()
            && let Some(accepted) = unconstrained(listeners.accept()).now_or_never()
        {
            match accepted {
                Ok(accepted) => connections.serve(accepted, place),
                Err(_) => failures += 1,
            }
        }
        drop(listeners);
        connections.end().await;
    }
}

/// The connections of a server.
struct Connections {
    tasks: JoinSet<()>,
    guard: ShutdownGuard,
}

impl Connections {
    /// Serves one more, which has that place among them.
    fn serve(&mut self, (stream, peer, entrance): Accepted, place: OwnedSemaphorePermit) {
        let guard = self.guard.clone();
        self.tasks.spawn(async move {
            connection::serve(stream, peer, entrance, guard).await;
            drop(place);
        });
        // Those that have ended need not be kept.
        while self.tasks.try_join_next().is_some() {}
    }

    /// Lets them come to their end until everything is over.
    async fn end(self) {
        let Self { mut tasks, guard } = self;
        let over = guard.over();
        drop(guard);
        over.await;
        tasks.shutdown().await;
    }
}
