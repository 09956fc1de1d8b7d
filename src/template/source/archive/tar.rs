//! Reading a tar.
//!
//! The `tar` crate reads the headers one by one; what several of them say about one entry is put
//! together here, within limits: the crate would keep a name of any length.

use std::{
    io::{self, BufRead, Read},
    mem,
};

use tar::{Archive, EntryType, Header, PaxExtensions};

use super::{
    error::ArchiveError,
    intake::{self, Intake, What},
    kind,
};
use crate::template::error::Error;

/// How long a header may be that says more about an entry. Names are far shorter.
const MOST_EXTENSION: u64 = 64 << 10;

/// What the headers before an entry's own say about it.
#[derive(Debug, Default)]
struct Extension {
    name: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<Vec<u8>>,
    is_sparse: bool,
}

/// A stream of which only so much is read.
struct Bounded<R> {
    stream: R,
    left: u64,
    is_exceeded: bool,
    is_ended: bool,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(buffer)?;
        self.is_ended |= read == 0 && !buffer.is_empty();
        let length = u64::try_from(read).unwrap_or(u64::MAX);
        if length > self.left {
            self.is_exceeded = true;
            return Err(io::Error::other("it goes on for too long"));
        }
        self.left -= length;
        Ok(read)
    }
}

/// Reads all entries, and all that comes after them: only at its end is a stream known to be whole.
pub(super) fn read(intake: &mut Intake, archive: impl BufRead) -> Result<(), Error> {
    let stream = kind::decompressed(archive).map_err(|error| intake.damaged(&error))?;
    let mut stream = Bounded {
        stream,
        left: intake.stream_allowance(),
        is_exceeded: false,
        is_ended: false,
    };
    let result = members(intake, &mut stream).and_then(|()| rest(intake, &mut stream));
    if stream.is_exceeded {
        return Err(intake.bomb());
    }
    result
}

fn members(intake: &mut Intake, stream: &mut impl Read) -> Result<(), Error> {
    let mut archive = Archive::new(stream);
    let entries = archive.entries().map_err(|error| intake.damaged(&error))?;
    let mut extension = Extension::default();
    let (mut is_first, mut is_extended) = (true, false);
    for entry in entries.raw(true) {
        let mut entry = entry.map_err(|error| match error.kind() {
            // What the crate says about other octets than a tar's is of no help.
            io::ErrorKind::Other if is_first => intake.damaged(&"it does not begin as a tar does"),
            _ => intake.damaged(&error),
        })?;
        is_first = false;
        let header = entry.header().clone();
        let size = header
            .entry_size()
            .map_err(|error| intake.damaged(&error))?;
        let kind = header.entry_type();
        is_extended |= extends(kind);
        match kind {
            EntryType::GNULongName => {
                let name = text(short(intake, &mut entry, size)?);
                set(intake, &mut extension.name, Some(name))?;
            }
            EntryType::GNULongLink => {
                let link = text(short(intake, &mut entry, size)?);
                set(intake, &mut extension.link, Some(link))?;
            }
            EntryType::XHeader => {
                let records = short(intake, &mut entry, size)?;
                extension.extend(intake, Extension::read(intake, &records)?)?;
            }
            EntryType::XGlobalHeader => {
                let records = short(intake, &mut entry, size)?;
                refuse_global(intake, &records)?;
            }
            _ => {
                is_extended = false;
                let extension = mem::take(&mut extension);
                member(intake, &header, extension, &mut entry, size)?;
            }
        }
    }
    if is_extended {
        return Err(intake.damaged(&"it ends in the middle of an entry"));
    }
    Ok(())
}

/// Whether a header only says something about the next one's entry.
fn extends(kind: EntryType) -> bool {
    matches!(
        kind,
        EntryType::GNULongName | EntryType::GNULongLink | EntryType::XHeader
    )
}

/// The contents of a header that says more about an entry.
fn short(intake: &Intake, entry: &mut impl Read, size: u64) -> Result<Vec<u8>, Error> {
    if size > MOST_EXTENSION {
        return Err(intake.damaged(&format_args!("a header of {size} octets")));
    }
    let mut octets = Vec::new();
    entry
        .read_to_end(&mut octets)
        .map_err(|error| intake.damaged(&error))?;
    if u64::try_from(octets.len()) != Ok(size) {
        return Err(intake.damaged(&"it is cut short"));
    }
    Ok(octets)
}

/// A text of C: up to its NUL.
fn text(mut octets: Vec<u8>) -> Vec<u8> {
    if let Some(end) = memchr::memchr(0, &octets) {
        octets.truncate(end);
    }
    octets
}

impl Extension {
    /// What is known here from the records of a PAX header.
    fn read(intake: &Intake, records: &[u8]) -> Result<Self, Error> {
        let mut extension = Self::default();
        for record in PaxExtensions::new(records) {
            let record = record.map_err(|error| intake.damaged(&error))?;
            let value = || Some(record.value_bytes().to_vec());
            match record.key_bytes() {
                b"path" => extension.name = value(),
                b"linkpath" => extension.link = value(),
                b"size" => extension.size = value(),
                key => extension.is_sparse |= key.starts_with(b"GNU.sparse."),
            }
        }
        Ok(extension)
    }

    /// Adds what a further header says.
    fn extend(&mut self, intake: &Intake, other: Self) -> Result<(), Error> {
        let Self {
            name,
            link,
            size,
            is_sparse,
        } = other;
        set(intake, &mut self.name, name)?;
        set(intake, &mut self.link, link)?;
        set(intake, &mut self.size, size)?;
        self.is_sparse |= is_sparse;
        Ok(())
    }
}

/// Notes what a header says. Programs do not agree on which of two headers counts.
fn set(intake: &Intake, known: &mut Option<Vec<u8>>, new: Option<Vec<u8>>) -> Result<(), Error> {
    if known.is_some() && new.is_some() {
        return Err(intake.damaged(&"an entry with two names"));
    }
    *known = new.or(known.take());
    Ok(())
}

/// A global header may say anything, as Git has the commit there, but not what all entries are
/// called.
fn refuse_global(intake: &Intake, records: &[u8]) -> Result<(), Error> {
    let Extension {
        name,
        link,
        size,
        is_sparse,
    } = Extension::read(intake, records)?;
    if name.is_some() || link.is_some() || size.is_some() || is_sparse {
        return Err(intake.damaged(&"a global header that names entries"));
    }
    Ok(())
}

fn member(
    intake: &mut Intake,
    header: &Header,
    extension: Extension,
    contents: &mut impl Read,
    size: u64,
) -> Result<(), Error> {
    let Extension {
        name,
        link,
        size: other_size,
        is_sparse,
    } = extension;
    let mut name = name.unwrap_or_else(|| header.path_bytes().into_owned());
    let link = link.or_else(|| header.link_name_bytes().map(Into::into));
    // Sizes that headers have no room for are beyond all limits, and two sizes are two ways to
    // read an archive.
    if other_size.is_some_and(|it| it != size.to_string().as_bytes()) {
        return Err(intake.damaged(&"an entry with two sizes"));
    }
    let is_directory = match header.entry_type() {
        EntryType::Directory => true,
        // Before there was a kind for directories, they were files with a slash at the end.
        EntryType::Regular => header.as_old().linkflag == [0] && name.ends_with(b"/"),
        _ => false,
    };
    while is_directory && name.len() > 1 && name.ends_with(b"/") {
        name.pop();
    }
    let what = match header.entry_type() {
        EntryType::GNUSparse => return Err(intake.fault(sparse(name))),
        _ if is_sparse => return Err(intake.fault(sparse(name))),
        _ if is_directory => What::Directory,
        EntryType::Symlink => What::Link(link.unwrap_or_default()),
        EntryType::Link => What::HardLink(link.unwrap_or_default()),
        EntryType::Char | EntryType::Block | EntryType::Fifo => {
            return Err(intake.fault(ArchiveError::Special(name)));
        }
        // What is of no known kind is a file, as POSIX has it.
        _ => {
            let contents = intake.read(contents, size)?;
            let bits = header.mode().map_err(|error| intake.damaged(&error))?;
            let mode = intake::mode(bits);
            return intake.add(name, What::File { contents, mode });
        }
    };
    // Some programs skip what is after such a header and some do not: two ways to read an archive.
    if size > 0 {
        return Err(intake.damaged(&"contents of an entry that can have none"));
    }
    intake.add(name, what)
}

fn sparse(name: Vec<u8>) -> ArchiveError {
    ArchiveError::Unsupported {
        name,
        what: "a sparse file",
    }
}

/// Reads what comes after the entries: filling, up to the end of the stream.
fn rest(intake: &Intake, stream: &mut Bounded<impl Read>) -> Result<(), Error> {
    if stream.is_ended {
        return Err(intake.damaged(&"it is cut short"));
    }
    let mut buffer = [0; 8 << 10];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => {
                if buffer.iter().take(read).any(|octet| *octet != 0) {
                    return Err(intake.damaged(&"there is something after its end"));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(intake.damaged(&error)),
        }
    }
}
