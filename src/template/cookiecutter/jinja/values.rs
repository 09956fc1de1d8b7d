//! Values as the engine has them, and as Python would show them.

use minijinja::{
    Value as Jinja,
    value::{Tuple, ValueKind},
};

use crate::template::value::{DateTime, Dict, Value};

/// How deep lists and dictionaries are followed into each other.
const MOST_DEPTH: usize = 100;

/// Our value as the engine has it. It has no dates: they become texts.
pub(in crate::template::cookiecutter) fn to_jinja(value: &Value) -> Jinja {
    let items = || value.iterate().unwrap_or_default();
    match value {
        Value::None => Jinja::from(()),
        Value::Bool(value) => Jinja::from(*value),
        Value::Int(value) => Jinja::from(*value),
        Value::Float(value) => Jinja::from(*value),
        Value::Str(value) => Jinja::from(&*value.text),
        Value::Tuple(_) | Value::Group(_) => {
            let items: Vec<_> = items().iter().map(to_jinja).collect();
            Jinja::from_object(Tuple::new(items))
        }
        Value::List(_) | Value::View(_) => {
            Jinja::from(items().iter().map(to_jinja).collect::<Vec<_>>())
        }
        Value::Dict(dict) => dict_to_jinja(dict),
        Value::Date(date) => Jinja::from(date.to_string()),
        Value::Time(time) => Jinja::from(time.to_string()),
        Value::DateTime(DateTime::Naive(moment)) => Jinja::from(moment.to_string()),
        Value::DateTime(DateTime::Aware(moment)) => Jinja::from(moment.to_string()),
    }
}

/// A dictionary as the engine has it.
pub(in crate::template::cookiecutter) fn dict_to_jinja(dict: &Dict) -> Jinja {
    Jinja::from_pairs(
        dict.iter()
            .map(|(key, value)| (key.to_string(), to_jinja(value))),
    )
}

/// The engine's value as ours, where it is data and not a function, a macro or the like.
pub(super) fn from_jinja(value: &Jinja) -> Option<Value> {
    from_jinja_at(value, 0)
}

fn from_jinja_at(value: &Jinja, depth: usize) -> Option<Value> {
    if depth > MOST_DEPTH {
        return None;
    }
    let items = || -> Option<Vec<Value>> {
        let items = value.try_iter().ok()?;
        items.map(|it| from_jinja_at(&it, depth + 1)).collect()
    };
    Some(match value.kind() {
        ValueKind::None => Value::None,
        ValueKind::Bool => Value::Bool(value.is_true()),
        ValueKind::Number if value.is_integer() => Value::Int(i128::try_from(value.clone()).ok()?),
        ValueKind::Number => Value::Float(f64::try_from(value.clone()).ok()?),
        ValueKind::String => Value::text(value.as_str()?),
        ValueKind::Seq if value.is_tuple() => Value::Tuple(items()?.into()),
        ValueKind::Seq => Value::List(items()?.into()),
        ValueKind::Map => {
            let mut dict = Dict::new();
            for key in value.try_iter().ok()? {
                let item = value.get_item(&key).ok()?;
                dict.insert(key.as_str()?.into(), from_jinja_at(&item, depth + 1)?);
            }
            Value::Dict(dict.into())
        }
        _ => return None,
    })
}

/// The text that Python's `str()` makes of a value.
pub(super) fn shown(value: &Jinja) -> String {
    let is_special = match value.kind() {
        ValueKind::Number => !value.is_integer(),
        ValueKind::Seq | ValueKind::Map => true,
        _ => false,
    };
    let as_ours = is_special.then(|| from_jinja(value)).flatten();
    as_ours.map_or_else(|| value.to_string(), |value| value.to_text())
}
