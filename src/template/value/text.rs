//! `str()` and `repr()`.

use std::fmt::Write;

use super::{MOST_DEPTH, Value, characters::is_printable, moment, number::float_text};

impl Value {
    /// Python's `str()`.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Str(text) => text.text.to_string(),
            Self::Date(_) | Self::Time(_) | Self::DateTime(_) => moment::text(self),
            _ => self.repr(),
        }
    }

    /// Python's `repr()`.
    #[must_use]
    pub fn repr(&self) -> String {
        let mut text = String::new();
        push(self, 0, &mut text);
        text
    }
}

fn push(value: &Value, depth: usize, text: &mut String) {
    if depth > MOST_DEPTH {
        text.push_str("...");
        return;
    }
    match value {
        Value::None => text.push_str("None"),
        Value::Bool(true) => text.push_str("True"),
        Value::Bool(false) => text.push_str("False"),
        Value::Int(value) => text.push_str(&value.to_string()),
        Value::Float(value) => text.push_str(&float_text(*value)),
        Value::Str(value) => push_quoted(&value.text, text),
        Value::List(items) => push_items(items, depth, ("[", "]"), text),
        Value::Tuple(items) => {
            let end = if items.len() == 1 { ",)" } else { ")" };
            push_items(items, depth, ("(", end), text);
        }
        Value::Group(parts) => {
            text.push_str("GroupedResult(");
            for (name, part) in [("grouper=", parts.first()), (", list=", parts.last())] {
                text.push_str(name);
                push(part.unwrap_or(&Value::None), depth + 1, text);
            }
            text.push(')');
        }
        Value::Dict(dict) => {
            text.push('{');
            for (index, (key, value)) in dict.iter().enumerate() {
                if index > 0 {
                    text.push_str(", ");
                }
                push_quoted(key, text);
                text.push_str(": ");
                push(value, depth + 1, text);
            }
            text.push('}');
        }
        Value::View(view) => {
            text.push_str(view.part.type_name());
            push_items(&view.elements(), depth, ("([", "])"), text);
        }
        Value::Date(_) | Value::Time(_) | Value::DateTime(_) => {
            text.push_str(&moment::repr(value));
        }
    }
}

fn push_items(items: &[Value], depth: usize, (start, end): (&str, &str), text: &mut String) {
    text.push_str(start);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        push(item, depth + 1, text);
    }
    text.push_str(end);
}

/// A text as a Python literal: in single quotes unless only double ones spare an escape.
fn push_quoted(value: &str, text: &mut String) {
    let quote = if value.contains('\'') && !value.contains('"') {
        '"'
    } else {
        '\''
    };
    text.push(quote);
    for character in value.chars() {
        // Writing to a text cannot fail.
        let _ = match character {
            '\\' => text.write_str("\\\\"),
            '\n' => text.write_str("\\n"),
            '\r' => text.write_str("\\r"),
            '\t' => text.write_str("\\t"),
            _ if character == quote => write!(text, "\\{character}"),
            _ if is_printable(character) => text.write_char(character),
            '\0'..='\u{ff}' => write!(text, "\\x{:02x}", u32::from(character)),
            '\u{100}'..='\u{ffff}' => write!(text, "\\u{:04x}", u32::from(character)),
            _ => write!(text, "\\U{:08x}", u32::from(character)),
        };
    }
    text.push(quote);
}
