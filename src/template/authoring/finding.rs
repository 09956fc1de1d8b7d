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
    /// What is drawn of the place.
    #[serde(skip)]
    pub report: Option<Report>,
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
            report: None,
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
        let report = Report::new(path, text, offset..offset + width, message);
        Self::reported(severity, &report)
    }

    /// What this error says, with its place, if it has one.
    pub(super) fn of(error: &Error) -> Self {
        let finding = match error.report() {
            Some(report) if report.position().is_some() => Self::reported(Severity::Error, report),
            _ => Self::new(Severity::Error, Place::default(), error.to_string()),
        };
        Self {
            hint: error.hint(),
            ..finding
        }
    }

    fn reported(severity: Severity, report: &Report) -> Self {
        let (line, column) = report.position().unzip();
        let place = Place {
            file: Some(report.path().to_owned()),
            line,
            column,
        };
        Self {
            report: Some(report.clone()),
            ..Self::new(severity, place, report.message().to_owned())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_taken_from_an_error() {
        let path = Path::new("t: x/a.py");
        let error = Error::Template {
            report: Report::at(path, "1\n2\nabc", (3, 2), 1, "what: is wrong"),
            hint: "h".to_owned(),
        };
        let finding = Finding::of(&error);
        assert_eq!(finding.location(), "t: x/a.py:3:2");
        assert_eq!(finding.message, "what: is wrong");
        assert_eq!(finding.report.as_ref(), error.report());
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
