//! The requests under way at one worker, and the handle for one of them.
//!
//! Events are queued in the table, in the order in which the worker sent them, until the
//! connection that waits for them comes. What a worker may queue is bounded by the window; one
//! that sends more, or frames that make no sense, has broken the protocol and is given up.

use std::{
    fs::File,
    io,
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use bytes::{BufMut, Bytes};

use super::{
    body::BodySource,
    files::{FileSender, Files},
    found::FoundFile,
    frame::{self, Frame, Kind, RequestId},
    link::{LinkError, Refused},
    message::{self, ApplicationError, ResponseHead},
    outbox::Outbox,
    table::{Owner, Progress, Table, Upload},
};

/// Why the rest of a request body does not come once nobody is left to send it.
const GONE: &str = "the client is gone";

/// What happens to a request, in order.
#[derive(Debug)]
pub enum Event {
    /// The whole response. Nothing follows.
    Response(ResponseHead, Bytes),
    /// The response's head; its body follows.
    Head(ResponseHead),
    /// Octets of the body, never empty. Give them back with [`Exchange::credit`] once they are on
    /// their way to the client.
    Block(Bytes),
    /// The end of the body. Nothing follows.
    End,
    /// The body, or the rest of it, is in a file. Nothing follows.
    File(FilePart),
    /// The application failed. Nothing follows.
    Failed(ApplicationError),
    /// The application wants to read the request body.
    Want,
    /// All of the request body has been read from the client's connection.
    Received,
    /// The request means a file that can be sent without the worker from now on.
    Found(Box<FoundFile>),
    /// The worker is gone, and had begun the request. Nothing follows.
    Lost(Loss),
    /// The worker is gone, and had not begun the request: another one may have it. Nothing follows.
    NotBegun,
}

/// A part of a file.
#[derive(Debug)]
pub struct FilePart {
    /// The file. Where it stands means nothing.
    pub file: File,
    /// Where the part begins, in octets.
    pub offset: u64,
    /// How long it is, in octets.
    pub length: u64,
}

/// How a worker was lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loss {
    /// Why.
    pub cause: Cause,
    /// Of those that it had begun and not ended, this was begun last.
    pub is_latest: bool,
}

/// Why a worker was lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cause {
    /// It ended, or was ended, in whatever way.
    #[default]
    Gone,
    /// It was given up after it had not reacted for so many seconds.
    Silent(NonZeroU32),
    /// It was ended because the project has been changed since it was loaded.
    Outdated,
}

impl Event {
    pub(super) fn is_last(&self) -> bool {
        matches!(
            self,
            Self::Response(..)
                | Self::End
                | Self::File(_)
                | Self::Failed(_)
                | Self::Lost(_)
                | Self::NotBegun
        )
    }
}

/// The requests under way at one worker. Clones are the same set.
#[derive(Clone, Debug)]
pub(super) struct Exchanges {
    table: Arc<Mutex<Table>>,
    control: Outbox,
    files: FileSender,
}

impl Exchanges {
    /// An empty set; what concerns requests under way is sent by `control` and `files`.
    pub(super) fn new(control: Outbox, files: FileSender) -> Self {
        Self {
            table: Arc::default(),
            control,
            files,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A slot for a new request.
    pub(super) fn open(&self) -> Result<Exchange, Refused> {
        let id = self.lock().open()?;
        Ok(Exchange {
            exchanges: self.clone(),
            id,
        })
    }

    /// How many requests are with the worker; `None` where it is gone.
    pub(super) fn pending(&self) -> Option<usize> {
        let table = self.lock();
        (!table.closed).then_some(table.progress.pending)
    }

    /// How the worker is getting on.
    pub(super) fn progress(&self) -> Progress {
        self.lock().progress
    }

    /// Takes frames of the data connection to those who wait for them.
    pub(super) fn deliver(&self, frame: Frame, files: &mut Files) -> Result<(), LinkError> {
        let Frame { kind, id, payload } = frame;
        let event = match kind {
            Kind::Response => {
                let (head, body) = ResponseHead::from_response(payload)?;
                Event::Response(head, body)
            }
            Kind::Head => Event::Head(ResponseHead::from_head(payload)?),
            Kind::Block => Event::Block(payload),
            Kind::End => Event::End,
            Kind::File => {
                let (offset, length) = message::file_part(payload)?;
                Event::File(FilePart {
                    file: files.take(id)?,
                    offset,
                    length,
                })
            }
            Kind::Error => Event::Failed(ApplicationError::decode(payload)?),
            Kind::Received => Event::Received,
            Kind::Found => Event::Found(Box::new(FoundFile::decode(payload)?)),
            other => return Err(LinkError::Misplaced(other)),
        };
        let mut table = self.lock();
        let slot = match table.slot(id) {
            // A thread of the application may read on after the answer.
            slot if kind == Kind::Received && slot.as_ref().is_none_or(|slot| slot.finished) => {
                return Ok(());
            }
            slot => slot.ok_or(LinkError::UnknownRequest(id))?,
        };
        slot.accept(kind, &event)?;
        let (owner, last) = (slot.owner, event.is_last());
        if owner == Owner::Exchange {
            slot.events.push_back(event);
            if let Some(waker) = slot.waker.take() {
                waker.wake();
            }
        }
        if last {
            table.progress.pending -= 1;
            if owner == Owner::Worker {
                table.release(id);
            }
        }
        drop(table);
        if owner == Owner::Worker && kind == Kind::Head {
            self.cancel(id);
        }
        Ok(())
    }

    /// The worker wants a request body. The request may have ended meanwhile: the two connections
    /// are not in step.
    pub(super) fn want(&self, id: RequestId) {
        let mut table = self.lock();
        let Some(slot) = table.slot(id) else {
            return;
        };
        if slot.owner == Owner::Worker {
            drop(table);
            self.fail_body(id, GONE);
            return;
        }
        if slot.upload == Upload::Lent {
            return;
        }
        slot.upload = Upload::Wanted;
        if let Some(waker) = slot.waker.take() {
            waker.wake();
        }
    }

    /// The worker is gone, having begun so many requests: every request gets [`Event::Lost`] or
    /// [`Event::NotBegun`], and no new one is accepted.
    pub(super) fn close(&self, begun: u64, cause: Cause) {
        let mut table = self.lock();
        table.closed = true;
        let latest = table.latest(begun);
        for slot in &mut table.slots {
            if slot.owner == Owner::Exchange && !slot.finished {
                slot.finished = true;
                slot.events.push_back(if slot.sequence > begun {
                    Event::NotBegun
                } else {
                    Event::Lost(Loss {
                        cause,
                        is_latest: slot.sequence == latest,
                    })
                });
                if let Some(waker) = slot.waker.take() {
                    waker.wake();
                }
            }
        }
        table.progress.pending = 0;
    }

    fn cancel(&self, id: RequestId) {
        self.send(Kind::Cancel, id, b"");
    }

    fn fail_body(&self, id: RequestId, reason: &str) {
        self.send(Kind::BodyFail, id, reason.as_bytes());
    }

    fn send(&self, kind: Kind, id: RequestId, payload: &[u8]) {
        self.control
            .push(|out| frame::put(out, kind, id, |out| out.put_slice(payload)));
    }
}

/// One request at a worker. Dropping it before its last event cancels it.
#[derive(Debug)]
pub struct Exchange {
    exchanges: Exchanges,
    id: RequestId,
}

impl Exchange {
    pub(super) fn id(&self) -> RequestId {
        self.id
    }

    /// Notes that the request is being sent, after all those before it.
    pub(super) fn note_sent(&self) {
        self.exchanges.lock().note_sent(self.id);
    }

    /// The next event if it is there already.
    pub fn try_event(&mut self) -> Option<Event> {
        match self.poll_event(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(event) => Some(event),
            Poll::Pending => None,
        }
    }

    /// The next event. Some of them say that nothing comes after them.
    pub fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Event> {
        let mut table = self.exchanges.lock();
        let Some(slot) = table.slot(self.id) else {
            return Poll::Ready(Event::Lost(Loss::default()));
        };
        if slot.upload == Upload::Wanted {
            slot.upload = Upload::Idle;
            return Poll::Ready(Event::Want);
        }
        if let Some(event) = slot.events.pop_front() {
            return Poll::Ready(event);
        }
        match &mut slot.waker {
            Some(waker) => waker.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
        Poll::Pending
    }

    /// Sends the worker what it can read the request body from; after [`Event::Want`], and once.
    /// Of a connection the worker has the reading side until [`Event::Received`].
    pub fn send_body(&self, source: BodySource<'_>) -> io::Result<()> {
        if let BodySource::Connection { .. } = source
            && let Some(slot) = self.exchanges.lock().slot(self.id)
        {
            slot.upload = Upload::Lent;
        }
        if let Some(descriptor) = source.descriptor() {
            self.exchanges.files.send(self.id, descriptor)?;
        }
        self.exchanges.control.push(|out| source.put(out, self.id));
        Ok(())
    }

    /// The request body will not be completed.
    pub fn fail_body(&self, reason: &str) {
        self.exchanges.fail_body(self.id, reason);
    }

    /// The client took this many octets of the response body.
    pub fn credit(&self, octets: usize) {
        if let Some(slot) = self.exchanges.lock().slot(self.id) {
            slot.unacknowledged = slot.unacknowledged.saturating_sub(octets);
        }
        self.exchanges
            .control
            .push(|out| message::put_amount(out, Kind::Credit, self.id, octets));
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let mut table = self.exchanges.lock();
        let Some(slot) = table.slot(self.id) else {
            return;
        };
        if slot.finished {
            table.release(self.id);
            return;
        }
        slot.owner = Owner::Worker;
        slot.events.clear();
        slot.waker = None;
        let head_seen = slot.head_seen;
        drop(table);
        // The application may be waiting for octets of the body that nobody will send. Where it
        // only begins to wait later, it is told then.
        self.exchanges.fail_body(self.id, GONE);
        // Before its head the worker cannot be told: see "A request", 6, in the protocol.
        if head_seen {
            self.exchanges.cancel(self.id);
        }
    }
}
