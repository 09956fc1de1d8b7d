//! Why a template cannot be made, or its tests cannot be run.

use std::{io, path::PathBuf};

use crate::template::{report::Report, shown};

/// Why a template cannot be made, or its tests cannot be run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthoringError {
    /// No template in the program is called so.
    #[error("there is no built-in template `{}`", shown::printable(name))]
    NotBuiltIn {
        /// What the user asked for.
        name: String,
        /// What there is.
        hint: String,
    },
    /// Where a template would go, something is.
    #[error("{}", in_the_way(paths))]
    InTheWay {
        /// What is there.
        paths: Vec<PathBuf>,
    },
    /// Only a template with a manifest has tests.
    #[error("`{}` has no `scaffold.toml`, and so no tests", shown::path(template))]
    NoManifest {
        /// The template.
        template: PathBuf,
    },
    /// The template is not there.
    #[error("there is no directory `{}`", shown::path(template))]
    NoDirectory {
        /// Where it would be.
        template: PathBuf,
    },
    /// There are no tests.
    #[error("`{}` has no tests", shown::path(template))]
    NoCases {
        /// The template.
        template: PathBuf,
    },
    /// No test is called so.
    #[error("`{}` has no test `{}`", shown::path(template), shown::printable(name))]
    NoSuchCase {
        /// The template.
        template: PathBuf,
        /// What the user asked for.
        name: String,
        /// What there is.
        names: Vec<String>,
    },
    /// A test is not as it should be.
    #[error("{report}")]
    Case {
        /// Where, and what is wrong.
        report: Report,
    },
    /// A file of the project cannot be read.
    #[error("cannot read `{}`: {source}", shown::path(path))]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// A snapshot cannot be written.
    #[error("cannot write `{}`: {source}", shown::path(path))]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The project's name cannot be the name of one.
    #[error(
        "`{}` cannot be the name of a project: {reason}",
        shown::printable(name)
    )]
    Name {
        /// The name.
        name: String,
        /// Why not.
        reason: &'static str,
    },
    /// Nothing in the project has the name.
    #[error(
        "`{}` is nowhere in `{}`: neither in a name of a file nor in a text",
        shown::printable(name),
        shown::path(project)
    )]
    NameNowhere {
        /// The name.
        name: String,
        /// The project.
        project: PathBuf,
    },
    /// The directory is a template already, or is no project.
    #[error("`{}` cannot become a template: {reason}", shown::path(project))]
    NotAProject {
        /// The directory.
        project: PathBuf,
        /// Why not.
        reason: &'static str,
    },
    /// The template would be a part of the project.
    #[error(
        "`{}` is in the project `{}` that it would be made of",
        shown::path(target),
        shown::path(project)
    )]
    Inside {
        /// Where the template would go.
        target: PathBuf,
        /// The project.
        project: PathBuf,
    },
    /// The template does not render back to the project.
    #[error("the template would not give the project back: {reason}")]
    NotTheSame {
        /// What differs.
        reason: String,
    },
}

impl AuthoringError {
    /// What the user can do next.
    #[must_use]
    pub(in crate::template) fn hint(&self) -> String {
        match self {
            Self::NotBuiltIn { hint, .. } => hint.clone(),
            Self::InTheWay { .. } => {
                "nothing was written; choose another name or directory".to_owned()
            }
            Self::NoManifest { .. } => {
                "an empty `scaffold.toml` makes it a native template".to_owned()
            }
            Self::NoDirectory { .. } => {
                "give the directory of the template; `scaffold template eject` makes one of a \
                 built-in template"
                    .to_owned()
            }
            Self::NoCases { .. } => "write one, `tests/default.toml`, with the line `[case]`, and \
                 run `scaffold template test --update`"
                .to_owned(),
            Self::NoSuchCase { names, .. } => format!("there are {}", names.join(", ")),
            Self::Case { .. } => "the reference of tests is in docs/authoring.md".to_owned(),
            Self::Read { .. } | Self::Write { .. } => "look at its permissions".to_owned(),
            Self::Name { .. } => {
                "say how it is called with `--name`, as in `--name mysite`".to_owned()
            }
            Self::NameNowhere { .. } => "say how the project calls itself with `--name`".to_owned(),
            Self::NotAProject { .. } => {
                "name the directory of a project that works as it is".to_owned()
            }
            Self::Inside { .. } => "say where it goes with `--into`".to_owned(),
            Self::NotTheSame { .. } => {
                "nothing was written; leave that file out of the project, or report this".to_owned()
            }
        }
    }
}

/// What is in the way: one path, or the first with the others below it.
fn in_the_way(paths: &[PathBuf]) -> String {
    let mut texts = paths.iter().map(|path| shown::path(path).to_string());
    let mut text = format!("`{}` is there already", texts.next().unwrap_or_default());
    for other in texts {
        text.push_str("\n  and ");
        text.push_str(&other);
    }
    text
}
