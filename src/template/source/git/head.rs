//! What `HEAD` of a repository is, read from the repository's files where that is simple. Starting
//! `git` takes as long as making a small project.
//!
//! It is simple where nothing but these files has a say (no worktree of another repository, no
//! extension, no object that replaces another), and where the objects are loose, as those of the
//! newest commits are. All else is left to `git`: there is no answer here.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, Read as _},
    path::{Component, Path},
};

use flate2::read::ZlibDecoder;

use super::objects::{self, DIGITS, Name};
use crate::template::remembered::base16;

/// The largest file of the repository that is read, and the largest object: far more than the
/// message of a commit or the list of a directory takes.
const LARGEST: u64 = 1 << 20;

/// How `HEAD` begins that names a branch.
const SYMBOLIC: &str = "ref: ";

/// Where the names of objects lie that others replace.
const REPLACED: &str = "refs/replace";

/// How a list of files names the mode of a directory.
const DIRECTORY: &[u8] = b"40000";

/// A commit, and a directory in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// The name of the commit, in hexadecimal.
    pub(super) commit: String,
    /// The name of the directory's list of files, in hexadecimal.
    pub(super) tree: String,
}

/// Reads which commit `HEAD` is, and what the directory `prefix` is there. `git` is what is called
/// `.git`.
pub(super) fn read(git: &Path, prefix: &Path) -> Option<Head> {
    if !is_plain(git)? {
        return None;
    }
    let head = text(&git.join("HEAD"))?;
    let commit = match head.strip_prefix(SYMBOLIC) {
        Some(branch) => {
            let branch = Path::new(branch.trim_end());
            let is_below = branch.starts_with("refs")
                && branch
                    .components()
                    .all(|it| matches!(it, Component::Normal(_)));
            text(&git.join(Some(branch).filter(|_| is_below)?))?
        }
        None => head,
    };
    let commit = name(commit.trim_end())?;
    let text = object(git, "commit", commit)?;
    let tree = str::from_utf8(text.strip_prefix(b"tree ")?.get(..DIGITS)?).ok()?;
    let tree = prefix.iter().try_fold(name(tree)?, |tree, part| {
        directory(&object(git, "tree", tree)?, part.as_encoded_bytes())
    })?;
    Some(Head {
        commit: base16(&commit),
        tree: base16(&tree),
    })
}

/// Whether the repository has nothing that changes what its files mean.
fn is_plain(git: &Path) -> Option<bool> {
    let config = text(&git.join("config"))?.to_ascii_lowercase();
    let is_first_version = config.lines().all(|line| {
        line.trim()
            .strip_prefix("repositoryformatversion")
            .is_none_or(|rest| rest.trim_start_matches([' ', '\t', '=']) == "0")
    });
    let packed = git.join("packed-refs");
    let replaces = packed.symlink_metadata().is_ok() && text(&packed)?.contains(REPLACED);
    let has = |name| git.join(name).symlink_metadata().is_ok();
    Some(
        is_first_version
            && !config.contains("extensions")
            && !replaces
            && !has(REPLACED)
            && !has("commondir"),
    )
}

/// What a small file says.
fn text(path: &Path) -> Option<String> {
    let metadata = path.symlink_metadata().ok()?;
    let is_small = metadata.is_file() && metadata.len() <= LARGEST;
    is_small.then(|| fs::read_to_string(path).ok()).flatten()
}

/// The name of an object that is written in hexadecimal.
fn name(digits: &str) -> Option<Name> {
    if digits.len() != DIGITS {
        return None;
    }
    let mut name = Name::default();
    for (octet, pair) in name.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
        let digit = |at: usize| char::from(*pair.get(at)?).to_digit(16);
        *octet = u8::try_from((digit(0)? << 4) | digit(1)?).ok()?;
    }
    Some(name)
}

/// What is in a loose object, if it has that name and is of that kind.
fn object(git: &Path, kind: &str, name: Name) -> Option<Vec<u8>> {
    let digits = base16(&name);
    let (folder, file) = digits.split_at_checked(2)?;
    let path = git.join("objects").join(folder).join(file);
    if !path.symlink_metadata().ok()?.is_file() {
        return None;
    }
    let mut reader = BufReader::new(ZlibDecoder::new(File::open(path).ok()?)).take(LARGEST);
    let (mut head, mut contents) = (Vec::new(), Vec::new());
    reader.read_until(0, &mut head).ok()?;
    reader.read_to_end(&mut contents).ok()?;
    let is_kind = head.strip_prefix(kind.as_bytes())?.starts_with(b" ");
    // What was cut or spoilt has another name.
    (is_kind && objects::name(kind, &contents) == name).then_some(contents)
}

/// The name that a directory has in a list of files.
fn directory(mut list: &[u8], wanted: &[u8]) -> Option<Name> {
    while !list.is_empty() {
        let end = memchr::memchr(0, list)?;
        let (entry, rest) = list.split_at_checked(end)?;
        let (name, rest) = rest.get(1..)?.split_at_checked(size_of::<Name>())?;
        let directory = entry.strip_prefix(DIRECTORY);
        if directory.and_then(|it| it.strip_prefix(b" ")) == Some(wanted) {
            return name.try_into().ok();
        }
        list = rest;
    }
    None
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// What is done to a repository, and what that makes of it.
    type Change = (&'static str, fn(&Path));

    /// A repository with one commit, in which `a/b/file` is.
    fn repository() -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir_all(directory.path().join("a/b")).unwrap();
        fs::write(directory.path().join("a/b/file"), "x\n").unwrap();
        fs::write(directory.path().join("first"), "y\n").unwrap();
        run(directory.path(), "init --quiet --initial-branch=main");
        run(directory.path(), "add --all");
        run(
            directory.path(),
            "-c user.name=x -c user.email=x -c commit.gpgSign=false commit --quiet --message=x",
        );
        directory
    }

    fn run(directory: &Path, arguments: &str) -> String {
        let mut command = Command::new("git");
        command.args(arguments.split(' ')).current_dir(directory);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().trim().into()
    }

    fn read(directory: &Path, prefix: &str) -> Option<Head> {
        super::read(&directory.join(".git"), Path::new(prefix))
    }

    #[test]
    fn it_is_what_git_says() {
        let directory = repository();
        let directory = directory.path();
        for prefix in ["", "a", "a/b"] {
            let head = read(directory, prefix).unwrap();
            assert_eq!(head.commit, run(directory, "rev-parse HEAD"));
            assert_eq!(
                head.tree,
                run(directory, &format!("rev-parse HEAD:{prefix}"))
            );
        }
        let first = read(directory, "");
        run(directory, "checkout --quiet --detach");
        assert_eq!(read(directory, ""), first);
        for prefix in ["first", "a/c", "a/b/file"] {
            assert_eq!(read(directory, prefix), None, "{prefix} is no directory");
        }
    }

    #[test]
    fn what_only_git_can_read_is_left_to_it() {
        let changes: [Change; 8] = [
            ("packed objects", |it| {
                run(it, "repack -a -d --quiet");
            }),
            ("packed names", |it| {
                run(it, "pack-refs --all");
            }),
            ("replaced commit", |it| {
                let of = "-c user.name=x -c user.email=x commit-tree -m y HEAD^{tree}";
                let other = run(it, of);
                run(it, &format!("replace HEAD {other}"));
            }),
            ("replaced commit, packed", |it| {
                let of = "-c user.name=x -c user.email=x commit-tree -m y HEAD^{tree}";
                let other = run(it, of);
                run(it, &format!("replace HEAD {other}"));
                run(it, "pack-refs --all");
                let commit = run(it, "rev-parse main");
                let _ = fs::remove_dir(it.join(".git").join(REPLACED));
                fs::create_dir_all(it.join(".git/refs/heads")).unwrap();
                fs::write(it.join(".git/refs/heads/main"), commit).unwrap();
            }),
            ("extension", |it| {
                run(it, "config extensions.worktreeConfig true");
            }),
            ("another format", |it| {
                run(it, "config core.repositoryFormatVersion 1");
            }),
            ("spoilt commit", |it| {
                let [commit, other] = ["HEAD", "HEAD:first"].map(|object| {
                    let name = run(it, &format!("rev-parse {object}"));
                    let (folder, file) = name.split_at(2);
                    it.join(".git/objects").join(folder).join(file)
                });
                fs::remove_file(&commit).unwrap();
                fs::copy(other, commit).unwrap();
            }),
            ("a branch outside", |it| {
                fs::write(it.join("elsewhere"), run(it, "rev-parse main")).unwrap();
                fs::write(it.join(".git/HEAD"), "ref: refs/../../elsewhere\n").unwrap();
            }),
        ];
        for (what, change) in changes {
            let directory = repository();
            assert!(read(directory.path(), "").is_some());
            change(directory.path());
            assert_eq!(read(directory.path(), ""), None, "{what}");
        }
    }
}
