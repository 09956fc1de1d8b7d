//! Tags without a body that write something.

use super::{Expression, Fault, Kind, Parser, arguments, expressions, target, words};
use crate::template::django::node::LoremMethod;

/// What `templatetag` writes.
const TEMPLATE_TAGS: [(&str, &str); 8] = [
    ("openblock", "{%"),
    ("closeblock", "%}"),
    ("openvariable", "{{"),
    ("closevariable", "}}"),
    ("openbrace", "{"),
    ("closebrace", "}"),
    ("opencomment", "{#"),
    ("closecomment", "#}"),
];

#[expect(clippy::unnecessary_wraps, reason = "all tags have one signature")]
pub(super) fn csrf_token<'t>(
    _parser: &mut Parser<'t, '_>,
    _contents: &'t str,
) -> Result<Kind<'t>, Fault> {
    Ok(Kind::CsrfToken)
}

/// `debug`, which writes nothing where debugging is off.
#[expect(clippy::unnecessary_wraps, reason = "all tags have one signature")]
pub(super) fn nothing<'t>(
    _parser: &mut Parser<'t, '_>,
    _contents: &'t str,
) -> Result<Kind<'t>, Fault> {
    Ok(Kind::Nothing)
}

pub(super) fn first_of<'t>(
    parser: &mut Parser<'t, '_>,
    contents: &'t str,
) -> Result<Kind<'t>, Fault> {
    let words = arguments(parser, contents)?;
    if words.is_empty() {
        return Err(Fault::new(
            "'firstof' statement requires at least one argument",
        ));
    }
    let (choices, target) = target(&words);
    Ok(Kind::FirstOf {
        choices: expressions(choices)?,
        target,
    })
}

pub(super) fn lorem<'t>(parser: &mut Parser<'t, '_>, contents: &'t str) -> Result<Kind<'t>, Fault> {
    let words = arguments(parser, contents)?;
    let (words, is_random) = match words.as_slice() {
        [words @ .., last] if last == "random" => (words, true),
        words => (words, false),
    };
    let method = |word: &str| match word {
        "w" => Some(LoremMethod::Words),
        "p" => Some(LoremMethod::HtmlParagraphs),
        "b" => Some(LoremMethod::Paragraphs),
        _ => None,
    };
    let (words, method) = match words {
        [words @ .., last] if let Some(method) = method(last) => (words, method),
        words => (words, LoremMethod::Paragraphs),
    };
    let (words, count) = match words {
        [words @ .., count] => (words, count.as_ref()),
        [] => (words, "1"),
    };
    let count = Expression::parse(count)?;
    if !words.is_empty() {
        return Err(Fault::new("Incorrect format for 'lorem' tag"));
    }
    Ok(Kind::Lorem {
        count,
        method,
        is_random,
    })
}

pub(super) fn now<'t>(parser: &mut Parser<'t, '_>, contents: &'t str) -> Result<Kind<'t>, Fault> {
    let words = arguments(parser, contents)?;
    let (format, target) = match words.as_slice() {
        [format] => (format, None),
        [format, keyword, name] if keyword == "as" => (format, Some(name.as_ref().into())),
        _ => return Err(Fault::new("'now' statement takes one argument")),
    };
    // The quotes, whatever they are.
    let mut inside = format.chars();
    inside.next();
    inside.next_back();
    Ok(Kind::Now {
        format: inside.as_str().to_owned(),
        target,
    })
}

pub(super) fn template_tag<'t>(
    _parser: &mut Parser<'t, '_>,
    contents: &'t str,
) -> Result<Kind<'t>, Fault> {
    let mut words = words(contents).skip(1);
    let (Some(name), None) = (words.next(), words.next()) else {
        return Err(Fault::new("'templatetag' statement takes one argument"));
    };
    let found = TEMPLATE_TAGS.iter().find(|(it, _)| *it == name);
    found.map(|(_, text)| Kind::Text(text)).ok_or_else(|| {
        let names: Vec<_> = TEMPLATE_TAGS.map(|(it, _)| format!("'{it}'")).into();
        Fault::new(format!(
            "Invalid templatetag argument: '{name}'. Must be one of: [{}]",
            names.join(", ")
        ))
    })
}

pub(super) fn width_ratio<'t>(
    parser: &mut Parser<'t, '_>,
    contents: &'t str,
) -> Result<Kind<'t>, Fault> {
    let words = arguments(parser, contents)?;
    let (value, greatest, width, target) = match words.as_slice() {
        [value, greatest, width] => (value, greatest, width, None),
        [value, greatest, width, keyword, name] if keyword == "as" => {
            (value, greatest, width, Some(name.as_ref().into()))
        }
        [_, _, _, _, _] => {
            return Err(Fault::new(
                "Invalid syntax in widthratio tag. Expecting 'as' keyword",
            ));
        }
        _ => return Err(Fault::new("widthratio takes at least three arguments")),
    };
    Ok(Kind::WidthRatio {
        arguments: Box::new([
            Expression::parse(value)?,
            Expression::parse(greatest)?,
            Expression::parse(width)?,
        ]),
        target,
    })
}
