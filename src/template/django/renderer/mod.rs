//! Rendering the tree.

mod condition;
mod loops;
mod lorem;
mod query;
mod resolve;
mod states;
mod templates;
mod text;
mod width_ratio;

use std::sync::Arc;

use jiff::Zoned;

use super::{
    Budget, DEEPEST, Fault, dateformat,
    filters::Environment,
    node::{Kind, Node, Nodes, Template},
    scope::{Scope, Slot},
    words::Assignments,
};
use crate::template::value::{Dict, Str, Value, trim};
use resolve::Failure;
use states::State;

/// Renders a template.
pub(super) fn render(
    template: &Template<'_>,
    variables: &Dict,
    now: &Zoned,
    budget: &Budget,
) -> Result<String, Fault> {
    let mut renderer = Renderer {
        template,
        scope: Scope::new(variables),
        environment: Environment {
            autoescape: false,
            now,
            budget,
        },
        state: State::default(),
        depth: 0,
        no_text: None,
    };
    renderer.body(&template.nodes)
}

/// A template being rendered.
struct Renderer<'r, 't> {
    template: &'r Template<'t>,
    scope: Scope<'r>,
    environment: Environment<'r>,
    /// What tags remember from one time to the next.
    state: State,
    /// How many bodies of tags are being rendered inside each other.
    depth: usize,
    /// Where among the nodes being rendered one first made something else than a text. Django finds
    /// out when it joins what they made, after other faults.
    no_text: Option<usize>,
}

impl<'r, 't> Renderer<'r, 't> {
    /// The text that the nodes make.
    fn body(&mut self, nodes: &'r Nodes<'t>) -> Result<String, Fault> {
        let mut out = String::new();
        self.nodes(nodes, &mut out)?;
        Ok(out)
    }

    fn nodes(&mut self, nodes: &'r Nodes<'t>, out: &mut String) -> Result<(), Fault> {
        // Parsing has bounded how deep tags are nested, but a partial can render itself.
        if self.depth > 2 * DEEPEST {
            return Err(Fault::new(
                "the template renders parts of itself inside each other too deep",
            ));
        }
        self.depth += 1;
        let outside = self.no_text.take();
        for node in nodes {
            self.environment.budget.step()?;
            self.node(node, out).map_err(|it| it.at(node.offset))?;
        }
        if let Some(offset) = self.no_text {
            return Err(Fault::new("the filters of `filter` did not make a text").at(offset));
        }
        self.no_text = outside;
        self.depth -= 1;
        Ok(())
    }

    fn node(&mut self, node: &'r Node<'t>, out: &mut String) -> Result<(), Fault> {
        match &node.kind {
            Kind::Text(text) => self.write(text, out),
            Kind::Variable(expression) => {
                let value = self.resolve(expression)?;
                self.print(&value, out)
            }
            Kind::Nothing => Ok(()),
            Kind::If(branches) => {
                for (condition, body) in branches {
                    let is_met = match condition {
                        Some(condition) => self.is_met(condition)?,
                        None => true,
                    };
                    if is_met {
                        return self.nodes(body, out);
                    }
                }
                Ok(())
            }
            Kind::For(it) => self.for_loop(it, out),
            Kind::Autoescape { is_on, body } => {
                let outside = self.environment.autoescape;
                self.environment.autoescape = *is_on;
                self.nodes(body, out)?;
                self.environment.autoescape = outside;
                Ok(())
            }
            Kind::With { assignments, body } => self.with(assignments, body, out),
            Kind::Block { name, body } => {
                self.scope.push();
                self.scope
                    .set(&Arc::from("block"), Slot::Block(Arc::clone(name)));
                self.nodes(body, out)?;
                self.scope.pop();
                Ok(())
            }
            Kind::Verbatim(body) => self.nodes(body, out),
            Kind::Spaceless(body) => {
                let text = self.body(body)?;
                let text = text::without_space_between_tags(trim(&text));
                self.write(&text, out)
            }
            Kind::PartialDefinition { is_inline, body } => {
                if *is_inline {
                    self.nodes(body, out)?;
                }
                Ok(())
            }
            Kind::Partial(name) => self.partial(name, out),
            Kind::Cycle(cycle) => self.cycle(cycle, out),
            Kind::ResetCycle(cycle) => {
                self.state.reset(cycle);
                Ok(())
            }
            Kind::IfChanged {
                id,
                watched,
                changed,
                same,
            } => self.if_changed(*id, watched, (changed, same), out),
            Kind::Filter { expression, body } => {
                let text = self.body(body)?;
                self.scope.push();
                self.scope
                    .set(&Arc::from("var"), Slot::Value(Value::safe(text)));
                let value = self.resolve(expression)?;
                self.scope.pop();
                if let Value::Str(it) = value {
                    return self.write(&it.text, out);
                }
                self.no_text.get_or_insert(node.offset);
                Ok(())
            }
            _ => self.output(&node.kind, out),
        }
    }

    /// Tags that write something and have no body.
    fn output(&mut self, kind: &'r Kind<'t>, out: &mut String) -> Result<(), Fault> {
        match kind {
            Kind::FirstOf { choices, target } => {
                let mut first = Value::text("");
                for choice in choices {
                    let value = self.resolve_or_none(choice)?;
                    if value.is_true() {
                        first = Value::Str(self.printed(&value)?);
                        break;
                    }
                }
                self.deliver(first, target.as_ref(), out)
            }
            Kind::Now { format, target } => {
                let format = if format.is_empty() {
                    "DATE_FORMAT"
                } else {
                    format
                };
                // Some letters make a whole date.
                self.environment.budget.steps(2 * format.len())?;
                let text = dateformat::format(self.environment.now, format)?;
                self.deliver(Value::text(text), target.as_ref(), out)
            }
            Kind::Regroup { list, key, target } => self.regroup(list, key, target),
            Kind::Lorem {
                count,
                method,
                is_random,
            } => self.lorem(count, *method, *is_random, out),
            Kind::WidthRatio { arguments, target } => match self.width_ratio(arguments)? {
                Some(text) => self.deliver(Value::text(text), target.as_ref(), out),
                None => Ok(()),
            },
            Kind::QueryString {
                mappings,
                changes,
                target,
            } => {
                let text = self.query_string(mappings, changes)?;
                self.deliver_escaped(Value::text(text), target.as_ref(), out)
            }
            Kind::CspNonce { media, target } => {
                let value = self.csp_nonce(media.as_ref())?;
                self.deliver_escaped(value, target.as_ref(), out)
            }
            Kind::CsrfToken => self.csrf_token(out),
            Kind::Extends { parent, origin } => Err(self.extends(parent, origin)),
            Kind::Include(template) => Err(self.include(template)),
            Kind::Url => Err(Fault::new(
                "there are no URLs to look up: a project that is being generated has no `ROOT_URLCONF`",
            )),
            // All others are handled where this is called.
            _ => Ok(()),
        }
    }

    fn with(
        &mut self,
        assignments: &'r Assignments,
        body: &'r Nodes<'t>,
        out: &mut String,
    ) -> Result<(), Fault> {
        let mut values = Vec::with_capacity(assignments.len());
        for (name, expression) in assignments {
            values.push((name, self.resolve(expression)?));
        }
        // Django passes the names on as those of a function's arguments, which has these two
        // already.
        if let Some((name, _)) = values
            .iter()
            .find(|it| matches!(&**it.0, "self" | "context"))
        {
            return Err(Fault::new(format!("`with` cannot set a variable `{name}`")));
        }
        self.scope.push();
        for (name, value) in values {
            self.scope.set(name, Slot::Value(value));
        }
        self.nodes(body, out)?;
        self.scope.pop();
        Ok(())
    }

    fn partial(&mut self, name: &str, out: &mut String) -> Result<(), Fault> {
        let Some(body) = self.template.partials.get(name) else {
            return Err(Fault::new(format!(
                "Partial '{name}' is not defined in the current template."
            )));
        };
        // A partial remembers nothing from one time to the next.
        let outside = std::mem::take(&mut self.state);
        self.nodes(body, out)?;
        self.state = outside;
        Ok(())
    }

    /// Writes what a tag made, or gives it to the variable after `as`.
    fn deliver(
        &mut self,
        value: Value,
        target: Option<&Arc<str>>,
        out: &mut String,
    ) -> Result<(), Fault> {
        match (target, value) {
            (Some(name), value) => {
                self.scope.set(name, Slot::Value(value));
                Ok(())
            }
            (None, Value::Str(Str { text, .. })) => self.write(&text, out),
            (None, value) => self.print(&value, out),
        }
    }

    /// The same where Django escapes what is written.
    fn deliver_escaped(
        &mut self,
        value: Value,
        target: Option<&Arc<str>>,
        out: &mut String,
    ) -> Result<(), Fault> {
        let value = match target {
            Some(_) => value,
            None => Value::Str(self.printed(&value)?),
        };
        self.deliver(value, target, out)
    }
}
