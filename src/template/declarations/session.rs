//! One passage through the declared variables: what comes next, what an answer means, and the way
//! back. It knows nothing of who is asked, or how.

use std::{collections::BTreeMap, path::Path};

use super::{Answers, Declaration, Fault, Kind, Origin, resolve::Settlement};
use crate::template::{
    native::{Engine, Variables},
    question::{Answer, Answered, Form, Question},
    secrets::MASK,
    shown,
    value::Value,
};

/// What stands for an answer with nothing in it.
const NOTHING: &str = "(nothing)";

/// What is said where something has to be said.
const REQUIRED: &str = "needs an answer";

/// A passage through the variables.
pub(in crate::template) struct Session<'a> {
    declarations: &'a [Declaration],
    answers: &'a Answers<'a>,
    engine: &'a mut Engine,
    /// What the engine had before.
    before: Variables,
    /// The first of the declared variables, with their values.
    settled: Vec<Settled>,
    /// What was answered in place of the default, by the variable's place: for when the user comes
    /// back to it.
    drafts: BTreeMap<usize, Value>,
    /// The default of the variable that is asked for.
    preset: Option<Value>,
    /// Whether anybody can be asked.
    can_ask: bool,
}

#[derive(Debug)]
struct Settled {
    value: Value,
    was_asked: bool,
}

impl<'a> Session<'a> {
    /// The beginning. Where nobody can be asked, defaults are taken, and a variable without one is
    /// an error.
    pub(in crate::template) fn new(
        declarations: &'a [Declaration],
        answers: &'a Answers<'a>,
        engine: &'a mut Engine,
        can_ask: bool,
    ) -> Self {
        Self {
            declarations,
            answers,
            before: engine.variables(),
            engine,
            settled: Vec::new(),
            drafts: BTreeMap::new(),
            preset: None,
            can_ask,
        }
    }

    /// Settles what needs no question, up to the next one; none where all is settled.
    pub(in crate::template) fn next_question(&mut self) -> Result<Option<Question>, Fault> {
        while let Some(declaration) = self.declarations.get(self.settled.len()) {
            self.engine.begin(Path::new(&declaration.name));
            match declaration.settle(self.answers, self.engine, self.can_ask)? {
                Settlement::Value(value) => self.put(declaration, value, false),
                Settlement::Question(preset) => {
                    let draft = self.drafts.get(&self.settled.len());
                    let question = declaration.question(
                        draft.or(preset.as_ref()),
                        !self.settled.iter().any(|it| it.was_asked),
                    );
                    self.preset = preset;
                    return Ok(Some(question));
                }
            }
        }
        Ok(None)
    }

    /// Whether an answer to the question can be taken; what is wrong with it, as the end of a
    /// sentence that may be shown.
    pub(in crate::template) fn check(
        &mut self,
        answer: &Answer,
    ) -> Result<Result<(), String>, Fault> {
        Ok(self.value(answer)?.map(drop))
    }

    /// Takes an answer to the question, unless something is wrong with it.
    pub(in crate::template) fn answer(
        &mut self,
        answer: &Answer,
    ) -> Result<Result<(), String>, Fault> {
        let value = match self.value(answer)? {
            Ok(value) => value,
            Err(fault) => return Ok(Err(fault)),
        };
        let at = self.settled.len();
        let is_default = self.preset.take().is_some_and(|it| it.equals(&value));
        if is_default {
            // Where it comes from other answers, it changes with them.
            self.drafts.remove(&at);
        } else {
            self.drafts.insert(at, value.clone());
        }
        if let Some(declaration) = self.declarations.get(at) {
            self.put(declaration, value, true);
        }
        Ok(Ok(()))
    }

    /// Goes back to the question before, if there is one.
    pub(in crate::template) fn back(&mut self) {
        let Some(at) = self.settled.iter().rposition(|it| it.was_asked) else {
            return;
        };
        self.settled.truncate(at);
        self.engine.set_variables(self.before.clone());
        for (declaration, settled) in self.declarations.iter().zip(&self.settled) {
            self.engine.set(&declaration.name, &settled.value);
        }
    }

    /// All answers to questions.
    pub(in crate::template) fn answered(&self) -> Vec<Answered> {
        let all = self.declarations.iter().zip(&self.settled);
        all.filter(|(_, settled)| settled.was_asked)
            .map(|(declaration, settled)| Answered {
                prompt: shown::printable(&declaration.prompt),
                answer: declaration.shown(&settled.value),
            })
            .collect()
    }

    /// The value that an answer means.
    fn value(&mut self, answer: &Answer) -> Result<Result<Value, String>, Fault> {
        let Some(declaration) = self.declarations.get(self.settled.len()) else {
            return Ok(Err(String::new()));
        };
        let value = match declaration.understand(answer) {
            Ok(value) => value,
            Err(fault) => return Ok(Err(shown::printable(&fault))),
        };
        let fault = declaration.fault(&value, self.engine)?;
        Ok(fault.map_or(Ok(value), |fault| Err(shown::printable(&fault))))
    }

    fn put(&mut self, declaration: &Declaration, value: Value, was_asked: bool) {
        self.engine.set(&declaration.name, &value);
        self.settled.push(Settled { value, was_asked });
    }
}

impl Declaration {
    fn question(&self, preset: Option<&Value>, is_first: bool) -> Question {
        let text = || preset.map(Value::to_text).filter(|text| !text.is_empty());
        let labels = || {
            let labels = self.choices.iter();
            labels.map(|it| shown::printable(&it.label)).collect()
        };
        let is_preset = |value: &str| match preset {
            Some(Value::Str(preset)) => &*preset.text == value,
            Some(Value::List(items)) => items.iter().any(|item| item.equals(&Value::text(value))),
            _ => false,
        };
        let form = match self.kind {
            Kind::Text => Form::Lines { preset: text() },
            Kind::String | Kind::Integer | Kind::Float | Kind::Path => {
                Form::Line { preset: text() }
            }
            Kind::Boolean => Form::YesNo {
                preset: preset.is_some_and(Value::is_true),
            },
            Kind::Choice => {
                let mut values = self.choices.iter();
                Form::One {
                    labels: labels(),
                    preset: values
                        .position(|choice| is_preset(&choice.value))
                        .unwrap_or_default(),
                }
            }
            Kind::MultiChoice => {
                let values = self.choices.iter();
                Form::Several {
                    labels: labels(),
                    preset: values.map(|choice| is_preset(&choice.value)).collect(),
                }
            }
        };
        let help = self.help.as_deref().unwrap_or_default();
        Question {
            prompt: shown::printable(&self.prompt),
            help: help.lines().map(shown::printable).collect(),
            form,
            is_secret: self.is_secret,
            is_first,
        }
    }

    /// The value of the type that an answer means; what is wrong with it, as the end of a sentence.
    fn understand(&self, answer: &Answer) -> Result<Value, String> {
        let chosen = |at: usize| {
            self.choices
                .get(at)
                .map(|it| Value::text(it.value.as_str()))
        };
        let answer = match answer {
            Answer::Text(text) if text.is_empty() && matches!(self.source, Origin::Nowhere) => {
                return Err(REQUIRED.to_owned());
            }
            Answer::Text(text) => Value::text(text.as_str()),
            Answer::YesNo(answer) => Value::Bool(*answer),
            Answer::One(at) => chosen(*at).ok_or_else(|| REQUIRED.to_owned())?,
            Answer::Several(are_chosen) => {
                let all = are_chosen.iter().enumerate();
                let chosen = all.filter_map(|(at, is_chosen)| is_chosen.then(|| chosen(at))?);
                Value::List(chosen.collect())
            }
        };
        self.convert(&answer)
    }

    /// A value as it may be shown.
    fn shown(&self, value: &Value) -> String {
        let label = |value: &Value| {
            let mut choices = self.choices.iter();
            let choice = choices.find(|it| Value::text(it.value.as_str()).equals(value));
            choice.map_or_else(|| value.to_text(), |it| it.label.clone())
        };
        let text = match value {
            _ if self.is_secret => return MASK.to_owned(),
            Value::Bool(true) => "yes".to_owned(),
            Value::Bool(false) => "no".to_owned(),
            Value::List(items) => items.iter().map(label).collect::<Vec<_>>().join(", "),
            other => label(other),
        };
        let mut lines = text.lines();
        let first = lines.next().unwrap_or_default();
        match lines.next() {
            _ if text.is_empty() => NOTHING.to_owned(),
            None => shown::printable(first),
            // The rest was seen when it was typed.
            Some(_) => format!("{} …", shown::printable(first)),
        }
    }
}

#[cfg(test)]
mod tests;
