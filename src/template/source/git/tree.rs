//! The answer of `git ls-tree`: what is in a commit.

use std::{
    ffi::OsString,
    io::{self, BufRead, Read as _},
    os::unix::ffi::{OsStrExt as _, OsStringExt as _},
    path::PathBuf,
};

/// The longest path that Linux takes; `git` would write no longer one.
const PATH: usize = 4096;

/// The most that stands before the path: mode, type, name of the object, and size.
const BEFORE_PATH: usize = 128;

/// One line of the answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) path: PathBuf,
    pub(super) kind: Kind,
}

/// What a line is about.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Directory,
    /// Another repository, which is not fetched.
    Submodule,
    File {
        blob: Blob,
        /// The permission bits that `git` gives it.
        mode: u32,
    },
    Link(Blob),
}

/// The contents of a file or the text of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Blob {
    /// Its name, which is a hash in hexadecimal.
    pub(super) name: String,
    pub(super) size: u64,
}

/// Why a line is not taken.
#[derive(Debug)]
pub(super) enum Fault {
    Io(io::Error),
    /// It is none of `git ls-tree`.
    Unknown(Vec<u8>),
    /// `git` would not write such a file.
    Name(String),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The next line of the answer to `ls-tree -z --long`, which ends with a NUL; nothing at the end.
pub(super) fn next(answer: &mut impl BufRead) -> Result<Option<Line>, Fault> {
    let mut line = Vec::new();
    let most = u64::try_from(PATH + BEFORE_PATH).unwrap_or(u64::MAX);
    answer.take(most).read_until(0, &mut line)?;
    if line.is_empty() {
        return Ok(None);
    }
    if line.pop_if(|last| *last == 0).is_none() {
        return Err(Fault::Name(String::from_utf8_lossy(&line).into_owned()));
    }
    parse(&line).map(Some)
}

fn parse(line: &[u8]) -> Result<Line, Fault> {
    let unknown = || Fault::Unknown(line.to_vec());
    let tab = memchr::memchr(b'\t', line).ok_or_else(unknown)?;
    let (before, path) = line.split_at_checked(tab).ok_or_else(unknown)?;
    let path = OsString::from_vec(path.iter().skip(1).copied().collect());
    let before = str::from_utf8(before).map_err(|_| unknown())?;
    let mut words = before.split_ascii_whitespace();
    let (Some(mode), Some(_), Some(object), Some(size), None) = (
        words.next(),
        words.next(),
        words.next(),
        words.next(),
        words.next(),
    ) else {
        return Err(unknown());
    };
    let mode = u32::from_str_radix(mode, 8).map_err(|_| unknown())?;
    let is_name = !object.is_empty() && object.chars().all(|it| it.is_ascii_hexdigit());
    let blob = || match size.parse() {
        Ok(size) if is_name => Ok(Blob {
            name: object.to_owned(),
            size,
        }),
        _ => Err(unknown()),
    };
    let kind = match mode & 0o170_000 {
        0o040_000 => Kind::Directory,
        0o160_000 => Kind::Submodule,
        0o120_000 => Kind::Link(blob()?),
        // The other bits are of no account for `git` either.
        0o100_000 if mode & 0o100 != 0 => Kind::File {
            blob: blob()?,
            mode: 0o755,
        },
        0o100_000 => Kind::File {
            blob: blob()?,
            mode: 0o644,
        },
        _ => return Err(unknown()),
    };
    if !is_good(path.as_bytes()) {
        return Err(Fault::Name(path.to_string_lossy().into_owned()));
    }
    Ok(Line {
        path: path.into(),
        kind,
    })
}

/// Whether `git` would write a file of this path: it leads down only, as written, and not into what
/// belongs to `git`.
fn is_good(path: &[u8]) -> bool {
    path.split(|octet| *octet == b'/').all(|part| {
        !part.is_empty() && part != b"." && part != b".." && !part.eq_ignore_ascii_case(b".git")
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn lines(answer: &[u8]) -> Result<Vec<Line>, Fault> {
        let mut answer = io::BufReader::new(answer);
        let mut lines = Vec::new();
        while let Some(line) = next(&mut answer)? {
            lines.push(line);
        }
        Ok(lines)
    }

    fn blob(size: u64) -> Blob {
        Blob {
            name: "abc123".to_owned(),
            size,
        }
    }

    #[test]
    fn an_answer_is_read() {
        let answer = b"040000 tree abc123       -\td\0\
            100644 blob abc123       7\td/a\tb\n\0\
            100755 blob abc123      12\trun\0\
            100664 blob abc123       0\told\0\
            120000 blob abc123       3\tlink\0\
            160000 commit abc123       -\tsub\0";
        let file = |mode, size| Kind::File {
            blob: blob(size),
            mode,
        };
        let expected = [
            ("d", Kind::Directory),
            ("d/a\tb\n", file(0o644, 7)),
            ("run", file(0o755, 12)),
            ("old", file(0o644, 0)),
            ("link", Kind::Link(blob(3))),
            ("sub", Kind::Submodule),
        ];
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(path, kind)| Line {
                path: path.into(),
                kind,
            })
            .collect();
        assert_eq!(lines(answer).unwrap(), expected);
    }

    #[rstest]
    #[case("../x")]
    #[case("a/../x")]
    #[case("/etc/x")]
    #[case("a//b")]
    #[case("./x")]
    #[case("a/.")]
    #[case("a/./b")]
    #[case("a/")]
    #[case("")]
    #[case(".git/config")]
    #[case("a/.GIT/config")]
    #[case(".Git")]
    fn names_that_git_would_not_write(#[case] path: &str) {
        let line = format!("100644 blob abc123 1\t{path}\0");
        assert!(matches!(lines(line.as_bytes()), Err(Fault::Name(it)) if it == path));
    }

    #[test]
    fn a_path_has_an_end() {
        for (length, fits) in [(PATH - 1, true), (PATH + BEFORE_PATH, false)] {
            let line = format!("100644 blob abc123 1\t{}\0", "x".repeat(length));
            assert_eq!(lines(line.as_bytes()).is_ok(), fits);
        }
    }

    #[rstest]
    #[case(b"x\0")]
    #[case(b"100644 blob abc123 1 x\0")]
    #[case(b"100644 blob abc123 -\tx\0")]
    #[case(b"100644 blob -abc 1\tx\0")]
    #[case(b"100644 blob abc123 1 2\tx\0")]
    #[case(b"010644 blob abc123 1\tx\0")]
    #[case(b"1006449 blob abc123 1\tx\0")]
    #[case(b"\xff\tx\0")]
    fn what_is_no_answer(#[case] line: &[u8]) {
        assert!(matches!(lines(line), Err(Fault::Unknown(_))));
    }

    proptest! {
        #[test]
        fn every_path_leads_down(path in "[./a\\PC]{0,12}") {
            let line = format!("100644 blob abc123 1\t{path}\0");
            if let Ok(lines) = lines(line.as_bytes()) {
                for line in lines {
                    let parts: PathBuf = line.path.iter().filter(|it| *it != "..").collect();
                    prop_assert_eq!(parts.as_os_str(), line.path.as_os_str());
                }
            }
        }

        #[test]
        fn any_octets_are_an_answer_or_an_error(answer: Vec<u8>) {
            let _ = lines(&answer);
        }
    }
}
