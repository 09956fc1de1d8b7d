//! What a dot finds: the steps of a variable such as `a.b.0`.

use std::sync::Arc;

use super::{
    Dict, Exception, Part, Value, View, convert::integer_from_float, number::parse_integer, strings,
};
use crate::template::django::Fault;

mod moments;

pub(in crate::template) use moments::zone_name;

impl Value {
    /// One step of a variable: the item of this key, else the attribute or what the method
    /// returns that is called without arguments, else the element of this index. `None` is
    /// Django's undefined.
    #[must_use]
    pub(in crate::template) fn member(&self, name: &str) -> Option<Result<Self, Exception>> {
        if let Self::Dict(dict) = self
            && let Some(value) = dict.get(name)
        {
            return Some(Ok(value.clone()));
        }
        if let Some(result) = self.attribute(name) {
            return Some(result);
        }
        let index = match parse_integer(name) {
            Ok(index) => index,
            // No list is that long.
            Err(Exception::Limit(_)) => i128::MAX,
            Err(_) => return None,
        };
        self.element(index).ok().flatten().map(Ok)
    }

    /// The attribute of this name, called where it is a method. What lacks arguments is the
    /// empty text.
    fn attribute(&self, name: &str) -> Option<Result<Self, Exception>> {
        match self {
            Self::None => None,
            Self::Bool(value) => integer(i128::from(*value), name),
            Self::Int(value) => integer(*value, name),
            Self::Float(value) => float(*value, name),
            // There is nothing to fill in, so that it comes back as it is.
            Self::Str(text) if name == "format" && !text.text.contains(['{', '}']) => {
                Some(Ok(self.clone()))
            }
            Self::Str(text) => strings::call(&text.text, name),
            Self::List(_) | Self::Tuple(_) => self.list_method(name),
            Self::Group(parts) => match name {
                "grouper" => parts.first().cloned().map(Ok),
                "list" => parts.last().cloned().map(Ok),
                _ => self.list_method(name),
            },
            Self::Dict(dict) => dictionary(dict, name),
            Self::View(view) => view_member(view, name),
            Self::Date(_) | Self::Time(_) | Self::DateTime(_) => moments::member(self, name),
        }
    }

    fn list_method(&self, name: &str) -> Option<Result<Self, Exception>> {
        let is_list = matches!(self, Self::List(_));
        match name {
            "count" | "index" => Some(Ok(Self::text(""))),
            "copy" if is_list => Some(Ok(self.clone())),
            "append" | "extend" | "insert" | "remove" if is_list => Some(Ok(Self::text(""))),
            "clear" | "pop" | "reverse" | "sort" if is_list => Some(Err(changes(name))),
            _ => None,
        }
    }
}

/// A call that would change the variable for what comes after it.
fn changes(method: &str) -> Exception {
    Exception::Limit(Fault::new(format!(
        "the method `{method}` would change the variable, which templates here cannot"
    )))
}

fn unsupported(what: &str, kind: &str) -> Exception {
    Exception::Limit(Fault::new(format!(
        "`{what}` of a {kind} is not supported in templates"
    )))
}

fn dictionary(dict: &Arc<Dict>, name: &str) -> Option<Result<Value, Exception>> {
    let part = match name {
        "items" => Part::Items,
        "keys" => Part::Keys,
        "values" => Part::Values,
        "copy" => return Some(Ok(Value::Dict(Arc::clone(dict)))),
        "fromkeys" | "get" | "pop" | "setdefault" => return Some(Ok(Value::text(""))),
        "update" => return Some(Ok(Value::None)),
        "clear" | "popitem" => return Some(Err(changes(name))),
        _ => return None,
    };
    let dict = Arc::clone(dict);
    Some(Ok(Value::View(View { part, dict })))
}

fn view_member(view: &View, name: &str) -> Option<Result<Value, Exception>> {
    match name {
        "isdisjoint" if view.part != Part::Values => Some(Ok(Value::text(""))),
        "mapping" => Some(Err(unsupported(name, "dictionary's view"))),
        _ => None,
    }
}

fn integer(value: i128, name: &str) -> Option<Result<Value, Exception>> {
    let bits = |count: u32| Value::Int(i128::from(count));
    Some(Ok(match name {
        "real" | "numerator" | "conjugate" => Value::Int(value),
        "imag" => Value::Int(0),
        "denominator" => Value::Int(1),
        "bit_length" => bits(u128::BITS - value.unsigned_abs().leading_zeros()),
        "bit_count" => bits(value.unsigned_abs().count_ones()),
        "is_integer" => Value::Bool(true),
        "as_integer_ratio" => Value::Tuple(Arc::from([Value::Int(value), Value::Int(1)])),
        "from_bytes" => Value::text(""),
        "to_bytes" => return Some(Err(unsupported(name, "number"))),
        _ => return None,
    }))
}

fn float(value: f64, name: &str) -> Option<Result<Value, Exception>> {
    Some(Ok(match name {
        "real" | "conjugate" => Value::Float(value),
        "imag" => Value::Float(0.0),
        "is_integer" => Value::Bool(value.is_finite() && value.fract() == 0.0),
        "fromhex" => Value::text(""),
        "hex" => Value::text(hexadecimal(value)),
        "as_integer_ratio" => return Some(ratio(value)),
        _ => return None,
    }))
}

/// `float.hex()`.
fn hexadecimal(value: f64) -> String {
    if !value.is_finite() {
        return super::float_text(value);
    }
    let bits = value.to_bits();
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let (exponent, fraction) = (bits >> 52 & 0x7ff, bits & ((1 << 52) - 1));
    match (exponent, fraction) {
        (0, 0) => format!("{sign}0x0.0p+0"),
        (0, _) => format!("{sign}0x0.{fraction:013x}p-1022"),
        _ => {
            let power = i64::try_from(exponent).unwrap_or_default() - 1023;
            format!("{sign}0x1.{fraction:013x}p{power:+}")
        }
    }
}

/// `float.as_integer_ratio()`.
fn ratio(value: f64) -> Result<Value, Exception> {
    if !value.is_finite() {
        let kind = if value.is_nan() { "NaN" } else { "Infinity" };
        let message = format!("cannot convert {kind} to integer ratio");
        return Err(if value.is_nan() {
            Exception::Value(message)
        } else {
            Exception::Overflow(message)
        });
    }
    let (mut numerator, mut denominator) = (value, 1_i128);
    while numerator.fract() != 0.0 {
        numerator *= 2.0;
        denominator = denominator
            .checked_mul(2)
            .ok_or_else(Exception::too_great)?;
    }
    let numerator = integer_from_float(numerator)?;
    Ok(Value::Tuple(Arc::from([
        Value::Int(numerator),
        Value::Int(denominator),
    ])))
}
