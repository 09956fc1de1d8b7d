//! What an update changes: as JSON for programs, and as a list for people.

use std::{fmt::Write as _, path::PathBuf, process::ExitCode};

use serde::Serialize;

use crate::{
    command::{
        diff,
        error::Error,
        words::{json, lossy},
    },
    template::{Change, Outcome, Remembered, Update, Version, shown_path, shown_text},
};

/// How many digits of a hash are shown to people.
const DIGITS: usize = 10;

/// How far the work has come.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// The project's root.
    pub(super) project: Option<PathBuf>,
    /// What it remembers.
    pub(super) remembered: Option<Remembered>,
    pub(super) update: Option<Update>,
    /// Whether the diffs of all files are wanted.
    pub(super) has_diffs: bool,
    /// All is written.
    pub(super) is_written: bool,
}

/// What goes out as JSON.
#[derive(Serialize)]
struct Document<'a> {
    command: &'a str,
    project: Option<String>,
    template: Option<&'a str>,
    from: Option<Place<'a>>,
    to: Option<Place<'a>>,
    update_available: Option<bool>,
    written: bool,
    files: Vec<File<'a>>,
    conflicts: Vec<String>,
    error: Option<String>,
    hint: Option<String>,
}

/// A version of the template.
#[derive(Serialize)]
struct Place<'a> {
    reference: Option<&'a str>,
    commit: Option<&'a str>,
    sha256: &'a str,
}

impl<'a> From<&'a Version> for Place<'a> {
    fn from(version: &'a Version) -> Self {
        Self {
            reference: version.reference.as_deref(),
            commit: version.commit.as_deref(),
            sha256: &version.sha256,
        }
    }
}

#[derive(Serialize)]
struct File<'a> {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    status: &'a str,
    /// What changes in it, as a unified diff.
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<String>,
}

/// A file before and after.
pub(super) fn sides(change: &Change) -> diff::Sides<'_> {
    diff::Sides {
        from: change.from.as_deref(),
        path: &change.path,
        before: change.before.as_deref(),
        after: change.after.as_deref(),
    }
}

impl Report {
    /// Everything as one JSON document. Paths that are not UTF-8 have U+FFFD where they are not.
    pub(super) fn json(&self, error: Option<&Error>) -> String {
        let old = self.remembered.as_ref().map(|it| &it.template);
        let new = self.update.as_ref().map(Update::version);
        let file = |change: &Change| File {
            path: lossy(&change.path),
            from: change.from.as_deref().map(lossy),
            status: status(change.outcome),
            diff: self.has_diffs.then(|| diff::patch(sides(change))).flatten(),
        };
        let document = Document {
            command: "update",
            project: self.project.as_deref().map(lossy),
            template: new.or(old).map(|it| it.source.as_str()),
            from: old.map(Place::from),
            to: new.map(Place::from),
            update_available: self.update.as_ref().map(Update::is_needed),
            written: self.is_written,
            files: self.changes().iter().map(file).collect(),
            conflicts: self.conflicts().map(|it| lossy(&it.path)).collect(),
            error: error.map(ToString::to_string),
            hint: error.and_then(Error::hint),
        };
        json(&document)
    }

    /// Whether there is another version, in a sentence.
    pub(super) fn news(&self) -> String {
        let Some(update) = self.update.as_ref().filter(|it| it.is_needed()) else {
            return "the project is up to date with its template".to_owned();
        };
        format!(
            "the template `{}` has another version: {}",
            shown_text(&update.version().source),
            self.versions(update.version())
        )
    }

    /// What was changed, or would be.
    pub(super) fn list(&self) -> String {
        let Some(update) = self.update.as_ref().filter(|it| it.is_needed()) else {
            return self.news();
        };
        let mut text = String::new();
        for change in self.changes() {
            let Change {
                path,
                from,
                outcome,
                ..
            } = change;
            let from = from.as_ref();
            let from = from.map_or_else(String::new, |it| format!(" (was {})", shown_path(it)));
            let (word, note) = (status(*outcome), note(*outcome));
            let _ = writeln!(text, "{word:9} {}{from}{note}", shown_path(path));
        }
        let conflicts = self.conflicts().count();
        let verb = if self.is_written {
            "is now"
        } else {
            "would be"
        };
        let _ = write!(
            text,
            "the project {verb} at {}; {}",
            self.versions(update.version()),
            match conflicts {
                0 => "no conflicts".to_owned(),
                1 => "1 conflict is for you to decide".to_owned(),
                more => format!("{more} conflicts are for you to decide"),
            }
        );
        text
    }

    /// 1 where somebody has to look at something.
    pub(super) fn exit_code(&self) -> ExitCode {
        ExitCode::from(u8::from(self.conflicts().next().is_some()))
    }

    fn changes(&self) -> &[Change] {
        self.update.as_ref().map_or(&[], Update::changes)
    }

    fn conflicts(&self) -> impl Iterator<Item = &Change> {
        self.changes().iter().filter(|it| it.outcome.is_conflict())
    }

    /// From which version to which.
    fn versions(&self, new: &Version) -> String {
        let Some(old) = self.remembered.as_ref().map(|it| &it.template) else {
            return named(new);
        };
        let base = if old.bases == new.bases {
            ""
        } else {
            ", built on another version"
        };
        match (named(old), named(new)) {
            (old, new) if old == new => format!("{new}{base}"),
            (old, new) => format!("{new}{base} (was {old})"),
        }
    }
}

/// What a version is called: its reference and the beginning of its commit or hash.
fn named(version: &Version) -> String {
    let hash = version.commit.as_ref().unwrap_or(&version.sha256);
    let hash: String = hash.chars().take(DIGITS).collect();
    match &version.reference {
        Some(reference) if !reference.starts_with(&hash) => {
            format!("{} {}", shown_text(reference), shown_text(&hash))
        }
        _ => shown_text(&hash).to_string(),
    }
}

/// The word for what becomes of a file; part of the interface for programs.
fn status(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Created => "created",
        Outcome::Updated => "updated",
        Outcome::Merged => "merged",
        Outcome::Moved => "moved",
        Outcome::Removed => "removed",
        Outcome::Conflict | Outcome::BinaryConflict | Outcome::InTheWay => "conflict",
        Outcome::StaysDeleted => "deleted",
        Outcome::StaysChanged | Outcome::StaysThere => "kept",
    }
}

/// What more there is to say.
fn note(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Conflict => ": look for `<<<<<<< yours`",
        Outcome::BinaryConflict => ": both have changed it, and yours stays",
        Outcome::InTheWay => ": something else is there, and stays",
        Outcome::StaysDeleted => ": you have deleted it, and it stays so (`--restore` takes it)",
        Outcome::StaysChanged => ": the template has it no more, but you have changed it",
        Outcome::StaysThere => ": the template leaves it to you once it is there",
        Outcome::Created
        | Outcome::Updated
        | Outcome::Merged
        | Outcome::Moved
        | Outcome::Removed => "",
    }
}
