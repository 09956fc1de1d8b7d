//! Where a template comes from, and the entries it consists of.
//!
//! Which entries belong to a template is decided here, by Django's rules; what becomes of them is
//! not.

mod builtin;
mod directory;

use std::{
    borrow::Cow,
    ffi::OsStr,
    path::{Path, PathBuf},
};

use super::{error::Error, path::absolute, similar::similar};

/// One thing in a template.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Where it is in the template: relative, and never empty.
    pub(super) path: PathBuf,
    pub(super) kind: Kind,
}

/// What an entry is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Directory,
    File {
        contents: Cow<'static, [u8]>,
        /// The permission bits, before the umask.
        mode: u32,
    },
}

/// A template that was found.
#[derive(Debug)]
pub(super) enum Source {
    /// One of those in this program.
    Builtin(&'static include_dir::Dir<'static>),
    /// A directory of the user's.
    Directory(PathBuf),
}

impl Source {
    /// Finds what the user means: the name of a built-in template, unless it is written as a
    /// path, else a directory.
    pub(super) fn resolve(template: &str, current_directory: &Path) -> Result<Self, Error> {
        let is_path = template.contains('/') || template.starts_with(['.', '~']);
        if !is_path && let Some(builtin) = builtin::find(template) {
            return Ok(Self::Builtin(builtin));
        }
        let path = template.strip_prefix("file://").unwrap_or(template);
        let path = absolute(Path::new(path), current_directory);
        if !template.is_empty() && path.is_dir() {
            return Ok(Self::Directory(path));
        }
        let hint = match suggestion(template) {
            Some(name) if !is_path => format!("did you mean `{name}`? "),
            _ if !template.is_empty() && path.exists() => {
                format!("`{}` is not a directory. ", path.display())
            }
            _ => String::new(),
        };
        let names: Vec<_> = builtin::names().map(|name| format!("`{name}`")).collect();
        Err(Error::UnknownTemplate {
            template: template.to_owned(),
            hint: format!(
                "{hint}built-in templates: {}; or give a directory",
                names.join(", ")
            ),
        })
    }

    /// Everything in the template, in no particular order.
    pub(super) fn entries(&self) -> Result<Vec<Entry>, Error> {
        match self {
            Self::Builtin(root) => Ok(builtin::entries(root)),
            Self::Directory(root) => directory::entries(root),
        }
    }

    /// How an entry is called in messages.
    pub(super) fn locate(&self, entry: &Path) -> PathBuf {
        match self {
            Self::Builtin(root) => root.path().join(entry),
            Self::Directory(root) => root.join(entry),
        }
    }

    /// How the template is called in messages.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Builtin(root) => root.path().display().to_string(),
            Self::Directory(root) => root.display().to_string(),
        }
    }
}

/// The built-in name that the user may have meant.
fn suggestion(template: &str) -> Option<&'static str> {
    similar(&template.to_lowercase(), builtin::names())
}

/// Whether a directory of this name, with all that is in it, is left out.
fn skips_directory(name: &OsStr) -> bool {
    name == "__pycache__" || name.as_encoded_bytes().starts_with(b".")
}

/// Whether a file of this name is left out. `.git` is a file where the template is a worktree or
/// a submodule: no more part of it than the directory would be.
fn skips_file(name: &OsStr) -> bool {
    let bytes = name.as_encoded_bytes();
    bytes == b".git"
        || [&b".pyo"[..], b".pyc", b".py.class"]
            .iter()
            .any(|suffix| bytes.ends_with(suffix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(template: &str) -> String {
        let error = Source::resolve(template, Path::new("/")).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("couldn't handle project template {template}.")
        );
        error.hint().unwrap()
    }

    #[test]
    fn a_bare_name_is_a_builtin() {
        assert!(matches!(
            Source::resolve("django", Path::new("/")),
            Ok(Source::Builtin(_))
        ));
    }

    #[test]
    fn what_is_written_as_a_path_is_no_builtin() {
        for template in ["./django", "file://django", "~/django/none", "x/django"] {
            let hint = hint(template);
            assert!(!hint.contains("did you mean"), "{hint}");
        }
    }

    #[test]
    fn a_mistyped_name_gets_a_suggestion() {
        for (typed, meant) in [("djnago", "django"), ("Django", "django"), ("wsig", "wsgi")] {
            let hint = hint(typed);
            assert!(
                hint.starts_with(&format!("did you mean `{meant}`? ")),
                "{hint}"
            );
            assert!(
                hint.contains("built-in templates: `django`, `wsgi`"),
                "{hint}"
            );
        }
        assert!(!hint("zzzz").contains("did you mean"));
        assert!(hint("").starts_with("built-in templates: "));
    }
}
