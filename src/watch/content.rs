//! What a file contains, so that two states of it can be compared.

use std::{
    fs::{File, Metadata},
    io::{self, Read as _},
    os::unix::fs::MetadataExt as _,
    path::Path,
    time::Duration,
};

use rustix::fs::{Mode, OFlags};
use sha2::{Digest as _, Sha256};

/// Up to which size contents are compared: reading more would hold up the reload. Sources are
/// much smaller; what is larger is a compiled module, which is not saved twice by accident.
const MOST_OCTETS: u64 = 4 * 1024 * 1024;

/// How much is read at once.
const BUFFER: usize = 64 * 1024;

/// What is found at a path, links followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Nothing.
    Missing,
    /// A file of so many octets, and their SHA-256. That is slower than a hash without a
    /// guarantee, but a collision would be an edit that is lost.
    File(u64, [u8; 32]),
    /// A file that is too large to be read each time.
    Large(Stamp),
    /// A directory.
    Directory,
    /// Something that has no contents, or whose contents cannot be read.
    Other,
}

/// What the system says about a file, without its being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stamp {
    /// When contents or attributes were last changed, since 1970. Nobody can set it back.
    pub(super) changed: Duration,
    modified: (i64, i64),
    size: u64,
    inode: u64,
    device: u64,
}

impl Stamp {
    pub(super) fn of(metadata: &Metadata) -> Self {
        let seconds = u64::try_from(metadata.ctime()).unwrap_or(0);
        let nanoseconds = u32::try_from(metadata.ctime_nsec()).unwrap_or(0);
        Self {
            changed: Duration::new(seconds, nanoseconds),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            size: metadata.len(),
            inode: metadata.ino(),
            device: metadata.dev(),
        }
    }
}

impl Content {
    /// What is at a path now, and when that was last changed as the system says. Never waits for
    /// anybody, as reading a pipe would.
    pub(super) fn read(path: &Path) -> (Self, Option<Duration>) {
        match read(path) {
            Ok((content, stamp)) => (content, Some(stamp.changed)),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                (Self::Missing, None)
            }
            Err(_) => (Self::Other, None),
        }
    }
}

fn read(path: &Path) -> io::Result<(Content, Stamp)> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let mut file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    let before = file.metadata()?;
    let content = if before.is_dir() {
        Content::Directory
    } else if !before.is_file() {
        Content::Other
    } else if before.len() > MOST_OCTETS {
        Content::Large(Stamp::of(&before))
    } else {
        hash(&mut file)?
    };
    // Asked for last: what is written while we read shows in it.
    Ok((content, Stamp::of(&file.metadata()?)))
}

fn hash(file: &mut File) -> io::Result<Content> {
    let (mut hash, mut size) = (Sha256::new(), 0);
    let mut buffer = vec![0; BUFFER];
    // A file that grows meanwhile is not followed for ever.
    let mut file = file.take(MOST_OCTETS);
    loop {
        let count = match file.read(&mut buffer) {
            Ok(0) => return Ok(Content::File(size, hash.finalize().into())),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hash.update(buffer.get(..count).unwrap_or_default());
        size += count as u64;
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use super::*;

    #[test]
    fn contents_are_compared_and_not_times() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("a.py");
        let content = || Content::read(&path).0;
        assert_eq!(content(), Content::Missing);
        fs::write(&path, "x = 1").unwrap();
        let first = content();
        fs::write(&path, "x = 2").unwrap();
        assert_ne!(content(), first);
        fs::remove_file(&path).unwrap();
        fs::write(&path, "x = 1").unwrap();
        assert_eq!(content(), first);
    }

    #[test]
    fn a_large_file_is_known_by_what_the_system_says() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("fast.so");
        let file = File::create(&path).unwrap();
        file.set_len(MOST_OCTETS).unwrap();
        assert!(matches!(Content::read(&path).0, Content::File(..)));
        file.set_len(MOST_OCTETS + 1).unwrap();
        let first = Content::read(&path).0;
        assert!(matches!(first, Content::Large(_)));
        assert_eq!(Content::read(&path).0, first);
        file.set_len(MOST_OCTETS + 2).unwrap();
        assert_ne!(Content::read(&path).0, first);
    }

    #[test]
    fn a_pipe_is_not_waited_for() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("pipe.py");
        rustix::fs::mkfifoat(rustix::fs::CWD, &path, Mode::RUSR | Mode::WUSR).unwrap();
        assert_eq!(Content::read(&path).0, Content::Other);
    }

    #[test]
    fn links_are_followed() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        fs::write(at("a.py"), "x").unwrap();
        symlink("a.py", at("b.py")).unwrap();
        symlink("c.py", at("c.py")).unwrap();
        symlink(".", at("d")).unwrap();
        assert_eq!(Content::read(&at("b.py")), Content::read(&at("a.py")));
        assert_eq!(Content::read(&at("c.py")).0, Content::Other, "a loop");
        assert_eq!(Content::read(&at("d")).0, Content::Directory);
        assert_eq!(Content::read(&at("a.py/x")).0, Content::Missing);
    }
}
