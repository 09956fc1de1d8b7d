//! The values of variables: what Python's would be, as far as a template can tell.

use std::sync::Arc;

use indexmap::IndexMap;
use jiff::civil::{Date, Time};

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
    /// A `dict` with `str` keys.
    Dict(Arc<Dict>),
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

/// A moment, with a time zone (Python: aware) or without (naive).
#[derive(Clone, Debug)]
pub enum DateTime {
    /// Without a time zone.
    Naive(jiff::civil::DateTime),
    /// With one.
    Aware(jiff::Zoned),
}

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
}
