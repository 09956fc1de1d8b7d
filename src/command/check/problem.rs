//! What is wrong, where, and what to do next: the same of all parts that can find something.

use serde::Serialize;

use crate::{
    cargo,
    command::error::Error,
    project::{self, Origin},
};

/// What is wrong.
#[derive(Debug, Default, Serialize)]
pub(super) struct Problem {
    /// What kind of problem it is, in one word.
    pub(super) kind: String,
    pub(super) what: String,
    #[serde(rename = "where")]
    pub(super) place: String,
    pub(super) hint: String,
    /// Python's traceback, or the stack of what hangs; may be empty.
    pub(super) traceback: String,
}

impl Problem {
    /// The problem that an error of this program is.
    pub(super) fn of(error: &Error) -> Self {
        let (kind, place) = match error {
            Error::Project(error) => of_project(error),
            Error::Cargo(error) => of_cargo(error),
            Error::ColorConflict => ("usage", "the command line".to_owned()),
            _ => ("system", "this machine".to_owned()),
        };
        let hint = match error {
            Error::Project(project::Error::NoProject { package: None, .. }) => Some(
                "go to the directory of `manage.py`, or name the application: `scaffold check \
                 --app module:callable`"
                    .to_owned(),
            ),
            Error::ColorConflict => Some("leave one of them out".to_owned()),
            error => error.hint(),
        };
        let what = error.to_string();
        // Some say the place themselves.
        let what = what.strip_prefix(&format!("`{place}`: ")).unwrap_or(&what);
        Self {
            kind: kind.to_owned(),
            what: what.to_owned(),
            place,
            hint: hint.unwrap_or_else(|| "correct what the message names".to_owned()),
            traceback: String::new(),
        }
    }

    /// Takes over one of the values that follow a problem in `READY`.
    pub(super) fn add(&mut self, name: &str, value: String) {
        match name {
            "problem_kind" => self.kind = value,
            "problem_where" => self.place = value,
            "problem_hint" => self.hint = value,
            "problem_traceback" => self.traceback = value,
            _ => {}
        }
    }
}

/// The kind and the place of what is wrong with a Rust project.
fn of_cargo(error: &cargo::Error) -> (&'static str, String) {
    use cargo::Error;

    let (kind, place) = match error {
        Error::Syntax { .. } | Error::NoFile { .. } | Error::Unreadable { .. } => ("source", ""),
        Error::Settings { origin, .. } => ("settings", *origin),
        Error::Value { .. } => ("settings", ""),
        Error::Application { .. } => ("application", ""),
        Error::Default { .. } => ("application", "the settings"),
        Error::Compile(_) | Error::Build { .. } => ("build", "cargo build"),
        Error::Dependency { .. } => ("dependency", "Cargo.toml"),
        Error::Metadata { .. } | Error::NoLibrary { .. } => ("project", "Cargo.toml"),
        _ => ("system", "this machine"),
    };
    let position = error.position().map(ToString::to_string);
    (kind, position.unwrap_or_else(|| place.to_owned()))
}

/// The kind and the place of what is wrong with a project.
fn of_project(error: &project::Error) -> (&'static str, String) {
    use project::Error;

    match error {
        Error::NoProject { from, .. } => ("project", from.display().to_string()),
        Error::NoInterpreter => ("interpreter", "PATH".to_owned()),
        Error::InterpreterNotFound { origin, .. }
        | Error::InterpreterNotExecutable { origin, .. } => (
            "interpreter",
            match origin {
                Origin::Configuration => "pyproject.toml".to_owned(),
                _ => "--python".to_owned(),
            },
        ),
        Error::Unreadable { path, .. } => ("configuration", path.display().to_string()),
        Error::NotToml { position, .. }
        | Error::UnknownKey { position, .. }
        | Error::WrongType { position, .. } => ("configuration", position.to_string()),
        _ => ("project", String::new()),
    }
}
