//! Moving what was built for an existing directory into it.
//!
//! A directory that is not there yet is moved whole, so that the moves are few, and take less than
//! a millisecond together. One run at a time moves. A journal lists the moves while they are made;
//! a run that is killed just then leaves it for the next one.

use std::{
    os::fd::{AsFd, OwnedFd},
    path::Path,
    sync::atomic::AtomicBool,
};

use rustix::{
    fs::{AtFlags, RenameFlags, linkat, renameat, renameat_with, unlinkat},
    io::Errno,
};

use super::{
    journal::{Journal, Kind},
    staging::Staging,
    tree::{Links, open_directory},
};
use crate::template::{error::Error, plan::Plan, target};

/// Moves everything to its place, or nothing where something has come up there in the meantime.
pub(super) fn merge(
    staging: &Staging,
    plan: &Plan,
    target: &Path,
    stop: &AtomicBool,
) -> Result<(), Error> {
    staging.lock(plan.subject(), stop)?;
    let fail = |path: &Path, error| Error::write("make", &target.join(path), error);
    let root = open_directory(rustix::fs::CWD, target, Links::Follow)
        .map_err(|error| fail(Path::new(""), error))?;
    let moves = target::missing(plan, target)?;
    let journal = Journal::start(&root, target, plan.subject(), Kind::New, &moves)?;
    let mut done = Vec::new();
    let mut result = Ok(());
    for path in moves {
        result = rename(staging.project(), &root, path).map_err(|error| fail(path, error));
        if result.is_err() {
            break;
        }
        done.push(path);
    }
    let mut undone = true;
    if result.is_err() {
        for path in done.iter().rev() {
            undone &= rename(&root, staging.project(), path).is_ok();
        }
    }
    // Where something cannot be taken back, the journal stays and the next run names it.
    if undone {
        journal.finish()?;
    }
    result
}

/// Moves a path from one directory to the same path in another, where nothing is.
pub(super) fn rename(from: &OwnedFd, to: &OwnedFd, path: &Path) -> std::io::Result<()> {
    let (from, to) = (open_parent(from, path)?, open_parent(to, path)?);
    let name = path.file_name().unwrap_or_default();
    match renameat_with(&from, name, &to, name, RenameFlags::NOREPLACE) {
        // Not every file system knows this. A second name is not given where one is; directories
        // have no second names, but the plain call replaces nothing but an empty one.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            match linkat(&from, name, &to, name, AtFlags::empty()) {
                Ok(()) => Ok(unlinkat(&from, name, AtFlags::empty())?),
                Err(Errno::EXIST) => Err(Errno::EXIST.into()),
                Err(_) => Ok(renameat(&from, name, &to, name)?),
            }
        }
        result => Ok(result?),
    }
}

/// Opens the directory that the path is in, through no link.
pub(super) fn open_parent(root: &OwnedFd, path: &Path) -> std::io::Result<OwnedFd> {
    let parts = path.parent().into_iter().flat_map(Path::iter);
    let mut parent = root.try_clone()?;
    for part in parts {
        parent = open_directory(parent.as_fd(), Path::new(part), Links::Refuse)?;
    }
    Ok(parent)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    static NEVER: AtomicBool = AtomicBool::new(false);

    use crate::template::{Request, Subject, Target, prepare, write::tree::Tree};

    /// A directory with a file of the user's, and a project built for it but not moved yet.
    fn built() -> (tempfile::TempDir, Plan, Staging) {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("mysite")).unwrap();
        fs::write(root.path().join("mysite/own"), "own").unwrap();
        let target = Target::Existing(root.path().to_path_buf());
        let request = Request::new(Subject::Project, "mysite", &target, root.path());
        let plan = prepare(&request).unwrap();
        let staging = Staging::inside(root.path(), Subject::Project, &NEVER).unwrap();
        Tree::new(staging.project(), root.path())
            .make(&plan, &NEVER)
            .unwrap();
        (root, plan, staging)
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
    fn everything_comes_to_its_place_beside_what_is_there() {
        let (root, plan, staging) = built();
        merge(&staging, &plan, root.path(), &NEVER).unwrap();
        drop(staging);
        for (path, node) in plan.nodes() {
            let metadata = fs::metadata(root.path().join(path)).unwrap();
            assert_eq!(metadata.is_dir(), node.is_directory(), "{}", path.display());
        }
        assert_eq!(fs::read(root.path().join("mysite/own")).unwrap(), b"own");
        let top = [
            ".gitignore",
            ".scaffold.toml",
            "README.md",
            "manage.py",
            "mysite",
            "pyproject.toml",
        ];
        assert_eq!(names(root.path()), top);
    }

    #[test]
    fn what_has_come_up_meanwhile_stays_and_nothing_is_moved() {
        let (root, plan, staging) = built();
        fs::write(root.path().join("pyproject.toml"), "theirs").unwrap();
        let error = merge(&staging, &plan, root.path(), &NEVER).unwrap_err();
        assert!(matches!(error, Error::Conflicts { .. }), "{error}");
        drop(staging);
        assert_eq!(names(root.path()), ["mysite", "pyproject.toml"]);
        assert_eq!(names(&root.path().join("mysite")), ["own"]);
    }

    #[test]
    fn a_move_that_fails_takes_back_those_before_it() {
        let (root, plan, staging) = built();
        // The last of the moves finds nothing to move.
        let path = root
            .path()
            .join(staging.relative_path())
            .join("pyproject.toml");
        fs::remove_file(path).unwrap();
        let error = merge(&staging, &plan, root.path(), &NEVER).unwrap_err();
        assert!(matches!(error, Error::Write { .. }), "{error}");
        drop(staging);
        assert_eq!(names(root.path()), ["mysite"]);
        assert_eq!(names(&root.path().join("mysite")), ["own"]);
    }
}
