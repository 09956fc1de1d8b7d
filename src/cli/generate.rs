//! Arguments of `scaffold startproject` and `scaffold startapp`: Django's, and ours beside them.

use std::path::PathBuf;

use clap::{ArgAction, Args};

use super::{AnswerArgs, VersionArgs};

const PROJECT_EXAMPLES: &str = "\
Examples:
  scaffold startproject mysite             A Django project in ./mysite
  scaffold startproject mysite --install   …with an environment that runs it
  scaffold startproject mysite . --template wsgi
                                           Without a framework, in this place
  scaffold startproject mysite --template ~/my-template --var team=web
                                           From a template of your own
  scaffold startproject mysite --template gh:owner/repository --dry-run
                                           See first what would be made

Variables that a template may use, as in {{ project_name }}:
  project_name, project_directory, camel_case_project_name, secret_key,
  django_version, docs_version, and your own. A template with a scaffold.toml
  has distribution_name and install beside these; one without has the options.";

const APP_EXAMPLES: &str = "\
Examples:
  scaffold startapp polls                  An application in ./polls
  scaffold startapp polls apps/polls       …in another place
  scaffold startapp polls --template ~/my-app-template -e html,txt
                                           From a template of your own
  scaffold startapp polls --dry-run        See first what would be made

Variables that a template may use, as in {{ app_name }}:
  app_name, app_directory, camel_case_app_name, django_version, docs_version,
  and your own. A template without a scaffold.toml has the options besides.";

/// Arguments of `scaffold startproject`.
#[derive(Debug, Args)]
#[command(display_name = "scaffold", after_help = PROJECT_EXAMPLES, override_usage = "scaffold startproject [OPTIONS] <NAME> [DIRECTORY]")]
pub(crate) struct StartprojectArgs {
    #[command(flatten)]
    pub(crate) generate: GenerateArgs,
    /// Make a virtual environment, .venv, with the project's requirements
    #[arg(long)]
    pub(crate) install: bool,
}

/// Arguments of `scaffold startapp`.
#[derive(Debug, Args)]
#[command(display_name = "scaffold", after_help = APP_EXAMPLES, override_usage = "scaffold startapp [OPTIONS] <NAME> [DIRECTORY]")]
pub(crate) struct StartappArgs {
    #[command(flatten)]
    pub(crate) generate: GenerateArgs,
}

/// What both commands take.
#[derive(Clone, Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option that is given or not"
)]
pub(crate) struct GenerateArgs {
    /// The name to give: a Python identifier, or with `--template rust` a Cargo package's name
    pub(crate) name: String,
    /// Where to put it [default: a new directory of that name]
    pub(crate) directory: Option<PathBuf>,

    /// A template's name, a directory, an archive, a URL or a Git repository [default: django]
    #[arg(long, value_name = "TEMPLATE", help_heading = "Template")]
    pub(crate) template: Option<String>,
    #[command(flatten)]
    pub(crate) version: VersionArgs,
    /// Optional parts of the template: repeat it, or separate them with commas
    #[arg(long = "with", value_name = "PART", help_heading = "Template")]
    #[arg(id = "parts", value_delimiter = ',', action = ArgAction::Append)]
    pub(crate) parts: Vec<String>,
    /// Endings of files to render beside .py: repeat it, or separate them with commas
    #[arg(
        long = "extension",
        short = 'e',
        value_name = "EXTENSION",
        help_heading = "Template"
    )]
    #[arg(action = ArgAction::Append)]
    pub(crate) extensions: Vec<String>,
    /// Names of further files to render: repeat it, or separate them with commas
    #[arg(
        long = "name",
        short = 'n',
        value_name = "FILE",
        help_heading = "Template"
    )]
    #[arg(id = "file", action = ArgAction::Append)]
    pub(crate) files: Vec<String>,
    /// A directory's name to leave out of the template; given at all, even without a name, it
    /// lets hidden directories in, except .git
    #[arg(long, short = 'x', value_name = "NAME", help_heading = "Template")]
    #[arg(action = ArgAction::Append, num_args = 0..=1, default_missing_value = "")]
    pub(crate) exclude: Option<Vec<String>>,

    #[command(flatten)]
    pub(crate) answers: AnswerArgs,
    /// Settings module, for a template without scaffold.toml, where it is a variable
    #[arg(long, value_name = "MODULE", help_heading = "Variables")]
    pub(crate) settings: Option<String>,
    /// Directory to look in first for a module of that name; a variable as well
    #[arg(long, value_name = "DIR", help_heading = "Variables")]
    pub(crate) pythonpath: Option<String>,
    /// Accepted as Django's: errors always say all there is to say
    #[arg(long, help_heading = "Output")]
    pub(crate) traceback: bool,

    /// Run the commands that the template's manifest has, without asking
    #[arg(long, help_heading = "Template")]
    pub(crate) trust: bool,
    /// Replace files that are there already
    #[arg(
        long,
        conflicts_with = "skip_existing",
        help_heading = "Existing files"
    )]
    pub(crate) overwrite: bool,
    /// Leave files as they are that are there already
    #[arg(long, help_heading = "Existing files")]
    pub(crate) skip_existing: bool,
    /// Write nothing, and show as a unified diff what would change
    #[arg(long, conflicts_with = "dry_run", help_heading = "Existing files")]
    pub(crate) diff: bool,

    /// Write nothing, and show what would be made
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Make a Git repository of it, with a first commit
    #[arg(long)]
    pub(crate) git: bool,
    /// Describe what was made, or what went wrong, as JSON on standard output
    #[arg(long)]
    pub(crate) json: bool,
    /// Do not run black or ruff, if one is on PATH, over the Python files that were made
    #[arg(long)]
    pub(crate) no_format: bool,
}
