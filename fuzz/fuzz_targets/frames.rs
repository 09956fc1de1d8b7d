//! Octets that claim to be frames from a worker: never a panic, the same frames however the
//! octets are cut, and the same octets when the frames are written again.
#![no_main]

use bytes::{BufMut as _, BytesMut};
use libfuzzer_sys::fuzz_target;
use scaffold::wire::{
    FoundFile,
    frame::{self, Frame, Kind},
    message::{ApplicationError, Report, ResponseHead},
};

/// The frames in pieces of octets, and whether they ended in an error.
fn read<'o>(pieces: impl Iterator<Item = &'o [u8]>) -> (Vec<Frame>, bool) {
    let (mut buffer, mut frames) = (BytesMut::new(), Vec::new());
    for piece in pieces {
        buffer.extend_from_slice(piece);
        loop {
            match frame::take(&mut buffer) {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(_) => return (frames, true),
            }
        }
    }
    (frames, false)
}

fuzz_target!(|octets: &[u8]| {
    let whole = read(std::iter::once(octets));
    assert_eq!(whole, read(octets.chunks(3)));

    let mut written = BytesMut::new();
    for Frame { kind, id, payload } in &whole.0 {
        frame::put(&mut written, *kind, *id, |out| out.put_slice(payload));
    }
    assert!(octets.starts_with(&written));

    for Frame { kind, payload, .. } in whole.0 {
        let _ = match kind {
            Kind::Response => ResponseHead::from_response(payload).map(drop),
            Kind::Head => ResponseHead::from_head(payload).map(drop),
            Kind::Found => FoundFile::decode(payload).map(drop),
            Kind::Error => ApplicationError::decode(payload).map(drop),
            _ => Report::decode(payload).map(drop),
        };
    }
});
