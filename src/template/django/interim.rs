//! Stand-ins for what values can do.

use super::Fault;
use crate::template::value::Value;

/// What values can do.
pub(super) trait Python {
    fn is_true(&self) -> bool;
    fn to_text(&self) -> String;
    fn repr(&self) -> String;
    fn equals(&self, other: &Value) -> bool;
    fn compare(&self, other: &Value) -> Option<std::cmp::Ordering>;
    fn contains(&self, item: &Value) -> Option<bool>;
    fn iterate(&self) -> Option<Vec<Value>>;
    fn length(&self) -> Option<usize>;
    fn member(&self, name: &str) -> Option<Result<Value, Fault>>;
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Bool(it) => Some(f64::from(u8::from(*it))),
        Value::Int(it) => i32::try_from(*it).ok().map(f64::from),
        Value::Float(it) => Some(*it),
        _ => None,
    }
}

impl Python for Value {
    fn is_true(&self) -> bool {
        match self {
            Self::None => false,
            Self::Bool(_) | Self::Int(_) | Self::Float(_) => number(self) != Some(0.0),
            _ => self.length() != Some(0),
        }
    }

    fn to_text(&self) -> String {
        match self {
            Self::Str(it) => it.text.to_string(),
            _ => self.repr(),
        }
    }

    fn repr(&self) -> String {
        let all = |items: &[Value]| items.iter().map(Value::repr).collect::<Vec<_>>().join(", ");
        match self {
            Self::None => "None".to_owned(),
            Self::Bool(true) => "True".to_owned(),
            Self::Bool(false) => "False".to_owned(),
            Self::Int(it) => it.to_string(),
            Self::Float(it) => format!("{it:?}"),
            Self::Str(it) => format!("'{}'", it.text),
            Self::List(it) => format!("[{}]", all(it)),
            Self::Tuple(it) => format!("({})", all(it)),
            Self::Dict(it) => {
                let items: Vec<_> = it
                    .iter()
                    .map(|(key, value)| format!("'{key}': {}", value.repr()))
                    .collect();
                format!("{{{}}}", items.join(", "))
            }
            _ => format!("{self:?}"),
        }
    }

    fn equals(&self, other: &Value) -> bool {
        match (self, other) {
            (Self::None, Self::None) => true,
            (Self::Str(a), Self::Str(b)) => a.text == b.text,
            (Self::List(a), Self::List(b)) | (Self::Tuple(a), Self::Tuple(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.equals(b))
            }
            _ => number(self).is_some() && number(self) == number(other),
        }
    }

    fn compare(&self, other: &Value) -> Option<std::cmp::Ordering> {
        match (self, other) {
            (Self::Str(a), Self::Str(b)) => Some(a.text.cmp(&b.text)),
            _ => number(self)?.partial_cmp(&number(other)?),
        }
    }

    fn contains(&self, item: &Value) -> Option<bool> {
        match (self, item) {
            (Self::Str(a), Self::Str(b)) => Some(a.text.contains(&*b.text)),
            (Self::Str(_), _) => None,
            _ => Some(self.iterate()?.iter().any(|it| it.equals(item))),
        }
    }

    fn iterate(&self) -> Option<Vec<Value>> {
        match self {
            Self::Str(it) => Some(
                it.text
                    .chars()
                    .map(|c| Value::text(c.to_string()))
                    .collect(),
            ),
            Self::List(it) | Self::Tuple(it) => Some(it.to_vec()),
            Self::Dict(it) => Some(it.keys().map(|it| Value::text(it.as_ref())).collect()),
            _ => None,
        }
    }

    fn length(&self) -> Option<usize> {
        self.iterate().map(|it| it.len())
    }

    fn member(&self, name: &str) -> Option<Result<Value, Fault>> {
        match self {
            Self::Dict(it) => match (it.get(name), name) {
                (Some(found), _) => Some(Ok(found.clone())),
                (None, "items") => {
                    let pair = |(key, value): (&std::sync::Arc<str>, &Value)| {
                        Value::Tuple([Value::text(key.as_ref()), value.clone()].into())
                    };
                    Some(Ok(Value::List(it.iter().map(pair).collect())))
                }
                _ => None,
            },
            Self::List(it) | Self::Tuple(it) => {
                it.get(name.parse::<usize>().ok()?).cloned().map(Ok)
            }
            Self::Str(it) if name == "upper" => Some(Ok(Value::text(it.text.to_uppercase()))),
            _ => None,
        }
    }
}

pub(super) mod printing {
    use super::{Python as _, Value};

    pub(in crate::template::django) fn localized(value: &Value) -> String {
        value.to_text()
    }

    pub(in crate::template::django) fn escape(text: &str) -> String {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;")
            .replace('\'', "&#x27;")
    }
}

pub(super) mod dateformat {
    use super::Fault;

    #[expect(clippy::unnecessary_wraps, reason = "the real one can fail")]
    pub(in crate::template::django) fn format(
        moment: &jiff::Zoned,
        format: &str,
    ) -> Result<String, Fault> {
        Ok(format.replace('Y', &moment.year().to_string()))
    }
}
