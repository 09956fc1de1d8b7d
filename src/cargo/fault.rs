//! What an application that gave no answer left behind, taken apart as the front shows it.

use super::{Package, Panic, excerpt, frames};
use crate::wire::{
    exceptions::{Exception, MAX_EXCEPTIONS, MAX_FRAMES, Relation, StackFrame},
    message::{ApplicationError, ErrorKind},
};

/// How it begins the lines of an error that name where it came from.
const CAUSED_BY: &str = "\ncaused by: ";

/// What a request failed with: a panic, or an error that the application returned, and what that
/// said. Reads the files that the backtrace of a panic names.
#[must_use]
pub fn application_error(is_panic: bool, text: &str, package: &Package) -> ApplicationError {
    if is_panic {
        of_panic(&Panic::read(text, package), package)
    } else {
        of_error(text)
    }
}

/// A panic, with its frames: innermost last, as everywhere.
#[must_use]
pub fn of_panic(panic: &Panic, package: &Package) -> ApplicationError {
    let Panic {
        message,
        place,
        backtrace,
    } = panic;
    let all = frames::read(backtrace);
    let known = all.iter().filter_map(|frame| {
        let (file, line, column) = frame.place?;
        Some(excerpt::told(file, line, column, frame.function, package))
    });
    let mut frames: Vec<_> = known.take(MAX_FRAMES - 1).collect();
    let omitted = all.len() - frames.len();
    frames.reverse();
    // Without debug information only this is known.
    let panicked = frames::place(place)
        .map(|(file, line, column)| excerpt::told(file, line, column, "", package));
    let is_known = |panicked: &StackFrame| {
        frames
            .iter()
            .any(|frame| frame.file == panicked.file && frame.line == panicked.line)
    };
    if let Some(panicked) = panicked
        && (panicked.is_project || frames.is_empty())
        && !is_known(&panicked)
    {
        frames.push(panicked);
    }
    let first = message.lines().next().unwrap_or_default();
    let summary = if place.is_empty() {
        format!("panicked: {first}")
    } else {
        format!("panicked at {place}: {first}")
    };
    let exception = Exception {
        text: message.clone(),
        frames,
        omitted,
        ..Exception::default()
    };
    ApplicationError {
        kind: ErrorKind::Panic,
        summary,
        traceback: backtrace.clone(),
        exceptions: vec![exception],
    }
}

/// An error that the application returned, with all that it came from.
fn of_error(text: &str) -> ApplicationError {
    let mut causes = text.trim_end().split(CAUSED_BY);
    let said = causes.next().unwrap_or_default();
    let first = Exception {
        text: said.to_owned(),
        ..Exception::default()
    };
    let causes = causes.take(MAX_EXCEPTIONS - 1).enumerate();
    let causes = causes.map(|(number, said)| {
        let (kind, rest) = said.split_once('\n').unwrap_or((said, ""));
        Exception {
            kind: kind.to_owned(),
            text: rest.to_owned(),
            relation: Relation::CauseOf(number),
            ..Exception::default()
        }
    });
    ApplicationError {
        kind: ErrorKind::Error,
        summary: said.lines().next().unwrap_or_default().to_owned(),
        traceback: text.to_owned(),
        exceptions: std::iter::once(first).chain(causes).collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;

    fn package(directory: &std::path::Path) -> Package {
        Package {
            name: "site".to_owned(),
            crate_name: "site".to_owned(),
            directory: directory.to_owned(),
            library: directory.join("src/lib.rs"),
            workspace: directory.to_owned(),
            target: directory.join("target"),
        }
    }

    /// What the program around the application sends, of a project at that place.
    const TEXT: &str = "panicked at PLACE/src/views.rs:2:7:\ncalled `Option::unwrap()` on `None`\n\
        \u{20}  0: scaffold_runner_site::server::run::{{closure}}\n\
        \u{20}            at PLACE/target/scaffold/runner/site/src/server.rs:66:43\n\
        \u{20}  1: std::panicking::panic_with_hook\n\
        \u{20}  2: core::panicking::panic\n\
        \u{20}  3: core::option::unwrap_failed\n\
        \u{20}            at /rustc/59807616e1/library/core/src/option.rs:2171:5\n\
        \u{20}  4: site::views::index\n\
        \u{20}            at ./src/views.rs:2:7\n\
        \u{20}  5: a_function_of_c\n\
        \u{20}  6: axum::handler::call\n\
        \u{20}            at /h/.cargo/registry/src/index.crates.io-1/axum-0.8.1/src/handler/mod.rs:9:1\n\
        \u{20}  7: scaffold_runner_site::server::caught\n";

    #[test]
    fn a_panic_is_taken_apart() {
        let directory = tempfile::tempdir().unwrap();
        let place = directory.path();
        fs::create_dir(place.join("src")).unwrap();
        fs::write(place.join("src/views.rs"), "one\n    x.unwrap()\n").unwrap();
        let text = TEXT.replace("PLACE", place.to_str().unwrap());
        let error = application_error(true, &text, &package(place));
        let summary = "panicked at src/views.rs:2:7: called `Option::unwrap()` on `None`";
        assert_eq!((error.kind, &*error.summary), (ErrorKind::Panic, summary));
        assert!(
            error
                .traceback
                .starts_with("   3: core::option::unwrap_failed")
        );
        let [exception] = &error.exceptions[..] else {
            panic!("{error:?}");
        };
        let frames: Vec<_> = exception
            .frames
            .iter()
            .map(|it| (it.is_project, &*it.place, it.line, &*it.function))
            .collect();
        let expected = [
            (
                false,
                "axum-0.8.1/src/handler/mod.rs",
                9,
                "axum::handler::call",
            ),
            (true, "src/views.rs", 2, "site::views::index"),
            (
                false,
                "core/src/option.rs",
                2171,
                "core::option::unwrap_failed",
            ),
        ];
        assert_eq!(frames, expected);
        assert_eq!(exception.omitted, 1);
        let own = &exception.frames[1];
        assert_eq!(
            (own.first, own.source.len(), own.mark.clone()),
            (1, 2, 6..12)
        );
        assert!(exception.frames[2].source.is_empty());
    }

    #[test]
    fn without_a_backtrace_there_is_the_place_of_the_panic() {
        let text = "panicked at /w/src/views.rs:3:1:\none\ntwo\n";
        let error = application_error(true, text, &package("/w".as_ref()));
        assert_eq!(error.summary, "panicked at src/views.rs:3:1: one");
        assert_eq!(error.exceptions[0].text, "one\ntwo");
        let frame = &error.exceptions[0].frames[0];
        assert_eq!((&*frame.place, frame.line), ("src/views.rs", 3));
    }

    #[test]
    fn a_panic_of_which_nothing_is_known_is_told_all_the_same() {
        let error = application_error(true, "oh", &package("/w".as_ref()));
        assert_eq!(error.summary, "panicked: oh");
        assert_eq!(error.exceptions[0].frames, []);
    }

    #[test]
    fn an_error_has_its_causes() {
        let text = "no page\ncaused by: no row\nin `t`\ncaused by: no file";
        let error = application_error(false, text, &package("/w".as_ref()));
        assert_eq!((error.kind, &*error.summary), (ErrorKind::Error, "no page"));
        let causes: Vec<_> = error
            .exceptions
            .iter()
            .map(|it| (it.relation, &*it.kind, &*it.text))
            .collect();
        let expected = [
            (Relation::Raised, "", "no page"),
            (Relation::CauseOf(0), "no row", "in `t`"),
            (Relation::CauseOf(1), "no file", ""),
        ];
        assert_eq!(causes, expected);
    }

    proptest! {
        #[test]
        fn any_text_is_taken_apart(
            is_panic in any::<bool>(),
            text in "(panicked at |[a-z/.]{0,4}:[0-9]{0,3}:2|:?\\n|\\n   [0-9]: |\\n +at |caused by: |.{0,9}){0,20}",
        ) {
            let error = application_error(is_panic, &text, &package("/nonexistent".as_ref()));
            prop_assert_eq!(error.summary.lines().count().max(1), 1);
            prop_assert!(error.exceptions.len() <= MAX_EXCEPTIONS);
            prop_assert!(error.exceptions.iter().all(|it| it.frames.len() <= MAX_FRAMES));
        }
    }
}
