//! Filters of numbers, and numbers as templates print them.

use std::sync::Arc;

use super::{
    super::dateformat::{self, Letters},
    Input,
};
use crate::template::value::{DateTime, Exception, Str, Value, float_text, plain_text, to_integer};

/// What a variable prints, before escaping: numbers and dates as American English has them.
pub(in crate::template::django) fn localized(value: &Value) -> String {
    let date = |format: &str| {
        let value = dateformat::localtime(value);
        // These formats have letters only that the values have parts for.
        dateformat::format_value(&value, format, Letters::All).unwrap_or_default()
    };
    match value {
        Value::Float(number) => number_text(*number),
        Value::Date(_) => date("DATE_FORMAT"),
        Value::Time(_) => date("TIME_FORMAT"),
        Value::DateTime(DateTime::Naive(_) | DateTime::Aware(_)) => date("DATETIME_FORMAT"),
        _ => value.to_text(),
    }
}

/// A float without an exponent, unless it would be very long.
fn number_text(number: f64) -> String {
    let text = float_text(number);
    let Some((mantissa, exponent)) = text.split_once('e') else {
        return text;
    };
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
    let fraction = mantissa.split_once('.').map_or(0, |(_, it)| it.len());
    let exponent: i64 = exponent.parse().unwrap_or_default();
    // The exponent of the last digit, as Python's decimal numbers have it.
    let last = exponent - i64::try_from(fraction).unwrap_or_default();
    if last.unsigned_abs() + digits as u64 > 200 {
        return format!("{mantissa}e{exponent:+}");
    }
    plain_text(number)
}

/// Digits with a comma after each group of three.
pub(super) fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

pub(super) fn file_size(input: &Input<'_>) -> Result<Value, Exception> {
    if let Value::Float(octets) = input.value
        && octets.is_finite()
        && octets.abs() >= HUGE
    {
        return Ok(Value::text(huge_size(*octets)));
    }
    let octets = match to_integer(input.value) {
        Ok(octets) => octets,
        Err(Exception::Value(_) | Exception::Type(_)) => 0,
        Err(error) => return Err(error),
    };
    let size = octets.unsigned_abs();
    let sign = if octets < 0 { "-" } else { "" };
    let units = [(50, "PB"), (40, "TB"), (30, "GB"), (20, "MB"), (10, "KB")];
    let unit = units.iter().find(|&&(power, _)| size >> power > 0);
    let text = match unit {
        Some(&(power, name)) => {
            #[expect(clippy::cast_precision_loss, reason = "Python divides floats too")]
            let amount = size as f64 / (1_u64 << power) as f64;
            let amount = if amount < 1e16 {
                format!("{amount:.1}")
            } else {
                format!("{}.0", number_text(amount))
            };
            format!("{sign}{amount}\u{a0}{name}")
        }
        None if size == 1 => format!("{sign}1\u{a0}byte"),
        None => format!("{sign}{size}\u{a0}bytes"),
    };
    Ok(Value::text(text))
}

/// The octets of the greatest unit.
const PETABYTE: f64 = 1_125_899_906_842_624.0;

/// Floats from here on are whole numbers, and may be greater than a [`Value`] holds.
const HUGE: f64 = 1e36;

/// Django's `filesizeformat` of so many octets; the unit is a power of two, so nothing is lost.
fn huge_size(octets: f64) -> String {
    let amount = number_text(octets / PETABYTE);
    let amount = match amount.split_once('e') {
        // Of the mantissa's fraction Django leaves as many digits as of any other fraction.
        Some((mantissa, exponent)) => {
            let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
            let digit = fraction.chars().next().unwrap_or('0');
            format!("{whole}.{digit}e{exponent}")
        }
        None => format!("{amount}.0"),
    };
    format!("{amount}\u{a0}PB")
}

pub(super) fn add(input: &Input<'_>) -> Result<Value, Exception> {
    let argument = input.argument();
    let both = to_integer(input.value).and_then(|one| Ok((one, to_integer(argument)?)));
    match both {
        Ok((one, other)) => one
            .checked_add(other)
            .map(Value::Int)
            .ok_or_else(Exception::too_great),
        Err(Exception::Value(_) | Exception::Type(_)) => plus(input, argument),
        Err(error) => Err(error),
    }
}

/// Python's `+`; the empty text where there is none.
fn plus(input: &Input<'_>, argument: &Value) -> Result<Value, Exception> {
    let chain = |one: &[Value], other: &[Value]| one.iter().chain(other).cloned().collect();
    Ok(match (input.value, argument) {
        (Value::Str(one), Value::Str(other)) => {
            input.make(one.text.len() + other.text.len())?;
            Value::Str(Str {
                text: Arc::from(format!("{}{}", one.text, other.text)),
                is_safe: one.is_safe && other.is_safe,
            })
        }
        (Value::List(one), Value::List(other)) => {
            input.make((one.len() + other.len()).saturating_mul(size_of::<Value>()))?;
            Value::List(chain(one, other))
        }
        (Value::Tuple(one) | Value::Group(one), Value::Tuple(other) | Value::Group(other)) => {
            input.make((one.len() + other.len()).saturating_mul(size_of::<Value>()))?;
            Value::Tuple(chain(one, other))
        }
        // One of them is not a number, or has no integer: NaN.
        (
            Value::Bool(_) | Value::Int(_) | Value::Float(_),
            Value::Bool(_) | Value::Int(_) | Value::Float(_),
        ) => Value::Float(f64::NAN),
        _ => Value::text(""),
    })
}

pub(super) fn get_digit(input: &Input<'_>) -> Result<Value, Exception> {
    let place = match input.integer() {
        Ok(place) => place,
        Err(Exception::Value(_)) => return Ok(input.value.clone()),
        Err(error) => return Err(error),
    };
    let number = match to_integer(input.value) {
        Ok(number) => number,
        Err(Exception::Value(_)) => return Ok(input.value.clone()),
        Err(error) => return Err(error),
    };
    if place < 1 {
        return Ok(Value::Int(number));
    }
    let text = number.to_string();
    let from_end = usize::try_from(place - 1).unwrap_or(usize::MAX);
    match text.chars().rev().nth(from_end) {
        None => Ok(Value::Int(0)),
        Some(digit) => to_integer(&Value::text(digit.to_string())).map(Value::Int),
    }
}

pub(super) fn divisible_by(input: &Input<'_>) -> Result<Value, Exception> {
    let number = to_integer(input.value)?;
    let divisor = input.integer()?;
    if divisor == 0 {
        return Err(Exception::Value("integer modulo by zero".to_owned()));
    }
    Ok(Value::Bool(number.wrapping_rem(divisor) == 0))
}
