//! A template that is an archive. To be replaced.

use std::{fs::File, io, path::Path};

use super::Entry;
use crate::template::{error::Error, selection::Selection};

/// Everything in an archive that the selection takes.
pub(super) fn entries(name: &Path, _: File, _: &Selection) -> Result<Vec<Entry>, Error> {
    Err(Error::Read {
        path: name.to_path_buf(),
        source: io::ErrorKind::Unsupported.into(),
    })
}
