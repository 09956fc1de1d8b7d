//! Why a project could not be brought to another version of its template: the texts, and what to do
//! next.

use std::path::{Path, PathBuf};

use crate::template::{
    remembered,
    report::Report,
    shown::{self, printable},
};

/// Why an update failed. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UpdateError {
    /// There is no file that says what the project was made from.
    #[error("`{}` remembers no template", shown::path(project))]
    NothingRemembered {
        /// The project's root.
        project: PathBuf,
    },
    /// That file is not as it should be.
    #[error("{report}")]
    Memory {
        /// Where, and what is wrong.
        report: Report,
    },
    /// The template is not where it was.
    #[error(
        "the template `{}`, which the project was made from, is not there",
        printable(template)
    )]
    Gone {
        /// The template.
        template: String,
    },
    /// The template has no manifest any more.
    #[error(
        "the template `{}` has no `scaffold.toml` any more",
        printable(template)
    )]
    NotNative {
        /// The template.
        template: String,
    },
    /// The version that the project was made from cannot be had.
    #[error(
        "the template `{}` has no commit `{}`, which the project was made from",
        printable(template),
        printable(commit)
    )]
    NoHistory {
        /// The template.
        template: String,
        /// The commit.
        commit: String,
    },
    /// An earlier run was killed while it changed files.
    #[error(
        "an earlier run of `scaffold` in `{}` was killed while it changed files",
        shown::path(target)
    )]
    Killed {
        /// The directory.
        target: PathBuf,
        /// Where the files are as they were.
        kept: PathBuf,
        /// The file that says so.
        journal: PathBuf,
    },
}

impl UpdateError {
    /// What the user can do next.
    pub(in crate::template) fn hint(&self) -> String {
        match self {
            Self::NothingRemembered { project } if project_above(project).is_some() => {
                let above = project_above(project).unwrap_or(project);
                format!(
                    "the project is `{0}`: go there, or run `scaffold update {0}`",
                    shown::path(above)
                )
            }
            Self::NothingRemembered { .. } => {
                "only what was made from a template with a `scaffold.toml` can be updated; there \
                 `.scaffold.toml` says what it was made from"
                    .to_owned()
            }
            Self::Memory { .. } => {
                "take the file from the history of your project, or make the project anew"
                    .to_owned()
            }
            Self::Gone { .. } => "`--template` says where it is now, and is remembered".to_owned(),
            Self::NotNative { .. } => {
                "with `--ref` an earlier version can be had, with `--template` another place"
                    .to_owned()
            }
            Self::NoHistory { .. } => {
                "its history was rewritten, or this is another repository; `--template` takes \
                 one that has the commit"
                    .to_owned()
            }
            Self::Killed { kept, journal, .. } => format!(
                "what it had changed until then is in `{}` as it was; put that back (or take it \
                 from your repository), then remove that directory and `{}`",
                shown::path(kept),
                shown::path(journal)
            ),
        }
    }
}

/// The project that a directory is in.
fn project_above(directory: &Path) -> Option<&Path> {
    let mut above = directory.ancestors().skip(1);
    above.find(|it| it.join(remembered::FILE_NAME).is_file())
}
