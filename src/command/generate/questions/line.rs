//! A field of text: what is in it, where the cursor is, and what keys do. Pure.

use super::{
    keys::Key,
    screen::{Body, PLAIN, QUIET, Row, width},
    widget::{Pressed, Widget},
};
use crate::template::{Answer, shown_line};

/// What stands for a character of a secret.
const DOT: char = '*';

/// What stands for a secret as a whole, whatever its length.
const MASK: &str = "********";

/// What stands before a line that is typed.
const MARK: &str = "> ";

/// How many lines of a long text are shown.
const MOST_LINES: usize = 10;

/// A field of one line or of several.
#[derive(Debug)]
pub(super) struct Line {
    text: Vec<char>,
    cursor: usize,
    /// What the answer is as long as nothing was typed.
    preset: Option<String>,
    is_touched: bool,
    is_secret: bool,
    has_lines: bool,
}

impl Line {
    pub(super) fn new(preset: Option<String>, is_secret: bool, has_lines: bool) -> Self {
        Self {
            text: Vec::new(),
            cursor: 0,
            preset,
            is_touched: false,
            is_secret,
            has_lines,
        }
    }

    /// The default, where that is the answer.
    fn untouched(&self) -> Option<&str> {
        self.preset.as_deref().filter(|_| !self.is_touched)
    }

    fn text(&self) -> String {
        match self.untouched() {
            Some(preset) => preset.to_owned(),
            None => self.text.iter().collect(),
        }
    }

    /// Takes the default into the field, to change it.
    fn take_preset(&mut self) {
        if let Some(preset) = self.untouched() {
            self.text = preset.chars().collect();
            self.cursor = self.text.len();
            self.is_touched = true;
        }
    }

    fn insert(&mut self, characters: impl IntoIterator<Item = char>) {
        self.is_touched = true;
        for character in characters {
            self.text.insert(self.cursor, character);
            self.cursor += 1;
        }
    }

    /// Removes from one place up to another.
    fn remove(&mut self, from: usize, to: usize) {
        self.is_touched = true;
        self.text.drain(from..to.clamp(from, self.text.len()));
        self.cursor = from;
    }

    /// Where the line of the cursor begins and ends.
    fn line(&self) -> (usize, usize) {
        let is_end = |it: &char| *it == '\n';
        let before = self.text.iter().take(self.cursor);
        let start = before.rev().position(is_end);
        let end = self.text.iter().skip(self.cursor).position(is_end);
        (
            start.map_or(0, |it| self.cursor - it),
            end.map_or(self.text.len(), |it| self.cursor + it),
        )
    }

    /// Where the word before the cursor begins.
    fn word(&self) -> usize {
        let mut at = self.cursor;
        let is_space = |at: usize| self.text.get(at).is_some_and(|it| it.is_whitespace());
        while at > 0 && is_space(at - 1) {
            at -= 1;
        }
        while at > 0 && !is_space(at - 1) {
            at -= 1;
        }
        at
    }

    /// Moves to the line above or below. False where there is none.
    fn go(&mut self, is_up: bool) -> bool {
        let (start, end) = self.line();
        let column = self.cursor - start;
        if is_up && start > 0 {
            self.cursor = start - 1;
        } else if !is_up && end < self.text.len() {
            self.cursor = end + 1;
        } else {
            return false;
        }
        let (start, end) = self.line();
        self.cursor = end.min(start + column);
        true
    }

    /// A character as it stands in the field.
    fn shown(&self, character: char) -> String {
        if self.is_secret {
            DOT.to_string()
        } else {
            shown_line(&character.to_string())
                .to_string()
                .replace('\t', "    ")
        }
    }

    /// A line in the columns that there are, and the column of the cursor if it is in it.
    fn row(&self, line: &[char], cursor: Option<usize>, columns: usize) -> (String, usize) {
        let shown = |characters: &[char]| -> Vec<String> {
            characters.iter().map(|it| self.shown(*it)).collect()
        };
        let (before, after) = line
            .split_at_checked(cursor.unwrap_or_default())
            .unwrap_or_default();
        let mut before = shown(before);
        // The cursor needs a column, behind the last character too.
        let room = columns.saturating_sub(1);
        let mut begin = 0;
        while width(&before.concat()) > room && begin < before.len() {
            before.remove(0);
            begin += 1;
        }
        let before = before.concat();
        let column = width(&before);
        (format!("{before}{}", shown(after).concat()), column)
    }
}

impl Widget for Line {
    fn key(&mut self, key: Key) -> Pressed {
        match key {
            Key::Char(character) => self.insert([character]),
            Key::Paste(text) if self.has_lines => {
                self.insert(text.replace("\r\n", "\n").replace('\r', "\n").chars());
            }
            // The end of a line that was copied with it is not meant.
            Key::Paste(text) => self.insert(text.trim_end_matches(['\r', '\n']).chars().map(
                |character| match character {
                    '\r' | '\n' => ' ',
                    other => other,
                },
            )),
            Key::Enter if self.has_lines && (self.untouched().is_none()) => self.insert(['\n']),
            Key::Enter => return Pressed::Done,
            Key::Control('d') if self.has_lines => return Pressed::Done,
            Key::Tab if !self.is_secret => self.take_preset(),
            Key::Right if !self.is_secret && self.untouched().is_some() => self.take_preset(),
            Key::Backspace if self.cursor == 0 => self.is_touched = true,
            Key::Backspace => self.remove(self.cursor - 1, self.cursor),
            Key::Delete => self.remove(self.cursor, self.cursor + 1),
            Key::Control('w') => self.remove(self.word(), self.cursor),
            Key::Control('u') => self.remove(self.line().0, self.cursor),
            Key::Control('k') => self.remove(self.cursor, self.line().1),
            Key::Left => self.cursor = self.cursor.saturating_sub(1),
            Key::Right => self.cursor = self.text.len().min(self.cursor + 1),
            Key::Home | Key::Control('a') => self.cursor = self.line().0,
            Key::End | Key::Control('e') => self.cursor = self.line().1,
            Key::Up if self.text.is_empty() => return Pressed::Back,
            Key::Up if self.has_lines && self.go(true) => {}
            Key::Down if self.has_lines && self.go(false) => {}
            _ => return Pressed::Nothing,
        }
        Pressed::Changed
    }

    fn body(&self, columns: usize, rows: usize) -> Body {
        let columns = columns.saturating_sub(MARK.len());
        let row =
            |mark: &str, style, text: String| Row::new([(PLAIN, mark.to_owned()), (style, text)]);
        if let Some(preset) = self.untouched() {
            let preset = if self.is_secret { MASK } else { preset };
            let lines = preset.lines().take(rows.clamp(1, MOST_LINES));
            let lines = lines.enumerate().map(|(at, line)| {
                let mark = if at == 0 { MARK } else { "  " };
                let line = shown_line(line).to_string().replace('\t', "    ");
                row(mark, QUIET, line)
            });
            return Body {
                rows: lines.collect(),
                cursor: Some((0, MARK.len())),
            };
        }
        let (start, _) = self.line();
        let at = self
            .text
            .iter()
            .take(start)
            .filter(|it| **it == '\n')
            .count();
        let lines: Vec<&[char]> = self.text.split(|it| *it == '\n').collect();
        let room = rows.clamp(1, MOST_LINES);
        let first = (at + 1).saturating_sub(room);
        let mut cursor = (0, 0);
        let lines = lines.iter().enumerate().skip(first).take(room);
        let rows = lines
            .map(|(number, line)| {
                let here = (number == at).then_some(self.cursor - start);
                let (text, column) = self.row(line, here, columns);
                if here.is_some() {
                    cursor = (number - first, MARK.len() + column);
                }
                row(if number == 0 { MARK } else { "  " }, PLAIN, text)
            })
            .collect();
        Body {
            rows,
            cursor: Some(cursor),
        }
    }

    fn answer(&self) -> Answer {
        Answer::Text(self.text())
    }

    fn is_empty(&self) -> bool {
        self.text().is_empty()
    }

    fn summary(&self) -> String {
        if self.is_secret {
            return MASK.to_owned();
        }
        let text = self.text();
        let mut lines = text.lines();
        let first = lines.next().unwrap_or_default();
        let more = if lines.next().is_some() { " …" } else { "" };
        format!("{}{more}", shown_line(first))
    }

    fn keys(&self) -> String {
        let enter = match (self.has_lines, self.untouched()) {
            (true, None) => "Ctrl-D: done",
            (_, Some(_)) => "Enter: take it",
            (false, None) => "Enter: done",
        };
        if self.untouched().is_some() && !self.is_secret {
            format!("{enter} · Tab: change it")
        } else {
            enter.to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn typed(mut line: Line, text: &str) -> (String, usize, Vec<Pressed>) {
        let key = |it| match it {
            '<' => Key::Left,
            '>' => Key::Right,
            '^' => Key::Up,
            'v' => Key::Down,
            '\n' => Key::Enter,
            '\t' => Key::Tab,
            '\u{8}' => Key::Backspace,
            'W' => Key::Control('w'),
            'U' => Key::Control('u'),
            'K' => Key::Control('k'),
            'D' => Key::Control('d'),
            'H' => Key::Home,
            'X' => Key::Delete,
            other => Key::Char(other),
        };
        let pressed = text.chars().map(|it| line.key(key(it)));
        let pressed = pressed.filter(|it| *it != Pressed::Changed).collect();
        (line.text(), line.cursor, pressed)
    }

    fn one(preset: Option<&str>) -> Line {
        Line::new(preset.map(str::to_owned), false, false)
    }

    #[rstest]
    #[case(None, "abc<<x", "axbc", 2)]
    #[case(None, "a b  W", "a ", 2)]
    #[case(None, "a b<W", "b", 0)]
    #[case(None, "abc<K", "ab", 2)]
    #[case(None, "abc<U", "c", 0)]
    #[case(None, "abHX", "b", 0)]
    #[case(None, "a\u{8}\u{8}", "", 0)]
    #[case(Some("old"), "", "old", 0)]
    #[case(Some("old"), "x", "x", 1)]
    #[case(Some("old"), "\tx", "oldx", 4)]
    #[case(Some("old"), ">\u{8}", "ol", 2)]
    #[case(Some("old"), "\u{8}", "", 0)]
    fn keys_change_the_text(
        #[case] preset: Option<&str>,
        #[case] keys: &str,
        #[case] text: &str,
        #[case] cursor: usize,
    ) {
        let (now, at, _) = typed(one(preset), keys);
        assert_eq!((now.as_str(), at), (text, cursor));
    }

    #[test]
    fn enter_ends_a_line_and_breaks_one_of_several() {
        assert_eq!(typed(one(None), "a\n").2, [Pressed::Done]);
        let lines = |preset: Option<&str>| Line::new(preset.map(str::to_owned), false, true);
        let (text, cursor, pressed) = typed(lines(None), "ab\nc^xD");
        assert_eq!((text.as_str(), cursor), ("axb\nc", 2));
        assert_eq!(pressed, [Pressed::Done]);
        assert_eq!(typed(lines(Some("d")), "\n").2, [Pressed::Done]);
    }

    #[test]
    fn up_goes_back_from_an_empty_field_only() {
        assert_eq!(typed(one(Some("d")), "^").2, [Pressed::Back]);
        assert_eq!(typed(one(None), "a^").2, [Pressed::Nothing]);
    }

    #[test]
    fn of_a_long_line_the_part_at_the_cursor_is_shown() {
        let mut line = one(None);
        line.insert("0123456789".chars());
        let body = line.body(8, 5);
        assert_eq!(body.rows[0].text(), "> 56789");
        assert_eq!(body.cursor, Some((0, 7)));
    }

    #[test]
    fn no_secret_is_shown() {
        for preset in [None, Some("geheim".to_owned())] {
            let mut line = Line::new(preset, true, false);
            let shown = |line: &Line| {
                let rows = line.body(80, 5).rows;
                rows.iter().map(Row::text).collect::<String>() + &line.summary() + &line.keys()
            };
            assert!(!shown(&line).contains("geheim"));
            line.key(Key::Tab);
            line.key(Key::Paste("streng geheim\n".to_owned()));
            assert!(line.text().ends_with("streng geheim"));
            assert!(!shown(&line).contains("geheim"));
        }
    }
}
