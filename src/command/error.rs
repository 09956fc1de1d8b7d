//! The errors of all parts, wrapped once: the text, the label before it, the hint after it, and
//! the exit code.

use std::process::ExitCode;

use crate::{project, template};

/// Why a subcommand failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Generating a project failed; nothing was left on the disk.
    #[error(transparent)]
    Template(#[from] template::Error),
    /// The project, its name or its interpreter is not usable.
    #[error(transparent)]
    Project(#[from] project::Error),
}

impl Error {
    /// The word before the message: `CommandError` where the message is Django's own, so that
    /// scripts which look for Django's line find it.
    pub(crate) fn label(&self) -> &'static str {
        let is_django = match self {
            Self::Template(error) => error.is_django(),
            Self::Project(error) => error.is_django(),
        };
        if is_django { "CommandError" } else { "error" }
    }

    /// What the user can do next.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Template(error) => error.hint(),
            Self::Project(error) => error.hint(),
        }
    }

    /// The code to exit with: 1, as Django's commands use for every error past the arguments.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::FAILURE
    }
}
