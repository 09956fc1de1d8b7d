//! The variables that a manifest declares: what they are, where their values come from, and which
//! values they take.
//!
//! - `kind`: the types
//! - `outline`: what is told of a variable, and the values to try
//! - `read`: from the manifest, with the places of what is wrong
//! - `resolve`: from the user's answers to values
//!
//! A value comes from the first of: what the user said (`--var`, `--vars`), the environment
//! (`SCAFFOLD_VAR_NAME`), the default that the manifest has.

mod kind;
mod outline;
mod read;
mod resolve;
#[cfg(test)]
mod tests;

use regex::Regex;

use super::value::Value;
use kind::Kind;

pub use outline::Variable;
pub(super) use outline::shown;
pub(super) use read::{Raw, declarations};
pub(super) use resolve::{Answers, Fault as Unresolved, resolve};

/// A variable that the template declares.
#[derive(Debug)]
pub(super) struct Declaration {
    name: String,
    kind: Kind,
    /// What the user is asked; the name where the manifest has no better words.
    prompt: String,
    help: Option<String>,
    source: Origin,
    choices: Vec<Choice>,
    pattern: Option<Pattern>,
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

/// What a text must look like.
#[derive(Debug)]
struct Pattern {
    regex: Regex,
    /// What is said where it does not.
    message: String,
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
