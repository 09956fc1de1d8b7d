//! Static files that the worker has found once, and that are sent without asking it again.
//!
//! A page of many files would else wake the interpreter for each of them, on cores that the browser
//! needs. A file is known as long as the worker lives that found it. Each time it is looked at
//! again: whether it is in the state that its `ETag` names, and whether nothing has come to where
//! the framework looks before. Wherever that is not so, and for all but the plainest requests, the
//! worker is asked as ever.

use std::{
    collections::HashMap,
    fs::File,
    io,
    os::unix::fs::FileExt as _,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rustix::fs::{Access, FileType, Mode, OFlags, Stat, access, fstat, open};

use super::{
    clock,
    download::{Answered, Download},
    head::{Framing, Head},
    response::{self, Asked, Shape},
    socket::Socket,
};
use crate::wire::{FilePart, FoundFile, INLINE_BODY, message::ResponseHead};

/// Most files that are known: more than a project has pages full of. Each takes about 2 KiB.
const MAX_FILES: usize = 2048;

/// Longest target that a file is known by, in octets: paths are shorter.
const MAX_TARGET: usize = 1024;

/// The conditions of a request that can be met without the worker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Wanted {
    /// It is for the worker.
    #[default]
    Worker,
    /// All of the file.
    All,
    /// All of it, unless it is in the state that the connection has noted.
    UnlessSame,
}

impl Wanted {
    /// What a request wants. Where it has the file in some state, that is noted.
    pub(super) fn of(head: &Head<'_>, state: &mut Vec<u8>) -> Self {
        state.clear();
        let is_plain = head.method == "GET" && head.framing == Framing::Length(0);
        let (mut is_conditional, mut is_dated) = (false, false);
        for header in head.headers {
            let name = header.name.as_bytes();
            let is = |other: &str| name.eq_ignore_ascii_case(other.as_bytes());
            // By their lengths most of the names are told apart.
            match name.len() {
                5 if is("range") => return Self::Worker,
                8 if is("if-match") || is("if-range") => return Self::Worker,
                19 if is("if-unmodified-since") => return Self::Worker,
                13 if is("if-none-match") => {
                    if is_conditional || !is_one_tag(header.value.trim_ascii()) {
                        return Self::Worker;
                    }
                    is_conditional = true;
                    state.extend_from_slice(header.value.trim_ascii());
                }
                // RFC 9110, section 13.1.3: beside `If-None-Match` it means nothing.
                17 if is("if-modified-since") => is_dated = true,
                _ => {}
            }
        }
        match (is_plain, is_conditional, is_dated) {
            (true, true, _) => Self::UnlessSame,
            (true, false, false) => Self::All,
            _ => Self::Worker,
        }
    }
}

/// The target in a request line, without its query, which means nothing to a static file.
pub(super) fn target(line: &[u8]) -> &[u8] {
    let mut words = line.split(|&octet| octet == b' ').skip(1);
    let target = words.next().unwrap_or_default();
    let end = memchr::memchr(b'?', target).unwrap_or(target.len());
    target.get(..end).unwrap_or(target)
}

/// The files that the present workers have found, by their targets.
#[derive(Debug, Default)]
pub(super) struct KnownFiles {
    files: Mutex<HashMap<Box<[u8]>, Arc<KnownFile>>>,
}

#[derive(Debug)]
struct KnownFile {
    found: FoundFile,
    /// The answer to who has it in this state already.
    same: ResponseHead,
    tag: Box<[u8]>,
}

/// A known file that is as it was.
#[derive(Debug)]
pub(super) struct OpenFile {
    known: Arc<KnownFile>,
    file: File,
    length: u64,
}

impl KnownFiles {
    fn lock(&self) -> MutexGuard<'_, HashMap<Box<[u8]>, Arc<KnownFile>>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there is such a file.
    pub(super) fn has(&self, target: &[u8]) -> bool {
        self.lock().contains_key(target)
    }

    /// Notes what a target means.
    pub(super) fn note(&self, target: &[u8], found: FoundFile) {
        let Some(known) = KnownFile::new(found) else {
            return;
        };
        let mut files = self.lock();
        if files.len() >= MAX_FILES {
            files.clear();
        }
        if target.len() <= MAX_TARGET {
            files.insert(target.into(), Arc::new(known));
        }
    }

    /// The file that a target means, if it is as it was; else it is not known any more.
    pub(super) fn open(&self, target: &[u8]) -> Option<OpenFile> {
        let mut files = self.lock();
        let known = Arc::clone(files.get(target)?);
        let opened = known.open();
        if opened.is_none() {
            files.remove(target);
        }
        let (file, length) = opened?;
        Some(OpenFile {
            known,
            file,
            length,
        })
    }
}

impl KnownFile {
    /// `None` where the state cannot be known again, or the head must not be sent.
    fn new(found: FoundFile) -> Option<Self> {
        let value = |wanted: &[u8]| {
            let mut headers = found.head.headers.iter();
            headers.find_map(|(name, value)| name.eq_ignore_ascii_case(wanted).then_some(value))
        };
        let tag: Box<[u8]> = value(b"etag")?.as_ref().into();
        let headers = found.head.headers.iter();
        let of_state = |name: &[u8]| {
            name.eq_ignore_ascii_case(b"etag") || name.eq_ignore_ascii_case(b"cache-control")
        };
        let same = ResponseHead {
            status: "304 Not Modified".into(),
            headers: headers
                .filter(|(name, _)| of_state(name))
                .cloned()
                .collect(),
        };
        let mut scratch = Vec::new();
        let begun = response::begin(&mut scratch, &found.head, Shape::Streamed, Asked::LAST, b"");
        // The length has to be said: it is compared with that of the file.
        let is_right =
            begun.is_ok_and(|begun| begun.status == 200) && value(b"content-length").is_some();
        is_right.then_some(Self { found, same, tag })
    }

    /// Opens the file, without waiting where it has become a pipe.
    fn open(&self) -> Option<(File, u64)> {
        let FoundFile { path, absent, .. } = &self.found;
        if absent
            .iter()
            .any(|path| access(path, Access::EXISTS).is_ok())
        {
            return None;
        }
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = File::from(open(path, flags, Mode::empty()).ok()?);
        let status = fstat(&file).ok()?;
        let is_same = FileType::from_raw_mode(status.st_mode) == FileType::RegularFile
            && entity_tag(&status).is_some_and(|tag| tag.as_bytes() == &*self.tag);
        is_same.then_some((file, u64::try_from(status.st_size).ok()?))
    }
}

/// The `ETag` that the worker gives a file in this state, once it has been in it for long enough
/// (`conditional.entity_tag`).
fn entity_tag(status: &Stat) -> Option<String> {
    let changed = i128::from(status.st_ctime) * 1_000_000_000 + i128::from(status.st_ctime_nsec);
    let changed = u128::try_from(changed).ok()?;
    let (size, inode) = (status.st_size, status.st_ino);
    Some(format!("\"{changed:x}-{size:x}-{inode:x}\""))
}

impl OpenFile {
    /// Whether that is the state it is in.
    pub(super) fn is_in_state(&self, state: &[u8]) -> bool {
        *state == *self.known.tag
    }

    /// Sends the file, or that it is the one which the client has. `None`, with nothing sent, where
    /// the file has become shorter at this moment: the worker knows what to make of that.
    pub(super) async fn send(
        self,
        socket: &mut Socket,
        asked: Asked,
        is_same: bool,
    ) -> io::Result<Option<Answered>> {
        let Self {
            known,
            file,
            length,
        } = self;
        let head = if is_same {
            &known.same
        } else {
            &known.found.head
        };
        let asked = Asked {
            keep_alive: asked.keep_alive && socket.has_more(),
            ..asked
        };
        let before = socket.output.len();
        let begun = response::begin(
            &mut socket.output,
            head,
            Shape::Streamed,
            asked,
            clock::http_date().as_bytes(),
        );
        let Ok(begun) = begun else {
            socket.output.truncate(before);
            return Ok(None);
        };
        let mut download = Download { begun, sent: 0 };
        if is_same || length <= INLINE_BODY as u64 {
            if !is_same && !append(&mut socket.output, &file, length) {
                socket.output.truncate(before);
                return Ok(None);
            }
            socket.flush().await?;
            let size = if is_same { 0 } else { length };
            return Ok(Some(download.answered(size)));
        }
        socket.is_mid_response = true;
        let part = FilePart {
            file,
            offset: 0,
            length,
        };
        match download.send_file(socket, part).await {
            Ok(()) if download.sent == length => {
                socket.is_mid_response = false;
                Ok(Some(download.answered(length)))
            }
            Ok(()) => Ok(Some(download.broken_off())),
            Err(error) => Ok(Some(download.broken_off_by(&error))),
        }
    }
}

/// Whether a condition names exactly one state: where that is not the file's, it is another one.
fn is_one_tag(state: &[u8]) -> bool {
    let opaque = state
        .strip_prefix(b"\"")
        .and_then(|it| it.strip_suffix(b"\""));
    opaque.is_some_and(|it| !it.contains(&b'"'))
}

/// Appends a short file; `false` where it is shorter than that.
fn append(output: &mut Vec<u8>, file: &File, length: u64) -> bool {
    let start = output.len();
    output.resize(start + usize::try_from(length).unwrap_or_default(), 0);
    let room = output.get_mut(start..).unwrap_or_default();
    file.read_exact_at(room, 0).is_ok()
}

#[cfg(test)]
mod tests;
