//! What is at a path in a directory of the user's, reached through no link.

use std::{
    fs::File,
    io::{self, Read as _},
    os::{fd::OwnedFd, unix::fs::PermissionsExt as _},
    path::{Path, PathBuf},
};

use rustix::{
    fs::{Mode, OFlags},
    io::Errno,
};

use super::{
    merge::open_parent,
    tree::{Links, open_directory},
};
use crate::template::error::Error;

/// The largest file that is looked at: as much as a whole template may hold.
const MOST_OCTETS: u64 = 512 << 20;

/// A directory of the user's.
#[derive(Debug)]
pub(in crate::template) struct Place {
    root: OwnedFd,
    path: PathBuf,
}

/// What is at a path.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::template) enum Found {
    Missing,
    File {
        contents: Vec<u8>,
        /// Its permission bits.
        mode: u32,
    },
    /// A directory, a link, or something beyond one; or a file that is larger than any template.
    Other,
}

impl Place {
    /// Opens the directory.
    pub(in crate::template) fn open(path: &Path) -> Result<Self, Error> {
        let root = open_directory(rustix::fs::CWD, path, Links::Follow);
        let root = root.map_err(|source| Error::Read {
            path: path.to_path_buf(),
            source,
        })?;
        Ok(Self {
            root,
            path: path.to_path_buf(),
        })
    }

    /// Says what is at a path in it.
    pub(in crate::template) fn look(&self, path: &Path) -> Result<Found, Error> {
        self.try_look(path).or_else(|error| {
            let beyond = [Errno::NOTDIR, Errno::LOOP, Errno::MLINK];
            let beyond = beyond.map(Errno::raw_os_error);
            match error.raw_os_error() {
                _ if error.kind() == io::ErrorKind::NotFound => Ok(Found::Missing),
                Some(number) if beyond.contains(&number) => Ok(Found::Other),
                _ => Err(Error::Read {
                    path: self.path.join(path),
                    source: error,
                }),
            }
        })
    }

    fn try_look(&self, path: &Path) -> io::Result<Found> {
        let parent = open_parent(&self.root, path)?;
        let name = path.file_name().unwrap_or_default();
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = File::from(rustix::fs::openat(&parent, name, flags, Mode::empty())?);
        let metadata = file.metadata()?;
        if !metadata.is_file() || metadata.len() > MOST_OCTETS {
            return Ok(Found::Other);
        }
        let mut contents = Vec::new();
        file.take(MOST_OCTETS).read_to_end(&mut contents)?;
        Ok(Found::File {
            contents,
            mode: metadata.permissions().mode() & 0o7777,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use super::*;

    #[test]
    fn only_files_of_the_directory_are_files() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path();
        fs::create_dir(path.join("a")).unwrap();
        fs::write(path.join("a/file"), "x").unwrap();
        fs::set_permissions(path.join("a/file"), fs::Permissions::from_mode(0o640)).unwrap();
        symlink("a", path.join("directory-link")).unwrap();
        symlink("a/file", path.join("link")).unwrap();
        symlink("nowhere", path.join("broken")).unwrap();
        let place = Place::open(path).unwrap();
        let look = |path: &str| place.look(Path::new(path)).unwrap();
        let contents = b"x".to_vec();
        let mode = 0o640;
        assert_eq!(look("a/file"), Found::File { contents, mode });
        for other in [
            "a",
            "directory-link",
            "directory-link/file",
            "link",
            "broken",
            "a/file/b",
        ] {
            assert_eq!(look(other), Found::Other, "{other}");
        }
        for missing in ["b", "b/c", "a/b"] {
            assert_eq!(look(missing), Found::Missing, "{missing}");
        }
    }
}
