//! Changing files in a directory that is there: all of them, or none.
//!
//! What will be there is built in the hidden place first. Then each file takes the place of the old
//! one by one rename, while the old one keeps a second name in the hidden place; where a step fails,
//! those before it are taken back. A journal lists the files for the moment that this takes. Who
//! finds the journal of a run that was killed just then is told where the old files are.

use std::{
    io,
    os::fd::{AsFd as _, OwnedFd},
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use rustix::{
    fs::{AtFlags, CWD, Mode, linkat, mkdirat, renameat, unlinkat},
    io::Errno,
};

use super::{
    journal::{Journal, Kind},
    merge::{open_parent, rename},
    staging::{KEPT, Staging},
    tree::{Links, make_file, open_directory},
};
use crate::template::{error::Error, subject::Subject};

/// One change.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::template) enum Step {
    /// A file is made, or takes the place of another.
    Put {
        path: PathBuf,
        contents: Vec<u8>,
        mode: u32,
        /// The mode is that of the user's file, and the umask does not count.
        is_exact: bool,
        /// A file is there, and goes.
        replaces: bool,
    },
    /// A directory is made, unless it is there.
    Directory { path: PathBuf },
    /// A file goes.
    Remove { path: PathBuf },
}

impl Step {
    fn path(&self) -> &Path {
        match self {
            Self::Put { path, .. } | Self::Directory { path } | Self::Remove { path } => path,
        }
    }
}

/// What was done, to be taken back.
enum Done<'a> {
    /// A file came to where nothing was.
    Made(&'a Path),
    /// A file has an old one in the hidden place.
    Replaced(&'a Path),
    Directory(PathBuf),
}

/// Makes all changes, or none. Removals come first: where a file was, there may be a directory then.
pub(in crate::template) fn replace(
    steps: &[Step],
    target: &Path,
    subject: Subject,
    stop: &AtomicBool,
) -> Result<(), Error> {
    let staging = Staging::inside(target, subject, stop)?;
    let fail = |path: &Path, error: io::Error| Error::write("write", &target.join(path), error);
    for step in steps {
        if stop.load(Ordering::Relaxed) {
            return Err(Error::Interrupted { subject });
        }
        build(staging.project(), step).map_err(|error| fail(step.path(), error))?;
    }
    mkdirat(staging.project(), KEPT, Mode::RWXU)
        .map_err(|error| fail(Path::new(""), error.into()))?;
    let kept = open_directory(staging.project(), Path::new(KEPT), Links::Refuse)
        .map_err(|error| fail(Path::new(""), error))?;
    staging.lock(subject, stop)?;
    let root =
        open_directory(CWD, target, Links::Follow).map_err(|error| fail(Path::new(""), error))?;
    let paths: Vec<&Path> = steps.iter().map(Step::path).collect();
    let journal = Journal::start(&root, target, subject, Kind::Change, &paths)?;
    let mut work = Work {
        new: staging.project(),
        root: &root,
        kept: &kept,
        done: Vec::new(),
    };
    let (removals, others): (Vec<_>, Vec<_>) = steps
        .iter()
        .partition(|step| matches!(step, Step::Remove { .. }));
    for step in removals.iter().chain(&others) {
        if let Err(error) = work.take(step) {
            let error = fail(step.path(), error);
            if work.undo() {
                journal.finish()?;
            } else {
                // The old files are in the hidden place, and the journal says so.
                std::mem::forget(staging);
            }
            return Err(error);
        }
    }
    journal.finish()?;
    for step in removals {
        remove_empty(&root, step.path());
    }
    Ok(())
}

/// Builds what a step brings, in the hidden place.
fn build(new: &OwnedFd, step: &Step) -> io::Result<()> {
    let Step::Put {
        path,
        contents,
        mode,
        is_exact,
        ..
    } = step
    else {
        return Ok(());
    };
    let parent = make_parent(new, path, |_| {})?;
    let name = Path::new(path.file_name().unwrap_or_default());
    let file = make_file(parent.as_fd(), name, contents, *mode)?;
    if *is_exact {
        rustix::fs::fchmod(&file, Mode::from_raw_mode(*mode))?;
    }
    Ok(())
}

/// The changes as they are made.
struct Work<'a> {
    new: &'a OwnedFd,
    root: &'a OwnedFd,
    /// What the old files are moved to.
    kept: &'a OwnedFd,
    done: Vec<Done<'a>>,
}

impl<'a> Work<'a> {
    fn take(&mut self, step: &'a Step) -> io::Result<()> {
        match step {
            Step::Remove { path } => {
                make_parent(self.kept, path, |_| {})?;
                rename(self.root, self.kept, path)?;
                self.done.push(Done::Replaced(path));
            }
            Step::Directory { path } => {
                let done = &mut self.done;
                make_directories(self.root, path, |made| {
                    done.push(Done::Directory(made.to_path_buf()));
                })?;
            }
            Step::Put { path, replaces, .. } if *replaces => {
                make_parent(self.kept, path, |_| {})?;
                self.keep(path)?;
                // From here on the old file has another name, and undoing puts it back.
                self.done.push(Done::Replaced(path));
                let (from, to) = (open_parent(self.new, path)?, open_parent(self.root, path)?);
                let name = path.file_name().unwrap_or_default();
                renameat(&from, name, &to, name)?;
            }
            Step::Put { path, .. } => {
                let done = &mut self.done;
                make_parent(self.root, path, |made| {
                    done.push(Done::Directory(made.to_path_buf()));
                })?;
                rename(self.new, self.root, path)?;
                self.done.push(Done::Made(path));
            }
        }
        Ok(())
    }

    /// Gives the old file a second name, so that the new one can take its place at once; where the
    /// file system has no second names, moves it.
    fn keep(&self, path: &Path) -> io::Result<()> {
        let (from, to) = (open_parent(self.root, path)?, open_parent(self.kept, path)?);
        let name = path.file_name().unwrap_or_default();
        match linkat(&from, name, &to, name, AtFlags::empty()) {
            Ok(()) => Ok(()),
            Err(Errno::NOENT | Errno::EXIST) => Err(io::ErrorKind::NotFound.into()),
            Err(_) => Ok(renameat(&from, name, &to, name)?),
        }
    }

    /// Takes back what was done, and says whether all of it was.
    fn undo(self) -> bool {
        let mut undone = true;
        for done in self.done.iter().rev() {
            undone &= match done {
                Done::Made(path) => rename(self.root, self.new, path).is_ok(),
                Done::Replaced(path) => self.put_back(path).is_ok(),
                Done::Directory(path) => remove_directory(self.root, path).is_ok(),
            };
        }
        undone
    }

    fn put_back(&self, path: &Path) -> io::Result<()> {
        let (from, to) = (open_parent(self.kept, path)?, open_parent(self.root, path)?);
        let name = path.file_name().unwrap_or_default();
        Ok(renameat(&from, name, &to, name)?)
    }
}

/// Opens the directory that the path is in, through no link, and makes what of it is missing; tells
/// of each that was made.
fn make_parent(root: &OwnedFd, path: &Path, made: impl FnMut(&Path)) -> io::Result<OwnedFd> {
    make_directories(root, path.parent().unwrap_or(Path::new("")), made)
}

fn make_directories(
    root: &OwnedFd,
    path: &Path,
    mut made: impl FnMut(&Path),
) -> io::Result<OwnedFd> {
    let mut directory = root.try_clone()?;
    let mut so_far = PathBuf::new();
    for part in path {
        so_far.push(part);
        match mkdirat(&directory, part, Mode::from_raw_mode(0o777)) {
            Ok(()) => made(&so_far),
            Err(Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
        directory = open_directory(&directory, Path::new(part), Links::Refuse)?;
    }
    Ok(directory)
}

/// Removes the directories that have nothing in them any more. That one has is no fault.
fn remove_empty(root: &OwnedFd, path: &Path) {
    let above = path.ancestors().skip(1);
    for directory in above.take_while(|it| !it.as_os_str().is_empty()) {
        if remove_directory(root, directory).is_err() {
            break;
        }
    }
}

fn remove_directory(root: &OwnedFd, path: &Path) -> io::Result<()> {
    let parent = open_parent(root, path)?;
    let name = path.file_name().unwrap_or_default();
    Ok(unlinkat(&parent, name, AtFlags::REMOVEDIR)?)
}

#[cfg(test)]
mod tests;
