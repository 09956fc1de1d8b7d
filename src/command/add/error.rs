//! Why nothing was added to a project.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    template::{Report, shown_path},
    worker::Refusal,
};

/// What a refusal of the kind `setting` is about.
const SETTING: &str = "WSGI_APPLICATION";

/// Why nothing was added to a project. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AddError {
    /// The project is in Rust.
    #[error("this project is in Rust, and has its application in `src/wsgi.rs`")]
    Rust,
    /// No project, and no settings of one.
    #[error("there is no project in `{}` or above it", shown_path(.0))]
    NoProject(PathBuf),
    /// The project is not as it would have to be.
    #[error("{message}")]
    Refused {
        /// What is wrong, in one word.
        kind: String,
        /// What is wrong.
        message: String,
        /// What to do about it; may be empty.
        hint: String,
    },
    /// The same with a place in a file.
    #[error("{report}")]
    At {
        /// What is wrong, in one word.
        kind: String,
        /// Where, and what is wrong.
        report: Report,
        /// What to do about it; may be empty.
        hint: String,
    },
    /// What the interpreter says of a file is not as agreed.
    #[error("the settings file could not be read back from the interpreter")]
    Broken,
}

impl AddError {
    /// What the interpreter says, with the line of the file that it is about. Files of the project
    /// are called as they are from its root.
    pub(super) fn refused(refusal: Refusal, root: &Path) -> Self {
        let Refusal {
            kind,
            message,
            hint,
            path,
            line,
            column,
        } = refusal;
        let Some(path) = path else {
            return Self::Refused {
                kind,
                message,
                hint,
            };
        };
        let width = if kind == "setting" { SETTING.len() } else { 1 };
        // What cannot be read has no line to show.
        let text = fs::read(&path).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let shown = path.strip_prefix(root).unwrap_or(&path);
        Self::At {
            kind,
            report: Report::at(shown, &text, (line, column), width, &message),
            hint,
        }
    }

    /// What is wrong, in one word.
    pub(super) fn kind(&self) -> &str {
        match self {
            Self::Rust => "language",
            Self::NoProject(_) => "project",
            Self::Refused { kind, .. } | Self::At { kind, .. } => kind,
            Self::Broken => "interpreter",
        }
    }

    pub(crate) fn report(&self) -> Option<&Report> {
        match self {
            Self::At { report, .. } => Some(report),
            _ => None,
        }
    }

    /// What the user can do next.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Rust => Some("`scaffold add wsgi` is for Django projects".to_owned()),
            Self::NoProject(_) => Some(
                "go to the directory of `manage.py`, or to the one that the settings module is \
                 imported from and name it: `--settings mysite.settings`"
                    .to_owned(),
            ),
            Self::Refused { hint, .. } | Self::At { hint, .. } => {
                Some(hint.clone()).filter(|it| !it.is_empty())
            }
            Self::Broken => None,
        }
    }
}
