//! The filters `dictsort` and `dictsortreversed`.

use std::cmp::Ordering;

use super::Input;
use crate::template::value::{Exception, Str, Value, to_float};

pub(super) fn ascending(input: &Input<'_>) -> Result<Value, Exception> {
    silent(sorted(input, false))
}

pub(super) fn descending(input: &Input<'_>) -> Result<Value, Exception> {
    silent(sorted(input, true))
}

/// What Django passes over: values that have no such property or no order.
fn silent(result: Result<Value, Exception>) -> Result<Value, Exception> {
    match result {
        Err(Exception::Attribute(_) | Exception::Type(_)) => Ok(Value::text("")),
        result => result,
    }
}

fn sorted(input: &Input<'_>, reverse: bool) -> Result<Value, Exception> {
    let property = Property::new(input.argument())?;
    let not_iterable = || Exception::Type("the value is not iterable".to_owned());
    let elements = input.value.iterate().ok_or_else(not_iterable)?;
    let steps = elements.len().saturating_mul(property.parts());
    input.environment.budget.steps(steps)?;
    input.make(elements.len().saturating_mul(2 * size_of::<Value>()))?;
    let mut keyed = elements
        .into_iter()
        .map(|element| Ok((property.of(&element)?, element)))
        .collect::<Result<Vec<_>, Exception>>()?;
    // Backwards before and after, so that equal elements keep their order.
    if reverse {
        keyed.reverse();
    }
    let mut keyed = sort(keyed)?;
    if reverse {
        keyed.reverse();
    }
    Ok(Value::List(keyed.into_iter().map(|(_, it)| it).collect()))
}

/// A stable sort by `<` that ends at the first pair without an order.
///
/// The standard library's would have to go on, and may panic where an order is inconsistent, as
/// it is with NaN.
fn sort(mut items: Vec<(Value, Value)>) -> Result<Vec<(Value, Value)>, Exception> {
    if items.len() < 2 {
        return Ok(items);
    }
    let right = sort(items.split_off(items.len() / 2))?;
    let left = sort(items)?;
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some((one, _)), Some((other, _))) = (left.peek(), right.peek()) {
        let next = if is_less(other, one)? {
            right.next()
        } else {
            left.next()
        };
        merged.extend(next);
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}

/// Python's `one < other`.
fn is_less(one: &Value, other: &Value) -> Result<bool, Exception> {
    let is_number = |it: &Value| matches!(it, Value::Bool(_) | Value::Int(_) | Value::Float(_));
    match one.compare(other) {
        Some(ordering) => Ok(ordering == Ordering::Less),
        // NaN is a number without an order.
        None if is_number(one) && is_number(other) => Ok(false),
        None => Err(Exception::Type(format!(
            "'<' not supported between instances of '{}' and '{}'",
            one.type_name(),
            other.type_name()
        ))),
    }
}

/// What the elements are sorted by.
enum Property<'a> {
    /// What stands in square brackets in Python.
    Item(&'a Value),
    /// Items or attributes, one in the other.
    Path(&'a str),
}

impl<'a> Property<'a> {
    fn new(argument: &'a Value) -> Result<Self, Exception> {
        match (to_float(argument), argument) {
            (Ok(_), _) => Ok(Self::Item(argument)),
            (Err(Exception::Value(_)), Value::Str(Str { text, .. })) => {
                if text.is_empty() {
                    return Err(Exception::Lookup("string index out of range".to_owned()));
                }
                if text.contains("._") || text.starts_with('_') {
                    return Err(Exception::Attribute(
                        "Access to private variables is forbidden.".to_owned(),
                    ));
                }
                Ok(Self::Path(text))
            }
            (Err(error), _) => Err(error),
        }
    }

    /// How many steps it takes from an element to its property.
    fn parts(&self) -> usize {
        match self {
            Self::Item(_) => 1,
            Self::Path(path) => path.split('.').count(),
        }
    }

    fn of(&self, element: &Value) -> Result<Value, Exception> {
        match self {
            Self::Item(key) => item(element, key),
            Self::Path(path) => path.split('.').try_fold(element.clone(), |value, part| {
                item(&value, &Value::text(part)).or_else(|_| attribute(&value, part))
            }),
        }
    }
}

/// Python's `value[key]`.
fn item(value: &Value, key: &Value) -> Result<Value, Exception> {
    let missing = || Exception::Lookup(key.repr());
    match (value, key) {
        (Value::Dict(dict), Value::Str(key)) => dict.get(&*key.text).cloned().ok_or_else(missing),
        (Value::Dict(_), _) => Err(missing()),
        (_, Value::Int(index)) => value.element(*index)?.ok_or_else(missing),
        (_, Value::Bool(index)) => item(value, &Value::Int(i128::from(*index))),
        _ => Err(Exception::Type("the value has no such elements".to_owned())),
    }
}

/// Attributes that hold a value; all others are methods, which have no order.
const DATA: &[&str] = &[
    "year",
    "month",
    "day",
    "hour",
    "minute",
    "second",
    "microsecond",
    "fold",
    "real",
    "imag",
    "numerator",
    "denominator",
];

fn attribute(value: &Value, name: &str) -> Result<Value, Exception> {
    let has_items = matches!(
        value,
        Value::Str(_) | Value::List(_) | Value::Tuple(_) | Value::Group(_) | Value::Dict(_)
    );
    let has_parts = matches!(value, Value::Group(_)) && matches!(name, "grouper" | "list");
    let is_index = name.chars().all(|it| it.is_ascii_digit());
    match value.member(name).filter(|_| !(has_items && is_index)) {
        None => Err(super::lacks(value, name)),
        Some(_) if !has_parts && !DATA.contains(&name) => Ok(Value::None),
        Some(found) => found,
    }
}
