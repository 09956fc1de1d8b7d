//! `querystring`.

use indexmap::IndexMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::sync::Arc;

use super::{Fault, Renderer};
use crate::template::{
    django::{expression::Expression, words::Assignments},
    value::{Dict, Value},
};

/// What is written with percent signs. A space is a plus instead.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'_')
    .remove(b'.')
    .remove(b'-')
    .remove(b'~')
    .remove(b' ');

impl Renderer<'_, '_> {
    pub(super) fn query_string(
        &self,
        mappings: &[Expression],
        changes: &Assignments,
    ) -> Result<String, Fault> {
        let mut resolved = Vec::with_capacity(mappings.len() + 1);
        for mapping in mappings {
            resolved.push(self.resolve(mapping)?);
        }
        let mut last = Dict::new();
        for (name, value) in changes {
            last.insert(Arc::clone(name), self.resolve(value)?);
        }
        if mappings.is_empty() {
            return Err(Fault::new(
                "`querystring` needs a dictionary: there is no request here",
            ));
        }
        resolved.push(Value::Dict(Arc::new(last)));
        let mut parameters: IndexMap<Arc<str>, Vec<Value>> = IndexMap::new();
        for mapping in &resolved {
            self.environment.budget.go_through(mapping)?;
            let Value::Dict(mapping) = mapping else {
                return Err(Fault::new(format!(
                    "querystring requires mappings for positional arguments (got {} instead).",
                    mapping.repr()
                )));
            };
            for (key, value) in mapping.iter() {
                self.environment.budget.step()?;
                let values = match value {
                    Value::None => {
                        parameters.shift_remove(key);
                        continue;
                    }
                    Value::Str(_) => vec![value.clone()],
                    _ => value.iterate().unwrap_or_else(|| vec![value.clone()]),
                };
                let values = values
                    .into_iter()
                    .filter(|it| !matches!(it, Value::None))
                    .collect();
                parameters.insert(Arc::clone(key), values);
            }
        }
        self.encode(&parameters)
    }

    fn encode(&self, parameters: &IndexMap<Arc<str>, Vec<Value>>) -> Result<String, Fault> {
        let mut query = String::from("?");
        let each = parameters
            .iter()
            .flat_map(|(key, values)| values.iter().map(move |value| (key, value)));
        for (key, value) in each {
            self.environment.budget.step()?;
            let value = value.to_text();
            let length = (key.len() + value.len()).saturating_mul(3);
            self.environment.budget.make(length)?;
            if query.len() > 1 {
                query.push('&');
            }
            for (text, end) in [(&**key, "="), (value.as_str(), "")] {
                for part in utf8_percent_encode(text, ENCODED) {
                    query.push_str(&part.replace(' ', "+"));
                }
                query.push_str(end);
            }
        }
        Ok(query)
    }
}
