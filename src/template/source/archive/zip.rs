//! Reading a zip.

use std::{
    cell::Cell,
    io::{self, Read, Seek, SeekFrom},
    rc::Rc,
};

use zip::{CompressionMethod, ZipArchive, ZipReadOptions, read::ZipFile, result::ZipError};

use super::{
    error::ArchiveError,
    intake::{self, Intake, What},
};
use crate::template::error::Error;

/// How much is read to find the list of entries. The crate keeps all of the list, and each of its
/// entries is smaller in the archive than in memory; a hundred thousand fit in here.
const MOST_LIST: u64 = 20 << 20;

/// The bits of a mode that say what an entry is, and what they say.
const KIND: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;
const DIRECTORY: u32 = 0o040_000;
const LINK: u32 = 0o120_000;

/// How entries may be compressed: the ways that Django's Python knows.
const METHODS: [CompressionMethod; 4] = [
    CompressionMethod::STORE,
    CompressionMethod::DEFLATE,
    CompressionMethod::BZIP2,
    CompressionMethod::LZMA,
];

/// An archive of which, at first, only so much is read.
struct Metered<R> {
    archive: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.archive.read(buffer)?;
        let read_here = u64::try_from(read).unwrap_or(u64::MAX);
        self.left.set(self.left.get().saturating_sub(read_here));
        if self.left.get() == 0 {
            return Err(io::Error::other("its list of entries is too long"));
        }
        Ok(read)
    }
}

impl<R: Seek> Seek for Metered<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.archive.seek(to)
    }
}

/// Reads all entries.
pub(super) fn read(intake: &mut Intake, archive: impl Read + Seek) -> Result<(), Error> {
    let left = Rc::new(Cell::new(MOST_LIST));
    let metered = Metered {
        archive,
        left: Rc::clone(&left),
    };
    let mut archive = ZipArchive::new(metered).map_err(|error| match left.get() {
        0 => intake.tally.too_large(),
        _ => intake.damaged(&error),
    })?;
    left.set(u64::MAX);
    let metadata = archive.metadata();
    let mut spans = Vec::new();
    for index in 0..metadata.len() {
        let (name, size) = metadata
            .entry(index)
            .and_then(|entry| Ok((entry.name()?.into_owned().into_bytes(), entry.size())))
            .map_err(|error| intake.damaged(&error))?;
        // Before there is a decoder, which takes memory by the size.
        intake.check(size)?;
        // Two headers that say different things are two ways to read an archive; so are two
        // entries of one name.
        let options = ZipReadOptions::new().enforce_header_consistency(true);
        let entry = match archive.by_index_with_options(index, options) {
            Ok(entry) => entry,
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                return Err(intake.fault(ArchiveError::Encrypted(name)));
            }
            Err(error) => return Err(intake.damaged(&error)),
        };
        let data = entry.data_start().unwrap_or(u64::MAX);
        let end = data.saturating_add(entry.compressed_size());
        spans.push((entry.header_start(), end));
        member(intake, name, entry)?;
    }
    if overlap(spans, archive.central_directory_start()) {
        return Err(intake.fault(ArchiveError::Overlap));
    }
    Ok(())
}

/// Reads one entry.
fn member(
    intake: &mut Intake,
    name: Vec<u8>,
    mut entry: ZipFile<'_, impl Read>,
) -> Result<(), Error> {
    if !METHODS.contains(&entry.compression()) {
        let what = "compressed in an uncommon way";
        return Err(intake.fault(ArchiveError::Unsupported { name, what }));
    }
    // As Django does, whatever system the archive says that it comes from.
    let mode = entry.external_attributes() >> 16;
    let size = entry.size();
    let what = match mode & KIND {
        _ if name.ends_with(b"/") => What::Directory,
        0 | REGULAR | DIRECTORY => What::File {
            contents: intake.read(&mut entry, size)?,
            mode: intake::mode(mode),
        },
        LINK => What::Link(intake.read(&mut entry, size)?),
        _ => return Err(intake.fault(ArchiveError::Special(name))),
    };
    intake.add(name, what)
}

/// Whether two entries share octets, or one reaches into the list at the end.
fn overlap(mut spans: Vec<(u64, u64)>, end: u64) -> bool {
    spans.sort_unstable();
    let starts = spans.iter().skip(1).map(|(start, _)| *start);
    let next = starts.chain([end]);
    spans.iter().zip(next).any(|((_, end), next)| *end > next)
}
