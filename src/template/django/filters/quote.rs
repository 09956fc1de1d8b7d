//! Filters that encode texts for URLs.

use std::fmt::Write;

use super::Input;
use crate::template::value::{Exception, Str, Value};

/// Python's `quote`: letters, digits, `_.-~` and the safe characters stay, all other octets of
/// the text in UTF-8 become `%XX`.
pub(super) fn quote(text: &str, safe: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for octet in text.bytes() {
        let character = char::from(octet);
        if octet.is_ascii()
            && (character.is_ascii_alphanumeric()
                || "_.-~".contains(character)
                || safe.contains(character))
        {
            result.push(character);
        } else {
            // Writing to a text cannot fail.
            let _ = write!(result, "%{octet:02X}");
        }
    }
    result
}

pub(super) fn iri_encode(input: &Input<'_>) -> Value {
    Value::text(quote(input.text, "/#%[]=:;$&()+,!?*@'~"))
}

pub(super) fn url_encode(input: &Input<'_>) -> Result<Value, Exception> {
    if input.text.is_empty() {
        return Ok(input.value.clone());
    }
    let safe = match input.argument() {
        Value::None => "/",
        Value::Str(Str { text, .. }) => &**text,
        other => {
            return Err(Exception::Type(format!(
                "'{}' object is not a text of safe characters",
                other.type_name()
            )));
        }
    };
    Ok(Value::text(quote(input.text, safe)))
}
