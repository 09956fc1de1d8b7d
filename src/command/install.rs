//! Placeholder for `--install`.

use std::path::Path;

use crate::console::Verbosity;

use super::error::Error;

/// Installs the requirements of the project at `root`.
#[expect(clippy::unnecessary_wraps, reason = "a placeholder")]
pub(super) fn run(_root: &Path, _verbosity: Verbosity) -> Result<(), Error> {
    Ok(())
}
