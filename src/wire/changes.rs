//! Asking a worker whether it can take changed files in as it is: templates and translations,
//! where its framework knows how to forget what it keeps of them.

use std::{
    os::unix::ffi::OsStrExt as _,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;

use super::{
    frame::{self, Frame, Kind},
    marshal::Encoder,
    outbox::Outbox,
    questions::Questions,
};

/// What a worker was asked. Clones are the same.
#[derive(Clone, Debug)]
pub(super) struct Changes {
    control: Outbox,
    questions: Arc<Mutex<Questions<bool>>>,
}

impl Changes {
    pub(super) fn new(control: Outbox) -> Self {
        Self {
            control,
            questions: Arc::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Questions<bool>> {
        self.questions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks. Waiting for the answer fails where the worker is gone.
    pub(super) fn ask(&self, files: &[PathBuf]) -> oneshot::Receiver<bool> {
        let (number, answer) = self.lock().ask();
        self.control.push(|out| {
            frame::put(out, Kind::Changed, number, |out| {
                let mut encoder = Encoder::new(out);
                encoder.list(files.len());
                for file in files {
                    encoder.bytes(file.as_os_str().as_bytes());
                }
            });
        });
        answer
    }

    /// Passes an answer on; one that nobody waits for is late.
    pub(super) fn answer(&self, frame: &Frame) {
        if let Some(asked) = self.lock().take(frame.id) {
            let _ = asked.send(*frame.payload == [1]);
        }
    }

    /// The worker will not answer any more.
    pub(super) fn close(&self) {
        self.lock().close();
    }
}

#[cfg(test)]
mod tests {
    use bytes::{Bytes, BytesMut};

    use super::*;
    use crate::wire::frame::RequestId;

    fn taken(id: RequestId, payload: &'static [u8]) -> Frame {
        Frame {
            kind: Kind::Taken,
            id,
            payload: Bytes::from_static(payload),
        }
    }

    #[tokio::test]
    async fn each_question_has_its_own_answer() {
        let control = Outbox::default();
        let changes = Changes::new(control.clone());
        let first = changes.ask(&["/a".into(), "/b".into()]);
        let second = changes.ask(&[]);
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
        let changes = Changes::new(Outbox::default());
        let before = changes.ask(&[]);
        changes.close();
        let after = changes.ask(&[]);
        assert!(before.await.is_err() && after.await.is_err());
    }
}
