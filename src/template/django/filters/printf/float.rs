//! The digits of floats in the conversions `e`, `f` and `g`.

use super::Conversion;

/// More digits than any float has after its point, so that all further ones are zeros.
const MOST_DIGITS: usize = 1100;

/// What stands after the sign of a number that is not negative.
pub(super) fn digits(number: f64, letter: char, conversion: &Conversion) -> String {
    let precision = conversion.precision.unwrap_or(6);
    let alternate = conversion.has('#');
    let text = if number.is_nan() {
        "nan".to_owned()
    } else if number.is_infinite() {
        "inf".to_owned()
    } else {
        match letter.to_ascii_lowercase() {
            'e' => scientific(number, precision, alternate),
            'f' => with_point(fixed(number, precision), alternate),
            _ => general(number, precision.max(1), alternate),
        }
    };
    if letter.is_ascii_uppercase() {
        text.to_ascii_uppercase()
    } else {
        text
    }
}

fn fixed(number: f64, precision: usize) -> String {
    let exact = precision.min(MOST_DIGITS);
    format!("{number:.exact$}{}", "0".repeat(precision - exact))
}

/// The digits of the mantissa, and the exponent.
fn parts(number: f64, precision: usize) -> (String, i32) {
    let exact = precision.min(MOST_DIGITS);
    let text = format!("{number:.exact$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (
        format!("{mantissa}{}", "0".repeat(precision - exact)),
        exponent.parse().unwrap_or_default(),
    )
}

fn exponent(exponent: i32) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("e{sign}{:02}", exponent.abs())
}

fn scientific(number: f64, precision: usize, alternate: bool) -> String {
    let (mantissa, power) = parts(number, precision);
    with_point(mantissa, alternate) + &exponent(power)
}

fn general(number: f64, precision: usize, alternate: bool) -> String {
    let (mantissa, power) = parts(number, precision - 1);
    let trimmed = |text: String| {
        if alternate {
            with_point(text, true)
        } else if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text
        }
    };
    let places = i64::try_from(precision).unwrap_or(i64::MAX) - 1 - i64::from(power);
    match usize::try_from(places) {
        Ok(places) if power >= -4 => trimmed(fixed(number, places)),
        _ => trimmed(mantissa) + &exponent(power),
    }
}

/// The flag `#` keeps the point where nothing follows it.
fn with_point(text: String, alternate: bool) -> String {
    if alternate && !text.contains('.') {
        text + "."
    } else {
        text
    }
}
