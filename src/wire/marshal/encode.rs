//! Values → marshal, for the worker to read with one call of `marshal.loads`.

use bytes::{BufMut, BytesMut};

/// Writes marshal values one after another at the end of a buffer.
///
/// A container is begun with its count, then its items are written; nothing checks that the
/// counts are right, since all callers are in this crate and tested against a real Python.
#[derive(Debug)]
pub struct Encoder<'a> {
    out: &'a mut BytesMut,
}

impl<'a> Encoder<'a> {
    /// An encoder that appends to `out`.
    pub fn new(out: &'a mut BytesMut) -> Self {
        Self { out }
    }

    /// `None`.
    pub fn none(&mut self) {
        self.out.put_u8(b'N');
    }

    /// An `int` of 32 bits.
    pub fn int(&mut self, value: i32) {
        self.out.put_u8(b'i');
        self.out.put_i32_le(value);
    }

    /// A `bytes`.
    pub fn bytes(&mut self, value: &[u8]) {
        self.out.put_u8(b's');
        self.length(value.len());
        self.out.put_slice(value);
    }

    /// A `str` of this text.
    pub fn text(&mut self, value: &str) {
        if value.is_ascii() {
            self.ascii(value.as_bytes());
        } else {
            self.out.put_u8(b'u');
            self.length(value.len());
            self.out.put_slice(value.as_bytes());
        }
    }

    /// A `str` with one character for each octet, U+0000 to U+00FF, as PEP 3333 asks of environ
    /// values ("Unicode Issues").
    pub fn latin1(&mut self, value: &[u8]) {
        if value.is_ascii() {
            self.ascii(value);
            return;
        }
        let high = value.iter().filter(|octet| !octet.is_ascii()).count();
        self.out.put_u8(b'u');
        self.length(value.len() + high);
        for &octet in value {
            if octet.is_ascii() {
                self.out.put_u8(octet);
            } else {
                // U+0080 to U+00FF in UTF-8.
                self.out.put_u8(0xC0 | octet >> 6);
                self.out.put_u8(0x80 | octet & 0x3F);
            }
        }
    }

    /// Begins a `tuple` of `count` items.
    pub fn tuple(&mut self, count: u8) {
        self.out.put_slice(&[b')', count]);
    }

    /// Begins a `list` of `count` items.
    pub fn list(&mut self, count: usize) {
        self.out.put_u8(b'[');
        self.length(count);
    }

    /// Begins a `dict`: keys and values follow in turn, then [`Encoder::end_dict`].
    pub fn dict(&mut self) {
        self.out.put_u8(b'{');
    }

    /// Ends a `dict`.
    pub fn end_dict(&mut self) {
        self.out.put_u8(b'0');
    }

    fn ascii(&mut self, value: &[u8]) {
        if let Ok(short) = u8::try_from(value.len()) {
            self.out.put_slice(&[b'z', short]);
        } else {
            self.out.put_u8(b'a');
            self.length(value.len());
        }
        self.out.put_slice(value);
    }

    fn length(&mut self, length: usize) {
        // Frames are far shorter than 4 GiB; a length that does not fit makes `loads` fail.
        self.out
            .put_u32_le(u32::try_from(length).unwrap_or(u32::MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(write: impl FnOnce(&mut Encoder<'_>)) -> Vec<u8> {
        let mut out = BytesMut::new();
        write(&mut Encoder::new(&mut out));
        out.to_vec()
    }

    #[test]
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the methods themselves are not general enough over their lifetimes"
    )]
    fn each_type_has_its_code() {
        assert_eq!(encode(|e| e.none()), b"N");
        assert_eq!(encode(|e| e.int(-2)), b"i\xfe\xff\xff\xff");
        assert_eq!(encode(|e| e.bytes(b"\x00\xff")), b"s\x02\0\0\0\x00\xff");
        assert_eq!(encode(|e| e.text("abc")), b"z\x03abc");
        assert_eq!(encode(|e| e.text("é")), b"u\x02\0\0\0\xc3\xa9");
        assert_eq!(encode(|e| e.tuple(2)), b")\x02");
        assert_eq!(encode(|e| e.list(3)), b"[\x03\0\0\0");
        assert_eq!(encode(|e| e.dict()), b"{");
        assert_eq!(encode(|e| e.end_dict()), b"0");
    }

    #[test]
    fn a_string_of_256_octets_takes_the_long_form() {
        assert_eq!(encode(|e| e.latin1(&[b'x'; 255]))[..2], *b"z\xff");
        assert_eq!(encode(|e| e.latin1(&[b'x'; 256]))[..5], *b"a\x00\x01\0\0");
    }

    #[test]
    fn octets_above_ascii_become_the_characters_of_the_same_number() {
        let all: Vec<u8> = (0..=255).collect();
        let text: String = all.iter().copied().map(char::from).collect();
        let mut expected = vec![b'u', 128, 1, 0, 0];
        expected.extend_from_slice(text.as_bytes());
        assert_eq!(encode(|e| e.latin1(&all)), expected);
    }
}
