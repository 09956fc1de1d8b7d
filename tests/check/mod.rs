//! `scaffold check`: what it finds, what it says of that, and its exit code.

mod applications;
mod failures;
mod json;
mod projects;

use std::path::Path;

use regex::Regex;

use crate::support::{Outcome, Test};

/// An application without a fault.
const APP: &str = "\
def application(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'hello']
";

/// The command in an empty directory.
fn check() -> Test {
    Test::new().arg("check")
}

/// The command on one application.
fn check_app(source: &str) -> Test {
    check()
        .file("app.py", source)
        .args(["--app", "app:application"])
}

/// What a run printed, without what differs from machine to machine: `[PYTHON]` for a path of an
/// interpreter, `[VERSION]` for its version and those of frameworks.
fn shown(outcome: &Outcome) -> String {
    let mut text = outcome.to_string();
    for (pattern, mark) in [
        (r"/\S+/bin/python[0-9.]*", "[PYTHON]"),
        (r"(CPython|Django|Python) \d+\.\d+(\.\d+)?", "$1 [VERSION]"),
        (r"virtual environment /\S+\)", "virtual environment [VENV])"),
    ] {
        let pattern = Regex::new(pattern).unwrap();
        text = pattern.replace_all(&text, mark).into_owned();
    }
    text
}

/// Whether any process was started in a directory and still runs.
fn has_orphans(directory: &Path) -> bool {
    let directory = directory.canonicalize().unwrap();
    let processes = std::fs::read_dir("/proc").unwrap();
    processes.filter_map(Result::ok).any(|process| {
        std::fs::read_link(process.path().join("cwd")).is_ok_and(|it| it == directory)
    })
}
