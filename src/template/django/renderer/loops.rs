//! `for` and `regroup`.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
    sync::Arc,
};

use super::{DEEPEST, Fault, Renderer, Slot};
use crate::template::{
    django::{Budget, expression::Expression, node::For, scope::Loop},
    value::Value,
};

/// What beginning a loop costs: more than one iteration of it.
const STEPS: usize = 8;

/// What a list takes for each element.
const ELEMENT: usize = size_of::<Value>();

impl<'r, 't> Renderer<'r, 't> {
    pub(super) fn for_loop(&mut self, it: &'r For<'t>, out: &mut String) -> Result<(), Fault> {
        self.environment.budget.steps(STEPS)?;
        let parent = self.scope.get("forloop");
        if let Some(Slot::Value(value)) = &parent {
            shallow(value, DEEPEST, self.environment.budget)?;
        }
        let values = self.resolve_or_none(&it.sequence)?;
        match &values {
            Value::Str(text) => self.environment.budget.read(text.text.len())?,
            Value::View(view) => {
                let octets = view.dict.len().saturating_mul(4 * ELEMENT);
                self.environment.budget.make(octets)?;
            }
            _ => {}
        }
        let items = if matches!(values, Value::None) {
            None
        } else {
            Some(items(&values, it.is_reversed)?)
        };
        self.scope.push();
        match items {
            Some((items, length)) if length > 0 => {
                self.iterations(it, items, length, parent, out)?;
            }
            _ => self.nodes(&it.empty, out)?,
        }
        self.scope.pop();
        Ok(())
    }

    fn iterations(
        &mut self,
        it: &'r For<'t>,
        items: Items<'_>,
        length: usize,
        parent: Option<Slot>,
        out: &mut String,
    ) -> Result<(), Fault> {
        let state = Rc::new(Loop {
            parent,
            length,
            index: Cell::new(0),
            seen: RefCell::new(HashMap::new()),
        });
        self.scope
            .set(&Arc::from("forloop"), Slot::Loop(Rc::clone(&state)));
        for (index, item) in items.enumerate() {
            self.environment.budget.step()?;
            state.index.set(index);
            if let [name] = it.names.as_slice() {
                self.scope.set(name, Slot::Value(item));
                self.nodes(&it.body, out)?;
                continue;
            }
            self.scope.push();
            self.unpack(&it.names, &item)?;
            self.nodes(&it.body, out)?;
            self.scope.pop();
        }
        Ok(())
    }

    /// Gives each name its part of the item.
    fn unpack(&mut self, names: &[Arc<str>], item: &Value) -> Result<(), Fault> {
        let (parts, length) = match items(item, false) {
            Ok((parts, length)) => (Some(parts), length),
            Err(_) => (None, 1),
        };
        let (Some(parts), true) = (parts, length == names.len()) else {
            return Err(Fault::new(format!(
                "Need {} values to unpack in for loop; got {length}. ",
                names.len()
            )));
        };
        for (name, part) in names.iter().zip(parts) {
            self.scope.set(name, Slot::Value(part));
        }
        Ok(())
    }

    pub(super) fn regroup(
        &mut self,
        list: &'r Expression,
        key: &'r Expression,
        target: &'r Arc<str>,
    ) -> Result<(), Fault> {
        let budget = self.environment.budget;
        let values = self.resolve_or_none(list)?;
        let mut groups: Vec<(Value, Vec<Value>)> = Vec::new();
        if !matches!(values, Value::None) {
            // What is in a group can be grouped again, deeper each time.
            shallow(&values, DEEPEST, budget)?;
            let (items, _) = items(&values, false)?;
            for item in items {
                budget.step()?;
                budget.make(2 * ELEMENT)?;
                self.scope.set(target, Slot::Value(item.clone()));
                let key = self.resolve_or_none(key)?;
                budget.go_through(&key)?;
                match groups.last_mut() {
                    Some((group, members)) if group.equals(&key) => members.push(item),
                    _ => groups.push((key, vec![item])),
                }
            }
        }
        let group = |(key, members): (Value, Vec<Value>)| {
            Value::Group([key, Value::List(members.into())].into())
        };
        let groups = groups.into_iter().map(group).collect();
        self.scope.set(target, Slot::Value(Value::List(groups)));
        Ok(())
    }
}

type Items<'v> = Box<dyn Iterator<Item = Value> + 'v>;

/// What iterating over a value gives, and how much of it there is.
fn items(value: &Value, is_reversed: bool) -> Result<(Items<'_>, usize), Fault> {
    fn directed<'v>(
        items: impl DoubleEndedIterator<Item = Value> + 'v,
        is_reversed: bool,
    ) -> Items<'v> {
        if is_reversed {
            Box::new(items.rev())
        } else {
            Box::new(items)
        }
    }
    Ok(match value {
        Value::Str(it) => {
            let mut buffer = [0; 4];
            let items = it
                .text
                .chars()
                .map(move |it| Value::text(&*it.encode_utf8(&mut buffer)));
            (directed(items, is_reversed), it.text.chars().count())
        }
        Value::List(it) | Value::Tuple(it) | Value::Group(it) => {
            (directed(it.iter().cloned(), is_reversed), it.len())
        }
        Value::Dict(it) => {
            let keys = it.keys().map(|it| Value::text(Arc::clone(it)));
            (directed(keys, is_reversed), it.len())
        }
        Value::View(it) => (
            directed(value.iterate().unwrap_or_default().into_iter(), is_reversed),
            it.dict.len(),
        ),
        _ => {
            return Err(Fault::new(format!(
                "{} is not something to iterate over",
                value.repr()
            )));
        }
    })
}

/// Makes sure that lists are not nested too deep: a tag that runs again and again could add to
/// them each time.
fn shallow(value: &Value, depth: usize, budget: &Budget) -> Result<(), Fault> {
    budget.step()?;
    let depth = depth
        .checked_sub(1)
        .ok_or_else(|| Fault::new("a list has too many lists inside each other"))?;
    match value {
        Value::List(items) | Value::Tuple(items) | Value::Group(items) => {
            items.iter().try_for_each(|it| shallow(it, depth, budget))
        }
        Value::Dict(items) => items.values().try_for_each(|it| shallow(it, depth, budget)),
        _ => Ok(()),
    }
}
