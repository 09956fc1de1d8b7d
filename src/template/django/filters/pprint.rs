//! The filter `pprint`: Python's `pprint.pformat`.

use super::Input;
use crate::template::value::{Dict, Exception, Value, is_space, lines_with_ends};

/// The width that lines are to keep to.
const WIDTH: usize = 80;

/// How deep lists and dictionaries are laid out; deeper ones are on one line.
const MOST_DEPTH: usize = 200;

pub(super) fn filter(input: &Input<'_>) -> Result<Value, Exception> {
    let mut text = String::new();
    // Each word is measured.
    input
        .environment
        .budget
        .steps(input.value.length().unwrap_or(0))?;
    let place = Place {
        indent: 0,
        allowance: 0,
        depth: 0,
    };
    push(input, &sorted(input.value, 0), place, &mut text)?;
    Ok(Value::text(text))
}

/// Where something is written.
#[derive(Clone, Copy)]
struct Place {
    /// The column in which it begins.
    indent: usize,
    /// How many characters follow it on its last line.
    allowance: usize,
    depth: usize,
}

/// The value with the keys of its dictionaries in order.
fn sorted(value: &Value, depth: usize) -> Value {
    if depth > MOST_DEPTH {
        return value.clone();
    }
    let all = |items: &[Value]| items.iter().map(|it| sorted(it, depth + 1)).collect();
    match value {
        Value::List(items) => Value::List(all(items)),
        Value::Tuple(items) => Value::Tuple(all(items)),
        Value::Dict(dict) => {
            let mut dict: Dict = dict
                .iter()
                .map(|(key, value)| (std::sync::Arc::clone(key), sorted(value, depth + 1)))
                .collect();
            dict.sort_keys();
            Value::Dict(dict.into())
        }
        _ => value.clone(),
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}

fn push(
    input: &Input<'_>,
    value: &Value,
    place: Place,
    text: &mut String,
) -> Result<(), Exception> {
    let repr = value.repr();
    // Each level writes what is in it once more.
    input.make(repr.len())?;
    let fits = (length(&repr) + place.indent + place.allowance) <= WIDTH;
    if fits || place.depth > MOST_DEPTH {
        text.push_str(&repr);
        return Ok(());
    }
    match value {
        Value::List(items) => {
            text.push('[');
            push_items(input, items, "]", place, text)?;
        }
        Value::Tuple(items) => {
            let end = if items.len() == 1 { ",)" } else { ")" };
            text.push('(');
            push_items(input, items, end, place, text)?;
        }
        Value::Dict(dict) => {
            text.push('{');
            push_entries(input, dict, place, text)?;
            text.push('}');
        }
        Value::Str(value) if !value.text.is_empty() => push_text(&value.text, place, text),
        _ => text.push_str(&repr),
    }
    Ok(())
}

fn push_items(
    input: &Input<'_>,
    items: &[Value],
    end: &str,
    place: Place,
    text: &mut String,
) -> Result<(), Exception> {
    let indent = place.indent + 1;
    for (index, item) in items.iter().enumerate() {
        let is_last = index + 1 == items.len();
        if index > 0 {
            text.push_str(",\n");
            text.push_str(&" ".repeat(indent));
        }
        let allowance = if is_last {
            place.allowance + end.len()
        } else {
            1
        };
        let place = Place {
            indent,
            allowance,
            depth: place.depth + 1,
        };
        push(input, item, place, text)?;
    }
    text.push_str(end);
    Ok(())
}

fn push_entries(
    input: &Input<'_>,
    dict: &Dict,
    place: Place,
    text: &mut String,
) -> Result<(), Exception> {
    let indent = place.indent + 1;
    for (index, (key, value)) in dict.iter().enumerate() {
        let is_last = index + 1 == dict.len();
        if index > 0 {
            text.push_str(",\n");
            text.push_str(&" ".repeat(indent));
        }
        let key = Value::text(std::sync::Arc::clone(key)).repr();
        text.push_str(&key);
        text.push_str(": ");
        let place = Place {
            indent: indent + length(&key) + 2,
            allowance: if is_last { place.allowance + 1 } else { 1 },
            depth: place.depth + 1,
        };
        push(input, value, place, text)?;
    }
    Ok(())
}

/// A long text as several literals below each other, which Python joins.
fn push_text(value: &str, place: Place, text: &mut String) {
    let is_top = place.depth == 0;
    // At the top, they are in parentheses.
    let indent = place.indent + usize::from(is_top);
    let allowance = place.allowance + usize::from(is_top);
    let width = WIDTH.saturating_sub(indent);
    let last_width = width.saturating_sub(allowance);
    let mut literals: Vec<String> = Vec::new();
    let lines = lines_with_ends(value);
    for (index, line) in lines.iter().enumerate() {
        let is_last = index + 1 == lines.len();
        let repr = Value::text(*line).repr();
        if length(&repr) <= if is_last { last_width } else { width } {
            literals.push(repr);
        } else {
            push_parts(line, width, is_last.then_some(last_width), &mut literals);
        }
    }
    if let [literal] = literals.as_slice() {
        text.push_str(literal);
        return;
    }
    if is_top {
        text.push('(');
    }
    text.push_str(&literals.join(&format!("\n{}", " ".repeat(indent))));
    if is_top {
        text.push(')');
    }
}

/// A line that is too long, broken after spaces.
fn push_parts(line: &str, width: usize, last_width: Option<usize>, literals: &mut Vec<String>) {
    let parts = parts(line);
    let mut current = String::new();
    for (index, part) in parts.iter().enumerate() {
        let candidate = format!("{current}{part}");
        let is_last = index + 1 == parts.len();
        let width = last_width.filter(|_| is_last).unwrap_or(width);
        if length(&Value::text(candidate.as_str()).repr()) > width {
            if !current.is_empty() {
                literals.push(Value::text(current.as_str()).repr());
            }
            current.clear();
            current.push_str(part);
        } else {
            current = candidate;
        }
    }
    if !current.is_empty() {
        literals.push(Value::text(current).repr());
    }
}

/// Words with the space after them.
fn parts(line: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = line;
    while !rest.is_empty() {
        let word = rest.find(is_space).unwrap_or(rest.len());
        let (_, after) = rest.split_at(word);
        let space = after.find(|it| !is_space(it)).unwrap_or(after.len());
        let (part, after) = rest.split_at(word + space);
        parts.push(part);
        rest = after;
    }
    parts
}
