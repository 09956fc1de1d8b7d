//! Values as Python's `json.dumps` writes them: what is not made of other values.

use std::fmt::Write as _;

use super::{Value, float_text};

/// A value that is not made of others; what JSON does not know, as a text.
pub(in crate::template) fn push_simple(value: &Value, json: &mut String) {
    match value {
        Value::None => json.push_str("null"),
        Value::Bool(value) => json.push_str(if *value { "true" } else { "false" }),
        Value::Int(value) => json.push_str(&value.to_string()),
        Value::Float(value) if value.is_nan() => json.push_str("NaN"),
        Value::Float(value) if value.is_infinite() => {
            json.push_str(if *value > 0.0 {
                "Infinity"
            } else {
                "-Infinity"
            });
        }
        Value::Float(value) => json.push_str(&float_text(*value)),
        Value::Str(value) => push_text(&value.text, json),
        other => push_text(&other.to_text(), json),
    }
}

/// A text in quotes; what is not ASCII is written in numbers.
pub(in crate::template) fn push_text(text: &str, json: &mut String) {
    json.push('"');
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            '\u{8}' => json.push_str("\\b"),
            '\u{c}' => json.push_str("\\f"),
            ' '..='~' => json.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    // Writing to a text cannot fail.
                    let _ = write!(json, "\\u{unit:04x}");
                }
            }
        }
    }
    json.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_as_python_writes_them() {
        for (value, expected) in [
            (Value::None, "null"),
            (Value::Bool(true), "true"),
            (Value::Int(-7), "-7"),
            (Value::Float(1.0), "1.0"),
            (Value::Float(f64::NEG_INFINITY), "-Infinity"),
            (Value::Float(f64::NAN), "NaN"),
            (
                Value::text("a\"\\\n\t\u{8}\u{7f}é😀/"),
                r#""a\"\\\n\t\b\u007f\u00e9\ud83d\ude00/""#,
            ),
        ] {
            let mut json = String::new();
            push_simple(&value, &mut json);
            assert_eq!(json, expected);
        }
    }
}
