//! Arguments of `scaffold check`.

use clap::Args;

use super::ChoiceArgs;

/// Seconds until loading and the request are given up: the largest projects load in less, on slow
/// machines.
const TIMEOUT: u16 = 30;

const EXAMPLES: &str = "\
Examples:
  scaffold check                       What runserver would serve here, and does it work?
  scaffold check --settings mysite.settings_production
                                       With other settings
  scaffold check --deploy --settings mysite.settings_production
                                       Are they fit for production?
  scaffold check --app hello:app       Any WSGI application, without settings
  scaffold check -v 2                  With the traceback of what is wrong
  scaffold check --json                For programs; the exit code is 1 if anything is wrong";

/// Arguments of `scaffold check`.
#[derive(Debug, Args)]
#[command(display_name = "scaffold", after_help = EXAMPLES)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) choice: ChoiceArgs,
    /// Seconds that loading and the request may take together, and Django's checks
    #[arg(long, value_name = "SECONDS", default_value_t = TIMEOUT)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub(crate) timeout: u16,
    /// Look for what would go wrong in production as well
    #[arg(long)]
    pub(crate) deploy: bool,
    /// Print what was found as one JSON document
    #[arg(long)]
    pub(crate) json: bool,
}
