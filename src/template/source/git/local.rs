//! Templates that are directories of the user's, in a repository of the user's: which commit such a
//! directory is, and what it was in an earlier one.
//!
//! The repository is only read, with commands that run nothing that its configuration names.

use std::{
    ffi::OsString,
    fs,
    io::Read as _,
    path::{Path, PathBuf},
    process::Stdio,
    time::Instant,
};

use super::{
    Git, LIMITS, Repository, TOTAL, Tally,
    head::{self, Head},
    listing,
    objects::Objects,
    program::Running,
    redacted,
};
use crate::template::{
    Request,
    error::Error,
    source::{Entry, Source, origin::Origin, subdirectory::Scope},
};

/// More than two names of objects take.
const TOLD: u64 = 1024;

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

/// The question which commit a directory of the user's is. Where `git` has to be asked, it answers
/// while the template is rendered.
pub(in crate::template) struct Question {
    place: Place,
    directory: PathBuf,
    head: Asked,
    /// What is in the directory.
    objects: Option<Objects>,
}

/// What `HEAD` is.
enum Asked {
    Known(Head),
    Running(Running),
}

impl Question {
    /// Asks, where the directory is in a repository.
    pub(in crate::template::source) fn ask(
        request: &Request<'_>,
        directory: PathBuf,
    ) -> Option<Self> {
        let place = find(&directory)?;
        let head = match head::read(&place.repository, &place.prefix) {
            Some(head) => Asked::Known(head),
            None => Asked::Running(place.ask(request, &directory)?),
        };
        Some(Self {
            head,
            place,
            directory,
            objects: None,
        })
    }

    /// Notes what was found in the directory.
    pub(in crate::template) fn note(&mut self, entries: &[Entry]) {
        self.objects = Some(Objects::of(entries));
    }

    /// The commit that the directory is, if it is one: nothing was added to what is in it, or
    /// changed.
    pub(in crate::template) fn answer(self, request: &Request<'_>) -> Option<String> {
        let Head { commit, tree } = self.head.answer()?;
        let (place, directory, objects) = (self.place, self.directory, self.objects?);
        let is_same = objects.tree() == tree || {
            // Not all that is there need belong to the template.
            let repository = place.open(request, &directory);
            let mut tally = Tally::new(&directory, LIMITS);
            let lines = repository.list(&commit, place.prefix(), &mut tally).ok()?;
            match objects.are(&lines, &place.prefix, request.selection) {
                Some(answer) => answer,
                None => Objects::of(&place.entries(&repository, &commit).ok()?) == objects,
            }
        };
        is_same.then_some(commit)
    }
}

impl Asked {
    fn answer(self) -> Option<Head> {
        let mut running = match self {
            Self::Known(head) => return Some(head),
            Self::Running(running) => running,
        };
        let mut told = String::new();
        let stdout = running.stdout()?;
        stdout.take(TOLD).read_to_string(&mut told).ok()?;
        if !matches!(running.finish(), Ok(None)) {
            return None;
        }
        let (commit, tree) = told.trim_end().split_once('\n')?;
        Some(Head {
            commit: commit.to_owned(),
            tree: tree.to_owned(),
        })
    }
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

    /// Starts a `git` that tells what `HEAD` is, and what the directory is there.
    fn ask(&self, request: &Request<'_>, directory: &Path) -> Option<Running> {
        let mut tree = OsString::from("HEAD:");
        tree.push(&self.prefix);
        let arguments = ["rev-parse", "HEAD^{commit}"].map(OsString::from);
        let Repository { git, .. } = self.open(request, directory);
        git.read(arguments.into_iter().chain([tree]), Stdio::null())
            .ok()
    }

    /// The directory, unless it is all of the repository.
    fn prefix(&self) -> Option<&Path> {
        Some(self.prefix.as_path()).filter(|it| !it.as_os_str().is_empty())
    }

    fn entries(&self, repository: &Repository<'_>, commit: &str) -> Result<Vec<Entry>, Error> {
        let prefix = self.prefix();
        let items = repository.items_of(commit, prefix)?;
        let scope = Scope {
            selection: repository.request.selection,
            subdirectory: prefix,
        };
        listing::entries(items, scope, Path::new(&repository.shown))
    }
}
