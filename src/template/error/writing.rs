//! Errors of writing.

use std::{io, path::Path};

use super::Error;

impl Error {
    /// An error of writing, from the error of a system call.
    pub(in crate::template) fn write(
        action: &'static str,
        path: &Path,
        source: impl Into<io::Error>,
    ) -> Self {
        Self::Write {
            action,
            path: path.to_path_buf(),
            source: source.into(),
        }
    }
}
