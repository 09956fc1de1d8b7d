//! JSON as Python's `json.dumps` writes it: cookiecutter's filter `jsonify`, and Jinja's `tojson`.

use minijinja::{Error, ErrorKind, Value as Jinja};

use super::{
    arguments::{Arguments, Given, width},
    values::from_jinja,
};
use crate::template::value::{
    Value,
    json::{push_simple, push_text},
};

/// The filter `jsonify`: keys in order, and indented by four where nothing else is said.
pub(super) fn jsonify(value: &Jinja, arguments: Given) -> Result<String, Error> {
    let arguments = Arguments::bind(["indent"], arguments)?;
    dumped(value, indent(&arguments, Some(4))?.as_deref())
}

/// The filter `tojson`: keys in order, and safe in HTML.
pub(super) fn tojson(value: &Jinja, arguments: Given) -> Result<Jinja, Error> {
    let arguments = Arguments::bind(["indent"], arguments)?;
    let json = dumped(value, indent(&arguments, None)?.as_deref())?
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\'', "\\u0027");
    Ok(Jinja::from_safe_string(json))
}

/// What a level is indented by; nothing where all is to be on one line.
fn indent(arguments: &Arguments<1>, default: Option<usize>) -> Result<Option<String>, Error> {
    let spaces = |count| " ".repeat(count);
    match arguments.get(0) {
        None => Ok(default.map(spaces)),
        Some(value) if value.is_none() => Ok(None),
        Some(value) => match value.as_str() {
            Some(text) => Ok(Some(text.to_owned())),
            None => Ok(Some(spaces(width(arguments.integer(0, 0)?)?))),
        },
    }
}

fn dumped(value: &Jinja, indent: Option<&str>) -> Result<String, Error> {
    let value = from_jinja(value).ok_or_else(|| {
        let message = format!("a {} cannot be written as JSON", value.kind());
        Error::new(ErrorKind::BadSerialization, message)
    })?;
    let mut json = String::new();
    push(&value, indent, 0, &mut json);
    Ok(json)
}

fn push(value: &Value, indent: Option<&str>, depth: usize, json: &mut String) {
    match value {
        Value::List(items) | Value::Tuple(items) => {
            push_all(
                ('[', ']'),
                items.iter(),
                indent,
                depth,
                json,
                |item, json| {
                    push(item, indent, depth + 1, json);
                },
            );
        }
        Value::Dict(dict) => {
            let mut items: Vec<_> = dict.iter().collect();
            items.sort_by_key(|(key, _)| *key);
            let items = items.into_iter();
            push_all(
                ('{', '}'),
                items,
                indent,
                depth,
                json,
                |(key, item), json| {
                    push_text(key, json);
                    json.push_str(": ");
                    push(item, indent, depth + 1, json);
                },
            );
        }
        other => push_simple(other, json),
    }
}

fn push_all<T>(
    (open, close): (char, char),
    items: impl ExactSizeIterator<Item = T>,
    indent: Option<&str>,
    depth: usize,
    json: &mut String,
    mut push: impl FnMut(T, &mut String),
) {
    let new_line = |depth, json: &mut String| {
        if let Some(indent) = indent {
            json.push('\n');
            json.extend(std::iter::repeat_n(indent, depth));
        }
    };
    let is_empty = items.len() == 0;
    json.push(open);
    for (index, item) in items.enumerate() {
        if index > 0 {
            json.push_str(if indent.is_some() { "," } else { ", " });
        }
        new_line(depth + 1, json);
        push(item, json);
    }
    if !is_empty {
        new_line(depth, json);
    }
    json.push(close);
}
