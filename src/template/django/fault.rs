//! Why a template cannot be rendered.

/// Why a template cannot be rendered, worded as Django's exception where it has one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(in crate::template) struct Fault {
    /// What is wrong.
    pub(in crate::template) message: String,
    /// The octet of the text where the tag begins that cannot be parsed or rendered, where that is
    /// known.
    pub(in crate::template) offset: Option<usize>,
}

impl Fault {
    /// A fault of which the caller will know the place.
    pub(in crate::template) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            offset: None,
        }
    }

    /// The same with the octet where the tag begins, unless a tag inside it is known to be at fault.
    pub(super) fn at(mut self, offset: usize) -> Self {
        self.offset.get_or_insert(offset);
        self
    }
}
