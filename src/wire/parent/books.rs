//! Which forks and workers are under way at a forkserver, and what it has come to.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bytes::{Buf as _, Bytes};
use tokio::sync::{oneshot, watch};

use super::{
    super::{
        frame::{Frame, Kind, RequestId},
        link::LinkError,
        marshal::DecodeError,
        message::Report,
        questions::Questions,
    },
    Condition,
};

/// What is under way.
#[derive(Debug)]
pub(super) struct Books {
    open: Mutex<Open>,
    pub(super) condition: watch::Sender<Condition>,
}

#[derive(Debug, Default)]
struct Open {
    forks: Questions<Answer>,
    exits: HashMap<u32, oneshot::Sender<i32>>,
    /// The number of the last `PRELOAD`.
    preload: RequestId,
}

/// A process and the way to learn its end, or why there is none.
pub(super) type Answer = Result<(u32, oneshot::Receiver<i32>), String>;

impl Books {
    pub(super) fn new() -> Self {
        Self {
            open: Mutex::default(),
            condition: watch::Sender::new(Condition::Busy),
        }
    }

    /// A number for a `PRELOAD`: the forkserver is busy until it is answered.
    pub(super) fn preload(&self) -> RequestId {
        self.condition.send_if_modified(|condition| {
            let was_warm = matches!(condition, Condition::Warm(_));
            if was_warm {
                *condition = Condition::Busy;
            }
            was_warm
        });
        let mut open = self.lock();
        open.preload = open.preload.wrapping_add(1);
        open.preload
    }

    /// A number for a `FORK`, and where its answer will come.
    pub(super) fn fork(&self) -> (RequestId, oneshot::Receiver<Answer>) {
        self.lock().forks.ask()
    }

    /// That `FORK` will get no answer.
    pub(super) fn give_up(&self, number: RequestId) {
        self.lock().forks.take(number);
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Acts on a frame. Returns a process that nobody waits for any more.
    pub(super) fn note(&self, frame: Frame) -> Result<Option<u32>, LinkError> {
        let Frame { kind, id, payload } = frame;
        match kind {
            Kind::Forked => {
                let (pid, _) = numbers(payload, false)?;
                let (exit, receiver) = oneshot::channel();
                let mut open = self.lock();
                open.exits.insert(pid, exit);
                let answer = open.forks.take(id);
                let answer = answer.ok_or(LinkError::UnknownRequest(id))?;
                return Ok(answer.send(Ok((pid, receiver))).err().map(|_| pid));
            }
            Kind::Cold => {
                let reason = String::from_utf8_lossy(&payload).into_owned();
                let answer = self.lock().forks.take(id);
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
    pub(super) fn close(&self) {
        {
            let mut open = self.lock();
            open.forks.close();
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
