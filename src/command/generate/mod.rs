//! `scaffold startproject` and `scaffold startapp`: arguments → plan → write → report.

mod formatter;
mod names;
mod options;
pub(super) mod own;
mod report;
mod steps;
mod summary;
pub(super) mod watchdog;

use std::{
    env,
    rc::Rc,
    sync::{Arc, atomic::AtomicBool},
    time::Instant,
};

use crate::{
    cli::{GenerateArgs, OutputArgs},
    console::{self, Verbosity},
    project::Search,
    shutdown,
    template::{self, Plan, ProjectOrApp, Request, Target, Wanted},
};

use super::{check, error::Error, install};
use formatter::Formatter;
use report::Report;
use steps::Steps;
use watchdog::Watchdog;

/// What is to be done, as the user said it.
#[derive(Clone, Debug)]
pub(super) struct Job {
    /// A project or an application.
    pub(super) subject: ProjectOrApp,
    pub(super) args: GenerateArgs,
    /// Whether the requirements are to be installed afterwards.
    pub(super) install: bool,
    pub(super) output: OutputArgs,
    pub(super) verbosity: Verbosity,
}

/// Runs the command.
pub(super) fn run(job: &Job) -> Result<(), Error> {
    let mut report = Report::default();
    let result = generate(job, &mut report);
    if job.args.json {
        console::line(report.json(job, result.as_ref().err()));
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
        directory,
        template,
        reference,
        subdirectory,
        checksum,
        pythonpath,
        dry_run,
        json,
        no_format,
        // What only the options use.
        extensions: _,
        files: _,
        exclude: _,
        variables: _,
        variable_files: _,
        settings: _,
        traceback: _,
    } = args;
    let here = env::current_dir().map_err(Error::CurrentDirectory)?;
    let search = Search::new(&here);
    names::check(
        &names::Wish {
            subject,
            name,
            directory: directory.as_deref(),
            pythonpath: pythonpath.as_deref(),
        },
        &search,
    )?;
    if verbosity >= Verbosity::Normal {
        names::warn(name);
    }
    let target = Target::resolve(name, directory.as_deref(), &here)?;
    report.target = Some(target.path().to_owned());
    let variables = options::variables(subject, args)?;
    // Before the template is read, so that nothing in it can be taken for the program.
    let formatter = (!no_format && !dry_run).then(Formatter::find).flatten();
    // From here on there may be something to put in order before the end.
    let stop = shutdown::flag().map_err(Error::Runtime)?;
    let selection = options::selection(args);
    let steps = Steps::new(verbosity, *json, watch(job, &target, &stop));
    steps.begin(subject, &selection);
    let (own_templates, answers) = (own::templates(), own::answers(subject)?);
    let plan = Rc::new(template::prepare(&Request {
        wanted: Wanted {
            template: template.as_deref(),
            reference: reference.as_deref(),
            subdirectory: subdirectory.as_deref(),
            checksum: checksum.as_deref(),
            own_templates: own_templates.as_deref(),
        },
        selection: &selection,
        variables: &variables,
        environment: &|name| env::var(name).ok(),
        answers: &answers,
        options: &options::as_variables(args, output),
        django_version: &|| search.django_version(),
        install,
        progress: &steps,
        stop: &stop,
        ..Request::new(subject, name, &target, &here)
    })?);
    steps.planned(&plan, &selection);
    report.plan = Some(Rc::clone(&plan));
    let checked = check_target(&target, &plan, report);
    if *dry_run {
        // Where the target could not be looked at, nothing is known of what is in the way.
        if !json && (checked.is_ok() || !report.conflicts.is_empty()) {
            console::line(report.tree());
        }
        return checked;
    }
    checked?;
    template::write(&plan, &target, &stop)?;
    report.is_written = true;
    let took = start.elapsed();
    let files: Vec<_> = report.files().collect();
    steps.end(&files);
    if let Some(formatter) = formatter {
        formatter.run(&files, &stop)?;
    }
    let shows_summary =
        verbosity >= Verbosity::Normal && (console::is_terminal() || install) && !json;
    if shows_summary {
        console::note(summary::made(name, &plan, target.path(), took));
    }
    if install {
        install::run(target.path(), verbosity, &stop)?;
    }
    if shows_summary {
        console::note(summary::next(&plan, target.path(), &here));
    }
    Ok(())
}

/// What begins to watch the rendering. Where that never ends, the program ends from the side, with
/// all that is printed at any other failure.
fn watch(job: &Job, target: &Target, stop: &Arc<AtomicBool>) -> impl Fn() -> Watchdog + use<> {
    let (job, target, stop) = (job.clone(), target.path().to_owned(), Arc::clone(stop));
    move || {
        let (job, target) = (job.clone(), Some(target.clone()));
        Watchdog::start(Arc::clone(&stop), job.subject, move |error| {
            if job.args.json {
                let report = Report {
                    target,
                    ..Report::default()
                };
                console::line(report.json(&job, Some(error)));
            }
            console::error(error.label(), error, error.hint().as_deref());
        })
    }
}

/// Fails where something is in the way, and notes all of it in the report.
fn check_target(target: &Target, plan: &Plan, report: &mut Report) -> Result<(), Error> {
    let result = target.check(plan);
    if let Err(template::Error::Conflicts { paths, .. }) = &result {
        report.conflicts.clone_from(paths);
    }
    Ok(result?)
}
