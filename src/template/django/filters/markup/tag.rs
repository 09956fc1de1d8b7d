//! Where tags begin and end, as Python's `html.parser` sees it.

use crate::template::value::{is_space, trim};

/// A start tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StartTag<'a> {
    /// In lower case.
    pub(super) name: String,
    /// All of it.
    pub(super) source: &'a str,
    pub(super) kind: Kind,
}

/// What a start tag turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Opening,
    /// It ends with `/>`.
    SelfClosing,
    /// It is not well-formed, and only text.
    Text,
}

/// Reads characters off the front of a text.
#[derive(Clone, Copy)]
struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(self) -> Option<char> {
        self.rest().chars().next()
    }

    fn before(self) -> Option<char> {
        self.text.get(..self.at)?.chars().next_back()
    }

    /// Passes all characters that pass the test.
    fn skip(&mut self, test: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.find(|it| !test(it)).unwrap_or(rest.len());
    }

    /// Passes space, and slashes that do not end the tag.
    fn skip_space_and_slashes(&mut self) {
        loop {
            self.skip(is_space);
            if self.peek() != Some('/') || self.rest().starts_with("/>") {
                return;
            }
            self.at += 1;
        }
    }

    /// Passes an attribute with the space after it, if there is one.
    fn skip_attribute(&mut self) -> bool {
        let separated = self
            .before()
            .is_some_and(|it| matches!(it, '\'' | '"' | '/') || is_space(it));
        if !separated
            || self
                .peek()
                .is_none_or(|it| is_space(it) || "/>".contains(it))
        {
            return false;
        }
        self.at += self.peek().map_or(0, char::len_utf8);
        self.skip(|it| !is_space(it) && !"/=>".contains(it));
        if let Some(after) = self.after_value() {
            self.at = after;
        }
        self.skip_space_and_slashes();
        true
    }

    /// The place after an equals sign and its value.
    fn after_value(self) -> Option<usize> {
        let mut cursor = self;
        cursor.skip(is_space);
        let first_sign = cursor.at;
        cursor.skip(|it| it == '=');
        let after_signs = cursor.at;
        if first_sign == after_signs {
            return None;
        }
        cursor.skip(is_space);
        if let Some(quote @ ('"' | '\'')) = cursor.peek() {
            let inside = cursor.rest().get(1..).unwrap_or_default();
            if let Some(length) = inside.find(quote) {
                return Some(cursor.at + 1 + length + 1);
            }
            // A quote that nothing closes is no value. The space before it may be an empty one,
            // and a second equals sign the start of one.
            if cursor.at > after_signs {
                return Some(cursor.at);
            }
            if after_signs - first_sign < 2 {
                return None;
            }
            cursor.at = after_signs - 1;
        }
        cursor.skip(|it| !is_space(it) && it != '>');
        Some(cursor.at)
    }
}

/// Whether a character may stand in a tag's name.
fn is_name(character: char) -> bool {
    !matches!(
        character,
        '\t' | '\n' | '\r' | '\u{c}' | ' ' | '/' | '>' | '\0'
    )
}

/// The start tag that begins at this place; `None` where it does not end.
pub(super) fn start_tag(text: &str, start: usize) -> Option<StartTag<'_>> {
    let end = start_tag_end(text, start)?;
    let mut cursor = Cursor {
        text,
        at: start + 1,
    };
    cursor.skip(is_name);
    let name = text.get(start + 1..cursor.at)?.to_lowercase();
    cursor.skip_space_and_slashes();
    while cursor.at < end && cursor.skip_attribute() {}
    let kind = match trim(text.get(cursor.at..end).unwrap_or_default()) {
        ">" => Kind::Opening,
        "/>" => Kind::SelfClosing,
        _ => Kind::Text,
    };
    Some(StartTag {
        name,
        source: text.get(start..end)?,
        kind,
    })
}

fn start_tag_end(text: &str, start: usize) -> Option<usize> {
    let mut cursor = Cursor {
        text,
        at: start + 1,
    };
    cursor.skip(is_name);
    cursor.skip(|it| is_space(it) || it == '/');
    while cursor.skip_attribute() {}
    cursor.skip(is_space);
    match cursor.peek()? {
        '>' => Some(cursor.at + 1),
        '/' if cursor.rest().starts_with("/>") => Some(cursor.at + 2),
        '/' | '=' => None,
        next if next.is_ascii_alphabetic() => None,
        _ => Some(cursor.at),
    }
}

/// An end tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum EndTag {
    /// `</name>`.
    Plain(String, usize),
    /// One with something after the name.
    Sloppy(String, usize),
    /// It has no name and is passed over.
    Nothing(usize),
}

/// The end tag that begins at this place and where it ends; `None` where it does not end.
pub(super) fn end_tag(text: &str, start: usize) -> Option<EndTag> {
    let close = start + 1 + text.get(start + 1..)?.find('>')?;
    if let Some((name, end)) = plain_end_tag(text, start) {
        return Some(EndTag::Plain(name.to_lowercase(), end));
    }
    let mut cursor = Cursor {
        text,
        at: start + 2,
    };
    if cursor.peek().is_some_and(|it| it.is_ascii_alphabetic()) {
        let from = cursor.at;
        cursor.skip(is_name);
        let name = text.get(from..cursor.at)?.to_lowercase();
        cursor.skip_space_and_slashes();
        let end = cursor.at + cursor.rest().find('>')? + 1;
        return Some(EndTag::Sloppy(name, end));
    }
    Some(EndTag::Nothing(close + 1))
}

/// `</name>` at this place, maybe with space in it: the name, and where it ends.
fn plain_end_tag(text: &str, start: usize) -> Option<(&str, usize)> {
    let mut cursor = Cursor {
        text,
        at: start + 2,
    };
    cursor.skip(is_space);
    let from = cursor.at;
    if !cursor.peek()?.is_ascii_alphabetic() {
        return None;
    }
    cursor.skip(|it| it.is_ascii_alphanumeric() || "-.:_".contains(it));
    let name = text.get(from..cursor.at)?;
    cursor.skip(is_space);
    (cursor.peek() == Some('>')).then_some((name, cursor.at + 1))
}

/// Whether `</name>` stands at this place, in any case and with space in it.
pub(super) fn closes(text: &str, start: usize, name: &str) -> bool {
    plain_end_tag(text, start).is_some_and(|(found, _)| found.eq_ignore_ascii_case(name))
}
