//! The tag `now` of cookiecutter's extension for dates. The engine takes no tags of others, so that
//! each is put in as a call of a function, between tags that leave the spaces around it to the same
//! rules.

use std::{borrow::Cow, fmt::Write as _};

use minijinja::syntax::SyntaxConfig;

/// The function that stands for the tag. No template has a function of this name.
pub(super) const FUNCTION: &str = "__now";

/// The text with calls in place of the tags.
pub(super) fn rewritten<'a>(text: &'a str, syntax: &SyntaxConfig) -> Cow<'a, str> {
    if memchr::memmem::find(text.as_bytes(), b"now").is_none() {
        return Cow::Borrowed(text);
    }
    let mut result = String::new();
    let mut done = 0;
    let mut at = 0;
    while let Some((kind, start)) = next(text, at, syntax) {
        let (open, close) = match kind {
            Kind::Block => syntax.block_delimiters(),
            Kind::Variable => syntax.variable_delimiters(),
            Kind::Comment => syntax.comment_delimiters(),
        };
        let inside = start + open.len();
        let rest = text.get(inside..).unwrap_or_default();
        let end = match kind {
            Kind::Comment => rest.find(close),
            Kind::Block | Kind::Variable => find_end(rest, close),
        };
        let Some(length) = end else { break };
        at = inside + length + close.len();
        if kind != Kind::Block {
            continue;
        }
        let body = rest.get(..length).unwrap_or_default();
        let (left, body) = marked(body);
        let (body, right) = match body.strip_suffix(['-', '+']) {
            Some(rest) => (rest, body.get(rest.len()..).unwrap_or_default()),
            None => (body, ""),
        };
        let body = body.trim();
        let (name, arguments) = match body.find(|it: char| !is_name(it)) {
            Some(end) => body.split_at_checked(end).unwrap_or((body, "")),
            None => (body, ""),
        };
        match name {
            "raw" => at = end_of_raw(text, at, syntax),
            "now" => {
                result.push_str(text.get(done..start).unwrap_or_default());
                let (variable, variable_end) = syntax.variable_delimiters();
                let call = call(arguments);
                // As many lines as the tag has, so that those after it keep their numbers.
                let _ = write!(
                    result,
                    "{open}{left} if true {close}{variable} {call} {variable_end}{open} endif \
                     {right}{close}"
                );
                done = at;
            }
            _ => {}
        }
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    result.push_str(text.get(done..).unwrap_or_default());
    Cow::Owned(result)
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Block,
    Variable,
    Comment,
}

/// What begins next, and where.
fn next(text: &str, from: usize, syntax: &SyntaxConfig) -> Option<(Kind, usize)> {
    let rest = text.get(from..)?;
    let found = [
        (Kind::Block, syntax.block_delimiters().0),
        (Kind::Variable, syntax.variable_delimiters().0),
        (Kind::Comment, syntax.comment_delimiters().0),
    ];
    let found = found
        .into_iter()
        .filter_map(|(kind, open)| Some((kind, from + rest.find(open)?, open.len())));
    // The longer one, where two begin in one place.
    let first = found.min_by_key(|(_, at, length)| (*at, usize::MAX - length));
    first.map(|(kind, at, _)| (kind, at))
}

/// Where a tag or an expression ends: not within a text.
fn find_end(text: &str, close: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match quote {
            None if text.get(at..).is_some_and(|it| it.starts_with(close)) => return Some(at),
            None if matches!(character, '\'' | '"') => quote = Some(character),
            Some(_) if escaped => escaped = false,
            Some(_) if character == '\\' => escaped = true,
            Some(open) if character == open => quote = None,
            _ => {}
        }
    }
    None
}

/// Where what is no template ends that begins here.
fn end_of_raw(text: &str, from: usize, syntax: &SyntaxConfig) -> usize {
    let (open, close) = syntax.block_delimiters();
    let mut at = from;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find(open)) {
        let inside = at + found + open.len();
        let rest = text.get(inside..).unwrap_or_default();
        let (_, body) = marked(rest);
        if body.trim_start().starts_with("endraw") {
            let end = rest.find(close).map(|end| inside + end + close.len());
            return end.unwrap_or(text.len());
        }
        at = inside;
    }
    text.len()
}

/// The mark at the beginning of a tag that says what becomes of the spaces before it, and the rest.
fn marked(body: &str) -> (&str, &str) {
    match body.as_bytes().first() {
        Some(b'-' | b'+') => body.split_at_checked(1).unwrap_or(("", body)),
        _ => ("", body),
    }
}

fn is_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The call that stands for `now` with these arguments: zone, format, and what is added.
fn call(arguments: &str) -> String {
    let comma = outermost(arguments, |it| it == ',').next();
    let (zone, format) = match comma {
        Some(at) => {
            let (zone, format) = arguments.split_at_checked(at).unwrap_or((arguments, ""));
            (zone, format.get(1..).unwrap_or_default())
        }
        None => (arguments, "none"),
    };
    let operator = outermost(zone, |it| matches!(it, '+' | '-')).last();
    let operator = operator.filter(|at| zone.get(..*at).is_some_and(|it| !it.trim().is_empty()));
    match operator {
        Some(at) => {
            let (zone, offset) = zone.split_at_checked(at).unwrap_or((zone, ""));
            let (sign, offset) = offset.split_at_checked(1).unwrap_or(("+", offset));
            format!("{FUNCTION}({zone}, {format}, '{sign}', {offset})")
        }
        None => format!("{FUNCTION}({zone}, {format})"),
    }
}

/// Where such characters stand outside of texts and brackets.
fn outermost(text: &str, is_one: impl Fn(char) -> bool) -> impl Iterator<Item = usize> {
    let mut quote = None;
    let mut escaped = false;
    let mut depth = 0_usize;
    text.char_indices().filter_map(move |(at, character)| {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if character == '\\' => escaped = true,
            Some(open) if character == open => quote = None,
            Some(_) => {}
            None => match character {
                '\'' | '"' => quote = Some(character),
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                _ if depth == 0 && is_one(character) => return Some(at),
                _ => {}
            },
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(
        "a {%- now 'utc', '%Y' +%} b",
        "a {%- if true %}{{ __now( 'utc',  '%Y') }}{% endif +%} b"
    )]
    #[case("{% now 'utc' %}", "{% if true %}{{ __now( 'utc', none) }}{% endif %}")]
    #[case(
        "{% now 'a,+' - ('days=' + '2'), f(1, 2) %}",
        "{% if true %}{{ __now( 'a,+' ,  f(1, 2), '-',  ('days=' + '2')) }}{% endif %}"
    )]
    #[case(
        "{% raw %}{% now 'utc' %}{% endraw %}",
        "{% raw %}{% now 'utc' %}{% endraw %}"
    )]
    #[case("{# {% now 'utc' %} #}", "{# {% now 'utc' %} #}")]
    #[case("{{ '{% now %}' }} now", "{{ '{% now %}' }} now")]
    #[case("{% nowhere %}", "{% nowhere %}")]
    #[case("{% now", "{% now")]
    fn tags_become_calls(#[case] text: &str, #[case] expected: &str) {
        let syntax = SyntaxConfig::builder().build().unwrap();
        assert_eq!(
            rewritten(text, &syntax).replace("  endif", " endif"),
            expected
        );
    }
}
