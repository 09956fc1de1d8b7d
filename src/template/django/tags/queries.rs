//! Tags that Django makes of functions: `querystring` and `csp_nonce_attr`.

use std::borrow::Cow;

use super::{Expression, Fault, Kind, Parser, arguments, target};
use crate::template::django::words::{Assignments, named};

pub(super) fn query_string<'t>(
    parser: &mut Parser<'t, '_>,
    contents: &'t str,
) -> Result<Kind<'t>, Fault> {
    let words = arguments(parser, contents)?;
    let (words, target) = target(&words);
    let (mappings, changes) = call("querystring", words, None)?;
    Ok(Kind::QueryString {
        mappings,
        changes: Box::new(changes),
        target,
    })
}

pub(super) fn csp_nonce<'t>(
    parser: &mut Parser<'t, '_>,
    contents: &'t str,
) -> Result<Kind<'t>, Fault> {
    let words = arguments(parser, contents)?;
    let (words, target) = target(&words);
    let (positional, mut named) = call("csp_nonce_attr", words, Some("media"))?;
    let media = match (positional.into_iter().next(), named.swap_remove("media")) {
        (Some(_), Some(_)) => {
            return Err(Fault::new(
                "'csp_nonce_attr' received multiple values for argument 'media'",
            ));
        }
        (first, second) => first.or(second),
    };
    Ok(Kind::CspNonce { media, target })
}

/// The arguments of a function that takes any, or only this one.
fn call(
    function: &str,
    words: &[Cow<'_, str>],
    only: Option<&str>,
) -> Result<(Vec<Expression>, Assignments), Fault> {
    let (mut positional, mut with_name) = (Vec::new(), Assignments::new());
    for word in words {
        if let Some((name, value)) = named(word) {
            let value = Expression::parse(value)?;
            if only.is_some_and(|only| only != name) {
                return Err(Fault::new(format!(
                    "'{function}' received unexpected keyword argument '{name}'"
                )));
            }
            if with_name.insert(name.into(), value).is_some() {
                return Err(Fault::new(format!(
                    "'{function}' received multiple values for keyword argument '{name}'"
                )));
            }
        } else if !with_name.is_empty() {
            return Err(Fault::new(format!(
                "'{function}' received some positional argument(s) after some keyword argument(s)"
            )));
        } else {
            positional.push(Expression::parse(word)?);
            if only.is_some() && positional.len() > 1 {
                return Err(Fault::new(format!(
                    "'{function}' received too many positional arguments"
                )));
            }
        }
    }
    Ok((positional, with_name))
}
