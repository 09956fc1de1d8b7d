//! What the tests of values have in common.

use std::sync::Arc;

use proptest::prelude::*;

use super::{DateTime, Value, float_text};

mod comparisons;
mod members;
mod texts;

fn int(value: i128) -> Value {
    Value::Int(value)
}

fn float(value: f64) -> Value {
    Value::Float(value)
}

fn list(items: &[Value]) -> Value {
    Value::List(items.into())
}

fn tuple(items: &[Value]) -> Value {
    Value::Tuple(items.into())
}

fn group(parts: [Value; 2]) -> Value {
    Value::Group(parts.into())
}

fn dict(items: &[(&str, Value)]) -> Value {
    let items = items.iter();
    Value::Dict(Arc::new(
        items
            .map(|(key, value)| (Arc::from(*key), value.clone()))
            .collect(),
    ))
}

fn date(text: &str) -> Value {
    Value::Date(text.parse().unwrap())
}

fn time(text: &str) -> Value {
    Value::Time(text.parse().unwrap())
}

fn naive(text: &str) -> Value {
    Value::DateTime(DateTime::Naive(text.parse().unwrap()))
}

fn aware(text: &str) -> Value {
    Value::DateTime(DateTime::Aware(text.parse().unwrap()))
}

#[test]
fn what_is_nested_too_deep_is_left_out() {
    let deep = |leaf: i128| (0..1000).fold(int(leaf), |inner, _| list(&[inner]));
    let (one, other) = (deep(1), deep(2));
    assert!(one.repr().contains("[...]"));
    assert!(!one.equals(&other));
    assert_eq!(one.compare(&other), None);
}

#[test]
fn views_are_iterated_and_compared_like_sets() {
    let (one, other) = (
        dict(&[("a", int(1)), ("b", int(2))]),
        dict(&[("b", int(2)), ("a", int(1))]),
    );
    let view = |dict: &Value, name| dict.member(name).unwrap().unwrap();
    assert!(view(&one, "items").equals(&view(&other, "items")));
    assert!(view(&one, "keys").equals(&view(&other, "keys")));
    assert!(!view(&one, "values").equals(&view(&one, "values")));
    let items = view(&one, "items").iterate().unwrap();
    assert_eq!(Value::List(items.into()).repr(), "[('a', 1), ('b', 2)]");
    assert_eq!(view(&one, "items").length(), Some(2));
    assert!(!view(&dict(&[]), "items").is_true());
}

proptest! {
    /// Whatever the digits, they lead back to the number.
    #[test]
    fn floats_are_read_back(value in any::<f64>()) {
        let read: f64 = float_text(value).parse().unwrap();
        prop_assert!(read.to_bits() == value.to_bits() || (read.is_nan() && value.is_nan()));
        let plain: f64 = super::plain_text(value).parse().unwrap();
        prop_assert!(plain.to_bits() == value.to_bits() || (plain.is_nan() && value.is_nan()));
    }

    /// Also where a float cannot tell neighbouring integers apart.
    #[test]
    fn integers_and_floats_are_compared_exactly(
        integer in any::<i32>(),
        shift in 0..80,
        offset in -2_i128..=2,
    ) {
        let float = Value::Float(f64::from(integer) * 2_f64.powi(shift));
        let other = int((i128::from(integer) << shift) + offset);
        prop_assert_eq!(other.compare(&float), Some(offset.cmp(&0)));
        prop_assert_eq!(float.compare(&other), Some(0.cmp(&offset)));
    }

    #[test]
    fn no_name_is_too_strange(text in any::<String>(), name in "[a-z0-9_]{0,12}") {
        let text = Value::text(text);
        // A member that cannot be had is an error and no panic.
        if let Some(Ok(member)) = text.member(&name) {
            prop_assert!(!member.repr().is_empty());
        }
    }
}
