//! Marshal → values, from a worker that may be hostile: bounded, total, and without recursion.

use bytes::{Buf, Bytes};

/// Why octets are not the marshal value that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The octets end inside a value.
    #[error("marshal data ends inside a value")]
    Truncated,
    /// Another type stands there; the code is the one found.
    #[error("marshal type code {0:#04x} where another was expected")]
    Unexpected(u8),
    /// A container announces more items than octets are left.
    #[error("marshal container of {0} items is longer than its data")]
    TooMany(u32),
    /// A string is not UTF-8.
    #[error("marshal string is not UTF-8")]
    NotUtf8,
    /// A string has a character above U+00FF where octets are meant.
    #[error("marshal string is not Latin-1")]
    NotLatin1,
    /// A container has another number of items than may be, or data is longer than it may be.
    #[error("{0} marshal items or octets where fewer may be")]
    Excess(usize),
    /// A number has a value that means nothing there.
    #[error("marshal number {0} is out of its range")]
    OutOfRange(i32),
    /// Octets are left over after the value.
    #[error("{0} octets after the marshal value")]
    Trailing(usize),
}

/// Reads marshal values one after another; each call says which type must come next.
///
/// Strings and bytes are slices of the input, not copies. Only what `marshal.dumps(value, 2)`
/// writes for `int`, `bytes`, `str`, `tuple` and `list` is accepted, and the short forms of later
/// versions; back references are not.
#[derive(Clone, Debug)]
pub struct Decoder {
    rest: Bytes,
}

impl Decoder {
    /// A decoder of these octets.
    #[must_use]
    pub fn new(octets: Bytes) -> Self {
        Self { rest: octets }
    }

    /// An `int` of 32 bits.
    pub fn int(&mut self) -> Result<i32, DecodeError> {
        match self.code()? {
            b'i' => self
                .rest
                .try_get_i32_le()
                .map_err(|_| DecodeError::Truncated),
            other => Err(DecodeError::Unexpected(other)),
        }
    }

    /// A `bytes`.
    pub fn bytes(&mut self) -> Result<Bytes, DecodeError> {
        match self.code()? {
            b's' => {
                let length = self.long()?;
                self.split(length)
            }
            other => Err(DecodeError::Unexpected(other)),
        }
    }

    /// A `str`, as its UTF-8 octets, which have been checked.
    pub fn utf8(&mut self) -> Result<Bytes, DecodeError> {
        let octets = self.string()?;
        if std::str::from_utf8(&octets).is_err() {
            return Err(DecodeError::NotUtf8);
        }
        Ok(octets)
    }

    /// A `str`, as text of its own. Lone surrogates, which Python's marshal lets through and text
    /// cannot hold, become U+FFFD: this is for what is shown to people.
    pub fn text(&mut self) -> Result<String, DecodeError> {
        Ok(String::from_utf8_lossy(&self.string()?).into_owned())
    }

    /// The count of items of a `tuple`, which follow.
    pub fn tuple(&mut self) -> Result<usize, DecodeError> {
        match self.code()? {
            b'(' => self.count(),
            b')' => {
                let count = self.rest.try_get_u8().map_err(|_| DecodeError::Truncated)?;
                self.plausible(count.into())
            }
            other => Err(DecodeError::Unexpected(other)),
        }
    }

    /// A `tuple` of just so many items, which follow.
    pub fn tuple_of(&mut self, count: usize) -> Result<(), DecodeError> {
        match self.tuple()? {
            found if found == count => Ok(()),
            found => Err(DecodeError::Excess(found)),
        }
    }

    /// The count of items of a `list` that has at most so many, which follow.
    pub fn list_of_at_most(&mut self, most: usize) -> Result<usize, DecodeError> {
        match self.list()? {
            count if count <= most => Ok(count),
            count => Err(DecodeError::Excess(count)),
        }
    }

    /// The count of items of a `list`, which follow.
    pub fn list(&mut self) -> Result<usize, DecodeError> {
        match self.code()? {
            b'[' => self.count(),
            other => Err(DecodeError::Unexpected(other)),
        }
    }

    /// How many octets are left.
    #[must_use]
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    /// Nothing may be left.
    pub fn finish(self) -> Result<(), DecodeError> {
        match self.rest.len() {
            0 => Ok(()),
            left => Err(DecodeError::Trailing(left)),
        }
    }

    /// The octets of a `str` of any form.
    fn string(&mut self) -> Result<Bytes, DecodeError> {
        let length = match self.code()? {
            b'u' | b't' | b'a' | b'A' => self.long()?,
            b'z' | b'Z' => self
                .rest
                .try_get_u8()
                .map_err(|_| DecodeError::Truncated)?
                .into(),
            other => return Err(DecodeError::Unexpected(other)),
        };
        self.split(length)
    }

    fn code(&mut self) -> Result<u8, DecodeError> {
        self.rest.try_get_u8().map_err(|_| DecodeError::Truncated)
    }

    fn long(&mut self) -> Result<usize, DecodeError> {
        let length = self
            .rest
            .try_get_u32_le()
            .map_err(|_| DecodeError::Truncated)?;
        usize::try_from(length).map_err(|_| DecodeError::Truncated)
    }

    fn count(&mut self) -> Result<usize, DecodeError> {
        let count = self
            .rest
            .try_get_u32_le()
            .map_err(|_| DecodeError::Truncated)?;
        self.plausible(count)
    }

    /// Every item takes at least one octet, so a count above what is left is a lie; refusing it
    /// here ends the reading early.
    fn plausible(&self, count: u32) -> Result<usize, DecodeError> {
        match usize::try_from(count) {
            Ok(items) if items <= self.rest.len() => Ok(items),
            _ => Err(DecodeError::TooMany(count)),
        }
    }

    fn split(&mut self, length: usize) -> Result<Bytes, DecodeError> {
        if length > self.rest.len() {
            return Err(DecodeError::Truncated);
        }
        Ok(self.rest.split_to(length))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `marshal.dumps(("200 OK", [("A", "é")], b"xy"), 2)` of CPython 3.12.
    const RESPONSE: &[u8] = b"(\x03\0\0\0u\x06\0\0\x00200 OK[\x01\0\0\0(\x02\0\0\0\
        u\x01\0\0\0Au\x02\0\0\0\xc3\xa9s\x02\0\0\0xy";

    fn decode_response(octets: &'static [u8]) -> Result<(), DecodeError> {
        let mut decoder = Decoder::new(Bytes::from_static(octets));
        assert_eq!(decoder.tuple()?, 3);
        assert_eq!(decoder.utf8()?, "200 OK");
        assert_eq!(decoder.list()?, 1);
        assert_eq!(decoder.tuple()?, 2);
        assert_eq!(decoder.utf8()?, "A");
        assert_eq!(decoder.text()?, "é");
        assert_eq!(decoder.bytes()?, "xy");
        decoder.finish()
    }

    #[test]
    fn reads_what_python_wrote() {
        assert_eq!(decode_response(RESPONSE), Ok(()));
    }

    #[test]
    fn data_cut_at_any_octet_is_an_error() {
        for length in 0..RESPONSE.len() {
            assert!(
                decode_response(&RESPONSE[..length]).is_err(),
                "cut at {length}"
            );
        }
    }

    #[test]
    fn another_type_is_refused_by_its_code() {
        let decoder = Decoder::new(Bytes::from_static(b"N"));
        assert_eq!(decoder.clone().int(), Err(DecodeError::Unexpected(b'N')));
        assert_eq!(decoder.clone().bytes(), Err(DecodeError::Unexpected(b'N')));
        assert_eq!(decoder.clone().utf8(), Err(DecodeError::Unexpected(b'N')));
        assert_eq!(decoder.clone().tuple(), Err(DecodeError::Unexpected(b'N')));
        assert_eq!(decoder.clone().list(), Err(DecodeError::Unexpected(b'N')));
        assert_eq!(decoder.finish(), Err(DecodeError::Trailing(1)));
    }

    #[test]
    fn a_count_above_the_data_is_refused() {
        let mut decoder = Decoder::new(Bytes::from_static(b"[\xff\xff\xff\xff"));
        assert_eq!(decoder.list(), Err(DecodeError::TooMany(u32::MAX)));
        let mut decoder = Decoder::new(Bytes::from_static(b")\x02N"));
        assert_eq!(decoder.tuple(), Err(DecodeError::TooMany(2)));
    }

    #[test]
    fn lone_surrogates_are_no_header_but_can_be_shown() {
        // "\ud800" as marshal writes it, by the surrogatepass error handler.
        let mut decoder = Decoder::new(Bytes::from_static(b"u\x03\0\0\0\xed\xa0\x80"));
        assert_eq!(decoder.clone().utf8(), Err(DecodeError::NotUtf8));
        assert_eq!(decoder.text().unwrap(), "\u{fffd}\u{fffd}\u{fffd}");
    }

    proptest! {
        #[test]
        fn no_octets_make_it_panic(
            octets in prop::collection::vec(any::<u8>(), 0..200),
            asked in prop::collection::vec(0_u8..6, 0..20),
        ) {
            let mut decoder = Decoder::new(octets.into());
            for which in asked {
                let _ = match which {
                    0 => decoder.int().map(drop),
                    1 => decoder.bytes().map(drop),
                    2 => decoder.utf8().map(drop),
                    3 => decoder.text().map(drop),
                    4 => decoder.tuple().map(drop),
                    _ => decoder.list().map(drop),
                };
            }
        }
    }
}
