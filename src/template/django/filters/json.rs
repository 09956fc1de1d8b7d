//! The filter `json_script`.

use super::{Input, html::conditional_escape};
use crate::template::{
    django::Fault,
    value::{
        DateTime, Exception, Value, isoformat,
        json::{push_simple, push_text},
    },
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
        Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => {
            push_simple(value, json);
        }
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
