//! A complaint about a place in a text file, with the line shown and the place marked.

use std::{
    fmt::{self, Display},
    path::Path,
};

/// A complaint about a place in a text file, with the line shown and the place marked.
pub(super) struct Report<'a> {
    /// The file.
    pub(super) path: &'a Path,
    /// Its text.
    pub(super) text: &'a str,
    /// The line, from 1.
    pub(super) line: usize,
    /// The column in characters, from 1.
    pub(super) column: usize,
    /// How many characters to mark.
    pub(super) width: usize,
    /// What is wrong.
    pub(super) message: &'a str,
}

impl<'a> Report<'a> {
    /// The complaint about what begins at an octet of the text.
    pub(super) fn at(
        path: &'a Path,
        text: &'a str,
        offset: usize,
        width: usize,
        message: &'a str,
    ) -> Self {
        let before = text.get(..offset).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            path,
            text,
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
            width,
            message,
        }
    }
}

impl Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path,
            text,
            line,
            column,
            width,
            message,
        } = self;
        let shown = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        // Tabs stay tabs, so that the mark stands below what it marks.
        let indent: String = shown
            .chars()
            .chain(std::iter::repeat(' '))
            .take(column.saturating_sub(1))
            .map(|character| if character == '\t' { '\t' } else { ' ' })
            .collect();
        let mark = "^".repeat((*width).max(1));
        write!(
            f,
            "{}:{line}:{column}: {message}\n{margin} |\n{number} | {shown}\n{margin} | {indent}{mark}",
            path.display()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_marks_the_place() {
        let report = Report {
            path: Path::new("t/a.py"),
            text: "one\n\t{{ two\n",
            line: 2,
            column: 2,
            width: 2,
            message: "what",
        };
        assert_eq!(
            report.to_string(),
            "t/a.py:2:2: what\n  |\n2 | \t{{ two\n  | \t^^"
        );
    }
}
