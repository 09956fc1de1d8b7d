//! `scaffold template`: one file per subcommand.

mod check;
mod eject;
mod from_project;
mod list;
mod made;
mod new;
mod show;
mod test;

use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, atomic::AtomicBool},
};

use serde::Serialize;

use crate::{
    cli::{AnySubjectArgs, OutputArgs, TemplateArgs, TemplateCommand},
    console::Verbosity,
    shutdown,
    template::{self, AuthoringError, Dict, NOWHERE, Request, Subject, Target, Wanted},
};

use super::{
    check as check_output, complain,
    error::Error,
    generate::{own, watchdog::Watchdog},
    words,
};

/// Runs the subcommand.
pub(super) fn run(
    args: &TemplateArgs,
    output: OutputArgs,
    verbosity: Verbosity,
) -> Result<ExitCode, Error> {
    check_output(output)?;
    let &TemplateArgs { ref command, json } = args;
    let done = dispatch(command, json, verbosity);
    if let Err(error) = &done
        && json
    {
        words::print_json(&Failed {
            error: error.to_string(),
            hint: error.hint(),
        });
    }
    done
}

fn dispatch(
    command: &TemplateCommand,
    json: bool,
    verbosity: Verbosity,
) -> Result<ExitCode, Error> {
    match command {
        TemplateCommand::List => list::run(json, verbosity)?,
        TemplateCommand::Show(args) => show::run(args, json)?,
        TemplateCommand::New(args) => new::run(args, json, verbosity)?,
        TemplateCommand::Eject(args) => eject::run(args, json, verbosity)?,
        TemplateCommand::FromProject(args) => from_project::run(args, json, verbosity)?,
        TemplateCommand::Check(args) => return check::run(args, json, verbosity),
        TemplateCommand::Test(args) => return test::run(args, json, verbosity),
    }
    Ok(ExitCode::SUCCESS)
}

/// What goes out as JSON in place of a result.
#[derive(Serialize)]
struct Failed {
    error: String,
    hint: Option<String>,
}

/// The directory in which the user is.
fn here() -> Result<PathBuf, Error> {
    env::current_dir().map_err(Error::CurrentDirectory)
}

/// A directory that has to be there; otherwise the error says so.
fn existing(
    directory: &Path,
    here: &Path,
    error: impl FnOnce(PathBuf) -> AuthoringError,
) -> Result<PathBuf, Error> {
    let directory = Target::locate("", Some(directory), here);
    if directory.is_dir() {
        Ok(directory)
    } else {
        Err(template::Error::from(error(directory)).into())
    }
}

/// The exit code that says whether all is as it should be.
fn exit_code(is_right: bool) -> ExitCode {
    if is_right {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// What an option says of what a template is for.
fn subject(app: bool) -> Subject {
    if app { Subject::App } else { Subject::Project }
}

/// The same where a template for deployments may be meant, which its name can tell too.
fn any_subject(args: AnySubjectArgs, template: &str) -> Subject {
    let AnySubjectArgs { app, deploy } = args;
    if deploy || !app && Subject::deployment(template).is_some() {
        Subject::Deployment
    } else {
        subject(app)
    }
}

/// A project that is not made: what a template is rendered for to look at it.
struct Imagined {
    subject: Subject,
    target: Target,
    here: PathBuf,
    own_templates: Option<PathBuf>,
    facts: Dict,
}

impl Imagined {
    fn new(subject: Subject, here: &Path) -> Self {
        Self {
            subject,
            target: Target::New(Path::new(NOWHERE).join(Self::name(subject))),
            here: here.to_owned(),
            own_templates: own::templates(),
            facts: template::example_facts(),
        }
    }

    fn name(subject: Subject) -> &'static str {
        match subject {
            Subject::Project | Subject::Deployment => "example_site",
            Subject::App => "example_app",
        }
    }

    /// The request for a template.
    fn request<'a>(&'a self, template: &'a str, stop: &'a AtomicBool) -> Request<'a> {
        let name = Self::name(self.subject);
        Request {
            wanted: Wanted {
                template: Some(template),
                own_templates: self.own_templates.as_deref(),
                ..Wanted::default()
            },
            facts: &self.facts,
            stop,
            ..Request::new(self.subject, name, &self.target, &self.here)
        }
    }
}

/// The flag that says that the user wants the end.
fn stop() -> Result<Arc<AtomicBool>, Error> {
    shutdown::flag().map_err(Error::Runtime)
}

/// Watches that what a template does comes to an end.
fn watch(stop: &Arc<AtomicBool>, subject: Subject) -> Watchdog {
    Watchdog::start(Arc::clone(stop), subject, |error| {
        complain(error);
    })
}
