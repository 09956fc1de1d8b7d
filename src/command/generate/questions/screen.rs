//! The part of the terminal in which a question stands: drawn below what was there before, drawn
//! anew with each key, and replaced by one line in the end.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::console;

pub(super) const PLAIN: Style = Style::new();
pub(super) const STRONG: Style = Style::new().bold();
pub(super) const QUIET: Style = Style::new().dimmed();
pub(super) const CHOSEN: Style = AnsiColor::Cyan.on_default().bold();
pub(super) const WRONG: Style = AnsiColor::Red.on_default();

/// What is taken where the terminal does not say its size.
const SIZE: (usize, usize) = (80, 24);

/// To the beginning of the line, and nothing from there to the end of the screen.
const CLEAR: &str = "\r\x1b[J";

/// A line in parts, each in its style.
#[derive(Clone, Debug, Default)]
pub(super) struct Row(Vec<(Style, String)>);

impl Row {
    pub(super) fn new(parts: impl IntoIterator<Item = (Style, String)>) -> Self {
        Self(parts.into_iter().collect())
    }

    /// The text, without styles.
    #[cfg(test)]
    pub(super) fn text(&self) -> String {
        self.0.iter().map(|(_, text)| text.as_str()).collect()
    }
}

/// Lines, and the cursor's row and column in them.
#[derive(Clone, Debug, Default)]
pub(super) struct Body {
    pub(super) rows: Vec<Row>,
    pub(super) cursor: Option<(usize, usize)>,
}

/// What is drawn at the moment.
#[derive(Debug, Default)]
pub(super) struct Screen {
    /// How many rows are above the cursor.
    above: usize,
}

impl Screen {
    /// How many columns and rows there are.
    pub(super) fn size() -> (usize, usize) {
        console::size().unwrap_or(SIZE)
    }

    /// Draws in place of what was drawn before.
    pub(super) fn draw(&mut self, body: &Body) {
        let (columns, _) = Self::size();
        let mut text = self.cleared();
        let last = body.rows.len().saturating_sub(1);
        for (number, row) in body.rows.iter().enumerate() {
            let end = if number == last { "" } else { "\n" };
            text.push_str(&fitted(row, columns, console::has_color()));
            text.push_str(end);
        }
        let (row, column) = body.cursor.unwrap_or((last, 0));
        if last > row {
            let _ = write!(text, "\x1b[{}A", last - row);
        }
        text.push('\r');
        if column > 0 {
            let _ = write!(text, "\x1b[{column}C");
        }
        self.above = row;
        console::draw(&text);
    }

    /// Puts lines that stay in place of what was drawn.
    pub(super) fn finish(&mut self, rows: &[Row]) {
        let (columns, _) = Self::size();
        let mut text = self.cleared();
        for row in rows {
            let _ = writeln!(text, "{}", fitted(row, columns, console::has_color()));
        }
        self.above = 0;
        console::draw(&text);
    }

    /// Takes away what was drawn, and the line above it.
    pub(super) fn take_back(&mut self) {
        self.above += 1;
        self.finish(&[]);
    }

    /// What takes away what was drawn.
    fn cleared(&self) -> String {
        match self.above {
            0 => CLEAR.to_owned(),
            above => format!("\x1b[{above}A{CLEAR}"),
        }
    }
}

/// How many columns a text has.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// A row in fewer columns than there are: in the last one the terminal would begin a new line.
fn fitted(row: &Row, columns: usize, has_color: bool) -> String {
    let mut left = columns.saturating_sub(1);
    let mut text = String::new();
    for (style, part) in &row.0 {
        let fitting: String = part
            .chars()
            .take_while(
                |it| match left.checked_sub(it.width().unwrap_or_default()) {
                    Some(rest) => {
                        left = rest;
                        true
                    }
                    None => false,
                },
            )
            .collect();
        let is_cut = fitting.len() < part.len();
        let _ = if has_color && *style != PLAIN {
            write!(text, "{style}{fitting}{style:#}")
        } else {
            write!(text, "{fitting}")
        };
        if is_cut {
            break;
        }
    }
    text
}

/// The beginning of a text, in so many columns.
pub(super) fn shortened(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut short = String::new();
    for character in text.chars() {
        if width(&short) + character.width().unwrap_or_default() >= columns {
            break;
        }
        short.push(character);
    }
    format!("{short}…")
}

/// A text in lines of so many columns, broken between words where that can be.
pub(super) fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_inclusive(' ') {
        if !line.is_empty() && width(&line) + width(word.trim_end()) > columns {
            lines.push(std::mem::take(&mut line));
        }
        for character in word.chars() {
            if width(&line) + character.width().unwrap_or_default() > columns && character != ' ' {
                lines.push(std::mem::take(&mut line));
            }
            line.push(character);
        }
    }
    lines.push(line);
    lines.iter().map(|it| it.trim_end().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_are_broken_between_words() {
        assert_eq!(wrapped("one two three", 8), ["one two", "three"]);
        assert_eq!(wrapped("abcdefgh i", 3), ["abc", "def", "gh", "i"]);
        assert_eq!(wrapped("", 8), [""]);
    }

    #[test]
    fn rows_are_cut_and_coloured() {
        let row = Row::new([(PLAIN, "> ".to_owned()), (STRONG, "网网网".to_owned())]);
        assert_eq!(fitted(&row, 8, false), "> 网网");
        assert_eq!(
            fitted(&row, 80, true),
            format!("> {STRONG}网网网{STRONG:#}")
        );
    }

    #[test]
    fn texts_are_shortened_at_their_end() {
        assert_eq!(shortened("abc", 3), "abc");
        assert_eq!(shortened("abcd", 3), "ab…");
        assert_eq!(shortened("网网网", 4), "网…");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_it_may_be(text in "[a-z 网]{0,60}", columns in 2_usize..20) {
            for line in wrapped(&text, columns) {
                prop_assert!(width(&line) <= columns, "{:?}", line);
            }
            let row = Row::new([(PLAIN, text)]);
            prop_assert!(width(&fitted(&row, columns, false)) < columns);
        }
    }
}
