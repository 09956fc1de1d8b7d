//! Showing what becomes of a file as a unified diff.

use std::{fmt::Write as _, path::Path};

use anstyle::{AnsiColor, Style};
use diffy::DiffOptions;

use crate::template::{shown_path, shown_text};

const NAME: Style = Style::new().bold();
const PLACE: Style = AnsiColor::Cyan.on_default();
const ADDED: Style = AnsiColor::Green.on_default();
const REMOVED: Style = AnsiColor::Red.on_default();

/// How many lines around a change are shown, as `diff -u` shows them.
const CONTEXT: usize = 3;

/// What stands in place of the name of a file that is not there.
const NOTHING: &str = "/dev/null";

/// A file before and after.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sides<'a> {
    /// Its path now, where it has another one then.
    pub(super) from: Option<&'a Path>,
    pub(super) path: &'a Path,
    /// Nothing where it is not there.
    pub(super) before: Option<&'a [u8]>,
    /// Nothing where it will not be there.
    pub(super) after: Option<&'a [u8]>,
}

/// The diff, in colours; nothing where nothing changes. What would steer a terminal is escaped.
pub(super) fn unified(sides: Sides<'_>) -> String {
    let Sides {
        from,
        path,
        before,
        after,
    } = sides;
    if before == after && from.is_none() {
        return String::new();
    }
    let name = |prefix: &str, path: &Path, octets: Option<&[u8]>| match octets {
        Some(_) => format!("{prefix}/{}", shown_path(path)),
        None => NOTHING.to_owned(),
    };
    let old = name("a", from.unwrap_or(path), before);
    let new = name("b", path, after);
    let (Some(before), Some(after)) = (text(before), text(after)) else {
        return format!("Binary files {old} and {new} differ\n");
    };
    let mut shown = format!("{NAME}--- {old}{NAME:#}\n{NAME}+++ {new}{NAME:#}\n");
    let patch = DiffOptions::new()
        .set_context_len(CONTEXT)
        .create_patch(before, after);
    // The names are the first two lines, and say nothing here.
    for line in patch.to_string().lines().skip(2) {
        let style = match line.as_bytes().first() {
            Some(b'@') => PLACE,
            Some(b'+') => ADDED,
            Some(b'-') => REMOVED,
            _ => Style::new(),
        };
        // Writing to a text does not fail.
        let _ = writeln!(shown, "{style}{}{style:#}", shown_text(line));
    }
    shown
}

/// The octets as a text, where they are one.
fn text(octets: Option<&[u8]>) -> Option<&str> {
    let text = std::str::from_utf8(octets.unwrap_or_default()).ok()?;
    (!text.contains('\0')).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(before: Option<&[u8]>, after: Option<&[u8]>) -> String {
        let shown = unified(Sides {
            from: None,
            path: Path::new("a/b"),
            before,
            after,
        });
        anstream::adapter::strip_str(&shown).to_string()
    }

    #[test]
    fn files_change_and_come_and_go() {
        assert_eq!(plain(Some(b"x\n"), Some(b"x\n")), "");
        assert_eq!(
            plain(Some(b"x\ny\n"), Some(b"x\nz\x1b[0m\n")),
            "--- a/a/b\n+++ b/a/b\n@@ -1,2 +1,2 @@\n x\n-y\n+z\\u{1b}[0m\n"
        );
        assert_eq!(
            plain(None, Some(b"x")),
            "--- /dev/null\n+++ b/a/b\n@@ -0,0 +1 @@\n+x\n\\ No newline at end of file\n"
        );
        assert_eq!(
            plain(Some(b"x\n"), None),
            "--- a/a/b\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
        );
        assert_eq!(
            plain(Some(b"\xff"), Some(b"x")),
            "Binary files a/a/b and b/a/b differ\n"
        );
    }
}
