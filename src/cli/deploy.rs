//! Arguments of `scaffold deploy`.

use std::path::PathBuf;

use clap::Args;

use super::{AnswerArgs, ChoiceArgs, VersionArgs};

const EXAMPLES: &str = "\
Examples:
  scaffold deploy --list                   The targets, and when each fits
  scaffold deploy gunicorn                 Its configuration and systemd units in ./deploy/gunicorn
  scaffold deploy gunicorn --diff          What would change in files that are there
  scaffold deploy gunicorn --force         Replace them, and keep each as FILE.bak
  scaffold deploy gunicorn --var directory=/srv/mysite
                                           For a project that is elsewhere on the server
  scaffold template show deploy/gunicorn   All variables of a target
  scaffold template eject deploy/gunicorn ~/.config/scaffold/templates/deploy/gunicorn
                                           Its template, to change it for all your projects";

/// Arguments of `scaffold deploy`.
#[derive(Clone, Debug, Args)]
#[command(display_name = "scaffold", after_help = EXAMPLES)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option that is given or not"
)]
pub(crate) struct DeployArgs {
    /// The server, as `--list` names it
    #[arg(required_unless_present = "list")]
    pub(crate) target: Option<String>,
    /// Where to put the files [default: deploy/TARGET in the project]
    #[arg(long, value_name = "DIR")]
    pub(crate) into: Option<PathBuf>,
    /// List the targets, and say when each fits
    #[arg(long, conflicts_with = "target")]
    pub(crate) list: bool,

    #[command(flatten)]
    pub(crate) choice: ChoiceArgs,

    /// A directory, an archive, a URL or a Git repository, in place of the target's own template
    #[arg(long, value_name = "TEMPLATE", help_heading = "Template")]
    pub(crate) template: Option<String>,
    #[command(flatten)]
    pub(crate) version: VersionArgs,
    /// Run the commands that the template's manifest has, without asking
    #[arg(long, help_heading = "Template")]
    pub(crate) trust: bool,

    #[command(flatten)]
    pub(crate) answers: AnswerArgs,

    /// Replace files that are there with other contents, and keep each beside the new one
    #[arg(long, help_heading = "Existing files")]
    pub(crate) force: bool,
    /// Write nothing, and show as a unified diff what would change
    #[arg(long, conflicts_with = "dry_run", help_heading = "Existing files")]
    pub(crate) diff: bool,

    /// Write nothing, and show what would be made
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Describe what was made, or what went wrong, as JSON on standard output
    #[arg(long)]
    pub(crate) json: bool,
}
