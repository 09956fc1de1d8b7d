//! The files of a project that a template is to have: not what Git ignores, and nothing that is made
//! again, belongs to one machine, or is secret.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use ignore::{DirEntry, WalkBuilder};

use crate::template::{
    authoring::AuthoringError,
    error::Error,
    mode::{EXECUTABLE, is_executable},
    subject::Subject,
};

/// The mode of a file that is nothing special.
pub(super) const MODE: u32 = 0o644;

/// How many octets a project may hold, as a template may.
const MOST_OCTETS: usize = 512 << 20;

/// Directories that are left out, each with what they are.
const DIRECTORIES: [(&str, &str); 13] = [
    (".git", "version control"),
    (".hg", "version control"),
    (".svn", "version control"),
    (".venv", "a virtual environment"),
    ("__pycache__", "a cache"),
    (".mypy_cache", "a cache"),
    (".pytest_cache", "a cache"),
    (".ruff_cache", "a cache"),
    (".hypothesis", "a cache"),
    (".tox", "virtual environments"),
    (".nox", "virtual environments"),
    ("node_modules", "installed packages"),
    (".idea", "settings of an editor"),
];

/// Endings of files that are left out, each with what they are.
const ENDINGS: [(&str, &str); 12] = [
    (".pyc", "a cache"),
    (".pyo", "a cache"),
    (".sqlite3", "a database"),
    (".sqlite", "a database"),
    (".db", "a database"),
    (".sqlite3-journal", "a database"),
    (".sqlite3-wal", "a database"),
    (".sqlite3-shm", "a database"),
    (".pem", "a key"),
    (".key", "a key"),
    (".log", "a log"),
    (".py.class", "a cache"),
];

/// Names of files that are left out, each with what they are.
const FILES: [(&str, &str); 6] = [
    // A file where the project is a worktree.
    (".git", "version control"),
    (".env", "secrets"),
    (".envrc", "secrets"),
    (".coverage", "a report"),
    (".DS_Store", "made by a file manager"),
    (".scaffold.toml", "which template the project is from"),
];

/// Endings of files that are like `.env` and hold no secrets.
const EXAMPLES: [&str; 4] = ["example", "sample", "template", "dist"];

/// What of a project is not in the template.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// The file or directory, in the project.
    pub path: PathBuf,
    /// What it is.
    pub what: &'static str,
}

/// A file of the project.
#[derive(Debug)]
pub(super) struct File {
    pub(super) contents: Vec<u8>,
    pub(super) mode: u32,
    pub(super) is_executable: bool,
}

/// What was found.
#[derive(Debug)]
pub(super) struct Walked {
    pub(super) files: BTreeMap<PathBuf, File>,
    pub(super) left_out: Vec<LeftOut>,
}

/// Reads the files of a project.
pub(super) fn walk(project: &Path, stop: &AtomicBool) -> Result<Walked, Error> {
    let left_out = Arc::new(Mutex::new(Vec::new()));
    let note = {
        let (root, left_out) = (project.to_owned(), Arc::clone(&left_out));
        move |path: &Path, what| {
            let path = path.strip_prefix(&root).unwrap_or(path).to_owned();
            let mut left_out = left_out.lock().unwrap_or_else(PoisonError::into_inner);
            left_out.push(LeftOut { path, what });
        }
    };
    let is_wanted = {
        let note = note.clone();
        move |entry: &DirEntry| {
            let reason = reason(entry).filter(|_| entry.depth() > 0);
            reason.inspect(|what| note(entry.path(), what));
            reason.is_none()
        }
    };
    // What a directory above says counts only where Git would read it.
    let is_in_repository = project.ancestors().any(|it| it.join(".git").exists());
    let walk = WalkBuilder::new(project)
        .hidden(false)
        .ignore(false)
        .require_git(false)
        .parents(is_in_repository)
        .filter_entry(is_wanted)
        .build();
    let fail = |path: &Path, source| AuthoringError::Read {
        path: path.to_owned(),
        source,
    };
    let mut files = BTreeMap::new();
    let mut octets = 0;
    for entry in walk {
        if stop.load(Ordering::Relaxed) {
            let subject = Subject::Project;
            return Err(Error::Interrupted { subject });
        }
        let entry = entry.map_err(|error| {
            let error = error.into_io_error();
            fail(
                project,
                error.unwrap_or_else(|| std::io::Error::other("it cannot be walked")),
            )
        })?;
        if entry.file_type().is_none_or(|it| it.is_dir()) {
            continue;
        }
        let path = entry.path();
        let relative = path.strip_prefix(project).unwrap_or(path);
        if relative.to_str().is_none() {
            note(path, "not called in UTF-8");
            continue;
        }
        let metadata = fs::metadata(path).map_err(|it| fail(path, it))?;
        octets += usize::try_from(metadata.len()).unwrap_or(usize::MAX / 2);
        if octets > MOST_OCTETS {
            return Err(AuthoringError::NotAProject {
                project: project.to_owned(),
                reason: "it holds more than a template may, 512 MiB",
            }
            .into());
        }
        let mode = metadata.permissions().mode();
        let is_executable = is_executable(mode);
        let file = File {
            contents: fs::read(path).map_err(|it| fail(path, it))?,
            mode: if is_executable {
                MODE | EXECUTABLE
            } else {
                MODE
            },
            is_executable,
        };
        files.insert(relative.to_owned(), file);
    }
    let mut left_out =
        std::mem::take(&mut *left_out.lock().unwrap_or_else(PoisonError::into_inner));
    left_out.sort();
    Ok(Walked { files, left_out })
}

/// Why something is left out, if it is.
fn reason(entry: &DirEntry) -> Option<&'static str> {
    let name = entry.file_name().to_string_lossy();
    let kind = entry.file_type()?;
    let named = |names: &[(&str, &'static str)]| {
        let mut names = names.iter();
        names.find(|(it, _)| *it == name).map(|(_, what)| *what)
    };
    if kind.is_symlink() {
        Some("a link")
    } else if kind.is_dir() {
        let is_environment = entry.path().join("pyvenv.cfg").is_file();
        named(&DIRECTORIES)
            .or(is_environment.then_some("a virtual environment"))
            .or(name.ends_with(".egg-info").then_some("a cache"))
    } else if kind.is_file() {
        let mut endings = ENDINGS.iter();
        let is_secret = name
            .strip_prefix(".env.")
            .is_some_and(|it| !EXAMPLES.contains(&it));
        named(&FILES)
            .or(is_secret.then_some("secrets"))
            .or_else(|| {
                endings
                    .find(|(it, _)| name.ends_with(it))
                    .map(|(_, what)| *what)
            })
    } else {
        Some("neither a file nor a directory")
    }
}
