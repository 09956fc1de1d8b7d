//! One file per subcommand: arguments → plan → run → report.
//!
//! Errors of all parts meet here, and are printed once, here.

mod announcer;
mod error;
mod install;
mod runserver;
mod startproject;

use std::process::ExitCode;

use crate::{
    cli::{Cli, Command, OutputArgs},
    console::{self, Verbosity},
};

/// Runs the chosen subcommand and returns the code to exit with.
pub(crate) fn run(cli: Cli) -> ExitCode {
    let Cli { output, command } = cli;
    let verbosity = configure(output);
    let result = match command {
        Command::Startproject(args) => startproject::run(args, verbosity),
        Command::Runserver(args) => runserver::run(args, verbosity),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            console::error(error.label(), &error, error.hint().as_deref());
            error.exit_code()
        }
    }
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
