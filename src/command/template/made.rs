//! Writing a template's files, and telling of it.

use std::{
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
};

use serde::Serialize;

use crate::{
    command::{
        error::Error,
        words::{argument, counted, lossy, print_json},
    },
    console::{self, Verbosity},
    template::{self, AuthoringError, Plan, Subject, Target, shown_path},
};

/// A template that was made.
pub(super) struct Made<'a> {
    pub(super) command: &'static str,
    pub(super) name: &'a str,
    pub(super) plan: &'a Plan,
    pub(super) subject: Subject,
    pub(super) target: &'a Path,
    pub(super) here: &'a Path,
}

/// What goes out as JSON.
#[derive(Serialize)]
struct Document<'a> {
    command: &'a str,
    name: &'a str,
    subject: &'a str,
    target: String,
    files: Vec<String>,
}

/// Where a template goes: in its directory may be other things, and nothing in its way.
pub(super) fn target(name: &str, directory: Option<&Path>, here: &Path) -> Result<Target, Error> {
    Target::resolve(name, directory, here).map_err(in_the_way)
}

/// Writes all files, or none.
pub(super) fn write(plan: &Plan, target: &Target, stop: &AtomicBool) -> Result<(), Error> {
    target.check(plan).map_err(in_the_way)?;
    template::write(plan, target, stop).map_err(in_the_way)
}

/// The words for projects name options that there are not for templates.
fn in_the_way(error: template::Error) -> Error {
    let paths = match error {
        template::Error::Conflicts { paths, .. } => paths,
        template::Error::TargetExists { path } => vec![path],
        other => return other.into(),
    };
    template::Error::from(AuthoringError::InTheWay { paths }).into()
}

impl Made<'_> {
    /// Tells what was made, and what to do with it.
    pub(super) fn tell(&self, json: bool, verbosity: Verbosity) {
        if json {
            print_json(&Document {
                command: self.command,
                name: self.name,
                subject: self.subject.word(),
                target: lossy(self.target),
                files: self.files().map(|it| lossy(&it)).collect(),
            });
        } else if verbosity > Verbosity::Quiet {
            console::note(format_args!("{}\n\n{}", self.summary(), self.next()));
        }
        if verbosity == Verbosity::Verbose {
            for file in self.files() {
                console::note(format_args!(
                    "Creating {}",
                    shown_path(&self.target.join(file))
                ));
            }
        }
    }

    fn files(&self) -> impl Iterator<Item = PathBuf> {
        self.plan.planned_files().map(|it| it.path.to_owned())
    }

    fn summary(&self) -> String {
        format!(
            "made the template `{}`: {} in {}",
            self.name,
            counted(self.files().count(), "file", "files"),
            shown_path(self.target)
        )
    }

    /// The commands that one types next.
    pub(super) fn next(&self) -> String {
        let place = argument(self.target, self.here);
        let (option, name) = match self.subject {
            Subject::Project => ("", "mysite"),
            Subject::App => (" --app", "polls"),
            Subject::Deployment => (
                " --deploy",
                Subject::deployment(self.name).unwrap_or(self.name),
            ),
        };
        format!(
            "next:\n  scaffold template check {place}{option}\n  scaffold {} {name} --template {place}",
            self.subject.command()
        )
    }
}
