//! Jinja's filters `int` and `float`, which never fail.

use minijinja::{Error, Value, value::ValueKind};

use super::arguments::{Arguments, Given};

/// The filter `int`.
pub(super) fn int(value: &Value, arguments: Given) -> Result<Value, Error> {
    let arguments = Arguments::bind(["default", "base"], arguments)?;
    let base = u32::try_from(arguments.integer(1, 10)?).unwrap_or(10);
    let number = match value.kind() {
        ValueKind::String => {
            let text = value.as_str().unwrap_or_default().trim();
            parsed(text, base).or_else(|| truncated(text.parse().ok()?))
        }
        ValueKind::Bool => Some(i128::from(value.is_true())),
        ValueKind::Number if value.is_integer() => i128::try_from(value.clone()).ok(),
        ValueKind::Number => f64::try_from(value.clone()).ok().and_then(truncated),
        _ => None,
    };
    let default = || arguments.get(0).cloned().unwrap_or_else(|| Value::from(0));
    Ok(number.map_or_else(default, Value::from))
}

/// The filter `float`.
pub(super) fn float(value: &Value, arguments: Given) -> Result<Value, Error> {
    let arguments = Arguments::bind(["default"], arguments)?;
    let number = match value.kind() {
        ValueKind::String => value.as_str().unwrap_or_default().trim().parse().ok(),
        ValueKind::Bool => Some(f64::from(u8::from(value.is_true()))),
        ValueKind::Number => f64::try_from(value.clone()).ok(),
        _ => None,
    };
    let default = || {
        arguments
            .get(0)
            .cloned()
            .unwrap_or_else(|| Value::from(0.0))
    };
    Ok(number.map_or_else(default, Value::from))
}

/// Python's `int(text, base)`.
fn parsed(text: &str, base: u32) -> Option<i128> {
    let (is_negative, digits) = match text.strip_prefix(['-', '+']) {
        Some(digits) => (text.starts_with('-'), digits),
        None => (false, text),
    };
    let prefixes = [
        ("0x", 16),
        ("0X", 16),
        ("0o", 8),
        ("0O", 8),
        ("0b", 2),
        ("0B", 2),
    ];
    let with_base = prefixes.iter().find_map(|(prefix, of)| {
        let digits = digits.strip_prefix(prefix)?;
        (base == 0 || base == *of).then_some((digits, *of))
    });
    let (digits, base) = with_base.unwrap_or((digits, if base == 0 { 10 } else { base }));
    if !(2..=36).contains(&base) || digits.is_empty() {
        return None;
    }
    let is_grouped = digits.split('_').all(|part| !part.is_empty());
    if !is_grouped || digits.starts_with(['-', '+']) {
        return None;
    }
    let number = i128::from_str_radix(&digits.replace('_', ""), base).ok()?;
    number.checked_mul(if is_negative { -1 } else { 1 })
}

fn truncated(number: f64) -> Option<i128> {
    /// From here on the engine's integers end.
    const MOST: f64 = 1e38;
    #[expect(clippy::cast_possible_truncation, reason = "it is in the range")]
    (number.is_finite() && number.abs() < MOST).then_some(number as i128)
}
