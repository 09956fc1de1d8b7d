//! The filter `floatformat`, and the decimal numbers that it needs.

use super::{Input, mark_safe, numbers::grouped};
use crate::template::{
    django::Fault,
    value::{Exception, Str, Value, float_text, to_float, to_integer, trim},
};

/// A number as its digits are written: `digits` × 10^`exponent`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Decimal {
    is_negative: bool,
    /// ASCII digits without leading zeros, at least one.
    digits: String,
    exponent: i64,
}

/// What a text says when it is read as a decimal number.
enum Parsed {
    Number(Decimal),
    /// Not a number or infinite.
    Special,
}

/// What `floatformat` is asked for.
struct Wanted {
    places: i128,
    group: bool,
}

/// Python's limit on the exponent of a result.
const MOST_PLACES: u128 = 2_000_054;

pub(super) fn float_format(input: &Input<'_>) -> Result<Value, Exception> {
    let (argument, group) = split_argument(input)?;
    let text = input.value.to_text();
    let as_it_is = || match input.value {
        Value::Str(_) => input.value.clone(),
        _ => Value::text(text.as_str()),
    };
    let parsed = match parse(&text) {
        Some(parsed) => parsed,
        None => match to_float(input.value).map(float_text) {
            Ok(text) => match parse(&text) {
                Some(parsed) => parsed,
                None => return Ok(Value::text("")),
            },
            Err(Exception::Value(_) | Exception::Type(_)) => return Ok(Value::text("")),
            Err(error) => return Err(error),
        },
    };
    let places = match to_integer(&argument) {
        Ok(places) => places,
        Err(Exception::Value(_)) => return Ok(as_it_is()),
        Err(error) => return Err(error),
    };
    let Parsed::Number(number) = parsed else {
        return Ok(as_it_is());
    };
    // Django leaves numbers alone that would be very long.
    if number.digits.len() as u64 + number.exponent.unsigned_abs() > 200 {
        return Ok(as_it_is());
    }
    let text = format(input, &number, &Wanted { places, group })?;
    Ok(mark_safe(&Value::text(text)))
}

/// The argument without its suffixes, and whether it asks for groups of digits.
fn split_argument(input: &Input<'_>) -> Result<(Value, bool), Exception> {
    let argument = match input.argument {
        None => return Ok((Value::Int(-1), false)),
        Some(Value::Str(Str { text, .. })) => &**text,
        Some(other) => return Ok((other.clone(), false)),
    };
    if argument.is_empty() {
        return Err(Exception::Lookup("string index out of range".to_owned()));
    }
    // Numbers that are not localized have no groups.
    let suffixes = [("gu", false), ("ug", false), ("g", true), ("u", false)];
    for (suffix, group) in suffixes {
        if let Some(rest) = argument.strip_suffix(suffix) {
            let places = if rest.is_empty() {
                Value::Int(-1)
            } else {
                Value::text(rest)
            };
            return Ok((places, group));
        }
    }
    Ok((Value::text(argument), false))
}

fn format(input: &Input<'_>, number: &Decimal, wanted: &Wanted) -> Result<String, Exception> {
    let places = if wanted.places <= 0 && number.is_whole() {
        0
    } else {
        wanted.places.unsigned_abs()
    };
    if places > MOST_PLACES {
        return Err(Fault::new("the number has too many decimal places").into());
    }
    let places = usize::try_from(places).unwrap_or(usize::MAX);
    input.make(places)?;
    let digits = number.rounded(places);
    let is_zero = digits.bytes().all(|digit| digit == b'0');
    let (whole, fraction) = digits
        .split_at_checked(digits.len().saturating_sub(places))
        .unwrap_or((&digits, ""));
    let mut text = String::new();
    if number.is_negative && !is_zero {
        text.push('-');
    }
    if wanted.group {
        text.push_str(&grouped(whole));
    } else {
        text.push_str(whole);
    }
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    Ok(text)
}

impl Decimal {
    /// Whether there is nothing after the point but zeros.
    fn is_whole(&self) -> bool {
        let fraction = usize::try_from(-self.exponent).unwrap_or(0);
        self.digits
            .bytes()
            .rev()
            .take(fraction)
            .all(|digit| digit == b'0')
            && (fraction <= self.digits.len() || self.digits == "0")
    }

    /// The digits with so many of them after the point, at least one before it; what lies
    /// half-way goes away from zero.
    fn rounded(&self, places: usize) -> String {
        let mut digits = self.digits.clone();
        let fraction = match usize::try_from(self.exponent) {
            Ok(zeros) => {
                digits.extend(std::iter::repeat_n('0', zeros));
                0
            }
            Err(_) => usize::try_from(-self.exponent).unwrap_or(0),
        };
        if fraction <= places {
            digits.extend(std::iter::repeat_n('0', places - fraction));
        } else {
            // One digit more than are dropped, so that something is left to round.
            let dropped = fraction - places;
            let padding = (dropped + 1).saturating_sub(digits.len());
            digits.insert_str(0, &"0".repeat(padding));
            let removed = digits.split_off(digits.len() - dropped);
            if removed.starts_with(['5', '6', '7', '8', '9']) {
                digits = incremented(&digits);
            }
        }
        let padding = (places + 1).saturating_sub(digits.len());
        digits.insert_str(0, &"0".repeat(padding));
        // What was padded before rounding may have left zeros in front.
        let surplus = digits.len() - places - 1;
        let leading = digits.bytes().take_while(|&it| it == b'0').count();
        digits.split_off(leading.min(surplus))
    }
}

/// The next greater number.
fn incremented(digits: &str) -> String {
    let nines = digits.len() - digits.trim_end_matches('9').len();
    let zeros = "0".repeat(nines);
    let mut rest = digits.trim_end_matches('9').chars();
    match rest.next_back() {
        Some(last) => {
            let next = char::from_u32(u32::from(last) + 1).unwrap_or(last);
            format!("{}{next}{zeros}", rest.as_str())
        }
        None => format!("1{zeros}"),
    }
}

/// What Python's `Decimal` makes of a text; `None` where that is no number.
fn parse(text: &str) -> Option<Parsed> {
    let text: String = trim(text)
        .chars()
        .filter(|&it| it != '_')
        .map(|it| {
            let digit = crate::template::value::decimal_value(it);
            digit.and_then(|it| char::from_digit(it, 10)).unwrap_or(it)
        })
        .collect();
    let (is_negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(&text)),
    };
    let lower = unsigned.to_ascii_lowercase();
    let is_digits = |text: &str| text.bytes().all(|octet| octet.is_ascii_digit());
    let payload = lower
        .strip_prefix('s')
        .unwrap_or(&lower)
        .strip_prefix("nan");
    if matches!(&*lower, "inf" | "infinity") || payload.is_some_and(is_digits) {
        return Some(Parsed::Special);
    }
    let (mantissa, exponent) = match lower.split_once('e') {
        Some((mantissa, exponent)) => {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if digits.is_empty() || !is_digits(digits) {
                return None;
            }
            // Whatever is further off is left alone by the filter.
            let far = if exponent.starts_with('-') { -FAR } else { FAR };
            (mantissa, exponent.parse().unwrap_or(far).clamp(-FAR, FAR))
        }
        None => (&*lower, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if !is_digits(whole) || !is_digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let digits = format!("{whole}{fraction}");
    let digits = match digits.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    Some(Parsed::Number(Decimal {
        is_negative,
        digits: digits.to_owned(),
        exponent: exponent - i64::try_from(fraction.len()).ok()?,
    }))
}

/// An exponent beyond all that are computed with.
const FAR: i64 = 1 << 40;
