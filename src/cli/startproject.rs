//! Arguments of `scaffold startproject`.

use std::path::PathBuf;

use clap::Args;

const EXAMPLES: &str = "\
Examples:
  scaffold startproject mysite                       A Django project in ./mysite
  scaffold startproject mysite --install             …with a virtual environment that can run it
  scaffold startproject mysite . --template wsgi     A project without a framework, in this directory
  scaffold startproject mysite --template ~/my-tpl   From a template of your own";

/// Arguments of `scaffold startproject`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct StartprojectArgs {
    /// Name of the project: a Python identifier
    pub(crate) name: String,
    /// Where to put it [default: a new directory of the project's name]
    pub(crate) directory: Option<PathBuf>,
    /// Built-in template (django, wsgi) or a directory
    #[arg(long, value_name = "NAME|DIR", default_value = "django")]
    pub(crate) template: String,
    /// Make a virtual environment in .venv and install the project's requirements
    #[arg(long)]
    pub(crate) install: bool,
}
