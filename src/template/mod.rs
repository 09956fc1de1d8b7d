//! TBD template.

/// Why this part failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {}

impl Error {
    /// What the user can do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        None
    }
}
