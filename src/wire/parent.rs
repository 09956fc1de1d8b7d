//! The connection to a forkserver: `docs/worker-protocol.md`, "Forkserver".

use std::{
    collections::HashMap,
    io,
    os::{fd::OwnedFd, unix::net::UnixStream as StdUnixStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use tokio::{
    io::AsyncReadExt as _,
    net::{
        UnixStream,
        unix::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::{mpsc, oneshot, watch},
    task::JoinSet,
};

use super::{
    frame::{self, Frame, Kind, RequestId},
    link::LinkError,
    marshal::{DecodeError, Encoder},
    message::{Configure, Report},
    parcel::Parcel,
};

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

/// What is under way.
#[derive(Debug)]
struct Books {
    open: Mutex<Open>,
    condition: watch::Sender<Condition>,
}

#[derive(Debug, Default)]
struct Open {
    last: RequestId,
    forks: HashMap<RequestId, oneshot::Sender<Answer>>,
    exits: HashMap<u32, oneshot::Sender<i32>>,
    /// The number of the last `PRELOAD`.
    preload: RequestId,
    /// Nothing more comes.
    is_closed: bool,
}

/// A process and the way to learn its end, or why there is none.
type Answer = Result<(u32, oneshot::Receiver<i32>), String>;

impl Parent {
    /// Starts serving the connection and sends the forkserver its configuration.
    ///
    /// Must be called inside a Tokio runtime.
    pub fn start(connection: StdUnixStream, configure: &Configure) -> io::Result<Self> {
        connection.set_nonblocking(true)?;
        let (read_half, write_half) = UnixStream::from_std(connection)?.into_split();
        let (outgoing, parcels) = mpsc::channel(MAX_WAITING);
        let books = Arc::new(Books {
            open: Mutex::default(),
            condition: watch::Sender::new(Condition::Busy),
        });
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
        let number = {
            let mut open = self.books.lock();
            open.preload = open.preload.wrapping_add(1);
            open.preload
        };
        self.books.condition.send_if_modified(|condition| {
            let was_warm = matches!(condition, Condition::Warm(_));
            if was_warm {
                *condition = Condition::Busy;
            }
            was_warm
        });
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
        let (answer, receiver) = oneshot::channel();
        let number = {
            let mut open = self.books.lock();
            open.last = open.last.wrapping_add(1);
            let number = open.last;
            if !open.is_closed {
                open.forks.insert(number, answer);
            }
            number
        };
        let is_sent = self.send(connections.into(), |out| {
            frame::put(out, Kind::Fork, number, |_| {});
        });
        if !is_sent {
            self.books.lock().forks.remove(&number);
        }
        Forking {
            parent: self.clone(),
            answer: receiver,
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

impl Books {
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Acts on a frame. Returns a process that nobody waits for any more.
    fn note(&self, frame: Frame) -> Result<Option<u32>, LinkError> {
        let Frame { kind, id, payload } = frame;
        match kind {
            Kind::Forked => {
                let (pid, _) = numbers(payload, false)?;
                let (exit, receiver) = oneshot::channel();
                let mut open = self.lock();
                open.exits.insert(pid, exit);
                let answer = open.forks.remove(&id);
                let answer = answer.ok_or(LinkError::UnknownRequest(id))?;
                return Ok(answer.send(Ok((pid, receiver))).err().map(|_| pid));
            }
            Kind::Cold => {
                let reason = String::from_utf8_lossy(&payload).into_owned();
                let answer = self.lock().forks.remove(&id);
                // Whoever no longer waits does not miss it.
                let _ = answer
                    .ok_or(LinkError::UnknownRequest(id))?
                    .send(Err(reason));
            }
            Kind::Exited => {
                let (pid, status) = numbers(payload, true)?;
                if let Some(exit) = self.lock().exits.remove(&pid) {
                    let _ = exit.send(status);
                }
            }
            Kind::Warm => {
                let report = Report::decode(payload)?;
                if id == self.lock().preload {
                    self.condition.send_replace(Condition::Warm(report));
                }
            }
            Kind::Unfit => {
                let report = Report::decode(payload)?;
                self.condition.send_replace(Condition::Unfit(report));
            }
            other => return Err(LinkError::Misplaced(other)),
        }
        Ok(None)
    }

    /// Nothing more comes: whoever waits is told.
    fn close(&self) {
        {
            let mut open = self.lock();
            open.is_closed = true;
            open.forks.clear();
            open.exits.clear();
        }
        self.condition.send_replace(Condition::Lost);
    }
}

/// A process's number and, where there is one, its wait status.
fn numbers(mut payload: Bytes, has_status: bool) -> Result<(u32, i32), DecodeError> {
    let truncated = |_| DecodeError::Truncated;
    let pid = payload.try_get_u32_le().map_err(truncated)?;
    let status = if has_status {
        payload.try_get_i32_le().map_err(truncated)?
    } else {
        0
    };
    match payload.len() {
        0 => Ok((pid, status)),
        left => Err(DecodeError::Trailing(left)),
    }
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
