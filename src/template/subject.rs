//! What is generated: a project, an application of one, or the configuration of a server for one.
//! Django's commands do the same for the first two, with other words.

use serde::{Deserialize, Serialize};

/// What is generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Subject {
    /// A project: `startproject`.
    Project,
    /// An application of a project: `startapp`.
    App,
    /// What a server needs to run a project: `deploy`.
    Deployment,
}

impl Subject {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Project, Self::App, Self::Deployment];

    /// The word for it, in messages, in the names of variables, and for the directory of the
    /// built-in templates.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::App => "app",
            Self::Deployment => "deploy",
        }
    }

    /// The word with its article.
    #[must_use]
    pub fn with_article(self) -> &'static str {
        match self {
            Self::Project => "a project",
            Self::App => "an app",
            Self::Deployment => "a deployment",
        }
    }

    /// The subcommand that generates it.
    #[must_use]
    pub fn command(self) -> &'static str {
        match self {
            Self::Project => "startproject",
            Self::App => "startapp",
            Self::Deployment => "deploy",
        }
    }

    /// The variable that holds its name, which is also what Django replaces in paths. A deployment
    /// has the name of its project.
    #[must_use]
    pub fn name_variable(self) -> &'static str {
        match self {
            Self::Project | Self::Deployment => "project_name",
            Self::App => "app_name",
        }
    }

    /// What templates are called by whose subject has to be told from others of the same name.
    #[must_use]
    pub fn template_name(self, name: &str) -> String {
        match self {
            Self::Project | Self::App => name.to_owned(),
            Self::Deployment => format!("{}/{name}", self.word()),
        }
    }

    /// The name of a template for deployments, if the text is one: `gunicorn` of `deploy/gunicorn`.
    #[must_use]
    pub fn deployment(template: &str) -> Option<&str> {
        let (word, name) = template.split_once('/')?;
        let is_name = !name.is_empty() && !name.contains('/') && !name.starts_with('.');
        (word == Self::Deployment.word() && is_name).then_some(name)
    }
}
