//! Why a project cannot be watched at all. What only limits the watching is a `Notice`.

use std::{io, path::PathBuf};

/// Why watching could not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The root is not a directory that can be read.
    #[error("cannot watch `{}`: {source}", .path.display())]
    Root {
        /// The root as given.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A pattern of the user is none.
    #[error("`{pattern}` is not a pattern: {message}")]
    Pattern {
        /// The pattern as given.
        pattern: String,
        /// What is wrong with it.
        message: String,
    },
    /// A pattern of the user leads out of the project.
    #[error("the pattern `{pattern}` leads out of the project")]
    Outside {
        /// The pattern as given.
        pattern: String,
    },
    /// The system's event queue cannot be waited for.
    #[error("cannot wait for file events: {0}")]
    Events(#[source] io::Error),
}

impl Error {
    /// What the user can do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Root { .. } | Self::Events(_) => None,
            Self::Pattern { .. } => Some(
                "patterns are those of `.gitignore`, as in `*.yaml`, `config/` or \
                 `data/**/*.json`"
                    .to_owned(),
            ),
            Self::Outside { .. } => Some(
                "patterns are relative to the project's root; files elsewhere that the \
                 application loads are watched without being named"
                    .to_owned(),
            ),
        }
    }
}
