//! `scaffold template test`: the tests of a template.

mod outcome;
mod step;

use std::{
    path::Path,
    process::ExitCode,
    sync::{Arc, atomic::AtomicBool},
};

use serde::Serialize;

use super::{Imagined, any_subject, existing, exit_code, here, stop, watch};
use crate::{
    cli::TestArgs,
    command::{
        error::Error,
        runtime,
        words::{counted, lossy, print_json},
    },
    console::{self, Verbosity},
    shutdown::Stop,
    template::{self, AuthoringError, Case, Cases, Plan, Request, Subject, Target, shown_text},
};
use outcome::Failure;
use step::Ran;

/// How the directories are called in which projects are made for a while.
const PREFIX: &str = "scaffold-template-test-";

#[derive(Serialize)]
struct Document {
    template: String,
    passed: usize,
    failed: usize,
    cases: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    name: String,
    description: Option<String>,
    file: String,
    passed: bool,
    /// The snapshot was written anew.
    updated: bool,
    /// How many commands were run.
    commands: usize,
    failures: Vec<String>,
}

/// What is done with the cases.
struct Runner<'a> {
    request: Request<'a>,
    stop: &'a Arc<AtomicBool>,
    subject: Subject,
    update: bool,
    no_run: bool,
    verbosity: Verbosity,
    json: bool,
}

/// Runs the command. The exit code says whether all tests passed.
pub(super) fn run(args: &TestArgs, json: bool, verbosity: Verbosity) -> Result<ExitCode, Error> {
    let TestArgs {
        directory,
        cases,
        update,
        no_run,
        subject: kind,
    } = args;
    let here = here()?;
    let subject = any_subject(*kind, "");
    let directory = existing(directory, &here, |it| AuthoringError::NoDirectory {
        template: it,
    })?;
    let stop = stop()?;
    let imagined = Imagined::new(subject, &here);
    let place = directory.to_string_lossy();
    let request = imagined.request(&place, &stop);
    let cases = Cases::read(&request)?.named(cases)?;
    let runner = Runner {
        request,
        stop: &stop,
        subject,
        update: *update,
        no_run: *no_run,
        verbosity,
        json,
    };
    let items = runtime()?.block_on(runner.all(&cases))?;
    let failed = items.iter().filter(|it| !it.passed).count();
    let passed = items.len() - failed;
    if json {
        print_json(&Document {
            template: lossy(&cases.template),
            passed,
            failed,
            cases: items,
        });
    } else if verbosity > Verbosity::Quiet {
        console::line(format_args!(
            "{}, {failed} failed",
            counted(passed, "test passed", "tests passed")
        ));
    }
    Ok(exit_code(failed == 0))
}

impl Runner<'_> {
    async fn all(&self, cases: &Cases) -> Result<Vec<Item>, Error> {
        let mut signals = Stop::listen().map_err(Error::Runtime)?;
        let mut items = Vec::new();
        for case in &cases.cases {
            let item = self.one(case, &mut signals).await?;
            self.tell(&item);
            items.push(item);
        }
        Ok(items)
    }

    async fn one(&self, case: &Case, signals: &mut Stop) -> Result<Item, Error> {
        let mut item = Item {
            name: case.name.clone(),
            description: case.description.clone(),
            file: lossy(&case.file),
            passed: true,
            updated: false,
            commands: 0,
            failures: Vec::new(),
        };
        let watchdog = watch(self.stop, self.subject);
        let planned = case.plan(&self.request)?;
        drop(watchdog);
        let mut failures = Vec::new();
        match planned {
            Err(error) => failures.push(Failure::Case(error)),
            Ok(None) => {}
            Ok(Some(plan)) => {
                if self.update {
                    item.updated = case.update(&plan)?;
                } else {
                    let differences = case.differences(&plan)?.into_iter();
                    failures.extend(differences.map(Failure::Difference));
                }
                if !self.no_run && !case.steps.is_empty() {
                    let ran = self.steps(case, &plan, signals, &mut item.commands).await?;
                    failures.extend(ran);
                }
            }
        }
        item.passed = failures.is_empty();
        item.failures = failures.iter().map(ToString::to_string).collect();
        Ok(item)
    }

    /// Makes the project, and runs the commands in it, one after another up to the first that
    /// fails. The project is gone afterwards.
    async fn steps(
        &self,
        case: &Case,
        plan: &Plan,
        signals: &mut Stop,
        commands: &mut usize,
    ) -> Result<Option<Failure>, Error> {
        let place = tempfile::Builder::new().prefix(PREFIX).tempdir();
        let place = place.map_err(Error::Runtime)?;
        let target = Target::New(place.path().join(&case.project));
        template::write(plan, &target, self.stop)?;
        for step in &case.steps {
            *commands += 1;
            if self.verbosity == Verbosity::Verbose {
                console::note(format_args!("{}: {}", case.name, shown_text(&step.shown)));
            }
            let ran = self.step(step, target.path(), signals).await?;
            if let Some(failure) = Failure::of(step, ran) {
                return Ok(Some(failure));
            }
        }
        Ok(None)
    }

    async fn step(
        &self,
        step: &template::RunStep,
        directory: &Path,
        signals: &mut Stop,
    ) -> Result<Ran, Error> {
        match step::run(step, directory, signals.wanted(self.stop)).await {
            Ok(Ran::Interrupted) => Err(template::Error::Interrupted {
                subject: self.subject,
            }
            .into()),
            Ok(ran) => Ok(ran),
            Err(error) => Ok(Ran::NotStarted(error)),
        }
    }

    /// One line for a test, and what is wrong below it.
    fn tell(&self, item: &Item) {
        if self.json || self.verbosity == Verbosity::Quiet && item.passed {
            return;
        }
        let word = match (item.passed, item.updated) {
            (false, _) => "FAILED",
            (true, true) => "written",
            (true, false) => "ok",
        };
        let commands = match item.commands {
            0 => String::new(),
            count => format!(" ({})", counted(count, "command", "commands")),
        };
        let description = item.description.as_deref().unwrap_or_default();
        let separator = if description.is_empty() { "" } else { ": " };
        console::line(format_args!(
            "{word:7} {}{separator}{}{commands}",
            shown_text(&item.name),
            super::list::one_line(description),
        ));
        for failure in &item.failures {
            for line in failure.lines() {
                console::line(format_args!("    {line}"));
            }
        }
    }
}
