//! Paths as text: which one in the project a file of a template gets, whether that is one it may
//! have, and what a path that the user gave means. Nothing here looks at the disk.

use std::{
    ffi::{OsStr, OsString},
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::{Component, Path, PathBuf},
};

/// The ending of templates of Python files which Python tools are not to take for such.
const TEMPLATE_SUFFIX: &[u8] = b".py-tpl";

/// The file that lists what is being moved into an existing directory, while it is moved.
pub(super) const JOURNAL: &str = ".scaffold-startproject";

/// The directory in which a project is built before it is moved to its place.
pub(super) const STAGING: &str = ".scaffold-staging";

/// The names that Windows keeps for devices, with any ending.
const DEVICES: [&str; 4] = ["CON", "PRN", "AUX", "NUL"];

/// The path in the project of a directory: the placeholder replaced everywhere.
pub(super) fn rewrite(path: &Path, placeholder: &str, name: &str) -> PathBuf {
    let octets = path.as_os_str().as_bytes();
    let mut rewritten = Vec::with_capacity(octets.len() + name.len());
    let mut done = 0;
    for at in memchr::memmem::find_iter(octets, placeholder.as_bytes()) {
        rewritten.extend_from_slice(octets.get(done..at).unwrap_or_default());
        rewritten.extend_from_slice(name.as_bytes());
        done = at + placeholder.len();
    }
    rewritten.extend_from_slice(octets.get(done..).unwrap_or_default());
    PathBuf::from(OsString::from_vec(rewritten))
}

/// The path in the project of a file: the template's ending is gone as well.
pub(super) fn rewrite_file(path: &Path, placeholder: &str, name: &str) -> PathBuf {
    without_suffix(&rewrite(path, placeholder, name))
}

/// A file's path without the template's ending.
pub(super) fn without_suffix(path: &Path) -> PathBuf {
    let octets = path.as_os_str().as_bytes();
    let kept = if octets.ends_with(TEMPLATE_SUFFIX) {
        octets.len() - "-tpl".len()
    } else {
        octets.len()
    };
    PathBuf::from(OsStr::from_bytes(octets.get(..kept).unwrap_or_default()))
}

/// Says why a path must not be written, if so. It is taken apart here, octet by octet, and not by
/// the rules of the machine we run on: a project is carried to other machines.
pub(super) fn check(path: &Path) -> Result<(), &'static str> {
    let octets = path.as_os_str().as_bytes();
    if octets.is_empty() {
        return Err("the path is empty");
    }
    if octets.starts_with(b"/") {
        return Err("the path is absolute");
    }
    octets
        .split(|octet| *octet == b'/')
        .try_for_each(check_part)
}

fn check_part(part: &[u8]) -> Result<(), &'static str> {
    // Windows drops dots and spaces at the end, so `.git.` would be `.git` there.
    let dots_and_spaces = part
        .iter()
        .rev()
        .take_while(|octet| matches!(octet, b'.' | b' '))
        .count();
    let stem = part.get(..part.len() - dots_and_spaces).unwrap_or_default();
    if part.is_empty() {
        Err("a part of the path is empty")
    } else if part.contains(&0) {
        Err("the path has a NUL in it")
    } else if part.iter().any(u8::is_ascii_control) {
        Err("the path has a control character in it")
    } else if part.contains(&b'\\') {
        Err("the path has a backslash in it")
    } else if stem.is_empty() {
        Err("a part of the path is only dots or spaces")
    } else if stem.eq_ignore_ascii_case(b".git") {
        Err("`.git` belongs to Git")
    } else if part == JOURNAL.as_bytes() || part == STAGING.as_bytes() {
        Err("the name is used while a project is written")
    } else if matches!(part, [letter, b':', ..] if letter.is_ascii_alphabetic()) {
        Err("the path names a drive")
    } else if is_device(part) {
        Err("the name is reserved on Windows")
    } else {
        Ok(())
    }
}

fn is_device(part: &[u8]) -> bool {
    let stem = part
        .split(|octet| *octet == b'.')
        .next()
        .unwrap_or_default()
        .trim_ascii_end();
    let Ok(stem) = std::str::from_utf8(stem) else {
        return false;
    };
    let numbered = |prefix: &str| {
        let Some((letters, number)) = stem.split_at_checked(3) else {
            return false;
        };
        letters.eq_ignore_ascii_case(prefix) && matches!(number.as_bytes(), [b'1'..=b'9'])
    };
    DEVICES
        .iter()
        .any(|device| stem.eq_ignore_ascii_case(device))
        || numbered("COM")
        || numbered("LPT")
}

/// Whether the path ends with this, which need not be a whole extension.
pub(super) fn ends_with(path: &Path, ending: impl AsRef<OsStr>) -> bool {
    path.as_os_str()
        .as_bytes()
        .ends_with(ending.as_ref().as_bytes())
}

/// Python's `abspath(expanduser(path))`: `~` is the home directory, and `..` takes back the part
/// before it, whatever that is.
pub(super) fn absolute(path: &Path, current_directory: &Path) -> PathBuf {
    let mut parts = path.components();
    let path = match parts.next() {
        Some(Component::Normal(first)) if first == OsStr::new("~") => match etcetera::home_dir() {
            Ok(home) => home.join(parts.as_path()),
            Err(_) => path.to_path_buf(),
        },
        _ => path.to_path_buf(),
    };
    let mut result = PathBuf::new();
    for part in current_directory.join(path).components() {
        match part {
            Component::ParentDir => {
                result.pop();
            }
            Component::CurDir => {}
            _ => result.push(part),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("project_name/settings.py-tpl", "mysite/settings.py")]
    #[case("x_project_name_y.txt", "x_mysite_y.txt")]
    #[case(
        "project_name/project_name/project_nameproject_name",
        "mysite/mysite/mysitemysite"
    )]
    #[case("a.py-tpl.txt", "a.py-tpl.txt")]
    #[case("a.py-tpl/b", "a.py-tpl/b")]
    #[case("project_nam", "project_nam")]
    fn rewriting(#[case] path: &str, #[case] expected: &str) {
        assert_eq!(
            rewrite_file(Path::new(path), "project_name", "mysite"),
            Path::new(expected)
        );
    }

    #[test]
    fn directories_keep_the_ending_of_templates() {
        let path = rewrite(Path::new("project_name/x.py-tpl"), "project_name", "mysite");
        assert_eq!(path, Path::new("mysite/x.py-tpl"));
    }

    #[test]
    fn names_that_are_not_utf8_are_rewritten_too() {
        let path = OsStr::from_bytes(b"\xff/project_name").to_owned();
        assert_eq!(
            rewrite(Path::new(&path), "project_name", "é")
                .as_os_str()
                .as_bytes(),
            b"\xff/\xc3\xa9"
        );
    }

    #[rstest]
    #[case("a/b.py")]
    #[case(".gitignore")]
    #[case(".github/x")]
    #[case("a..b/...c")]
    #[case("console.py")]
    #[case("com.txt")]
    #[case("com10.txt")]
    #[case("é/ünï.txt")]
    #[case("ab:c")]
    fn good_paths(#[case] path: &str) {
        assert_eq!(check(Path::new(path)), Ok(()));
    }

    #[rstest]
    #[case("")]
    #[case("/a")]
    #[case("..")]
    #[case("a/../b")]
    #[case("a/./b")]
    #[case("a//b")]
    #[case("a/")]
    #[case("a/..")]
    #[case("a/.. /b")]
    #[case("a\0b")]
    #[case("a\nb")]
    #[case("..\\a")]
    #[case(".git")]
    #[case("a/.GIT/config")]
    #[case(".git./config")]
    #[case("c:")]
    #[case("x/c:y")]
    #[case("C:a")]
    #[case("aux")]
    #[case("a/Nul.txt")]
    #[case("com1.tar.gz")]
    #[case("lpt9 .x")]
    #[case(".scaffold-startproject")]
    #[case("a/.scaffold-staging/b")]
    fn bad_paths(#[case] path: &str) {
        assert!(check(Path::new(path)).is_err());
    }

    #[rstest]
    #[case("a", "/w/a")]
    #[case(".", "/w")]
    #[case("", "/w")]
    #[case("./a/../b/", "/w/b")]
    #[case("../..", "/")]
    #[case("/x/./y", "/x/y")]
    #[case("a/~", "/w/a/~")]
    #[case("~a", "/w/~a")]
    fn absolute_paths(#[case] path: &str, #[case] expected: &str) {
        assert_eq!(
            absolute(Path::new(path), Path::new("/w")),
            Path::new(expected)
        );
    }

    #[test]
    fn the_home_directory_is_known() {
        let home = etcetera::home_dir().unwrap();
        assert_eq!(absolute(Path::new("~"), Path::new("/w")), home);
        assert_eq!(absolute(Path::new("~/a"), Path::new("/w")), home.join("a"));
    }

    proptest! {
        /// Whatever the template and the name are, what passes stays below the root.
        #[test]
        fn a_checked_path_never_escapes(
            parts in prop::collection::vec("(\\.{0,3}|[a-z/.:]{0,4}|project_name)", 0..6),
            name in "[a-z./]{0,5}",
        ) {
            let path = rewrite(Path::new(&parts.join("/")), "project_name", &name);
            if check(&path).is_ok() {
                prop_assert!(path.is_relative());
                for part in path.components() {
                    prop_assert!(matches!(part, Component::Normal(_)), "{:?}", path);
                }
                prop_assert!(path.components().count() > 0);
            }
        }
    }
}
