//! Arguments of `scaffold update`.

use std::path::PathBuf;

use clap::Args;

use super::AnswerArgs;

const EXAMPLES: &str = "\
Examples:
  scaffold update                      Bring the template's changes into this project
  scaffold update --check              Is there anything to bring in? The exit code is 1 if so
  scaffold update --diff               See first what would change
  scaffold update --ref v2             To another branch, tag or commit of the template
  scaffold update --var database=postgresql
                                       With another answer than when the project was made

What both you and the template have changed in the same lines gets markers, as in a merge of Git;
the exit code is 1 then, and all such files are listed.";

/// Arguments of `scaffold update`.
#[derive(Debug, Args)]
#[command(display_name = "scaffold", after_help = EXAMPLES)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option that is given or not"
)]
pub(crate) struct UpdateArgs {
    /// The project [default: the current directory]
    pub(crate) directory: Option<PathBuf>,

    /// The branch, tag or commit of the template to go to [default: what the project was made from]
    #[arg(long = "ref", value_name = "REF", help_heading = "Template")]
    pub(crate) reference: Option<String>,
    /// Where the template is now, if it has moved
    #[arg(long, value_name = "TEMPLATE", help_heading = "Template")]
    pub(crate) template: Option<String>,

    #[command(flatten)]
    pub(crate) answers: AnswerArgs,

    /// Only tell whether there is an update: the exit code is 1 if so
    #[arg(long, conflicts_with_all = ["diff", "dry_run", "restore"])]
    pub(crate) check: bool,
    /// Write nothing, and show what would change as a unified diff
    #[arg(long)]
    pub(crate) diff: bool,
    /// Write nothing, and list what would change
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Bring files back that you have deleted, where the template has changed them
    #[arg(long)]
    pub(crate) restore: bool,
    /// Go on without a Git repository, or with changes in it that are not committed
    #[arg(long)]
    pub(crate) force: bool,
    /// Describe what was changed, or what went wrong, as JSON on standard output
    #[arg(long)]
    pub(crate) json: bool,
}
