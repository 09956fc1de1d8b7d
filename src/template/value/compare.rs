//! `==`, `<` and `in`.

use std::{cmp::Ordering, collections::HashSet};

use jiff::Zoned;

use super::{DateTime, MOST_DEPTH, Part, Value, View, number::compare_with_float};

impl Value {
    /// Python's `==`.
    #[must_use]
    pub fn equals(&self, other: &Self) -> bool {
        equals(self, other, 0)
    }

    /// Python's `<`, `==` and `>`; `None` where Python raises a `TypeError` or says no to all
    /// three.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        compare(self, other, 0)
    }

    /// Python's `item in self`; `None` where that is a `TypeError`.
    #[must_use]
    pub fn contains(&self, item: &Self) -> Option<bool> {
        match self {
            Self::Str(text) => match item {
                Self::Str(part) => Some(text.text.contains(&*part.text)),
                _ => None,
            },
            Self::List(items) | Self::Tuple(items) | Self::Group(items) => {
                Some(items.iter().any(|it| it.equals(item)))
            }
            Self::Dict(dict)
            | Self::View(View {
                part: Part::Keys,
                dict,
            }) => item.is_hashable(0).then(|| match item {
                Self::Str(key) => dict.contains_key(&*key.text),
                _ => false,
            }),
            Self::View(view) => Some(view.elements().iter().any(|it| it.equals(item))),
            _ => None,
        }
    }

    /// Whether Python accepts it as a key of a `dict`.
    fn is_hashable(&self, depth: usize) -> bool {
        match self {
            Self::List(_) | Self::Dict(_) => false,
            Self::View(view) => view.part == Part::Values,
            Self::Tuple(items) | Self::Group(items) => {
                depth < MOST_DEPTH && items.iter().all(|it| it.is_hashable(depth + 1))
            }
            _ => true,
        }
    }

    /// The integer that a `bool` or `int` is.
    fn as_integer(&self) -> Option<i128> {
        match self {
            Self::Bool(value) => Some(i128::from(*value)),
            Self::Int(value) => Some(*value),
            _ => None,
        }
    }
}

fn equals(one: &Value, other: &Value, depth: usize) -> bool {
    if depth > MOST_DEPTH {
        return false;
    }
    match (one, other) {
        (Value::None, Value::None) => true,
        (Value::Str(one), Value::Str(other)) => one.text == other.text,
        (Value::List(one), Value::List(other))
        | (Value::Tuple(one) | Value::Group(one), Value::Tuple(other) | Value::Group(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other.iter())
                    .all(|(one, other)| equals(one, other, depth + 1))
        }
        (Value::Dict(one), Value::Dict(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, value)| {
                    other
                        .get(key)
                        .is_some_and(|other| equals(value, other, depth + 1))
                })
        }
        (Value::View(one), Value::View(other)) => views_equal(one, other, depth),
        (Value::Date(one), Value::Date(other)) => one == other,
        (Value::Time(one), Value::Time(other)) => one == other,
        (Value::DateTime(one), Value::DateTime(other)) => {
            compare_moments(one, other) == Some(Ordering::Equal)
        }
        _ => compare_numbers(one, other) == Some(Ordering::Equal),
    }
}

/// Keys and items are sets to Python; values are equal to nothing but themselves.
fn views_equal(one: &View, other: &View, depth: usize) -> bool {
    match (one.part, other.part) {
        (Part::Keys, Part::Keys) => {
            let keys: HashSet<_> = one.dict.keys().collect();
            keys == other.dict.keys().collect()
        }
        (Part::Items, Part::Items) => equals(
            &Value::Dict(std::sync::Arc::clone(&one.dict)),
            &Value::Dict(std::sync::Arc::clone(&other.dict)),
            depth + 1,
        ),
        _ => false,
    }
}

fn compare(one: &Value, other: &Value, depth: usize) -> Option<Ordering> {
    if depth > MOST_DEPTH {
        return None;
    }
    match (one, other) {
        (Value::Str(one), Value::Str(other)) => Some(one.text.cmp(&other.text)),
        (Value::List(one), Value::List(other))
        | (Value::Tuple(one) | Value::Group(one), Value::Tuple(other) | Value::Group(other)) => {
            // The first elements that differ decide, even where those before have no order.
            let different = one
                .iter()
                .zip(other.iter())
                .find(|(one, other)| !equals(one, other, depth + 1));
            match different {
                Some((one, other)) => compare(one, other, depth + 1),
                None => Some(one.len().cmp(&other.len())),
            }
        }
        (Value::Date(one), Value::Date(other)) => Some(one.cmp(other)),
        (Value::Time(one), Value::Time(other)) => Some(one.cmp(other)),
        (Value::DateTime(one), Value::DateTime(other)) => compare_moments(one, other),
        _ => compare_numbers(one, other),
    }
}

fn compare_numbers(one: &Value, other: &Value) -> Option<Ordering> {
    match (one, other) {
        (Value::Float(one), Value::Float(other)) => one.partial_cmp(other),
        (_, Value::Float(float)) => compare_with_float(one.as_integer()?, *float),
        (Value::Float(float), _) => {
            compare_with_float(other.as_integer()?, *float).map(Ordering::reverse)
        }
        _ => Some(one.as_integer()?.cmp(&other.as_integer()?)),
    }
}

fn compare_moments(one: &DateTime, other: &DateTime) -> Option<Ordering> {
    match (one, other) {
        (DateTime::Naive(one), DateTime::Naive(other)) => Some(one.cmp(other)),
        // In one time zone Python goes by the clock on the wall.
        (DateTime::Aware(one), DateTime::Aware(other)) if same_zone(one, other) => {
            Some(one.datetime().cmp(&other.datetime()))
        }
        (DateTime::Aware(one), DateTime::Aware(other)) => {
            Some(one.timestamp().cmp(&other.timestamp()))
        }
        _ => None,
    }
}

fn same_zone(one: &Zoned, other: &Zoned) -> bool {
    one.time_zone() == other.time_zone()
}
