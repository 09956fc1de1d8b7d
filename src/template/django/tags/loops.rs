//! `for` and `regroup`.

use std::sync::Arc;

use super::{Expression, Fault, Kind, Parser, arguments};
use crate::template::django::node::{For, Nodes};

pub(super) fn for_loop<'t>(
    parser: &mut Parser<'t, '_>,
    contents: &'t str,
) -> Result<Kind<'t>, Fault> {
    let words = arguments(parser, contents)?;
    if words.len() < 3 {
        return Err(Fault::new(format!(
            "'for' statements should have at least four words: {contents}"
        )));
    }
    let (words, is_reversed) = match words.as_slice() {
        [words @ .., last] if last == "reversed" => (words, true),
        words => (words, false),
    };
    // `for in reversed` is short of a word; Django then finds its own name where `in` should be.
    let (names, sequence) = match words {
        [names @ .., keyword, sequence] if keyword == "in" => (names, sequence),
        _ => {
            return Err(Fault::new(format!(
                "'for' statements should use the format 'for x in y': {contents}"
            )));
        }
    };
    let names: Vec<Arc<str>> = names
        .join(" ")
        .split(',')
        .map(|name| Arc::from(name.trim_matches(' ')))
        .collect();
    if names
        .iter()
        .any(|name| name.is_empty() || name.contains([' ', '"', '\'', '|']))
    {
        return Err(Fault::new(format!(
            "'for' tag received an invalid argument: {contents}"
        )));
    }
    let sequence = Expression::parse(sequence)?;
    let (body, end) = parser.until(&["empty", "endfor"])?;
    let empty = if end.contents == "empty" {
        parser.until(&["endfor"])?.0
    } else {
        Nodes::new()
    };
    Ok(Kind::For(Box::new(For {
        names,
        sequence,
        is_reversed,
        body,
        empty,
    })))
}

pub(super) fn regroup<'t>(
    parser: &mut Parser<'t, '_>,
    contents: &'t str,
) -> Result<Kind<'t>, Fault> {
    let words = arguments(parser, contents)?;
    let [list, by, key, keyword, target] = words.as_slice() else {
        return Err(Fault::new("'regroup' tag takes five arguments"));
    };
    let list = Box::new(Expression::parse(list)?);
    if by != "by" {
        return Err(Fault::new("second argument to 'regroup' tag must be 'by'"));
    }
    if keyword != "as" {
        return Err(Fault::new(
            "next-to-last argument to 'regroup' tag must be 'as'",
        ));
    }
    Ok(Kind::Regroup {
        list,
        key: Box::new(Expression::parse(&format!("{target}.{key}"))?),
        target: target.as_ref().into(),
    })
}
