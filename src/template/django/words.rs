//! Splitting the contents of a tag into its arguments.

use std::{borrow::Cow, sync::Arc};

use indexmap::IndexMap;

use super::{Budget, Fault, expression::Expression};
use crate::template::value::{is_space, is_word};

/// Arguments with names.
pub(super) type Assignments = IndexMap<Arc<str>, Expression>;

/// The words of a tag. White space inside quotes does not end one, nor, where a word begins like a
/// text to be translated, does any before that text ends.
pub(super) fn split<'t>(contents: &'t str, budget: &Budget) -> Result<Vec<Cow<'t, str>>, Fault> {
    let mut words = Vec::new();
    let mut rest = Words {
        rest: contents,
        budget,
    };
    while let Some(word) = rest.next()? {
        let first = word.strip_prefix("_(").and_then(|it| it.chars().next());
        let Some(quote @ ('"' | '\'')) = first else {
            words.push(Cow::Borrowed(word));
            continue;
        };
        let mut whole = Cow::Borrowed(word);
        while !whole
            .strip_suffix(')')
            .is_some_and(|it| it.ends_with(quote))
        {
            let next = rest.next()?.ok_or_else(|| {
                Fault::new(format!("the text to translate does not end: {whole}"))
            })?;
            let whole = whole.to_mut();
            whole.push(' ');
            whole.push_str(next);
        }
        words.push(whole);
    }
    Ok(words)
}

struct Words<'t, 'b> {
    rest: &'t str,
    budget: &'b Budget,
}

impl<'t> Words<'t, '_> {
    fn next(&mut self) -> Result<Option<&'t str>, Fault> {
        let text = self.rest.trim_start_matches(is_space);
        if text.is_empty() {
            return Ok(None);
        }
        self.budget.step()?;
        let length = match self.quoted(text)? {
            Some(length) => length,
            None => run(text, |it| !is_space(it)),
        };
        let (word, rest) = text.split_at_checked(length).unwrap_or((text, ""));
        self.rest = rest;
        Ok(Some(word))
    }

    /// How long the word is that begins here, if it holds at least one whole quoted part.
    fn quoted(&self, text: &str) -> Result<Option<usize>, Fault> {
        let is_plain = |it: char| !is_space(it) && it != '"' && it != '\'';
        let mut length = run(text, is_plain);
        let mut found = None;
        while let Some(rest) = text.get(length..) {
            let Some(quoted) = string(rest) else {
                // The search went to the end of the tag, and will again for the next quote.
                self.budget.read(rest.len() / 16)?;
                break;
            };
            length += quoted;
            length += run(text.get(length..).unwrap_or_default(), is_plain);
            found = Some(length);
        }
        Ok(found)
    }
}

/// The length of the quoted string at the start, with its quotes. A backslash keeps the character
/// after it from ending the string.
pub(super) fn string(text: &str) -> Option<usize> {
    let Some(quote @ (b'"' | b'\'')) = text.bytes().next() else {
        return None;
    };
    let octets = text.as_bytes();
    let mut at = 1;
    loop {
        at += memchr::memchr2(quote, b'\\', octets.get(at..)?)?;
        if octets.get(at) == Some(&quote) {
            return Some(at + 1);
        }
        let escaped = text.get(at + 1..)?.chars().next()?;
        at += 1 + escaped.len_utf8();
    }
}

/// How many octets at the start of the text are of this class.
pub(super) fn run(text: &str, class: impl Fn(char) -> bool) -> usize {
    text.find(|character| !class(character))
        .unwrap_or(text.len())
}

/// A word of the form `name=value`.
pub(super) fn named(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    let is_name = !name.is_empty() && name.chars().all(is_word);
    (is_name && !value.is_empty()).then_some((name, value))
}

/// Takes the assignments from the front of the words: `name=value …`, or where that is allowed the
/// older `value as name and …`.
pub(super) fn assignments(
    words: &mut &[Cow<'_, str>],
    allow_as: bool,
) -> Result<Assignments, Fault> {
    let mut found = Assignments::new();
    if words.first().is_some_and(|word| named(word).is_some()) {
        while let [word, rest @ ..] = *words
            && let Some((name, value)) = named(word)
        {
            found.insert(name.into(), Expression::parse(value)?);
            *words = rest;
        }
    } else if allow_as {
        while let [value, keyword, name, rest @ ..] = *words
            && keyword == "as"
        {
            found.insert(name.as_ref().into(), Expression::parse(value)?);
            *words = rest;
            match rest {
                [and, rest @ ..] if and == "and" => *words = rest,
                _ => break,
            }
        }
    }
    Ok(found)
}

/// Takes `as name` from the end of the words.
pub(super) fn target<'w, 't>(words: &'w [Cow<'t, str>]) -> (&'w [Cow<'t, str>], Option<Arc<str>>) {
    match words {
        [rest @ .., keyword, name] if keyword == "as" => (rest, Some(name.as_ref().into())),
        _ => (words, None),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// What Django 6.1 makes of these.
    #[rstest]
    #[case("", &[])]
    #[case(" a  b ", &["a", "b"])]
    #[case(r#"a "b c"d'e f' g"#, &["a", r#""b c"d'e f'"#, "g"])]
    #[case(r#"x"a\" b" c"#, &[r#"x"a\" b""#, "c"])]
    #[case(r#""a b"#, &[r#""a"#, "b"])]
    #[case(r#""a"'b c"#, &[r#""a""#, "'b", "c"])]
    #[case(r#"_("a b") c"#, &[r#"_("a b")"#, "c"])]
    #[case(r#"_("a"|x   b") c"#, &[r#"_("a"|x b")"#, "c"])]
    #[case("a='b c'|d:\"e f\"", &["a='b c'|d:\"e f\""])]
    fn words_of_a_tag(#[case] contents: &str, #[case] expected: &[&str]) {
        assert_eq!(split(contents, &Budget::default()).unwrap(), expected);
    }

    #[test]
    fn a_text_to_translate_must_end() {
        assert!(split("a _('b c", &Budget::default()).is_err());
    }

    #[rstest]
    #[case("a=b", Some(("a", "b")))]
    #[case("é1=b=c", Some(("é1", "b=c")))]
    #[case("a=", None)]
    #[case("=a", None)]
    #[case("'a=b'", None)]
    #[case("a.b=c", None)]
    fn words_with_names(#[case] word: &str, #[case] expected: Option<(&str, &str)>) {
        assert_eq!(named(word), expected);
    }
}
