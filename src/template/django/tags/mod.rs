//! Reading tags. Which complaint comes first where there are several is Django's order.

mod blocks;
mod conditions;
mod cycles;
mod libraries;
mod loops;
mod output;
mod queries;

use std::borrow::Cow;

use super::{
    Fault,
    expression::Expression,
    lexer::Token,
    node::Kind,
    parser::{Parser, invalid_tag},
    words::{split, target},
};
use crate::template::value::{Value, words};
pub(super) use libraries::{is_relative, relative};

/// Reads the tag that begins with this word, and where it is a block, all of it. `None`: there is
/// no such tag.
pub(super) fn compile<'t>(
    parser: &mut Parser<'t, '_>,
    command: &str,
    token: Token<'t>,
) -> Result<Option<Kind<'t>>, Fault> {
    // One call for all keeps the stack small: a tag is compiled inside the one around it.
    match find(command) {
        Some(compile) => compile(parser, token.contents).map(Some),
        None => Ok(None),
    }
}

/// How the rest of the tag with this name is read.
fn find<'t, 'b>(name: &str) -> Option<Compile<'t, 'b>> {
    let tags: [(&str, Compile<'t, 'b>); 28] = [
        ("autoescape", blocks::autoescape),
        ("block", blocks::block),
        ("comment", blocks::comment),
        ("csp_nonce_attr", queries::csp_nonce),
        ("csrf_token", output::csrf_token),
        ("cycle", cycles::cycle),
        ("debug", output::nothing),
        ("extends", libraries::extends),
        ("filter", blocks::filter),
        ("firstof", output::first_of),
        ("for", loops::for_loop),
        ("if", conditions::condition),
        ("ifchanged", conditions::if_changed),
        ("include", libraries::include),
        ("load", libraries::load),
        ("lorem", output::lorem),
        ("now", output::now),
        ("partial", blocks::partial),
        ("partialdef", blocks::partial_definition),
        ("querystring", queries::query_string),
        ("regroup", loops::regroup),
        ("resetcycle", cycles::reset),
        ("spaceless", blocks::spaceless),
        ("templatetag", output::template_tag),
        ("url", libraries::url),
        ("verbatim", blocks::verbatim),
        ("widthratio", output::width_ratio),
        ("with", blocks::with),
    ];
    let found = tags.iter().find(|(it, _)| *it == name);
    found.map(|(_, compile)| *compile)
}

/// Reads the rest of a tag of which the first word is known.
type Compile<'t, 'b> = fn(&mut Parser<'t, 'b>, &'t str) -> Result<Kind<'t>, Fault>;

/// The words of a tag, and those after its name.
fn arguments<'t>(parser: &Parser<'_, '_>, contents: &'t str) -> Result<Vec<Cow<'t, str>>, Fault> {
    let mut words = split(contents, parser.budget)?;
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
