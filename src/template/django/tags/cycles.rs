//! `cycle` and `resetcycle`.

use std::{rc::Rc, sync::Arc};

use super::{Fault, Kind, Parser, arguments, expressions};
use crate::template::django::node::Cycle;

pub(super) fn cycle<'t>(parser: &mut Parser<'t, '_>, contents: &'t str) -> Result<Kind<'t>, Fault> {
    let words = arguments(parser, contents)?;
    let (values, target, is_silent) = match words.as_slice() {
        [] => {
            return Err(Fault::new("'cycle' tag requires at least two arguments"));
        }
        [name] => return named(parser, name).map(Kind::Cycle),
        [_, .., keyword, _, flag] if keyword == "as" && flag != "silent" => {
            return Err(Fault::new(format!(
                "Only 'silent' flag is allowed after cycle's name, not '{flag}'."
            )));
        }
        [values @ .., keyword, name, _] if keyword == "as" && !values.is_empty() => {
            (values, Some(name), true)
        }
        // With one value `as` is a variable: Django wants two of them here.
        [values @ .., keyword, name] if keyword == "as" && values.len() > 1 => {
            (values, Some(name), false)
        }
        values => (values, None, false),
    };
    let node = Rc::new(Cycle {
        id: parser.id(),
        values: expressions(values)?,
        target: target.map(|name| Arc::from(name.as_ref())),
        is_silent,
    });
    if let Some(name) = &node.target {
        parser.cycles.insert(Arc::clone(name), Rc::clone(&node));
    }
    parser.last_cycle = Some(Rc::clone(&node));
    Ok(Kind::Cycle(node))
}

fn named(parser: &Parser<'_, '_>, name: &str) -> Result<Rc<Cycle>, Fault> {
    if parser.cycles.is_empty() {
        return Err(Fault::new(format!(
            "No named cycles in template. '{name}' is not defined"
        )));
    }
    let found = parser.cycles.get(name).map(Rc::clone);
    found.ok_or_else(|| Fault::new(format!("Named cycle '{name}' does not exist")))
}

pub(super) fn reset<'t>(parser: &mut Parser<'t, '_>, contents: &'t str) -> Result<Kind<'t>, Fault> {
    let words = arguments(parser, contents)?;
    let cycle = match words.as_slice() {
        [] => parser
            .last_cycle
            .as_ref()
            .ok_or_else(|| Fault::new("No cycles in template."))?,
        [name] => parser
            .cycles
            .get(name.as_ref())
            .ok_or_else(|| Fault::new(format!("Named cycle '{name}' does not exist.")))?,
        _ => {
            return Err(Fault::new("'resetcycle' tag accepts at most one argument."));
        }
    };
    Ok(Kind::ResetCycle(Rc::clone(cycle)))
}
