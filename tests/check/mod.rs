//! `scaffold check`: what it finds, what it says of that, and its exit code.

mod applications;
mod deploy;
mod django;
mod failures;
mod interrupted;
mod json;
mod projects;
mod rust;

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
        (r"You have \d+ unapplied", "You have [COUNT] unapplied"),
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

#[test]
fn the_help_has_examples() {
    let outcome = Test::new().args(["help", "check"]).capture();
    insta::assert_snapshot!(outcome.to_string(), @r"
    exit code: 0
    ----- stdout -----
    Tell which project would be served, and whether its application works

    Usage: scaffold check [OPTIONS]

    Options:
          --settings <MODULE>      Settings module, as in mysite.settings [default: found in the
                                   project]
          --app <MODULE:CALLABLE>  Take this WSGI application and read no settings
          --python <PATH>          Python interpreter to run the project with [default: the project's
                                   virtual environment]
          --pythonpath <DIR>       Directory to put first on Python's module search path
          --timeout <SECONDS>      Seconds that loading and the request may take together, and Django's
                                   checks [default: 30]
          --deploy                 Look for what would go wrong in production as well
          --json                   Print what was found as one JSON document
      -h, --help                   Print help
      -V, --version                Print version

    Output:
      -q, --quiet              Print only errors
      -v, --verbosity <LEVEL>  How much to print: 0 (errors only) to 3 [default: 1]
          --no-color           Do not colour the output
          --force-color        Colour the output even where it is not a terminal

    Examples:
      scaffold check                       What runserver would serve here, and does it work?
      scaffold check --settings mysite.settings_production
                                           With other settings
      scaffold check --deploy --settings mysite.settings_production
                                           Are they fit for production?
      scaffold check --app hello:app       Any WSGI application, without settings
      scaffold check -v 2                  With the traceback of what is wrong
      scaffold check --json                For programs; the exit code is 1 if anything is wrong
    ----- stderr -----
    ");
}
