//! What the user can do next.

use std::io;

use super::{Error, lists};
use crate::template::{question::AskingError, shown, subject::Subject};

impl Error {
    /// What the user can do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownTemplate { hint, .. }
            | Self::Template { hint, .. }
            | Self::Answer { hint, .. } => Some(hint.clone()),
            Self::Composition(error) => error.hint(),
            Self::Cookiecutter(error) => Some(shown::text(&error.hint).to_string()),
            Self::TargetExists { path } if path.is_dir() => Some(format!(
                "choose another name, or add `{}` to the command to write into it",
                shown::path(path)
            )),
            Self::TargetExists { .. } => {
                Some("it is not a directory; choose another name or directory".to_owned())
            }
            Self::NameTaken {
                subject,
                name,
                template,
            } => Some(format!(
                "{} from the template `{template}` needs a module of this name; add a \
                 word, as in `{name}_site`",
                subject.with_article()
            )),
            Self::CrateTaken { name, template } => Some(format!(
                "the template `{template}` needs this crate; add a word, as in `{name}-site`"
            )),
            Self::Authoring(error) => Some(error.hint()),
            Self::Download(error) => error.hint(),
            Self::Git(error) => error.hint(),
            Self::Update(error) => Some(error.hint()),
            Self::Edit(error) => Some(error.hint()),
            Self::Checksum(error) => Some(error.hint()),
            Self::NoRepository { .. } => Some(
                "leave out `--ref`, or give the repository: `owner/name`, or an address that ends \
                 in `.git`"
                    .to_owned(),
            ),
            Self::Asking(_) => Some(AskingError::HINT.to_owned()),
            Self::Version(error) => Some(error.hint()),
            Self::ManifestNotText { .. } => Some("save it as UTF-8".to_owned()),
            Self::Conflicts {
                subject: Subject::Deployment,
                ..
            } => Some("nothing was written; move it away".to_owned()),
            Self::Conflicts { .. } => {
                Some(
                "nothing was written; move these away, or see with `--diff` what would change, then \
                 replace files with `--overwrite` or keep them with `--skip-existing`"
                    .to_owned(),
            )
            }
            Self::Different { .. } => Some(
                "nothing was written; see with `--diff` what would change, then replace them with \
                 `--force`, which keeps a copy beside each"
                    .to_owned(),
            ),
            Self::TooLarge { .. } => Some("is this the template that you meant?".to_owned()),
            Self::Archive { reason, .. } => reason.hint().map(str::to_owned),
            Self::NoSubdirectory { directories, .. } => Some(lists::there_are(directories)),
            Self::LinkOutside { .. } => Some("put a copy of the file into the template".to_owned()),
            Self::NotText { .. } => Some(
                "save it as UTF-8; a template with a `scaffold.toml` may list it under `copy`"
                    .to_owned(),
            ),
            Self::Name { .. } => {
                Some("rename it in the template, or choose another name".to_owned())
            }
            Self::Endless { .. } => Some(
                "nothing was written; look for loops in the template, or do not trust it"
                    .to_owned(),
            ),
            Self::Busy { journal, .. } => Some(format!(
                "wait for it; if there is none, remove `{}` and run the command again",
                shown::path(journal)
            )),
            Self::Leftovers { journal, .. } => Some(format!(
                "remove these and `{}`, then run the command again",
                shown::path(journal)
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
}
