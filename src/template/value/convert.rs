//! `int()` and `float()` of values.

use super::{
    Value,
    exception::Exception,
    number::{TWO_TO_127, parse_float, parse_integer},
};

/// `int(value)`.
pub(in crate::template) fn to_integer(value: &Value) -> Result<i128, Exception> {
    match value {
        Value::Bool(value) => Ok(i128::from(*value)),
        Value::Int(value) => Ok(*value),
        Value::Float(value) => integer_from_float(*value),
        Value::Str(text) => parse_integer(&text.text),
        _ => Err(Exception::Type(format!(
            "int() argument must be a string, a bytes-like object or a real number, not '{}'",
            value.type_name()
        ))),
    }
}

/// `float(value)`.
pub(in crate::template) fn to_float(value: &Value) -> Result<f64, Exception> {
    match value {
        Value::Bool(value) => Ok(f64::from(u8::from(*value))),
        Value::Int(value) => Ok(nearest_float(*value)),
        Value::Float(value) => Ok(*value),
        Value::Str(text) => parse_float(&text.text),
        _ => Err(Exception::Type(format!(
            "float() argument must be a string or a real number, not '{}'",
            value.type_name()
        ))),
    }
}

/// `float(int)`.
#[expect(
    clippy::cast_precision_loss,
    reason = "the nearest float is what Python gives too"
)]
fn nearest_float(integer: i128) -> f64 {
    integer as f64
}

/// `int(float)`.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the range is checked before"
)]
pub(in crate::template) fn integer_from_float(value: f64) -> Result<i128, Exception> {
    if value.is_nan() {
        Err(Exception::Value(
            "cannot convert float NaN to integer".to_owned(),
        ))
    } else if value.is_infinite() {
        Err(Exception::Overflow(
            "cannot convert float infinity to integer".to_owned(),
        ))
    } else if (-TWO_TO_127..TWO_TO_127).contains(&value) {
        Ok(value.trunc() as i128)
    } else {
        Err(Exception::too_great())
    }
}
