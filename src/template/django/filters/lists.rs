//! Filters of lists and of what else has elements.

use std::sync::Arc;

use super::{Input, html::conditional_escape, lacks};
use crate::template::{
    django::Fault,
    value::{Exception, Str, Value, to_integer},
};

type Result = std::result::Result<Value, Exception>;

pub(super) fn first(input: &Input<'_>) -> Result {
    let element = input.value.element(0)?;
    Ok(element.unwrap_or_else(|| Value::text("")))
}

pub(super) fn last(input: &Input<'_>) -> Result {
    let element = input.value.element(-1)?;
    Ok(element.unwrap_or_else(|| Value::text("")))
}

pub(super) fn random(input: &Input<'_>) -> Result {
    let Some(length) = input.value.length() else {
        return Err(Exception::Type(format!(
            "object of type '{}' has no len()",
            input.value.type_name()
        )));
    };
    if length == 0 {
        return Ok(Value::text(""));
    }
    let number = getrandom::u64()
        .map_err(|error| Fault::new(format!("no random number can be had: {error}")))?;
    // No list is so long that the last places would be drawn less often.
    let index = i128::from(number) % i128::try_from(length).unwrap_or(1);
    let element = input.value.element(index)?;
    Ok(element.unwrap_or_else(|| Value::text("")))
}

pub(super) fn length(input: &Input<'_>) -> Value {
    let length = input.value.length().unwrap_or(0);
    Value::Int(i128::try_from(length).unwrap_or(i128::MAX))
}

pub(super) fn make_list(input: &Input<'_>) -> Result {
    input.make(input.text.len().saturating_mul(2 * size_of::<Value>()))?;
    Ok(Value::List(
        input.value.iterate().unwrap_or_default().into(),
    ))
}

pub(super) fn join(input: &Input<'_>) -> Result {
    let escapes = input.environment.autoescape;
    let separator = match input.argument() {
        argument if escapes => Arc::from(conditional_escape(argument)),
        Value::Str(Str { text, .. }) => Arc::clone(text),
        other => return Err(lacks(other, "join")),
    };
    let Some(elements) = input.value.iterate() else {
        return Ok(input.value.clone());
    };
    let mut result = String::new();
    for (index, element) in elements.iter().enumerate() {
        let text = match element {
            _ if escapes => Arc::from(conditional_escape(element)),
            Value::Str(Str { text, .. }) => Arc::clone(text),
            // Without escaping, only texts can be joined.
            _ => return Ok(input.value.clone()),
        };
        if index > 0 {
            input.make(separator.len())?;
            result.push_str(&separator);
        }
        input.make(text.len())?;
        result.push_str(&text);
    }
    Ok(Value::safe(result))
}

pub(super) fn slice(input: &Input<'_>) -> Result {
    let Some(bounds) = bounds(&input.argument().to_text())? else {
        return Ok(input.value.clone());
    };
    Ok(match input.value {
        Value::Str(Str { text, .. }) => {
            let characters: Vec<char> = text.chars().collect();
            Value::text(bounds.of(&characters).into_iter().collect::<String>())
        }
        Value::List(items) => Value::List(bounds.of(items).into()),
        Value::Tuple(items) | Value::Group(items) => Value::Tuple(bounds.of(items).into()),
        other => other.clone(),
    })
}

/// The parts of a slice.
struct Bounds {
    start: Option<i128>,
    end: Option<i128>,
    step: i128,
}

/// The slice that a text such as `1:-1` means; `None` where it means none.
fn bounds(text: &str) -> std::result::Result<Option<Bounds>, Exception> {
    let mut parts = Vec::new();
    for part in text.split(':') {
        parts.push(if part.is_empty() {
            None
        } else {
            match to_integer(&Value::text(part)) {
                Ok(number) => Some(number),
                Err(Exception::Value(_)) => return Ok(None),
                Err(error) => return Err(error),
            }
        });
    }
    let (start, end, step) = match *parts.as_slice() {
        [end] => (None, end, None),
        [start, end] => (start, end, None),
        [start, end, step] => (start, end, step),
        _ => return Ok(None),
    };
    let step = step.unwrap_or(1);
    Ok((step != 0).then_some(Bounds { start, end, step }))
}

impl Bounds {
    /// The elements from start to end, both of which may lie outside.
    fn of<T: Clone>(&self, items: &[T]) -> Vec<T> {
        let length = i128::try_from(items.len()).unwrap_or(i128::MAX);
        let forward = self.step > 0;
        // Backwards, the places before the first and the last element count.
        let (least, most) = if forward {
            (0, length)
        } else {
            (-1, length - 1)
        };
        let place = |bound: Option<i128>, otherwise: i128| {
            bound.map_or(otherwise, |bound| {
                let from_start = if bound < 0 {
                    bound.saturating_add(length)
                } else {
                    bound
                };
                from_start.clamp(least, most)
            })
        };
        let (from, to) = if forward {
            (place(self.start, least), place(self.end, most))
        } else {
            (place(self.start, most), place(self.end, least))
        };
        let mut found = Vec::new();
        let mut at = from;
        while if forward { at < to } else { at > to } {
            let item = usize::try_from(at).ok().and_then(|at| items.get(at));
            found.extend(item.cloned());
            at = at.saturating_add(self.step);
        }
        found
    }
}
