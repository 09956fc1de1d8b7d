//! The filter `json_script`.

use std::fmt::Write;

use super::{Input, html::conditional_escape};
use crate::template::{
    django::Fault,
    value::{DateTime, Exception, Value, float_text, isoformat},
};

/// How deep the value may be nested.
const MOST_DEPTH: usize = 200;

pub(super) fn script(input: &Input<'_>) -> Result<Value, Exception> {
    let mut json = String::new();
    push(input.value, 0, &mut json)?;
    // In a script no character may end it or begin a tag.
    let json = json
        .replace('>', "\\u003E")
        .replace('<', "\\u003C")
        .replace('&', "\\u0026");
    let id = input.argument();
    let id = if id.is_true() {
        format!("id=\"{}\" ", conditional_escape(id))
    } else {
        String::new()
    };
    Ok(Value::safe(format!(
        "<script {id}type=\"application/json\">{json}</script>"
    )))
}

fn push(value: &Value, depth: usize, json: &mut String) -> Result<(), Exception> {
    if depth > MOST_DEPTH {
        return Err(Fault::new("the value is nested too deep for JSON").into());
    }
    match value {
        Value::None => json.push_str("null"),
        Value::Bool(value) => json.push_str(if *value { "true" } else { "false" }),
        Value::Int(value) => json.push_str(&value.to_string()),
        Value::Float(value) => json.push_str(&match *value {
            value if value.is_nan() => "NaN".to_owned(),
            value if value.is_infinite() && value > 0.0 => "Infinity".to_owned(),
            value if value.is_infinite() => "-Infinity".to_owned(),
            value => float_text(value),
        }),
        Value::Str(value) => push_text(&value.text, json),
        Value::List(items) | Value::Tuple(items) | Value::Group(items) => {
            json.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    json.push_str(", ");
                }
                push(item, depth + 1, json)?;
            }
            json.push(']');
        }
        Value::Dict(dict) => {
            json.push('{');
            for (index, (key, item)) in dict.iter().enumerate() {
                if index > 0 {
                    json.push_str(", ");
                }
                push_text(key, json);
                json.push_str(": ");
                push(item, depth + 1, json)?;
            }
            json.push('}');
        }
        Value::Date(_) | Value::Time(_) | Value::DateTime(_) => {
            push_text(&moment(value), json);
        }
        Value::View(_) => {
            return Err(Exception::Type(format!(
                "Object of type {} is not JSON serializable",
                value.type_name()
            )));
        }
    }
    Ok(())
}

/// A moment as JavaScript has it: in milliseconds, and with a `Z` for UTC.
fn moment(value: &Value) -> String {
    let mut text = isoformat(value, 'T');
    if let Some(point) = text.find('.') {
        let (seconds, fraction) = text.split_at(point);
        let millis: String = fraction.chars().take(4).collect();
        let zone: String = fraction.chars().skip(7).collect();
        text = format!("{seconds}{millis}{zone}");
    }
    match text.strip_suffix("+00:00") {
        Some(rest) if matches!(value, Value::DateTime(DateTime::Aware(_))) => format!("{rest}Z"),
        _ => text,
    }
}

fn push_text(text: &str, json: &mut String) {
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
