//! What was added: as JSON for programs, and as a list for people.

use std::{fmt::Write as _, path::PathBuf};

use serde::Serialize;

use crate::{
    command::{
        diff,
        error::Error,
        words::{json, lossy},
    },
    template::{Edit, shown_path, shown_text},
};

/// How far the work has come.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// The directory that all paths start from.
    pub(super) root: Option<PathBuf>,
    /// The settings module, and by which rule it is the project's.
    pub(super) settings: Option<String>,
    pub(super) settings_rule: Option<String>,
    /// What `WSGI_APPLICATION` is, or will be.
    pub(super) application: Option<String>,
    /// Where it is set already, and its module is: files from the root.
    pub(super) there: Vec<String>,
    pub(super) edits: Vec<Edit>,
    pub(super) has_diffs: bool,
    /// All is written.
    pub(super) is_written: bool,
}

/// What goes out as JSON.
#[derive(Serialize)]
struct Document<'a> {
    command: &'a str,
    project: Option<String>,
    settings: Option<&'a str>,
    settings_rule: Option<&'a str>,
    application: Option<&'a str>,
    written: bool,
    files: Vec<File<'a>>,
    there: &'a [String],
    kind: Option<&'a str>,
    error: Option<String>,
    hint: Option<String>,
}

#[derive(Serialize)]
struct File<'a> {
    path: String,
    status: &'a str,
    /// What changes in it, as a unified diff.
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<String>,
}

/// A file before and after.
pub(super) fn sides(edit: &Edit) -> diff::Sides<'_> {
    diff::Sides {
        from: None,
        path: &edit.path,
        before: edit.before.as_deref(),
        after: Some(&edit.after),
    }
}

impl Report {
    /// Everything as one JSON document. Paths that are not UTF-8 have U+FFFD where they are not.
    pub(super) fn json(&self, error: Option<&Error>) -> String {
        let file = |edit| {
            let patch = self.has_diffs.then(|| diff::patch(sides(edit)));
            File {
                path: lossy(&edit.path),
                status: status(edit),
                diff: patch.flatten(),
            }
        };
        let kind = error.map(|error| match error {
            Error::Add(error) => error.kind(),
            Error::Project(_) => "project",
            _ => "system",
        });
        json(&Document {
            command: "add wsgi",
            project: self.root.as_deref().map(lossy),
            settings: self.settings.as_deref(),
            settings_rule: self.settings_rule.as_deref(),
            application: self.application.as_deref(),
            written: self.is_written,
            files: self.edits.iter().map(file).collect(),
            there: &self.there,
            kind,
            error: error.map(ToString::to_string),
            hint: error.and_then(Error::hint),
        })
    }

    /// What was done, or would be.
    pub(super) fn list(&self) -> String {
        let application = self.application.as_deref().unwrap_or_default();
        let application = shown_text(application);
        let mut text = String::new();
        for edit in &self.edits {
            let _ = writeln!(text, "{:9} {}", status(edit), shown_path(&edit.path));
        }
        let there = self.there.join(", ");
        let there = shown_text(&there);
        let _ = match (self.edits.is_empty(), self.is_written) {
            (true, _) => write!(
                text,
                "there is nothing to add: WSGI_APPLICATION is `{application}` ({there})"
            ),
            (false, true) => write!(text, "WSGI_APPLICATION is now `{application}`"),
            (false, false) => write!(text, "WSGI_APPLICATION would be `{application}`"),
        };
        text
    }
}

/// The word for what becomes of a file; part of the interface for programs.
fn status(edit: &Edit) -> &'static str {
    if edit.before.is_some() {
        "updated"
    } else {
        "created"
    }
}
