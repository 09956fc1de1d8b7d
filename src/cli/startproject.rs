//! Arguments of `scaffold startproject`.

use std::path::PathBuf;

use clap::{
    Args, Command,
    error::{ContextKind, ContextValue, ErrorKind},
};

const EXAMPLES: &str = "\
Examples:
  scaffold startproject mysite             A Django project in ./mysite
  scaffold startproject mysite --install   …with an environment that runs it
  scaffold startproject mysite . --template wsgi
                                           Without a framework, in this place
  scaffold startproject mysite --template ~/my-template
                                           From a template of your own

A template may use these variables, as in {{ project_name }}:
  project_name, project_directory, camel_case_project_name, distribution_name,
  secret_key, django_version, docs_version, install";

/// Arguments of `scaffold startproject`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct StartprojectArgs {
    /// Name of the project: a Python identifier
    pub(crate) name: String,
    /// Where to put it [default: a new directory of the project's name]
    pub(crate) directory: Option<PathBuf>,
    /// Built-in template (django or wsgi), or a directory
    #[arg(long, value_name = "NAME|DIR")]
    pub(crate) template: Option<String>,
    /// What the template's archive must hash to
    #[arg(long, value_name = "sha256:HEX")]
    pub(crate) checksum: Option<String>,
    /// The branch, tag or commit of the template's repository
    #[arg(long = "ref", value_name = "REF")]
    pub(crate) reference: Option<String>,
    /// The directory in the template's archive or repository that is the template
    #[arg(long, value_name = "DIR")]
    pub(crate) subdirectory: Option<PathBuf>,
    /// Make a virtual environment, .venv, with the project's requirements
    #[arg(long)]
    pub(crate) install: bool,
}

/// Words the complaint about a missing name as Django does; leaves all others as they are.
pub(super) fn explain(error: clap::Error, command: &mut Command) -> clap::Error {
    let misses_name = error.kind() == ErrorKind::MissingRequiredArgument
        && matches!(
            error.get(ContextKind::InvalidArg),
            Some(ContextValue::Strings(missing)) if missing.iter().any(|it| it == "<NAME>")
        );
    match command.find_subcommand_mut("startproject") {
        Some(startproject) if misses_name => startproject.error(
            ErrorKind::MissingRequiredArgument,
            "You must provide a project name.",
        ),
        _ => error,
    }
}
