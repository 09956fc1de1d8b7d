//! The table of requests under way at one worker: who has which number, and which events wait.

use std::{collections::VecDeque, task::Waker};

use super::{
    INLINE_BODY, WINDOW,
    exchange::Event,
    frame::{Kind, RequestId},
    link::{LinkError, Refused},
};

/// Most requests that one worker may have at a time, those counted that nobody waits for any more.
///
/// Twice the connections that the front serves: a client can leave a request behind and come back
/// with another, but not without end.
const MAX_PENDING: usize = 32 * 1024;

/// The sequence number of a request that has not been sent.
const NOT_SENT: u64 = u64::MAX;

/// How many requests are with the worker, and how many were sent to it so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) pending: usize,
    pub(super) sent: u64,
}

/// Who may still do something with a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// Nobody: the slot may be given out.
    Free,
    /// An [`Exchange`] waits for events.
    Exchange,
    /// The exchange was dropped; the worker has not answered yet.
    Worker,
}

/// What goes on with the request body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Upload {
    /// Nothing.
    #[default]
    Idle,
    /// The worker wants it, and the exchange is still to be told.
    Wanted,
    /// The worker reads it from the client's connection.
    Lent,
}

#[derive(Debug)]
pub(super) struct Slot {
    generation: u16,
    pub(super) owner: Owner,
    /// The worker has sent its last frame for this request.
    pub(super) finished: bool,
    pub(super) head_seen: bool,
    /// The worker has said which file is meant.
    has_found: bool,
    /// Which of the requests sent to this worker it is, counted from 1. The worker begins them in
    /// this order.
    pub(super) sequence: u64,
    /// Octets of blocks that the client has not taken.
    pub(super) unacknowledged: usize,
    pub(super) upload: Upload,
    pub(super) events: VecDeque<Event>,
    pub(super) waker: Option<Waker>,
}

#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) slots: Vec<Slot>,
    /// Slots that may be given out, the one longest free first, so that ids come back late.
    free: VecDeque<u16>,
    /// How the worker is getting on.
    pub(super) progress: Progress,
    /// The worker is gone: no slot is given out.
    pub(super) closed: bool,
}

impl Table {
    /// Gives out a slot for a new request.
    pub(super) fn open(&mut self) -> Result<RequestId, Refused> {
        if self.closed {
            return Err(Refused::Lost);
        }
        if self.progress.pending >= MAX_PENDING {
            return Err(Refused::Busy);
        }
        let index = if let Some(index) = self.free.pop_front() {
            index
        } else {
            let index = u16::try_from(self.slots.len()).map_err(|_| Refused::Busy)?;
            self.slots.push(Slot::new());
            index
        };
        let slot = self
            .slots
            .get_mut(usize::from(index))
            .ok_or(Refused::Busy)?;
        slot.generation = slot.generation.checked_add(1).unwrap_or(1);
        slot.owner = Owner::Exchange;
        slot.finished = false;
        slot.head_seen = false;
        slot.has_found = false;
        slot.sequence = NOT_SENT;
        slot.unacknowledged = 0;
        slot.upload = Upload::Idle;
        self.progress.pending += 1;
        Ok(join_id(slot.generation, index))
    }

    pub(super) fn slot(&mut self, id: RequestId) -> Option<&mut Slot> {
        let (generation, index) = split_id(id);
        self.slots
            .get_mut(usize::from(index))
            .filter(|slot| slot.generation == generation && slot.owner != Owner::Free)
    }

    /// Notes that a request is being sent, after all those before it.
    pub(super) fn note_sent(&mut self, id: RequestId) {
        self.progress.sent += 1;
        let sequence = self.progress.sent;
        if let Some(slot) = self.slot(id) {
            slot.sequence = sequence;
        }
    }

    /// Which of the first `begun` requests that were sent is the last that has not ended.
    pub(super) fn latest(&self, begun: u64) -> u64 {
        self.slots
            .iter()
            .filter(|slot| slot.owner != Owner::Free && !slot.finished)
            .map(|slot| slot.sequence)
            .filter(|sequence| *sequence <= begun)
            .max()
            .unwrap_or_default()
    }

    pub(super) fn release(&mut self, id: RequestId) {
        let (_, index) = split_id(id);
        if let Some(slot) = self.slot(id) {
            slot.owner = Owner::Free;
            slot.events.clear();
            slot.waker = None;
            self.free.push_back(index);
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

impl Slot {
    fn new() -> Self {
        Self {
            generation: 0,
            owner: Owner::Free,
            finished: false,
            head_seen: false,
            has_found: false,
            sequence: NOT_SENT,
            unacknowledged: 0,
            upload: Upload::Idle,
            events: VecDeque::new(),
            waker: None,
        }
    }

    /// Notes what a frame means for the order of frames, or says that it breaks it.
    pub(super) fn accept(&mut self, kind: Kind, event: &Event) -> Result<(), LinkError> {
        let in_order = !self.finished
            && match event {
                // One file, before what it is answered with: no more can be queued.
                Event::Found(_) => !self.head_seen && !self.has_found,
                Event::Response(..) | Event::Head(_) => !self.head_seen,
                Event::Block(_) | Event::End | Event::File(_) => self.head_seen,
                Event::Received => std::mem::take(&mut self.upload) == Upload::Lent,
                _ => true,
            };
        if !in_order {
            return Err(LinkError::Misplaced(kind));
        }
        match event {
            Event::Head(_) => self.head_seen = true,
            Event::Found(_) => self.has_found = true,
            Event::Block(octets) => {
                self.unacknowledged += octets.len();
                let excess = self.owner == Owner::Exchange && self.unacknowledged > WINDOW;
                if octets.is_empty() {
                    return Err(LinkError::Misplaced(kind));
                }
                if octets.len() > INLINE_BODY || excess {
                    return Err(LinkError::Flooded);
                }
            }
            _ => {}
        }
        self.finished = event.is_last();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_has_no_more_requests_than_are_allowed() {
        let mut table = Table::default();
        let ids: Vec<_> = (0..MAX_PENDING).map(|_| table.open().unwrap()).collect();
        assert_eq!(table.open(), Err(Refused::Busy));
        table.release(ids[0]);
        table.progress.pending -= 1;
        assert!(table.open().is_ok());
    }

    /// Else a worker could have the front look for a request inside a body.
    #[test]
    fn only_a_connection_that_was_lent_is_given_back_and_once() {
        let mut slot = Slot::new();
        let uploads = [Upload::Idle, Upload::Wanted, Upload::Lent];
        let accepted = uploads.map(|upload| {
            slot.upload = upload;
            [(); 2].map(|()| slot.accept(Kind::Received, &Event::Received).is_ok())
        });
        assert_eq!(accepted, [[false; 2], [false; 2], [true, false]]);
    }

    #[test]
    fn an_id_is_never_zero_and_does_not_come_back_soon() {
        let mut table = Table::default();
        let mut seen = std::collections::HashSet::new();
        for _ in 0..200_000 {
            // Two at a time: the slots take turns.
            let ids = [table.open().unwrap(), table.open().unwrap()];
            for id in ids {
                assert_ne!(id, 0);
                seen.insert(id);
                table.release(id);
                table.progress.pending -= 1;
                assert!(table.slot(id).is_none());
            }
        }
        // Each slot has 65,535 generations.
        assert_eq!(seen.len(), 2 * 65_535);
    }
}
