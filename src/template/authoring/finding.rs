//! What a check has found.

use std::path::Path;

use serde::Serialize;

use crate::template::{error::Error, report::Report, shown};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// No project can be made, or not with all answers.
    Error,
    /// It is likely not what was meant.
    Warning,
}

/// Something that a check has found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// Where it is, if it is in one place.
    #[serde(flatten)]
    pub place: Place,
    /// What it is.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The answers with which it comes up, where those that are the defaults do not do.
    pub answers: Option<String>,
    /// The line, with the place marked.
    #[serde(skip)]
    pub excerpt: Option<String>,
}

/// A place in a template: as much of it as is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file, as messages call it.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: Option<usize>,
    /// The column in characters, from 1.
    pub column: Option<usize>,
}

impl Place {
    /// A file as a whole.
    pub(super) fn file(path: &Path) -> Self {
        Self {
            file: Some(shown::path(path).to_string()),
            ..Self::default()
        }
    }
}

impl Finding {
    /// Something about a file as a whole, or about none.
    pub(super) fn new(severity: Severity, place: Place, message: String) -> Self {
        Self {
            severity,
            place,
            message,
            hint: None,
            answers: None,
            excerpt: None,
        }
    }

    /// Something about what begins at an octet of a text.
    pub(super) fn at(
        severity: Severity,
        path: &Path,
        text: &str,
        (offset, width): (usize, usize),
        message: &str,
    ) -> Self {
        let report = Report::at(path, text, offset, width, message);
        Self {
            place: Place {
                line: Some(report.line),
                column: Some(report.column),
                ..Place::file(path)
            },
            excerpt: excerpt(&report.to_string()),
            ..Self::new(severity, Place::default(), message.to_owned())
        }
    }

    /// What this error says, with the place that its message begins with, if that is in one of
    /// these files.
    pub(super) fn of(error: &Error) -> Self {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default();
        let (place, message) = place(first).unwrap_or((Place::default(), first));
        let is_placed = place.line.is_some();
        Self {
            hint: error.hint(),
            excerpt: excerpt(&text).filter(|_| is_placed),
            ..Self::new(
                Severity::Error,
                place,
                if is_placed { message } else { &text }.to_owned(),
            )
        }
    }

    /// The same with a hint.
    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Where it is, as compilers write it; empty where nothing is known.
    #[must_use]
    pub fn location(&self) -> String {
        let Place { file, line, column } = &self.place;
        let numbers = [line, column].into_iter().flatten();
        let file = file.clone().into_iter();
        let parts: Vec<String> = file.chain(numbers.map(usize::to_string)).collect();
        parts.join(":")
    }
}

/// The place that a message begins with, and the rest of it: `file:line:column: what`.
fn place(first: &str) -> Option<(Place, &str)> {
    // A name may have colons too; two numbers after it are what counts.
    first.match_indices(": ").find_map(|(at, separator)| {
        let (head, message) = (first.get(..at)?, first.get(at + separator.len()..)?);
        let mut parts = head.rsplitn(3, ':');
        let column = parts.next()?.parse().ok()?;
        let line = parts.next()?.parse().ok()?;
        let place = Place {
            file: Some(parts.next()?.to_owned()),
            line: Some(line),
            column: Some(column),
        };
        Some((place, message))
    })
}

/// The lines of a report below its first.
fn excerpt(report: &str) -> Option<String> {
    let (_, rest) = report.split_once('\n')?;
    Some(rest.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_taken_from_an_error() {
        let error = Error::Template {
            report: "t: x/a.py:3:7: what: is wrong\n  |\n3 | abc".to_owned(),
            hint: "h".to_owned(),
        };
        let finding = Finding::of(&error);
        assert_eq!(finding.location(), "t: x/a.py:3:7");
        assert_eq!(finding.message, "what: is wrong");
        assert_eq!(finding.excerpt.as_deref(), Some("  |\n3 | abc"));
        assert_eq!(finding.hint.as_deref(), Some("h"));
    }

    #[test]
    fn an_error_without_a_place_is_told_whole() {
        let error = Error::Answer {
            message: "one: two\nthree".to_owned(),
            hint: String::new(),
        };
        let finding = Finding::of(&error);
        assert_eq!(
            (finding.location().as_str(), finding.message.as_str()),
            ("", "one: two\nthree")
        );
    }
}
