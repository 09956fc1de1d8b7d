//! `widthratio`.

use super::{Failure, Fault, Renderer};
use crate::template::{
    django::expression::Expression,
    value::{Exception, Value, to_float, to_integer},
};

impl Renderer<'_, '_> {
    /// The value's share of the greatest one, of the width. `None`: a filter's argument is not
    /// defined, and there is no output at all.
    pub(super) fn width_ratio(
        &self,
        [value, greatest, width]: &[Expression; 3],
    ) -> Result<Option<String>, Fault> {
        let resolved = || -> Result<_, Failure> {
            let value = self.resolve(value)?;
            let greatest = self.resolve(greatest)?;
            Ok((value, greatest, to_integer(&self.resolve(width)?)?))
        };
        match resolved() {
            Ok((value, greatest, width)) => {
                let text = ratio(&value, &greatest, width)?;
                // Hundreds of digits take long.
                self.environment.budget.steps(text.len())?;
                Ok(Some(text))
            }
            Err(Failure::Undefined(_)) => Ok(None),
            // Whichever of the three is to blame.
            Err(Failure::Exception(Exception::Value(_) | Exception::Type(_))) => {
                Err(Fault::new("widthratio final argument must be a number"))
            }
            Err(failure) => Err(failure.into()),
        }
    }
}

/// The empty text where there is no ratio of the two.
#[expect(
    clippy::cast_precision_loss,
    reason = "Python rounds to the nearest too"
)]
fn ratio(value: &Value, greatest: &Value, width: i128) -> Result<String, Exception> {
    let both = to_float(value).and_then(|value| Ok((value, to_float(greatest)?)));
    let (value, greatest) = match both {
        Ok(both) => both,
        Err(limit @ Exception::Limit(_)) => return Err(limit),
        Err(_) => return Ok(String::new()),
    };
    if greatest == 0.0 {
        return Ok("0".to_owned());
    }
    let ratio = (value / greatest * width as f64).round_ties_even();
    if !ratio.is_finite() {
        return Ok(String::new());
    }
    // Adding zero makes nothing of a negative zero's sign.
    Ok(format!("{:.0}", ratio + 0.0))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(Value::text(" 1_0 "), Value::Int(20), 100, "50")]
    #[case(Value::Float(-0.1), Value::Int(1), 1, "0")]
    #[case(Value::Int(5), Value::Int(2), 1, "2")]
    #[case(Value::Int(1), Value::text("0"), 1, "0")]
    #[case(Value::Bool(true), Value::Float(f64::INFINITY), 9, "0")]
    #[case(Value::Float(f64::INFINITY), Value::Int(1), 9, "")]
    #[case(Value::Float(1e300), Value::Float(1e-300), 9, "")]
    #[case(Value::None, Value::Int(1), 9, "")]
    #[case(Value::Int(1), Value::text("1__0"), 9, "")]
    fn ratios(
        #[case] value: Value,
        #[case] greatest: Value,
        #[case] width: i128,
        #[case] expected: &str,
    ) {
        assert_eq!(ratio(&value, &greatest, width).as_deref(), Ok(expected));
    }
}
