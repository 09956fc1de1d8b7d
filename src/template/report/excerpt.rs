//! The lines around a place in a text, as much of them as is shown.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use super::LEFT_OUT;
use crate::template::shown;

/// How many columns of a line are kept: enough to find the place, while whole files that are one
/// line stay out of the terminal.
const MOST_COLUMNS: usize = 300;

/// How much of the room of a line is for what stands before the place: one part of so many.
const BEFORE: usize = 3;

/// How many columns there are from one tab stop to the next.
pub(super) const TAB: usize = 4;

/// A place in a text, with its line and those next to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// The line of the text that the place is in, from 1.
    pub(super) line: usize,
    /// Its column there in characters, from 1.
    pub(super) column: usize,
    /// The line before, the line and the line after, as far as there are any and they are not
    /// blank.
    pub(super) lines: Vec<Line>,
    /// What is marked, in octets of the line as it is here.
    pub(super) mark: Range<usize>,
}

/// A line, as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Its number, from 1.
    pub(super) number: usize,
    pub(super) text: String,
}

impl Excerpt {
    /// The place of such octets of a text. What is beyond the line's end is not marked.
    pub(super) fn new(text: &str, range: Range<usize>) -> Self {
        let start = text.floor_char_boundary(range.start);
        let end = text.ceil_char_boundary(range.end).max(start);
        let before = text.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.matches('\n').count() + 1;
        let in_line = before.get(line_start..).unwrap_or_default();
        let rest = text.get(line_start..).unwrap_or_default();
        let (own, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let own = without_end(own);
        let in_own = |at: usize| (at - line_start).min(own.len());
        let (own, mark) = cut(own, in_own(start)..in_own(end), MOST_COLUMNS);
        let before = line_start.checked_sub(1).and_then(|end| text.get(..end));
        let before = before.map(|it| it.rsplit('\n').next().unwrap_or_default());
        let beside = |number: usize, text: Option<&str>| {
            let text = text.map(without_end);
            let text = text.filter(|it| !it.trim().is_empty())?;
            let (text, _) = cut(text, 0..0, MOST_COLUMNS);
            Some(Line { number, text })
        };
        let lines = [
            beside(line - 1, before),
            Some(Line {
                number: line,
                text: own,
            }),
            beside(line + 1, after.split('\n').next()),
        ];
        Self {
            line,
            column: in_line.chars().count() + 1,
            lines: lines.into_iter().flatten().collect(),
            mark,
        }
    }

    /// The line that the place is in.
    pub(super) fn own(&self) -> Option<&Line> {
        self.lines.iter().find(|it| it.number == self.line)
    }
}

/// A line without the other half of a line end of two characters.
fn without_end(line: &str) -> &str {
    line.strip_suffix('\r').unwrap_or(line)
}

/// A line as it may be shown in so many columns, with what is marked in it where that is now. What
/// is left out is away from the beginning of the mark.
pub(super) fn cut(line: &str, mark: Range<usize>, columns: usize) -> (String, Range<usize>) {
    let part = part(line, mark.start, columns);
    let shown = |range: Range<usize>| shown::line(line.get(range).unwrap_or_default()).to_string();
    let mut text = String::new();
    if part.start > 0 {
        text.push_str(LEFT_OUT);
    }
    text.push_str(&shown(part.start..mark.start));
    let start = text.len();
    let end = mark.end.min(part.end);
    text.push_str(&shown(mark.start..end));
    let marked = start..text.len();
    text.push_str(&shown(end..part.end));
    if part.end < line.len() {
        text.push_str(LEFT_OUT);
    }
    (text, marked)
}

/// The part of a line around a place that there is room for, in octets.
fn part(line: &str, place: usize, columns: usize) -> Range<usize> {
    let mut room = columns;
    if line.chars().all(|it| takes(&mut room, it)) {
        return 0..line.len();
    }
    let (before, after) = line.split_at_checked(place).unwrap_or((line, ""));
    let mut room = columns / BEFORE;
    let start = before.char_indices().rev();
    let start = start.take_while(|(_, it)| takes(&mut room, *it)).last();
    let start = start.map_or(place, |(at, _)| at);
    let mut room = room + columns - columns / BEFORE;
    let end = after.char_indices();
    let end = end.take_while(|(_, it)| takes(&mut room, *it)).last();
    let end = end.map_or(place, |(at, last)| place + at + last.len_utf8());
    start..end
}

/// Whether there is room for a character, which is then taken.
fn takes(room: &mut usize, character: char) -> bool {
    let width = match character {
        '\t' => TAB,
        // What has no width of its own takes some too: there may be any number of it.
        _ => shown::line(character.encode_utf8(&mut [0; 4]))
            .to_string()
            .width()
            .max(1),
    };
    let rest = room.checked_sub(width);
    *room = rest.unwrap_or(*room);
    rest.is_some()
}
