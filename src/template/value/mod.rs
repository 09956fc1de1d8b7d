//! The values of variables: what Python's would be, as far as a template can tell.

mod characters;
mod compare;
mod convert;
mod exception;
pub(in crate::template) mod json;
mod member;
mod moment;
mod number;
mod sequence;
mod strings;
mod text;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use indexmap::IndexMap;
use jiff::civil::{Date, Time};

pub(in crate::template) use characters::{
    decimal_value, is_decimal, is_printable, is_space, is_word, trim, words,
};
pub(in crate::template) use convert::{to_float, to_integer};
pub(in crate::template) use exception::Exception;
pub(in crate::template) use member::zone_name;
pub(in crate::template) use moment::{isoformat, offset_text};
pub(in crate::template) use number::{float_text, parse_float, parse_integer, plain_text};
pub(in crate::template) use strings::{TAB_SIZE, expand_tabs, lines_with_ends, split_lines};

/// A value, as cheap to clone as a pointer.
#[derive(Clone, Debug)]
pub enum Value {
    /// Python's `None`.
    None,
    /// A `bool`.
    Bool(bool),
    /// An `int`. Greater ones than this holds are errors where they come up.
    Int(i128),
    /// A `float`.
    Float(f64),
    /// A `str`.
    Str(Str),
    /// A `list`.
    List(Arc<[Value]>),
    /// A `tuple`.
    Tuple(Arc<[Value]>),
    /// A group that the tag `regroup` made, which is a tuple with names: its `grouper` and its
    /// `list`.
    Group(Arc<[Value]>),
    /// A `dict` with `str` keys.
    Dict(Arc<Dict>),
    /// What `items`, `keys` and `values` of a `dict` return.
    View(View),
    /// A `datetime.date`.
    Date(Date),
    /// A `datetime.time` without a time zone.
    Time(Time),
    /// A `datetime.datetime`.
    DateTime(DateTime),
}

/// A dictionary, in the order in which its items were added, as Python keeps it.
pub type Dict = IndexMap<Arc<str>, Value>;

/// A text, and whether it may stand in HTML as it is.
#[derive(Clone, Debug)]
pub struct Str {
    /// The text.
    pub text: Arc<str>,
    /// Django's `SafeString`: automatic escaping leaves it alone.
    pub is_safe: bool,
}

/// One side of a dictionary: Python's `dict_items` and its relatives.
#[derive(Clone, Debug)]
pub struct View {
    /// Which side.
    pub part: Part,
    /// The dictionary.
    pub dict: Arc<Dict>,
}

/// What a [`View`] shows of its dictionary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Pairs of keys and values.
    Items,
    /// The keys.
    Keys,
    /// The values.
    Values,
}

/// A moment, with a time zone (Python: aware) or without (naive).
#[derive(Clone, Debug)]
pub enum DateTime {
    /// Without a time zone.
    Naive(jiff::civil::DateTime),
    /// With one.
    Aware(jiff::Zoned),
}

/// How deep lists and dictionaries are followed into each other: deeper ones come from no file
/// that a person wrote, and must not exhaust the stack.
const MOST_DEPTH: usize = 200;

impl Value {
    /// An ordinary text: one that automatic escaping escapes.
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Str(Str {
            text: text.into(),
            is_safe: false,
        })
    }

    /// A text that may stand in HTML as it is.
    pub fn safe(text: impl Into<Arc<str>>) -> Self {
        Self::Str(Str {
            text: text.into(),
            is_safe: true,
        })
    }

    /// Whether Python's `if` would take it for true.
    #[must_use]
    pub fn is_true(&self) -> bool {
        match self {
            Self::None => false,
            Self::Bool(value) => *value,
            Self::Int(value) => *value != 0,
            Self::Float(value) => *value != 0.0,
            // Moments are true, midnight too.
            Self::Date(_) | Self::Time(_) | Self::DateTime(_) => true,
            Self::Str(text) => !text.text.is_empty(),
            Self::List(_) | Self::Tuple(_) | Self::Group(_) | Self::Dict(_) | Self::View(_) => {
                self.length() != Some(0)
            }
        }
    }

    /// The name of its Python type, for messages.
    pub(in crate::template) fn type_name(&self) -> &'static str {
        match self {
            Self::None => "NoneType",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float",
            Self::Str(text) if text.is_safe => "SafeString",
            Self::Str(_) => "str",
            Self::List(_) => "list",
            Self::Tuple(_) => "tuple",
            Self::Group(_) => "GroupedResult",
            Self::Dict(_) => "dict",
            Self::View(view) => view.part.type_name(),
            Self::Date(_) => "datetime.date",
            Self::Time(_) => "datetime.time",
            Self::DateTime(_) => "datetime.datetime",
        }
    }
}

impl Part {
    fn type_name(self) -> &'static str {
        match self {
            Self::Items => "dict_items",
            Self::Keys => "dict_keys",
            Self::Values => "dict_values",
        }
    }
}
