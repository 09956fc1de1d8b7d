//! Filters that make HTML of texts.

use std::fmt::Write;

use super::{Input, mark_safe};
use crate::template::value::{Exception, Str, Value};

type Result = std::result::Result<Value, Exception>;

/// The text with HTML's special characters as entities.
pub(in crate::template::django) fn escape(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => result.push_str("&amp;"),
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '"' => result.push_str("&quot;"),
            '\'' => result.push_str("&#x27;"),
            _ => result.push(character),
        }
    }
    result
}

/// The value's text, escaped unless it is a safe one.
pub(super) fn conditional_escape(value: &Value) -> String {
    match value {
        Value::Str(Str { text, is_safe }) if *is_safe => text.to_string(),
        _ => escape(&value.to_text()),
    }
}

pub(super) fn conditional(input: &Input<'_>) -> Value {
    Value::safe(conditional_escape(input.value))
}

pub(super) fn force_escape(input: &Input<'_>) -> Value {
    Value::safe(escape(input.text))
}

pub(super) fn safe(input: &Input<'_>) -> Value {
    mark_safe(input.value)
}

fn elements(value: &Value) -> std::result::Result<Vec<Value>, Exception> {
    value
        .iterate()
        .ok_or_else(|| Exception::Type(format!("'{}' object is not iterable", value.type_name())))
}

pub(super) fn escape_sequence(input: &Input<'_>) -> Result {
    let elements = elements(input.value)?.into_iter();
    let escaped = elements.map(|it| Value::safe(conditional_escape(&it)));
    Ok(Value::List(escaped.collect()))
}

pub(super) fn safe_sequence(input: &Input<'_>) -> Result {
    let elements = elements(input.value)?.into_iter();
    Ok(Value::List(elements.map(|it| mark_safe(&it)).collect()))
}

/// Everything that could end a string of JavaScript or a script as `\uXXXX`.
pub(super) fn escape_javascript(input: &Input<'_>) -> Value {
    let mut text = String::with_capacity(input.text.len());
    for character in input.text.chars() {
        let special = matches!(
            character,
            '\\' | '\'' | '"' | '>' | '<' | '&' | '=' | '-' | ';' | '`' | '\u{2028}' | '\u{2029}'
        );
        if special || character.is_control() {
            // Writing to a text cannot fail.
            let _ = write!(text, "\\u{:04X}", u32::from(character));
        } else {
            text.push(character);
        }
    }
    Value::safe(text)
}

/// CR LF and CR as LF.
fn normal_newlines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Whether a filter that knows about escaping has to escape the text itself.
pub(super) fn escapes(input: &Input<'_>) -> bool {
    input.environment.autoescape && !input.is_safe()
}

pub(super) fn line_breaks(input: &Input<'_>) -> Value {
    let text = normal_newlines(input.text);
    let mut paragraphs = vec![String::new()];
    let mut newlines = 0;
    for character in text.chars() {
        if character == '\n' {
            newlines += 1;
            continue;
        }
        push_newlines(newlines, &mut paragraphs);
        newlines = 0;
        if let Some(last) = paragraphs.last_mut() {
            last.push(character);
        }
    }
    push_newlines(newlines, &mut paragraphs);
    let paragraphs: Vec<_> = paragraphs
        .into_iter()
        .map(|it| if escapes(input) { escape(&it) } else { it })
        .map(|it| format!("<p>{}</p>", it.replace('\n', "<br>")))
        .collect();
    Value::safe(paragraphs.join("\n\n"))
}

/// One newline stays in its paragraph, several end it.
fn push_newlines(newlines: usize, paragraphs: &mut Vec<String>) {
    match newlines {
        0 => {}
        1 => paragraphs
            .iter_mut()
            .last()
            .into_iter()
            .for_each(|it| it.push('\n')),
        _ => paragraphs.push(String::new()),
    }
}

pub(super) fn line_breaks_only(input: &Input<'_>) -> Value {
    let mut text = normal_newlines(input.text);
    if escapes(input) {
        text = escape(&text);
    }
    Value::safe(text.replace('\n', "<br>"))
}

pub(super) fn line_numbers(input: &Input<'_>) -> Result {
    let count = input.text.split('\n').count();
    let width = count.to_string().len();
    input.make(count.saturating_mul(width + 2))?;
    let lines: Vec<_> = input
        .text
        .split('\n')
        .enumerate()
        .map(|(index, line)| {
            let number = index + 1;
            if escapes(input) {
                format!("{number:0width$}. {}", escape(line))
            } else {
                format!("{number:0width$}. {line}")
            }
        })
        .collect();
    Ok(Value::safe(lines.join("\n")))
}
