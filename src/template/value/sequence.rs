//! Lengths, elements and iteration.

use std::sync::Arc;

use super::{Exception, Part, Value, View};

impl Value {
    /// The elements that Python's `for` would take: characters of a text, keys of a dictionary.
    /// `None` where there are none to take.
    #[must_use]
    pub fn iterate(&self) -> Option<Vec<Self>> {
        match self {
            Self::Str(text) => Some(text.text.chars().map(character).collect()),
            Self::List(items) | Self::Tuple(items) | Self::Group(items) => Some(items.to_vec()),
            Self::Dict(dict) => Some(dict.keys().map(|it| Self::text(Arc::clone(it))).collect()),
            Self::View(view) => Some(view.elements()),
            _ => None,
        }
    }

    /// Python's `len`; `None` where that is a `TypeError`.
    #[must_use]
    pub fn length(&self) -> Option<usize> {
        match self {
            Self::Str(text) => Some(text.text.chars().count()),
            Self::List(items) | Self::Tuple(items) | Self::Group(items) => Some(items.len()),
            Self::Dict(dict) => Some(dict.len()),
            Self::View(view) => Some(view.dict.len()),
            _ => None,
        }
    }

    /// The element at a place, counted from the end where it is negative. `None` where it is
    /// beyond either end; an error of what has no places.
    pub(in crate::template) fn element(&self, index: i128) -> Result<Option<Self>, Exception> {
        let place = |length: usize| {
            let length = i128::try_from(length).ok()?;
            usize::try_from(if index < 0 { index + length } else { index }).ok()
        };
        match self {
            Self::Str(text) => Ok(place(text.text.chars().count())
                .and_then(|at| text.text.chars().nth(at))
                .map(character)),
            Self::List(items) | Self::Tuple(items) | Self::Group(items) => {
                Ok(place(items.len()).and_then(|at| items.get(at).cloned()))
            }
            // There are no numbers among its keys.
            Self::Dict(_) => Err(Exception::Lookup(index.to_string())),
            _ => Err(Exception::Type(format!(
                "'{}' object is not subscriptable",
                self.type_name()
            ))),
        }
    }
}

impl View {
    /// What it shows, in order.
    pub(super) fn elements(&self) -> Vec<Value> {
        let key = |key: &Arc<str>| Value::text(Arc::clone(key));
        match self.part {
            Part::Keys => self.dict.keys().map(key).collect(),
            Part::Values => self.dict.values().cloned().collect(),
            Part::Items => {
                let pair = |(name, value): (_, &Value)| {
                    Value::Tuple(Arc::from([key(name), value.clone()]))
                };
                self.dict.iter().map(pair).collect()
            }
        }
    }
}

/// A text of one character.
fn character(character: char) -> Value {
    Value::text(&*character.encode_utf8(&mut [0; 4]))
}
