//! Asking a worker whether it can take changed files in as it is: templates and translations,
//! where its framework knows how to forget what it keeps of them.

use std::{
    collections::HashMap,
    os::unix::ffi::OsStrExt as _,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;

use super::{
    frame::{self, Frame, Kind, RequestId},
    marshal::Encoder,
    outbox::Outbox,
};

/// The questions that have no answer yet. Clones are the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Changes {
    open: Arc<Mutex<Open>>,
}

#[derive(Debug, Default)]
struct Open {
    last: RequestId,
    questions: HashMap<RequestId, oneshot::Sender<bool>>,
    /// Nobody will answer any more.
    is_closed: bool,
}

impl Changes {
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks. The answer is dropped where the worker is gone.
    pub(super) fn ask(&self, control: &Outbox, files: &[PathBuf]) -> oneshot::Receiver<bool> {
        let (answer, receiver) = oneshot::channel();
        let number = {
            let mut open = self.lock();
            // Whoever gave up waiting will not ask for the answer.
            open.questions.retain(|_, answer| !answer.is_closed());
            open.last = open.last.wrapping_add(1);
            let number = open.last;
            if !open.is_closed {
                open.questions.insert(number, answer);
            }
            number
        };
        control.push(|out| {
            frame::put(out, Kind::Changed, number, |out| {
                let mut encoder = Encoder::new(out);
                encoder.list(files.len());
                for file in files {
                    encoder.bytes(file.as_os_str().as_bytes());
                }
            });
        });
        receiver
    }

    /// Passes an answer on; one that nobody waits for is late.
    pub(super) fn answer(&self, frame: &Frame) {
        if let Some(answer) = self.lock().questions.remove(&frame.id) {
            let _ = answer.send(*frame.payload == [1]);
        }
    }

    /// The worker will not answer any more.
    pub(super) fn close(&self) {
        let mut open = self.lock();
        open.is_closed = true;
        open.questions.clear();
    }
}

#[cfg(test)]
mod tests {
    use bytes::{Bytes, BytesMut};

    use super::*;

    fn taken(id: RequestId, payload: &'static [u8]) -> Frame {
        Frame {
            kind: Kind::Taken,
            id,
            payload: Bytes::from_static(payload),
        }
    }

    #[tokio::test]
    async fn each_question_has_its_own_answer() {
        let (changes, control) = (Changes::default(), Outbox::default());
        let first = changes.ask(&control, &["/a".into(), "/b".into()]);
        let second = changes.ask(&control, &[]);
        let mut octets = BytesMut::new();
        assert!(control.take(&mut octets).await);
        let frame = frame::take(&mut octets).unwrap().unwrap();
        assert_eq!((frame.kind, frame.id), (Kind::Changed, 1));
        assert_eq!(&frame.payload[..], b"[\x02\0\0\0s\x02\0\0\0/as\x02\0\0\0/b");
        assert_eq!(frame::take(&mut octets).unwrap().unwrap().id, 2);
        changes.answer(&taken(2, b"\x01"));
        changes.answer(&taken(1, b"\0"));
        changes.answer(&taken(1, b"\x01"));
        assert_eq!((first.await, second.await), (Ok(false), Ok(true)));
    }

    #[tokio::test]
    async fn nobody_waits_for_a_worker_that_is_gone() {
        let (changes, control) = (Changes::default(), Outbox::default());
        let before = changes.ask(&control, &[]);
        changes.close();
        let after = changes.ask(&control, &[]);
        assert!(before.await.is_err() && after.await.is_err());
    }
}
