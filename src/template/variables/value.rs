//! Variables from formats that are read through serde: one visitor for all of them, which bounds
//! what a small file can grow to.

use std::{cell::Cell, fmt, sync::Arc};

use indexmap::map::Entry;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::Fault;
use crate::template::value::{Dict, Value};

/// How many values a file may come to. A file of the greatest size has fewer; aliases make more.
const MOST_VALUES: usize = 600_000;

/// How many octets of text these may have. Aliases copy text.
const MOST_TEXT: usize = 8 * 1024 * 1024;

/// Whole numbers from here on come from both formats as fractions.
const WHOLE_LIMIT: f64 = 9_223_372_036_854_775_808.0;

/// Whether digits stand in the file without a fraction or an exponent that are a number beyond 64
/// bits, be it in a text.
fn has_long_number(text: &str) -> bool {
    let mut rest = text;
    while let Some(start) = rest.find(|it: char| it.is_ascii_digit()) {
        let before = rest.get(..start).unwrap_or_default();
        let from = rest.get(start..).unwrap_or_default();
        let digits = from
            .find(|it: char| !it.is_ascii_digit())
            .unwrap_or(from.len());
        rest = from.get(digits..).unwrap_or_default();
        let is_whole = !before.ends_with('.') && !rest.starts_with(['.', 'e', 'E']);
        let number = from.get(..digits).unwrap_or_default();
        let fits = if before.ends_with('-') {
            format!("-{number}").parse::<i64>().is_ok()
        } else {
            number.parse::<u64>().is_ok()
        };
        if is_whole && !fits {
            return true;
        }
    }
    false
}

/// What may still be read, and what a variable may be called.
pub(super) struct Budget<'a> {
    values: Cell<usize>,
    text: Cell<usize>,
    /// There is a whole number that both formats take for a fraction, and lose its digits.
    has_long_number: bool,
    name_fault: &'a dyn Fn(&str) -> Option<String>,
}

impl<'a> Budget<'a> {
    pub(super) fn new(file: &str, name_fault: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            has_long_number: has_long_number(file),
            values: Cell::new(MOST_VALUES),
            text: Cell::new(MOST_TEXT),
            name_fault,
        }
    }

    fn spend<E: Error>(&self, text: usize) -> Result<(), E> {
        let rest = (
            self.values.get().checked_sub(1),
            self.text.get().checked_sub(text),
        );
        let (Some(values), Some(text)) = rest else {
            return Err(E::custom("this comes to more values than a file may hold"));
        };
        self.values.set(values);
        self.text.set(text);
        Ok(())
    }
}

/// Parses JSON.
pub(super) fn parse_json(text: &str, budget: &Budget<'_>) -> Result<Dict, Fault> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    Variables(budget)
        .deserialize(&mut deserializer)
        .and_then(|variables| deserializer.end().map(|()| variables))
        .map_err(|error| {
            let (line, octets) = (error.line(), error.column());
            let message = error.to_string();
            let place = format!(" at line {line} column {octets}");
            let in_line = text.split('\n').nth(line.saturating_sub(1));
            let before = in_line.unwrap_or_default();
            let before = before.get(..before.floor_char_boundary(octets.saturating_sub(1)));
            Fault {
                line: line.max(1),
                column: before.unwrap_or_default().chars().count() + 1,
                message: message.strip_suffix(&place).unwrap_or(&message).to_owned(),
            }
        })
}

/// Parses YAML 1.2, in which `no` and `on` are texts.
pub(super) fn parse_yaml(text: &str, budget: &Budget<'_>) -> Result<Dict, Fault> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        with_snippet: false,
    };
    let read = |deserializer: serde_saphyr::Deserializer<'_, '_>| {
        Variables(budget).deserialize(deserializer)
    };
    serde_saphyr::with_deserializer_from_str_with_options(text, options, read).map_err(|error| {
        let place = error.location();
        let number = |number: u64| usize::try_from(number).unwrap_or_default().max(1);
        let (line, column) = place.map_or((1, 1), |it| (number(it.line()), number(it.column())));
        let message = match error.without_snippet() {
            serde_saphyr::Error::DuplicateMappingKey { key: Some(key), .. } => twice(key),
            error => error.to_string(),
        };
        let place = format!(" at line {line}, column {column}");
        Fault {
            line,
            column,
            message: message.strip_suffix(&place).unwrap_or(&message).to_owned(),
        }
    })
}

/// The whole file: names with values.
struct Variables<'a>(&'a Budget<'a>);

impl<'de> DeserializeSeed<'de> for Variables<'_> {
    type Value = Dict;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Dict, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Variables<'_> {
    type Value = Dict;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("names with values")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Dict, A::Error> {
        items(map, self.0, self.0.name_fault)
    }
}

/// One value.
#[derive(Clone, Copy)]
struct Any<'a>(&'a Budget<'a>);

impl<'de> DeserializeSeed<'de> for Any<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Any<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        self.0.spend(0)?;
        Ok(Value::None)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        self.0.spend(0)?;
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.0.spend(0)?;
        Ok(Value::Int(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.0.spend(0)?;
        Ok(Value::Int(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        self.0.spend(0)?;
        if value.is_finite() && (value.abs() < WHOLE_LIMIT || !self.0.has_long_number) {
            return Ok(Value::Float(value));
        }
        let message = "the number is too large to be exact; write it as a text, between quotes";
        Err(E::custom(message))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.0.spend(value.len())?;
        Ok(Value::text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.0.spend(0)?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Value::List(list.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
        self.0.spend(0)?;
        Ok(Value::Dict(Arc::new(items(map, self.0, &|_| None)?)))
    }
}

/// What is said of a name that a mapping has more than once.
fn twice(name: &str) -> String {
    format!("`{}` stands there twice", name.escape_debug())
}

/// The name of a value, looked at while its place is known.
#[derive(Clone, Copy)]
struct Name<'a> {
    budget: &'a Budget<'a>,
    name_fault: &'a dyn Fn(&str) -> Option<String>,
}

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Arc<str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Arc<str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Arc<str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Arc<str>, E> {
        self.budget.spend(name.len())?;
        (self.name_fault)(name).map_or(Ok(name.into()), |fault| Err(E::custom(fault)))
    }
}

fn items<'de, A: MapAccess<'de>>(
    mut map: A,
    budget: &Budget<'_>,
    name_fault: &dyn Fn(&str) -> Option<String>,
) -> Result<Dict, A::Error> {
    let mut dict = Dict::new();
    while let Some(name) = map.next_key_seed(Name { budget, name_fault })? {
        match dict.entry(name) {
            Entry::Occupied(there) => return Err(A::Error::custom(twice(there.key()))),
            Entry::Vacant(vacant) => vacant.insert(map.next_value_seed(Any(budget))?),
        };
    }
    Ok(dict)
}
