//! What the payloads mean: typed messages ↔ octets, pure.
//!
//! Whether a status or a header is right for HTTP is not judged here; `serve` does that.

use bytes::{Buf, BufMut, Bytes, BytesMut};

use super::{
    exceptions::Exception,
    frame::{self, Kind, RequestId},
    marshal::{DecodeError, Decoder, Encoder},
};

/// Most items that memory is reserved for before they have been read: a response has some ten
/// headers, and a count can lie.
const RESERVED: usize = 64;

/// Octets that the variables of a browser's request usually need, encoded: room for them is made at
/// once.
const TYPICAL: usize = 1536;

/// The CGI part of a request's environ (PEP 3333, "environ Variables"), already encoded.
///
/// Reused from request to request, so that building one allocates nothing.
#[derive(Debug, Default)]
pub struct Environ {
    encoded: BytesMut,
}

impl Environ {
    /// An environ without variables.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes this the same as `other`, and keeps the memory.
    pub fn copy_from(&mut self, other: &Self) {
        self.encoded.clear();
        self.encoded.reserve(other.encoded.len() + TYPICAL);
        self.encoded.put_slice(&other.encoded);
    }

    /// Adds a variable; the octets of `value` become the characters of the same number. A later
    /// variable of the same name replaces an earlier one.
    pub fn set(&mut self, name: &str, value: &[u8]) {
        let mut encoder = Encoder::new(&mut self.encoded);
        encoder.text(name);
        encoder.latin1(value);
    }

    /// Appends a `REQUEST` frame. `body` is the whole body, or `None` where it is to be streamed.
    pub(crate) fn put_request(&self, out: &mut BytesMut, id: RequestId, body: Option<&[u8]>) {
        frame::put(out, Kind::Request, id, |out| {
            let mut encoder = Encoder::new(out);
            encoder.tuple(2);
            encoder.dict();
            out.put_slice(&self.encoded);
            let mut encoder = Encoder::new(out);
            encoder.end_dict();
            match body {
                Some(octets) => encoder.bytes(octets),
                None => encoder.none(),
            }
        });
    }

    /// The payload of the `REQUEST` frame of this environ: for tests that let a real Python read
    /// it.
    #[must_use]
    pub fn payload(&self, body: Option<&[u8]>) -> Bytes {
        let mut out = BytesMut::new();
        self.put_request(&mut out, 0, body);
        out.advance(frame::HEADER_LEN);
        out.freeze()
    }
}

/// Status and headers as the application gave them to `start_response`, as octets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseHead {
    /// Such as `200 OK`.
    pub status: Bytes,
    /// Names and values in the application's order.
    pub headers: Vec<(Bytes, Bytes)>,
}

impl ResponseHead {
    pub(super) fn decode(decoder: &mut Decoder) -> Result<Self, DecodeError> {
        let status = latin1(decoder.utf8()?)?;
        let count = decoder.list()?;
        let mut headers = Vec::with_capacity(count.min(RESERVED));
        for _ in 0..count {
            decoder.tuple_of(2)?;
            headers.push((latin1(decoder.utf8()?)?, latin1(decoder.utf8()?)?));
        }
        Ok(Self { status, headers })
    }

    /// The payload of a `HEAD` frame.
    pub fn from_head(payload: Bytes) -> Result<Self, DecodeError> {
        let mut decoder = Decoder::new(payload);
        decoder.tuple_of(2)?;
        let head = Self::decode(&mut decoder)?;
        decoder.finish()?;
        Ok(head)
    }

    /// The payload of a `RESPONSE` frame: head and whole body.
    pub fn from_response(payload: Bytes) -> Result<(Self, Bytes), DecodeError> {
        let mut decoder = Decoder::new(payload);
        decoder.tuple_of(3)?;
        let head = Self::decode(&mut decoder)?;
        let body = decoder.bytes()?;
        decoder.finish()?;
        Ok((head, body))
    }
}

/// How an application failed in a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ErrorKind {
    /// It raised an exception, as those in Python do.
    #[default]
    Exception,
    /// It panicked, as those in Rust may.
    Panic,
    /// It returned an error, as those in Rust may.
    Error,
}

/// What an application that failed left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationError {
    /// How it failed.
    pub kind: ErrorKind,
    /// One line: the exception's type and text.
    pub summary: String,
    /// The traceback as Python prints it, or the backtrace as Rust does.
    pub traceback: String,
    /// The exception taken apart, and those that belong to it; none where the worker could not.
    pub exceptions: Vec<Exception>,
}

impl ApplicationError {
    /// The payload of an `ERROR` frame.
    pub fn decode(payload: Bytes) -> Result<Self, DecodeError> {
        let mut decoder = Decoder::new(payload);
        decoder.tuple_of(2)?;
        let (summary, traceback) = (decoder.text()?, decoder.text()?);
        let exceptions = Exception::decode_rest(&mut decoder)?;
        decoder.finish()?;
        Ok(Self {
            kind: ErrorKind::Exception,
            summary,
            traceback,
            exceptions,
        })
    }
}

/// What a worker says about itself in `READY` and `FAILED`: names and values, and the exception
/// that was the reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pairs: Vec<(String, String)>,
    exceptions: Vec<Exception>,
}

impl Report {
    /// The payload of a `READY` or `FAILED` frame.
    pub fn decode(payload: Bytes) -> Result<Self, DecodeError> {
        let mut decoder = Decoder::new(payload);
        let count = decoder.list()?;
        let mut pairs = Vec::with_capacity(count.min(RESERVED));
        for _ in 0..count {
            decoder.tuple_of(2)?;
            pairs.push((decoder.text()?, decoder.text()?));
        }
        let exceptions = Exception::decode_rest(&mut decoder)?;
        decoder.finish()?;
        Ok(Self { pairs, exceptions })
    }

    /// The exception that was the reason, taken apart, and those that belong to it.
    #[must_use]
    pub fn exceptions(&self) -> &[Exception] {
        &self.exceptions
    }

    /// All names and values, in the worker's order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The values of a name that may stand there more than once.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.pairs
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The value of a name; empty where the worker said nothing of it.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.pairs
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value)
    }
}

/// What a worker is to load, and how: the front's first message.
#[derive(Clone, Debug, Default)]
pub struct Configure {
    /// The project's root, which is the working directory.
    pub root: String,
    /// `module:callable` from the command line, or empty.
    pub app: String,
    /// The settings module from the command line, or empty.
    pub settings: String,
    /// `app` of `[tool.scaffold]`, or empty.
    pub configured_app: String,
    /// `settings` of `[tool.scaffold]`, or empty.
    pub configured_settings: String,
    /// Settings modules that lie in the project.
    pub candidates: Vec<String>,
    /// Directories that come first on the module search path.
    pub pythonpath: Vec<String>,
    /// `sys.argv` for the project.
    pub argv: Vec<String>,
    /// The most stand-in threads; 0 runs one request at a time.
    pub threads: u16,
    /// Whether several workers serve the project.
    pub multiprocess: bool,
    /// How many files the project may have open, where that is another number than the worker
    /// inherits; 0 where it is not.
    pub open_files: i32,
    /// How many seconds loading and one request may take, where one is to be tried before the
    /// worker says that it is ready; else 0.
    pub probe: u16,
    /// Whether the worker is to tell what a server in production has to know.
    pub describe: bool,
    /// Whether it is to say what would go wrong in production.
    pub deploy: bool,
}

impl Configure {
    /// Appends a `CONFIGURE` frame.
    pub(crate) fn put(&self, out: &mut BytesMut) {
        let Self {
            root,
            app,
            settings,
            configured_app,
            configured_settings,
            candidates,
            pythonpath,
            argv,
            threads,
            multiprocess,
            open_files,
            probe,
            describe,
            deploy,
        } = self;
        frame::put(out, Kind::Configure, 0, |out| {
            let mut encoder = Encoder::new(out);
            encoder.dict();
            for (name, value) in [
                ("root", root),
                ("app", app),
                ("settings", settings),
                ("configured_app", configured_app),
                ("configured_settings", configured_settings),
            ] {
                encoder.text(name);
                encoder.text(value);
            }
            for (name, values) in [
                ("candidates", candidates),
                ("pythonpath", pythonpath),
                ("argv", argv),
            ] {
                encoder.text(name);
                encoder.list(values.len());
                for value in values {
                    encoder.text(value);
                }
            }
            encoder.text("threads");
            encoder.int((*threads).into());
            encoder.text("multiprocess");
            encoder.int((*multiprocess).into());
            encoder.text("open_files");
            encoder.int(*open_files);
            encoder.text("probe");
            encoder.int((*probe).into());
            encoder.text("describe");
            encoder.int((*describe).into());
            encoder.text("deploy");
            encoder.int((*deploy).into());
            encoder.end_dict();
        });
    }
}

/// The payload of a `FILE` frame: where in the file the body begins, and how long it is.
pub(crate) fn file_part(mut payload: Bytes) -> Result<(u64, u64), DecodeError> {
    let offset = payload.try_get_u64_le();
    let (Ok(offset), Ok(length)) = (offset, payload.try_get_u64_le()) else {
        return Err(DecodeError::Truncated);
    };
    match payload.len() {
        0 => Ok((offset, length)),
        left => Err(DecodeError::Trailing(left)),
    }
}

/// Appends `WAKE`: how many requests had been begun, of which the lower half is enough.
pub(super) fn put_begun(out: &mut BytesMut, begun: u64) {
    let [a, b, c, d, ..] = begun.to_le_bytes();
    frame::put(out, Kind::Wake, 0, |out| out.put_slice(&[a, b, c, d]));
}

/// Appends a frame whose payload is a `u32`: `CREDIT`.
pub(crate) fn put_amount(out: &mut BytesMut, kind: Kind, id: RequestId, amount: usize) {
    let amount = u32::try_from(amount).unwrap_or(u32::MAX);
    frame::put(out, kind, id, |out| out.put_u32_le(amount));
}

/// The octets of a text whose characters are all below U+0100 (PEP 3333, "Unicode Issues").
fn latin1(utf8: Bytes) -> Result<Bytes, DecodeError> {
    if utf8.is_ascii() {
        return Ok(utf8);
    }
    let text = std::str::from_utf8(&utf8).map_err(|_| DecodeError::NotUtf8)?;
    let octets: Option<Vec<u8>> = text
        .chars()
        .map(|character| u8::try_from(u32::from(character)).ok())
        .collect();
    octets.map(Bytes::from).ok_or(DecodeError::NotLatin1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_text_becomes_octets_again() {
        let payload = b"(\x02\0\0\0u\x02\0\0\0OK[\x01\0\0\0(\x02\0\0\0\
            u\x01\0\0\0Au\x02\0\0\0\xc3\xa9";
        let head = ResponseHead::from_head(Bytes::from_static(payload)).unwrap();
        assert_eq!(
            head.headers,
            [(Bytes::from_static(b"A"), Bytes::from_static(b"\xe9"))]
        );
    }

    #[test]
    fn characters_that_are_no_octet_are_refused() {
        let payload = b"(\x02\0\0\0u\x03\0\0\0\xe2\x82\xac[\0\0\0\0";
        assert_eq!(
            ResponseHead::from_head(Bytes::from_static(payload)),
            Err(DecodeError::NotLatin1)
        );
    }

    #[test]
    fn a_report_answers_by_name_and_is_empty_for_what_it_lacks() {
        let payload = b"[\x01\0\0\0(\x02\0\0\0u\x04\0\0\0kindu\x03\0\0\0xyz";
        let report = Report::decode(Bytes::from_static(payload)).unwrap();
        assert_eq!((report.get("kind"), report.get("hint")), ("xyz", ""));
    }

    #[test]
    fn a_part_of_a_file_is_exactly_two_numbers() {
        let payload = b"\x01\x02\0\0\0\0\0\0\x03\0\0\0\0\0\0\0x";
        let part = |length| file_part(Bytes::from_static(&payload[..length]));
        assert_eq!(part(16), Ok((513, 3)));
        assert_eq!(part(15), Err(DecodeError::Truncated));
        assert_eq!(part(17), Err(DecodeError::Trailing(1)));
    }
}
