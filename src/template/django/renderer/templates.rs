//! Tags that ask for other templates: there are none.

use super::{Fault, Renderer};
use crate::template::{
    django::{expression::Expression, tags},
    value::Value,
};

impl Renderer<'_, '_> {
    pub(super) fn extends(&self, parent: &Expression, origin: &str) -> Fault {
        match self.resolve(parent) {
            Ok(parent) if parent.is_true() => missing(&parent),
            Ok(parent) => Fault::new(format!(
                "Invalid template name in 'extends' tag: {}.{origin}",
                parent.repr()
            )),
            Err(failure) => failure.into(),
        }
    }

    pub(super) fn include(&self, template: &Expression) -> Fault {
        match self.resolve(template) {
            Ok(Value::Str(name)) if tags::is_relative(&name.text) => tags::relative(&name.text),
            Ok(template) => missing(&template),
            Err(failure) => failure.into(),
        }
    }
}

fn missing(name: &Value) -> Fault {
    Fault::new(format!(
        "there is no template {}: one that makes a project has no others beside it",
        name.repr()
    ))
}
