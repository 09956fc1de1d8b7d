//! TBD project.

pub mod name;

/// Why this part failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The name is no identifier.
    #[error(
        "'{name}' is not a valid project name. Please make sure the name is a valid identifier."
    )]
    NotAnIdentifier {
        /// The name.
        name: String,
    },
}

impl Error {
    /// Whether the message is worded as Django's.
    #[must_use]
    pub fn is_django(&self) -> bool {
        true
    }

    /// What the user can do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        None
    }
}
