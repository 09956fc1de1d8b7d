//! The variables while a template is rendered: those of the caller, and those that tags set.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
    sync::Arc,
};

use crate::template::value::{Dict, Value};

/// The variables. A tag with a body opens a frame, and what is set inside is gone after it.
///
/// Each name has its own stack of values, so that looking one up costs the same however deep the
/// tags are nested.
#[derive(Debug)]
pub(super) struct Scope<'v> {
    variables: &'v Dict,
    set: HashMap<Arc<str>, Vec<(usize, Slot)>>,
    /// The names that each frame holds. The first frame is the caller's.
    frames: Vec<Vec<Arc<str>>>,
}

/// What a name stands for.
#[derive(Clone, Debug)]
pub(super) enum Slot {
    Value(Value),
    /// `forloop`
    Loop(Rc<Loop>),
    /// `block`, by its name.
    Block(Arc<str>),
}

/// The state of one run of a `for` tag.
#[derive(Debug)]
pub(super) struct Loop {
    /// What `forloop` was outside.
    pub(super) parent: Option<Slot>,
    pub(super) length: usize,
    /// How many iterations came before this one.
    pub(super) index: Cell<usize>,
    /// What the `ifchanged` tags inside, by their numbers, last saw.
    pub(super) seen: RefCell<HashMap<usize, Seen>>,
}

/// What an `ifchanged` tag compares.
#[derive(Clone, Debug)]
pub(super) enum Seen {
    Text(String),
    Values(Vec<Value>),
}

impl<'v> Scope<'v> {
    pub(super) fn new(variables: &'v Dict) -> Self {
        Self {
            variables,
            set: HashMap::new(),
            frames: vec![Vec::new()],
        }
    }

    /// Opens a frame.
    pub(super) fn push(&mut self) {
        self.frames.push(Vec::new());
    }

    /// Closes the last frame.
    pub(super) fn pop(&mut self) {
        for name in self.frames.pop().unwrap_or_default() {
            if let Some(values) = self.set.get_mut(&name) {
                values.pop();
            }
        }
    }

    /// Sets a variable in the last frame.
    pub(super) fn set(&mut self, name: &Arc<str>, slot: Slot) {
        let depth = self.frames.len();
        let values = self.set.entry(Arc::clone(name)).or_default();
        match values.last_mut() {
            Some((at, value)) if *at == depth => *value = slot,
            _ => {
                values.push((depth, slot));
                if let Some(frame) = self.frames.last_mut() {
                    frame.push(Arc::clone(name));
                }
            }
        }
    }

    /// Sets a variable where it already is, or in the last frame where it is not.
    pub(super) fn set_upward(&mut self, name: &Arc<str>, slot: Slot) {
        if let Some((_, value)) = self.set.get_mut(name).and_then(|it| it.last_mut()) {
            *value = slot;
        } else if self.variables.contains_key(name) || constant(name).is_some() {
            // Into the caller's frame, which is below all that could hold the name.
            let values = self.set.entry(Arc::clone(name)).or_default();
            values.push((1, slot));
            if let Some(frame) = self.frames.first_mut() {
                frame.push(Arc::clone(name));
            }
        } else {
            self.set(name, slot);
        }
    }

    /// What the name stands for.
    pub(super) fn get(&self, name: &str) -> Option<Slot> {
        if let Some((_, slot)) = self.set.get(name).and_then(|it| it.last()) {
            return Some(slot.clone());
        }
        let value = self.variables.get(name).cloned();
        value.or_else(|| constant(name)).map(Slot::Value)
    }
}

/// The names that Python's constants have.
fn constant(name: &str) -> Option<Value> {
    match name {
        "True" => Some(Value::Bool(true)),
        "False" => Some(Value::Bool(false)),
        "None" => Some(Value::None),
        _ => None,
    }
}

impl Loop {
    /// One of the things that are known of the loop, but for `parentloop`.
    pub(super) fn get(&self, name: &str) -> Option<Value> {
        let (index, length) = (self.index.get(), self.length);
        let number = |number: usize| Some(Value::Int(number as i128));
        match name {
            "length" => number(length),
            "counter0" => number(index),
            "counter" => number(index + 1),
            "revcounter" => number(length.saturating_sub(index)),
            "revcounter0" => number(length.saturating_sub(index + 1)),
            "first" => Some(Value::Bool(index == 0)),
            "last" => Some(Value::Bool(index + 1 == length)),
            _ => None,
        }
    }

    /// The names that [`Loop::get`] knows, in Django's order.
    const NAMES: [&'static str; 7] = [
        "length",
        "counter0",
        "counter",
        "revcounter",
        "revcounter0",
        "first",
        "last",
    ];

    /// The dictionary that `forloop` is in Django.
    pub(super) fn to_value(&self) -> Value {
        let parent = match &self.parent {
            None => Value::Dict(Arc::new(Dict::new())),
            Some(Slot::Value(value)) => value.clone(),
            Some(Slot::Loop(parent)) => parent.to_value(),
            Some(Slot::Block(name)) => Value::Str(crate::template::value::Str {
                text: Arc::clone(name),
                is_safe: false,
            }),
        };
        let mut dict = Dict::from_iter([("parentloop".into(), parent)]);
        let known = Self::NAMES
            .into_iter()
            .filter_map(|name| Some((name.into(), self.get(name)?)));
        dict.extend(known);
        Value::Dict(Arc::new(dict))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(scope: &Scope<'_>, name: &str) -> Option<String> {
        match scope.get(name)? {
            Slot::Value(Value::Str(it)) => Some(it.text.to_string()),
            _ => None,
        }
    }

    fn text(text: &str) -> Slot {
        Slot::Value(Value::text(text))
    }

    #[test]
    fn a_frame_takes_its_variables_with_it() {
        let variables = Dict::from_iter([("a".into(), Value::text("0"))]);
        let (a, b) = ("a".into(), "b".into());
        let mut scope = Scope::new(&variables);
        scope.push();
        scope.set(&a, text("1"));
        scope.set(&a, text("2"));
        scope.push();
        scope.set(&a, text("3"));
        scope.set(&b, text("4"));
        assert_eq!(get(&scope, "a").as_deref(), Some("3"));
        scope.pop();
        assert_eq!(get(&scope, "a").as_deref(), Some("2"));
        assert_eq!(get(&scope, "b"), None);
        scope.pop();
        assert_eq!(get(&scope, "a").as_deref(), Some("0"));
    }

    #[test]
    fn setting_upward_finds_the_frame() {
        let variables = Dict::from_iter([("a".into(), Value::text("0"))]);
        let (a, b) = ("a".into(), "b".into());
        let mut scope = Scope::new(&variables);
        scope.push();
        scope.set_upward(&a, text("1"));
        scope.set_upward(&b, text("2"));
        scope.push();
        scope.set_upward(&b, text("3"));
        scope.pop();
        assert_eq!(get(&scope, "b").as_deref(), Some("3"));
        scope.pop();
        assert_eq!(get(&scope, "a").as_deref(), Some("1"));
        assert_eq!(get(&scope, "b"), None);
    }
}
