//! Places in source files, with the lines around them as they are on the disk now.

use std::{
    fs::File,
    io::Read as _,
    ops::Range,
    path::{Component, Path, PathBuf},
};

use super::Package;
use crate::{
    project::Position,
    wire::exceptions::{MAX_LINES, StackFrame},
};

/// How many lines are shown on either side of one.
const AROUND: usize = MAX_LINES / 2;

/// The most octets of a file that are read: more than any file has that people write.
const MOST_OCTETS: u64 = 1024 * 1024;

/// The most characters of a line that are shown: generated ones can have all of a file.
const MOST_CHARACTERS: usize = 500;

/// Directories that Cargo keeps the sources of libraries in, by two names that follow each other.
const LIBRARIES: [[&str; 2]; 2] = [["registry", "src"], ["git", "checkouts"]];

/// Where `cargo vendor` puts them.
const VENDOR: &str = "vendor";

/// A place in a file of the user's, from a directory on, with the lines around it and no function.
#[must_use]
pub fn place(position: &Position, mark: Range<usize>, directory: &Path) -> StackFrame {
    let file = directory.join(&position.path);
    let shown = file.strip_prefix(directory).unwrap_or(&file);
    let mut frame = StackFrame {
        place: shown.display().to_string(),
        file: file.display().to_string(),
        line: position.line,
        is_project: true,
        mark,
        ..StackFrame::default()
    };
    add_source(&mut frame, &file);
    frame
}

/// A place that a process of the package told, and a function in it. Only of the user's own files
/// are there lines: they may have been changed since, and libraries are in no one's focus.
pub(super) fn told(
    file: &str,
    line: usize,
    column: usize,
    function: &str,
    package: &Package,
) -> StackFrame {
    // Without the dot of `./src`.
    let file: PathBuf = package.directory.join(file).components().collect();
    let is_project = is_own(&file, package);
    let mut frame = StackFrame {
        place: short(&file, package),
        file: file.display().to_string(),
        line,
        function: function.to_owned(),
        is_project,
        ..StackFrame::default()
    };
    if is_project {
        add_source(&mut frame, &file);
        let text = line
            .checked_sub(frame.first)
            .and_then(|index| frame.source.get(index));
        frame.mark = text.map_or(0..0, |text| word(text, column));
    }
    frame
}

/// Whether a file is the user's own: in the workspace, and not what was built or fetched.
fn is_own(file: &Path, package: &Package) -> bool {
    let inside = [&package.directory, &package.workspace]
        .iter()
        .find_map(|directory| file.strip_prefix(directory).ok());
    let Some(inside) = inside else { return false };
    let names: Vec<_> = inside.components().collect();
    let is = |component: &Component<'_>, name: &str| component.as_os_str() == name;
    let is_library = LIBRARIES.iter().any(|[first, second]| {
        names
            .windows(2)
            .any(|pair| matches!(pair, [a, b] if is(a, first) && is(b, second)))
    });
    let leads_out = names.contains(&Component::ParentDir);
    let is_vendored = names.first().is_some_and(|first| is(first, VENDOR));
    !is_library && !leads_out && !is_vendored && !file.starts_with(&package.target)
}

/// A file as people would write it: from the package on, or from where its crate begins.
fn short(file: &Path, package: &Package) -> String {
    for directory in [&package.directory, &package.workspace] {
        if let Ok(rest) = file.strip_prefix(directory) {
            return rest.display().to_string();
        }
    }
    let names: Vec<_> = file.iter().collect();
    let begin = names
        .windows(2)
        .position(|pair| LIBRARIES.iter().any(|names| pair == names))
        // Behind them there is the name of the registry, or of the repository.
        .map(|place| place + 3)
        // As in `/rustc/<commit>/library/core/src/option.rs`.
        .or_else(|| Some(names.iter().position(|name| *name == "library")? + 1));
    let rest = begin.and_then(|begin| names.get(begin..));
    let rest = rest.filter(|rest| !rest.is_empty()).unwrap_or(&names);
    rest.iter().collect::<PathBuf>().display().to_string()
}

/// Adds the lines around a frame's own, where they can be read.
fn add_source(frame: &mut StackFrame, file: &Path) {
    if frame.line == 0 {
        return;
    }
    let Some(text) = read(file) else { return };
    let first = frame.line.saturating_sub(AROUND).max(1);
    let source: Vec<String> = text
        .lines()
        .skip(first - 1)
        .take(frame.line - first + AROUND + 1)
        .map(|line| line.chars().take(MOST_CHARACTERS).collect())
        .collect();
    // A line that is not there is one of another state of the file.
    if first + source.len() > frame.line {
        frame.first = first;
        frame.source = source;
    }
}

/// The text of a file; none where it is no regular one.
fn read(file: &Path) -> Option<String> {
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let mut octets = Vec::new();
    let file = File::open(file).ok()?;
    file.take(MOST_OCTETS).read_to_end(&mut octets).ok()?;
    Some(String::from_utf8_lossy(&octets).into_owned())
}

/// The word of a line that begins at a column, in characters; what a panic tells is no more than
/// that.
fn word(text: &str, column: usize) -> Range<usize> {
    let start = column.saturating_sub(1);
    let rest = text.chars().skip(start);
    let length = rest
        .take_while(|character| character.is_alphanumeric() || matches!(character, '_' | '!'))
        .count();
    start..start.saturating_add(length.max(1))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use rstest::rstest;

    use super::*;

    fn package(directory: &Path) -> Package {
        Package {
            name: "site".to_owned(),
            crate_name: "site".to_owned(),
            directory: directory.join("site"),
            library: directory.join("site/src/lib.rs"),
            workspace: directory.to_owned(),
            target: directory.join("target"),
        }
    }

    #[rstest]
    #[case("src/a.rs", true, "src/a.rs")]
    #[case("./src/a.rs", true, "src/a.rs")]
    #[case("/w/site/src/a.rs", true, "src/a.rs")]
    #[case("/w/other/src/a.rs", true, "other/src/a.rs")]
    #[case(
        "/w/target/debug/build/x/out/a.rs",
        false,
        "target/debug/build/x/out/a.rs"
    )]
    #[case("/w/vendor/axum/src/a.rs", false, "vendor/axum/src/a.rs")]
    #[case("../../etc/passwd", false, "../../etc/passwd")]
    #[case(
        "/w/.cargo/registry/src/index/axum-1/a.rs",
        false,
        ".cargo/registry/src/index/axum-1/a.rs"
    )]
    #[case(
        "/h/.cargo/registry/src/index/axum-1/src/a.rs",
        false,
        "axum-1/src/a.rs"
    )]
    #[case(
        "/h/.cargo/git/checkouts/axum-0a/1b2c/src/a.rs",
        false,
        "1b2c/src/a.rs"
    )]
    #[case(
        "/rustc/59807616e1/library/core/src/option.rs",
        false,
        "core/src/option.rs"
    )]
    #[case("/h/x/library", false, "/h/x/library")]
    #[case("/h/x.rs", false, "/h/x.rs")]
    #[case("", true, "")]
    fn files_are_told_apart(#[case] file: &str, #[case] is_own: bool, #[case] place: &str) {
        let frame = told(file, 1, 1, "f", &package(Path::new("/w")));
        assert_eq!((frame.is_project, &*frame.place), (is_own, place));
    }

    #[rstest]
    #[case(1, 1, 7)]
    #[case(7, 1, 13)]
    #[case(20, 14, 7)]
    #[case(21, 0, 0)]
    #[case(0, 0, 0)]
    #[case(usize::MAX, 0, 0)]
    fn lines_on_either_side_are_shown(
        #[case] line: usize,
        #[case] first: usize,
        #[case] count: usize,
    ) {
        let directory = tempfile::tempdir().unwrap();
        let lines: Vec<_> = (1..=20).map(|number| format!("line {number}")).collect();
        fs::write(directory.path().join("a.rs"), lines.join("\n")).unwrap();
        let position = Position {
            path: "a.rs".into(),
            line,
            column: 1,
        };
        let frame = place(&position, 0..4, directory.path());
        assert_eq!((frame.first, frame.source.len()), (first, count));
        if count > 0 {
            assert_eq!(frame.source[0], format!("line {first}"));
        }
        assert_eq!(frame.place, "a.rs");
    }

    #[test]
    fn what_is_no_file_is_not_read() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(read(directory.path()), None);
        assert_eq!(read(Path::new("/dev/zero")), None);
    }

    #[rstest]
    #[case("x.unwrap()", 3, 2..8)]
    #[case("panic!(\"é\")", 1, 0..6)]
    #[case("é[5]", 1, 0..1)]
    #[case("a + b", 2, 1..2)]
    #[case("a", 9, 8..9)]
    #[case("a", usize::MAX, usize::MAX - 1..usize::MAX)]
    fn the_word_at_a_column_is_marked(
        #[case] text: &str,
        #[case] column: usize,
        #[case] expected: Range<usize>,
    ) {
        assert_eq!(word(text, column), expected);
    }
}
