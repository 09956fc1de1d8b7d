//! The values of expressions.

use std::sync::Arc;

use super::{Fault, Renderer, Slot};
use crate::template::{
    django::{
        Budget,
        expression::{Expression, Operand},
        scope::Loop,
    },
    value::{Exception, Value},
};

/// What it costs to make a dictionary of a loop.
const LOOP_STEPS: usize = 8;

/// Why an expression has no value.
#[derive(Debug)]
pub(super) enum Failure {
    /// There is no such variable, or no such part of one.
    Undefined(Arc<str>),
    /// Some tags pass over some of Python's exceptions.
    Exception(Exception),
}

impl From<Exception> for Failure {
    fn from(exception: Exception) -> Self {
        Self::Exception(exception)
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Exception(fault.into())
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Undefined(name) => Self::new(format!("`{name}` is not defined")),
            Failure::Exception(exception) => exception.into(),
        }
    }
}

impl Renderer<'_, '_> {
    /// The value of an expression, in which an undefined variable is an empty text.
    pub(super) fn resolve(&self, expression: &Expression) -> Result<Value, Failure> {
        self.filtered(expression, || Value::text(""))
    }

    /// The value of an expression, in which an undefined variable is `None`.
    pub(super) fn resolve_or_none(&self, expression: &Expression) -> Result<Value, Failure> {
        self.filtered(expression, || Value::None)
    }

    fn filtered(
        &self,
        expression: &Expression,
        undefined: impl Fn() -> Value,
    ) -> Result<Value, Failure> {
        let mut value = match self.operand(&expression.operand) {
            Err(Failure::Undefined(_)) => undefined(),
            other => other?,
        };
        for (filter, argument) in &expression.filters {
            // An argument that is not defined is an error, unlike the value.
            let argument = match argument {
                Some(argument) => Some(self.operand(argument)?),
                None => None,
            };
            value = filter.apply(&value, argument.as_ref(), &self.environment)?;
        }
        Ok(value)
    }

    fn operand(&self, operand: &Operand) -> Result<Value, Failure> {
        match operand {
            Operand::Constant(value) => Ok(value.clone()),
            Operand::Lookup(names) => {
                self.environment.budget.steps(names.len())?;
                self.lookup(names)
            }
        }
    }

    /// A variable of one name, if it is an ordinary one.
    pub(super) fn plain(&self, name: &str) -> Option<Value> {
        match self.scope.get(name)? {
            Slot::Value(value) => Some(value),
            _ => None,
        }
    }

    fn lookup(&self, names: &[Arc<str>]) -> Result<Value, Failure> {
        let Some((first, mut rest)) = names.split_first() else {
            return Err(Failure::Undefined("".into()));
        };
        let slot = self.scope.get(first);
        let mut slot = slot.ok_or_else(|| Failure::Undefined(Arc::clone(first)))?;
        loop {
            let current = match slot {
                Slot::Value(value) => return part(value, rest, self.environment.budget),
                Slot::Block(name) => return block_part(name, rest, self.environment.budget),
                Slot::Loop(current) => current,
            };
            let Some((name, after)) = rest.split_first() else {
                self.environment.budget.steps(LOOP_STEPS * self.depth)?;
                return Ok(current.to_value());
            };
            slot = match (&**name, &current.parent) {
                ("parentloop", Some(parent)) => parent.clone(),
                (name, _) => Slot::Value(self.loop_part(&current, name)?),
            };
            rest = after;
        }
    }

    fn loop_part(&self, of: &Loop, name: &str) -> Result<Value, Failure> {
        if let Some(value) = of.get(name) {
            return Ok(value);
        }
        // A method of the dictionary.
        self.environment.budget.steps(LOOP_STEPS * self.depth)?;
        part(of.to_value(), &[Arc::from(name)], self.environment.budget)
    }
}

/// What stands behind the dots after a value.
fn part(value: Value, names: &[Arc<str>], budget: &Budget) -> Result<Value, Failure> {
    names.iter().try_fold(value, |value, name| {
        affordable(&value, name, budget)?;
        match value.member(name) {
            Some(found) => Ok(found?),
            None => Err(Failure::Undefined(Arc::clone(name))),
        }
    })
}

/// Takes what a method of a text or a dictionary costs.
fn affordable(value: &Value, name: &str, budget: &Budget) -> Result<(), Fault> {
    match value {
        Value::Str(text) => {
            budget.read(text.text.len())?;
            budget.make(text.text.len().saturating_mul(match name {
                // Every other character can be a word or a line.
                "split" | "rsplit" | "splitlines" => size_of::<Value>(),
                // Tabs become spaces.
                _ => 8,
            }))
        }
        Value::View(view) => budget.steps(view.dict.len()),
        _ => Ok(()),
    }
}

/// What stands behind `block`.
fn block_part(block: Arc<str>, names: &[Arc<str>], budget: &Budget) -> Result<Value, Failure> {
    let Some((name, rest)) = names.split_first() else {
        return Err(Fault::new("`block` has no value: only `block.name` has one").into());
    };
    match &**name {
        "name" => part(Value::text(block), rest, budget),
        "super" => Err(Failure::Exception(Exception::Attribute(
            "'BlockNode' object has no attribute 'context'. Did you use {{ block.super }} in a \
             base template?"
                .to_owned(),
        ))),
        _ => Err(Failure::Undefined(Arc::clone(name))),
    }
}
