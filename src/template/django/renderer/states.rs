//! What `cycle` and `ifchanged` remember.

use std::{cell::RefCell, collections::HashMap};

use super::{Fault, Nodes, Renderer, Slot};
use crate::template::{
    django::{
        expression::Expression,
        node::Cycle,
        scope::{Loop, Seen},
    },
    value::Value,
};

/// What tags remember outside of loops.
#[derive(Debug, Default)]
pub(super) struct State {
    /// Which value each `cycle` tag has next.
    next: HashMap<usize, usize>,
    /// What each `ifchanged` tag last saw.
    seen: RefCell<HashMap<usize, Seen>>,
}

impl State {
    /// Lets a `cycle` tag begin again.
    pub(super) fn reset(&mut self, cycle: &Cycle) {
        self.next.remove(&cycle.id);
    }
}

impl<'r, 't> Renderer<'r, 't> {
    pub(super) fn cycle(&mut self, cycle: &'r Cycle, out: &mut String) -> Result<(), Fault> {
        let next = self.state.next.entry(cycle.id).or_default();
        let Some(expression) = cycle.values.get(*next) else {
            return Ok(());
        };
        *next = (*next + 1) % cycle.values.len();
        let value = self.resolve(expression)?;
        if let Some(name) = &cycle.target {
            self.scope.set_upward(name, Slot::Value(value.clone()));
        }
        if cycle.is_silent {
            return Ok(());
        }
        self.print(&value, out)
    }

    /// The bodies are for what has changed and for what has not.
    pub(super) fn if_changed(
        &mut self,
        id: usize,
        watched: &'r [Expression],
        (changed, same): (&'r Nodes<'t>, &'r Nodes<'t>),
        out: &mut String,
    ) -> Result<(), Fault> {
        let now = if watched.is_empty() {
            Seen::Text(self.body(changed)?)
        } else {
            let mut values = Vec::with_capacity(watched.len());
            for expression in watched {
                let value = self.resolve_or_none(expression)?;
                self.environment.budget.go_through(&value)?;
                values.push(value);
            }
            Seen::Values(values)
        };
        let of_loop = match self.scope.get("forloop") {
            Some(Slot::Loop(it)) => Some(it),
            None | Some(Slot::Value(Value::Dict(_))) => None,
            Some(_) => return Err(Fault::new("`ifchanged` needs `forloop` to be a loop's")),
        };
        if !self.changed(of_loop.as_deref(), id, &now)? {
            return self.nodes(same, out);
        }
        match now {
            Seen::Text(text) if !text.is_empty() => self.write(&text, out),
            // An empty text is rendered again, as in Django: a tag inside may have gone on.
            _ => self.nodes(changed, out),
        }
    }

    /// Whether the tag sees something else than the last time; it remembers what.
    fn changed(&self, of_loop: Option<&Loop>, id: usize, now: &Seen) -> Result<bool, Fault> {
        let seen = of_loop.map_or(&self.state.seen, |it| &it.seen);
        let is_same = match (seen.borrow().get(&id), now) {
            (Some(Seen::Text(before)), Seen::Text(now)) => before == now,
            (Some(Seen::Values(before)), Seen::Values(now)) => before
                .iter()
                .zip(now)
                .all(|(before, now)| before.equals(now)),
            _ => false,
        };
        if !is_same {
            if let Seen::Text(text) = now {
                self.environment.budget.make(text.len())?;
            }
            seen.borrow_mut().insert(id, now.clone());
        }
        Ok(!is_same)
    }
}
