//! The HTTP front: it owns the listening sockets, speaks HTTP/1.1 with clients, and forwards
//! requests to whatever [`Upstream`] says is there.
//!
//! - `server`: accepting connections; `connection`: one of them, request after request
//! - `shutdown`: how they come to their end
//! - `directory`: several sites at one address; `lobby`: what is there beside them
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
mod directory;
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
mod lobby;
mod notices;
mod outgoing;
mod pages;
mod passage;
mod patience;
mod policy;
mod reserved;
pub mod response;
mod server;
mod shutdown;
mod socket;
mod spool;
mod stream;
mod tls;
mod transmit;
mod upload;
mod upstream;

use std::sync::Arc;

use tokio::sync::Semaphore;

pub use access_log::{AccessLog, Entry, Label, LogFormat, Palette};
pub use backend::{Backend, Protocol};
pub use directory::Hosted;
use directory::{Directory, Neighbour};
pub use host::{HostPattern, Hosts, NotAHost};
pub use limits::Limits;
pub use listeners::Listener;
use listeners::Listeners;
use live::Live;
pub use lobby::{Listed, Lobby};
pub use notices::Notifier;
pub use server::Server;
pub use shutdown::{Shutdown, ShutdownGuard};
pub use upstream::{
    FailedStep, Failure, IsCurrent, RETRY_AFTER, State, Upstream, Workers, upstream,
};

/// What is said in `Server` and `SERVER_SOFTWARE`.
const SOFTWARE: &str = concat!("scaffold/", env!("CARGO_PKG_VERSION"));

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

impl Front {
    /// Whether both are of the same site at the same address.
    fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.site, &other.site)
    }
}

/// What the connections of one site share, at whichever of its addresses.
#[derive(Debug)]
struct Answering {
    settings: Arc<Settings>,
    upstream: Upstream,
    log: AccessLog,
    live: Option<Arc<Live>>,
    streams: Arc<Semaphore>,
}

impl Answering {
    fn new(settings: Settings, upstream: Upstream, log: AccessLog) -> Self {
        let live = settings
            .live_reload
            .then(|| Arc::new(Live::new(upstream.notifier.clone(), log.clone())));
        Self {
            settings: Arc::new(settings),
            upstream,
            log,
            live,
            streams: Arc::new(Semaphore::new(events::MAX_STREAMS)),
        }
    }

    /// The front at an address that the user calls so, at that port.
    fn at(&self, name: String, port: u16) -> Front {
        Front {
            site: Arc::new(Site {
                settings: Arc::clone(&self.settings),
                name,
                port,
            }),
            upstream: self.upstream.clone(),
            log: self.log.clone(),
            live: self.live.clone(),
            streams: Arc::clone(&self.streams),
        }
    }
}

/// Where a listening socket leads to.
#[derive(Clone, Debug)]
enum Entrance {
    /// To the only site.
    One(Front),
    /// To any of several, as each request says.
    Several(Arc<Directory>),
}
