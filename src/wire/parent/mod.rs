//! The connection to a forkserver: `docs/worker-protocol.md`, "Forkserver".
//!
//! - `parcel`: frames with descriptors
//! - `books`: which forks and workers are under way

mod books;
mod parcel;
#[cfg(test)]
mod tests;

use std::{
    io,
    os::{fd::OwnedFd, unix::net::UnixStream as StdUnixStream},
    sync::Arc,
};

use bytes::{BufMut as _, BytesMut};
use tokio::{
    io::AsyncReadExt as _,
    net::{
        UnixStream,
        unix::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::{mpsc, oneshot},
    task::JoinSet,
};

use super::{
    frame::{self, Kind},
    link::LinkError,
    marshal::Encoder,
    message::{Configure, Report},
};
use books::{Answer, Books};
use parcel::Parcel;

/// How many frames may wait to be written. A forkserver reads between any two imports; where more
/// have gathered, it does not react any more.
const MAX_WAITING: usize = 64;

/// What a forkserver has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It imports modules, and can fork all the same.
    Busy,
    /// It has imported what it can. What it cannot, it refuses: names and reasons.
    Warm(Report),
    /// It will fork no more: the module that is to blame, or nothing, and the reason.
    Unfit(Report),
    /// The connection is closed.
    Lost,
}

/// The connection to one forkserver. Clones are the same; it closes when the last one is dropped.
#[derive(Clone, Debug)]
pub struct Parent {
    outgoing: mpsc::Sender<Parcel>,
    books: Arc<Books>,
    _tasks: Arc<JoinSet<()>>,
}

impl Parent {
    /// Starts serving the connection and sends the forkserver its configuration.
    ///
    /// Must be called inside a Tokio runtime.
    pub fn start(connection: StdUnixStream, configure: &Configure) -> io::Result<Self> {
        connection.set_nonblocking(true)?;
        let (read_half, write_half) = UnixStream::from_std(connection)?.into_split();
        let (outgoing, parcels) = mpsc::channel(MAX_WAITING);
        let books = Arc::new(Books::new());
        let mut tasks = JoinSet::new();
        tasks.spawn(write(write_half, parcels));
        tasks.spawn(read(read_half, Arc::clone(&books), outgoing.downgrade()));
        let parent = Self {
            outgoing,
            books,
            _tasks: Arc::new(tasks),
        };
        parent.send(Vec::new(), |out| configure.put(out));
        Ok(parent)
    }

    /// Has modules imported, in this order.
    pub fn preload<'m>(&self, modules: impl ExactSizeIterator<Item = &'m str>) {
        let number = self.books.preload();
        self.send(Vec::new(), |out| {
            frame::put(out, Kind::Preload, number, |out| {
                let mut encoder = Encoder::new(out);
                encoder.list(modules.len());
                for module in modules {
                    encoder.text(module);
                }
            });
        });
    }

    /// Has a worker forked, which gets these ends of its connections.
    #[must_use]
    pub fn fork(&self, connections: [OwnedFd; 4]) -> Forking {
        let (number, answer) = self.books.fork();
        let is_sent = self.send(connections.into(), |out| {
            frame::put(out, Kind::Fork, number, |_| {});
        });
        if !is_sent {
            self.books.give_up(number);
        }
        Forking {
            parent: self.clone(),
            answer,
        }
    }

    /// What it has come to now.
    #[must_use]
    pub fn condition(&self) -> Condition {
        self.books.condition.borrow().clone()
    }

    /// Waits until it is no longer busy.
    pub async fn settled(&self) -> Condition {
        let mut condition = self.books.condition.subscribe();
        let settled = condition.wait_for(|now| *now != Condition::Busy).await;
        settled.map_or(Condition::Lost, |now| now.clone())
    }

    /// False where it cannot be sent.
    fn send(&self, descriptors: Vec<OwnedFd>, fill: impl FnOnce(&mut BytesMut)) -> bool {
        let mut octets = BytesMut::new();
        fill(&mut octets);
        let octets = octets.freeze();
        self.outgoing
            .try_send(Parcel {
                octets,
                descriptors,
            })
            .is_ok()
    }
}

/// A worker that is being forked. Dropping this kills it, should it be forked all the same.
#[derive(Debug)]
pub struct Forking {
    parent: Parent,
    answer: oneshot::Receiver<Answer>,
}

impl Forking {
    /// Waits for the worker, or for the reason why there is none.
    pub async fn done(self) -> Result<Child, String> {
        match self.answer.await {
            Ok(Ok((pid, exit))) => Ok(Child {
                pid,
                exit,
                status: None,
                parent: self.parent,
            }),
            Ok(Err(reason)) => Err(reason),
            Err(_) => Err("the forkserver is gone".to_owned()),
        }
    }
}

/// A forked worker's process. Dropping this kills it.
#[derive(Debug)]
pub struct Child {
    pid: u32,
    exit: oneshot::Receiver<i32>,
    status: Option<i32>,
    parent: Parent,
}

impl Child {
    /// The process's number, as long as it has not been waited for.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.status.is_none().then_some(self.pid)
    }

    /// Waits for its end and gives the wait status, as `waitpid` does. An error means that its
    /// parent is gone, and it with it. May be called again.
    pub async fn wait(&mut self) -> io::Result<i32> {
        if let Some(status) = self.status {
            return Ok(status);
        }
        let status = (&mut self.exit)
            .await
            .map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        self.status = Some(status);
        Ok(status)
    }

    /// Has its parent kill it: only the parent knows whether the number still means it.
    pub fn kill(&self) {
        self.parent.send(Vec::new(), |out| put_kill(out, self.pid));
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if self.status.is_none() {
            self.kill();
        }
    }
}

fn put_kill(out: &mut BytesMut, pid: u32) {
    frame::put(out, Kind::Kill, 0, |out| out.put_u32_le(pid));
}

async fn write(connection: OwnedWriteHalf, mut parcels: mpsc::Receiver<Parcel>) {
    while let Some(parcel) = parcels.recv().await {
        if parcel.write(connection.as_ref()).await.is_err() {
            // It is for `read` to say that the other side is gone.
            return;
        }
    }
}

async fn read(connection: OwnedReadHalf, books: Arc<Books>, outgoing: mpsc::WeakSender<Parcel>) {
    // A fault of the other side ends the connection as its end does.
    let _ = read_frames(connection, &books, &outgoing).await;
    books.close();
}

async fn read_frames(
    mut connection: OwnedReadHalf,
    books: &Books,
    outgoing: &mpsc::WeakSender<Parcel>,
) -> Result<(), LinkError> {
    let mut buffer = BytesMut::new();
    while connection.read_buf(&mut buffer).await? > 0 {
        while let Some(frame) = frame::take(&mut buffer)? {
            let Some(pid) = books.note(frame)? else {
                continue;
            };
            let mut octets = BytesMut::new();
            put_kill(&mut octets, pid);
            if let Some(outgoing) = outgoing.upgrade() {
                // Without room the process still sees that its connections are closed.
                let _ = outgoing.try_send(Parcel {
                    octets: octets.freeze(),
                    descriptors: Vec::new(),
                });
            }
        }
    }
    Ok(())
}
