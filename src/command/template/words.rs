//! Words that the subcommands share: numbers, paths in commands, and JSON.

use std::path::Path;

use serde::Serialize;

use crate::{console, project};

/// A number with its word.
pub(super) fn counted(number: usize, one: &str, several: &str) -> String {
    let word = if number == 1 { one } else { several };
    format!("{number} {word}")
}

/// Prints a document as the command's result.
pub(super) fn print_json(document: &impl Serialize) {
    // Nothing in it can fail to be written: all keys are texts.
    console::line(serde_json::to_string_pretty(document).unwrap_or_default());
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
