//! Groups of options that several commands have.

use std::path::PathBuf;

use clap::{ArgAction, Args};

/// Where in what was named the template is, and in which state.
#[derive(Clone, Debug, Args)]
pub(crate) struct VersionArgs {
    /// The branch, tag or commit of a Git repository
    #[arg(long = "ref", value_name = "REF", help_heading = "Template")]
    pub(crate) reference: Option<String>,
    /// The directory in an archive or repository that is the template
    #[arg(long, value_name = "DIR", help_heading = "Template")]
    pub(crate) subdirectory: Option<PathBuf>,
    /// What an archive must hash to, or it is not taken
    #[arg(long, value_name = "sha256:HEX", help_heading = "Template")]
    pub(crate) checksum: Option<String>,
}

/// The values of a template's variables.
#[derive(Clone, Debug, Args)]
pub(crate) struct AnswerArgs {
    /// A variable for the template; it stands before all others
    #[arg(long = "var", value_name = "NAME=VALUE", help_heading = "Variables")]
    #[arg(action = ArgAction::Append)]
    pub(crate) variables: Vec<String>,
    /// A file of variables: .toml, .yaml or .json; a later one stands before an earlier one
    #[arg(long = "vars", value_name = "FILE", help_heading = "Variables")]
    #[arg(action = ArgAction::Append)]
    pub(crate) variable_files: Vec<PathBuf>,
    /// Ask nothing: take the defaults of what is not given
    #[arg(long, help_heading = "Variables")]
    pub(crate) defaults: bool,
}

/// What a template is for that is there.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct AnySubjectArgs {
    /// The template is one of applications, for startapp
    #[arg(long)]
    pub(crate) app: bool,
    /// The template is one of deployments, for deploy
    #[arg(long, conflicts_with = "app")]
    pub(crate) deploy: bool,
}

/// What a template is for.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct SubjectArgs {
    /// The template is one of applications, for startapp
    #[arg(long)]
    pub(crate) app: bool,
}
