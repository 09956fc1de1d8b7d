//! Django's template language, for templates that have no manifest: the same octets as Django's
//! `Engine().from_string(text).render(context)` writes in `startproject` and `startapp`.
//!
//! There are no loaders and no tag libraries, as there are none in those commands; what needs one
//! is an error there and here. Automatic escaping is off until a tag turns it on.

mod budget;
mod condition;
mod dateformat;
mod expression;
mod fault;
mod filters;
mod lexer;
mod node;
mod parser;
mod renderer;
mod scope;
mod tags;
#[cfg(test)]
mod tests;
mod words;

use jiff::Zoned;

pub(super) use budget::Budget;
pub(super) use fault::Fault;

use super::value::Dict;

/// How deep tags may stand inside each other, and conditions too: all of this is walked by calling
/// oneself. Django fails at some depth as well, when Python's stack is full.
const DEEPEST: usize = 200;

/// Renders a template, whose line ends are `\n`, with these variables.
pub(super) fn render(
    text: &str,
    variables: &Dict,
    now: &Zoned,
    budget: &Budget,
) -> Result<String, Fault> {
    budget.begin(text.len());
    let template = parser::parse(text, budget)?;
    let rendered = renderer::render(&template, variables, now, budget)?;
    budget.end(rendered.len())?;
    Ok(rendered)
}

/// Renders a text as Django does, at no particular time. It is public for fuzzing.
///
/// # Errors
///
/// What the template is at fault for, in words.
pub fn render_django(text: &str, variables: &Dict) -> Result<String, String> {
    let now = jiff::Timestamp::UNIX_EPOCH.to_zoned(jiff::tz::TimeZone::UTC);
    render(text, variables, &now, &Budget::default()).map_err(|fault| fault.message)
}
