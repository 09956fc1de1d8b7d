//! Why a repository could not be had: the texts, and what to do next.

use std::{fmt::Write as _, io, path::PathBuf};

use crate::template::{
    shown::{self, printable},
    similar::similar,
    source::redact::redacted_text,
};

/// How much of what `git` said is shown: the first lines say what is wrong.
const LINES: usize = 6;

/// How many branches and tags are named where there is none of the wanted name.
const NAMES: usize = 12;

/// Why a template could not be had from its repository.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GitError {
    /// It cannot be the name of anything.
    #[error(
        "`{}` is not the name of a branch, a tag or a commit",
        printable(reference)
    )]
    Reference {
        /// What was given.
        reference: String,
    },
    /// There is no `git`.
    #[error("the template `{repository}` is a Git repository, and there is no `git` on the path")]
    NoGit {
        /// The repository, without credentials.
        repository: String,
    },
    /// The system does not do what is needed.
    #[error("cannot {action}: {source}")]
    System {
        /// What was tried.
        action: &'static str,
        /// The system's answer.
        source: io::Error,
    },
    /// There is no such branch, tag or commit.
    #[error(
        "there is no `{}` in the repository `{repository}`",
        printable(reference)
    )]
    NoReference {
        /// The repository, without credentials.
        repository: String,
        /// What was looked for.
        reference: String,
        /// The branches and tags that there are.
        names: Vec<String>,
    },
    /// `git` failed.
    #[error("cannot fetch the repository `{repository}`{}", indented(said))]
    Fetch {
        /// The repository, without credentials.
        repository: String,
        /// What `git` said, without credentials.
        said: String,
    },
    /// It takes too long.
    #[error("cannot fetch the repository `{repository}`: it took longer than {minutes} minutes")]
    Timeout {
        /// The repository, without credentials.
        repository: String,
        /// The limit.
        minutes: u64,
    },
    /// Something in the repository has a name that `git` itself would not write.
    #[error(
        "the repository `{repository}` has a file with the name `{}`",
        printable(path)
    )]
    Name {
        /// The repository, without credentials.
        repository: String,
        /// The name.
        path: String,
    },
    /// The contents of a file are elsewhere.
    #[error("`{}` is kept in Git LFS", shown::path(path))]
    Lfs {
        /// The file.
        path: PathBuf,
    },
    /// `git` said something that was not expected.
    #[error("`git {command}` does not answer as expected{}", indented(said))]
    Answer {
        /// The subcommand.
        command: &'static str,
        /// What it said, without credentials.
        said: String,
    },
}

impl GitError {
    /// What the user can do next.
    pub(in crate::template) fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Reference { .. } => "give a branch, a tag, or the full id of a commit",
            Self::NoGit { .. } => {
                "install Git, or give the address of an archive: forges offer one of each \
                 repository"
            }
            Self::NoReference {
                reference, names, ..
            } => return Some(no_reference(reference, names)),
            Self::Fetch { said, .. } => return fetch(said).map(str::to_owned),
            Self::Timeout { .. } => "try again, or give the address of an archive",
            Self::Name { .. } => {
                "no commit made with `git commit` has such a name: do not trust it"
            }
            Self::Lfs { .. } => "clone the repository with `git lfs`, and give the directory",
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

/// What there is in place of what was looked for.
fn no_reference(reference: &str, names: &[String]) -> String {
    let is_short_id =
        (4..40).contains(&reference.len()) && reference.chars().all(|it| it.is_ascii_hexdigit());
    if is_short_id {
        return "if it is the beginning of a commit's id, give all 40 digits".to_owned();
    }
    let mut text = String::new();
    if let Some(name) = similar(reference, names.iter().map(String::as_str)) {
        let _ = write!(text, "did you mean `{}`? ", printable(name));
    }
    if names.is_empty() {
        return text + "give a branch, a tag, or the full id of a commit";
    }
    let shown: Vec<_> = names
        .iter()
        .take(NAMES)
        .map(|name| format!("`{}`", printable(name)))
        .collect();
    let _ = write!(text, "there are {}", shown.join(", "));
    if names.len() > NAMES {
        let _ = write!(text, " and {} more", names.len() - NAMES);
    }
    text
}

/// What to do about what `git`, or what it runs, said. Its messages are English here.
fn fetch(said: &str) -> Option<&'static str> {
    const HINTS: [(&[&str], &str); 5] = [
        (
            &[
                "Could not resolve host",
                "Temporary failure in name resolution",
            ],
            "is the address right, and the network there?",
        ),
        (
            &["Host key verification failed"],
            "connect with `ssh` once, so that the host is known",
        ),
        (
            &[
                "could not read Username",
                "could not read Password",
                "terminal prompts disabled",
                "Authentication failed",
                "Permission denied",
            ],
            "is it public, and the name right? for a private one, let `git clone` work first: with \
             a credential helper, or with a key for ssh",
        ),
        (
            &["not found", "does not exist", "does not appear to be a git"],
            "is the name right? a private repository looks as if there were none",
        ),
        (
            &[
                "server certificate verification failed",
                "SSL certificate problem",
            ],
            "if the certificate is to be trusted, say so to Git with `http.sslCAInfo`",
        ),
    ];
    let (_, hint) = HINTS
        .iter()
        .find(|(texts, _)| texts.iter().any(|text| said.contains(text)))?;
    Some(hint)
}

/// What `git` said, fit to be shown: its first lines, without the secret that the user's address
/// has in it.
pub(super) fn shown(said: &[u8], secret: Option<&str>) -> String {
    let said = String::from_utf8_lossy(said);
    let lines = said
        .split(['\n', '\r'])
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
        .take(LINES);
    let mut shown = String::new();
    for line in lines {
        if !shown.is_empty() {
            shown.push('\n');
        }
        let line = redacted_text(line);
        let line = match secret {
            Some(secret) => line.replace(secret, "…"),
            None => line,
        };
        shown.push_str(&printable(&line));
    }
    shown
}

/// Lines after a colon, each on a line of its own.
fn indented(said: &str) -> String {
    let mut text = String::new();
    for line in said.lines() {
        text.push_str("\n  ");
        text.push_str(line);
    }
    if text.is_empty() {
        text
    } else {
        format!(":{text}")
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn what_git_said_is_shown_safely() {
        let said = b"\x1b[31mfatal: unable to access 'https://u:secret@h/': secret\r\n\n\xffb\n";
        assert_eq!(
            shown(said, Some("secret")),
            "\\u{1b}[31mfatal: unable to access 'https://h/': …\n\u{fffd}b"
        );
        assert_eq!(shown(&b"x\n".repeat(99), None).lines().count(), LINES);
    }

    #[rstest]
    #[case("abc1234", &["main"], "if it is the beginning of a commit's id, give all 40 digits")]
    #[case("mian", &["main", "v1"], "did you mean `main`? there are `main`, `v1`")]
    #[case("zzz", &["a\u{1b}b"], "there are `a\\u{1b}b`")]
    #[case("zzz", &[], "give a branch, a tag, or the full id of a commit")]
    fn hints_about_references(#[case] reference: &str, #[case] names: &[&str], #[case] hint: &str) {
        let names: Vec<_> = names.iter().map(|&it| it.to_owned()).collect();
        assert_eq!(no_reference(reference, &names), hint);
    }

    #[test]
    fn not_all_names_are_listed() {
        let names: Vec<_> = (0..20).map(|it| format!("v{it}")).collect();
        assert!(no_reference("zzz", &names).ends_with("`v11` and 8 more"));
    }
}
