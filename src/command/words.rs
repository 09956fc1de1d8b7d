//! Words that the commands share: numbers, paths in commands, and JSON.

use std::{fmt::Display, path::Path};

use serde::Serialize;

use crate::{console, project};

/// A number with its word.
pub(super) fn counted<N>(number: N, one: &str, several: &str) -> String
where
    N: Copy + Display + PartialEq + From<u8>,
{
    let word = if number == N::from(1) { one } else { several };
    format!("{number} {word}")
}

/// A document as the command's result.
pub(super) fn json(document: &impl Serialize) -> String {
    // Nothing in it can fail to be written: all keys are texts.
    serde_json::to_string_pretty(document).unwrap_or_default()
}

/// Prints a document as the command's result.
pub(super) fn print_json(document: &impl Serialize) {
    console::line(json(document));
}

/// A directory as the value of an option: one in the current directory is a path, and no name.
pub(super) fn argument(path: &Path, here: &Path) -> String {
    let short = path.strip_prefix(here).unwrap_or(path);
    if short.as_os_str().is_empty() {
        ".".to_owned()
    } else if short.is_relative() {
        project::quoted(Path::new(".").join(short).as_os_str())
    } else {
        project::quoted(short.as_os_str())
    }
}

/// A path in JSON: what is not UTF-8 has U+FFFD in its place.
pub(super) fn lossy(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_words() {
        assert_eq!(counted(1_u64, "file", "files"), "1 file");
        assert_eq!(counted(0_usize, "file", "files"), "0 files");
    }

    #[test]
    fn a_directory_is_no_name() {
        let here = Path::new("/w");
        for (path, expected) in [
            ("/w", "."),
            ("/w/house", "./house"),
            ("/w/a b", "'./a b'"),
            ("/x/house", "/x/house"),
        ] {
            assert_eq!(argument(Path::new(path), here), expected);
        }
    }
}
