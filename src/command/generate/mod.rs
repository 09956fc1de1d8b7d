//! `scaffold startproject` and `scaffold startapp`: arguments → plan → write → report.

mod commit;
pub(super) mod existing;
pub(super) mod formatter;
mod hooks;
mod names;
pub(super) mod options;
pub(super) mod own;
mod questions;
pub(super) mod report;
mod scripts;
mod steps;
mod summary;
pub(super) mod watchdog;

use std::{
    env,
    path::Path,
    rc::Rc,
    sync::{Arc, atomic::AtomicBool},
    time::{Duration, Instant},
};

use crate::{
    cli::{GenerateArgs, OutputArgs},
    console::{self, Terminal, Verbosity},
    project::Search,
    shutdown,
    template::{self, Ask, Plan, Request, Subject, Target, Wanted},
};

use super::{check, complain, error::Error, install};
use formatter::Formatter;
pub(super) use hooks::{HookError, Hooks};
pub(super) use questions::Questions;
pub(super) use report::Report;
use report::Told;
pub(super) use scripts::ScriptError;
use scripts::Scripts;
pub(super) use steps::Steps;
pub(super) use watchdog::Watchdog;

/// What is to be done, as the user said it.
#[derive(Clone, Debug)]
pub(super) struct Job {
    /// A project or an application.
    pub(super) subject: Subject,
    pub(super) args: GenerateArgs,
    /// Whether the requirements are to be installed afterwards.
    pub(super) install: bool,
    pub(super) output: OutputArgs,
    pub(super) verbosity: Verbosity,
}

impl Job {
    fn told(&self) -> Told<'_> {
        let args = &self.args;
        Told {
            subject: self.subject,
            name: &args.name,
            is_dry_run: args.dry_run || args.diff,
            is_trusted: args.trust && !args.dry_run,
        }
    }
}

/// Runs the command.
pub(super) fn run(job: &Job) -> Result<(), Error> {
    let mut report = Report::default();
    let result = generate(job, &mut report);
    if job.args.json {
        console::line(report.json(job.told(), result.as_ref().err()));
    }
    result
}

/// Does the work, and notes in the report how far it has come.
fn generate(job: &Job, report: &mut Report) -> Result<(), Error> {
    let start = Instant::now();
    let &Job {
        subject,
        ref args,
        install,
        output,
        verbosity,
    } = job;
    check(output)?;
    let GenerateArgs {
        name,
        template,
        version,
        parts,
        answers,
        dry_run,
        json,
        no_format,
        diff,
        git,
        ..
    } = args;
    let here = env::current_dir().map_err(Error::CurrentDirectory)?;
    let search = Search::new(&here);
    let (target, verdict) = find_target(job, &search, &here)?;
    report.target = Some(target.path().to_owned());
    let variables = options::variables(subject, &answers.variable_files, &answers.variables)?;
    let selection = options::selection(args);
    let repository = commit::Intent::find(*git && !dry_run && !diff, target.path())?;
    // Before the template is read, so that nothing in it can be taken for the program.
    let formats = !no_format && !dry_run && !diff;
    let formatter = formats.then(Formatter::find).flatten();
    // From here on there may be something to put in order before the end.
    let stop = shutdown::flag().map_err(Error::Runtime)?;
    let steps = Steps::new(verbosity, *json, watch(job, &target, &stop));
    steps.begin(subject, &selection);
    let questions = Questions { stop: &stop };
    let can_ask = console::is_interactive() && !json && !answers.defaults;
    let questions = can_ask.then_some(&questions);
    let (own_templates, kept) = (own::templates(), own::answers(subject)?);
    let plan = template::prepare(&Request {
        wanted: Wanted {
            template: template.as_deref(),
            reference: version.reference.as_deref(),
            subdirectory: version.subdirectory.as_deref(),
            checksum: version.checksum.as_deref(),
            own_templates: own_templates.as_deref(),
        },
        selection: &selection,
        admits: &|names| verdict.admits(names),
        parts,
        variables: &variables,
        environment: &|name| env::var(name).ok(),
        answers: &kept,
        asker: questions.map(|it| it as &dyn Ask),
        options: &options::as_variables(args, output),
        django_version: &|| search.django_version(),
        install,
        progress: &steps,
        stop: &stop,
        ..Request::new(subject, name, &target, &here)
    });
    let plan = Rc::new(plan.map_err(|error| verdict.explain(error))?);
    steps.planned(&plan, &selection);
    report.plan = Some(Rc::clone(&plan));
    if *diff {
        return existing::show_diff(&target, &plan, *json, report);
    }
    let collisions = existing::collisions(args);
    let checked = existing::check(&target, &plan, collisions, report);
    if *dry_run {
        return show_plan(report, *json, checked);
    }
    checked?;
    let scripts = Scripts::new(job, &plan, &target, &search, &stop);
    scripts.write(collisions)?;
    report.is_written = true;
    let took = start.elapsed().saturating_sub(steps.asked());
    let files: Vec<_> = report.files().collect();
    steps.end(&files);
    if let Some(formatter) = formatter {
        formatter.run(&files, &stop)?;
        template::note_formatter(&plan, &target, formatter.name(), &files)?;
    }
    scripts.after(verbosity >= Verbosity::Normal && !json)?;
    let made = Made {
        plan: &plan,
        target: &target,
        repository,
        here: &here,
        questions,
        stop: &stop,
        took,
    };
    finish(job, made, report)
}

/// Ends a dry run: shows what would be made, and fails as the real one would.
fn show_plan(report: &Report, is_json: bool, checked: Result<(), Error>) -> Result<(), Error> {
    // Where the target could not be looked at, nothing is known of what is in the way.
    if !is_json && (checked.is_ok() || !report.conflicts.is_empty()) {
        console::line(report.tree());
    }
    checked
}

/// A project that is written.
struct Made<'a> {
    plan: &'a Plan,
    target: &'a Target,
    /// What is to be done about a repository.
    repository: commit::Intent,
    /// The directory in which the user is.
    here: &'a Path,
    /// The user at the terminal, if there is one.
    questions: Option<&'a Questions<'a>>,
    stop: &'a AtomicBool,
    took: Duration,
}

/// Does what is done in the new project, and tells of it.
fn finish(job: &Job, made: Made<'_>, report: &mut Report) -> Result<(), Error> {
    let Made {
        plan,
        target,
        repository,
        here,
        questions,
        stop,
        took,
    } = made;
    let GenerateArgs {
        name, json, trust, ..
    } = &job.args;
    let root = target.path();
    let shows_summary =
        job.verbosity >= Verbosity::Normal && (console::is_terminal() || job.install) && !json;
    if shows_summary {
        let files = report.files().count();
        console::note(summary::made(name, plan, files, root, took));
    }
    if job.install {
        install::run(root, job.verbosity, stop)?;
    }
    let hooks = Hooks {
        plan,
        name,
        root,
        here,
        verbosity: job.verbosity,
        is_trusted: *trust,
        questions,
        is_silent: *json,
        stop,
    };
    hooks.run(&mut report.hooks)?;
    // What the commands have made belongs to the first commit.
    let files: Vec<_> = report.files().collect();
    repository.carry_out(name, plan, target, &files)?;
    if shows_summary {
        console::note(summary::next(plan, root, here));
    }
    Ok(())
}

/// Where it goes, and whether it may be called so.
fn find_target<'a>(
    job: &'a Job,
    search: &Search,
    here: &Path,
) -> Result<(Target, names::Verdict<'a>), Error> {
    let GenerateArgs {
        name,
        template,
        directory,
        pythonpath,
        ..
    } = &job.args;
    let directory = directory.as_deref();
    let verdict = names::check(
        &names::Wish {
            subject: job.subject,
            name,
            template: template.as_deref(),
            directory,
            pythonpath: pythonpath.as_deref(),
        },
        search,
    )?;
    if job.verbosity >= Verbosity::Normal {
        names::warn(name);
    }
    let expected = Some(Path::new(name)).filter(|_| existing::is_expected(&job.args));
    let target = Target::resolve(name, directory.or(expected), here)?;
    Ok((target, verdict))
}

/// What begins to watch the rendering. Where that never ends, the program ends from the side, with
/// all that is printed at any other failure.
fn watch(job: &Job, target: &Target, stop: &Arc<AtomicBool>) -> impl Fn() -> Watchdog + use<> {
    let (job, target, stop) = (job.clone(), target.path().to_owned(), Arc::clone(stop));
    let terminal = Terminal::note();
    move || {
        let (job, target) = (job.clone(), Some(target.clone()));
        let terminal = terminal.clone();
        Watchdog::start(Arc::clone(&stop), job.subject, move |error| {
            // It may be the evaluation of an answer that does not end.
            terminal.restore();
            if job.args.json {
                let report = Report {
                    target,
                    ..Report::default()
                };
                console::line(report.json(job.told(), Some(error)));
            }
            complain(error);
        })
    }
}
