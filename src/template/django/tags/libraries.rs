//! Tags that need other templates, libraries or addresses, of which there are none here. What is
//! wrong with the tag itself is said first.

use super::{Expression, Fault, Kind, Parser, arguments, quoted, target, words};
use crate::template::{
    django::{
        expression::Operand,
        words::{assignments, named},
    },
    value::Value,
};

pub(super) fn extends<'t>(
    parser: &mut Parser<'t, '_>,
    contents: &'t str,
) -> Result<Kind<'t>, Fault> {
    let words = arguments(parser, contents)?;
    let [word] = words.as_slice() else {
        return Err(Fault::new("'extends' takes one argument"));
    };
    not_relative(word)?;
    let parent = Box::new(Expression::parse(word)?);
    let before = parser.extends;
    parser.rest()?;
    if parser.extends > before {
        return Err(Fault::new(
            "'extends' cannot appear more than once in the same template",
        ));
    }
    parser.extends += 1;
    let is_constant =
        matches!(&parent.operand, Operand::Constant(Value::Str(_))) && parent.filters.is_empty();
    let origin = if is_constant {
        String::new()
    } else {
        format!(" Got this from the '{word}' variable.")
    };
    Ok(Kind::Extends { parent, origin })
}

pub(super) fn include<'t>(
    parser: &mut Parser<'t, '_>,
    contents: &'t str,
) -> Result<Kind<'t>, Fault> {
    let words = arguments(parser, contents)?;
    let [template, options @ ..] = words.as_slice() else {
        return Err(Fault::new(
            "'include' tag takes at least one argument: the name of the template to be included.",
        ));
    };
    let (mut has_with, mut has_only) = (false, false);
    let mut options = options;
    while let [option, rest @ ..] = options {
        options = rest;
        let seen = match option.as_ref() {
            "with" => &mut has_with,
            "only" => &mut has_only,
            _ => {
                return Err(Fault::new(format!(
                    "Unknown argument for 'include' tag: {}.",
                    quoted(option)
                )));
            }
        };
        if std::mem::replace(seen, true) {
            return Err(Fault::new(format!(
                "The '{option}' option was specified more than once."
            )));
        }
        if option == "with" && assignments(&mut options, false)?.is_empty() {
            return Err(Fault::new(
                "\"with\" in 'include' tag needs at least one keyword argument.",
            ));
        }
    }
    not_relative(template)?;
    Ok(Kind::Include(Expression::parse(template)?))
}

/// A path relative to this template needs a template that has a path.
fn not_relative(word: &str) -> Result<(), Fault> {
    if is_relative(word) {
        return Err(relative(word));
    }
    Ok(())
}

pub(in crate::template::django) fn is_relative(name: &str) -> bool {
    let path = name.trim_matches(['"', '\'']);
    path.starts_with("./") || path.starts_with("../")
}

/// A name of another template that is relative to this one's.
pub(in crate::template::django) fn relative(name: &str) -> Fault {
    Fault::new(format!(
        "The relative path {name} cannot be evaluated due to an unknown template origin."
    ))
}

pub(super) fn load<'t>(_parser: &mut Parser<'t, '_>, contents: &'t str) -> Result<Kind<'t>, Fault> {
    let words: Vec<_> = words(contents).skip(1).collect();
    let missing = match words.as_slice() {
        [_, .., keyword, library] if *keyword == "from" => library,
        [library, ..] => library,
        [] => return Ok(Kind::Nothing),
    };
    Err(Fault::new(format!(
        "'{missing}' is not a registered tag library. Must be one of:\n"
    )))
}

pub(super) fn url<'t>(parser: &mut Parser<'t, '_>, contents: &'t str) -> Result<Kind<'t>, Fault> {
    let words = arguments(parser, contents)?;
    let [view, rest @ ..] = words.as_slice() else {
        return Err(Fault::new(
            "'url' takes at least one argument, a URL pattern name.",
        ));
    };
    Expression::parse(view)?;
    for word in target(rest).0 {
        Expression::parse(named(word).map_or(word.as_ref(), |(_, value)| value))?;
    }
    Ok(Kind::Url)
}
