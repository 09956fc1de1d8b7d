//! Which entries of a template are taken, and which files of one without a manifest are rendered:
//! Django's `--exclude`, `--extension` and `--name`.

use std::{
    collections::BTreeSet,
    ffi::{OsStr, OsString},
    path::Path,
};

use super::path;

/// What the user chose from a template.
#[derive(Clone, Debug)]
pub struct Selection {
    /// Endings of the files to render, each with its dot, `.py` always among them. They are
    /// compared with the end of the path in the project.
    pub extensions: BTreeSet<String>,
    /// Names, without directories, of further files to render, as they are in the template.
    pub names: Vec<OsString>,
    /// Names of directories to leave out at any depth. Where this is given, hidden directories are
    /// no longer left out, `.git` excepted; so Django does it.
    pub exclude: Option<Vec<OsString>>,
}

impl Default for Selection {
    fn default() -> Self {
        Self {
            extensions: BTreeSet::from([".py".to_owned()]),
            names: Vec::new(),
            exclude: None,
        }
    }
}

impl Selection {
    /// The same with hidden directories, which templates that were made for cookiecutter have.
    pub(super) fn with_hidden(&self) -> Self {
        let mut selection = self.clone();
        selection.exclude.get_or_insert_default();
        selection
    }

    /// Whether a file, which is called so in the template and gets that path in the project, is
    /// rendered by Django's rules.
    pub(super) fn renders(&self, from: &Path, to: &Path) -> bool {
        self.extensions
            .iter()
            .any(|extension| path::ends_with(to, extension))
            || from
                .file_name()
                .is_some_and(|name| self.names.iter().any(|it| it == name))
    }

    /// Whether an entry belongs to the template: neither it nor a directory above it is left out.
    pub(super) fn takes(&self, path: &Path, is_directory: bool) -> bool {
        let mut above = path.iter();
        let Some(name) = above.next_back() else {
            return false;
        };
        !above.any(|directory| self.skips_directory(directory))
            && if is_directory {
                !self.skips_directory(name)
            } else {
                !self.skips_file(name)
            }
    }

    /// Whether a directory of this name, with all that is in it, is left out.
    pub(super) fn skips_directory(&self, name: &OsStr) -> bool {
        if name == "__pycache__" || name == ".git" {
            return true;
        }
        match &self.exclude {
            None => name.as_encoded_bytes().starts_with(b"."),
            Some(names) => names.iter().any(|it| it == name),
        }
    }

    /// Whether a file of this name is left out. `.git` is a file where the template is a worktree
    /// or a submodule: no more part of it than the directory would be.
    #[expect(
        clippy::unused_self,
        reason = "a question about the selection like the others"
    )]
    pub(super) fn skips_file(&self, name: &OsStr) -> bool {
        let octets = name.as_encoded_bytes();
        octets == b".git"
            || [&b".pyo"[..], b".pyc", b".py.class"]
                .iter()
                .any(|suffix| octets.ends_with(suffix))
    }
}
