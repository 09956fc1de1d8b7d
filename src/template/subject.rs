//! What is generated: a project or an application of one. Django's commands do the same for both,
//! with other words.

use serde::{Deserialize, Serialize};

/// Whether a project or an application is generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProjectOrApp {
    /// `startproject`.
    Project,
    /// `startapp`.
    App,
}

impl ProjectOrApp {
    /// The word for it, in messages and in the names of variables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::App => "app",
        }
    }

    /// The word with its article.
    #[must_use]
    pub fn with_article(self) -> &'static str {
        match self {
            Self::Project => "a project",
            Self::App => "an app",
        }
    }

    /// The subcommand that generates it.
    #[must_use]
    pub fn command(self) -> &'static str {
        match self {
            Self::Project => "startproject",
            Self::App => "startapp",
        }
    }

    /// The variable that holds its name, which is also what Django replaces in paths.
    #[must_use]
    pub fn name_variable(self) -> &'static str {
        match self {
            Self::Project => "project_name",
            Self::App => "app_name",
        }
    }
}
