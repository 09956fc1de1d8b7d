//! What people are told of a declared variable, and which of its values a check tries.

use serde::Serialize;

use super::{Declaration, Kind, Origin};
use crate::template::value::Value;

/// Texts for variables without a default, one of which most patterns take.
const SAMPLES: [&str; 9] = [
    "example",
    "Example",
    "example.org",
    "https://example.org/",
    "user@example.org",
    "1",
    "1.0",
    "1.0.0",
    "2025-01-01",
];

/// A variable as a template declares it.
#[derive(Clone, Debug, Serialize)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its type, as the manifest writes it.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What the user is asked; the name where the manifest has no better words.
    pub prompt: String,
    /// More about it.
    pub help: Option<String>,
    /// The default, as a text; one in braces is rendered.
    pub default: Option<String>,
    /// What it is computed from, where it cannot be set.
    pub computed: Option<String>,
    /// The values that it can have, where they are counted out.
    pub choices: Vec<Choice>,
    /// The regular expression that its text has to match.
    pub pattern: Option<String>,
    /// Where this is false, nobody is asked.
    pub when: Option<String>,
    /// Whether it is neither shown nor remembered.
    pub secret: bool,
}

/// One of the values of a choice.
#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    /// The value.
    pub value: String,
    /// What the user reads.
    pub label: String,
}

impl Declaration {
    /// What people are told of it.
    pub(in crate::template) fn outline(&self) -> Variable {
        let (default, computed) = match &self.source {
            Origin::Nowhere => (None, None),
            Origin::Value(value) => (Some(shown(value)), None),
            Origin::Template(text) => (Some(text.text.clone()), None),
            Origin::Computed(text) => (None, Some(text.text.clone())),
        };
        let choices = self.choices.iter().map(|choice| Choice {
            value: choice.value.clone(),
            label: choice.label.clone(),
        });
        Variable {
            name: self.name.clone(),
            kind: self.kind.word(),
            prompt: self.prompt.clone(),
            help: self.help.clone(),
            // A secret is in no message; what it is made from is in the manifest for all to see.
            default: default.filter(|it| !self.is_secret || it.contains("{{")),
            computed,
            choices: choices.collect(),
            pattern: self.pattern.as_ref().map(|it| it.text.clone()),
            when: self.when.as_ref().map(|it| it.text.clone()),
            secret: self.is_secret,
        }
    }

    /// All values that are worth a rendering each, where they can be counted: nothing, each one,
    /// and all at once of those that can be chosen together.
    pub(in crate::template) fn values(&self) -> Vec<Value> {
        if matches!(self.source, Origin::Computed(_)) {
            return Vec::new();
        }
        let choices = || self.choices.iter().map(|it| Value::text(it.value.as_str()));
        match self.kind {
            Kind::Boolean => vec![Value::Bool(false), Value::Bool(true)],
            Kind::Choice => choices().collect(),
            Kind::MultiChoice => {
                let mut values = vec![Value::List([].into())];
                values.extend(choices().map(|it| Value::List([it].into())));
                if self.choices.len() > 1 {
                    values.push(Value::List(choices().collect()));
                }
                values
            }
            _ => Vec::new(),
        }
    }

    /// A value to try where there is no default; nothing where there is one.
    pub(in crate::template) fn sample(&self) -> Option<Value> {
        if !matches!(self.source, Origin::Nowhere) {
            return None;
        }
        let is_taken = |text: &&&str| {
            let pattern = self.pattern.as_ref();
            pattern.is_none_or(|it| it.is_match(text))
        };
        Some(match self.kind {
            Kind::Integer => Value::Int(1),
            Kind::Float => Value::Float(1.0),
            Kind::Boolean | Kind::Choice | Kind::MultiChoice => self.values().into_iter().next()?,
            _ => Value::text(*SAMPLES.iter().find(is_taken)?),
        })
    }
}

impl Kind {
    /// The type as the manifest writes it.
    fn word(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Float => "float",
            Self::Boolean => "boolean",
            Self::Choice => "choice",
            Self::MultiChoice => "multi-choice",
            Self::Path => "path",
        }
    }
}

/// A value as somebody would type it.
pub(in crate::template) fn shown(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::List(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_text(),
    }
}
