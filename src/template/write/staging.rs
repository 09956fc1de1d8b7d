//! The hidden place beside a new project where it is built, or in an existing directory that
//! something is added to.
//!
//! In the directory that all will be moved to, `.scaffold-staging` holds one directory for each
//! run that is writing there; each run holds a lock on its own. A directory without a lock is what
//! a killed run left, and the next run removes it. Who adds or removes anything in
//! `.scaffold-staging` holds the lock on that, so that nobody takes a directory for dead that is
//! about to be locked.

use std::{
    fs, io,
    os::{fd::OwnedFd, unix::fs::MetadataExt},
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use rustix::{
    fs::{AtFlags, CWD, Mode, RenameFlags, mkdirat, renameat, renameat_with, unlinkat},
    io::Errno,
};

use super::{
    lock,
    tree::{Links, open_directory},
};
use crate::template::{error::Error, path::STAGING as DIRECTORY_NAME, subject::Subject};

/// How long the end of a run waits for another one, to leave nothing behind. What it leaves all the
/// same, the next run removes.
const LAST_WAIT: Duration = Duration::from_secs(1);

/// The directory in a run's own in which files are kept as they were while others take their place.
/// No template can have something of this name.
pub(super) const KEPT: &str = DIRECTORY_NAME;

/// A project that is being built. Dropping it removes it.
pub(super) struct Staging {
    /// The directory that the project will be in, which exists.
    parent: OwnedFd,
    /// The same, for messages and for removing.
    parent_path: PathBuf,
    /// `.scaffold-staging` in it.
    shared: OwnedFd,
    /// The name of this run's directory in that.
    name: String,
    /// This run's directory; the lock on it is what says that we live.
    _own: OwnedFd,
    /// What this run's directory will be called: the project's, or the first of the directories
    /// above it that do not exist either.
    final_name: PathBuf,
    /// The project's directory: this run's, or one in it.
    project: OwnedFd,
    target: PathBuf,
}

impl Staging {
    /// Makes the place for what is to be added to an existing directory, and removes what dead
    /// runs left there.
    pub(super) fn inside(
        directory: &Path,
        subject: Subject,
        stop: &AtomicBool,
    ) -> Result<Self, Error> {
        let shared = open_shared(directory, subject, stop)?;
        Self::make(shared, directory, PathBuf::new(), Path::new(""), directory)
            .map_err(|error| Error::write("make a directory in", directory, error))
    }

    /// Makes the place for a new directory, and removes what dead runs left there.
    pub(super) fn new(target: &Path, subject: Subject, stop: &AtomicBool) -> Result<Self, Error> {
        let (parent_path, missing) = existing_parent(target);
        let mut missing = missing.iter();
        let final_name = PathBuf::from(missing.next().unwrap_or_default());
        let inner = missing.as_path();
        let shared = open_shared(parent_path, subject, stop)?;
        Self::make(shared, parent_path, final_name, inner, target)
            .map_err(|error| Error::write("make a directory in", parent_path, error))
    }

    fn make(
        (parent, shared): (OwnedFd, OwnedFd),
        parent_path: &Path,
        final_name: PathBuf,
        inner: &Path,
        target: &Path,
    ) -> io::Result<Self> {
        let parent_path = parent_path.to_path_buf();
        remove_dead(&shared, &parent_path.join(DIRECTORY_NAME));
        let (name, own) = match make_own(&shared) {
            Ok(made) => made,
            Err(error) => {
                remove_shared(&parent);
                return Err(error);
            }
        };
        let project = own.try_clone()?;
        let mut staging = Self {
            parent,
            parent_path,
            shared,
            name,
            _own: own,
            final_name,
            project,
            target: target.to_path_buf(),
        };
        for part in inner {
            mkdirat(&staging.project, part, Mode::from_raw_mode(0o777))?;
            staging.project = open_directory(&staging.project, Path::new(part), Links::Refuse)?;
        }
        unlock(&staging.shared);
        Ok(staging)
    }

    /// This run's directory, as seen from the directory that the place is in.
    pub(super) fn relative_path(&self) -> PathBuf {
        Path::new(DIRECTORY_NAME).join(&self.name)
    }

    /// The directory to put the project's files into.
    pub(super) fn project(&self) -> &OwnedFd {
        &self.project
    }

    /// Waits until no other run takes or makes anything here, and keeps it so.
    pub(super) fn lock(&self, subject: Subject, stop: &AtomicBool) -> Result<(), Error> {
        if lock::wait(&self.shared, || stop.load(Ordering::Relaxed)) {
            Ok(())
        } else {
            Err(Error::Interrupted { subject })
        }
    }

    /// Leaves all as a killed run does.
    #[cfg(test)]
    pub(super) fn abandon(self) {
        unlock(&self.project);
        std::mem::forget(self);
    }

    /// Moves the project to its place, if nothing has come up there in the meantime.
    pub(super) fn publish(self) -> Result<(), Error> {
        let moved = match renameat_with(
            &self.shared,
            &self.name,
            &self.parent,
            &self.final_name,
            RenameFlags::NOREPLACE,
        ) {
            // Not every file system knows this. The plain call replaces nothing but an empty
            // directory, which is no loss.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
                renameat(&self.shared, &self.name, &self.parent, &self.final_name)
            }
            result => result,
        };
        moved.map_err(|error| match error {
            Errno::EXIST | Errno::NOTEMPTY | Errno::NOTDIR => Error::TargetExists {
                path: self.parent_path.join(&self.final_name),
            },
            _ => Error::write("make", &self.target, error),
        })
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        let start = Instant::now();
        let is_locked = lock::wait(&self.shared, || start.elapsed() > LAST_WAIT);
        // After the project has been moved away there is nothing of this name.
        let own = self.parent_path.join(self.relative_path());
        if own.exists() {
            // What cannot be removed now is tried again by the next run.
            let _ = fs::remove_dir_all(own);
        }
        if is_locked {
            remove_shared(&self.parent);
        }
    }
}

/// Splits a path into the part that exists and the part that does not.
fn existing_parent(target: &Path) -> (&Path, &Path) {
    let existing = target
        .ancestors()
        .skip(1)
        .find(|above| above.symlink_metadata().is_ok())
        .unwrap_or(Path::new("/"));
    (existing, target.strip_prefix(existing).unwrap_or(target))
}

/// Opens a directory and `.scaffold-staging` in it.
fn open_shared(
    path: &Path,
    subject: Subject,
    stop: &AtomicBool,
) -> Result<(OwnedFd, OwnedFd), Error> {
    open_directory(CWD, path, Links::Follow)
        .and_then(|parent| Ok((lock_shared(&parent, stop)?, parent)))
        .map_err(|error| Error::write("make a directory in", path, error))
        .and_then(|(shared, parent)| {
            let shared = shared.ok_or(Error::Interrupted { subject })?;
            Ok((parent, shared))
        })
}

/// Opens `.scaffold-staging`, made if need be, with the lock held; `None` where the user wants the
/// end first.
fn lock_shared(parent: &OwnedFd, stop: &AtomicBool) -> io::Result<Option<OwnedFd>> {
    loop {
        match mkdirat(parent, DIRECTORY_NAME, Mode::RWXU) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
        let shared = match open_directory(parent, Path::new(DIRECTORY_NAME), Links::Refuse) {
            // The run that it belonged to has just finished.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            opened => opened?,
        };
        // In a directory for everybody, somebody else could put it there and swap what is in it.
        if rustix::fs::fstat(&shared)?.st_uid != rustix::process::geteuid().as_raw() {
            let reason = format!("`{DIRECTORY_NAME}` there belongs to another user");
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, reason));
        }
        if !lock::wait(&shared, || stop.load(Ordering::Relaxed)) {
            return Ok(None);
        }
        if lock::is_still(&shared, parent, DIRECTORY_NAME) {
            return Ok(Some(shared));
        }
    }
}

fn unlock(shared: &OwnedFd) {
    // Where locks are not known there is none to give back.
    let _ = rustix::fs::flock(shared, rustix::fs::FlockOperation::Unlock);
}

/// Removes `.scaffold-staging` unless other runs use it.
fn remove_shared(parent: &OwnedFd) {
    let _ = unlinkat(parent, DIRECTORY_NAME, AtFlags::REMOVEDIR);
}

/// Makes this run's directory and locks it.
fn make_own(shared: &OwnedFd) -> io::Result<(String, OwnedFd)> {
    let mut number = 0_u32;
    loop {
        // No other process has this number now, but a dead one of another machine, or of another
        // user's name space, may have had.
        let name = format!("{}-{number}", std::process::id());
        match mkdirat(shared, &name, Mode::from_raw_mode(0o777)) {
            Ok(()) => {
                let own = open_directory(shared, Path::new(&name), Links::Refuse)?;
                lock::try_lock(&own);
                return Ok((name, own));
            }
            Err(Errno::EXIST) => number = number.wrapping_add(1),
            Err(error) => return Err(error.into()),
        }
    }
}

/// Removes the directories of dead runs. What cannot be removed is in nobody's way.
fn remove_dead(shared: &OwnedFd, path: &Path) {
    let Ok(found) = fs::read_dir(path) else {
        return;
    };
    for entry in found.flatten() {
        let name = entry.file_name();
        let Ok(directory) = open_directory(shared, Path::new(&name), Links::Refuse) else {
            continue;
        };
        let ours = entry
            .metadata()
            .is_ok_and(|it| it.uid() == rustix::process::geteuid().as_raw());
        // What a killed run has kept of the user's, only the user may remove.
        let keeps =
            fs::read_dir(entry.path().join(KEPT)).is_ok_and(|mut kept| kept.next().is_some());
        if ours && !keeps && lock::try_lock(&directory) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static NEVER: AtomicBool = AtomicBool::new(false);

    fn new(target: &Path) -> Staging {
        Staging::new(target, Subject::Project, &NEVER).unwrap()
    }

    fn names(path: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn directories_above_the_project_come_with_it() {
        let root = tempfile::tempdir().unwrap();
        let staging = new(&root.path().join("a/b/c"));
        mkdirat(staging.project(), "in", Mode::RWXU).unwrap();
        assert_eq!(names(root.path()), [DIRECTORY_NAME]);
        staging.publish().unwrap();
        assert_eq!(names(root.path()), ["a"]);
        assert_eq!(names(&root.path().join("a/b/c")), ["in"]);
    }

    #[test]
    fn what_is_not_published_is_gone() {
        let root = tempfile::tempdir().unwrap();
        drop(new(&root.path().join("a/b")));
        assert!(names(root.path()).is_empty());
    }

    #[test]
    fn nothing_is_replaced() {
        let root = tempfile::tempdir().unwrap();
        let staging = new(&root.path().join("a/b"));
        fs::create_dir(root.path().join("a")).unwrap();
        assert!(matches!(staging.publish(), Err(Error::TargetExists { .. })));
        assert_eq!(names(root.path()), ["a"]);
        assert!(names(&root.path().join("a")).is_empty());
    }

    #[test]
    fn the_next_run_removes_what_a_dead_one_left_and_no_live_ones() {
        let root = tempfile::tempdir().unwrap();
        let live = new(&root.path().join("live"));
        let shared = root.path().join(DIRECTORY_NAME);
        fs::create_dir_all(shared.join("dead/deep")).unwrap();
        fs::write(shared.join("dead/deep/file"), "").unwrap();
        let other = new(&root.path().join("other"));
        let expected = [live.name.clone(), other.name.clone()];
        assert_eq!(names(&shared), expected);
        other.publish().unwrap();
        assert_eq!(names(&shared), [live.name.as_str()]);
        live.publish().unwrap();
        assert_eq!(names(root.path()), ["live", "other"]);
    }
    #[test]
    fn who_waits_for_another_run_hears_that_the_user_wants_the_end() {
        let root = tempfile::tempdir().unwrap();
        let other = new(&root.path().join("other"));
        other.lock(Subject::Project, &NEVER).unwrap();
        let target = root.path().join("mine");
        let mine = Staging::new(&target, Subject::Project, &AtomicBool::new(true));
        assert!(matches!(mine, Err(Error::Interrupted { .. })));
    }
}
