//! A complaint about a place in a text file, with the line shown and the place marked.

use std::{
    borrow::Cow,
    fmt::{self, Display},
    path::Path,
};

use super::shown;

/// How much of a line is shown before the place, and from there on: enough to find it, while
/// whole files that are one line stay out of the terminal.
const BEFORE: usize = 100;
const AFTER: usize = 200;

/// How much of a message is shown: it may quote the text.
const MESSAGE: usize = 2000;

/// What stands for what is left out.
const LEFT_OUT: &str = "…";

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
        let (line_text, shift) = window(line_text, column.saturating_sub(1));
        let shown_column = column.saturating_sub(shift);
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        let before = line_text
            .char_indices()
            .nth(shown_column.saturating_sub(1))
            .map_or(line_text.len(), |(at, _)| at);
        let (before, marked) = line_text.split_at_checked(before).unwrap_or_default();
        let width = (*width).min(marked.chars().count().max(1));
        let marked: String = marked.chars().take(width).collect();
        // Tabs stay tabs, so that the mark stands below what it marks.
        let indent: String = shown::line(before)
            .to_string()
            .chars()
            .map(|character| if character == '\t' { '\t' } else { ' ' })
            .chain(std::iter::repeat_n(' ', beyond(&line_text, shown_column)))
            .collect();
        let width = width.max(shown::line(&marked).to_string().chars().count());
        let mark = "^".repeat(width.max(1));
        write!(
            f,
            "{}:{line}:{column}: {}\n{margin} |\n{number} | {}\n{margin} | {indent}{mark}",
            shown::path(path),
            shown::text(&shortened(message)),
            shown::line(&line_text),
        )
    }
}

/// The part of a line that is about a place, after so many characters, and how many characters
/// the place has moved to the left.
fn window(line: &str, place: usize) -> (Cow<'_, str>, usize) {
    if line.len() <= BEFORE + AFTER {
        return (Cow::Borrowed(line), 0);
    }
    let skipped = place.saturating_sub(BEFORE);
    let mut rest = line.chars().skip(skipped);
    let mut part = String::new();
    if skipped > 0 {
        part.push_str(LEFT_OUT);
    }
    part.extend(rest.by_ref().take(place - skipped + AFTER));
    if rest.next().is_some() {
        part.push_str(LEFT_OUT);
    }
    (Cow::Owned(part), skipped.saturating_sub(1))
}

/// A message without the middle of it, where it is too long.
pub(super) fn shortened(message: &str) -> Cow<'_, str> {
    let mut characters = message.char_indices();
    let Some((begin, _)) = characters.nth(MESSAGE / 2) else {
        return Cow::Borrowed(message);
    };
    let Some((end, _)) = characters.nth_back(MESSAGE / 2) else {
        return Cow::Borrowed(message);
    };
    let (first, last) = (message.get(..begin), message.get(end..));
    Cow::Owned([first.unwrap_or_default(), last.unwrap_or_default()].join(LEFT_OUT))
}

/// How many columns a place is beyond the end of its line.
fn beyond(line: &str, column: usize) -> usize {
    column
        .saturating_sub(1)
        .saturating_sub(line.chars().count())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

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

    #[rstest]
    #[case(1, 0, 201)]
    #[case(101, 100, 301)]
    #[case(102, 101, 302)]
    #[case(50_000, 101, 302)]
    #[case(100_000, 101, 102)]
    #[case(100_002, 101, 100)]
    fn of_a_long_line_the_part_around_the_place_is_shown(
        #[case] column: usize,
        #[case] before: usize,
        #[case] length: usize,
    ) {
        let text = "x".repeat(100_000);
        let report = Report {
            path: Path::new("a"),
            text: &text,
            line: 1,
            column,
            width: 100_000,
            message: &"é".repeat(100_000),
        }
        .to_string();
        let lines: Vec<_> = report.lines().collect();
        assert!(lines[0].starts_with(&format!("a:1:{column}: é")));
        assert!(lines[0].chars().count() < MESSAGE + 50, "{}", lines[0]);
        assert_eq!(lines[2].chars().count(), "1 | ".len() + length);
        assert_eq!(lines[3].find('^'), Some("1 | ".len() + before));
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
