//! The Git repository that the project lies in: where its own rules are, and whether Git is at
//! work.

use std::{
    fs, io,
    io::Read as _,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

/// From which age a lock does not count: it was left behind by a Git that died, or it is that of
/// a commit whose message is being written, and its owner edits files meanwhile.
const STALE_LOCK: Duration = Duration::from_secs(10);

/// How much of `.git` is read where it is a file: a line with a path.
const MOST_OCTETS: u64 = 8 * 1024;

/// A repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Repository {
    /// The top of the working tree.
    pub(super) top: PathBuf,
    /// The directory of this working tree's own state.
    git: PathBuf,
}

impl Repository {
    /// The repository that a directory lies in.
    pub(super) fn of(directory: &Path) -> Option<Self> {
        directory.ancestors().find_map(|top| {
            let git = top.join(".git");
            let metadata = fs::metadata(&git).ok()?;
            let git = if metadata.is_dir() {
                git
            } else {
                // A further working tree or a submodule has a file that says where it is.
                let text = line(&git).ok()?;
                top.join(text.strip_prefix("gitdir:")?.trim())
            };
            Some(Self {
                top: top.to_owned(),
                git,
            })
        })
    }

    /// The file with rules that are not in the working tree.
    pub(super) fn exclude(&self) -> PathBuf {
        // Further working trees have them in common.
        let common = line(&self.git.join("commondir")).unwrap_or_default();
        self.git.join(common.trim()).join("info").join("exclude")
    }

    /// Whether Git is changing the working tree. It holds the lock from before the first file
    /// until after the last.
    pub(super) fn is_locked(&self) -> bool {
        fs::metadata(self.git.join("index.lock"))
            .and_then(|lock| lock.modified())
            .is_ok_and(|since| {
                // A lock of the future is one of a clock that was set back.
                SystemTime::now()
                    .duration_since(since)
                    .is_ok_and(|age| age < STALE_LOCK)
            })
    }
}

fn line(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    if fs::metadata(path)?.is_file() {
        fs::File::open(path)?
            .take(MOST_OCTETS)
            .read_to_string(&mut text)?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_may_begin_above_the_project() {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir_all(place.path().join(".git")).unwrap();
        fs::create_dir_all(place.path().join("backend/app")).unwrap();
        let repository = Repository::of(&place.path().join("backend/app")).unwrap();
        assert_eq!(repository.top, place.path());
        assert_eq!(repository.exclude(), place.path().join(".git/info/exclude"));
    }

    #[test]
    fn a_further_working_tree_has_its_own_lock_and_the_common_rules() {
        let place = tempfile::tempdir().unwrap();
        let git = place.path().join("main/.git/worktrees/other");
        fs::create_dir_all(&git).unwrap();
        fs::write(git.join("commondir"), "../..\n").unwrap();
        let tree = place.path().join("other");
        fs::create_dir_all(&tree).unwrap();
        fs::write(tree.join(".git"), format!("gitdir: {}\n", git.display())).unwrap();

        let repository = Repository::of(&tree).unwrap();
        assert_eq!(repository.top, tree);
        assert_eq!(
            repository.exclude(),
            git.join("../..").join("info").join("exclude")
        );
        assert!(!repository.is_locked());
        fs::write(git.join("index.lock"), "").unwrap();
        assert!(repository.is_locked());
    }

    #[test]
    fn a_lock_that_was_left_behind_does_not_count() {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join(".git")).unwrap();
        let lock = fs::File::create(place.path().join(".git/index.lock")).unwrap();
        let repository = Repository::of(place.path()).unwrap();
        assert!(repository.is_locked());
        lock.set_modified(SystemTime::now() - STALE_LOCK).unwrap();
        assert!(!repository.is_locked());
    }
}
