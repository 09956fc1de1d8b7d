//! Reading tags. Which complaint comes first where there are several is Django's order.

mod blocks;
mod conditions;
mod cycles;
mod libraries;
mod loops;
mod output;
mod queries;

use std::{borrow::Cow, sync::Arc};

use super::{
    Fault,
    characters::words,
    expression::Expression,
    lexer::Token,
    node::Kind,
    parser::{Parser, invalid_tag},
    words::{self, target},
};
use crate::template::{django::interim::Python as _, value::Value};
pub(super) use libraries::{is_relative, relative};

/// Reads the tag that begins with this word, and where it is a block, all of it. `None`: there is
/// no such tag.
pub(super) fn compile<'t>(
    parser: &mut Parser<'t, '_>,
    command: &str,
    token: Token<'t>,
) -> Result<Option<Kind<'t>>, Fault> {
    let contents = token.contents;
    match command {
        "autoescape" => blocks::autoescape(parser, contents),
        "block" => blocks::block(parser, contents),
        "comment" => parser.skip_past("endcomment").map(|()| Kind::Nothing),
        "csp_nonce_attr" => queries::csp_nonce(parser, contents),
        "csrf_token" => Ok(Kind::CsrfToken),
        "cycle" => cycles::cycle(parser, contents),
        "debug" => Ok(Kind::Nothing),
        "extends" => libraries::extends(parser, contents),
        "filter" => blocks::filter(parser, contents),
        "firstof" => output::first_of(parser, contents),
        "for" => loops::for_loop(parser, contents),
        "if" => conditions::condition(parser, contents),
        "ifchanged" => conditions::if_changed(parser, contents),
        "include" => libraries::include(parser, contents),
        "load" => libraries::load(contents),
        "lorem" => output::lorem(parser, contents),
        "now" => output::now(parser, contents),
        "partial" => blocks::partial(parser, contents),
        "partialdef" => blocks::partial_definition(parser, contents),
        "querystring" => queries::query_string(parser, contents),
        "regroup" => loops::regroup(parser, contents),
        "resetcycle" => cycles::reset(parser, contents),
        "spaceless" => blocks::spaceless(parser),
        "templatetag" => output::template_tag(contents),
        "url" => libraries::url(parser, contents),
        "verbatim" => blocks::verbatim(parser),
        "widthratio" => output::width_ratio(parser, contents),
        "with" => blocks::with(parser, contents),
        _ => return Ok(None),
    }
    .map(Some)
}

/// The words of a tag, and those after its name.
fn arguments<'t>(parser: &Parser<'_, '_>, contents: &'t str) -> Result<Vec<Cow<'t, str>>, Fault> {
    let mut words = words::split(contents, parser.budget)?;
    if !words.is_empty() {
        words.remove(0);
    }
    Ok(words)
}

/// All words as expressions.
fn expressions(words: &[Cow<'_, str>]) -> Result<Vec<Expression>, Fault> {
    words.iter().map(|word| Expression::parse(word)).collect()
}

/// A text as Python writes it in quotes.
fn quoted(text: &str) -> String {
    Value::text(text).repr()
}
