//! A template that is a directory of the user's.

use std::{
    borrow::Cow,
    fs::{self, File},
    io::{self, Read},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use walkdir::{DirEntry, WalkDir};

use super::{
    Entry, Kind,
    limits::{LIMITS, Limits, Tally},
};
use crate::template::{error::Error, selection::Selection};

/// Everything in the directory that the selection takes: hidden files, but no hidden directories;
/// links as the files that they lead to, but no links to directories.
pub(super) fn entries(root: &Path, selection: &Selection) -> Result<Vec<Entry>, Error> {
    entries_within(root, selection, LIMITS)
}

fn entries_within(root: &Path, selection: &Selection, limits: Limits) -> Result<Vec<Entry>, Error> {
    let mut tally = Tally::new(root, limits);
    let canonical = fs::canonicalize(root).map_err(|source| read_error(root, source))?;
    let walk = WalkDir::new(root)
        .min_depth(1)
        .into_iter()
        .filter_entry(|entry| {
            entry.depth() == 0
                || !entry.file_type().is_dir()
                || !selection.skips_directory(entry.file_name())
        });
    let mut entries = Vec::new();
    for found in walk {
        let found = found.map_err(|error| {
            let path = error.path().unwrap_or(root).to_path_buf();
            read_error(&path, error.into())
        })?;
        if !found.file_type().is_dir() && selection.skips_file(found.file_name()) {
            continue;
        }
        if let Some(kind) = kind(&found, &canonical, tally.octets_left())? {
            if let Kind::File { contents, .. } = &kind {
                tally.count_octets(contents.len())?;
            }
            tally.count_entry()?;
            let path = found
                .path()
                .strip_prefix(root)
                .unwrap_or(found.path())
                .to_path_buf();
            entries.push(Entry { path, kind });
        }
    }
    Ok(entries)
}

/// What the entry is for us, or nothing where it is left out. Of a file, no more is read than one
/// octet beyond those that are allowed.
fn kind(found: &DirEntry, root: &Path, octets: u64) -> Result<Option<Kind>, Error> {
    let file_type = found.file_type();
    if file_type.is_dir() {
        return Ok(Some(Kind::Directory));
    }
    if file_type.is_symlink() {
        return match follow(found.path(), root)? {
            Some(target) => read(&target, octets).map(Some),
            None => Ok(None),
        };
    }
    if file_type.is_file() {
        return read(found.path(), octets).map(Some);
    }
    Err(Error::NotAFile {
        path: found.path().to_path_buf(),
    })
}

/// The file that a link leads to, or nothing where that is a directory.
fn follow(link: &Path, root: &Path) -> Result<Option<PathBuf>, Error> {
    let to = fs::canonicalize(link).map_err(|source| read_error(link, source))?;
    let metadata = fs::symlink_metadata(&to).map_err(|source| read_error(link, source))?;
    if metadata.is_dir() {
        return Ok(None);
    }
    if !to.starts_with(root) {
        return Err(Error::LinkOutside {
            link: link.to_path_buf(),
            to,
        });
    }
    if !metadata.is_file() {
        return Err(Error::NotAFile {
            path: link.to_path_buf(),
        });
    }
    Ok(Some(to))
}

fn read(path: &Path, octets: u64) -> Result<Kind, Error> {
    let read = || -> io::Result<Kind> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        let size = metadata.len().min(octets);
        let mut contents = Vec::new();
        contents.try_reserve_exact(usize::try_from(size).unwrap_or_default())?;
        file.take(octets.saturating_add(1))
            .read_to_end(&mut contents)?;
        let mode = metadata.permissions().mode() & 0o777;
        Ok(Kind::File {
            contents: Cow::Owned(contents),
            mode,
        })
    };
    read().map_err(|source| read_error(path, source))
}

fn read_error(path: &Path, source: io::Error) -> Error {
    Error::Read {
        path: path.to_path_buf(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn file(root: &Path, path: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "text").unwrap();
    }

    fn paths(root: &Path) -> Vec<String> {
        let mut paths: Vec<_> = entries(root, &Selection::default())
            .unwrap()
            .into_iter()
            .map(|entry| entry.path.to_str().unwrap().to_owned())
            .collect();
        paths.sort();
        paths
    }

    #[test]
    fn what_is_in_a_template_is_what_django_takes() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().join(".hidden-itself");
        for path in [
            "a.py",
            ".env",
            "d/.hidden",
            "d/x.pyc",
            "d/x.pyo",
            "d/x.py.class",
        ] {
            file(&root, path);
        }
        for path in [
            ".git/config",
            "d/.cache/x",
            "d/__pycache__/x.py",
            "sub/.git",
            "sub/x",
        ] {
            file(&root, path);
        }
        fs::create_dir(root.join("empty")).unwrap();
        assert_eq!(
            paths(&root),
            [".env", "a.py", "d", "d/.hidden", "empty", "sub", "sub/x"]
        );
    }

    #[test]
    fn links_to_files_are_files_and_links_to_directories_are_nothing() {
        let root = tempfile::tempdir().unwrap();
        file(root.path(), "d/a.py");
        fs::set_permissions(
            root.path().join("d/a.py"),
            fs::Permissions::from_mode(0o751),
        )
        .unwrap();
        symlink("d/a.py", root.path().join("link.py")).unwrap();
        symlink("d", root.path().join("link")).unwrap();
        symlink("/", root.path().join("outside")).unwrap();
        assert_eq!(paths(root.path()), ["d", "d/a.py", "link.py"]);
        let link = entries(root.path(), &Selection::default())
            .unwrap()
            .into_iter()
            .find(|e| e.path.ends_with("link.py"));
        let expected = Kind::File {
            contents: Cow::Borrowed(b"text"),
            mode: 0o751,
        };
        assert_eq!(link.unwrap().kind, expected);
    }

    #[test]
    fn links_out_of_the_template_and_to_nowhere_are_errors() {
        let root = tempfile::tempdir().unwrap();
        symlink("/etc/passwd", root.path().join("users.txt")).unwrap();
        let error = entries(root.path(), &Selection::default()).unwrap_err();
        assert!(matches!(error, Error::LinkOutside { .. }), "{error}");
        fs::remove_file(root.path().join("users.txt")).unwrap();
        symlink("nowhere", root.path().join("broken")).unwrap();
        let error = entries(root.path(), &Selection::default()).unwrap_err();
        assert!(error.to_string().contains("broken"), "{error}");
    }

    #[test]
    fn a_socket_is_an_error_and_is_not_opened() {
        let root = tempfile::tempdir().unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(root.path().join("s")).unwrap();
        assert!(matches!(
            entries(root.path(), &Selection::default()),
            Err(Error::NotAFile { .. })
        ));
    }

    #[test]
    fn what_is_too_large_is_an_error() {
        let root = tempfile::tempdir().unwrap();
        for path in ["a", "d/b"] {
            file(root.path(), path);
        }
        for (entries, octets, fits) in [(3, 8, true), (2, 8, false), (3, 7, false), (3, 3, false)] {
            let result = entries_within(
                root.path(),
                &Selection::default(),
                Limits { entries, octets },
            );
            assert_eq!(result.is_ok(), fits, "{entries} {octets}");
            if let Err(error) = result {
                assert!(matches!(error, Error::TooLarge { .. }), "{error}");
            }
        }
    }
}
