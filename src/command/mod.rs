//! One file or folder per subcommand, and one for the two that generate: arguments → plan → run →
//! report.
//!
//! Errors of all parts meet here, and are printed once, here.

mod add;
mod announcer;
mod banner;
mod check;
mod deploy;
mod diff;
mod error;
mod generate;
mod install;
mod listening;
mod printer;
mod repository;
mod runserver;
mod site;
mod template;
mod update;
mod words;

use std::process::ExitCode;

use tokio::runtime::Runtime;

use crate::{
    cli::{Cli, Command, OutputArgs, StartappArgs, StartprojectArgs},
    console::{self, Severity, Verbosity},
    template::Subject,
};
use error::Error;
use generate::Job;

/// Runs the chosen subcommand and returns the code to exit with.
pub(crate) fn run(cli: Cli) -> ExitCode {
    let Cli { output, command } = cli;
    let verbosity = configure(output);
    match dispatch(command, output, verbosity) {
        Ok(code) => code,
        Err(error) => {
            complain(&error);
            error.exit_code().into()
        }
    }
}

/// Prints an error, with the lines that it is about, where it is about lines of a file.
fn complain(error: &Error) {
    let hint = error.hint();
    match error.report() {
        Some(report) => console::drawn(
            Severity::Error,
            &report.headline(),
            &report.drawing(console::size().map(|(columns, _)| columns)),
            hint.as_deref(),
        ),
        None => console::error(error.label(), error, hint.as_deref()),
    }
}

fn dispatch(command: Command, output: OutputArgs, verbosity: Verbosity) -> Result<ExitCode, Error> {
    let done = match command {
        Command::Startproject(StartprojectArgs { generate, install }) => generate::run(&Job {
            subject: Subject::Project,
            args: generate,
            install,
            output,
            verbosity,
        }),
        Command::Startapp(StartappArgs { generate }) => generate::run(&Job {
            subject: Subject::App,
            args: generate,
            install: false,
            output,
            verbosity,
        }),
        Command::Runserver(args) => {
            check(output)?;
            runserver::run(&args, output, verbosity)
        }
        Command::Deploy(args) => deploy::run(&args, output, verbosity),
        Command::Update(args) => return update::run(&args, output, verbosity),
        Command::Add(args) => return add::run(&args, output, verbosity),
        Command::Check(args) => return Ok(check::run(&args, output, verbosity)),
        Command::Template(args) => return template::run(&args, output, verbosity),
    };
    done.map(|()| ExitCode::SUCCESS)
}

/// Fails where the options about output contradict each other: an error past the arguments, as it
/// is one of Django's.
fn check(output: OutputArgs) -> Result<(), Error> {
    if output.no_color && output.force_color {
        Err(Error::ColorConflict)
    } else {
        Ok(())
    }
}

/// One thread, for what waits for signals or for other programs.
fn runtime() -> Result<Runtime, Error> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().map_err(Error::Runtime)
}

/// Applies what the user said about output, and returns how much to print.
fn configure(output: OutputArgs) -> Verbosity {
    let OutputArgs {
        quiet,
        verbosity,
        no_color,
        force_color,
    } = output;
    console::set_color(match (no_color, force_color) {
        (true, _) => Some(false),
        (_, true) => Some(true),
        _ => None,
    });
    match verbosity {
        _ if quiet => Verbosity::Quiet,
        0 => Verbosity::Quiet,
        1 => Verbosity::Normal,
        _ => Verbosity::Verbose,
    }
}
