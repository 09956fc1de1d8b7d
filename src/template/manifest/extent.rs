//! How much of a manifest a complaint is about, of which only the beginning is known. The parser
//! of TOML says where everything stands.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// The octets that a complaint about what begins at an octet is to mark: the word that its message
/// is about, where that is in a text there; the whole value; one octet, where there is none.
pub(super) fn extent(text: &str, offset: usize, message: &str) -> Range<usize> {
    let whole = offset..offset + 1;
    let Ok(table) = DeTable::parse(text) else {
        return whole;
    };
    let Some(value) = value_at(table.get_ref(), offset) else {
        return whole;
    };
    let word = word_of(message).and_then(|word| place_of(text, value, word));
    word.unwrap_or_else(|| value.span())
}

/// The value that begins at an octet.
fn value_at<'a, 'text>(
    table: &'a DeTable<'text>,
    offset: usize,
) -> Option<&'a Spanned<DeValue<'text>>> {
    let mut open: Vec<_> = table.iter().map(|(_, value)| value).collect();
    while let Some(value) = open.pop() {
        if value.span().start == offset && !value.span().is_empty() {
            return Some(value);
        }
        open.extend(inside(value));
    }
    None
}

/// The values in a list or a table.
fn inside<'a, 'text>(value: &'a Spanned<DeValue<'text>>) -> Vec<&'a Spanned<DeValue<'text>>> {
    match value.get_ref() {
        DeValue::Array(items) => items.iter().collect(),
        DeValue::Table(items) => items.iter().map(|(_, value)| value).collect(),
        _ => Vec::new(),
    }
}

/// What a message says is not there, where it is a name in a text.
fn word_of(message: &str) -> Option<&str> {
    let starts = [
        "variable `",
        "unknown filter `",
        "unknown function `",
        "unknown test `",
    ];
    let rest = starts
        .iter()
        .find_map(|start| message.strip_prefix(start))?;
    rest.split('`').next().filter(|word| !word.is_empty())
}

/// Where a word stands in the texts of a value: not in a string within one of them, and not as a
/// member of something else.
fn place_of(text: &str, value: &Spanned<DeValue<'_>>, word: &str) -> Option<Range<usize>> {
    if !matches!(value.get_ref(), DeValue::String(_)) {
        let mut places: Vec<_> = inside(value)
            .into_iter()
            .filter_map(|it| place_of(text, it, word))
            .collect();
        places.sort_by_key(|it| it.start);
        return places.into_iter().next();
    }
    let raw = text.get(value.span())?;
    let quotes = raw.len() - raw.trim_start_matches(['"', '\'']).len();
    let inner = raw.get(quotes..raw.len().checked_sub(quotes)?)?;
    let is_part = |it: char| it == '_' || it.is_alphanumeric() || matches!(it, '"' | '\'');
    let found = inner.match_indices(word).map(|(at, _)| at).find(|at| {
        let before = inner.get(..*at).unwrap_or_default();
        let after = inner.get(at + word.len()..).unwrap_or_default();
        !before.ends_with(is_part) && !before.ends_with('.') && !after.starts_with(is_part)
    })?;
    let start = value.span().start + quotes + found;
    Some(start..start + word.len())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const UNDEFINED: &str = "variable `x` is not defined";

    #[rstest]
    #[case("a = '{{ x }}'", UNDEFINED, "x")]
    #[case("a = \"\"\"\n{{ x_y }}{{ a.x }}{{ 'x' }}{{ x }}\"\"\"", UNDEFINED, "x")]
    #[case("a = 'x'", UNDEFINED, "x")]
    #[case("a = '{{ y }}'", UNDEFINED, "'{{ y }}'")]
    #[case("a = ''", UNDEFINED, "''")]
    #[case("a = [['{{ y }}', '{{ x }}']]", UNDEFINED, "x")]
    #[case("a = { run = ['b'], when = 'x' }", UNDEFINED, "x")]
    #[case("a = '{{ b | nof }}'", "unknown filter `nof`", "nof")]
    #[case("[[b]]\na = 'abc'", "this is no name", "'abc'")]
    #[case("[b.c]\na = 12", "this is no text", "12")]
    #[case("a = é\n", "no TOML", "é")]
    fn the_word_or_the_value_is_marked(
        #[case] text: &str,
        #[case] message: &str,
        #[case] expected: &str,
    ) {
        let offset = text.find("a = ").unwrap() + 4;
        let Range { start, end } = extent(text, offset, message);
        assert_eq!(&text[start..text.ceil_char_boundary(end)], expected);
        assert_eq!(start, text.rfind(expected).unwrap());
    }
}
