//! The values of a template's variables, in the order in which cookiecutter settles them: what the
//! user says, or the default, rendered with those before it.

use std::sync::Arc;

use indexmap::IndexMap;

use super::{config::Config, engine::Engine, tree::Tree};
use crate::template::{
    Request, Subject,
    error::Error,
    similar::similar,
    value::{Dict, Value},
    variables,
};

/// How the environment's variables begin that are answers.
const PREFIX: &str = "SCAFFOLD_VAR_";

/// What stands for true and false in an answer, as in cookiecutter.
const TRUE: [&str; 6] = ["1", "true", "t", "yes", "y", "on"];
/// See [`TRUE`].
const FALSE: [&str; 6] = ["0", "false", "f", "no", "n", "off"];

/// What the user replied to questions, by variable, in the order in which they were asked.
pub(super) type Replies = IndexMap<Arc<str>, Value>;

/// A variable that the user can be asked for.
pub(super) struct Open {
    pub(super) name: Arc<str>,
    /// What it has without an answer.
    pub(super) default: Value,
    /// What it can have, where that is a choice.
    pub(super) options: Vec<Value>,
}

/// Gives the engine the values of all variables. Where the user can be asked, it stops at the first
/// one that nobody has answered.
pub(super) fn resolve(
    request: &Request<'_>,
    config: &Config,
    tree: &Tree,
    replies: &Replies,
    engine: &mut Engine,
) -> Result<Option<Open>, Error> {
    check_names(request, config)?;
    let answers = Answers {
        request,
        named: named(request.subject, config, tree),
    };
    engine.clear();
    // Dictionaries come after all others: their texts may use these.
    let is_last = |name: &str, raw: &Value| matches!(raw, Value::Dict(_)) && !name.starts_with('_');
    for pass in [false, true] {
        for (name, raw) in &config.all {
            if is_last(name, raw) != pass || &**name == "__prompts__" {
                continue;
            }
            let value = if name.starts_with("__") {
                engine.render_value(config, name, raw)?
            } else if name.starts_with('_') {
                raw.clone()
            } else if let Some(reply) = replies.get(name) {
                reply.clone()
            } else {
                let value = answers.value(name, raw, config, engine)?;
                if request.asker.is_some() && answers.given(name).is_none() {
                    let options = match raw {
                        Value::List(_) => engine.render_value(config, name, raw)?.iterate(),
                        _ => None,
                    };
                    return Ok(Some(Open {
                        name: Arc::clone(name),
                        default: value,
                        options: options.unwrap_or_default(),
                    }));
                }
                value
            };
            engine.set(name, value);
        }
    }
    Ok(None)
}

/// Fails where the user gives a variable that the template does not have, but nearly.
fn check_names(request: &Request<'_>, config: &Config) -> Result<(), Error> {
    for name in request.variables.keys() {
        // Others are ignored, as cookiecutter does: a file of variables may serve many templates.
        if !config.all.contains_key(name)
            && let Some(meant) = meant(name, config)
        {
            return Err(Error::Answer {
                message: format!("the template has no variable `{name}`"),
                hint: format!("did you mean `{meant}`?"),
            });
        }
    }
    Ok(())
}

/// The variables that the name which the user gave is for: those of such names, and the one that
/// the project's directory is called by. A default that is made of other variables stays.
fn named(subject: Subject, config: &Config, tree: &Tree) -> Vec<String> {
    let usual: &[&str] = match subject {
        Subject::Project | Subject::Deployment => &["project_name", "project_slug", "repo_name"],
        Subject::App => &["app_name", "app_slug"],
    };
    let of_directory = tree.directory_variable();
    let names = usual.iter().copied().chain(of_directory);
    let is_plain = |name: &&str| match config.get(name) {
        Some(Value::Str(text)) => !text.text.contains('{'),
        Some(Value::None) => true,
        _ => false,
    };
    let mut names: Vec<String> = names.filter(is_plain).map(str::to_owned).collect();
    if names.is_empty() {
        let is_text = |name: &&str| matches!(config.get(name), Some(Value::Str(_)));
        names.extend(of_directory.filter(is_text).map(str::to_owned));
    }
    names
}

struct Answers<'a> {
    request: &'a Request<'a>,
    /// The variables that have the project's name.
    named: Vec<String>,
}

impl Answers<'_> {
    fn value(
        &self,
        name: &str,
        raw: &Value,
        config: &Config,
        engine: &Engine,
    ) -> Result<Value, Error> {
        let refused = |from: &str, fault: &str| Error::Answer {
            message: format!("the variable `{name}`{} {fault}", prompt(config, name)),
            hint: match from {
                "" => format!("as in `--var {name}=VALUE`"),
                from => format!("that is what {from} says"),
            },
        };
        let given = self.given(name);
        let given = given.as_ref().map(|(from, value)| (from.as_str(), value));
        match raw {
            Value::List(_) => {
                let options = engine.render_value(config, name, raw)?.iterate();
                let options = options.unwrap_or_default();
                match given {
                    Some((from, answer)) => {
                        chosen(answer, &options).map_err(|fault| refused(from, &fault))
                    }
                    None => options.first().cloned().ok_or_else(|| {
                        let message = format!("the list of choices of `{name}` is empty");
                        config.error(name, &message, "add a choice")
                    }),
                }
            }
            Value::Bool(default) => match given {
                None => Ok(Value::Bool(*default)),
                Some((from, answer)) => truth(answer).ok_or_else(|| {
                    let fault = format!("takes yes or no, not `{}`", answer.to_text());
                    refused(from, &fault)
                }),
            },
            Value::Dict(_) => {
                let default = engine.render_value(config, name, raw)?;
                match given {
                    None => Ok(default),
                    Some((from, answer)) => {
                        let answer = object(answer).ok_or_else(|| {
                            refused(from, "takes an object, in JSON or from a file of `--vars`")
                        })?;
                        Ok(merged(&default, &answer))
                    }
                }
            }
            _ => match given {
                Some((_, answer @ (Value::Str(_) | Value::Dict(_) | Value::List(_)))) => {
                    Ok(answer.clone())
                }
                Some((_, answer)) => Ok(Value::text(answer.to_text())),
                None => engine.render_value(config, name, raw),
            },
        }
    }

    /// What the user said of a variable, and where, if that is not on the command line.
    fn given(&self, name: &str) -> Option<(String, Value)> {
        let request = self.request;
        if let Some(value) = request.variables.get(name) {
            return Some((String::new(), value.clone()));
        }
        if self.named.iter().any(|it| it == name) {
            return Some((String::new(), Value::text(request.name)));
        }
        let variable = format!("{PREFIX}{}", name.to_uppercase());
        if let Some(text) = (request.environment)(&variable) {
            return Some((format!("{variable} in the environment"), Value::text(text)));
        }
        let kept = request.answers.get(name)?;
        Some(("your `config.toml`".to_owned(), kept.clone()))
    }
}

/// What the template asks in words, in brackets, for messages.
fn prompt(config: &Config, name: &str) -> String {
    let Some(Value::Dict(prompts)) = config.get("__prompts__") else {
        return String::new();
    };
    match prompts.get(name) {
        Some(Value::Str(text)) => format!(" ({})", text.text),
        Some(Value::Dict(labels)) => match labels.get("__prompt__") {
            Some(text) => format!(" ({})", text.to_text()),
            None => String::new(),
        },
        _ => String::new(),
    }
}

/// The choice that is meant.
fn chosen(answer: &Value, options: &[Value]) -> Result<Value, String> {
    let answer = answer.to_text();
    if let Some(option) = options.iter().find(|option| option.to_text() == answer) {
        return Ok(option.clone());
    }
    let texts: Vec<String> = options.iter().map(Value::to_text).collect();
    let meant = similar(&answer, texts.iter().map(String::as_str));
    let meant = meant.map_or_else(String::new, |it| format!("; did you mean `{it}`?"));
    let names: Vec<_> = texts.iter().map(|text| format!("`{text}`")).collect();
    Err(format!(
        "takes one of {}, not `{}`{meant}",
        names.join(", "),
        answer.escape_debug()
    ))
}

fn truth(answer: &Value) -> Option<Value> {
    if let Value::Bool(_) = answer {
        return Some(answer.clone());
    }
    let word = answer.to_text().trim().to_lowercase();
    if TRUE.contains(&word.as_str()) {
        Some(Value::Bool(true))
    } else {
        FALSE.contains(&word.as_str()).then_some(Value::Bool(false))
    }
}

/// The dictionary that an answer means.
pub(super) fn object(answer: &Value) -> Option<Dict> {
    match answer {
        Value::Dict(dict) => Some((**dict).clone()),
        Value::Str(text) => variables::parse_any_json(&text.text).ok(),
        _ => None,
    }
}

/// A dictionary with some of its entries replaced, at any depth, and others added.
pub(super) fn merged(default: &Value, answer: &Dict) -> Value {
    let Value::Dict(default) = default else {
        return Value::Dict(answer.clone().into());
    };
    let mut result = (**default).clone();
    for (key, value) in answer {
        let there = result.get(key);
        let value = match (there, value) {
            (Some(there @ Value::Dict(_)), Value::Dict(value)) => merged(there, value),
            _ => value.clone(),
        };
        result.insert(Arc::clone(key), value);
    }
    Value::Dict(result.into())
}

/// The variable that was meant by a name that there is not.
fn meant<'a>(name: &str, config: &'a Config) -> Option<&'a str> {
    let names = config.all.keys().map(AsRef::as_ref);
    similar(name, names.filter(|it: &&str| !it.starts_with('_')))
}
