//! `scaffold startproject`.

use crate::{cli::StartprojectArgs, console::Verbosity};

use super::error::Error;

/// Runs `scaffold startproject`.
pub(super) fn run(_args: StartprojectArgs, _verbosity: Verbosity) -> Result<(), Error> {
    Ok(())
}
