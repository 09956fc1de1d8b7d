//! `[[variables]]` of a manifest: from TOML to declarations. What is wrong is said with its place.

use std::{collections::BTreeMap, ops::Range};

use serde::Deserialize;
use toml::Spanned;

use super::{Check, Choice, Declaration, Kind, Origin, Pattern, Placed};
use crate::template::value::Value;

/// A variable as it stands in the manifest.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::template) struct Raw {
    name: Spanned<String>,
    #[serde(default, rename = "type")]
    kind: Kind,
    prompt: Option<String>,
    help: Option<String>,
    default: Option<Spanned<toml::Value>>,
    value: Option<Spanned<String>>,
    choices: Option<Spanned<Vec<RawChoice>>>,
    pattern: Option<Spanned<String>>,
    pattern_message: Option<String>,
    #[serde(default)]
    checks: Vec<RawCheck>,
    when: Option<Spanned<String>>,
    #[serde(default)]
    secret: bool,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum RawChoice {
    Value(String),
    Labelled { value: String, label: String },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCheck {
    expression: Spanned<String>,
    message: String,
}

/// What is wrong, and where in the manifest: in octets from its beginning.
#[derive(Debug)]
pub(in crate::template) struct Fault {
    pub(in crate::template) range: Range<usize>,
    pub(in crate::template) message: String,
    /// Another place that has to do with it, and what it has.
    pub(in crate::template) other: Option<(Range<usize>, &'static str)>,
}

impl Fault {
    fn at<T>(place: &Spanned<T>, message: String) -> Self {
        Self {
            range: place.span(),
            message,
            other: None,
        }
    }
}

/// Checks the variables of a manifest. `taken` says which names are not to be had, and why.
pub(in crate::template) fn declarations(
    raw: Vec<Raw>,
    taken: impl Fn(&str) -> Option<String>,
) -> Result<Vec<Declaration>, Fault> {
    let mut names = BTreeMap::new();
    raw.into_iter()
        .map(|raw| {
            let name = raw.name.get_ref();
            if let Some(message) = taken(name) {
                return Err(Fault::at(&raw.name, message));
            }
            if let Some(first) = names.insert(name.clone(), raw.name.span()) {
                let message = format!("the variable `{name}` is declared twice");
                let other = Some((first, "it is declared here too"));
                return Err(Fault {
                    other,
                    ..Fault::at(&raw.name, message)
                });
            }
            declaration(raw)
        })
        .collect()
}

fn declaration(raw: Raw) -> Result<Declaration, Fault> {
    let Raw {
        name,
        kind,
        prompt,
        help,
        default,
        value,
        choices,
        pattern,
        pattern_message,
        checks,
        when,
        secret,
    } = raw;
    let choices = match choices {
        Some(choices) if !kind.has_choices() => {
            let message = "only the types `choice` and `multi-choice` have `choices`".to_owned();
            return Err(Fault::at(&choices, message));
        }
        Some(choices) => choices.into_inner(),
        None => Vec::new(),
    };
    if kind.has_choices() && choices.is_empty() {
        let message = "a variable of this type needs `choices`".to_owned();
        return Err(Fault::at(&name, message));
    }
    let choices: Vec<_> = choices
        .into_iter()
        .map(|choice| match choice {
            RawChoice::Value(value) => Choice {
                label: value.clone(),
                value,
            },
            RawChoice::Labelled { value, label } => Choice { value, label },
        })
        .collect();
    let source = match (default, value) {
        (Some(_), Some(value)) => {
            let message = "`value` is computed, and so has no `default`".to_owned();
            return Err(Fault::at(&value, message));
        }
        (None, None) => Origin::Nowhere,
        (None, Some(value)) => Origin::Computed(placed(value)),
        (Some(default), None) => default_of(kind, &default, &choices)?,
    };
    let pattern = pattern
        .map(|pattern| {
            Pattern::new(pattern.get_ref()).map_err(|reason| Fault::at(&pattern, reason))
        })
        .transpose()?;
    let checks = checks.into_iter().map(|check| Check {
        expression: placed(check.expression),
        message: check.message,
    });
    Ok(Declaration {
        has_prompt: prompt.is_some(),
        prompt: prompt.unwrap_or_else(|| name.get_ref().clone()),
        name: name.into_inner(),
        kind,
        help,
        source,
        choices,
        pattern,
        pattern_message,
        checks: checks.collect(),
        when: when.map(placed),
        is_secret: secret,
    })
}

fn default_of(
    kind: Kind,
    default: &Spanned<toml::Value>,
    choices: &[Choice],
) -> Result<Origin, Fault> {
    if let toml::Value::String(text) = default.get_ref()
        && text.contains('{')
    {
        return Ok(Origin::Template(Placed {
            text: text.clone(),
            offset: default.span().start,
        }));
    }
    let value = value_of(default.get_ref());
    let converted = value.and_then(|value| kind.convert(&value, choices).ok());
    converted.map(Origin::Value).ok_or_else(|| {
        let message = match value_of(default.get_ref()) {
            Some(value) => kind.convert(&value, choices).err().unwrap_or_default(),
            None => "cannot be a table or a date".to_owned(),
        };
        Fault::at(default, format!("the default {message}"))
    })
}

/// The value that TOML has, where a variable could have it.
pub(in crate::template) fn value_of(value: &toml::Value) -> Option<Value> {
    Some(match value {
        toml::Value::String(text) => Value::text(text.as_str()),
        toml::Value::Integer(number) => Value::Int((*number).into()),
        toml::Value::Float(number) => Value::Float(*number),
        toml::Value::Boolean(value) => Value::Bool(*value),
        toml::Value::Array(items) => Value::List(
            items
                .iter()
                .map(value_of)
                .collect::<Option<Vec<_>>>()?
                .into(),
        ),
        toml::Value::Datetime(_) | toml::Value::Table(_) => return None,
    })
}

fn placed(text: Spanned<String>) -> Placed {
    Placed {
        offset: text.span().start,
        text: text.into_inner(),
    }
}
