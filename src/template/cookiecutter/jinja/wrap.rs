//! Jinja's filter `wordwrap`, which is Python's `textwrap` line by line.

use minijinja::Error;

use super::arguments::{Arguments, Given, width};
use crate::template::value::split_lines;

/// The filter.
pub(super) fn wordwrap(text: &str, arguments: Given) -> Result<String, Error> {
    let names = [
        "width",
        "break_long_words",
        "wrapstring",
        "break_on_hyphens",
    ];
    let arguments = Arguments::bind(names, arguments)?;
    let wrap = Wrap {
        width: width(arguments.integer(0, 79)?)?.max(1),
        breaks_words: arguments.flag(1, true),
        breaks_hyphens: arguments.flag(3, true),
    };
    let separator = match arguments.get(2) {
        Some(value) if !value.is_none() => arguments.text(2, "\n")?,
        _ => "\n".to_owned(),
    };
    let lines = split_lines(text);
    let wrapped = lines.iter().map(|line| wrap.line(line).join(&separator));
    Ok(wrapped.collect::<Vec<_>>().join(&separator))
}

#[derive(Clone, Copy)]
struct Wrap {
    width: usize,
    breaks_words: bool,
    breaks_hyphens: bool,
}

impl Wrap {
    /// The lines that a line becomes.
    fn line(self, line: &str) -> Vec<String> {
        let mut chunks: Vec<Vec<char>> = self.chunks(line);
        chunks.reverse();
        let mut lines = Vec::new();
        while !chunks.is_empty() {
            if !lines.is_empty() && chunks.last().is_some_and(|it| is_blank(it)) {
                chunks.pop();
            }
            let mut current: Vec<Vec<char>> = Vec::new();
            let mut length = 0;
            while let Some(chunk) = chunks.pop_if(|it| length + it.len() <= self.width) {
                length += chunk.len();
                current.push(chunk);
            }
            if let Some(chunk) = chunks.pop_if(|it| it.len() > self.width) {
                self.long(chunk, length, &mut current, &mut chunks);
            }
            if current.last().is_some_and(|it| is_blank(it)) {
                current.pop();
            }
            if !current.is_empty() {
                lines.push(current.into_iter().flatten().collect());
            }
        }
        lines
    }

    /// Puts as much of a long word on a line as there is room for, or all of it on its own.
    fn long(
        self,
        mut chunk: Vec<char>,
        length: usize,
        current: &mut Vec<Vec<char>>,
        chunks: &mut Vec<Vec<char>>,
    ) {
        let room = self.width.saturating_sub(length).max(1);
        if self.breaks_words {
            let mut end = room;
            if self.breaks_hyphens && chunk.len() > room {
                let before = chunk.get(..room).unwrap_or_default();
                let hyphen = before
                    .iter()
                    .rposition(|it| *it == '-')
                    .filter(|at| *at > 0);
                if let Some(hyphen) = hyphen
                    && before.iter().take(hyphen).any(|it| *it != '-')
                {
                    end = hyphen + 1;
                }
            }
            let rest = chunk.split_off(end.min(chunk.len()));
            current.push(chunk);
            chunks.push(rest);
        } else if current.is_empty() {
            current.push(chunk);
        } else {
            chunks.push(chunk);
        }
    }

    /// Words, what is between them, and parts of words with hyphens.
    fn chunks(self, line: &str) -> Vec<Vec<char>> {
        let mut chunks: Vec<Vec<char>> = Vec::new();
        let characters: Vec<char> = line.chars().collect();
        let at = |index: usize| characters.get(index).copied();
        let mut was_space = None;
        let mut splits = false;
        for (index, character) in characters.iter().enumerate() {
            let is_space = is_space(*character);
            match chunks.last_mut() {
                Some(chunk) if was_space == Some(is_space) && !splits => chunk.push(*character),
                _ => chunks.push(vec![*character]),
            }
            was_space = Some(is_space);
            splits = self.breaks_hyphens && *character == '-' && {
                let letter = |index: Option<usize>| {
                    index
                        .and_then(at)
                        .is_some_and(|it| it.is_alphabetic() || it == '_')
                };
                let hyphen = |index: Option<usize>| index.and_then(at) == Some('-');
                let before = |back| index.checked_sub(back);
                let after = |on| Some(index + on);
                letter(before(1))
                    && (letter(before(2)) || hyphen(before(2)) && letter(before(3)))
                    && letter(after(1))
                    && (letter(after(2)) || hyphen(after(2)) && letter(after(3)))
            };
        }
        chunks
    }
}

/// What `textwrap` takes for space.
fn is_space(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | ' ')
}

fn is_blank(chunk: &[char]) -> bool {
    chunk.iter().all(|it| is_space(*it))
}
