//! The entries of a template that was read from an archive or a repository: what Django's walk
//! over the extracted files would have found.

mod links;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::{
    Entry, Kind,
    limits::{LIMITS, Limits, Tally},
    subdirectory::{self, Scope},
};
use crate::template::{cookiecutter, error::Error, manifest};
use links::{Found, Links};

/// One thing as the archive or the repository has it.
#[derive(Debug)]
pub(super) struct Item {
    /// Where it is: relative, of normal parts only. No two are in one place.
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

/// The entries that belong to the template. Links to files become those files; links to directories
/// are left out, as a walk over files leaves them out; one that leads out of the template, round in
/// a circle or nowhere is an error. `name` is that of the archive or repository, for messages.
pub(super) fn entries(
    items: Vec<Item>,
    scope: Scope<'_>,
    name: &Path,
) -> Result<Vec<Entry>, Error> {
    entries_within(items, scope, name, LIMITS)
}

fn entries_within(
    items: Vec<Item>,
    scope: Scope<'_>,
    name: &Path,
    limits: Limits,
) -> Result<Vec<Entry>, Error> {
    let mut items: BTreeMap<PathBuf, What> =
        items.into_iter().map(|it| (it.path, it.what)).collect();
    let mut links = Links::new(&items, name);
    let root = match scope.subdirectory {
        None => PathBuf::new(),
        Some(subdirectory) => {
            subdirectory::check(name, subdirectory)?;
            let Some(root) = links.directory(subdirectory)? else {
                let beside = links.beside(subdirectory);
                return Err(subdirectory::missing(name, subdirectory, beside));
            };
            root
        }
    };
    let mut tally = Tally::new(name, limits);
    let mut taken = Vec::new();
    let has_file = |name: &str| matches!(items.get(&root.join(name)), Some(What::File { .. }));
    let hidden = (has_file(cookiecutter::FILE_NAME) && !has_file(manifest::FILE_NAME))
        .then(|| scope.selection.with_hidden());
    let selection = hidden.as_ref().unwrap_or(scope.selection);
    for (whole, what) in &items {
        let Ok(path) = whole.strip_prefix(&root) else {
            continue;
        };
        let is_directory = matches!(what, What::Directory);
        if path.as_os_str().is_empty() || !selection.takes(path, is_directory) {
            continue;
        }
        let target = match what {
            What::Link(to) => match links.follow(whole, to, &root)? {
                Found::File(target) => Some(target),
                Found::Directory => continue,
            },
            What::Directory | What::File { .. } => None,
        };
        let contents = match items.get(target.as_deref().unwrap_or(whole)) {
            Some(What::File { contents, .. }) => contents.len(),
            _ => 0,
        };
        tally.count_entry()?;
        tally.count_octets(contents)?;
        taken.push((whole.clone(), path.to_path_buf(), target));
    }
    // Copies for the links first, so that the files themselves need not be copied.
    let mut entries = Vec::with_capacity(taken.len());
    for (_, path, target) in &taken {
        if let Some(What::File { contents, mode }) = target.as_ref().and_then(|it| items.get(it)) {
            let (contents, mode) = (contents.clone().into(), *mode);
            let kind = Kind::File { contents, mode };
            entries.push(Entry {
                path: path.clone(),
                kind,
            });
        }
    }
    for (whole, path, target) in taken {
        let kind = match items.remove(&whole) {
            Some(What::Directory) => Kind::Directory,
            Some(What::File { contents, mode }) if target.is_none() => Kind::File {
                contents: contents.into(),
                mode,
            },
            _ => continue,
        };
        entries.push(Entry { path, kind });
    }
    Ok(entries)
}

#[cfg(test)]
mod tests;
