//! What Cargo says while it builds, in JSON, and what it says when it cannot. Pure.

use std::{
    ops::Range,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::Error;
use crate::project::Position;

/// The most of Cargo's own words that are shown: the last lines say what went wrong.
const SHOWN_LINES: usize = 12;

/// What Cargo says before the name of a dependency that it cannot get, in its various cases.
const WITHOUT_DEPENDENCY: [&str; 6] = [
    "no matching package named `",
    "failed to select a version for the requirement `",
    "failed to select a version for `",
    "failed to download `",
    "unable to get packages from source `",
    "failed to get `",
];

/// What its words have in them where there is no network.
const OFFLINE: [&str; 6] = [
    "Could not resolve host",
    "Couldn't resolve host",
    "Failed to connect",
    "Could not connect",
    "Couldn't connect",
    "--offline",
];

/// What the compiler says of one thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostic {
    /// In one line.
    pub message: String,
    /// Where it is.
    pub position: Option<Position>,
    /// Which characters of that line it is about, counted from the line's start; it may lead beyond
    /// the line's end.
    pub mark: Range<usize>,
    /// As the compiler would show it in a terminal with colours.
    pub rendered: String,
    /// It is an error.
    pub is_error: bool,
    /// It is about the program around the project.
    pub is_of_runner: bool,
}

/// One line of Cargo's messages.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// The compiler says something.
    Said(Diagnostic),
    /// A program is complete.
    Program(PathBuf),
}

#[derive(Deserialize)]
struct Line {
    reason: String,
    target: Option<Target>,
    message: Option<Said>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

#[derive(Deserialize)]
struct Said {
    message: String,
    level: String,
    rendered: Option<String>,
    #[serde(default)]
    spans: Vec<Span>,
}

#[derive(Deserialize)]
struct Span {
    file_name: PathBuf,
    line_start: usize,
    #[serde(default)]
    line_end: usize,
    column_start: usize,
    #[serde(default)]
    column_end: usize,
    is_primary: bool,
}

impl Span {
    /// What it is of its first line.
    fn mark(&self) -> Range<usize> {
        let start = self.column_start.saturating_sub(1);
        let end = if self.line_end > self.line_start {
            usize::MAX
        } else {
            self.column_end.saturating_sub(1)
        };
        // What is missing has no length, but a place.
        start..end.max(start.saturating_add(1))
    }
}

/// Reads one line; `None` where it has nothing that matters. `runner` is the name of the program
/// around the project.
pub(super) fn read(line: &str, runner: &str) -> Option<Message> {
    let Line {
        reason,
        target,
        message,
        executable,
    } = serde_json::from_str(line).ok()?;
    let is_of_runner = target.is_some_and(|target| target.name == runner);
    match reason.as_str() {
        "compiler-artifact" if is_of_runner => executable.map(Message::Program),
        "compiler-message" => {
            let Said {
                message,
                level,
                rendered,
                spans,
            } = message?;
            // How many errors there were, and where to read more: Cargo says so, too.
            let is_summary = level == "failure-note"
                || (spans.is_empty() && message.starts_with("aborting due to"));
            let place = spans.into_iter().find(|span| span.is_primary);
            let mark = place.as_ref().map(Span::mark).unwrap_or_default();
            let position = place.map(|span| Position {
                path: span.file_name,
                line: span.line_start,
                column: span.column_start,
            });
            (!is_summary).then_some(Message::Said(Diagnostic {
                // Macros can have it say several.
                message: message.lines().next().unwrap_or_default().to_owned(),
                mark,
                rendered: rendered.unwrap_or_default(),
                is_error: level.starts_with("error"),
                // What has no place, as a failure of the linker, is about no text of it.
                is_of_runner: is_of_runner && position.is_some(),
                position,
            }))
        }
        _ => None,
    }
}

/// Why Cargo failed, by what it said itself, where the compiler had nothing to say.
pub(super) fn complaint(output: &str) -> Error {
    let lines: Vec<_> = output.trim().lines().collect();
    let from = lines.iter().position(|line| line.starts_with("error"));
    let shown = lines.get(from.unwrap_or_default()..).unwrap_or_default();
    let shown = shown
        .get(..shown.len().min(SHOWN_LINES))
        .unwrap_or(shown)
        .join("\n");
    let named = WITHOUT_DEPENDENCY.iter().find_map(|words| {
        let (_, rest) = output.split_once(words)?;
        // As in `foo v1.2.3` or `foo = "^1"`.
        let (name, _) = rest.split_once(['`', ' '])?;
        (!name.is_empty()).then(|| name.to_owned())
    });
    let is_offline = OFFLINE.iter().any(|words| output.contains(words));
    match named {
        Some(dependency) => Error::Dependency {
            dependency,
            output: shown,
            is_offline,
        },
        None => Error::Build { output: shown },
    }
}

/// The place in a package's file as users know it, from where the compiler was started.
pub(super) fn from_directory(position: Position, directory: &Path) -> Position {
    let path = position.path.strip_prefix(directory).map(Path::to_owned);
    Position {
        path: path.unwrap_or(position.path),
        ..position
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    const ERROR: &str = r#"{"reason":"compiler-message","package_id":"p","target":{"name":"mysite"},
        "message":{"message":"mismatched types","level":"error","rendered":"error: …",
        "spans":[{"file_name":"src/a.rs","line_start":1,"column_start":2,"is_primary":false},
        {"file_name":"src/b.rs","line_start":3,"line_end":3,"column_start":4,"column_end":9,
        "is_primary":true}]}}"#;

    fn complain(output: &str) -> String {
        match complaint(output) {
            Error::Dependency {
                dependency,
                is_offline,
                ..
            } => format!("{dependency} {is_offline}"),
            other => other.to_string(),
        }
    }

    #[test]
    fn a_diagnostic_has_its_main_place() {
        let expected = Diagnostic {
            message: "mismatched types".to_owned(),
            position: Some(Position {
                path: "src/b.rs".into(),
                line: 3,
                column: 4,
            }),
            mark: 3..8,
            rendered: "error: …".to_owned(),
            is_error: true,
            is_of_runner: false,
        };
        assert_eq!(read(ERROR, "runner"), Some(Message::Said(expected)));
    }

    #[rstest]
    #[case(3, 4, 3, 9, 3..8)]
    #[case(3, 4, 3, 4, 3..4)]
    #[case(3, 4, 5, 1, 3..usize::MAX)]
    #[case(3, 0, 3, 0, 0..1)]
    #[case(3, usize::MAX, 0, 0, usize::MAX - 1..usize::MAX)]
    fn what_is_marked_is_of_the_first_line(
        #[case] line_start: usize,
        #[case] column_start: usize,
        #[case] line_end: usize,
        #[case] column_end: usize,
        #[case] expected: Range<usize>,
    ) {
        let span = Span {
            file_name: PathBuf::new(),
            line_start,
            line_end,
            column_start,
            column_end,
            is_primary: true,
        };
        assert_eq!(span.mark(), expected);
    }

    proptest! {
        /// Whatever a program that is not Cargo prints.
        #[test]
        fn any_line_is_read(line in r#"(\{"reason":"compiler-(message|artifact)",.{0,80}\})|.{0,80}"#) {
            let _ = read(&line, "runner");
        }

        #[test]
        fn any_words_are_a_complaint(words in "(error: |failed to get `|.{0,10}|`|\n){0,12}") {
            let _ = complaint(&words);
        }
    }

    #[test]
    fn only_what_has_a_place_is_about_the_runner() {
        let of_runner = |spans: &str| {
            let (begin, _) = ERROR.split_once("\"spans\"").unwrap();
            let line = format!("{begin}\"spans\":{spans}}}}}");
            match read(&line, "mysite") {
                Some(Message::Said(said)) => said.is_of_runner,
                other => panic!("{other:?}"),
            }
        };
        assert!(of_runner(
            r#"[{"file_name":"src/main.rs","line_start":1,"column_start":1,"is_primary":true}]"#
        ));
        assert!(!of_runner("[]"));
    }

    #[test]
    fn the_program_is_that_of_the_runner() {
        let line = |name: &str| {
            format!(
                r#"{{"reason":"compiler-artifact","target":{{"name":"{name}"}},"executable":"/x"}}"#
            )
        };
        assert_eq!(
            read(&line("runner"), "runner"),
            Some(Message::Program("/x".into()))
        );
        assert_eq!(read(&line("mysite"), "runner"), None);
        for line in [
            "",
            "no JSON",
            "{}",
            r#"{"reason":"build-finished","success":true}"#,
        ] {
            assert_eq!(read(line, "runner"), None, "{line}");
        }
    }

    #[test]
    fn a_dependency_that_cannot_be_had_is_named() {
        for (output, expected) in [
            (
                "error: no matching package named `nosuch` found\nlocation",
                "nosuch false",
            ),
            (
                "error: failed to get `axum` as a dependency of package `x v0.1.0 (/x)`\n\
                 Caused by:\n  [6] Could not resolve hostname (Could not resolve host: index)",
                "axum true",
            ),
            (
                "error: failed to download `hyper v1.2.3`\nCaused by: …",
                "hyper false",
            ),
            (
                "error: failed to select a version for the requirement `tokio = \"^99\"`\n",
                "tokio false",
            ),
        ] {
            assert_eq!(complain(output), expected);
        }
    }

    #[test]
    fn other_words_are_shown_from_the_error_on() {
        assert_eq!(
            complain("   Compiling x\nerror: linker `cc` not found\n  more\n"),
            "cargo could not build the project\nerror: linker `cc` not found\n  more"
        );
    }
}
