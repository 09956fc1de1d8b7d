//! What people are told of a Rust project that cannot be served.

use std::{num::NonZeroU32, path::Path};

use anstream::adapter::strip_str;

use crate::{
    cargo::{self, Diagnostic, Package, Panic, Refusal},
    project::Position,
    serve::{FailedStep, Failure},
    wire::exceptions::{Exception, Relation},
};

/// What helps in any case.
const HINT: &str = "correct it, and reload the page";

/// Why a project cannot be read or built; `directory` is its package's. Reads the file that is to
/// be corrected.
pub(crate) fn of_cargo(error: &cargo::Error, directory: &Path) -> Failure {
    use cargo::Error;

    if let Error::Compile(refusal) = error {
        return of_refusal(refusal, directory);
    }
    let said = error.to_string();
    let (message, rest) = said.split_once('\n').unwrap_or((&said, ""));
    let (step, traceback) = match error {
        Error::Dependency { output, .. } => (FailedStep::Build, output.as_str()),
        Error::NoCargo(_)
        | Error::Metadata { .. }
        | Error::NoLibrary { .. }
        | Error::Write { .. }
        | Error::NotUtf8(_)
        | Error::Build { .. } => (FailedStep::Build, rest),
        _ => (FailedStep::Load, rest),
    };
    let hint = match error {
        Error::Dependency {
            is_offline: false, ..
        } => Some("the name or version in `Cargo.toml` may be wrong".to_owned()),
        error => error.hint(),
    };
    let mut failure = Failure {
        step,
        message: message.to_owned(),
        traceback: traceback.to_owned(),
        hint: hint.unwrap_or_else(|| HINT.to_owned()),
        ..Failure::default()
    };
    if let Some(position) = error.position() {
        // The file and line are first, as editors and terminals look for them.
        let prefix = format!("`{position}`: ");
        let message = message.strip_prefix(&prefix).unwrap_or(message);
        failure.message = format!("{position}: {message}");
        let column = position.column.saturating_sub(1);
        failure.exceptions.push(Exception {
            frames: vec![cargo::place(position, column..usize::MAX, directory)],
            ..Exception::default()
        });
    }
    failure
}

/// What the compiler has against a project: each of its errors as it shows it, and the place of the
/// first one with the lines around it.
fn of_refusal(refusal: &Refusal, directory: &Path) -> Failure {
    let Refusal {
        errors,
        omitted,
        warnings,
    } = refusal;
    let terminal: String = errors.iter().map(|it| &*it.rendered).collect();
    let mut exceptions: Vec<_> = errors
        .iter()
        .enumerate()
        .map(|(number, error)| exception(number == 0, error, directory))
        .collect();
    let left_out = left_out(*omitted, *warnings);
    if let Some(last) = exceptions.last_mut()
        && !left_out.is_empty()
    {
        last.printed = format!("{}\u{1b}[0m\n\n{left_out}", last.printed.trim_end());
    }
    Failure {
        step: FailedStep::Compile,
        message: errors.first().map_or_else(String::new, in_one_line),
        traceback: strip_str(&format!("{terminal}{left_out}")).to_string(),
        terminal,
        hint: HINT.to_owned(),
        exceptions,
    }
}

/// One error of the compiler. The first one's message is that of the whole.
fn exception(is_first: bool, error: &Diagnostic, directory: &Path) -> Exception {
    let place = |position: &Position| cargo::place(position, error.mark.clone(), directory);
    let printed = error.rendered.clone();
    if is_first {
        return Exception {
            frames: error.position.iter().map(place).collect(),
            printed,
            ..Exception::default()
        };
    }
    Exception {
        kind: in_one_line(error),
        relation: Relation::Beside,
        printed,
        ..Exception::default()
    }
}

/// File and line first.
fn in_one_line(error: &Diagnostic) -> String {
    let Diagnostic {
        message, position, ..
    } = error;
    match position {
        Some(position) => format!("{position}: {message}"),
        None => message.clone(),
    }
}

/// What there is beside the errors that are shown, in a line.
fn left_out(omitted: usize, warnings: usize) -> String {
    let count = |count: usize, what: &str| match count {
        0 => None,
        1 => Some(format!("1 {what}")),
        count => Some(format!("{count} {what}s")),
    };
    let parts = [count(omitted, "more error"), count(warnings, "warning")];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        return String::new();
    }
    format!("and {}\n", parts.join(", "))
}

/// The function that makes the application panicked, and said this.
pub(crate) fn of_start_panic(text: &str, package: &Package) -> Failure {
    let error = cargo::of_panic(&Panic::read(text, package), package);
    Failure {
        step: FailedStep::Make,
        message: error.summary,
        traceback: error.traceback,
        exceptions: error.exceptions,
        hint: HINT.to_owned(),
        ..Failure::default()
    }
}

/// The process ended by itself before it served; how, as in `exited with code 1`.
pub(crate) fn of_early_end(how: &str) -> Failure {
    Failure {
        message: format!("the application's process {how} before it served"),
        hint: "the output above may tell why".to_owned(),
        ..Failure::default()
    }
}

/// The process did not serve within so many seconds, and was killed.
pub(crate) fn of_silence(seconds: NonZeroU32) -> Failure {
    Failure {
        message: format!("the application's process did not serve within {seconds} s"),
        hint: "it may be waiting for a database or another server; `--timeout` gives it more time"
            .to_owned(),
        ..Failure::default()
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, io};

    use rstest::rstest;

    use super::*;

    fn position(path: &str) -> Position {
        Position {
            path: path.into(),
            line: 2,
            column: 5,
        }
    }

    fn diagnostic(message: &str, position: Option<Position>) -> Diagnostic {
        Diagnostic {
            message: message.to_owned(),
            rendered: format!("\u{1b}[31merror\u{1b}[0m: {message}\n\n"),
            is_error: true,
            mark: 4..6,
            position,
            ..Diagnostic::default()
        }
    }

    #[test]
    fn all_errors_of_the_compiler_are_told_and_the_first_one_is_shown_in_its_file() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("views.rs"), "one\ntwo\nthree\n").unwrap();
        let refusal = Refusal {
            errors: vec![
                diagnostic("mismatched types", Some(position("views.rs"))),
                diagnostic("no function", Some(position("/other/urls.rs"))),
                diagnostic("linking failed", None),
            ],
            omitted: 1,
            warnings: 2,
        };
        let error = cargo::Error::Compile(Box::new(refusal));
        let failure = of_cargo(&error, directory.path());
        assert_eq!(failure.step, FailedStep::Compile);
        assert_eq!(failure.message, "views.rs:2:5: mismatched types");
        assert_eq!(
            failure.traceback,
            "error: mismatched types\n\nerror: no function\n\nerror: linking failed\n\n\
             and 1 more error, 2 warnings\n"
        );
        assert!(
            failure
                .terminal
                .contains("\u{1b}[31merror\u{1b}[0m: no function")
        );
        let [first, second, third] = &failure.exceptions[..] else {
            panic!("{failure:?}");
        };
        let frame = &first.frames[0];
        assert_eq!(
            (frame.first, &*frame.source, frame.mark.clone()),
            (1, &["one", "two", "three"].map(str::to_owned)[..], 4..6)
        );
        assert_eq!(second.kind, "/other/urls.rs:2:5: no function");
        assert_eq!(second.relation, Relation::Beside);
        assert_eq!(third.kind, "linking failed");
        assert!(
            third
                .printed
                .ends_with("linking failed\u{1b}[0m\n\nand 1 more error, 2 warnings\n")
        );
    }

    #[test]
    fn what_is_wrong_with_settings_is_shown_there() {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("src")).unwrap();
        let settings = "//\nuse x;\n";
        fs::write(directory.path().join("src/settings.rs"), settings).unwrap();
        let error = cargo::Error::Value {
            position: position("src/settings.rs"),
            expected: "a path".to_owned(),
            hint: "do this".to_owned(),
        };
        let failure = of_cargo(&error, directory.path());
        assert_eq!(failure.step, FailedStep::Load);
        assert_eq!(
            failure.message,
            "src/settings.rs:2:5: `WSGI_APPLICATION` must be a path"
        );
        assert_eq!(failure.hint, "do this");
        assert_eq!(failure.exceptions[0].frames[0].source[1], "use x;");
    }

    #[rstest]
    #[case(
        cargo::Error::NoCargo(io::ErrorKind::NotFound.into()),
        "cannot run `cargo`: entity not found", ""
    )]
    #[case(
        cargo::Error::Build { output: "error: a\n  b".to_owned() },
        "cargo could not build the project", "error: a\n  b"
    )]
    #[case(
        cargo::Error::Dependency {
            dependency: "axum".to_owned(),
            output: "error: failed to get `axum`".to_owned(),
            is_offline: true,
        },
        "cargo cannot get the dependency `axum`", "error: failed to get `axum`"
    )]
    fn what_cargo_says_follows_what_it_means(
        #[case] error: cargo::Error,
        #[case] message: &str,
        #[case] words: &str,
    ) {
        let failure = of_cargo(&error, Path::new("/nonexistent"));
        assert_eq!(failure.step, FailedStep::Build);
        assert_eq!((&*failure.message, &*failure.traceback), (message, words));
        assert!(!failure.hint.is_empty());
    }

    #[test]
    fn a_start_that_fails_says_how() {
        let failure = of_early_end("exited with code 7");
        assert_eq!(
            failure.message,
            "the application's process exited with code 7 before it served"
        );
        let package = Package {
            name: "site".to_owned(),
            crate_name: "site".to_owned(),
            directory: "/w".into(),
            library: "/w/src/lib.rs".into(),
            workspace: "/w".into(),
            target: "/w/target".into(),
        };
        let failure = of_start_panic("panicked at /w/src/wsgi.rs:3:1:\noh", &package);
        assert_eq!(failure.message, "panicked at src/wsgi.rs:3:1: oh");
        assert_eq!(failure.exceptions[0].frames[0].place, "src/wsgi.rs");
    }
}
