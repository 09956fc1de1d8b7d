//! What a worker is to read a request body from: the `BODY` frame, and the descriptor beside it.

use std::{num::NonZeroU32, os::fd::BorrowedFd, time::Duration};

use bytes::{BufMut as _, BytesMut};

use super::frame::{self, Kind, RequestId};

/// What a worker is to read a request body from.
#[derive(Clone, Copy, Debug)]
pub enum BodySource<'a> {
    /// A file that holds the body, and nothing else, from where it stands.
    File(BorrowedFd<'a>),
    /// All of it.
    Octets(&'a [u8]),
    /// The client's connection.
    Connection {
        /// Its socket. Reading from it may not wait.
        socket: BorrowedFd<'a>,
        /// The beginning of the body, which has been read already.
        ahead: &'a [u8],
        /// Octets that are to be read from the socket; what follows them is not the body's.
        left: u64,
        /// The longest single wait for the client, and what all waits may take before any octet
        /// has come.
        stall: Duration,
        /// Octets for which all waits together may take a second more.
        rate: NonZeroU32,
    },
}

impl<'a> BodySource<'a> {
    /// What goes to the worker on the files connection.
    pub(super) fn descriptor(&self) -> Option<BorrowedFd<'a>> {
        match *self {
            Self::File(descriptor)
            | Self::Connection {
                socket: descriptor, ..
            } => Some(descriptor),
            Self::Octets(_) => None,
        }
    }

    /// Appends a `BODY` frame.
    pub(super) fn put(&self, out: &mut BytesMut, id: RequestId) {
        frame::put(out, Kind::Body, id, |out| {
            let (left, stall, rate, ahead) = match *self {
                Self::File(_) => return,
                Self::Octets(octets) => (0, Duration::ZERO, 0, octets),
                Self::Connection {
                    socket: _,
                    ahead,
                    left,
                    stall,
                    rate,
                } => (left, stall, rate.get(), ahead),
            };
            out.put_u64_le(left);
            // As much as `poll` can be told to wait.
            out.put_i32_le(i32::try_from(stall.as_millis()).unwrap_or(i32::MAX));
            out.put_u32_le(rate);
            out.put_slice(ahead);
        });
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd as _;

    use super::*;

    fn payload(source: BodySource<'_>) -> Vec<u8> {
        let mut out = BytesMut::new();
        source.put(&mut out, 7);
        let frame = frame::take(&mut out).unwrap().unwrap();
        assert_eq!((frame.kind, frame.id, out.len()), (Kind::Body, 7, 0));
        frame.payload.to_vec()
    }

    #[test]
    fn a_file_needs_no_words() {
        let file = tempfile::tempfile().unwrap();
        let source = BodySource::File(file.as_fd());
        assert!(source.descriptor().is_some());
        assert_eq!(payload(source), b"");
    }

    #[test]
    fn a_connection_comes_with_numbers_and_what_was_read() {
        let file = tempfile::tempfile().unwrap();
        let source = BodySource::Connection {
            socket: file.as_fd(),
            ahead: b"abc",
            left: 0x0102_0304_0506,
            stall: Duration::from_mins(1),
            rate: NonZeroU32::new(500).unwrap(),
        };
        assert!(source.descriptor().is_some());
        assert_eq!(
            payload(source),
            b"\x06\x05\x04\x03\x02\x01\0\0\x60\xea\0\0\xf4\x01\0\0abc"
        );
    }

    #[test]
    fn octets_come_alone() {
        let source = BodySource::Octets(b"abc");
        assert!(source.descriptor().is_none());
        assert_eq!(payload(source), [&[0; 16], &b"abc"[..]].concat());
    }
}
