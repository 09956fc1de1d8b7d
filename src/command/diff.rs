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

/// The diff, in colours; nothing where nothing changes. What would steer a terminal is escaped, and
/// U+FFFD stands for what is in another encoding than UTF-8.
pub(super) fn unified(sides: Sides<'_>) -> String {
    let [before, after] = [sides.before, sides.after]
        .map(|octets| octets.map(|it| String::from_utf8_lossy(it).into_owned()));
    let sides = Sides {
        before: before.as_deref().map(str::as_bytes),
        after: after.as_deref().map(str::as_bytes),
        ..sides
    };
    let Some(change) = Change::of(sides, &|path| shown_path(path).to_string()) else {
        return String::new();
    };
    let Change { old, new, hunks } = &change;
    let Some(hunks) = hunks else {
        return change.patch();
    };
    let mut shown = format!("{NAME}--- {old}{NAME:#}\n{NAME}+++ {new}{NAME:#}\n");
    for line in hunks.lines() {
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

/// The diff as programs take it: without colours, and with nothing escaped; nothing where nothing
/// changes.
pub(super) fn patch(sides: Sides<'_>) -> Option<String> {
    let change = Change::of(sides, &|path| path.to_string_lossy().into_owned())?;
    Some(change.patch())
}

/// What a diff consists of.
struct Change {
    /// What the file is called before and after.
    old: String,
    new: String,
    /// What is different; nothing where one of the two is no text.
    hunks: Option<String>,
}

impl Change {
    fn of(sides: Sides<'_>, name: &dyn Fn(&Path) -> String) -> Option<Self> {
        let Sides {
            from,
            path,
            before,
            after,
        } = sides;
        if before == after && from.is_none() {
            return None;
        }
        let name = |prefix: &str, path: &Path, octets: Option<&[u8]>| match octets {
            Some(_) => format!("{prefix}/{}", name(path)),
            None => NOTHING.to_owned(),
        };
        let old = name("a", from.unwrap_or(path), before);
        let new = name("b", path, after);
        let hunks = text(before).zip(text(after)).map(|(before, after)| {
            let patch = DiffOptions::new()
                .set_context_len(CONTEXT)
                .create_patch(before, after)
                .to_string();
            // The names are the first two lines, and say nothing here.
            patch.split_inclusive('\n').skip(2).collect()
        });
        Some(Self { old, new, hunks })
    }

    /// All of it, as `patch` takes it.
    fn patch(&self) -> String {
        let Self { old, new, hunks } = self;
        match hunks {
            Some(hunks) => format!("--- {old}\n+++ {new}\n{hunks}"),
            None => format!("Binary files {old} and {new} differ\n"),
        }
    }
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
            plain(Some(b"\xe9\n"), Some(b"\xe9\nx\n")),
            "--- a/a/b\n+++ b/a/b\n@@ -1 +1,2 @@\n \u{fffd}\n+x\n"
        );
        assert_eq!(
            plain(Some(b"\0"), Some(b"x")),
            "Binary files a/a/b and b/a/b differ\n"
        );
    }

    #[test]
    fn programs_get_it_as_it_is() {
        let sides = |before, after| Sides {
            from: None,
            path: Path::new("a/b"),
            before,
            after,
        };
        assert_eq!(patch(sides(Some(b"x"), Some(b"x"))), None);
        assert_eq!(
            patch(sides(Some(b"x\r\n"), Some(b"\x1b[0m\n"))).unwrap(),
            "--- a/a/b\n+++ b/a/b\n@@ -1 +1 @@\n-x\r\n+\x1b[0m\n"
        );
        assert_eq!(
            patch(sides(None, Some(b"\0"))).unwrap(),
            "Binary files /dev/null and b/a/b differ\n"
        );
        assert_eq!(
            patch(sides(Some(b"\xe9"), Some(b"x"))).unwrap(),
            "Binary files a/a/b and b/a/b differ\n"
        );
    }
}
