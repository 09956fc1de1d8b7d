//! A template that is a directory of the user's.

use std::{
    borrow::Cow,
    fs::{self, File},
    io::{self, Read},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use rustix::fs::{Mode, OFlags};
use walkdir::{DirEntry, WalkDir};

use super::{
    Entry, Kind,
    limits::{LIMITS, Limits, Tally},
    stoppable::Stoppable,
};
use crate::template::{Request, cookiecutter, error::Error, manifest};

/// Everything in the directory that the selection takes: hidden files, but no hidden directories;
/// links as the files that they lead to, but no links to directories.
pub(super) fn entries(request: &Request<'_>, root: &Path) -> Result<Vec<Entry>, Error> {
    entries_within(request, root, LIMITS)
}

fn entries_within(request: &Request<'_>, root: &Path, limits: Limits) -> Result<Vec<Entry>, Error> {
    let found = survey(request, root, limits)?;
    let mut tally = Tally::new(root, limits);
    let mut entries = Vec::with_capacity(found.len());
    for (path, found) in found {
        let kind = match found {
            Found::Directory => Kind::Directory,
            Found::File { at, .. } => {
                let (contents, mode) = read(request, &at, tally.octets_left())?;
                tally.count_octets(contents.len())?;
                Kind::File {
                    contents: Cow::Owned(contents),
                    mode,
                }
            }
        };
        entries.push(Entry { path, kind });
    }
    Ok(entries)
}

/// What an entry will be, before anything of it is read.
enum Found {
    Directory,
    File {
        /// Where its contents are: elsewhere than the entry, where that is a link.
        at: PathBuf,
        octets: u64,
    },
}

/// Finds everything and reads nothing: whoever gives a home directory or a whole file system for a
/// template hears of it without a wait for half a gibibyte.
fn survey(
    request: &Request<'_>,
    root: &Path,
    limits: Limits,
) -> Result<Vec<(PathBuf, Found)>, Error> {
    let has_file = |name: &str| root.join(name).is_file();
    let hidden = (has_file(cookiecutter::FILE_NAME) && !has_file(manifest::FILE_NAME))
        .then(|| request.selection.with_hidden());
    let selection = hidden.as_ref().unwrap_or(request.selection);
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
        request.go_on()?;
        let found = found.map_err(|error| {
            let path = error.path().unwrap_or(root).to_path_buf();
            read_error(&path, error.into())
        })?;
        if !found.file_type().is_dir() && selection.skips_file(found.file_name()) {
            continue;
        }
        if let Some(kind) = kind(&found, &canonical)? {
            if let Found::File { octets, .. } = &kind {
                tally.count_octets(usize::try_from(*octets).unwrap_or(usize::MAX))?;
            }
            tally.count_entry()?;
            let path = found
                .path()
                .strip_prefix(root)
                .unwrap_or(found.path())
                .to_path_buf();
            entries.push((path, kind));
        }
    }
    Ok(entries)
}

/// What the entry is for us, or nothing where it is left out.
fn kind(found: &DirEntry, root: &Path) -> Result<Option<Found>, Error> {
    let file_type = found.file_type();
    if file_type.is_dir() {
        return Ok(Some(Found::Directory));
    }
    if file_type.is_symlink() {
        return follow(found.path(), root);
    }
    if file_type.is_file() {
        let at = found.path();
        let metadata = found
            .metadata()
            .map_err(|error| read_error(at, error.into()))?;
        return Ok(Some(Found::File {
            at: at.to_path_buf(),
            octets: metadata.len(),
        }));
    }
    Err(Error::NotAFile {
        path: found.path().to_path_buf(),
    })
}

/// The file that a link leads to, or nothing where that is a directory.
fn follow(link: &Path, root: &Path) -> Result<Option<Found>, Error> {
    let to = fs::canonicalize(link).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => Error::LinkNowhere {
            link: link.to_path_buf(),
            to: fs::read_link(link).unwrap_or_default(),
        },
        _ => read_error(link, source),
    })?;
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
    Ok(Some(Found::File {
        at: to,
        octets: metadata.len(),
    }))
}

/// The contents and the mode of a file: of the contents, no more than one octet beyond those that
/// are allowed.
///
/// The path was that of a file, but may be another's by now: no link is followed, and a pipe does
/// not keep us waiting.
fn read(request: &Request<'_>, path: &Path, octets: u64) -> Result<(Vec<u8>, u32), Error> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let read = || -> io::Result<(Vec<u8>, u32)> {
        let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::other("it is not a file any more"));
        }
        let size = metadata.len().min(octets);
        let mut contents = Vec::new();
        contents.try_reserve_exact(usize::try_from(size).unwrap_or_default())?;
        let file = Stoppable {
            inner: file,
            stop: request.stop,
        };
        file.take(octets.saturating_add(1))
            .read_to_end(&mut contents)?;
        Ok((contents, metadata.permissions().mode() & 0o777))
    };
    read().map_err(|source| match request.go_on() {
        Ok(()) => read_error(path, source),
        Err(interrupted) => interrupted,
    })
}

fn read_error(path: &Path, source: io::Error) -> Error {
    Error::Read {
        path: path.to_path_buf(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use std::{
        os::unix::fs::symlink,
        sync::atomic::{AtomicBool, Ordering},
    };

    use rustix::fs::CWD;

    use super::*;
    use crate::template::{Subject, Target};

    fn within(root: &Path, limits: Limits, stop: &AtomicBool) -> Result<Vec<Entry>, Error> {
        let target = Target::New("/p".into());
        let request = Request {
            stop,
            ..Request::new(Subject::Project, "mysite", &target, Path::new("/"))
        };
        entries_within(&request, root, limits)
    }

    fn entries(root: &Path) -> Result<Vec<Entry>, Error> {
        within(root, LIMITS, &AtomicBool::new(false))
    }

    fn file(root: &Path, path: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "text").unwrap();
    }

    fn paths(root: &Path) -> Vec<String> {
        let mut paths: Vec<_> = entries(root)
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
        let link = entries(root.path())
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
        let error = entries(root.path()).unwrap_err();
        assert!(matches!(error, Error::LinkOutside { .. }), "{error}");
        fs::remove_file(root.path().join("users.txt")).unwrap();
        symlink("nowhere", root.path().join("broken")).unwrap();
        let error = entries(root.path()).unwrap_err();
        assert!(error.to_string().contains("broken"), "{error}");
    }

    #[test]
    fn a_socket_is_an_error_and_is_not_opened() {
        let root = tempfile::tempdir().unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(root.path().join("s")).unwrap();
        assert!(matches!(entries(root.path()), Err(Error::NotAFile { .. })));
    }

    #[test]
    fn what_has_become_a_link_or_a_pipe_is_not_read() {
        let root = tempfile::tempdir().unwrap();
        let target = Target::New("/p".into());
        let request = Request::new(Subject::Project, "mysite", &target, Path::new("/"));
        let path = root.path().join("a");
        symlink("/etc/passwd", &path).unwrap();
        assert!(matches!(read(&request, &path, 9), Err(Error::Read { .. })));
        fs::remove_file(&path).unwrap();
        rustix::fs::mknodat(
            CWD,
            &path,
            rustix::fs::FileType::Fifo,
            Mode::from_raw_mode(0o600),
            0,
        )
        .unwrap();
        let error = read(&request, &path, 9).unwrap_err();
        assert!(error.to_string().ends_with("it is not a file any more"));
    }

    #[test]
    fn reading_ends_when_it_is_to_end() {
        let root = tempfile::tempdir().unwrap();
        file(root.path(), "a");
        let stop = AtomicBool::new(false);
        assert!(within(root.path(), LIMITS, &stop).is_ok());
        stop.store(true, Ordering::Relaxed);
        let result = within(root.path(), LIMITS, &stop);
        assert!(
            matches!(result, Err(Error::Interrupted { .. })),
            "{result:?}"
        );
    }

    #[test]
    fn what_is_too_large_is_an_error() {
        let root = tempfile::tempdir().unwrap();
        for path in ["a", "d/b"] {
            file(root.path(), path);
        }
        for (entries, octets, fits) in [(3, 8, true), (2, 8, false), (3, 7, false), (3, 3, false)] {
            let limits = Limits { entries, octets };
            let result = within(root.path(), limits, &AtomicBool::new(false));
            assert_eq!(result.is_ok(), fits, "{entries} {octets}");
            if let Err(error) = result {
                assert!(matches!(error, Error::TooLarge { .. }), "{error}");
            }
        }
    }
}
