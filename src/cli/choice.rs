//! Arguments of every command that runs a project: which one, and with what.

use std::path::PathBuf;

use clap::Args;

/// Which application is meant, and which interpreter runs it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub(crate) struct ChoiceArgs {
    /// Settings module, as in mysite.settings [default: found in the project]
    #[arg(long, value_name = "MODULE")]
    pub(crate) settings: Option<String>,
    /// Take this WSGI application and read no settings
    #[arg(long, value_name = "MODULE:CALLABLE", conflicts_with = "settings")]
    pub(crate) app: Option<String>,
    /// Python interpreter to run the project with [default: the project's virtual environment]
    #[arg(long, value_name = "PATH")]
    pub(crate) python: Option<PathBuf>,
    /// Directory to put first on Python's module search path
    #[arg(long, value_name = "DIR")]
    pub(crate) pythonpath: Option<PathBuf>,
}
