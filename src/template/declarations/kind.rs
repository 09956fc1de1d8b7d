//! The types of declared variables, and what of a user's answer is a value of one. Pure.

use serde::Deserialize;

use super::Choice;
use crate::template::{
    similar::similar,
    value::{Str, Value},
};

/// What is between the parts of a multi-choice that is given as a text.
const SEPARATOR: char = ',';

/// What stands for true and false in a text, in small letters.
const TRUE: [&str; 5] = ["true", "yes", "y", "on", "1"];
/// See [`TRUE`].
const FALSE: [&str; 5] = ["false", "no", "n", "off", "0"];

/// The type of a variable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// One line of text.
    #[default]
    String,
    /// Text of any number of lines.
    Text,
    Integer,
    Float,
    Boolean,
    /// One of several texts.
    Choice,
    /// Any number of several texts.
    MultiChoice,
    /// A relative path that stays where it begins.
    Path,
}

impl Kind {
    /// The value that stands for no answer, where nobody was asked.
    pub(super) fn nothing(self) -> Value {
        match self {
            Self::String | Self::Text | Self::Choice | Self::Path => Value::text(""),
            Self::Integer => Value::Int(0),
            Self::Float => Value::Float(0.0),
            Self::Boolean => Value::Bool(false),
            Self::MultiChoice => Value::List([].into()),
        }
    }

    /// Whether values of this type are among several that the template names.
    pub(super) fn has_choices(self) -> bool {
        matches!(self, Self::Choice | Self::MultiChoice)
    }

    /// What a value of this type is called, in a sentence.
    pub(super) fn wanted(self) -> &'static str {
        match self {
            Self::String => "one line of text",
            Self::Text | Self::Choice => "a text",
            Self::Integer => "an integer",
            Self::Float => "a number",
            Self::Boolean => "true or false",
            Self::MultiChoice => "a list of texts",
            Self::Path => "a relative path",
        }
    }

    /// The value of this type that an answer means; a text is read as the user would mean it. The
    /// error says what is wrong with it, as the end of a sentence.
    pub(super) fn convert(self, answer: &Value, choices: &[Choice]) -> Result<Value, String> {
        let fault = || format!("takes {}, not `{}`", self.wanted(), shown(answer));
        match (self, answer) {
            (Self::String, Value::Str(text)) if !is_one_line(text) => Err(fault()),
            (Self::String | Self::Text, Value::Str(_))
            | (Self::Boolean, Value::Bool(_))
            | (Self::Integer, Value::Int(_))
            | (Self::Float, Value::Float(_)) => Ok(answer.clone()),
            // What a file of variables has as a number may well be meant as a text.
            (Self::String | Self::Text, Value::Int(_) | Value::Float(_)) => {
                Ok(Value::text(answer.to_text()))
            }
            #[expect(clippy::cast_precision_loss, reason = "as everywhere, beyond 2⁵³")]
            (Self::Float, Value::Int(number)) => Ok(Value::Float(*number as f64)),
            (Self::Integer, Value::Str(text)) => {
                let number = text.text.trim().parse().map_err(|_| fault())?;
                Ok(Value::Int(number))
            }
            (Self::Float, Value::Str(text)) => match text.text.trim().parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(Value::Float(number)),
                _ => Err(fault()),
            },
            (Self::Boolean, Value::Str(text)) => {
                let word = text.text.trim().to_lowercase();
                if TRUE.contains(&word.as_str()) {
                    Ok(Value::Bool(true))
                } else if FALSE.contains(&word.as_str()) {
                    Ok(Value::Bool(false))
                } else {
                    Err(fault())
                }
            }
            (Self::Choice, Value::Str(text)) => chosen(&text.text, choices),
            (Self::MultiChoice, Value::Str(text)) => {
                let parts = text.text.split(SEPARATOR).map(str::trim);
                let parts = parts.filter(|part| !part.is_empty());
                all_chosen(&parts.collect::<Vec<_>>(), choices)
            }
            (Self::MultiChoice, Value::List(items)) => {
                let texts: Option<Vec<&str>> = items
                    .iter()
                    .map(|item| match item {
                        Value::Str(text) => Some(&*text.text),
                        _ => None,
                    })
                    .collect();
                all_chosen(&texts.ok_or_else(fault)?, choices)
            }
            (Self::Path, Value::Str(text)) => {
                if is_inside(&text.text) {
                    Ok(answer.clone())
                } else {
                    Err(fault())
                }
            }
            _ => Err(fault()),
        }
    }
}

fn is_one_line(text: &Str) -> bool {
    !text.text.contains(['\n', '\r'])
}

/// Whether the text is a path that leads to something below where it begins.
fn is_inside(text: &str) -> bool {
    let parts = || text.split('/');
    !text.is_empty()
        && !text.contains(['\\', '\0', '\n', '\r'])
        && parts().all(|part| !part.is_empty() && part != "." && part != "..")
}

fn chosen(text: &str, choices: &[Choice]) -> Result<Value, String> {
    let values = || choices.iter().map(|choice| choice.value.as_str());
    if values().any(|value| value == text) {
        return Ok(Value::text(text));
    }
    let names: Vec<_> = values().map(|value| format!("`{value}`")).collect();
    let meant = similar(text, values());
    let meant = meant.map_or_else(String::new, |it| format!("; did you mean `{it}`?"));
    Err(format!(
        "takes one of {}, not `{}`{meant}",
        names.join(", "),
        text.escape_debug()
    ))
}

/// The chosen ones, each once and in the order in which the template names them.
fn all_chosen(texts: &[&str], choices: &[Choice]) -> Result<Value, String> {
    for text in texts {
        chosen(text, choices)?;
    }
    let all = choices.iter().map(|choice| choice.value.as_str());
    let chosen = all.filter(|value| texts.contains(value));
    Ok(Value::List(chosen.map(Value::text).collect()))
}

fn shown(value: &Value) -> String {
    match value {
        Value::Str(text) => text.text.escape_debug().to_string(),
        other => other.repr(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn choices() -> Vec<Choice> {
        let choice = |value: &str| Choice {
            value: value.to_owned(),
            label: String::new(),
        };
        ["sqlite", "postgresql", "mysql"].map(choice).into()
    }

    #[rstest]
    #[case(Kind::String, "a b", "'a b'")]
    #[case(Kind::Text, "a\nb", "'a\\nb'")]
    #[case(Kind::Integer, " 42 ", "42")]
    #[case(Kind::Integer, "-1", "-1")]
    #[case(Kind::Float, "2.5", "2.5")]
    #[case(Kind::Float, "2", "2.0")]
    #[case(Kind::Boolean, "Yes", "True")]
    #[case(Kind::Boolean, "off", "False")]
    #[case(Kind::Choice, "mysql", "'mysql'")]
    #[case(Kind::MultiChoice, "mysql, sqlite,mysql", "['sqlite', 'mysql']")]
    #[case(Kind::MultiChoice, "", "[]")]
    #[case(Kind::Path, "a/b.txt", "'a/b.txt'")]
    fn texts_are_read_as_they_are_meant(
        #[case] kind: Kind,
        #[case] text: &str,
        #[case] expected: &str,
    ) {
        let value = kind.convert(&Value::text(text), &choices()).unwrap();
        assert_eq!(value.repr(), expected);
    }

    #[rstest]
    #[case(Kind::String, "a\nb", "takes one line of text, not `a\\nb`")]
    #[case(Kind::Integer, "1.5", "takes an integer, not `1.5`")]
    #[case(Kind::Float, "inf", "takes a number, not `inf`")]
    #[case(Kind::Boolean, "maybe", "takes true or false, not `maybe`")]
    #[case(
        Kind::Choice,
        "postgres",
        "takes one of `sqlite`, `postgresql`, `mysql`, not `postgres`; \
         did you mean `postgresql`?"
    )]
    #[case(
        Kind::MultiChoice,
        "sqlite,zzz",
        "takes one of `sqlite`, `postgresql`, `mysql`, not `zzz`"
    )]
    #[case(Kind::Path, "../a", "takes a relative path, not `../a`")]
    #[case(Kind::Path, "/a", "takes a relative path, not `/a`")]
    #[case(Kind::Path, "a//b", "takes a relative path, not `a//b`")]
    fn other_texts_are_refused(#[case] kind: Kind, #[case] text: &str, #[case] expected: &str) {
        let fault = kind.convert(&Value::text(text), &choices()).unwrap_err();
        assert_eq!(fault, expected);
    }

    #[rstest]
    #[case(Kind::String, Value::Int(5), Some("'5'"))]
    #[case(Kind::Float, Value::Int(5), Some("5.0"))]
    #[case(Kind::Boolean, Value::Int(1), None)]
    #[case(Kind::Integer, Value::Bool(true), None)]
    #[case(Kind::Integer, Value::Float(1.0), None)]
    #[case(Kind::MultiChoice, Value::List([Value::text("mysql")].into()), Some("['mysql']"))]
    #[case(Kind::MultiChoice, Value::List([Value::Int(1)].into()), None)]
    #[case(Kind::Choice, Value::None, None)]
    fn values_of_files_keep_their_types(
        #[case] kind: Kind,
        #[case] value: Value,
        #[case] expected: Option<&str>,
    ) {
        let value = kind.convert(&value, &choices()).ok();
        assert_eq!(value.map(|it| it.repr()).as_deref(), expected);
    }

    #[test]
    fn each_type_has_a_value_for_no_answer() {
        for kind in [
            Kind::String,
            Kind::Text,
            Kind::Integer,
            Kind::Float,
            Kind::Boolean,
            Kind::MultiChoice,
        ] {
            let nothing = kind.nothing();
            let again = kind.convert(&nothing, &[]).unwrap();
            assert_eq!(again.repr(), nothing.repr());
            assert!(!nothing.is_true());
        }
    }
}
