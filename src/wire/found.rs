//! What a worker tells of a static file that it has found, so that the front can send it by itself
//! from then on. Pure.

use std::{ffi::OsString, os::unix::ffi::OsStringExt as _, path::PathBuf};

use bytes::Bytes;

use super::{
    marshal::{DecodeError, Decoder},
    message::ResponseHead,
};

/// Most paths that have to be missing: a project has one for each of its applications.
const MAX_ABSENT: usize = 256;

/// A static file, and when it is still the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundFile {
    /// Where it is.
    pub path: PathBuf,
    /// Where the framework looks before: while nothing is there, it comes to this file.
    pub absent: Vec<PathBuf>,
    /// What a GET of all of it is answered with. Its `ETag` says which state of the file is meant.
    pub head: ResponseHead,
}

impl FoundFile {
    /// The payload of a `FOUND` frame.
    pub fn decode(payload: Bytes) -> Result<Self, DecodeError> {
        let mut decoder = Decoder::new(payload);
        decoder.tuple_of(4)?;
        let path = path(&decoder.bytes()?);
        let count = decoder.list_of_at_most(MAX_ABSENT)?;
        let absent = (0..count).map(|_| Ok(self::path(&decoder.bytes()?)));
        let absent = absent.collect::<Result<_, _>>()?;
        let head = ResponseHead::decode(&mut decoder)?;
        decoder.finish()?;
        Ok(Self { path, absent, head })
    }
}

fn path(octets: &Bytes) -> PathBuf {
    OsString::from_vec(octets.to_vec()).into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `marshal.dumps((b"/p/s/a\xff.css", [b"/p/a.css"], "200 OK", [("ETag", '"1"')]), 2)` of
    /// CPython 3.12.
    const PAYLOAD: &[u8] = b"(\x04\0\0\0s\x0b\0\0\0/p/s/a\xff.css[\x01\0\0\0s\x08\0\0\0/p/a.css\
        u\x06\0\0\x00200 OK[\x01\0\0\0(\x02\0\0\0u\x04\0\0\0ETagu\x03\0\0\0\"1\"";

    #[test]
    fn paths_are_octets_and_the_head_is_one() {
        let found = FoundFile::decode(Bytes::from_static(PAYLOAD)).unwrap();
        assert_eq!(found.path.as_os_str().as_encoded_bytes(), b"/p/s/a\xff.css");
        assert_eq!(found.absent, [PathBuf::from("/p/a.css")]);
        assert_eq!(&found.head.status[..], b"200 OK");
        assert_eq!(found.head.headers.len(), 1);
    }

    #[test]
    fn data_cut_at_any_octet_is_an_error() {
        for length in 0..PAYLOAD.len() {
            assert!(FoundFile::decode(Bytes::from_static(&PAYLOAD[..length])).is_err());
        }
    }

    #[test]
    fn no_more_places_are_looked_at_than_a_project_has() {
        let payload = |count: usize| {
            let mut octets = b"(\x04\0\0\0s\0\0\0\0[".to_vec();
            octets.extend(u32::try_from(count).unwrap().to_le_bytes());
            octets.extend(b"s\0\0\0\0".repeat(count));
            octets.extend(b"u\0\0\0\0[\0\0\0\0");
            FoundFile::decode(octets.into())
        };
        assert!(payload(MAX_ABSENT).is_ok());
        assert_eq!(payload(MAX_ABSENT + 1), Err(DecodeError::Excess(257)));
    }

    proptest! {
        #[test]
        fn no_octets_make_it_panic(octets in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = FoundFile::decode(octets.into());
        }
    }
}
