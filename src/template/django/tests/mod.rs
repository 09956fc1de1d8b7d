//! Whole templates.

mod faults;
mod faults_of_tags;
mod limits;
mod renders;
mod with_filters;

use super::{Budget, Dict, Fault};
use crate::template::value::Value;

fn render(text: &str) -> Result<String, Fault> {
    super::render(text, &variables(), &now(), &Budget::default())
}

/// Where a template is at fault, and how.
fn fault(text: &str) -> (Option<usize>, String) {
    let fault = render(text).unwrap_err();
    (fault.offset, fault.message)
}

fn now() -> jiff::Zoned {
    "2026-11-20T17:05:00-06:00[America/Chicago]"
        .parse()
        .unwrap()
}

fn variables() -> Dict {
    let person = |name, group| {
        Value::Dict(
            Dict::from_iter([
                ("n".into(), Value::text(name)),
                ("g".into(), Value::Int(group)),
            ])
            .into(),
        )
    };
    let list = |items: &[Value]| Value::List(items.into());
    let texts = |texts: &str| list(&texts.split(' ').map(Value::text).collect::<Vec<_>>());
    let map = Dict::from_iter([
        ("k".into(), Value::text("v")),
        ("l".into(), list(&[Value::Int(1), Value::Int(2)])),
    ]);
    Dict::from_iter([
        ("name".into(), Value::text("mysite")),
        ("html".into(), Value::text("<&>")),
        ("n".into(), Value::Int(3)),
        ("f".into(), Value::Float(1.5)),
        ("none".into(), Value::None),
        ("yes".into(), Value::Bool(true)),
        ("no".into(), Value::Bool(false)),
        ("empty".into(), Value::text("")),
        ("items".into(), texts("a b c")),
        ("nothing".into(), list(&[])),
        (
            "pairs".into(),
            list(&[
                list(&[Value::text("a"), Value::Int(1)]),
                list(&[Value::text("b"), Value::Int(2)]),
            ]),
        ),
        ("map".into(), Value::Dict(map.into())),
        (
            "people".into(),
            list(&[person("x", 1), person("y", 1), person("z", 2)]),
        ),
        ("runs".into(), texts("a a b b a")),
        ("word".into(), Value::text("ab")),
    ])
}
