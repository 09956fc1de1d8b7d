//! The requests under way at one worker, and the handle for one of them.
//!
//! Events are queued here, in the order in which the worker sent them, until the connection that
//! waits for them comes. What a worker may queue is bounded by the window; one that sends more,
//! or frames that make no sense, has broken the protocol and is given up.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use bytes::{BufMut, Bytes};

use super::{
    INLINE_BODY, WINDOW,
    frame::{self, Frame, Kind, RequestId},
    link::LinkError,
    marshal::DecodeError,
    message::{self, ApplicationError, ResponseHead},
    outbox::Outbox,
};

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
    /// The application failed. Nothing follows.
    Failed(ApplicationError),
    /// The application wants to read this many octets more of the request body.
    Want(usize),
    /// The worker is gone. Nothing follows.
    Lost,
}

impl Event {
    fn is_last(&self) -> bool {
        matches!(
            self,
            Self::Response(..) | Self::End | Self::Failed(_) | Self::Lost
        )
    }
}

/// Who may still do something with a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    /// Nobody: the slot may be given out.
    Free,
    /// An [`Exchange`] waits for events.
    Exchange,
    /// The exchange was dropped; the worker has not answered yet.
    Worker,
}

#[derive(Debug)]
struct Slot {
    generation: u16,
    owner: Owner,
    /// The worker has sent its last frame for this request.
    finished: bool,
    head_seen: bool,
    /// Octets of blocks that the client has not taken.
    unacknowledged: usize,
    wanted: usize,
    events: VecDeque<Event>,
    waker: Option<Waker>,
}

#[derive(Debug, Default)]
struct Table {
    slots: Vec<Slot>,
    free: Vec<u16>,
    pending: usize,
    completed: u64,
    closed: bool,
}

impl Table {
    fn slot(&mut self, id: RequestId) -> Option<&mut Slot> {
        let (generation, index) = split_id(id);
        self.slots
            .get_mut(usize::from(index))
            .filter(|slot| slot.generation == generation && slot.owner != Owner::Free)
    }

    fn release(&mut self, id: RequestId) {
        let (_, index) = split_id(id);
        if let Some(slot) = self.slot(id) {
            slot.owner = Owner::Free;
            slot.events.clear();
            slot.waker = None;
            self.free.push(index);
        }
    }
}

/// An id is a slot's index and a generation, so that a late frame for an ended request never
/// meets the slot's next one. The generation is never 0, so no id is 0 either.
fn split_id(id: RequestId) -> (u16, u16) {
    let [high1, high2, low1, low2] = id.to_be_bytes();
    (
        u16::from_be_bytes([high1, high2]),
        u16::from_be_bytes([low1, low2]),
    )
}

fn join_id(generation: u16, index: u16) -> RequestId {
    RequestId::from(generation) << 16 | RequestId::from(index)
}

/// How many requests are with the worker, and how many it has ended so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) pending: usize,
    pub(super) completed: u64,
}

/// The requests under way at one worker. Clones are the same set.
#[derive(Clone, Debug)]
pub(super) struct Exchanges {
    table: Arc<Mutex<Table>>,
    control: Outbox,
}

impl Exchanges {
    /// An empty set; what concerns requests under way is sent by `control`.
    pub(super) fn new(control: Outbox) -> Self {
        Self {
            table: Arc::default(),
            control,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A slot for a new request; `None` where the worker is gone or has too many.
    pub(super) fn open(&self) -> Option<Exchange> {
        let mut table = self.lock();
        if table.closed {
            return None;
        }
        let index = if let Some(index) = table.free.pop() {
            index
        } else {
            let index = u16::try_from(table.slots.len()).ok()?;
            table.slots.push(Slot::new());
            index
        };
        table.pending += 1;
        let slot = table.slots.get_mut(usize::from(index))?;
        slot.generation = slot.generation.checked_add(1).unwrap_or(1);
        slot.owner = Owner::Exchange;
        slot.finished = false;
        slot.head_seen = false;
        slot.unacknowledged = 0;
        slot.wanted = 0;
        let id = join_id(slot.generation, index);
        drop(table);
        Some(Exchange {
            exchanges: self.clone(),
            id,
        })
    }

    /// How the worker is getting on.
    pub(super) fn progress(&self) -> Progress {
        let table = self.lock();
        Progress {
            pending: table.pending,
            completed: table.completed,
        }
    }

    /// Takes frames of the data connection to those who wait for them.
    pub(super) fn deliver(&self, frame: Frame) -> Result<(), LinkError> {
        let Frame { kind, id, payload } = frame;
        let event = match kind {
            Kind::Response => {
                let (head, body) = ResponseHead::from_response(payload)?;
                Event::Response(head, body)
            }
            Kind::Head => Event::Head(ResponseHead::from_head(payload)?),
            Kind::Block => Event::Block(payload),
            Kind::End => Event::End,
            Kind::Error => Event::Failed(ApplicationError::decode(payload)?),
            other => return Err(LinkError::Misplaced(other)),
        };
        let mut table = self.lock();
        let slot = table.slot(id).ok_or(LinkError::UnknownRequest(id))?;
        slot.accept(kind, &event)?;
        let (owner, last) = (slot.owner, event.is_last());
        if owner == Owner::Exchange {
            slot.events.push_back(event);
            if let Some(waker) = slot.waker.take() {
                waker.wake();
            }
        }
        if last {
            table.pending -= 1;
            table.completed += 1;
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

    /// The worker wants more of a request body. The request may have ended meanwhile: the two
    /// connections are not in step.
    pub(super) fn want(&self, id: RequestId, payload: Bytes) -> Result<(), DecodeError> {
        let amount = usize::try_from(message::amount(payload)?).unwrap_or(usize::MAX);
        if let Some(slot) = self.lock().slot(id) {
            slot.wanted = slot.wanted.saturating_add(amount);
            if let Some(waker) = slot.waker.take() {
                waker.wake();
            }
        }
        Ok(())
    }

    /// The worker is gone: every request gets [`Event::Lost`], and no new one is accepted.
    pub(super) fn close(&self) {
        let mut table = self.lock();
        table.closed = true;
        for slot in &mut table.slots {
            if slot.owner == Owner::Exchange && !slot.finished {
                slot.finished = true;
                slot.events.push_back(Event::Lost);
                if let Some(waker) = slot.waker.take() {
                    waker.wake();
                }
            }
        }
        table.pending = 0;
    }

    fn cancel(&self, id: RequestId) {
        self.control
            .push(|out| frame::put(out, Kind::Cancel, id, |_| ()));
    }
}

impl Slot {
    fn new() -> Self {
        Self {
            generation: 0,
            owner: Owner::Free,
            finished: false,
            head_seen: false,
            unacknowledged: 0,
            wanted: 0,
            events: VecDeque::new(),
            waker: None,
        }
    }

    /// Notes what a frame means for the order of frames, or says that it breaks it.
    fn accept(&mut self, kind: Kind, event: &Event) -> Result<(), LinkError> {
        let in_order = !self.finished
            && match event {
                Event::Response(..) | Event::Head(_) => !self.head_seen,
                Event::Block(_) | Event::End => self.head_seen,
                _ => true,
            };
        if !in_order {
            return Err(LinkError::Misplaced(kind));
        }
        match event {
            Event::Head(_) => self.head_seen = true,
            Event::Block(octets) => {
                self.unacknowledged += octets.len();
                let excess = self.owner == Owner::Exchange && self.unacknowledged > WINDOW;
                if octets.is_empty() || octets.len() > INLINE_BODY || excess {
                    return Err(LinkError::Flooded);
                }
            }
            _ => {}
        }
        self.finished = event.is_last();
        Ok(())
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

    /// The next event if it is there already.
    pub fn try_event(&mut self) -> Option<Event> {
        match self.poll_event(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(event) => Some(event),
            Poll::Pending => None,
        }
    }

    /// The next event. Nothing comes after [`Event::Response`], [`Event::End`],
    /// [`Event::Failed`] and [`Event::Lost`].
    pub fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Event> {
        let mut table = self.exchanges.lock();
        let Some(slot) = table.slot(self.id) else {
            return Poll::Ready(Event::Lost);
        };
        if slot.wanted > 0 {
            return Poll::Ready(Event::Want(std::mem::take(&mut slot.wanted)));
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

    /// Sends octets of the request body: no more than were wanted, and at most
    /// [`INLINE_BODY`] at a time.
    pub fn send_body(&self, octets: &[u8]) {
        self.send(Kind::Body, octets);
    }

    /// The request body is complete.
    pub fn end_body(&self) {
        self.send(Kind::BodyEnd, b"");
    }

    /// The request body will not be completed.
    pub fn fail_body(&self, reason: &str) {
        self.send(Kind::BodyFail, reason.as_bytes());
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

    fn send(&self, kind: Kind, payload: &[u8]) {
        self.exchanges.control.push(|out| {
            frame::put(out, kind, self.id, |out| out.put_slice(payload));
        });
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
        // Before its head the worker cannot be told: see "A request", 6, in the protocol.
        if head_seen {
            self.exchanges.cancel(self.id);
        }
    }
}
