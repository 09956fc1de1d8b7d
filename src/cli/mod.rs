//! The command line as clap types, as near to what the user types as possible.
//!
//! Nothing is decided here: `command` turns these into plans. Only `command` and the crate root
//! see this module.

mod abbreviations;
mod add;
mod check;
mod choice;
mod deploy;
mod explain;
mod generate;
mod runserver;
mod shared;
mod subcommand;
mod template;
mod update;

use std::ffi::OsString;

use clap::{
    ArgAction, Args, ColorChoice, CommandFactory as _, FromArgMatches as _, Parser,
    error::ErrorKind,
};

pub(crate) use add::{AddArgs, AddCommand, AddWsgiArgs};
pub(crate) use check::CheckArgs;
pub(crate) use choice::ChoiceArgs;
pub(crate) use deploy::DeployArgs;
pub(crate) use explain::Unparsed;
pub(crate) use generate::{GenerateArgs, StartappArgs, StartprojectArgs};
pub(crate) use runserver::RunserverArgs;
pub(crate) use shared::{AnswerArgs, AnySubjectArgs, SubjectArgs, VersionArgs};
pub(crate) use subcommand::Command;
pub(crate) use template::{
    CheckTemplateArgs, EjectArgs, FromProjectArgs, NewArgs, ShowArgs, TemplateArgs,
    TemplateCommand, TestArgs,
};
pub(crate) use update::UpdateArgs;

const EXAMPLES: &str = "\
Examples:
  scaffold startproject mysite --install   Make a Django project that can run
  cd mysite && scaffold runserver          Serve it at http://127.0.0.1:8000/
  scaffold check                           Tell what would be served, and whether it works
  scaffold help runserver                  All that runserver can do";

/// The command line.
#[derive(Debug)]
pub(crate) struct Cli {
    pub(crate) command: Command,
    pub(crate) output: OutputArgs,
}

/// Generate WSGI projects and serve them in development.
#[derive(Debug, Parser)]
#[command(name = "scaffold", version, after_help = EXAMPLES, infer_long_args = true)]
#[command(propagate_version = true, args_override_self = true)]
#[command(subcommand_required = true, arg_required_else_help = true, color = ColorChoice::Auto)]
struct Program {
    #[command(flatten)]
    output: OutputArgs,
}

/// How much is printed, and in colour or not: the same for every command.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// Print only errors
    #[arg(short, long, global = true, conflicts_with = "verbosity")]
    pub(crate) quiet: bool,
    /// How much to print: 0 (errors only) to 3
    #[arg(short, long, global = true, value_name = "LEVEL", default_value_t = 1)]
    #[arg(value_parser = clap::value_parser!(u8).range(0..=3))]
    pub(crate) verbosity: u8,
    /// Do not colour the output
    #[arg(long, global = true, action = ArgAction::SetTrue)]
    pub(crate) no_color: bool,
    /// Colour the output even where it is not a terminal
    #[arg(long, global = true, action = ArgAction::SetTrue)]
    pub(crate) force_color: bool,
}

/// Parses the arguments, the first of which is the program's name.
pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Cli, Unparsed> {
    let args: Vec<OsString> = args.into_iter().collect();
    let word = abbreviations::subcommand(&args).and_then(|at| args.get(at));
    // Which one help is asked for is said by the next word.
    let mut command = program(|name| word.is_some_and(|it| it == name || it == "help"));
    let args = abbreviations::expand(args).map_err(|it| {
        let kind = ErrorKind::UnknownArgument;
        let error = explain::complaint(&mut command, &it.command, kind, &it.message);
        Unparsed::Usage(Box::new(error))
    })?;
    let words = args.len().saturating_sub(1);
    let mut matches = command
        .try_get_matches_from_mut(args)
        .map_err(|error| explain::explain(error, &mut command, words))?;
    let usage = |error| Unparsed::Usage(Box::new(error));
    let output = OutputArgs::from_arg_matches(&matches).map_err(usage)?;
    let command = subcommand::read(&mut matches).map_err(usage)?;
    Ok(Cli { command, output })
}

/// What can be given, where one of the subcommands is meant.
fn program(is_meant: impl Fn(&str) -> bool) -> clap::Command {
    subcommand::add(Program::command(), is_meant)
}
