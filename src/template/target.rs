//! Where the project goes, and what is in its way there.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{error::Error, path::absolute, plan::Plan};

/// Where the project goes: an absolute path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A directory that does not exist yet.
    New(PathBuf),
    /// A directory that may have other files in it, none of which is touched.
    Existing(PathBuf),
}

impl Target {
    /// Follows Django: without a directory, a new one of the project's name in the current
    /// directory; a directory that was given may exist.
    pub fn resolve(
        name: &str,
        directory: Option<&Path>,
        current_directory: &Path,
    ) -> Result<Self, Error> {
        let path = Self::locate(name, directory, current_directory);
        match fs::metadata(&path) {
            Ok(metadata) if directory.is_some() && metadata.is_dir() => Ok(Self::Existing(path)),
            Ok(_) => Err(Error::TargetExists { path }),
            // A link to nowhere is something all the same.
            Err(_) if path.is_symlink() => Err(Error::TargetExists { path }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::New(path)),
            Err(error) => Err(Error::write("make", &path, error)),
        }
    }

    /// The path that [`resolve`](Self::resolve) looks at. Nothing is read.
    #[must_use]
    pub fn locate(name: &str, directory: Option<&Path>, current_directory: &Path) -> PathBuf {
        absolute(directory.unwrap_or(Path::new(name)), current_directory)
    }

    /// The directory.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::New(path) | Self::Existing(path) => path,
        }
    }

    /// Fails if anything in the target is where the plan would make something.
    pub fn check(&self, plan: &Plan) -> Result<(), Error> {
        match self {
            Self::New(_) => Ok(()),
            Self::Existing(root) => missing(plan, root).map(drop),
        }
    }

    /// The files of the plan that are there already and stay as they are, as the template wants.
    pub fn kept<'a>(&self, plan: &'a Plan) -> impl Iterator<Item = &'a Path> {
        let files = plan.nodes().filter(|(_, node)| node.skips_if_exists);
        files
            .map(|(path, _)| path)
            .filter(|path| self.is_kept(path))
    }

    /// Whether there is a file that stays where the template wants it to.
    pub(super) fn is_kept(&self, path: &Path) -> bool {
        match self {
            Self::New(_) => false,
            Self::Existing(root) => {
                fs::symlink_metadata(root.join(path)).is_ok_and(|it| !it.is_dir())
            }
        }
    }
}

/// What of the plan is not in the directory yet, without what is below that; an error with all
/// conflicts, if something is in the way.
pub(super) fn missing<'a>(plan: &'a Plan, root: &Path) -> Result<Vec<&'a Path>, Error> {
    let mut missing = Vec::new();
    let mut conflicts = Vec::new();
    // Below this directory there is nothing to look at: it does not exist, or is in the way.
    let mut decided: Option<&Path> = None;
    for (relative, node) in plan.nodes() {
        if decided.is_some_and(|directory| relative.starts_with(directory)) {
            continue;
        }
        let path = root.join(relative);
        match fs::symlink_metadata(&path) {
            Ok(metadata) if node.is_directory() && metadata.is_dir() => {}
            Ok(metadata) if node.skips_if_exists && !node.is_directory() && !metadata.is_dir() => {}
            Ok(_) => {
                decided = Some(relative);
                conflicts.push(path);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                decided = Some(relative);
                missing.push(relative);
            }
            Err(source) => return Err(Error::Read { path, source }),
        }
    }
    if conflicts.is_empty() {
        Ok(missing)
    } else {
        Err(Error::Conflicts {
            subject: plan.subject(),
            paths: conflicts,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_project_may_go() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        fs::create_dir(root.join("there")).unwrap();
        fs::write(root.join("file"), "").unwrap();
        std::os::unix::fs::symlink("nowhere", root.join("link")).unwrap();
        let resolve =
            |name, directory: Option<&str>| Target::resolve(name, directory.map(Path::new), root);
        assert_eq!(resolve("new", None).unwrap(), Target::New(root.join("new")));
        assert_eq!(
            resolve("x", Some("a/b")).unwrap(),
            Target::New(root.join("a/b"))
        );
        assert_eq!(
            resolve("x", Some("there/")).unwrap(),
            Target::Existing(root.join("there"))
        );
        for (name, directory) in [("there", None), ("file", None), ("link", None)]
            .into_iter()
            .chain([("x", Some("file")), ("x", Some("link"))])
        {
            let error = resolve(name, directory).unwrap_err();
            assert!(
                matches!(error, Error::TargetExists { .. }),
                "{name} {directory:?} {error}"
            );
        }
        assert!(matches!(
            resolve("x", Some("file/a")),
            Err(Error::Write { .. })
        ));
    }
}
