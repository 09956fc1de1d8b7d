//! Filters, tests and functions of Jinja and of cookiecutter that the engine does not have, or has
//! in another way.

use std::sync::Arc;

use jiff::Zoned;
use minijinja::{
    Environment, Error, ErrorKind, Value,
    value::{Rest, Tuple, ValueKind},
};
use minijinja_contrib::{filters as contrib, globals};

use super::{
    arguments::{Arguments, Given, width},
    json, methods, moment,
    now::FUNCTION,
    numbers, slugify, striptags,
    values::{from_jinja, shown},
    wrap,
};
use crate::template::value::split_lines;

/// How many characters may follow before a text is cut: Jinja's.
const LEEWAY: usize = 5;

/// Gives the engine all of them.
pub(super) fn register(environment: &mut Environment<'static>) {
    environment.add_filter("center", |text: &str, arguments: Given| {
        let width = width(Arguments::bind(["width"], arguments)?.integer(0, 80)?)?;
        Ok::<_, Error>(methods::centered(text, width))
    });
    environment.add_filter("truncate", truncate);
    environment.add_filter("indent", indent);
    environment.add_filter("wordwrap", |text: &str, arguments: Given| {
        wrap::wordwrap(text, arguments)
    });
    environment.add_filter("wordcount", contrib::wordcount);
    environment.add_filter("striptags", striptags::striptags);
    environment.add_filter("filesizeformat", contrib::filesizeformat);
    for name in ["e", "escape"] {
        environment.add_filter(name, |value: &Value| {
            if value.is_safe() {
                value.clone()
            } else {
                Value::from_safe_string(escaped(&shown(value)))
            }
        });
    }
    environment.add_filter("forceescape", |value: &Value| {
        Value::from_safe_string(escaped(&shown(value)))
    });
    environment.add_filter("string", |value: &Value| match value.kind() {
        ValueKind::String => value.clone(),
        _ => Value::from(shown(value)),
    });
    environment.add_filter("urlencode", urlencode);
    environment.add_filter("xmlattr", xmlattr);
    environment.add_filter("dictsort", dictsort);
    environment.add_filter("random", random);
    environment.add_filter("int", numbers::int);
    environment.add_filter("float", numbers::float);
    environment.add_filter("pprint", |value: &Value| {
        from_jinja(value).map_or_else(|| value.to_string(), |value| value.repr())
    });
    environment.add_filter("tojson", json::tojson);
    environment.add_filter("jsonify", json::jsonify);
    environment.add_filter("slugify", |text: &str, arguments: Given| {
        slugify::slugify(text, arguments)
    });
    environment.add_test("callable", |value: &Value| value.kind() == ValueKind::Plain);
    environment.add_test("sequence", |value: &Value| {
        matches!(
            value.kind(),
            ValueKind::String | ValueKind::Seq | ValueKind::Map | ValueKind::Bytes
        )
    });
    environment.add_function("cycler", |items: Rest<Value>| globals::cycler(items.0));
    environment.add_function("joiner", |arguments: Given| {
        let arguments = Arguments::bind(["sep"], arguments)?;
        let separator = arguments.get(0).cloned();
        Ok::<_, Error>(globals::joiner(Some(
            separator.unwrap_or_else(|| Value::from(", ")),
        )))
    });
    environment.add_function("random_ascii_string", random_ascii_string);
    environment.add_function("uuid4", |arguments: Given| {
        Arguments::bind([], arguments)?;
        Ok::<_, Error>(uuid::Uuid::new_v4().to_string())
    });
    // One moment for the whole project, also around midnight.
    let now = Arc::new(Zoned::now());
    environment.add_function(FUNCTION, move |arguments: Given| {
        moment::now(&now, arguments)
    });
}

/// `&`, `<`, `>` and quotes as HTML has them, in the way of Python's `markupsafe`.
pub(super) fn escaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => result.push_str("&amp;"),
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '\'' => result.push_str("&#39;"),
            '"' => result.push_str("&#34;"),
            _ => result.push(character),
        }
    }
    result
}

fn truncate(text: &str, arguments: Given) -> Result<String, Error> {
    let names = ["length", "killwords", "end", "leeway"];
    let arguments = Arguments::bind(names, arguments)?;
    let length = width(arguments.integer(0, 255)?)?;
    let end = arguments.text(2, "...")?;
    let leeway = match arguments.get(3) {
        Some(value) if !value.is_none() => width(arguments.integer(3, 0)?)?,
        _ => LEEWAY,
    };
    let room = length.checked_sub(end.chars().count()).ok_or_else(|| {
        let message = format!("expected length >= {}, got {length}", end.chars().count());
        Error::new(ErrorKind::InvalidOperation, message)
    })?;
    if text.chars().count() <= length.saturating_add(leeway) {
        return Ok(text.to_owned());
    }
    let cut: String = text.chars().take(room).collect();
    let kept = match cut.rsplit_once(' ') {
        Some((words, _)) if !arguments.flag(1, false) => words,
        _ => &cut,
    };
    Ok(format!("{kept}{end}"))
}

fn indent(text: &str, arguments: Given) -> Result<String, Error> {
    let arguments = Arguments::bind(["width", "first", "blank"], arguments)?;
    let indent = match arguments.get(0) {
        Some(value) if value.as_str().is_some() => arguments.text(0, "")?,
        _ => " ".repeat(width(arguments.integer(0, 4)?)?),
    };
    let (first, blank) = (arguments.flag(1, false), arguments.flag(2, false));
    // Jinja adds a line end too, so that a text's last one is seen.
    let text = format!("{text}\n");
    let lines = split_lines(&text);
    let indented = lines.iter().enumerate().map(|(index, line)| {
        let is_indented = if index == 0 {
            first
        } else {
            blank || !line.is_empty()
        };
        if is_indented {
            format!("{indent}{line}")
        } else {
            (*line).to_owned()
        }
    });
    Ok(indented.collect::<Vec<_>>().join("\n"))
}

fn urlencode(value: &Value) -> Result<String, Error> {
    let pair = |key: &Value, value: &Value| {
        let quoted = |value: &Value| quoted(&shown(value), "").replace("%20", "+");
        format!("{}={}", quoted(key), quoted(value))
    };
    match value.kind() {
        ValueKind::Map => {
            let mut pairs = Vec::new();
            for key in value.try_iter()? {
                pairs.push(pair(&key, &value.get_item(&key)?));
            }
            Ok(pairs.join("&"))
        }
        ValueKind::Seq | ValueKind::Iterable => {
            let mut pairs = Vec::new();
            for item in value.try_iter()? {
                pairs.push(pair(
                    &item.get_item_by_index(0)?,
                    &item.get_item_by_index(1)?,
                ));
            }
            Ok(pairs.join("&"))
        }
        _ => Ok(quoted(&shown(value), "/")),
    }
}

/// Python's `urllib.parse.quote`.
fn quoted(text: &str, safe: &str) -> String {
    use std::fmt::Write as _;
    let mut result = String::with_capacity(text.len());
    for octet in text.bytes() {
        let character = char::from(octet);
        if octet.is_ascii_alphanumeric() || "_.-~".contains(character) || safe.contains(character) {
            result.push(character);
        } else {
            let _ = write!(result, "%{octet:02X}");
        }
    }
    result
}

fn xmlattr(value: &Value, arguments: Given) -> Result<Value, Error> {
    let arguments = Arguments::bind(["autospace"], arguments)?;
    let mut text = Vec::new();
    for key in value.try_iter()? {
        let item = value.get_item(&key)?;
        if item.is_none() || item.is_undefined() {
            continue;
        }
        let name = key.to_string();
        if name.contains(|it: char| it.is_whitespace() || matches!(it, '/' | '>' | '=')) {
            let message = format!("invalid character in attribute name: `{name}`");
            return Err(Error::new(ErrorKind::InvalidOperation, message));
        }
        text.push(format!("{}=\"{}\"", escaped(&name), escaped(&shown(&item))));
    }
    let mut text = text.join(" ");
    if arguments.flag(0, true) && !text.is_empty() {
        text.insert(0, ' ');
    }
    Ok(Value::from_safe_string(text))
}

fn dictsort(value: &Value, arguments: Given) -> Result<Value, Error> {
    let arguments = Arguments::bind(["case_sensitive", "by", "reverse"], arguments)?;
    let is_sensitive = arguments.flag(0, false);
    let by = arguments.text(1, "key")?;
    if by != "key" && by != "value" {
        let message = "you can only sort by either 'key' or 'value'";
        return Err(Error::new(ErrorKind::InvalidOperation, message));
    }
    if value.kind() != ValueKind::Map {
        let message = "`dictsort` is for mappings";
        return Err(Error::new(ErrorKind::InvalidOperation, message));
    }
    let mut pairs = Vec::new();
    for key in value.try_iter()? {
        let item = value.get_item(&key)?;
        let sorted = if by == "key" { &key } else { &item };
        let sorted = match sorted.as_str() {
            Some(text) if !is_sensitive => Value::from(text.to_lowercase()),
            _ => sorted.clone(),
        };
        pairs.push((sorted, Tuple::from([key, item])));
    }
    pairs.sort_by(|(first, _), (second, _)| first.cmp(second));
    if arguments.flag(2, false) {
        // Python keeps the order of those that are the same.
        pairs.reverse();
        pairs.sort_by(|(first, _), (second, _)| second.cmp(first));
    }
    let pairs = pairs.into_iter().map(|(_, pair)| Value::from_object(pair));
    Ok(Value::from(pairs.collect::<Vec<_>>()))
}

fn random(value: &Value) -> Result<Value, Error> {
    match value.len() {
        Some(length) if length > 0 => value.get_item_by_index(fastrand::usize(..length)),
        _ => Ok(Value::UNDEFINED),
    }
}

/// As many letters, from the system's generator: templates make passwords of them.
fn random_ascii_string(arguments: Given) -> Result<String, Error> {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const PUNCTUATION: &[u8] = b"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    let arguments = Arguments::bind(["length", "punctuation"], arguments)?;
    let length = width(arguments.integer(0, 0)?)?;
    let mut corpus = LETTERS.to_vec();
    if arguments.flag(1, false) {
        corpus.extend_from_slice(PUNCTUATION);
    }
    // What is beyond a multiple of the number would make some likelier than others.
    let limit = 256 / corpus.len() * corpus.len();
    let mut text = String::with_capacity(length);
    let mut octets = [0; 64];
    while text.len() < length {
        getrandom::fill(&mut octets)
            .map_err(|error| Error::new(ErrorKind::InvalidOperation, error.to_string()))?;
        let fair = octets
            .iter()
            .map(|it| usize::from(*it))
            .filter(|it| *it < limit);
        let characters = fair.filter_map(|it| corpus.get(it % corpus.len()));
        text.extend(
            characters
                .take(length - text.len())
                .map(|it| char::from(*it)),
        );
    }
    Ok(text)
}
