//! `--git`: a repository for what was made, with a first commit.

use std::path::{Path, PathBuf};

use crate::{
    command::{
        error::Error,
        repository::{self, Contents},
    },
    console,
    template::{Plan, Target, shown_path},
};

/// What is to be done, found out before anything is made.
#[derive(Debug)]
pub(super) enum Intent {
    /// The user wants none.
    None,
    Make,
    /// What is made is in this repository, and comes to be a part of it as the user adds it.
    PartOf(PathBuf),
}

impl Intent {
    /// Finds out what can be done for something that is to be made there.
    pub(super) fn find(is_wanted: bool, target: &Path) -> Result<Self, Error> {
        if !is_wanted {
            return Ok(Self::None);
        }
        Ok(match repository::root(target)? {
            Some(root) => Self::PartOf(root),
            None => Self::Make,
        })
    }

    /// Makes the repository of what was made: everything in a new directory, and in one that was
    /// there only the files.
    pub(super) fn carry_out(
        self,
        name: &str,
        plan: &Plan,
        target: &Target,
        files: &[PathBuf],
    ) -> Result<(), Error> {
        match self {
            Self::None => {}
            Self::PartOf(root) => console::warning(
                format_args!(
                    "no repository is made: `{}` is in the repository `{}`",
                    shown_path(target.path()),
                    shown_path(&root)
                ),
                Some("add the new files to that one"),
            ),
            Self::Make => {
                let contents = match target {
                    Target::New(_) => Contents::All,
                    Target::Existing(_) => Contents::Files(files),
                };
                let message = format!("Make {name} from the template {}", plan.template());
                repository::make(target.path(), &contents, &message)?;
            }
        }
        Ok(())
    }
}
