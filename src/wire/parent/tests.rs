//! The connection, with a forkserver that does whatever a test wants.

use std::{io::IoSliceMut, mem::MaybeUninit, os::fd::AsRawFd as _};

use bytes::Bytes;
use proptest::prelude::*;
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use tokio::io::AsyncWriteExt as _;

use super::*;
use crate::wire::{Connections, frame::Frame};

/// A forkserver's end.
struct Far {
    connection: UnixStream,
    octets: BytesMut,
    descriptors: Vec<OwnedFd>,
}

async fn pair() -> (Parent, Far) {
    let (ours, theirs) = StdUnixStream::pair().unwrap();
    theirs.set_nonblocking(true).unwrap();
    let parent = Parent::start(ours, &Configure::default()).unwrap();
    let mut far = Far {
        connection: UnixStream::from_std(theirs).unwrap(),
        octets: BytesMut::new(),
        descriptors: Vec::new(),
    };
    assert_eq!(far.next().await.kind, Kind::Configure);
    (parent, far)
}

impl Far {
    async fn next(&mut self) -> Frame {
        loop {
            if let Some(frame) = frame::take(&mut self.octets).unwrap() {
                return frame;
            }
            self.connection.readable().await.unwrap();
            let mut buffer = [0; 4096];
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(8))];
            let mut ancillary = RecvAncillaryBuffer::new(&mut space);
            let read = self
                .connection
                .try_io(tokio::io::Interest::READABLE, || {
                    let parts = &mut [IoSliceMut::new(&mut buffer)];
                    Ok(recvmsg(&self.connection, parts, &mut ancillary, RecvFlags::empty())?.bytes)
                })
                .unwrap_or(0);
            self.octets.extend_from_slice(&buffer[..read]);
            for message in ancillary.drain() {
                if let RecvAncillaryMessage::ScmRights(descriptors) = message {
                    self.descriptors.extend(descriptors);
                }
            }
        }
    }

    async fn say(&mut self, kind: Kind, id: u32, payload: &[u8]) {
        let mut out = BytesMut::new();
        frame::put(&mut out, kind, id, |out| out.put_slice(payload));
        self.connection.write_all(&out).await.unwrap();
    }
}

fn fork(parent: &Parent) -> Forking {
    let (_, theirs) = Connections::new().unwrap();
    parent.fork(theirs)
}

fn exited(pid: u32, status: i32) -> Vec<u8> {
    [pid.to_le_bytes(), status.to_le_bytes()].concat()
}

#[tokio::test]
async fn a_worker_is_forked_with_its_descriptors_and_its_end_is_told() {
    let (parent, mut far) = pair().await;
    let forking = fork(&parent);
    let frame = far.next().await;
    assert_eq!((frame.kind, frame.id), (Kind::Fork, 1));
    assert_eq!(far.descriptors.len(), 4);
    assert!(far.descriptors.iter().all(|one| one.as_raw_fd() > 2));

    far.say(Kind::Forked, 1, &7_u32.to_le_bytes()).await;
    let mut child = forking.done().await.unwrap();
    assert_eq!(child.pid(), Some(7));
    child.kill();
    let frame = far.next().await;
    assert_eq!(
        (frame.kind, &frame.payload[..]),
        (Kind::Kill, &[7, 0, 0, 0][..])
    );
    far.say(Kind::Exited, 0, &exited(7, 9)).await;
    assert_eq!(child.wait().await.unwrap(), 9);
    assert_eq!(child.wait().await.unwrap(), 9);
    assert_eq!(child.pid(), None);
    drop(child);

    // Nothing is killed whose end is known: the next frame is another.
    let _forking = fork(&parent);
    assert_eq!(far.next().await.kind, Kind::Fork);
}

#[tokio::test]
async fn a_worker_that_nobody_waits_for_is_killed() {
    let (parent, mut far) = pair().await;
    drop(fork(&parent));
    assert_eq!(far.next().await.kind, Kind::Fork);
    far.say(Kind::Forked, 1, &7_u32.to_le_bytes()).await;
    assert_eq!(far.next().await.kind, Kind::Kill);

    let forking = fork(&parent);
    assert_eq!(far.next().await.kind, Kind::Fork);
    far.say(Kind::Forked, 2, &8_u32.to_le_bytes()).await;
    drop(forking.done().await.unwrap());
    let frame = far.next().await;
    assert_eq!((frame.kind, frame.payload[0]), (Kind::Kill, 8));
}

#[tokio::test]
async fn a_refusal_has_its_reason() {
    let (parent, mut far) = pair().await;
    let forking = fork(&parent);
    assert_eq!(far.next().await.kind, Kind::Fork);
    far.say(Kind::Cold, 1, "a changed file \u{fffd}".as_bytes())
        .await;
    let reason = forking.done().await.unwrap_err();
    assert_eq!(reason, "a changed file \u{fffd}");
}

#[tokio::test]
async fn only_the_answer_to_the_last_wish_makes_it_warm() {
    let (parent, mut far) = pair().await;
    parent.preload(["a", "b.c"].into_iter());
    let frame = far.next().await;
    assert_eq!((frame.kind, frame.id), (Kind::Preload, 1));
    assert_eq!(&frame.payload[..], b"[\x02\0\0\0z\x01az\x03b.c");
    parent.preload(["d"].into_iter());
    assert_eq!(far.next().await.id, 2);
    far.say(Kind::Warm, 1, b"[\0\0\0\0").await;
    far.say(
        Kind::Warm,
        2,
        b"[\x01\0\0\0(\x02\0\0\0u\x01\0\0\0du\x01\0\0\0x",
    )
    .await;
    let Condition::Warm(refused) = parent.settled().await else {
        panic!("{:?}", parent.condition());
    };
    assert_eq!(refused.get("d"), "x");
    parent.preload(["e"].into_iter());
    assert_eq!(parent.condition(), Condition::Busy);
}

#[tokio::test]
async fn one_that_is_unfit_stays_unfit_and_still_tells_of_its_workers() {
    let (parent, mut far) = pair().await;
    let forking = fork(&parent);
    far.say(Kind::Forked, 1, &7_u32.to_le_bytes()).await;
    let mut child = forking.done().await.unwrap();
    far.say(Kind::Unfit, 0, b"[\0\0\0\0").await;
    assert_eq!(parent.settled().await, Condition::Unfit(Report::default()));
    parent.preload(["a"].into_iter());
    assert_eq!(parent.condition(), Condition::Unfit(Report::default()));
    far.say(Kind::Exited, 0, &exited(7, 0)).await;
    assert_eq!(child.wait().await.unwrap(), 0);
}

#[tokio::test]
async fn when_it_is_gone_whoever_waits_is_told() {
    let (parent, mut far) = pair().await;
    let (forking, second) = (fork(&parent), fork(&parent));
    far.say(Kind::Forked, 1, &7_u32.to_le_bytes()).await;
    let mut child = forking.done().await.unwrap();
    drop(far);
    assert_eq!(second.done().await.unwrap_err(), "the forkserver is gone");
    assert!(child.wait().await.is_err());
    assert_eq!(parent.settled().await, Condition::Lost);
    let third = fork(&parent).done().await;
    assert_eq!(third.unwrap_err(), "the forkserver is gone");
}

#[tokio::test]
async fn what_makes_no_sense_ends_the_connection() {
    for (kind, payload) in [
        (Kind::Ready, &b"[\0\0\0\0"[..]),
        (Kind::Forked, b"\x01\0\0\0"),
        (Kind::Forked, b"\x01"),
        (Kind::Cold, b""),
        (Kind::Exited, b"\x01\0\0\0"),
        (Kind::Exited, b"\x01\0\0\0\0\0\0\0\0"),
        (Kind::Warm, b"x"),
        (Kind::Unfit, b""),
    ] {
        let (parent, mut far) = pair().await;
        far.say(kind, 5, payload).await;
        assert_eq!(parent.settled().await, Condition::Lost, "{kind:?}");
    }
}

proptest! {
    #[test]
    fn no_frames_make_it_panic(
        frames in prop::collection::vec(
            (0..Kind::ALL.len(), 0_u32..4, prop::collection::vec(any::<u8>(), 0..12)), 0..8),
    ) {
        let books = Books::new();
        let _waiting = books.fork();
        for (kind, id, payload) in frames {
            let _ = books.note(Frame { kind: Kind::ALL[kind], id, payload: Bytes::from(payload) });
        }
        books.close();
    }
}
