//! From the entries of an archive to what is there after all of them: names become paths, the one
//! leading directory goes, and of entries with one path the last counts.

use std::{
    collections::{BTreeMap, btree_map},
    ffi::OsStr,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use super::{
    error::ArchiveError,
    intake::{Intake, Member, What},
};
use crate::template::{
    error::Error,
    source::listing::{self, Item},
};

/// The permission bits of files for which the archive has none, before the umask.
const MODE: u32 = 0o666;

/// What is there after all entries.
pub(super) fn items(mut intake: Intake) -> Result<Vec<Item>, Error> {
    let members = std::mem::take(&mut intake.members);
    if members.is_empty() {
        return Err(intake.fault(ArchiveError::Empty));
    }
    for Member { name, .. } in &members {
        if let Err(reason) = check_whole(name) {
            let name = name.clone();
            return Err(intake.fault(ArchiveError::Path { name, reason }));
        }
    }
    let mut tree = Tree {
        leading: leading(&members).map(<[u8]>::to_vec),
        nodes: BTreeMap::new(),
        intake,
    };
    for member in members {
        tree.add(member)?;
    }
    Ok(tree
        .nodes
        .into_iter()
        .map(|(path, what)| item(path, what))
        .collect())
}

fn item(path: PathBuf, what: What) -> Item {
    let what = match what {
        What::Directory => listing::What::Directory,
        What::File { contents, mode } => listing::What::File {
            contents,
            mode: mode.unwrap_or(MODE),
        },
        What::Link(to) | What::HardLink(to) => {
            listing::What::Link(PathBuf::from(OsStr::from_bytes(&to)))
        }
    };
    Item { path, what }
}

struct Tree {
    /// The directory that everything is in.
    leading: Option<Vec<u8>>,
    nodes: BTreeMap<PathBuf, What>,
    intake: Intake,
}

impl Tree {
    fn add(&mut self, Member { name, what }: Member) -> Result<(), Error> {
        let path = self.path(&name)?;
        if path.as_os_str().is_empty() {
            return match what {
                What::Directory => Ok(()),
                _ => Err(self.intake.fault(ArchiveError::NoDirectory(name))),
            };
        }
        let what = match what {
            What::HardLink(to) => self.linked(&name, to)?,
            other => other,
        };
        let above = path.ancestors().skip(1);
        for directory in above.take_while(|above| !above.as_os_str().is_empty()) {
            match self.nodes.get(directory) {
                Some(What::Directory) => break,
                Some(_) => return Err(self.intake.fault(ArchiveError::Kinds(octets(directory)))),
                None => {
                    self.intake.tally.count_entry()?;
                    self.nodes.insert(directory.to_path_buf(), What::Directory);
                }
            }
        }
        match self.nodes.entry(path) {
            btree_map::Entry::Vacant(vacant) => {
                vacant.insert(what);
            }
            btree_map::Entry::Occupied(mut there) => match (there.get(), what) {
                (What::Directory, What::Directory) => {}
                (What::Directory, _) | (_, What::Directory) => {
                    return Err(self.intake.fault(ArchiveError::Kinds(octets(there.key()))));
                }
                // Writing to a file that is there does not change its mode.
                (What::File { mode: before, .. }, What::File { contents, mode }) => {
                    let mode = mode.or(*before);
                    there.insert(What::File { contents, mode });
                }
                (_, what) => {
                    there.insert(what);
                }
            },
        }
        Ok(())
    }

    /// The file that a hard link is another name for. Its octets are there once more, and count.
    fn linked(&mut self, link: &[u8], to: Vec<u8>) -> Result<What, Error> {
        let is_inside = match (&self.leading, to.split(|octet| *octet == b'/').next()) {
            (Some(leading), Some(first)) => first == leading.as_slice(),
            _ => true,
        };
        let target = match check_whole(&to) {
            Ok(()) if is_inside => self.path(&to).ok(),
            _ => None,
        };
        let target = target.and_then(|path| self.nodes.get(&path));
        let Some(What::File { contents, mode }) = target else {
            let link = link.to_vec();
            return Err(self.intake.fault(ArchiveError::HardLink { link, to }));
        };
        self.intake.tally.count_octets(contents.len())?;
        let (contents, mode) = (contents.clone(), *mode);
        Ok(What::File { contents, mode })
    }

    /// The path that a name means, without the leading directory.
    fn path(&self, name: &[u8]) -> Result<PathBuf, Error> {
        let rest = match self.leading {
            Some(_) => split_leading(name).1,
            None => name,
        };
        path(rest).map_err(|reason| {
            let name = name.to_vec();
            self.intake.fault(ArchiveError::Path { name, reason })
        })
    }
}

fn octets(path: &Path) -> Vec<u8> {
    path.as_os_str().as_bytes().to_vec()
}

/// The directory that all names begin with, if it is one for all: Django's rule, by which `.` is
/// such a directory too.
fn leading(members: &[Member]) -> Option<&[u8]> {
    let mut names = members.iter().map(|member| split_leading(&member.name).0);
    let first = names.next()?;
    names.all(|name| name == first).then_some(first)
}

/// The part of a name before its first slash, and what comes after that.
fn split_leading(name: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(b'/', name).and_then(|at| name.split_at_checked(at)) {
        Some((first, rest)) => (first, rest.strip_prefix(b"/").unwrap_or(rest)),
        None => (name, b""),
    }
}

/// Says why a name must not be in an archive, if that can be said of the name as a whole.
fn check_whole(name: &[u8]) -> Result<(), &'static str> {
    if name.is_empty() {
        Err("it is empty")
    } else if name.contains(&0) {
        Err("it has a NUL in it")
    } else if name.starts_with(b"/") {
        Err("it is absolute")
    } else if name.contains(&b'\\') {
        Err("it has a backslash in it")
    } else if name.split(|octet| *octet == b'/').any(|part| part == b"..") {
        // Also where it would be the leading directory, and go.
        Err("it leads out of its directory")
    } else {
        Ok(())
    }
}

/// The path that a name means; empty for the directory that everything is in.
fn path(name: &[u8]) -> Result<PathBuf, &'static str> {
    if name.starts_with(b"/") {
        return Err("it is absolute");
    }
    let mut path = PathBuf::new();
    for part in name.split(|octet| *octet == b'/') {
        match part {
            b"" | b"." => {}
            b".." => return Err("it leads out of its directory"),
            [letter, b':', ..] if letter.is_ascii_alphabetic() => {
                return Err("it names a drive");
            }
            _ => path.push(OsStr::from_bytes(part)),
        }
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    /// What Django 6.1 strips from archives with these names.
    #[rstest]
    #[case(&["a/b", "a/c/d"], Some("a"))]
    #[case(&["a", "a/b"], Some("a"))]
    #[case(&["a/b", "c"], None)]
    #[case(&["./a", "./b"], Some("."))]
    #[case(&[".", "./b"], Some("."))]
    #[case(&["a/b"], Some("a"))]
    #[case(&["a"], Some("a"))]
    #[case(&["a/b", "A/c"], None)]
    fn leading_directories(#[case] names: &[&str], #[case] expected: Option<&str>) {
        let members: Vec<_> = names
            .iter()
            .map(|name| Member {
                name: name.as_bytes().to_vec(),
                what: What::Directory,
            })
            .collect();
        assert_eq!(leading(&members), expected.map(str::as_bytes));
    }

    #[rstest]
    #[case("a/b", Ok("a/b"))]
    #[case("a//b/./c/", Ok("a/b/c"))]
    #[case("./", Ok(""))]
    #[case("", Ok(""))]
    #[case("a..b/...", Ok("a..b/..."))]
    #[case("/a", Err("it is absolute"))]
    #[case("a/..", Err("it leads out of its directory"))]
    #[case("../a", Err("it leads out of its directory"))]
    #[case("a/c:/b", Err("it names a drive"))]
    fn paths(#[case] name: &str, #[case] expected: Result<&str, &'static str>) {
        assert_eq!(path(name.as_bytes()), expected.map(PathBuf::from));
    }

    proptest! {
        #[test]
        fn a_path_has_only_normal_parts(name in "[./a:]{0,12}") {
            if let Ok(path) = path(name.as_bytes()) {
                for part in path.components() {
                    prop_assert!(matches!(part, std::path::Component::Normal(_)), "{:?}", path);
                }
            }
        }
    }
}
