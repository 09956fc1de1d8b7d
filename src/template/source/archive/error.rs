//! Why an archive is not taken. Names in it are shown so that they do nothing to a terminal.

use std::io;

use crate::template::shown;

/// Why an archive is not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// The name has no ending that tells what it is. Django's words.
    #[error("Path not a recognized archive format: {}", shown::path(.0))]
    Unrecognized(std::path::PathBuf),
    /// It cannot be opened.
    #[error("{0}")]
    Open(io::Error),
    /// It is cut short, its checksums do not match, or it is not what its name says.
    #[error("it is damaged: {}", shown::octets(.0.as_bytes()))]
    Damaged(String),
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
    /// It has a name in it that it must not have. Django's words, and the reason.
    #[error("Archive contains invalid path: '{}' ({reason})", shown::octets(name))]
    Path {
        /// The name.
        name: Vec<u8>,
        /// Why not.
        reason: &'static str,
    },
    /// Two entries are in each other's way.
    #[error("`{}` is both a file and a directory", shown::octets(.0))]
    Kinds(Vec<u8>),
    /// There is a file where everything else is below one directory.
    #[error("`{}` is not in the directory that all the rest is in", shown::octets(.0))]
    NoDirectory(Vec<u8>),
    /// An entry that is neither file nor directory nor link.
    #[error("`{}` is neither a file nor a directory", shown::octets(.0))]
    Special(Vec<u8>),
    /// A hard link to what is not before it.
    #[error(
        "`{}` is a hard link to `{}`, which is no file before it",
        shown::octets(link),
        shown::octets(to)
    )]
    HardLink {
        /// The link.
        link: Vec<u8>,
        /// The name that it is a link to.
        to: Vec<u8>,
    },
    /// An entry can be read with its password only.
    #[error("`{}` is encrypted", shown::octets(.0))]
    Encrypted(Vec<u8>),
    /// An entry is stored in a way that is not known here.
    #[error("`{}` is {what}, which is not supported", shown::octets(name))]
    Unsupported {
        /// The entry.
        name: Vec<u8>,
        /// How it is stored.
        what: &'static str,
    },
    /// Entries share octets, as only those of archives made to do harm do.
    #[error("its entries overlap, as in an archive that is made to do harm")]
    Overlap,
    /// It expands beyond all proportion, as only archives made to do harm do.
    #[error(
        "{archive} octets expand to more than {mebibytes} MiB, as in an archive that is made \
        to do harm"
    )]
    Bomb {
        /// How large the archive is.
        archive: u64,
        /// How large its contents may be.
        mebibytes: u64,
    },
}

impl ArchiveError {
    /// What the user can do next.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Unrecognized(_) => Some(
                "its name must end in one of .zip .tar .tar.gz .tgz .taz .tar.bz2 .tbz2 .tbz .tz2 \
                 .tar.xz .txz .tar.lzma .tlz",
            ),
            Self::Damaged(_) => Some("download it or pack it again"),
            Self::Encrypted(_) => Some("pack it without a password"),
            Self::Unsupported { .. } => Some("pack it again, as a .tar.gz or a .zip"),
            Self::NoDirectory(_) => Some("pack the directory that the template is in"),
            _ => None,
        }
    }
}
