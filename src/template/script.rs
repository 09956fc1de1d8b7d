//! The hooks of a template that was made for cookiecutter: scripts that run before and after the
//! project is made. Here they are only texts.

use std::path::{Path, PathBuf};

/// One script, rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// The name of its file, such as `post_gen_project.py`.
    pub name: PathBuf,
    /// When it runs.
    pub stage: Stage,
    /// What is in the file.
    pub text: String,
}

/// When a script runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Before anything is asked: `pre_prompt`. It changes the template, and never runs here.
    BeforeQuestions,
    /// In the project's directory, before there is anything in it: `pre_gen_project`.
    Before,
    /// In the project: `post_gen_project`.
    After,
}

impl Stage {
    /// When a file of this name runs, if it does.
    #[must_use]
    pub fn of(name: &Path) -> Option<Self> {
        if name.as_os_str().as_encoded_bytes().ends_with(b"~") {
            return None;
        }
        match name.file_stem()?.to_str()? {
            "pre_prompt" => Some(Self::BeforeQuestions),
            "pre_gen_project" => Some(Self::Before),
            "post_gen_project" => Some(Self::After),
            _ => None,
        }
    }
}
