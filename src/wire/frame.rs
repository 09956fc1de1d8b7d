//! Octets ↔ frames: the 9-octet header of `docs/worker-protocol.md`, "Frames".
//!
//! Pure: no input or output happens here, and nothing of what a payload means is known.

use bytes::{Buf, BufMut, Bytes, BytesMut};

/// Octets of a frame's header.
pub const HEADER_LEN: usize = 9;

/// Most octets a frame's payload may have; a longer one is a fault of the peer.
///
/// Far above what either side sends (64 KiB of body and a request head), and low enough that a
/// hostile length cannot make the other side allocate without bound.
pub const MAX_PAYLOAD: usize = 16 * 1024 * 1024;

/// Which request a frame is about; 0 where it is about none.
pub type RequestId = u32;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// What a frame is for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind {
            $($(#[$doc])* $name = $code,)*
        }

        impl Kind {
            /// Every kind there is.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The kind with this code on the wire.
            #[must_use]
            pub const fn from_code(code: u8) -> Option<Self> {
                match code {
                    $($code => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

kinds! {
    /// A request for the application.
    Request = 1,
    /// A whole response.
    Response = 16,
    /// The status and headers of a response whose body follows.
    Head = 17,
    /// Octets of a response body.
    Block = 18,
    /// The end of a response body.
    End = 19,
    /// The application failed.
    Error = 20,
    /// A response body, or the rest of one, that is in a file.
    File = 21,
    /// All of a request body has been read from the client's connection.
    Received = 22,
    /// The file that a request means, which the front may send by itself from then on.
    Found = 23,
    /// What the worker is to load, and how.
    Configure = 32,
    /// More threads are needed.
    Wake = 33,
    /// What a request body is to be read from.
    Body = 34,
    /// A request body that will not be completed.
    BodyFail = 36,
    /// Octets of a response that the client took.
    Credit = 37,
    /// Nobody wants the rest of the response.
    Cancel = 38,
    /// Is anybody there?
    Ping = 39,
    /// What is loaded that you have not said yet?
    List = 40,
    /// Can you take these changed files in?
    Changed = 41,
    /// What do the framework's checks say?
    Check = 42,
    /// The application is loaded.
    Ready = 48,
    /// The application could not be loaded.
    Failed = 49,
    /// The application wants the request body.
    Want = 50,
    /// The answer to a ping.
    Pong = 51,
    /// What is loaded.
    Loaded = 52,
    /// Whether changed files are taken in.
    Taken = 53,
    /// What the framework's checks say.
    Checked = 54,
    /// Modules that a forkserver is to keep warm.
    Preload = 64,
    /// A worker is to be forked; its descriptors come with this.
    Fork = 65,
    /// A forked worker is to be killed.
    Kill = 66,
    /// A worker is forked.
    Forked = 80,
    /// No worker is forked.
    Cold = 81,
    /// A forked worker has ended.
    Exited = 82,
    /// All modules have been imported.
    Warm = 83,
    /// No worker will be forked any more.
    Unfit = 84,
}

impl Kind {
    /// The code on the wire.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }
}

/// One frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What it is for.
    pub kind: Kind,
    /// The request it is about.
    pub id: RequestId,
    /// What the kind says it is.
    pub payload: Bytes,
}

/// Octets that are no frame.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// No kind has this code.
    #[error("unknown frame type {0}")]
    UnknownKind(u8),
    /// More than [`MAX_PAYLOAD`] octets are announced.
    #[error("a frame of {0} octets is too long")]
    TooLong(u32),
}

/// Takes the first frame off the buffer; `None` where it is not complete yet.
pub fn take(buffer: &mut BytesMut) -> Result<Option<Frame>, FrameError> {
    let Some(mut header) = buffer.get(..HEADER_LEN) else {
        return Ok(None);
    };
    let length = header.get_u32_le();
    let code = header.get_u8();
    let id = header.get_u32_le();
    // Checked before the payload is there: a bad header must not make us wait for its payload.
    let kind = Kind::from_code(code).ok_or(FrameError::UnknownKind(code))?;
    let payload_len = usize::try_from(length).unwrap_or(usize::MAX);
    if payload_len > MAX_PAYLOAD {
        return Err(FrameError::TooLong(length));
    }
    if buffer.len() - HEADER_LEN < payload_len {
        return Ok(None);
    }
    buffer.advance(HEADER_LEN);
    let payload = buffer.split_to(payload_len).freeze();
    Ok(Some(Frame { kind, id, payload }))
}

/// Appends a frame whose payload `fill` writes; the length is filled in afterwards.
///
/// The payload must not be longer than [`MAX_PAYLOAD`]: callers bound what they put in.
pub fn put(out: &mut BytesMut, kind: Kind, id: RequestId, fill: impl FnOnce(&mut BytesMut)) {
    let start = out.len();
    out.put_u32_le(0);
    out.put_u8(kind.code());
    out.put_u32_le(id);
    fill(out);
    let length = out.len() - start - HEADER_LEN;
    debug_assert!(length <= MAX_PAYLOAD, "a {kind:?} frame of {length} octets");
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    if let Some(field) = out.get_mut(start..start + 4) {
        field.copy_from_slice(&length.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn encoded(kind: Kind, id: RequestId, payload: &[u8]) -> BytesMut {
        let mut out = BytesMut::new();
        put(&mut out, kind, id, |out| out.put_slice(payload));
        out
    }

    #[test]
    fn the_header_is_length_type_and_id_in_little_endian() {
        assert_eq!(
            encoded(Kind::Want, 0x0102_0304, b"abc").as_ref(),
            [3, 0, 0, 0, 50, 4, 3, 2, 1, b'a', b'b', b'c']
        );
    }

    #[test]
    fn a_frame_cut_at_any_octet_is_incomplete_and_stays_in_the_buffer() {
        let whole = encoded(Kind::Block, 7, b"payload");
        for length in 0..whole.len() {
            let mut cut = BytesMut::from(&whole[..length]);
            assert_eq!(take(&mut cut), Ok(None), "cut at {length}");
            assert_eq!(cut, whole[..length]);
        }
    }

    #[test]
    fn frames_are_taken_in_order_and_leave_the_rest() {
        let mut buffer = encoded(Kind::End, 1, b"");
        buffer.extend_from_slice(&encoded(Kind::Error, 2, b"x"));
        buffer.extend_from_slice(b"rest");
        assert_eq!(take(&mut buffer).unwrap().unwrap().kind, Kind::End);
        let second = take(&mut buffer).unwrap().unwrap();
        assert_eq!(
            (second.kind, second.id, &second.payload[..]),
            (Kind::Error, 2, &b"x"[..])
        );
        assert_eq!(take(&mut buffer), Ok(None));
        assert_eq!(buffer, &b"rest"[..]);
    }

    #[test]
    fn an_unknown_type_is_refused_before_its_payload_arrives() {
        let mut buffer = BytesMut::from(&[9, 0, 0, 0, 99, 0, 0, 0, 0][..]);
        assert_eq!(take(&mut buffer), Err(FrameError::UnknownKind(99)));
    }

    #[test]
    fn a_hostile_length_is_refused_before_its_payload_arrives() {
        let mut buffer = BytesMut::from(&[0xff, 0xff, 0xff, 0xff, 18, 0, 0, 0, 0][..]);
        assert_eq!(take(&mut buffer), Err(FrameError::TooLong(u32::MAX)));
        let mut buffer = BytesMut::from(&[1, 0, 0, 1, 18, 0, 0, 0, 0][..]);
        assert_eq!(take(&mut buffer), Err(FrameError::TooLong(0x0100_0001)));
    }

    #[test]
    fn every_kind_has_one_code() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_code(kind.code()), Some(*kind));
        }
    }

    proptest! {
        #[test]
        fn any_frames_come_back_however_the_octets_are_cut(
            frames in prop::collection::vec(
                (0..Kind::ALL.len(), any::<u32>(), prop::collection::vec(any::<u8>(), 0..300)), 0..8),
            cut in 1_usize..64,
        ) {
            let mut octets = BytesMut::new();
            for (kind, id, payload) in &frames {
                octets.extend_from_slice(&encoded(Kind::ALL[*kind], *id, payload));
            }
            let (mut buffer, mut seen) = (BytesMut::new(), Vec::new());
            for piece in octets.chunks(cut) {
                buffer.extend_from_slice(piece);
                while let Some(frame) = take(&mut buffer).unwrap() {
                    seen.push(frame);
                }
            }
            prop_assert!(buffer.is_empty());
            prop_assert_eq!(seen.len(), frames.len());
            for (frame, (kind, id, payload)) in seen.iter().zip(&frames) {
                prop_assert_eq!(frame.kind, Kind::ALL[*kind]);
                prop_assert_eq!(frame.id, *id);
                prop_assert_eq!(&frame.payload[..], &payload[..]);
            }
        }

        #[test]
        fn no_octets_make_it_panic(octets in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut buffer = BytesMut::from(&octets[..]);
            while let Ok(Some(_)) = take(&mut buffer) {}
        }
    }
}
