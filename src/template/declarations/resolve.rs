//! From what the user said to the value of one declared variable, which may use those before it.

use super::{Choice, Declaration, Origin, Placed};
use crate::template::{
    native::Engine,
    value::{Dict, Value},
};

/// How the environment's variables begin that are answers.
const PREFIX: &str = "SCAFFOLD_VAR_";

/// Where the answers of an earlier run are, for messages.
const REMEMBERED: &str = "`.scaffold.toml`";

/// Where answers for all projects are, for messages.
const CONFIGURATION: &str = "your `config.toml`";

/// What the user said.
pub(in crate::template) struct Answers<'a> {
    /// By `--var` and `--vars`.
    pub(in crate::template) given: &'a Dict,
    /// When the project was made.
    pub(in crate::template) remembered: &'a Dict,
    /// The values are to be those of that time: what is said today counts only for secrets, which
    /// are not remembered.
    pub(in crate::template) is_past: bool,
    /// The value of a variable of the environment.
    pub(in crate::template) environment: &'a dyn Fn(&str) -> Option<String>,
    /// For all projects, in the user's configuration.
    pub(in crate::template) kept: &'a Dict,
}

/// Why there are no values.
#[derive(Debug, PartialEq)]
pub(in crate::template) enum Fault {
    /// The user has to say something else; what is wrong, and what to do.
    Answer { message: String, hint: String },
    /// The manifest is wrong at this octet.
    Manifest { offset: usize, message: String },
}

/// What is known of a variable before anybody is asked.
pub(super) enum Settlement {
    /// It has this value.
    Value(Value),
    /// It has to be asked for; this is the default.
    Question(Option<Value>),
}

impl Declaration {
    /// Finds the value, or that the user is to be asked, where that can be.
    pub(super) fn settle(
        &self,
        answers: &Answers<'_>,
        engine: &mut Engine,
        can_ask: bool,
    ) -> Result<Settlement, Fault> {
        let given = self.given(answers);
        if let Origin::Computed(template) = &self.source {
            return match given {
                // What is kept may be meant for other templates, and what is remembered for
                // another version of this one.
                Some((from, _)) if from != CONFIGURATION && from != REMEMBERED => {
                    Err(self.computed(&from))
                }
                _ => self.rendered(template, engine).map(Settlement::Value),
            };
        }
        if let Some((from, answer)) = given {
            let value = self.convert(&answer);
            let value = value.map_err(|fault| self.refused(&from, &fault))?;
            return match self.fault(&value, engine)? {
                Some(fault) => Err(self.refused(&from, &fault)),
                None => Ok(Settlement::Value(value)),
            };
        }
        let is_wanted = self
            .when
            .as_ref()
            .map_or(Ok(true), |when| is_true(when, engine))?;
        let default = match &self.source {
            Origin::Value(value) => Some(value.clone()),
            Origin::Template(template) => Some(self.rendered(template, engine)?),
            Origin::Nowhere | Origin::Computed(_) => None,
        };
        if is_wanted && can_ask && (self.has_prompt || default.is_none()) {
            return Ok(Settlement::Question(default));
        }
        let Some(value) = default else {
            return if is_wanted {
                Err(self.missing())
            } else {
                Ok(Settlement::Value(self.kind.nothing()))
            };
        };
        match self.fault(&value, engine)? {
            Some(fault) if is_wanted => Err(self.refused("the default", &fault)),
            _ => Ok(Settlement::Value(value)),
        }
    }

    /// The value that an answer means. The error says what is wrong with it, as the end of a
    /// sentence, and shows no secret.
    pub(super) fn convert(&self, answer: &Value) -> Result<Value, String> {
        let value = self.kind.convert(answer, &self.choices);
        value.map_err(|fault| {
            if self.is_secret {
                format!("takes {}", self.kind.wanted())
            } else {
                fault
            }
        })
    }

    /// What the user said of it, and where.
    fn given(&self, answers: &Answers<'_>) -> Option<(String, Value)> {
        let remembered = || {
            let value = answers.remembered.get(self.name.as_str())?;
            Some((REMEMBERED.to_owned(), value.clone()))
        };
        if answers.is_past && !self.is_secret {
            return remembered();
        }
        if let Some(value) = answers.given.get(self.name.as_str()) {
            return Some(("the answer".to_owned(), value.clone()));
        }
        if let Some(value) = remembered() {
            return Some(value);
        }
        let variable = format!("{PREFIX}{}", self.name.to_uppercase());
        if let Some(text) = (answers.environment)(&variable) {
            let from = format!("{variable} in the environment");
            return Some((from, Value::text(text)));
        }
        let kept = answers.kept.get(self.name.as_str())?;
        Some((CONFIGURATION.to_owned(), kept.clone()))
    }

    /// Renders a default or a computed value.
    fn rendered(&self, template: &Placed, engine: &Engine) -> Result<Value, Fault> {
        let manifest = |message| Fault::Manifest {
            offset: template.offset,
            message,
        };
        let text = engine.render_short(&template.text).map_err(manifest)?;
        let value = self.convert(&Value::text(text));
        value.map_err(|fault| manifest(format!("the variable `{}` {fault}", self.name)))
    }

    /// What is wrong with a value of the right type.
    pub(super) fn fault(
        &self,
        value: &Value,
        engine: &mut Engine,
    ) -> Result<Option<String>, Fault> {
        if let (Some(pattern), Value::Str(text)) = (&self.pattern, value)
            && !pattern.is_match(&text.text)
        {
            let message = self.pattern_message.clone();
            let usual = || format!("does not match `{}`", pattern.text);
            return Ok(Some(message.unwrap_or_else(usual)));
        }
        // Checks are about the value itself.
        engine.set(&self.name, value);
        for check in &self.checks {
            if !is_true(&check.expression, engine)? {
                return Ok(Some(check.message.clone()));
            }
        }
        Ok(None)
    }

    fn refused(&self, from: &str, fault: &str) -> Fault {
        let of = if self.prompt == self.name {
            String::new()
        } else {
            format!(" ({})", self.prompt)
        };
        Fault::Answer {
            message: format!("the variable `{}`{of} {fault}", self.name),
            hint: match from {
                "the answer" => format!("as in `--var {}=VALUE`", self.name),
                "the default" | REMEMBERED => {
                    format!("say what it is to be: `--var {}=VALUE`", self.name)
                }
                other => format!("that is what {other} says"),
            },
        }
    }

    fn computed(&self, from: &str) -> Fault {
        Fault::Answer {
            message: format!("the variable `{}` is computed by the template", self.name),
            hint: match from {
                "the answer" => "leave it out; it follows from others".to_owned(),
                other => format!("{other} sets it; leave it out there"),
            },
        }
    }

    fn missing(&self) -> Fault {
        let mut hint = format!("`--var {}=VALUE`", self.name);
        if let Some(help) = &self.help {
            hint = format!("{hint}: {help}");
        } else if !self.choices.is_empty() {
            let choices = self.choices.iter().map(Choice::described);
            hint = format!("{hint}, one of {}", choices.collect::<Vec<_>>().join(", "));
        }
        let what = if self.is_secret {
            "the secret"
        } else {
            "a value for"
        };
        Fault::Answer {
            message: format!("the template needs {what} `{}`: {}", self.name, self.prompt),
            hint,
        }
    }
}

pub(super) fn is_true(expression: &Placed, engine: &Engine) -> Result<bool, Fault> {
    engine
        .is_true(&expression.text)
        .map_err(|message| Fault::Manifest {
            offset: expression.offset,
            message,
        })
}
