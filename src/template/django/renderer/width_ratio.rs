//! `widthratio`, and numbers as Python's `float()` and `int()` read them.

use super::{Failure, Fault, Renderer};
use crate::template::{
    django::{characters::is_space, expression::Expression},
    value::Value,
};

impl Renderer<'_, '_> {
    /// The value's share of the greatest one, of the width. `None`: a filter's argument is not
    /// defined, and there is no output at all.
    pub(super) fn width_ratio(
        &self,
        [value, greatest, width]: &[Expression; 3],
    ) -> Result<Option<String>, Fault> {
        let resolved = (|| {
            Ok((
                self.resolve(value)?,
                self.resolve(greatest)?,
                self.resolve(width)?,
            ))
        })();
        let (value, greatest, width) = match resolved {
            Ok(resolved) => resolved,
            Err(Failure::Undefined(_)) => return Ok(None),
            Err(Failure::Fault(fault)) => return Err(fault),
        };
        let Some(width) = integer(&width) else {
            return Err(Fault::new("widthratio final argument must be a number"));
        };
        let (Some(value), Some(greatest)) = (float(&value), float(&greatest)) else {
            return Ok(Some(String::new()));
        };
        if greatest == 0.0 {
            return Ok(Some("0".to_owned()));
        }
        let ratio = (value / greatest * width).round_ties_even();
        if !ratio.is_finite() {
            return Ok(Some(String::new()));
        }
        // Adding zero makes nothing of a negative zero's sign.
        Ok(Some(format!("{:.0}", ratio + 0.0)))
    }
}

/// `float(value)`
#[expect(
    clippy::cast_precision_loss,
    reason = "Python rounds to the nearest too"
)]
fn float(value: &Value) -> Option<f64> {
    match value {
        Value::Bool(it) => Some(f64::from(u8::from(*it))),
        Value::Int(it) => Some(*it as f64),
        Value::Float(it) => Some(*it),
        Value::Str(it) => digits(&it.text)?.parse().ok(),
        _ => None,
    }
}

/// `int(value)`, as the float that it becomes when it is multiplied with one.
pub(super) fn integer(value: &Value) -> Option<f64> {
    match value {
        Value::Float(it) => it.is_finite().then(|| it.trunc()),
        Value::Str(it) => {
            let digits = digits(&it.text)?;
            let unsigned = digits.strip_prefix(['+', '-']).unwrap_or(&digits);
            let is_number = unsigned.bytes().all(|it| it.is_ascii_digit());
            is_number.then(|| digits.parse().ok())?
        }
        _ => float(value),
    }
}

/// The number in a text, without the white space around it and underscores between digits.
fn digits(text: &str) -> Option<String> {
    crate::template::django::expression::without_underscores(text.trim_matches(is_space))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(Value::text(" 1_0 "), Some(10.0), Some(10.0))]
    #[case(Value::text("-1.5"), Some(-1.5), None)]
    #[case(Value::text("1__0"), None, None)]
    #[case(Value::text(""), None, None)]
    #[case(Value::text("+"), None, None)]
    #[case(Value::Float(-2.7), Some(-2.7), Some(-2.0))]
    #[case(Value::Float(f64::INFINITY), Some(f64::INFINITY), None)]
    #[case(Value::Bool(true), Some(1.0), Some(1.0))]
    #[case(Value::None, None, None)]
    fn numbers(#[case] value: Value, #[case] as_float: Option<f64>, #[case] as_int: Option<f64>) {
        assert_eq!((float(&value), integer(&value)), (as_float, as_int));
    }
}
