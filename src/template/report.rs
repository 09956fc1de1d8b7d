//! A complaint about a place in a text file, with the line shown and the place marked.

use std::{
    fmt::{self, Display},
    path::Path,
};

use super::shown;

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
        let line_text = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        let before = line_text
            .char_indices()
            .nth(column.saturating_sub(1))
            .map_or(line_text.len(), |(at, _)| at);
        let (before, marked) = line_text.split_at_checked(before).unwrap_or_default();
        let marked: String = marked.chars().take(*width).collect();
        // Tabs stay tabs, so that the mark stands below what it marks.
        let indent: String = shown::line(before)
            .to_string()
            .chars()
            .map(|character| if character == '\t' { '\t' } else { ' ' })
            .chain(std::iter::repeat_n(' ', beyond(line_text, *column)))
            .collect();
        let width = (*width).max(shown::line(&marked).to_string().chars().count());
        let mark = "^".repeat(width.max(1));
        write!(
            f,
            "{}:{line}:{column}: {}\n{margin} |\n{number} | {}\n{margin} | {indent}{mark}",
            shown::path(path),
            shown::text(message),
            shown::line(line_text),
        )
    }
}

/// How many columns a place is beyond the end of its line.
fn beyond(line: &str, column: usize) -> usize {
    column
        .saturating_sub(1)
        .saturating_sub(line.chars().count())
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

    #[test]
    fn a_report_does_nothing_to_the_terminal() {
        let report = Report {
            path: Path::new("t/\u{1b}[2J.py"),
            text: "\u{1b}]0;x\u{7}\t{{ \u{202e} }}\n",
            line: 1,
            column: 10,
            width: 4,
            message: "no \u{9b}31m",
        };
        assert_eq!(
            report.to_string(),
            "t/\\u{1b}[2J.py:1:10: no \\u{9b}31m\n  |\n\
             1 | \\u{1b}]0;x\\u{7}\t{{ \\u{202e} }}\n  |                \t  ^^^^^^^^^^^"
        );
    }
}
