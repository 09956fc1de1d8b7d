//! `scaffold update`: what the project remembers → what changes → write → report.

mod report;

use std::{
    env,
    process::ExitCode,
    sync::{Arc, atomic::AtomicBool},
};

use super::{
    check, complain, diff,
    error::Error,
    generate::{Questions, Steps, Watchdog, formatter::Formatter, options, own},
    repository,
};
use crate::{
    cli::{OutputArgs, UpdateArgs},
    console::{self, Verbosity},
    shutdown,
    template::{self, Ask, Remembered, Request, Target, Texts, UpdateRequest, Wanted, shown_text},
};
use report::{Report, sides};

/// Runs the command.
pub(super) fn run(
    args: &UpdateArgs,
    output: OutputArgs,
    verbosity: Verbosity,
) -> Result<ExitCode, Error> {
    let mut report = Report {
        has_diffs: args.diff,
        ..Report::default()
    };
    let result = bring(args, output, verbosity, &mut report).map_err(worded);
    if args.json {
        console::line(report.json(result.as_ref().err()));
    }
    result
}

/// An interruption in the words of this command.
fn worded(error: Error) -> Error {
    match error {
        Error::Template(template::Error::Interrupted { .. }) => Error::UpdateInterrupted,
        other => other,
    }
}

/// Does the work, and notes in the report how far it has come.
fn bring(
    args: &UpdateArgs,
    output: OutputArgs,
    verbosity: Verbosity,
    report: &mut Report,
) -> Result<ExitCode, Error> {
    check(output)?;
    let here = env::current_dir().map_err(Error::CurrentDirectory)?;
    let target = match &args.directory {
        Some(directory) => Target::locate("", Some(directory), &here),
        None => here.clone(),
    };
    report.project = Some(target.clone());
    let remembered = Remembered::read(&target)?;
    report.remembered = Some(remembered.clone());
    let subject = remembered.project.kind;
    let writes = !(args.check || args.diff || args.dry_run);
    // Where there is nothing to do, nothing is in the way of it.
    let clean = if writes && !args.force {
        repository::check_clean(&target)
    } else {
        Ok(())
    };
    let said = &args.answers;
    let variables = options::variables(subject, &said.variable_files, &said.variables)?;
    let stop = shutdown::flag().map_err(Error::Runtime)?;
    let steps = {
        let stop = Arc::clone(&stop);
        Steps::new(verbosity, true, move || {
            Watchdog::start(Arc::clone(&stop), subject, |error| {
                complain(error);
            })
        })
    };
    let questions = Questions { stop: &stop };
    let can_ask = console::is_interactive() && !args.json && !said.defaults;
    let questions = can_ask.then_some(&questions);
    let (own_templates, answers) = (own::templates(), own::answers(subject)?);
    let target = Target::Existing(target);
    let update = template::update(&UpdateRequest {
        remembered: &remembered,
        template: args.template.as_deref(),
        reference: args.reference.as_deref(),
        restores: args.restore,
        only_looks: args.check || clean.is_err(),
        format: &|name, texts| format(name, texts, &stop),
        request: Request {
            wanted: Wanted {
                own_templates: own_templates.as_deref(),
                ..Wanted::default()
            },
            variables: &variables,
            environment: &|name| env::var(name).ok(),
            answers: &answers,
            asker: questions.map(|it| it as &dyn Ask),
            progress: &steps,
            stop: &stop,
            ..Request::new(subject, &remembered.project.name, &target, &here)
        },
    })?;
    steps.clear();
    if update.is_needed() {
        clean?;
    }
    report.update = Some(update);
    let Some(update) = &report.update else {
        return Ok(ExitCode::SUCCESS);
    };
    if args.check {
        if !args.json && verbosity >= Verbosity::Normal {
            console::line(report.news());
        }
        return Ok(ExitCode::from(u8::from(update.is_needed())));
    }
    if args.diff {
        for change in update.changes().iter().filter(|_| !args.json) {
            console::text(diff::unified(sides(change)));
        }
        return Ok(ExitCode::SUCCESS);
    }
    if writes {
        template::apply(update, &target, &stop)?;
        report.is_written = true;
    }
    if !args.json && (!writes || verbosity >= Verbosity::Normal) {
        console::line(report.list());
    }
    Ok(report.exit_code())
}

/// Formats what is rendered as the project was when it was made. Where that cannot be, what the
/// formatter did counts as the user's changes.
fn format(name: &str, texts: &mut Texts, stop: &AtomicBool) {
    let Some(formatter) = Formatter::named(name) else {
        console::warning(
            format_args!(
                "the project was formatted with `{}`, which is not on PATH",
                shown_text(name)
            ),
            Some("with it there would be fewer conflicts"),
        );
        return;
    };
    if let Err(error) = formatter.format_texts(texts, stop) {
        console::warning(error, None);
    }
}
