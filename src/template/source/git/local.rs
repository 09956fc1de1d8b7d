//! Templates that are directories of the user's, in a repository of the user's: which commit such a
//! directory is, and what it was in an earlier one.
//!
//! The repository is only read, with commands that run nothing that its configuration names.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use super::{Git, Repository, TOTAL, listing, redacted};
use crate::template::{
    Request,
    error::Error,
    source::{Entry, Source, origin, origin::Origin, subdirectory::Scope},
};

/// How a `.git` begins that is a file: that of a worktree or a submodule.
const GIT_FILE: &str = "gitdir:";

/// A directory in a repository.
struct Place {
    /// What would be `.git`.
    repository: PathBuf,
    /// The directory in it.
    prefix: PathBuf,
}

/// Finds the repository that a directory is in.
fn find(directory: &Path) -> Option<Place> {
    let directory = directory.canonicalize().ok()?;
    let root = directory
        .ancestors()
        .find(|above| above.join(".git").symlink_metadata().is_ok())?;
    let git = root.join(".git");
    let repository = if git.is_dir() {
        git
    } else {
        let text = fs::read_to_string(&git).ok()?;
        root.join(text.strip_prefix(GIT_FILE)?.trim())
    };
    Some(Place {
        repository,
        prefix: directory.strip_prefix(root).ok()?.to_path_buf(),
    })
}

/// The commit that the directory is, if it is one: nothing was added to what is in it, or changed.
pub(in crate::template::source) fn commit(
    request: &Request<'_>,
    directory: &Path,
    entries: &[Entry],
) -> Option<String> {
    let place = find(directory)?;
    let repository = place.open(request, directory);
    let commit = repository.commit("HEAD").ok()?;
    let there = place.entries(&repository, &commit).ok()?;
    origin::are_alike(entries, &there).then_some(commit)
}

/// The template that the directory was in a commit.
pub(in crate::template::source) fn source(
    request: &Request<'_>,
    directory: &Path,
    commit: &str,
) -> Result<Option<Source>, Error> {
    let Some(place) = find(directory) else {
        return Ok(None);
    };
    let repository = place.open(request, directory);
    // What is in the file that remembers it may be anything.
    super::reference::wanted(Some(commit))?;
    if repository.commit(commit).is_err() {
        return Ok(None);
    }
    Ok(Some(Source {
        entries: place.entries(&repository, commit)?,
        root: directory.to_path_buf(),
        origin: Origin::default(),
    }))
}

impl Place {
    fn open<'a>(&'a self, request: &'a Request<'a>, directory: &'a Path) -> Repository<'a> {
        Repository {
            git: Git {
                directory: &self.repository,
                stop: request.stop,
                end: Instant::now() + TOTAL,
                asks: false,
            },
            request,
            url: "",
            shown: redacted(&directory.to_string_lossy()),
            reference: "",
        }
    }

    fn entries(&self, repository: &Repository<'_>, commit: &str) -> Result<Vec<Entry>, Error> {
        let prefix = Some(self.prefix.as_path()).filter(|it| !it.as_os_str().is_empty());
        let items = repository.items_of(commit, prefix)?;
        let scope = Scope {
            selection: repository.request.selection,
            subdirectory: prefix,
        };
        listing::entries(items, scope, Path::new(&repository.shown))
    }
}
