//! Messages that list paths.

use std::path::{Path, PathBuf};

use crate::template::{shown, subject::Subject};

/// Django's sentence about the first path, where Django has one; the others, which Django would not have found yet,
/// one on each line after it.
pub(super) fn conflicts(subject: Subject, paths: &[PathBuf]) -> String {
    let mut paths = paths.iter();
    let first = paths
        .next()
        .map(|path| shown::path(path).to_string())
        .unwrap_or_default();
    let mut text = match subject {
        Subject::Project | Subject::App => format!(
            "{first} already exists. Overlaying {} into an existing directory won't replace \
             conflicting files.",
            subject.with_article()
        ),
        Subject::Deployment => {
            format!("`{first}` is in the way, and is no file that could be replaced")
        }
    };
    if paths.len() > 0 {
        text.push_str("\nalso in the way:");
        list(&mut text, paths);
    }
    text
}

/// Files that are not as they would be written.
pub(super) fn different(paths: &[PathBuf]) -> String {
    let mut text = match paths {
        [path] => {
            return format!(
                "`{}` already exists, with other contents",
                shown::path(path)
            );
        }
        _ => "these files already exist, with other contents:".to_owned(),
    };
    list(&mut text, paths.iter());
    text
}

/// Directories to choose from.
pub(super) fn there_are(directories: &[PathBuf]) -> String {
    let names: Vec<_> = directories
        .iter()
        .map(|path| format!("`{}`", shown::path(path)))
        .collect();
    match names.as_slice() {
        [] => "there are no directories".to_owned(),
        names => format!("there are the directories {}", names.join(", ")),
    }
}

/// What a killed run left, by name.
pub(super) fn leftovers(target: &Path, paths: &[PathBuf]) -> String {
    let mut text = format!(
        "an earlier run of `scaffold` in `{}` was killed before it was done, and left",
        shown::path(target)
    );
    list(&mut text, paths.iter());
    text
}

/// Adds each path on a line of its own.
fn list<'a>(text: &mut String, paths: impl Iterator<Item = &'a PathBuf>) {
    for path in paths {
        text.push_str("\n  ");
        text.push_str(&shown::path(path).to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::error::Error;

    #[test]
    fn one_conflict_is_djangos_sentence() {
        let text = Error::Conflicts {
            subject: Subject::Project,
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
        let text = conflicts(Subject::App, &["/x/a".into(), "/x/b".into(), "/x/c".into()]);
        assert!(text.starts_with("/x/a already exists. "), "{text}");
        assert!(
            text.ends_with("\nalso in the way:\n  /x/b\n  /x/c"),
            "{text}"
        );
    }
}
