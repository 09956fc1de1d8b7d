//! The variables that a manifest declares: what they are, where their values come from, and which
//! values they take.
//!
//! - `kind`: the types
//! - `pattern`: what their texts must look like
//! - `outline`: what is told of a variable, and the values to try
//! - `read`: from the manifest, with the places of what is wrong
//! - `resolve`: from the user's answers to the value of one of them
//! - `session`: all of them in order, with questions in between
//! - `remember`: which of the values the project keeps
//!
//! A value comes from the first of: what the user said (`--var`, `--vars`), the environment
//! (`SCAFFOLD_VAR_NAME`), the default that the manifest has.

mod kind;
mod outline;
mod pattern;
mod read;
mod remember;
mod resolve;
mod session;
#[cfg(test)]
mod tests;

use super::value::Value;
use kind::Kind;
use pattern::Pattern;
use resolve::Fault;

pub use outline::Variable;
pub(super) use outline::{Choice as LabelledChoice, shown};
pub(super) use read::{Fault as RawFault, Raw, declarations, value_of};
pub(super) use remember::remembered;
pub(super) use resolve::{Answers, Fault as Unresolved};
pub(super) use session::Session;

/// A variable that the template declares.
#[derive(Debug)]
pub(super) struct Declaration {
    name: String,
    kind: Kind,
    /// What the user is asked; the name where the manifest has no better words.
    prompt: String,
    /// Whether the manifest has these words: then the user is asked, although there is a default.
    has_prompt: bool,
    help: Option<String>,
    source: Origin,
    choices: Vec<Choice>,
    pattern: Option<Pattern>,
    /// What is said where a value does not match it.
    pattern_message: Option<String>,
    checks: Vec<Check>,
    /// An expression: where it is false, nobody is asked.
    when: Option<Placed>,
    /// What is neither shown nor remembered.
    is_secret: bool,
}

/// Where a value comes from without an answer.
#[derive(Debug)]
enum Origin {
    /// It has to be given.
    Nowhere,
    /// The default: a value of the type.
    Value(Value),
    /// The default: a text of the template's language.
    Template(Placed),
    /// It is computed, and no answer is taken: a text of the template's language.
    Computed(Placed),
}

/// One of the values of a choice.
#[derive(Debug)]
struct Choice {
    value: String,
    /// What the user reads.
    label: String,
}

/// What must be true of a value.
#[derive(Debug)]
struct Check {
    expression: Placed,
    message: String,
}

/// A text of the manifest, and where it begins there, in octets.
#[derive(Debug)]
struct Placed {
    text: String,
    offset: usize,
}

impl Declaration {
    /// The name, where the value is a secret.
    pub(super) fn secret(&self) -> Option<&str> {
        self.is_secret.then_some(self.name.as_str())
    }

    /// What the variable is called.
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

impl Choice {
    /// The value, and what it means where that is said.
    fn described(&self) -> String {
        let Self { value, label } = self;
        if value == label {
            value.clone()
        } else {
            format!("{value} ({label})")
        }
    }
}
