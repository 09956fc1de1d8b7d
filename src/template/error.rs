//! Why generating failed: the texts, and what to do next.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{
    source::{ChecksumError, DownloadError, GitError},
    subject::ProjectOrApp,
};

/// Why this part failed. Nothing was left on the disk, except where the variant says so.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such built-in template and no such directory.
    #[error("couldn't handle {} template {template}.", subject.word())]
    UnknownTemplate {
        /// What was to be generated.
        subject: ProjectOrApp,
        /// What the user asked for.
        template: String,
        /// What to do next.
        hint: String,
    },
    /// The directory to be made is there already.
    #[error("'{}' already exists", path.display())]
    TargetExists {
        /// The directory.
        path: PathBuf,
    },
    /// Files in the target directory are where the template's would go.
    #[error("{}", conflicts(*subject, paths))]
    Conflicts {
        /// What was to be generated.
        subject: ProjectOrApp,
        /// All of them.
        paths: Vec<PathBuf>,
    },
    /// Something in the template cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// What cannot be read.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// A template is so large that it is hardly one.
    #[error("the template `{}` holds more than {entries} files or {mebibytes} MiB", root.display())]
    TooLarge {
        /// The template.
        root: PathBuf,
        /// How many files and directories it may hold.
        entries: usize,
        /// How much they may hold.
        mebibytes: u64,
    },
    /// A link in the template points to something that is not the template's.
    #[error("`{}` links to `{}`, which is outside the template", link.display(), to.display())]
    LinkOutside {
        /// The link.
        link: PathBuf,
        /// The file that it leads to.
        to: PathBuf,
    },
    /// A template holds something that is neither file nor directory nor link.
    #[error("`{}` is neither a file nor a directory", path.display())]
    NotAFile {
        /// What it is.
        path: PathBuf,
    },
    /// A file has to be rendered and is not UTF-8.
    #[error("`{}` cannot be rendered: it is not UTF-8 (octet {offset})", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
        /// Where the first octet stands that is not UTF-8.
        offset: usize,
    },
    /// The project would have the name of a module that it has or installs. Django's wording.
    #[error(
        "'{name}' conflicts with the name of an existing Python module and cannot be used as a \
         project name. Please try another name."
    )]
    NameTaken {
        /// The name.
        name: String,
        /// The template that reserves it.
        template: String,
    },
    /// The manifest is a directory.
    #[error("`{}` is a directory, where a template's manifest would be", path.display())]
    ManifestDirectory {
        /// The directory.
        path: PathBuf,
    },
    /// The manifest is not UTF-8.
    #[error("`{}` is not UTF-8 (octet {offset})", path.display())]
    ManifestNotText {
        /// The file.
        path: PathBuf,
        /// Where the first octet stands that is not UTF-8.
        offset: usize,
    },
    /// The manifest is not as it should be.
    #[error("{report}")]
    Manifest {
        /// File, line, column, the text and what is wrong.
        report: String,
    },
    /// A template does not parse or does not render.
    #[error("{report}")]
    Template {
        /// File, line, column, the text and what is wrong.
        report: String,
        /// The variable that may have been meant.
        similar: Option<String>,
    },
    /// A file of the template would get a name that it must not have.
    #[error("`{}` of the template would be written to `{}`: {reason}",
        from.display(), to.display())]
    Name {
        /// The file in the template.
        from: PathBuf,
        /// The path in the project.
        to: PathBuf,
        /// Why not.
        reason: &'static str,
    },
    /// Two things in the template would be written to one path.
    #[error("`{}` and `{}` of the template would both be written to `{}`",
        first.display(), second.display(), to.display())]
    Duplicate {
        /// The one.
        first: PathBuf,
        /// The other.
        second: PathBuf,
        /// The path in the project.
        to: PathBuf,
    },
    /// Writing failed; what had been written was removed.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Write {
        /// What was tried.
        action: &'static str,
        /// With what.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// Another run is writing to the directory.
    #[error("another `scaffold startproject` is writing to `{}`", target.display())]
    Busy {
        /// The directory.
        target: PathBuf,
        /// The file that says so.
        journal: PathBuf,
    },
    /// An earlier run was killed while writing to the directory, and its files are still there.
    #[error("{}", leftovers(target, paths))]
    Leftovers {
        /// The directory.
        target: PathBuf,
        /// What the earlier run left.
        paths: Vec<PathBuf>,
        /// The file that says so.
        journal: PathBuf,
    },
    /// The template could not be downloaded.
    #[error(transparent)]
    Download(#[from] DownloadError),
    /// The template could not be had from its repository.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The archive is not the one that is wanted.
    #[error(transparent)]
    Checksum(#[from] ChecksumError),
    /// The operating system gives no random octets for the secret key.
    #[error("cannot make a secret key: {0}")]
    Random(getrandom::Error),
    /// The user wants it to stop. What had been written was removed.
    #[error("interrupted, and no {} was made", subject.word())]
    Interrupted {
        /// What was to be made.
        subject: ProjectOrApp,
    },
}

impl Error {
    /// Whether the message is worded as Django's, which scripts may look for.
    #[must_use]
    pub fn is_django(&self) -> bool {
        matches!(
            self,
            Self::UnknownTemplate { .. }
                | Self::TargetExists { .. }
                | Self::Conflicts { .. }
                | Self::NameTaken { .. }
                | Self::Download(_)
        )
    }

    /// What the user can do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownTemplate { hint, .. } => Some(hint.clone()),
            Self::TargetExists { path } if path.is_dir() => Some(format!(
                "choose another name, or add `{}` to the command to write into it",
                path.display()
            )),
            Self::TargetExists { .. } => {
                Some("it is not a directory; choose another name or directory".to_owned())
            }
            Self::NameTaken { name, template } => Some(format!(
                "a project from the template `{template}` needs a module of this name; add a \
                 word, as in `{name}_site`"
            )),
            Self::Download(error) => error.hint(),
            Self::Git(error) => error.hint(),
            Self::Checksum(error) => Some(error.hint()),
            Self::ManifestNotText { .. } => Some("save it as UTF-8".to_owned()),
            Self::Conflicts { .. } => {
                Some("nothing was written; move these away or choose another directory".to_owned())
            }
            Self::TooLarge { .. } => Some("is this the directory that you meant?".to_owned()),
            Self::LinkOutside { .. } => Some("put a copy of the file into the template".to_owned()),
            Self::NotText { .. } => Some(
                "save it as UTF-8; a template with a `scaffold.toml` may list it under `copy`"
                    .to_owned(),
            ),
            Self::Template {
                similar: Some(similar),
                ..
            } => Some(format!("did you mean `{similar}`?")),
            Self::Template { .. } => Some(
                "text that is no template goes between `{% raw %}` and `{% endraw %}`".to_owned(),
            ),
            Self::Name { .. } => {
                Some("rename it in the template, or choose another project name".to_owned())
            }
            Self::Busy { journal, .. } => Some(format!(
                "wait for it; if there is none, remove `{}` and run the command again",
                journal.display()
            )),
            Self::Leftovers { journal, .. } => Some(format!(
                "remove these and `{}`, then run the command again",
                journal.display()
            )),
            Self::Write { source, .. } => match source.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    Some("make room; nothing was left behind".to_owned())
                }
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    Some("choose a directory that you may write to".to_owned())
                }
                io::ErrorKind::NotADirectory => {
                    Some("a part of this path is a file; choose another directory".to_owned())
                }
                io::ErrorKind::InvalidFilename => {
                    Some("choose a shorter name or directory".to_owned())
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// An error of writing, from the error of a system call.
    pub(super) fn write(action: &'static str, path: &Path, source: impl Into<io::Error>) -> Self {
        Self::Write {
            action,
            path: path.to_path_buf(),
            source: source.into(),
        }
    }
}

/// Django's sentence about the first path; the others, which Django would not have found yet,
/// one on each line after it.
fn conflicts(subject: ProjectOrApp, paths: &[PathBuf]) -> String {
    let mut paths = paths.iter();
    let first = paths
        .next()
        .map(|path| path.display().to_string())
        .unwrap_or_default();
    let mut text = format!(
        "{first} already exists. Overlaying {} into an existing directory won't replace \
         conflicting files.",
        subject.with_article()
    );
    if paths.len() > 0 {
        text.push_str("\nalso in the way:");
        list(&mut text, paths);
    }
    text
}

/// What a killed run left, by name.
fn leftovers(target: &Path, paths: &[PathBuf]) -> String {
    let mut text = format!(
        "an earlier `scaffold startproject` in `{}` was killed before it was done, and left",
        target.display()
    );
    list(&mut text, paths.iter());
    text
}

/// Adds each path on a line of its own.
fn list<'a>(text: &mut String, paths: impl Iterator<Item = &'a PathBuf>) {
    for path in paths {
        text.push_str("\n  ");
        text.push_str(&path.display().to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_conflict_is_djangos_sentence() {
        let text = Error::Conflicts {
            subject: ProjectOrApp::Project,
            paths: vec!["/x/manage.py".into()],
        }
        .to_string();
        assert_eq!(
            text,
            "/x/manage.py already exists. Overlaying a project into an existing directory won't \
             replace conflicting files."
        );
    }

    #[test]
    fn further_conflicts_are_listed() {
        let text = conflicts(
            ProjectOrApp::App,
            &["/x/a".into(), "/x/b".into(), "/x/c".into()],
        );
        assert!(text.starts_with("/x/a already exists. "), "{text}");
        assert!(
            text.ends_with("\nalso in the way:\n  /x/b\n  /x/c"),
            "{text}"
        );
    }
}
