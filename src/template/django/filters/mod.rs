//! Django's built-in filters.

use jiff::Zoned;

use super::{Budget, Fault};
use crate::template::value::Value;

/// What a filter may know beside its value and argument.
#[derive(Clone, Copy, Debug)]
pub(super) struct Environment<'a> {
    /// Whether automatic escaping is on where the filter stands.
    pub(super) autoescape: bool,
    /// The moment at which the template is rendered, in Django's default time zone,
    /// America/Chicago.
    pub(super) now: &'a Zoned,
    /// What the template may still cost.
    pub(super) budget: &'a Budget,
}

/// Whether a filter takes an argument after its colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Argument {
    None,
    Optional,
    Required,
}

/// A filter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Filter {
    pub(super) name: &'static str,
    pub(super) argument: Argument,
    apply: fn(&Value, Option<&Value>, &Environment<'_>) -> Result<Value, Fault>,
}

impl Filter {
    /// What the filter makes of the value. Django's rules about safe texts are kept here too: a
    /// filter that is `is_safe` leaves a safe text safe.
    pub(super) fn apply(
        &self,
        value: &Value,
        argument: Option<&Value>,
        environment: &Environment<'_>,
    ) -> Result<Value, Fault> {
        environment.budget.step()?;
        (self.apply)(value, argument, environment)
    }
}

/// The built-in filter of this name.
pub(super) fn find(name: &str) -> Option<&'static Filter> {
    FILTERS.iter().find(|filter| filter.name == name)
}

/// All filters.
const FILTERS: &[Filter] = &[];
