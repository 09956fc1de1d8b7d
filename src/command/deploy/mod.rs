//! `scaffold deploy`: what a server in production needs to run the project, rendered from a template
//! with what is known of the project: arguments → facts → plan → write → report.

mod error;
mod facts;
mod list;

use std::{
    env,
    path::{Path, PathBuf},
    rc::Rc,
    sync::{Arc, atomic::AtomicBool},
};

use crate::{
    cli::{DeployArgs, OutputArgs},
    console::{self, Terminal, Verbosity},
    shutdown,
    template::{
        self, Ask, Collisions, Plan, Presence, Request, Subject, Target, Wanted, shown_path,
        shown_text,
    },
};

use super::{
    check, complain,
    error::Error,
    generate::{Hooks, Questions, Report, Steps, Watchdog, existing, options, own, report::Told},
    words::counted,
};
pub(super) use error::DeployError;
use facts::Known;

/// The directory of a project in which there is one for each server.
const DIRECTORY: &str = "deploy";

/// Runs the command.
pub(super) fn run(
    args: &DeployArgs,
    output: OutputArgs,
    verbosity: Verbosity,
) -> Result<(), Error> {
    check(output)?;
    let Some(server) = args.target.as_deref() else {
        return list::run(args.json);
    };
    let mut job = Job {
        args,
        server,
        name: String::new(),
        verbosity,
    };
    let mut report = Report::default();
    let result = deploy(&mut job, &mut report);
    if args.json {
        console::line(report.json(told(args, &job.name), result.as_ref().err()));
    }
    result
}

/// What is to be done.
struct Job<'a> {
    args: &'a DeployArgs,
    /// The server, as the user names it.
    server: &'a str,
    /// The project's name, once that is known.
    name: String,
    verbosity: Verbosity,
}

impl Job<'_> {
    /// Whether there is somebody at the terminal who answers.
    fn can_ask(&self) -> bool {
        console::is_interactive() && !self.args.json && !self.args.answers.defaults
    }

    /// Whether somebody reads what is told.
    fn is_told(&self) -> bool {
        self.verbosity >= Verbosity::Normal && !self.args.json
    }
}

fn told<'a>(args: &DeployArgs, name: &'a str) -> Told<'a> {
    Told {
        subject: Subject::Deployment,
        name,
        is_dry_run: args.dry_run || args.diff,
        is_trusted: args.trust && !args.dry_run,
    }
}

/// Does the work, and notes in the report how far it has come.
fn deploy(job: &mut Job<'_>, report: &mut Report) -> Result<(), Error> {
    let args = job.args;
    let here = env::current_dir().map_err(Error::CurrentDirectory)?;
    let variables = options::variables(
        Subject::Deployment,
        &args.answers.variable_files,
        &args.answers.variables,
    )?;
    let own_templates = own::templates();
    let template = list::template(args, job.server)?;
    let wanted = Wanted {
        template: Some(&template),
        reference: args.version.reference.as_deref(),
        subdirectory: args.version.subdirectory.as_deref(),
        checksum: args.version.checksum.as_deref(),
        own_templates: own_templates.as_deref(),
    };
    if args.template.is_none() {
        list::check(&template, own_templates.as_deref())?;
    }
    // Before signals are heeded: until then Ctrl-C ends all of it, the project's process too.
    let Known { name, root, facts } = facts::find(&args.choice, &here)?;
    job.name = name;
    let directory = args.into.as_ref().map_or_else(
        || root.join(DIRECTORY).join(job.server),
        |into| here.join(into),
    );
    let target = Target::resolve("", Some(&directory), &here)?;
    report.target = Some(target.path().to_owned());
    let facts = facts::with_directory(facts, target.path());
    let stop = shutdown::flag().map_err(Error::Runtime)?;
    let plan = Rc::new(template::prepare(&Request {
        wanted,
        variables: &variables,
        environment: &|name| env::var(name).ok(),
        answers: &own::answers(Subject::Deployment)?,
        asker: job
            .can_ask()
            .then_some(&Questions { stop: &stop } as &dyn Ask),
        facts: &facts,
        progress: &Steps::new(job.verbosity, args.json, watch(job, &target, &stop)),
        stop: &stop,
        ..Request::new(Subject::Deployment, &job.name, &target, &here)
    })?);
    report.plan = Some(Rc::clone(&plan));
    if args.diff {
        return existing::show_diff(&target, &plan, args.json, report);
    }
    let collisions = if args.force {
        Collisions::Keep
    } else {
        Collisions::RefuseOthers
    };
    let checked = existing::check(&target, &plan, collisions, report);
    note_backups(&target, args.force, report);
    if args.dry_run {
        if !args.json && (checked.is_ok() || !report.conflicts.is_empty()) {
            console::line(report.tree());
        }
        return checked;
    }
    checked?;
    template::write_over(&plan, &target, collisions, &stop)?;
    report.is_written = true;
    finish(job, &plan, &target, &here, report, &stop)
}

/// Where files are kept that others take the place of.
fn note_backups(target: &Target, is_forced: bool, report: &mut Report) {
    if !is_forced {
        return;
    }
    let replaced = report.presences.iter();
    let replaced = replaced.filter(|(_, presence)| **presence == Presence::Different);
    report.backups = replaced
        .map(|(path, _)| (path.clone(), template::backup(target.path(), path)))
        .collect();
}

/// Runs the template's commands, where it has any, and tells what is there and what to do with it.
fn finish(
    job: &Job<'_>,
    plan: &Plan,
    target: &Target,
    here: &Path,
    report: &mut Report,
    stop: &AtomicBool,
) -> Result<(), Error> {
    let written: Vec<PathBuf> = report.files().collect();
    if job.is_told() && written.is_empty() {
        console::note(format_args!(
            "nothing to write: {} has all of it already",
            shown_path(target.path())
        ));
    } else if job.is_told() {
        console::note(format_args!(
            "wrote {} for `{}` from the template `{}`, in {}",
            counted(written.len(), "file", "files"),
            shown_text(&job.name),
            shown_text(plan.template()),
            shown_path(target.path()),
        ));
        for (path, backup) in &report.backups {
            console::note(format_args!(
                "`{}` is kept as `{}`",
                shown_path(path),
                shown_path(backup)
            ));
        }
    }
    if job.verbosity == Verbosity::Verbose {
        for file in &written {
            console::note(format_args!("Creating {}", shown_path(file)));
        }
    }
    let questions = Questions { stop };
    let hooks = Hooks {
        plan,
        name: &job.name,
        root: target.path(),
        here,
        verbosity: job.verbosity,
        is_trusted: job.args.trust,
        questions: job.can_ask().then_some(&questions),
        is_silent: job.args.json,
        stop,
    };
    hooks.run(&mut report.hooks)?;
    if let Some(message) = plan.message().filter(|_| job.is_told()) {
        console::note(format_args!("\n{}", message.trim()));
    }
    Ok(())
}

/// What begins to watch the rendering. Where that never ends, the program ends from the side, with
/// all that is printed at any other failure.
fn watch(job: &Job<'_>, target: &Target, stop: &Arc<AtomicBool>) -> impl Fn() -> Watchdog + use<> {
    let (args, name) = (job.args.clone(), job.name.clone());
    let (target, stop) = (target.path().to_owned(), Arc::clone(stop));
    let terminal = Terminal::note();
    move || {
        let (args, name, terminal) = (args.clone(), name.clone(), terminal.clone());
        let target = Some(target.clone());
        Watchdog::start(Arc::clone(&stop), Subject::Deployment, move |error| {
            // It may be the evaluation of an answer that does not end.
            terminal.restore();
            if args.json {
                let report = Report {
                    target,
                    ..Report::default()
                };
                console::line(report.json(told(&args, &name), Some(error)));
            }
            complain(error);
        })
    }
}
