//! Where in a text of a native template a variable is named. Pure.
//!
//! The engine says which variables a text uses, and not where. This looks for the name among the
//! words of tags, by the engine's rules for what is a tag, a string or raw text; it decides nothing
//! else.

use tera::Delimiters;

/// One place that names a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::template) struct Occurrence {
    /// Octets from the beginning of the text.
    pub(in crate::template) offset: usize,
    /// The place is about whether there is such a variable, or says what stands in for it.
    pub(in crate::template) is_guarded: bool,
}

/// A word or a mark within a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Token<'a> {
    offset: usize,
    text: &'a str,
}

/// All places in tags that name the variable, in their order.
pub(super) fn occurrences(text: &str, delimiters: &Delimiters, variable: &str) -> Vec<Occurrence> {
    let mut found = Vec::new();
    for tag in tags(text, delimiters) {
        for (at, token) in tag.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|it| tag.get(it));
            let rest: Vec<&str> = tag.iter().skip(at + 1).take(3).map(|it| it.text).collect();
            let before = before.map_or("", |it| it.text);
            // A filter, an attribute, a test, or the name of an argument.
            let is_other = matches!(before, "|" | "." | "is") || rest.first() == Some(&"=");
            if token.text != variable || is_other {
                continue;
            }
            let is_guarded = matches!(
                rest.as_slice(),
                ["is", "defined" | "undefined", ..]
                    | ["is", "not", "defined" | "undefined"]
                    | ["|", "default", ..]
            );
            found.push(Occurrence {
                offset: token.offset,
                is_guarded,
            });
        }
    }
    found
}

/// The words and marks of each tag; strings are left out, and so are comments and raw text.
fn tags<'a>(text: &'a str, delimiters: &Delimiters) -> Vec<Vec<Token<'a>>> {
    let Delimiters {
        block_start,
        block_end,
        variable_start,
        variable_end,
        comment_start,
        comment_end,
    } = delimiters;
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let starts_with = |start: &str| !start.is_empty() && rest.starts_with(start);
        if starts_with(comment_start) {
            let body = at + comment_start.len();
            at = end_of(text, body, comment_end);
        } else if starts_with(variable_start) {
            let (tokens, end) = tag(text, at + variable_start.len(), variable_end);
            tags.push(tokens);
            at = end;
        } else if starts_with(block_start) {
            let (tokens, end) = tag(text, at + block_start.len(), block_end);
            at = match tokens.iter().find(|it| it.text != "-") {
                Some(Token { text: "raw", .. }) => end_of_raw(text, end, block_start),
                _ => end,
            };
            tags.push(tokens);
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    tags
}

/// Behind the next such mark, or at the end of the text.
fn end_of(text: &str, from: usize, mark: &str) -> usize {
    text.get(from..)
        .and_then(|rest| rest.find(mark))
        .map_or(text.len(), |found| from + found + mark.len())
}

/// Where the tag `endraw` begins.
fn end_of_raw(text: &str, from: usize, block_start: &str) -> usize {
    let mut at = from;
    loop {
        let Some(found) = text.get(at..).and_then(|rest| rest.find(block_start)) else {
            return text.len();
        };
        let inside = at + found + block_start.len();
        let rest = text.get(inside..).unwrap_or_default();
        let rest = rest.strip_prefix('-').unwrap_or(rest).trim_start();
        if rest.starts_with("endraw") {
            return at + found;
        }
        at = inside;
    }
}

/// The words and marks from here to the end of the tag, and where that is.
fn tag<'a>(text: &'a str, from: usize, end: &str) -> (Vec<Token<'a>>, usize) {
    let mut tokens = Vec::new();
    let mut at = from;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with(end) {
            return (tokens, at + end.len());
        }
        let Some(first) = rest.chars().next() else {
            break;
        };
        let length = match first {
            '"' | '\'' | '`' => string(rest, first),
            _ if first.is_alphanumeric() || first == '_' => rest
                .find(|it: char| !it.is_alphanumeric() && it != '_')
                .unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let word = rest.get(..length).unwrap_or(rest);
        let is_string = matches!(first, '"' | '\'' | '`');
        if !is_string && !first.is_whitespace() {
            // `==` is no sign of an argument.
            let is_comparison = word == "=" && rest.starts_with("==");
            tokens.push(Token {
                offset: at,
                text: if is_comparison { "==" } else { word },
            });
            at += usize::from(is_comparison);
        }
        at += word.len().max(1);
    }
    (tokens, text.len())
}

/// How long a string is, with its marks; to the end of the text where it does not end.
fn string(text: &str, mark: char) -> usize {
    let mut is_escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            it if it == mark => return at + mark.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn offsets(text: &str) -> Vec<(usize, bool)> {
        occurrences(text, &Delimiters::default(), "x")
            .into_iter()
            .map(|it| (it.offset, it.is_guarded))
            .collect()
    }

    #[rstest]
    #[case("{{ x }}", &[(3, false)])]
    #[case("x {{ y.x }} {{ y | x }} {{ f(x=1) }} {{ 'x' }}", &[])]
    #[case("{# {{ x }} #}{% raw %}{{ x }}{% endraw %}{{x}}", &[(43, false)])]
    #[case("{% if x is defined and x == 1 %}", &[(6, true), (23, false)])]
    #[case("{% if x is not defined %}{{ x | default(value='') }}", &[(6, true), (28, true)])]
    #[case("{{ '}} x' ~ x }}", &[(12, false)])]
    #[case("{{ \"\\\"x\" ~ x }}", &[(11, false)])]
    #[case("{%- raw -%} {{ x }} {%- endraw %}", &[])]
    #[case("é{{ xx + x1 + é.x + x }}", &[(22, false)])]
    #[case("{{ x", &[(3, false)])]
    fn places(#[case] text: &str, #[case] expected: &[(usize, bool)]) {
        assert_eq!(offsets(text), expected, "{text}");
    }

    #[test]
    fn other_delimiters_are_followed() {
        let delimiters = Delimiters {
            variable_start: "[[".into(),
            variable_end: "]]".into(),
            ..Delimiters::default()
        };
        let found = occurrences("{{ x }} [[ x ]]", &delimiters, "x");
        assert_eq!(found.iter().map(|it| it.offset).collect::<Vec<_>>(), [11]);
    }

    proptest! {
        /// Whatever the text is, a place that is found is one of the name.
        #[test]
        fn a_place_is_where_the_name_is(
            parts in prop::collection::vec(
                "(\\{\\{|\\}\\}|\\{%|%\\}|\\{#|#\\}|raw|endraw|x|é|[ '\"`\\\\|.=-]|is)",
                0..40,
            ),
        ) {
            let text = parts.concat();
            for found in occurrences(&text, &Delimiters::default(), "x") {
                prop_assert!(text[found.offset..].starts_with('x'), "{}", text);
            }
        }
    }
}
