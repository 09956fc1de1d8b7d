//! `scaffold add`: one file per subcommand.

mod error;
mod module;
mod report;
mod wsgi;

use std::process::ExitCode;

use crate::{
    cli::{AddArgs, AddCommand, OutputArgs},
    console::Verbosity,
};

use super::{check, error::Error};
pub(crate) use error::AddError;

/// Runs the subcommand.
pub(super) fn run(
    args: &AddArgs,
    output: OutputArgs,
    verbosity: Verbosity,
) -> Result<ExitCode, Error> {
    check(output)?;
    match &args.command {
        AddCommand::Wsgi(args) => wsgi::run(args, verbosity),
    }
}
