//! The entries of a template that was read from an archive or a repository: what Django's walk
//! over the extracted files would have found.

use std::path::{Path, PathBuf};

use super::{Entry, Kind};
use crate::template::{error::Error, selection::Selection};

/// One thing as the archive or the repository has it.
#[derive(Debug)]
pub(super) struct Item {
    /// Where it is: relative, of normal parts only.
    pub(super) path: PathBuf,
    pub(super) what: What,
}

/// What it is.
#[derive(Debug)]
pub(super) enum What {
    Directory,
    File {
        contents: Vec<u8>,
        /// The permission bits, before the umask.
        mode: u32,
    },
    /// A symbolic link, with its text.
    Link(PathBuf),
}

/// The entries that the selection takes. Links to files become those files; links to directories
/// are left out, as a walk over files leaves them out; one that leads out of the template, round in
/// a circle or nowhere is an error. `name` is the template's, for messages.
pub(super) fn entries(
    items: Vec<Item>,
    selection: &Selection,
    name: &Path,
) -> Result<Vec<Entry>, Error> {
    let mut entries = Vec::new();
    for Item { path, what } in items {
        if !selection.takes(&path, matches!(what, What::Directory)) {
            continue;
        }
        let kind = match what {
            What::Directory => Kind::Directory,
            What::File { contents, mode } => Kind::File {
                contents: contents.into(),
                mode,
            },
            What::Link(to) => {
                return Err(Error::LinkOutside {
                    link: name.join(path),
                    to,
                });
            }
        };
        entries.push(Entry { path, kind });
    }
    Ok(entries)
}
