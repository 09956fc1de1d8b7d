//! What the standard streams are of a process that runs a project.

/// What a process of the project reads and prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Streams {
    /// The streams of this process: the project prints to the terminal, and can ask its user.
    Shared,
    /// There is nothing to read, and what the project prints goes to standard error: standard
    /// output is for a result.
    Errors,
}
