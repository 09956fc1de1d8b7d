//! The handle on an application that speaks HTTP itself: the connections to it, and how many
//! requests it has.

use std::{
    fmt,
    io::{self, ErrorKind},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rustix::io::Errno;
use socket2::{Domain, SockAddr, Socket, Type};
use tokio::net::UnixStream;

use super::{FailureKind, HttpExchange, exchange::Question, link::Link};
use crate::wire::{Cause, Loss, Refused, message::ApplicationError};

/// Most requests that one application may have at a time, as many as a worker may: twice the
/// connections that the front serves.
const MAX_PENDING: usize = 32 * 1024;

/// Most connections that are kept for further requests: more than any browser, and most load
/// generators, have at once. Each is a task of the application's and a descriptor on both sides.
const MAX_IDLE: usize = 256;

/// What an application said where it gave no response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What went wrong.
    pub kind: FailureKind,
    /// Its text; of the panic's, with the place and the backtrace. At most 64 KiB are kept.
    pub text: String,
}

/// Makes what a page shows of what an application said.
pub type Explain = Arc<dyn Fn(Said) -> ApplicationError + Send + Sync>;

/// Sends requests to one application that listens on a Unix socket. Clones go to the same one.
#[derive(Clone)]
pub struct HttpClient {
    shared: Arc<Shared>,
}

struct Shared {
    address: SockAddr,
    explain: Explain,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Connections without a request; the one used last is the last.
    idle: Vec<Link>,
    pending: usize,
    closed: Option<Cause>,
}

/// What came of an attempt to connect.
pub(super) enum Connecting {
    Connected(Link),
    /// It has too many connections waiting, or this process too many descriptors open.
    Later,
    /// Nobody listens there.
    Gone,
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("HttpClient")
            .field("address", &self.shared.address)
            .field("pending", &self.pending())
            .finish_non_exhaustive()
    }
}

impl HttpClient {
    /// A handle on the application that listens at `socket`. An error means that no socket can be
    /// there: the system allows some hundred octets for its path.
    pub fn new(socket: &Path, explain: Explain) -> io::Result<Self> {
        Ok(Self {
            shared: Arc::new(Shared {
                address: SockAddr::unix(socket)?,
                explain,
                state: Mutex::default(),
            }),
        })
    }

    /// How many requests are with the application, connections that were switched to another
    /// protocol counted; `None` where it is gone.
    #[must_use]
    pub fn pending(&self) -> Option<usize> {
        let state = self.lock();
        state.closed.is_none().then_some(state.pending)
    }

    /// Notes that the application is gone, or about to be ended, and why: it gets no request any
    /// more, and those under way are told so when their connections end.
    pub fn close(&self, cause: Cause) {
        let mut state = self.lock();
        state.closed.get_or_insert(cause);
        state.idle.clear();
    }

    /// A request, which is not sent yet.
    pub(in crate::serve) fn open(&self, question: Question) -> Result<HttpExchange, Refused> {
        let idle = {
            let mut state = self.lock();
            if state.closed.is_some() {
                return Err(Refused::Lost);
            }
            if state.pending >= MAX_PENDING {
                return Err(Refused::Busy);
            }
            let mut idle = state.idle.pop();
            while idle.as_ref().is_some_and(|link| !link.is_quiet()) {
                idle = state.idle.pop();
            }
            idle
        };
        let connecting = idle.map_or_else(|| self.connect(), Connecting::Connected);
        let link = match connecting {
            Connecting::Connected(link) => Some(link),
            Connecting::Later => None,
            Connecting::Gone => return Err(Refused::Lost),
        };
        self.lock().pending += 1;
        Ok(HttpExchange::new(self.clone(), link, question))
    }

    /// Connects, which does not wait on a Unix socket.
    pub(super) fn connect(&self) -> Connecting {
        match connect(&self.shared.address) {
            Ok(_) if self.lock().closed.is_some() => Connecting::Gone,
            Ok(stream) => Connecting::Connected(Link::new(stream)),
            Err(error) if is_passing(&error) => Connecting::Later,
            Err(_) => Connecting::Gone,
        }
    }

    /// Takes back a connection on which nothing is under way.
    pub(super) fn keep(&self, mut link: Link) {
        let mut state = self.lock();
        if state.closed.is_none() && state.idle.len() < MAX_IDLE {
            link.rest();
            state.idle.push(link);
        }
    }

    /// A request is over, or was given up.
    pub(super) fn finish(&self) {
        self.lock().pending -= 1;
    }

    /// How a request was lost whose connection has ended.
    pub(super) fn loss(&self) -> Loss {
        let state = self.lock();
        Loss {
            cause: state.closed.unwrap_or_default(),
            // Which one held the others up is not known.
            is_latest: state.pending <= 1,
        }
    }

    pub(super) fn explain(&self, said: Said) -> ApplicationError {
        (self.shared.explain)(said)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        let state = self.shared.state.lock();
        state.unwrap_or_else(PoisonError::into_inner)
    }
}

fn connect(address: &SockAddr) -> io::Result<UnixStream> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.connect(address)?;
    UnixStream::from_std(socket.into())
}

/// Whether the next attempt to connect may succeed.
fn is_passing(error: &io::Error) -> bool {
    let is_full = [Errno::MFILE, Errno::NFILE, Errno::NOBUFS, Errno::NOMEM]
        .iter()
        .any(|errno| error.raw_os_error() == Some(errno.raw_os_error()));
    is_full || matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}
