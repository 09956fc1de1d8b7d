//! What the tests of all filters have in common.
//!
//! The expected texts are what the real Django printed: the `repr()` of the result, after `safe`
//! where it is a safe text; or `error` where Django raises an exception.

use std::sync::Arc;

use rstest::rstest;

use super::{Environment, FILTERS, find};
use crate::template::{
    django::Budget,
    value::{DateTime, Str, Value},
};

mod dates;
mod html;
mod limits;
mod lists;
mod numbers;
mod printing;
mod strings;
mod urlize;

/// What the filter makes of a value, as the tables write it.
fn shown(name: &str, value: &Value, argument: Option<&Value>, autoescape: bool) -> String {
    let now = "2024-06-15T12:00:00[America/Chicago]".parse().unwrap();
    let budget = Budget::default();
    let environment = Environment {
        autoescape,
        now: &now,
        budget: &budget,
    };
    match find(name).unwrap().apply(value, argument, &environment) {
        Ok(value @ Value::Str(Str { is_safe: true, .. })) => format!("safe {}", value.repr()),
        Ok(value) => value.repr(),
        Err(_) => "error".to_owned(),
    }
}

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
fn the_filters_are_in_order_and_each_is_found() {
    assert!(FILTERS.is_sorted_by_key(|filter| filter.name));
    for filter in FILTERS {
        assert_eq!(find(filter.name).unwrap().name, filter.name);
    }
    assert_eq!(FILTERS.len(), 57);
}

/// Where automatic escaping is off, filters that would escape do not.
#[rstest]
#[case(
    "linebreaks",
    Value::text("a<\n\nb"),
    None,
    "safe '<p>a<</p>\\n\\n<p>b</p>'"
)]
#[case("linebreaksbr", Value::text("a<\nb"), None, "safe 'a<<br>b'")]
#[case("linenumbers", Value::text("<"), None, "safe '1. <'")]
#[case("unordered_list", list(&[Value::text("<")]), None, "safe '\\t<li><</li>'")]
#[case("join", list(&[Value::text("<"), Value::text("b")]), Some(Value::text("&")), "safe '<&b'")]
#[case("join", list(&[int(1)]), Some(Value::text("&")), "[1]")]
#[case("join", list(&[]), Some(int(1)), "error")]
#[case(
    "urlize",
    Value::text("<www.x.org"),
    None,
    "safe '<<a href=\"http://www.x.org\" rel=\"nofollow\">www.x.org</a>'"
)]
fn without_escaping(
    #[case] name: &str,
    #[case] value: Value,
    #[case] argument: Option<Value>,
    #[case] expected: &str,
) {
    assert_eq!(shown(name, &value, argument.as_ref(), false), expected);
}
