//! Making files and directories below an open directory.
//!
//! Every step goes through the open directory above, and follows no link: whoever moves things
//! about while we write cannot lead us out of the target. This is also the fast way, as the
//! system has only one name to look up for each file.

use std::{
    fs::File,
    io::Write,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use rustix::{
    fs::{Mode, OFlags},
    io::Errno,
};

use crate::template::{error::Error, plan::Plan, source::Kind};

/// The mode of directories, before the umask.
const DIRECTORY_MODE: Mode = Mode::from_bits_truncate(0o777);

/// A directory that things are made in.
pub(super) struct Tree<'a> {
    root: BorrowedFd<'a>,
    /// What the directory is called, for messages.
    name: &'a Path,
}

impl<'a> Tree<'a> {
    pub(super) fn new(root: &'a OwnedFd, name: &'a Path) -> Self {
        Self {
            root: root.as_fd(),
            name,
        }
    }

    /// Makes everything, unless the flag comes to be set. After an error, what was made until then
    /// is there still.
    pub(super) fn make(&self, plan: &Plan, stop: &AtomicBool) -> Result<(), Error> {
        // The directories from the root to where the plan is, which goes depth first: there are
        // never more open than the tree is deep.
        let mut open: Vec<(&Path, OwnedFd)> = Vec::new();
        for (path, node) in plan.nodes() {
            if stop.load(Ordering::Relaxed) {
                return Err(Error::Interrupted {
                    subject: plan.subject(),
                });
            }
            let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
                continue;
            };
            while open.pop_if(|(directory, _)| *directory != parent).is_some() {}
            let directory = open
                .last()
                .map_or(self.root, |(_, directory)| directory.as_fd());
            let made = match &node.kind {
                Kind::Directory => make_directory(directory, Path::new(name))
                    .map(|opened| open.push((path, opened))),
                Kind::File { contents, mode } => {
                    make_file(directory, Path::new(name), contents, *mode).map(drop)
                }
            };
            made.map_err(|error| match error.kind() {
                std::io::ErrorKind::AlreadyExists => Error::Conflicts {
                    subject: plan.subject(),
                    paths: vec![self.name.join(path)],
                },
                _ => Error::write("write", &self.name.join(path), error),
            })?;
        }
        Ok(())
    }
}

fn make_directory(above: BorrowedFd<'_>, name: &Path) -> std::io::Result<OwnedFd> {
    match rustix::fs::mkdirat(above, name, DIRECTORY_MODE) {
        Ok(()) | Err(Errno::EXIST) => open_directory(above, name, Links::Refuse),
        Err(error) => Err(error.into()),
    }
}

/// Makes a file where nothing is.
pub(super) fn make_file(
    above: BorrowedFd<'_>,
    name: &Path,
    contents: &[u8],
    mode: u32,
) -> std::io::Result<File> {
    /// The owner may write to the file, whatever the template's mode is.
    const OWNER_WRITES: u32 = 0o200;
    // `EXCL` makes sure that nothing is at this path, not even a link to nowhere.
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
    let mode = Mode::from_raw_mode(mode | OWNER_WRITES);
    let mut file = File::from(rustix::fs::openat(above, name, flags, mode)?);
    file.write_all(contents)?;
    Ok(file)
}

/// What happens where a directory is expected and a link to one is found.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Links {
    /// It is as good as a directory.
    Follow,
    /// It is an error.
    Refuse,
}

/// Opens a directory.
pub(super) fn open_directory(
    above: impl AsFd,
    path: &Path,
    links: Links,
) -> std::io::Result<OwnedFd> {
    let mut flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    if links == Links::Refuse {
        flags |= OFlags::NOFOLLOW;
    }
    Ok(rustix::fs::openat(above, path, flags, Mode::empty())?)
}
