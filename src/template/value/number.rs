//! How Python writes and reads numbers.

use std::cmp::Ordering;

use super::{
    characters::{decimal_value, trim},
    exception::Exception,
};

/// `repr(float)`: the fewest digits that lead back to the same number, and an exponent where
/// there would be many zeros.
pub(in crate::template) fn float_text(value: f64) -> String {
    if !value.is_finite() {
        return special_text(value).to_owned();
    }
    let Shortest {
        sign,
        digits,
        exponent,
    } = Shortest::of(value);
    if (-4..16).contains(&exponent) {
        let fixed = plain_text(value);
        return if fixed.contains('.') {
            fixed
        } else {
            fixed + ".0"
        };
    }
    let (first, rest) = digits.split_at_checked(1).unwrap_or((&digits, ""));
    let point = if rest.is_empty() { "" } else { "." };
    let exponent_sign = if exponent < 0 { '-' } else { '+' };
    format!(
        "{sign}{first}{point}{rest}e{exponent_sign}{:02}",
        exponent.abs()
    )
}

/// The digits of `repr(float)` without an exponent, however many zeros that takes.
pub(in crate::template) fn plain_text(value: f64) -> String {
    if !value.is_finite() {
        return special_text(value).to_owned();
    }
    let Shortest {
        sign,
        digits,
        exponent,
    } = Shortest::of(value);
    let Ok(exponent) = usize::try_from(exponent) else {
        let zeros = usize::try_from(-exponent - 1).unwrap_or_default();
        return format!("{sign}0.{}{digits}", "0".repeat(zeros));
    };
    let whole = exponent + 1;
    match digits.split_at_checked(whole) {
        Some((whole, fraction)) if !fraction.is_empty() => format!("{sign}{whole}.{fraction}"),
        _ => {
            let zeros = "0".repeat(whole.saturating_sub(digits.len()));
            format!("{sign}{digits}{zeros}")
        }
    }
}

fn special_text(value: f64) -> &'static str {
    if value.is_nan() {
        "nan"
    } else if value > 0.0 {
        "inf"
    } else {
        "-inf"
    }
}

/// The fewest digits that lead back to the same number.
struct Shortest {
    sign: &'static str,
    /// The first stands before the point.
    digits: String,
    exponent: i32,
}

impl Shortest {
    fn of(value: f64) -> Self {
        let size = value.abs();
        let shortest = format!("{size:e}");
        // Where two such numbers are equally near, Python takes the one with the even digit.
        let places = shortest
            .split_once('e')
            .map_or(0, |(mantissa, _)| mantissa.len().saturating_sub(2));
        let rounded = format!("{size:.places$e}");
        #[expect(clippy::float_cmp, reason = "it must be the same number")]
        let text = match rounded.parse::<f64>() {
            Ok(number) if number == size => rounded,
            _ => shortest,
        };
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        Self {
            sign: if value.is_sign_negative() { "-" } else { "" },
            digits: mantissa.chars().filter(|&it| it != '.').collect(),
            exponent: exponent.parse().unwrap_or_default(),
        }
    }
}

/// The digits of a number in a text as `int()` and `float()` read it: trimmed, with ASCII digits,
/// without underscores. `None` where an underscore is not between digits.
pub(super) fn plain_digits(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut before = None;
    let mut characters = trim(text).chars().peekable();
    while let Some(character) = characters.next() {
        if character == '_' {
            let after = characters.peek().copied().and_then(decimal_value);
            if before.and_then(decimal_value).is_none() || after.is_none() {
                return None;
            }
        } else {
            plain.push(
                decimal_value(character)
                    .and_then(|digit| char::from_digit(digit, 10))
                    .unwrap_or(character),
            );
        }
        before = Some(character);
    }
    Some(plain)
}

/// The digits that `int()` reads at most.
const MOST_DIGITS: usize = 4300;

/// `int(text)`.
pub(in crate::template) fn parse_integer(text: &str) -> Result<i128, Exception> {
    let invalid = || {
        let text = super::Value::text(text).repr();
        Exception::Value(format!(
            "invalid literal for int() with base 10: {}",
            text.chars().take(200).collect::<String>()
        ))
    };
    let plain = plain_digits(text).ok_or_else(invalid)?;
    let digits = plain.strip_prefix(['+', '-']).unwrap_or(&plain);
    if digits.is_empty() || !digits.bytes().all(|octet| octet.is_ascii_digit()) {
        return Err(invalid());
    }
    if digits.len() > MOST_DIGITS {
        return Err(Exception::Value(format!(
            "Exceeds the limit ({MOST_DIGITS} digits) for integer string conversion: value has \
             {} digits; use sys.set_int_max_str_digits() to increase the limit",
            digits.len()
        )));
    }
    plain.parse().map_err(|_| Exception::too_great())
}

/// `float(text)`.
pub(in crate::template) fn parse_float(text: &str) -> Result<f64, Exception> {
    plain_digits(text)
        .and_then(|plain| plain.parse().ok())
        .ok_or_else(|| {
            let text = super::Value::text(text).repr();
            Exception::Value(format!("could not convert string to float: {text}"))
        })
}

/// Which of the two is greater, exactly: the integer is not rounded to a float first.
#[expect(
    clippy::cast_possible_truncation,
    reason = "only floats in the range of the integers are cast, after their fraction is cut"
)]
pub(super) fn compare_with_float(integer: i128, float: f64) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    if float >= TWO_TO_127 {
        return Some(Ordering::Less);
    }
    if float < -TWO_TO_127 {
        return Some(Ordering::Greater);
    }
    let whole = float.trunc();
    Some(
        integer
            .cmp(&(whole as i128))
            .then_with(|| whole.partial_cmp(&float).unwrap_or(Ordering::Equal)),
    )
}

/// The first float that is greater than all integers.
pub(super) const TWO_TO_127: f64 = 170_141_183_460_469_231_731_687_303_715_884_105_728.0;
