//! The names that Git gives to a template's files and to all of it, so that a directory can be
//! compared with a commit without reading what is in the commit.
//!
//! They are hashes by SHA-1, as in most repositories. In one with SHA-256 nothing has such a name,
//! and what is in the commit has to be read.

use std::{
    collections::BTreeMap,
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
};

use sha1::{Digest as _, Sha1};

use super::tree::{self, Kind};
use crate::template::{
    mode::is_executable,
    remembered::base16,
    source::{self, Entry, Selection},
};

/// The name of an object: a hash.
pub(super) type Name = [u8; 20];

/// How long it is in hexadecimal.
pub(super) const DIGITS: usize = 2 * size_of::<Name>();

/// A file: the name of its contents, and whether it may be executed. Of the modes, that is all that
/// Git keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Blob {
    name: Name,
    is_executable: bool,
}

/// The files of a template, by path. Git knows no empty directories.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Objects(BTreeMap<PathBuf, Blob>);

/// What is in a directory. Names of directories end with a slash, because that is how Git sorts.
#[derive(Default)]
struct Directory(BTreeMap<Vec<u8>, Node>);

enum Node {
    Directory(Directory),
    File(Blob),
}

impl Objects {
    pub(super) fn of(entries: &[Entry]) -> Self {
        let files = entries.iter().filter_map(|entry| match &entry.kind {
            source::Kind::Directory => None,
            source::Kind::File { contents, mode } => {
                let blob = Blob {
                    name: name("blob", contents),
                    is_executable: is_executable(*mode),
                };
                Some((entry.path.clone(), blob))
            }
        });
        Self(files.collect())
    }

    /// The name of the directory with all of them, in hexadecimal.
    pub(super) fn tree(&self) -> String {
        let mut root = Directory::default();
        for (path, blob) in &self.0 {
            root.put(path, *blob);
        }
        base16(&root.name())
    }

    /// Whether these are the files that Git has listed below a directory of its own. Nothing is
    /// said where that is not enough to know: what a link leads to has to be read, and so has what
    /// has another kind of name.
    pub(super) fn are(
        &self,
        lines: &[tree::Line],
        below: &Path,
        selection: &Selection,
    ) -> Option<bool> {
        let mut count = 0;
        for tree::Line { path, kind } in lines {
            let Ok(path) = path.strip_prefix(below) else {
                continue;
            };
            match kind {
                Kind::File { blob, mode } if selection.takes(path, false) => {
                    count += 1;
                    if blob.name.len() != DIGITS {
                        return None;
                    }
                    let is_same = self.0.get(path).is_some_and(|ours| {
                        base16(&ours.name) == blob.name
                            && ours.is_executable == is_executable(*mode)
                    });
                    if !is_same {
                        return Some(false);
                    }
                }
                Kind::Link(_) if selection.takes(path, false) => return None,
                Kind::Directory | Kind::Submodule | Kind::File { .. } | Kind::Link(_) => {}
            }
        }
        Some(count == self.0.len())
    }
}

impl Directory {
    fn put(&mut self, path: &Path, blob: Blob) {
        let mut parts = path.iter();
        let Some(name) = parts.next() else { return };
        let (mut name, rest) = (name.as_bytes().to_vec(), parts.as_path());
        if rest.as_os_str().is_empty() {
            self.0.insert(name, Node::File(blob));
            return;
        }
        name.push(b'/');
        let below = self.0.entry(name);
        let below = below.or_insert_with(|| Node::Directory(Self::default()));
        if let Node::Directory(below) = below {
            below.put(rest, blob);
        }
    }

    fn name(&self) -> Name {
        let mut text = Vec::new();
        for (entry, node) in &self.0 {
            let (mode, object) = match node {
                Node::Directory(below) => ("40000", below.name()),
                Node::File(Blob {
                    name,
                    is_executable: true,
                }) => ("100755", *name),
                Node::File(Blob { name, .. }) => ("100644", *name),
            };
            text.extend_from_slice(mode.as_bytes());
            text.push(b' ');
            text.extend_from_slice(entry.strip_suffix(b"/").unwrap_or(entry));
            text.push(0);
            text.extend_from_slice(&object);
        }
        name("tree", &text)
    }
}

/// The name of an object of this kind.
pub(super) fn name(kind: &str, octets: &[u8]) -> Name {
    let mut hash = Sha1::new();
    hash.update(format!("{kind} {}\0", octets.len()));
    hash.update(octets);
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(path: &str, kind: Kind) -> tree::Line {
        let path = path.into();
        tree::Line { path, kind }
    }

    fn file(entry: &Entry, mode: u32) -> Kind {
        let source::Kind::File { contents, .. } = &entry.kind else {
            unreachable!("these are files");
        };
        let blob = tree::Blob {
            name: base16(&name("blob", contents)),
            size: 0,
        };
        Kind::File { blob, mode }
    }

    /// The names were told by `git write-tree`.
    #[test]
    fn names_are_those_that_git_gives() {
        assert_eq!(
            base16(&name("blob", b"x\n")),
            "587be6b4c3f93f93c489c0111bba5596147a26cb"
        );
        let empty = Objects::of(&[]).tree();
        assert_eq!(empty, "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
        // `a.b` stands before `a/`, and `a0` after it.
        let entries = [
            Entry::file("a/c", b"x\n", 0o644),
            Entry::file("a.b", b"x\n", 0o755),
            Entry::file("a0", b"x\n", 0o600),
        ];
        assert_eq!(Objects::of(&entries).tree(), TREE);
    }

    const TREE: &str = "3e1338e4392144003c67fd55371950a43eb48efb";

    #[test]
    fn they_are_compared_with_what_git_lists() {
        let (one, two) = (
            Entry::file("a/b", b"x", 0o644),
            Entry::file("run", b"y", 0o755),
        );
        let objects = Objects::of(&[one.clone(), two.clone()]);
        let selection = Selection::default();
        let are = |lines: &[tree::Line]| objects.are(lines, Path::new("t"), &selection);
        let hidden = || line("t/.github/ci.yml", file(&one, 0o644));
        let first = || line("t/a/b", file(&one, 0o644));
        let second = || line("t/run", file(&two, 0o755));
        let directory = || line("t/a", Kind::Directory);
        let elsewhere = || line("other", file(&two, 0o644));
        assert_eq!(
            are(&[elsewhere(), directory(), first(), second(), hidden()]),
            Some(true)
        );
        assert_eq!(are(&[first()]), Some(false), "one is missing");
        assert_eq!(
            are(&[first(), second(), line("t/c", file(&two, 0o644))]),
            Some(false),
            "one more"
        );
        assert_eq!(
            are(&[first(), line("t/run", file(&two, 0o644))]),
            Some(false),
            "another mode"
        );
        assert_eq!(
            are(&[line("t/a/b", file(&two, 0o644)), second()]),
            Some(false),
            "other contents"
        );
        let blob = tree::Blob {
            name: String::new(),
            size: 1,
        };
        assert_eq!(
            are(&[first(), line("t/run", Kind::Link(blob.clone()))]),
            None
        );
        let of_sha256 = tree::Blob {
            name: "0".repeat(64),
            ..blob
        };
        let mode = 0o644;
        let of_sha256 = Kind::File {
            blob: of_sha256,
            mode,
        };
        assert_eq!(are(&[line("t/a/b", of_sha256), second()]), None);
    }
}
