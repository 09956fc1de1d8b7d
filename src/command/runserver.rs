//! `scaffold runserver`.

use crate::{cli::RunserverArgs, console::Verbosity};

use super::error::Error;

/// Runs `scaffold runserver`.
pub(super) fn run(_args: RunserverArgs, _verbosity: Verbosity) -> Result<(), Error> {
    Ok(())
}
