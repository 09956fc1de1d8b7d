//! The directory, within what was found, that is the template.

use std::path::{Component, Path, PathBuf};

use crate::template::{Request, error::Error, selection::Selection};

/// How many directories a hint names.
const MOST_NAMED: usize = 10;

/// What of a source is the template.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'a> {
    /// What is taken of what is there.
    pub(super) selection: &'a Selection,
    /// The directory that is the template; nothing means all.
    pub(super) subdirectory: Option<&'a Path>,
}

impl<'a> Scope<'a> {
    /// What the request says.
    pub(super) fn of(request: &Request<'a>) -> Self {
        Self {
            selection: request.selection,
            subdirectory: request.wanted.subdirectory,
        }
    }

    /// How the template is called, where the source is called so.
    pub(super) fn within(self, source: PathBuf) -> PathBuf {
        match self.subdirectory {
            None => source,
            Some(subdirectory) => source.join(subdirectory),
        }
    }
}

/// Says why a path is none of a subdirectory, if so.
pub(super) fn check(template: &Path, subdirectory: &Path) -> Result<(), Error> {
    let reason = if subdirectory.as_os_str().is_empty() {
        "it is empty"
    } else if subdirectory.is_absolute() {
        "it is absolute"
    } else if subdirectory
        .components()
        .any(|part| part == Component::ParentDir)
    {
        "it has `..` in it"
    } else {
        return Ok(());
    };
    Err(Error::BadSubdirectory {
        template: template.to_path_buf(),
        subdirectory: subdirectory.to_path_buf(),
        reason,
    })
}

/// The error about a directory that is not there. The directories are those that are where it is
/// missing.
pub(super) fn missing(
    template: &Path,
    subdirectory: &Path,
    mut directories: Vec<PathBuf>,
) -> Error {
    directories.sort();
    directories.dedup();
    directories.truncate(MOST_NAMED);
    Error::NoSubdirectory {
        template: template.to_path_buf(),
        subdirectory: subdirectory.to_path_buf(),
        directories,
    }
}

/// The directory that is the template, in a directory on the disk.
pub(super) fn in_directory(root: PathBuf, subdirectory: Option<&Path>) -> Result<PathBuf, Error> {
    let Some(subdirectory) = subdirectory else {
        return Ok(root);
    };
    check(&root, subdirectory)?;
    let path = root.join(subdirectory);
    if !path.is_dir() {
        return Err(missing(&root, subdirectory, beside(&root, subdirectory)));
    }
    let canonical = |path: &Path| {
        path.canonicalize().map_err(|source| Error::Read {
            path: path.to_path_buf(),
            source,
        })
    };
    let to = canonical(&path)?;
    if !to.starts_with(canonical(&root)?) {
        return Err(Error::LinkOutside { link: path, to });
    }
    Ok(path)
}

/// The directories that are where the subdirectory begins to be missing.
fn beside(root: &Path, subdirectory: &Path) -> Vec<PathBuf> {
    let above = subdirectory
        .ancestors()
        .skip(1)
        .find(|above| root.join(above).is_dir());
    let above = above.unwrap_or(Path::new(""));
    let Ok(found) = root.join(above).read_dir() else {
        return Vec::new();
    };
    found
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_dir() && entry.file_name() != ".git")
        .map(|entry| above.join(entry.file_name()))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("a", true)]
    #[case("a/b", true)]
    #[case("./a/", true)]
    #[case("link", true)]
    #[case("", false)]
    #[case("..", false)]
    #[case("a/../a", false)]
    #[case("/", false)]
    #[case("file", false)]
    #[case("nothing", false)]
    #[case("outside", false)]
    #[case("outside/inner", false)]
    fn directories(#[case] subdirectory: &str, #[case] is_good: bool) {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("root");
        fs::create_dir_all(root.join("a/b")).unwrap();
        fs::create_dir_all(place.path().join("other/inner")).unwrap();
        fs::write(root.join("file"), "").unwrap();
        symlink("a", root.join("link")).unwrap();
        symlink("../other", root.join("outside")).unwrap();
        let found = in_directory(root.clone(), Some(Path::new(subdirectory)));
        assert_eq!(found.is_ok(), is_good, "{found:?}");
        assert_eq!(in_directory(root.clone(), None).unwrap(), root);
    }

    #[test]
    fn what_is_missing_is_told_with_what_is_there() {
        let root = tempfile::tempdir().unwrap();
        for path in ["x/y", "x/z", ".git", "w"] {
            fs::create_dir_all(root.path().join(path)).unwrap();
        }
        let hint = |subdirectory: &str| {
            in_directory(root.path().into(), Some(Path::new(subdirectory)))
                .unwrap_err()
                .hint()
                .unwrap()
        };
        assert_eq!(hint("v"), "there are the directories `w`, `x`");
        assert_eq!(hint("x/v/u"), "there are the directories `x/y`, `x/z`");
        assert_eq!(hint("w/v"), "there are no directories");
    }
}
