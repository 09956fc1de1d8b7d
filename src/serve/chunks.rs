//! Chunked bodies: octets of a connection → octets of the body, and back (RFC 9112, section 7).
//! Pure.
//!
//! They are read strictly: whatever two parsers could read differently is an error.

use std::io::Write as _;

use bytes::{Buf as _, BytesMut};

use super::head::is_token;

/// Most octets of a line that gives a chunk's size, with its extensions.
const MAX_SIZE_LINE: usize = 4096;

/// Most octets of the trailer section, which is read and dropped.
const MAX_TRAILERS: usize = 16 * 1024;

/// A body that breaks the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BodyError(&'static str);

impl BodyError {
    /// What was wrong, for whoever sent it.
    #[must_use]
    pub fn reason(self) -> &'static str {
        self.0
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// A line with a chunk's size is to come.
    Size,
    /// So many octets of a chunk are to come, then its CR LF.
    Chunk(u64),
    /// The CR LF after a chunk is to come.
    ChunkEnd,
    /// Trailer lines and the empty line are to come; so many octets of them were read.
    Trailers(usize),
    Done,
}

/// Reads one body.
#[derive(Debug)]
pub struct ChunkDecoder {
    state: State,
}

impl Default for ChunkDecoder {
    fn default() -> Self {
        Self { state: State::Size }
    }
}

impl ChunkDecoder {
    /// Whether the body has been read to its end.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Takes body octets off `input` and appends them to `output`, `limit` at the most; stops
    /// where `input` ends, or the body does.
    pub fn decode(
        &mut self,
        input: &mut BytesMut,
        output: &mut Vec<u8>,
        limit: usize,
    ) -> Result<(), BodyError> {
        let mut room = limit;
        while let Some(piece) = self.next(input, room)? {
            output.extend_from_slice(&piece);
            room -= piece.len();
        }
        Ok(())
    }

    /// Takes the next body octets off `input`, `limit` at the most; `None` where there are none at
    /// hand, or no more.
    pub(crate) fn next(
        &mut self,
        input: &mut BytesMut,
        limit: usize,
    ) -> Result<Option<BytesMut>, BodyError> {
        loop {
            match self.state {
                State::Done => return Ok(None),
                State::Chunk(length) => {
                    let wanted = usize::try_from(length).unwrap_or(usize::MAX);
                    let count = wanted.min(limit).min(input.len());
                    if count == 0 {
                        return Ok(None);
                    }
                    self.state = match length - count as u64 {
                        0 => State::ChunkEnd,
                        left => State::Chunk(left),
                    };
                    return Ok(Some(input.split_to(count)));
                }
                State::Size => {
                    let Some(line) = take_line(input, MAX_SIZE_LINE)? else {
                        return Ok(None);
                    };
                    self.state = match chunk_size(&line)? {
                        0 => State::Trailers(0),
                        size => State::Chunk(size),
                    };
                }
                State::ChunkEnd => {
                    match input.get(..2) {
                        Some(b"\r\n") => input.advance(2),
                        None if input.is_empty() || input.as_ref() == b"\r" => return Ok(None),
                        _ => return Err(BodyError("a chunk is longer than its size")),
                    }
                    self.state = State::Size;
                }
                State::Trailers(read) => {
                    let Some(line) = take_line(input, MAX_TRAILERS.saturating_sub(read))? else {
                        return Ok(None);
                    };
                    self.state = if line.is_empty() {
                        State::Done
                    } else if is_field(&line) {
                        State::Trailers(read + line.len() + 2)
                    } else {
                        return Err(BodyError("a trailer is not valid"));
                    };
                }
            }
        }
    }
}

/// The end of a body in chunks.
pub(crate) const LAST: &[u8] = b"0\r\n\r\n";

/// Writes octets of a body, of which there must be some, as one chunk.
pub(crate) fn put(out: &mut Vec<u8>, octets: &[u8]) {
    // Writing to memory does not fail.
    let _ = write!(out, "{:x}\r\n", octets.len());
    out.extend_from_slice(octets);
    out.extend_from_slice(b"\r\n");
}

/// Takes a line off the input, without its CR LF, with which it may have `limit` octets; `None` where
/// it is not complete.
fn take_line(input: &mut BytesMut, limit: usize) -> Result<Option<BytesMut>, BodyError> {
    let Some(end) = memchr::memchr(b'\n', input) else {
        if input.len() >= limit {
            return Err(BodyError("a line of a chunked body is too long"));
        }
        return Ok(None);
    };
    let mut line = input.split_to(end + 1);
    if line.len() > limit {
        return Err(BodyError("a line of a chunked body is too long"));
    }
    line.truncate(end);
    if line.last() != Some(&b'\r') {
        return Err(BodyError(
            "a line of a chunked body does not end with CR LF",
        ));
    }
    line.truncate(end - 1);
    if line
        .iter()
        .any(|&octet| octet.is_ascii_control() && octet != b'\t')
    {
        return Err(BodyError("a line of a chunked body has control characters"));
    }
    Ok(Some(line))
}

/// `chunk-size [ chunk-ext ]` (RFC 9112, section 7.1). Extensions are checked, and dropped.
fn chunk_size(line: &[u8]) -> Result<u64, BodyError> {
    let end = line
        .iter()
        .position(|octet| !octet.is_ascii_hexdigit())
        .unwrap_or(line.len());
    let (digits, extensions) = line.split_at(end);
    if digits.is_empty() || digits.len() > 16 || !are_extensions(extensions) {
        return Err(BodyError("a chunk's size is not valid"));
    }
    let digits = std::str::from_utf8(digits).unwrap_or_default();
    u64::from_str_radix(digits, 16).map_err(|_| BodyError("a chunk's size is not valid"))
}

/// `*( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )` (RFC 9112, section 7.1.1).
fn are_extensions(extensions: &[u8]) -> bool {
    let mut rest = extensions;
    while !rest.is_empty() {
        let name = after_blanks(rest).strip_prefix(b";").map(after_blanks);
        let Some(after) = name.and_then(after_token) else {
            return false;
        };
        rest = after;
        if let Some(value) = after_blanks(after).strip_prefix(b"=").map(after_blanks) {
            let Some(after) = after_token(value).or_else(|| after_quoted(value)) else {
                return false;
            };
            rest = after;
        }
    }
    true
}

fn after_blanks(octets: &[u8]) -> &[u8] {
    let is_other = |octet: &u8| !matches!(octet, b' ' | b'\t');
    let end = octets.iter().position(is_other).unwrap_or(octets.len());
    octets.get(end..).unwrap_or_default()
}

/// What follows a token, of at least one octet.
fn after_token(octets: &[u8]) -> Option<&[u8]> {
    let end = octets.iter().position(|&octet| !is_token(octet));
    let (token, rest) = octets.split_at(end.unwrap_or(octets.len()));
    (!token.is_empty()).then_some(rest)
}

/// What follows a quoted string; there are no control characters in the line.
fn after_quoted(octets: &[u8]) -> Option<&[u8]> {
    let mut rest = octets.strip_prefix(b"\"")?;
    loop {
        rest = match rest {
            [b'"', after @ ..] => return Some(after),
            [b'\\', _, after @ ..] | [_, after @ ..] => after,
            [] => return None,
        };
    }
}

/// Whether a line of the trailer section is a field (RFC 9112, section 5).
fn is_field(line: &[u8]) -> bool {
    after_token(line).is_some_and(|rest| rest.first() == Some(&b':'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn decode(input: &[u8], piece: usize) -> Result<(Vec<u8>, bool), BodyError> {
        let mut decoder = ChunkDecoder::default();
        let (mut buffer, mut output) = (BytesMut::new(), Vec::new());
        for piece in input.chunks(piece) {
            buffer.extend_from_slice(piece);
            decoder.decode(&mut buffer, &mut output, usize::MAX)?;
        }
        Ok((output, decoder.is_done()))
    }

    #[rstest]
    #[case(b"0\r\n\r\n", b"")]
    #[case(b"3\r\nabc\r\n0\r\n\r\n", b"abc")]
    #[case(
        b"00A\r\n0123456789\r\n1;x=\"y\"\r\nz\r\n0;last\r\nTrailer: t\r\n\r\n",
        b"0123456789z"
    )]
    #[case(b"1 ; a\t= b ;c;d=\"q\\\"\xe9; \"\r\nx\r\n0\r\nX-T:\r\n\r\n", b"x")]
    fn chunks_are_joined(#[case] input: &[u8], #[case] body: &[u8]) {
        for piece in 1..=input.len() {
            assert_eq!(decode(input, piece), Ok((body.to_vec(), true)));
        }
        for length in 0..input.len() {
            assert!(!decode(&input[..length], 7).unwrap().1, "cut at {length}");
        }
    }

    #[rstest]
    #[case(b"0x1\r\na\r\n0\r\n\r\n")]
    #[case(b"+1\r\na\r\n0\r\n\r\n")]
    #[case(b"-1\r\na\r\n0\r\n\r\n")]
    #[case(b"1_0\r\na\r\n0\r\n\r\n")]
    #[case(b" 1\r\na\r\n0\r\n\r\n")]
    #[case(b"1 \r\na\r\n0\r\n\r\n")]
    #[case(b"1;\r\na\r\n0\r\n\r\n")]
    #[case(b"1;\0\r\na\r\n0\r\n\r\n")]
    #[case(b"1;=x\r\na\r\n0\r\n\r\n")]
    #[case(b"1;x=\r\na\r\n0\r\n\r\n")]
    #[case(b"1;x y\r\na\r\n0\r\n\r\n")]
    #[case(b"1;x=y z\r\na\r\n0\r\n\r\n")]
    #[case(b"1;x=\"y\r\na\r\n0\r\n\r\n")]
    #[case(b"1;x=\"y\\\"\r\na\r\n0\r\n\r\n")]
    #[case(b"1;x=\"y\"z\r\na\r\n0\r\n\r\n")]
    #[case(b"1;x \r\na\r\n0\r\n\r\n")]
    #[case(b"0\r\nno colon\r\n\r\n")]
    #[case(b"0\r\n: no name\r\n\r\n")]
    #[case(b"0\r\nT : t\r\n\r\n")]
    #[case(b"0\r\nT: t\r\n folded\r\n\r\n")]
    #[case(b"\r\na\r\n0\r\n\r\n")]
    #[case(b"1\na\r\n0\r\n\r\n")]
    #[case(b"1\r\nab\r\n0\r\n\r\n")]
    #[case(b"1\r\na\n0\r\n\r\n")]
    #[case(b"10000000000000000\r\n")]
    #[case(b"0\r\nT: \x01\r\n\r\n")]
    #[case(b"0\r\n\n")]
    fn malformed_chunks_are_errors(#[case] input: &[u8]) {
        for piece in 1..=input.len() {
            assert!(decode(input, piece).is_err(), "in pieces of {piece}");
        }
    }

    #[test]
    fn lines_without_end_are_errors() {
        let long = vec![b'0'; MAX_SIZE_LINE + 1];
        assert!(decode(&long, 100).is_err());
        let mut trailers = b"0\r\n".to_vec();
        trailers.extend(b"T: t\r\n".repeat(MAX_TRAILERS / 6 + 1));
        assert!(decode(&trailers, 100).is_err());
    }

    #[test]
    fn no_length_of_a_trailer_lifts_the_limit_for_the_next() {
        for length in MAX_TRAILERS - 4..=MAX_TRAILERS + 4 {
            let mut body = format!("0\r\nX:{}\r\n", "a".repeat(length - 4)).into_bytes();
            body.extend(b"a".repeat(MAX_TRAILERS + 1));
            assert!(decode(&body, body.len()).is_err(), "after {length} octets");
        }
    }

    #[test]
    fn what_follows_the_body_stays_in_the_input() {
        let mut decoder = ChunkDecoder::default();
        let (mut input, mut output) =
            (BytesMut::from(&b"3\r\nabc\r\n0\r\n\r\nGET"[..]), Vec::new());
        decoder.decode(&mut input, &mut output, usize::MAX).unwrap();
        assert_eq!(
            (&output[..], &input[..], decoder.is_done()),
            (&b"abc"[..], &b"GET"[..], true)
        );
    }

    #[test]
    fn no_more_than_the_limit_is_taken() {
        let mut decoder = ChunkDecoder::default();
        let (mut input, mut output) = (BytesMut::from(&b"5\r\nabcde\r\n"[..]), Vec::new());
        decoder.decode(&mut input, &mut output, 2).unwrap();
        assert_eq!((&output[..], decoder.is_done()), (&b"ab"[..], false));
    }

    proptest! {
        #[test]
        fn any_body_comes_back(
            chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..50), 0..6),
            piece in 1_usize..40,
        ) {
            let mut input = Vec::new();
            for chunk in &chunks {
                input.extend(format!("{:x}\r\n", chunk.len()).into_bytes());
                input.extend(chunk);
                input.extend(b"\r\n");
            }
            input.extend(b"0\r\n\r\n");
            prop_assert_eq!(decode(&input, piece), Ok((chunks.concat(), true)));
        }

        #[test]
        fn no_octets_make_it_panic(input in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&input, 13);
        }
    }
}
