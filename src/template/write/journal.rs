//! The list of what is being moved into an existing directory, kept there while it is moved.
//!
//! A killed run cannot clean up. Its journal tells the next run, and that tells the user, which
//! files are no whole project's.

use std::{
    ffi::OsStr,
    fs::File,
    io::{self, Read, Write},
    os::{fd::OwnedFd, unix::ffi::OsStrExt},
    path::{Path, PathBuf},
};

use rustix::{
    fs::{AtFlags, Mode, OFlags},
    io::Errno,
};

use super::{
    lock,
    tree::{Links, open_directory},
};
use crate::template::{
    error::Error,
    path::{JOURNAL as FILE_NAME, STAGING},
    subject::Subject,
    update::UpdateError,
};

/// What a journal begins with: a file that begins with something else is not ours to remove.
const FIRST_LINE: &[u8] =
    b"# `scaffold` is making these files, and removes this one when they are made:\n";

/// The same of a run that changes files; the place where they are as they were follows.
const FIRST_LINE_OF_CHANGE: &[u8] =
    b"# `scaffold` is changing these files, and removes this one when they are changed:\n";

/// What it ends with. Nothing is made before this is written.
const LAST_LINE: &[u8] = b"# end\n";

/// What a run does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It makes files where none are.
    New,
    /// It changes files.
    Change,
}

impl Kind {
    fn first_line(self) -> &'static [u8] {
        match self {
            Self::New => FIRST_LINE,
            Self::Change => FIRST_LINE_OF_CHANGE,
        }
    }
}

/// A journal of this run.
pub(super) struct Journal<'a> {
    root: &'a OwnedFd,
    target: &'a Path,
    /// Holds the lock.
    _file: File,
}

impl<'a> Journal<'a> {
    /// Writes the journal of a run that is about to make these paths.
    pub(super) fn start(
        root: &'a OwnedFd,
        target: &'a Path,
        subject: Subject,
        kind: Kind,
        paths: &[&Path],
    ) -> Result<Self, Error> {
        let path = target.join(FILE_NAME);
        let fail = |error: io::Error| Error::write("write", &path, error);
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let mode = Mode::from_raw_mode(0o644);
        let file = match rustix::fs::openat(root, FILE_NAME, flags, mode) {
            Err(Errno::EXIST) => {
                clear(root, target, subject)?;
                rustix::fs::openat(root, FILE_NAME, flags, mode)
            }
            opened => opened,
        };
        let mut file = File::from(file.map_err(|error| match error {
            Errno::EXIST => busy(target),
            _ => Error::write("write", &path, error),
        })?);
        lock::try_lock(&file);
        // Another run may have taken the journal, empty as it was, for a dead run's.
        if !lock::is_still(&file, root, FILE_NAME) {
            return Err(busy(target));
        }
        let written = file.write_all(&contents(kind, paths));
        let journal = Self {
            root,
            target,
            _file: file,
        };
        match written {
            Ok(()) => Ok(journal),
            Err(error) => {
                journal.finish()?;
                Err(fail(error))
            }
        }
    }

    /// Leaves it as a killed run does.
    #[cfg(test)]
    pub(super) fn abandon(self) {
        drop(self);
    }

    /// Removes the journal: all is made, or nothing is left.
    pub(super) fn finish(self) -> Result<(), Error> {
        rustix::fs::unlinkat(self.root, FILE_NAME, AtFlags::empty())
            .map_err(|error| Error::write("remove", &self.target.join(FILE_NAME), error))
    }
}

/// The text: a line for each path.
fn contents(kind: Kind, paths: &[&Path]) -> Vec<u8> {
    let mut text = kind.first_line().to_vec();
    for path in paths {
        text.extend_from_slice(path.as_os_str().as_bytes());
        text.push(b'\n');
    }
    text.extend_from_slice(LAST_LINE);
    text
}

/// Fails if the directory has the journal of another run in it, unless that is dead and nothing of
/// what it made is left.
pub(in crate::template) fn check(target: &Path, subject: Subject) -> Result<(), Error> {
    let root =
        open_directory(rustix::fs::CWD, target, Links::Follow).map_err(|source| Error::Read {
            path: target.to_path_buf(),
            source,
        })?;
    find_spent(&root, target, subject).map(drop)
}

/// Removes a journal that is there, if it may be.
fn clear(root: &OwnedFd, target: &Path, subject: Subject) -> Result<(), Error> {
    // The file holds the lock until it is removed.
    let Some(_file) = find_spent(root, target, subject)? else {
        return Ok(());
    };
    rustix::fs::unlinkat(root, FILE_NAME, AtFlags::empty())
        .map_err(|error| Error::write("remove", &target.join(FILE_NAME), error))
}

/// A dead run's journal of which nothing is left, locked; nothing if there is no journal; an
/// error if there is one that matters.
fn find_spent(root: &OwnedFd, target: &Path, subject: Subject) -> Result<Option<File>, Error> {
    let path = target.join(FILE_NAME);
    let fail = |source: io::Error| Error::Read {
        path: path.clone(),
        source,
    };
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let mut file = match rustix::fs::openat(root, FILE_NAME, flags, Mode::empty()) {
        Err(Errno::NOENT) => return Ok(None),
        opened => File::from(opened.map_err(|error| fail(error.into()))?),
    };
    if !lock::try_lock(&file) || !lock::is_still(&file, root, FILE_NAME) {
        return Err(busy(target));
    }
    let mut text = Vec::new();
    file.read_to_end(&mut text).map_err(fail)?;
    let begins = |first: &[u8]| first.starts_with(text.get(..first.len()).unwrap_or(&text));
    if !begins(FIRST_LINE) && !begins(FIRST_LINE_OF_CHANGE) {
        return Err(Error::Conflicts {
            subject,
            paths: vec![path],
        });
    }
    if text.starts_with(FIRST_LINE_OF_CHANGE) {
        if !text.ends_with(LAST_LINE) {
            // It had changed nothing yet.
            return Ok(Some(file));
        }
        return Err(Error::Update(UpdateError::Killed {
            target: target.to_path_buf(),
            kept: target.join(STAGING),
            journal: path,
        }));
    }
    let left = left(&text, target);
    if left.is_empty() {
        return Ok(Some(file));
    }
    Err(Error::Leftovers {
        target: target.to_path_buf(),
        paths: left,
        journal: path,
    })
}

/// What is there of what a journal lists. A journal without its end was written by a run that had
/// made nothing yet.
fn left(text: &[u8], target: &Path) -> Vec<PathBuf> {
    let Some(listed) = text
        .strip_prefix(FIRST_LINE)
        .and_then(|it| it.strip_suffix(LAST_LINE))
    else {
        return Vec::new();
    };
    listed
        .split(|octet| *octet == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| target.join(OsStr::from_bytes(line)))
        .filter(|path| path.symlink_metadata().is_ok())
        .collect()
}

fn busy(target: &Path) -> Error {
    Error::Busy {
        target: target.to_path_buf(),
        journal: target.join(FILE_NAME),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::{Request, Target, prepare};

    /// A directory with a journal of these contents and two files, and what is said about it.
    fn found(contents: &[u8]) -> (Result<(), Error>, tempfile::TempDir) {
        let root = tempfile::tempdir().unwrap();
        for (name, contents) in [(FILE_NAME, contents), ("a", b""), ("b", b"")] {
            std::fs::write(root.path().join(name), contents).unwrap();
        }
        let directory = open_directory(rustix::fs::CWD, root.path(), Links::Follow).unwrap();
        (clear(&directory, root.path(), Subject::Project), root)
    }

    fn text(end: &[u8]) -> Vec<u8> {
        [FIRST_LINE, end].concat()
    }

    #[test]
    fn a_journal_that_was_not_finished_goes_wherever_it_ends() {
        let whole = text(b"a\nb\n# end\n");
        for end in 0..whole.len() {
            let (result, root) = found(&whole[..end]);
            assert!(result.is_ok(), "{end} {result:?}");
            assert!(!root.path().join(FILE_NAME).exists(), "{end}");
        }
    }

    #[test]
    fn what_is_left_is_named_and_what_is_gone_is_not() {
        let (result, root) = found(&text(b"a\ngone\n# end\n"));
        match result {
            Err(Error::Leftovers { paths, .. }) => assert_eq!(paths, [root.path().join("a")]),
            other => panic!("{other:?}"),
        }
        assert!(root.path().join(FILE_NAME).exists());
        let (result, root) = found(&text(b"gone\n# end\n"));
        assert!(result.is_ok(), "{result:?}");
        assert!(!root.path().join(FILE_NAME).exists());
    }

    #[test]
    fn a_file_that_is_no_journal_stays() {
        let (result, root) = found(b"# notes\n");
        assert!(matches!(result, Err(Error::Conflicts { .. })), "{result:?}");
        assert!(root.path().join(FILE_NAME).exists());
    }

    #[test]
    fn a_live_run_keeps_others_out() {
        let root = tempfile::tempdir().unwrap();
        let target = Target::Existing(root.path().to_path_buf());
        let request = Request::new(Subject::Project, "mysite", &target, root.path());
        let directory = open_directory(rustix::fs::CWD, root.path(), Links::Follow).unwrap();
        let start = || {
            let paths = [Path::new("manage.py")];
            Journal::start(&directory, root.path(), Subject::Project, Kind::New, &paths)
        };
        let live = start().unwrap();
        assert!(matches!(prepare(&request), Err(Error::Busy { .. })));
        assert!(matches!(start(), Err(Error::Busy { .. })));
        live.finish().unwrap();
        assert!(prepare(&request).is_ok());
    }
}
