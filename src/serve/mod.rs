//! The HTTP front: it owns the listening sockets, speaks HTTP/1.1 with clients, and forwards
//! requests to whatever [`Upstream`] says is there.
//!
//! - `connection`: one client connection, request after request
//! - `outgoing`: a request in the form that is sent on; `backend`: what it is sent to
//! - `body`, `spool`: reading a request body that a worker must know first
//! - `forward`: one request and its response; `passage`: the two ways that they go, to a worker or
//!   to an application that speaks HTTP; `upload`, `download` and `transmit`: bodies
//! - [`http`]: requests at applications that speak HTTP
//! - `socket`: a client's socket with its buffers and deadline; `stream`: the connection itself,
//!   which a worker reads long request bodies from
//! - `incoming`: what is to be known of a request beside its environ
//! - [`head`], [`chunks`], [`response`], `environ`, `host`: the rules, pure
//! - `reserved`, `events`: what is the front's own: event streams, which tell pages what happens;
//!   `notices`: what there is to tell
//! - `live`, [`injector`], `policy`: a script in the application's pages, if the user wants it
//! - [`Limits`]: how long clients are waited for; `patience`: with a body
//! - [`access_log`](AccessLog), `pages`, `clock`: what is shown
//! - [`address`], `listeners`: what to listen on; `tls`: clients that expect something else there
//!
//! HTTP is read here and not by a server library, because the rules that keep requests from being
//! read in two ways need the octets that such a library hides.
//!
//! Nothing here knows of processes.

mod access_log;
pub mod address;
mod backend;
mod body;
pub mod chunks;
mod clock;
mod connection;
mod download;
mod environ;
mod events;
mod forward;
pub mod head;
mod host;
pub mod http;
mod incoming;
pub mod injector;
mod known_files;
mod limits;
mod listeners;
mod live;
mod notices;
mod outgoing;
mod pages;
mod passage;
mod patience;
mod policy;
mod reserved;
pub mod response;
mod socket;
mod spool;
mod stream;
mod tls;
mod transmit;
mod upload;
mod upstream;

use std::{future::Future, io, sync::Arc, time::Duration};

use tokio::{sync::Semaphore, task::JoinSet};

pub use access_log::{AccessLog, Entry, LogFormat, Palette};
pub use backend::{Backend, Protocol};
pub use host::{HostPattern, Hosts, NotAHost};
pub use limits::Limits;
pub use listeners::Listener;
use listeners::Listeners;
use live::Live;
pub use notices::Notifier;
pub use upstream::{
    FailedStep, Failure, IsCurrent, RETRY_AFTER, State, Upstream, Workers, upstream,
};

/// What is said in `Server` and `SERVER_SOFTWARE`.
const SOFTWARE: &str = concat!("scaffold/", env!("CARGO_PKG_VERSION"));

/// Most connections served at once; more wait in the system's queue. A browser opens six, a load
/// generator thousands; an idle one costs less than 6 KiB.
const MAX_CONNECTIONS: usize = 16 * 1024;

/// How long is waited after the system could not accept a connection, which it cannot when it has
/// no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What a front is to be like.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The hosts that are answered, beside those that the application allows.
    pub hosts: Hosts,
    /// How long clients are waited for.
    pub limits: Limits,
    /// What is spoken with what requests are sent to.
    pub protocol: Protocol,
    /// Whether the application's pages get a script that loads them anew when they change.
    pub live_reload: bool,
}

/// What there is to know of the site that is served, at one of its addresses.
#[derive(Debug)]
struct Site {
    settings: Arc<Settings>,
    /// The name or address that the user asked to bind: the application's `SERVER_NAME`.
    name: String,
    /// The port that it is bound to.
    port: u16,
}

/// What the connections share, and the address that one of them came to.
#[derive(Clone, Debug)]
struct Front {
    site: Arc<Site>,
    upstream: Upstream,
    log: AccessLog,
    /// What puts the script into pages, if they are to have it.
    live: Option<Arc<Live>>,
    /// Places for event streams.
    streams: Arc<Semaphore>,
}

/// The HTTP front of one site.
#[derive(Debug)]
pub struct Server {
    listeners: Listeners,
    upstream: Upstream,
    log: AccessLog,
    live: Option<Arc<Live>>,
}

impl Server {
    /// A server on these listeners. To be called in a Tokio runtime.
    pub fn new(
        listeners: Vec<Listener>,
        settings: Settings,
        upstream: Upstream,
        log: AccessLog,
    ) -> io::Result<Self> {
        let live = settings
            .live_reload
            .then(|| Arc::new(Live::new(upstream.notifier.clone(), log.clone())));
        Ok(Self {
            listeners: Listeners::new(listeners, &Arc::new(settings))?,
            upstream,
            log,
            live,
        })
    }

    /// Serves until `shutdown` ends; every connection is closed then.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let Self {
            mut listeners,
            upstream,
            log,
            live,
        } = self;
        let streams = Arc::new(Semaphore::new(events::MAX_STREAMS));
        let mut connections = JoinSet::new();
        let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        let accept = async {
            loop {
                let Ok(place) = Arc::clone(&places).acquire_owned().await else {
                    return;
                };
                match listeners.accept().await {
                    Ok((stream, peer, site)) => {
                        let front = Front {
                            site,
                            upstream: upstream.clone(),
                            log: log.clone(),
                            live: live.clone(),
                            streams: Arc::clone(&streams),
                        };
                        connections.spawn(async move {
                            connection::serve(stream, peer, front).await;
                            drop(place);
                        });
                        // Those that have ended need not be kept.
                        while connections.try_join_next().is_some() {}
                    }
                    Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
                }
            }
        };
        tokio::select! {
            () = accept => {}
            () = shutdown => {}
        }
        connections.shutdown().await;
    }
}
