//! Changing and making single files of a project that is there: all of them, or none. What they are
//! to contain, whoever asks for it has found out.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
};

use super::{
    error::Error,
    shown,
    subject::Subject,
    write::{self, Found, Place, Step, check_journal},
};

/// The mode of a new file, before the umask.
const MODE: u32 = 0o666;

/// What a file is to contain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The file, from the project's root.
    pub path: PathBuf,
    /// What it contains; nothing where it is to be made.
    pub before: Option<Vec<u8>>,
    /// What it will contain.
    pub after: Vec<u8>,
}

/// Why no file was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// Something is where a file is to be made.
    #[error("`{}` is there already", shown::path(path))]
    There {
        /// What is in the way.
        path: PathBuf,
    },
    /// A file has been changed since it was read, or is gone.
    #[error("`{}` was changed while it was read", shown::path(path))]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// A file is one that nobody may write to.
    #[error("`{}` is read-only", shown::path(path))]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// A file is a link, or lies behind one.
    #[error(
        "`{}` is a link, or lies behind one, and is not written through it",
        shown::path(path)
    )]
    Link {
        /// The file.
        path: PathBuf,
    },
}

impl EditError {
    /// What the user can do next.
    pub(super) fn hint(&self) -> String {
        match self {
            Self::There { .. } => "move it away, and run the command again".to_owned(),
            Self::Changed { .. } => "run the command again".to_owned(),
            Self::ReadOnly { .. } => {
                "find out why, or let it be written to (`chmod u+w`), and run the command again"
                    .to_owned()
            }
            Self::Link { .. } => "see what is to be changed with `--diff`, and do it where the \
                                  link leads to"
                .to_owned(),
        }
    }
}

/// Fails where something is in the way of the edits.
pub fn check_edits(edits: &[Edit], root: &Path) -> Result<(), Error> {
    steps(edits, root).map(drop)
}

/// Makes all edits, or none. Where the flag is set before that, nothing is changed.
pub fn apply_edits(edits: &[Edit], root: &Path, stop: &AtomicBool) -> Result<(), Error> {
    let steps = steps(edits, root)?;
    write::replace(&steps, root, Subject::Project, stop)
}

fn steps(edits: &[Edit], root: &Path) -> Result<Vec<Step>, Error> {
    check_journal(root, Subject::Project)?;
    let place = Place::open(root)?;
    let step = |edit: &Edit| {
        let path = root.join(&edit.path);
        let step = |mode, replaces| Step::Put {
            path: edit.path.clone(),
            contents: edit.after.clone(),
            mode,
            is_exact: replaces,
            replaces,
        };
        Ok(match (place.look(&edit.path)?, &edit.before) {
            (Found::Missing, None) => step(MODE, false),
            // A new file in its place could be made all the same.
            (Found::File { mode, .. }, Some(_)) if mode & 0o222 == 0 => {
                return Err(EditError::ReadOnly { path }.into());
            }
            (Found::File { contents, mode }, Some(before)) if contents == *before => {
                step(mode, true)
            }
            (Found::Other, Some(_)) => return Err(EditError::Link { path }.into()),
            // What is in the way is above it.
            (Found::Other, None) if fs::symlink_metadata(&path).is_err() => {
                return Err(EditError::Link { path }.into());
            }
            (_, Some(_)) => return Err(EditError::Changed { path }.into()),
            (_, None) => return Err(EditError::There { path }.into()),
        })
    };
    edits.iter().map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    static NEVER: AtomicBool = AtomicBool::new(false);

    fn edit(path: &str, before: Option<&str>, after: &str) -> Edit {
        Edit {
            path: path.into(),
            before: before.map(Into::into),
            after: after.into(),
        }
    }

    #[test]
    fn all_files_are_changed_or_none() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        fs::create_dir(root.join("site")).unwrap();
        fs::write(root.join("site/a"), "1").unwrap();
        fs::write(root.join("site/there"), "").unwrap();
        let read = |path: &str| fs::read_to_string(root.join(path)).ok();
        let change = edit("site/a", Some("1"), "2");
        for (other, message) in [
            (edit("site/there", None, "x"), "is there already"),
            (edit("site", None, "x"), "is there already"),
            (edit("site/there", Some("x"), "y"), "was changed"),
            (edit("site/gone", Some("x"), "y"), "was changed"),
        ] {
            let edits = [change.clone(), other];
            let error = apply_edits(&edits, root, &NEVER).unwrap_err();
            assert!(error.to_string().contains(message), "{error}");
            assert!(error.hint().is_some());
            assert_eq!(read("site/a").as_deref(), Some("1"));
        }
        let edits = [change, edit("site/b", None, "3")];
        let stopped = apply_edits(&edits, root, &AtomicBool::new(true)).unwrap_err();
        assert!(matches!(stopped, Error::Interrupted { .. }));
        assert_eq!(read("site/b"), None);
        apply_edits(&edits, root, &NEVER).unwrap();
        let both = (read("site/a"), read("site/b"));
        assert_eq!(both, (Some("2".to_owned()), Some("3".to_owned())));
    }

    #[test]
    fn nothing_is_written_through_a_link() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        fs::write(root.join("real"), "1").unwrap();
        std::os::unix::fs::symlink("real", root.join("link")).unwrap();
        let edits = [edit("link", Some("1"), "2")];
        let error = check_edits(&edits, root).unwrap_err();
        assert!(error.to_string().contains("is a link"), "{error}");
    }
}
