//! Filters that choose between texts.

use super::{Input, lacks};
use crate::template::value::{Exception, Str, Value, to_float};

type Result = std::result::Result<Value, Exception>;

pub(super) fn default(input: &Input<'_>) -> Value {
    if input.value.is_true() {
        input.value
    } else {
        input.argument()
    }
    .clone()
}

pub(super) fn default_if_none(input: &Input<'_>) -> Value {
    if matches!(input.value, Value::None) {
        input.argument()
    } else {
        input.value
    }
    .clone()
}

pub(super) fn yes_no(input: &Input<'_>) -> Result {
    let choices = match input.argument() {
        Value::None => "yes,no,maybe",
        Value::Str(Str { text, .. }) => &**text,
        other => return Err(lacks(other, "split")),
    };
    let choices: Vec<&str> = choices.split(',').collect();
    let (yes, no, maybe) = match *choices.as_slice() {
        [yes, no, maybe] => (yes, no, maybe),
        [yes, no, ..] => (yes, no, no),
        _ => return Ok(input.value.clone()),
    };
    Ok(Value::text(match input.value {
        Value::None => maybe,
        value if value.is_true() => yes,
        _ => no,
    }))
}

pub(super) fn pluralize(input: &Input<'_>) -> Result {
    let suffixes = match input.argument {
        None => ",s",
        Some(Value::Str(Str { text, .. })) => &**text,
        Some(other) => {
            return Err(Exception::Type(format!(
                "argument of type '{}' is not a text",
                other.type_name()
            )));
        }
    };
    let suffixes: Vec<&str> = suffixes.split(',').collect();
    let (singular, plural) = match *suffixes.as_slice() {
        [plural] => ("", plural),
        [singular, plural] => (singular, plural),
        _ => return Ok(Value::text("")),
    };
    #[expect(clippy::float_cmp, reason = "exactly one thing is singular")]
    let is_one = match to_float(input.value) {
        Ok(number) => number == 1.0,
        Err(Exception::Type(_)) => match input.value.length() {
            Some(length) => length == 1,
            None => return Ok(Value::text("")),
        },
        Err(Exception::Value(_)) => return Ok(Value::text("")),
        Err(error) => return Err(error),
    };
    Ok(Value::text(if is_one { singular } else { plural }))
}
