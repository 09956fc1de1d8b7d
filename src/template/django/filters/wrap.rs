//! The filter `wordwrap`.

use super::Input;
use crate::template::value::{Exception, TAB_SIZE, Value, expand_tabs, is_space, split_lines};

pub(super) fn filter(input: &Input<'_>) -> Result<Value, Exception> {
    let width = input.integer()?;
    let mut lines = Vec::new();
    for line in split_lines(input.text) {
        let wrapped = wrap(line, width)?;
        if wrapped.is_empty() {
            lines.push(line.to_owned());
        } else {
            lines.extend(wrapped);
        }
    }
    if input.text.ends_with('\n') {
        lines.push(String::new());
    }
    Ok(Value::text(lines.join("\n")))
}

/// A line as lines of at most this width, as far as its words are not longer.
fn wrap(line: &str, width: i128) -> Result<Vec<String>, Exception> {
    if width <= 0 {
        return Err(Exception::Value(format!(
            "invalid width {width} (must be > 0)"
        )));
    }
    let line = expand_tabs(line, TAB_SIZE);
    let mut chunks = chunks(&line).into_iter().peekable();
    let mut lines = Vec::new();
    let length = |chunk: &str| i128::try_from(chunk.chars().count()).unwrap_or(i128::MAX);
    let is_blank = |chunk: &str| chunk.chars().all(is_space);
    while chunks.peek().is_some() {
        // Space at which a line was broken is gone; at the start of the first it stays.
        if !lines.is_empty() {
            chunks.next_if(|chunk| is_blank(chunk));
        }
        let mut current = Vec::new();
        let mut taken = 0;
        while let Some(chunk) = chunks.next_if(|chunk| taken + length(chunk) <= width) {
            taken += length(chunk);
            current.push(chunk);
        }
        if current.is_empty() {
            // A word that is longer than a line stands alone.
            current.extend(chunks.next());
        }
        if current.last().is_some_and(|chunk| is_blank(chunk)) {
            current.pop();
        }
        if !current.is_empty() {
            lines.push(current.concat());
        }
    }
    Ok(lines)
}

/// Words and the space between them by turns.
fn chunks(line: &str) -> Vec<&str> {
    let is_break = |it: char| matches!(it, '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | ' ');
    let mut chunks = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let kind = is_break(first);
        let end = rest.find(|it| is_break(it) != kind).unwrap_or(rest.len());
        let (chunk, after) = rest.split_at(end);
        chunks.push(chunk);
        rest = after;
    }
    chunks
}
