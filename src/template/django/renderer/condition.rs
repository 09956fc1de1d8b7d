//! Whether the condition of an `if` is met.

use std::{cmp::Ordering, sync::Arc};

use super::{Fault, Renderer, resolve::Failure};
use crate::template::{
    django::{
        condition::{Condition, Operator},
        expression::Operand,
    },
    value::{Exception, Str, Value},
};

/// Python keeps one object for each of these numbers, so `is` finds them the same.
const SMALL_NUMBERS: std::ops::RangeInclusive<i128> = -5..=256;

impl Renderer<'_, '_> {
    pub(super) fn is_met(&self, condition: &Condition) -> Result<bool, Fault> {
        match self.evaluate(condition) {
            Ok(value) => Ok(value.is_true()),
            Err(Failure::Undefined(_)) => Ok(false),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Operators pass over whatever goes wrong with their operands, and are false then.
    fn evaluate(&self, condition: &Condition) -> Result<Value, Failure> {
        let result = match condition {
            Condition::Literal(expression) => return self.resolve_or_none(expression),
            Condition::Not(operand) => self
                .evaluate(operand)
                .map(|value| Value::Bool(!value.is_true())),
            Condition::Binary(operator, operands) => {
                self.binary(*operator, &operands.0, &operands.1)
            }
        };
        self.environment.budget.step()?;
        match result {
            // Python would have gone on.
            Err(failure @ Failure::Exception(Exception::Limit(_))) => Err(failure),
            Err(_) => Ok(Value::Bool(false)),
            value => value,
        }
    }

    fn binary(
        &self,
        operator: Operator,
        left: &Condition,
        right: &Condition,
    ) -> Result<Value, Failure> {
        let is_one_variable = is_one_variable(left, right);
        let left = self.evaluate(left)?;
        match operator {
            Operator::Or if left.is_true() => return Ok(left),
            Operator::And if !left.is_true() => return Ok(left),
            _ => {}
        }
        let right = self.evaluate(right)?;
        if matches!(operator, Operator::Or | Operator::And) {
            return Ok(right);
        }
        self.environment.budget.go_through(&left)?;
        self.environment.budget.go_through(&right)?;
        let order = || left.compare(&right);
        Ok(Value::Bool(match operator {
            Operator::Or | Operator::And => right.is_true(),
            Operator::In => right.contains(&left) == Some(true),
            Operator::NotIn => right.contains(&left) == Some(false),
            Operator::Is => is_same(&left, &right, is_one_variable),
            Operator::IsNot => !is_same(&left, &right, is_one_variable),
            Operator::Equal => left.equals(&right),
            Operator::NotEqual => !left.equals(&right),
            Operator::Greater => order() == Some(Ordering::Greater),
            Operator::GreaterOrEqual => order().is_some_and(Ordering::is_ge),
            Operator::Less => order() == Some(Ordering::Less),
            Operator::LessOrEqual => order().is_some_and(Ordering::is_le),
        }))
    }
}

/// Whether both are the same variable, without filters.
fn is_one_variable(left: &Condition, right: &Condition) -> bool {
    match (left, right) {
        (Condition::Literal(left), Condition::Literal(right)) => {
            matches!(
                (&left.operand, &right.operand),
                (Operand::Lookup(left), Operand::Lookup(right)) if left == right
            ) && left.filters.is_empty()
                && right.filters.is_empty()
        }
        _ => false,
    }
}

/// Python's `is`, as far as it can be told.
fn is_same(left: &Value, right: &Value, is_one_variable: bool) -> bool {
    match (left, right) {
        (Value::None, Value::None) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Int(left), Value::Int(right)) => {
            left == right && (is_one_variable || SMALL_NUMBERS.contains(left))
        }
        (Value::Float(_), Value::Float(_)) => is_one_variable,
        (Value::Str(left), Value::Str(right)) => {
            Arc::ptr_eq(&left.text, &right.text) && left.is_safe == right.is_safe
                || is_kept(left) && is_kept(right) && left.text == right.text
        }
        (Value::List(left), Value::List(right))
        | (Value::Tuple(left), Value::Tuple(right))
        | (Value::Group(left), Value::Group(right)) => Arc::ptr_eq(left, right),
        (Value::Dict(left), Value::Dict(right)) => Arc::ptr_eq(left, right),
        _ => false,
    }
}

/// Whether Python keeps one object for this text: the empty one, and single characters of Latin-1.
fn is_kept(text: &Str) -> bool {
    let mut characters = text.text.chars();
    let first = characters.next();
    !text.is_safe && first.is_none_or(|it| it <= '\u{ff}') && characters.next().is_none()
}
