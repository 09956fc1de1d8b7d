//! Tags with a body that changes how it is rendered, or names it.

use std::rc::Rc;

use super::{Expression, Fault, Kind, Parser, arguments, invalid_tag, quoted, words};
use crate::template::{django::words::assignments, value::is_space};

pub(super) fn autoescape<'t>(
    parser: &mut Parser<'t, '_>,
    contents: &'t str,
) -> Result<Kind<'t>, Fault> {
    let mut words = words(contents).skip(1);
    let (Some(setting), None) = (words.next(), words.next()) else {
        return Err(Fault::new(
            "'autoescape' tag requires exactly one argument.",
        ));
    };
    let is_on = match setting {
        "on" => true,
        "off" => false,
        _ => {
            return Err(Fault::new("'autoescape' argument should be 'on' or 'off'"));
        }
    };
    let (body, _) = parser.until(&["endautoescape"])?;
    Ok(Kind::Autoescape { is_on, body })
}

pub(super) fn block<'t>(parser: &mut Parser<'t, '_>, contents: &'t str) -> Result<Kind<'t>, Fault> {
    let mut words = words(contents).skip(1);
    let (Some(name), None) = (words.next(), words.next()) else {
        return Err(Fault::new("'block' tag takes only one argument"));
    };
    if !parser.blocks.insert(name) {
        return Err(Fault::new(format!(
            "'block' tag with name '{name}' appears more than once"
        )));
    }
    let (body, end) = parser.until(&["endblock"])?;
    let full_end = format!("endblock {name}");
    if end.contents != "endblock" && end.contents != full_end {
        return Err(invalid_tag(end, "endblock", &["endblock", &full_end]));
    }
    Ok(Kind::Block {
        name: name.into(),
        body,
    })
}

pub(super) fn comment<'t>(
    parser: &mut Parser<'t, '_>,
    _contents: &'t str,
) -> Result<Kind<'t>, Fault> {
    parser.skip_past("endcomment")?;
    Ok(Kind::Nothing)
}

pub(super) fn filter<'t>(
    parser: &mut Parser<'t, '_>,
    contents: &'t str,
) -> Result<Kind<'t>, Fault> {
    let chain = contents
        .strip_prefix("filter")
        .unwrap_or_default()
        .trim_start_matches(is_space);
    if chain.is_empty() {
        return Err(Fault::new("'filter' tag requires a filter"));
    }
    let expression = Expression::parse(&format!("var|{chain}"))?;
    let automatic = |name: &str| matches!(name, "escape" | "safe");
    if let Some((filter, _)) = expression.filters.iter().find(|it| automatic(it.0.name)) {
        return Err(Fault::new(format!(
            "\"filter {}\" is not permitted. Use the \"autoescape\" tag instead.",
            filter.name
        )));
    }
    let (body, _) = parser.until(&["endfilter"])?;
    Ok(Kind::Filter { expression, body })
}

pub(super) fn partial<'t>(
    parser: &mut Parser<'t, '_>,
    contents: &'t str,
) -> Result<Kind<'t>, Fault> {
    match arguments(parser, contents)?.as_slice() {
        [name] => Ok(Kind::Partial(name.as_ref().into())),
        _ => Err(Fault::new("'partial' tag requires a single argument")),
    }
}

pub(super) fn partial_definition<'t>(
    parser: &mut Parser<'t, '_>,
    contents: &'t str,
) -> Result<Kind<'t>, Fault> {
    let words = arguments(parser, contents)?;
    let (name, is_inline) = match words.as_slice() {
        [] => return Err(Fault::new("'partialdef' tag requires a name")),
        [name] => (name, false),
        [name, inline] if inline == "inline" => (name, true),
        [_, _] => {
            return Err(Fault::new(
                "The 'inline' argument does not have any parameters; either use 'inline' or \
                 remove it completely.",
            ));
        }
        _ => return Err(Fault::new("'partialdef' tag takes at most 2 arguments")),
    };
    let full_end = format!("endpartialdef {name}");
    let ends = ["endpartialdef", &full_end];
    let (body, end) = parser.until(&ends)?;
    if !ends.contains(&end.contents) {
        return Err(invalid_tag(end, "endpartialdef", &ends));
    }
    if parser.partials.contains_key(name.as_ref()) {
        return Err(Fault::new(format!(
            "Partial '{name}' is already defined in the '<unknown source>' template."
        )));
    }
    let body = Rc::new(body);
    parser
        .partials
        .insert(name.as_ref().into(), Rc::clone(&body));
    Ok(Kind::PartialDefinition { is_inline, body })
}

pub(super) fn spaceless<'t>(
    parser: &mut Parser<'t, '_>,
    _contents: &'t str,
) -> Result<Kind<'t>, Fault> {
    let (body, _) = parser.until(&["endspaceless"])?;
    Ok(Kind::Spaceless(body))
}

pub(super) fn verbatim<'t>(
    parser: &mut Parser<'t, '_>,
    _contents: &'t str,
) -> Result<Kind<'t>, Fault> {
    let (body, _) = parser.until(&["endverbatim"])?;
    // The lexer makes a text of everything inside, but not where a tab follows the tag's name:
    // Django then renders the body outside of any template, and fails.
    if body.iter().any(|node| !matches!(node.kind, Kind::Text(_))) {
        return Err(Fault::new(
            "'verbatim' must be followed by a space and a name, or by nothing",
        ));
    }
    Ok(Kind::Verbatim(body))
}

pub(super) fn with<'t>(parser: &mut Parser<'t, '_>, contents: &'t str) -> Result<Kind<'t>, Fault> {
    let words = arguments(parser, contents)?;
    let mut rest = words.as_slice();
    let assignments = Box::new(assignments(&mut rest, true)?);
    if assignments.is_empty() {
        return Err(Fault::new(
            "'with' expected at least one variable assignment",
        ));
    }
    if let Some(word) = rest.first() {
        return Err(Fault::new(format!(
            "'with' received an invalid token: {}",
            quoted(word)
        )));
    }
    let (body, _) = parser.until(&["endwith"])?;
    Ok(Kind::With { assignments, body })
}
