//! Arguments of `scaffold add` and its subcommands.

use std::path::PathBuf;

use clap::{Args, Subcommand};

const EXAMPLES: &str = "\
Examples:
  scaffold add wsgi                        A wsgi.py, and the setting that names it";

const WSGI_EXAMPLES: &str = "\
Examples:
  scaffold add wsgi                        Show what is to be written, and ask
  scaffold add wsgi --diff                 Only show it
  scaffold add wsgi --settings mysite.settings.production
                                           For other settings
  scaffold add wsgi --yes                  Ask nothing

The settings are read by the project's Python, and not imported. Where nobody can be asked, what is
shown is written.";

/// Arguments of `scaffold add`.
#[derive(Debug, Args)]
#[command(display_name = "scaffold", after_help = EXAMPLES, subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct AddArgs {
    #[command(subcommand)]
    pub(crate) command: AddCommand,
}

/// The subcommands of `scaffold add`.
#[derive(Debug, Subcommand)]
pub(crate) enum AddCommand {
    /// Add a wsgi.py to a Django project, and `WSGI_APPLICATION` to its settings
    Wsgi(AddWsgiArgs),
}

/// Arguments of `scaffold add wsgi`.
#[derive(Debug, Args)]
#[command(display_name = "scaffold", after_help = WSGI_EXAMPLES)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option that is given or not"
)]
pub(crate) struct AddWsgiArgs {
    /// Settings module, as in mysite.settings [default: found in the project]
    #[arg(long, value_name = "MODULE")]
    pub(crate) settings: Option<String>,
    /// Python interpreter to read the settings with [default: the project's virtual environment]
    #[arg(long, value_name = "PATH")]
    pub(crate) python: Option<PathBuf>,
    /// Directory to put first on Python's module search path
    #[arg(long, value_name = "DIR")]
    pub(crate) pythonpath: Option<PathBuf>,
    /// Write without asking
    #[arg(long, short, visible_alias = "no-input", alias = "noinput")]
    pub(crate) yes: bool,
    /// Write nothing, and show what would change as a unified diff
    #[arg(long)]
    pub(crate) diff: bool,
    /// Write nothing, and list what would change
    #[arg(long, conflicts_with = "diff")]
    pub(crate) dry_run: bool,
    /// Describe what was added, or what went wrong, as JSON on standard output
    #[arg(long)]
    pub(crate) json: bool,
}
