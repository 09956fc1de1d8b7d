//! Why the user's variables cannot be taken.

use std::{io, path::PathBuf};

use crate::template::report::Report;

/// Why the user's variables cannot be taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VariablesError {
    /// An argument is not `NAME=VALUE`.
    #[error("`{argument}` has no value")]
    NoValue {
        /// The argument.
        argument: String,
    },
    /// A variable cannot be called so.
    #[error("{message}")]
    Name {
        /// Which name, and why.
        message: String,
    },
    /// The file's ending says nothing.
    #[error("cannot tell how `{}` is written", path.display())]
    Format {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The file is larger than any file of variables.
    #[error("`{}` has more than {mebibytes} MiB", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// How much it may have.
        mebibytes: u64,
    },
    /// The file is not UTF-8.
    #[error("`{}` is not UTF-8 (octet {offset})", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
        /// Where the first octet stands that is not UTF-8.
        offset: usize,
    },
    /// The file is not as it should be.
    #[error("{report}")]
    Contents {
        /// Where, and what is wrong.
        report: Report,
    },
}

impl VariablesError {
    /// Where in the file something is wrong, with what is drawn of it, if that is it.
    #[must_use]
    pub fn report(&self) -> Option<&Report> {
        match self {
            Self::Contents { report } => Some(report),
            _ => None,
        }
    }

    /// What the user can do next.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoValue { .. } => Some("variables are given as `--var NAME=VALUE`"),
            Self::Format { .. } => {
                Some("files of variables end in `.toml`, `.yaml`, `.yml` or `.json`")
            }
            Self::TooLarge { .. } => Some("is this the file that you meant?"),
            Self::NotText { .. } => Some("save it as UTF-8"),
            Self::Name { .. } | Self::Read { .. } | Self::Contents { .. } => None,
        }
    }
}
