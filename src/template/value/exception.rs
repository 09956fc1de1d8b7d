//! The exceptions of Python that filters tell apart.

use crate::template::django::Fault;

/// Why something cannot be done, as Python would say it. Filters catch some and let others end
/// the rendering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::template) enum Exception {
    /// `ValueError`.
    Value(String),
    /// `TypeError`.
    Type(String),
    /// `AttributeError`.
    Attribute(String),
    /// `IndexError` and `KeyError`.
    Lookup(String),
    /// `OverflowError`.
    Overflow(String),
    /// A limit that Python does not have: nothing catches it.
    Limit(Fault),
}

impl From<Exception> for Fault {
    fn from(exception: Exception) -> Self {
        match exception {
            Exception::Value(message)
            | Exception::Type(message)
            | Exception::Attribute(message)
            | Exception::Lookup(message)
            | Exception::Overflow(message) => Self::new(message),
            Exception::Limit(fault) => fault,
        }
    }
}

impl From<Fault> for Exception {
    fn from(fault: Fault) -> Self {
        Self::Limit(fault)
    }
}

impl Exception {
    /// The result of integer arithmetic that has no place in a [`super::Value`].
    pub(in crate::template) fn too_great() -> Self {
        Self::Limit(Fault::new("the integer is too great to compute with"))
    }
}
