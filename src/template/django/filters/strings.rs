//! Filters of plain texts.

use unicode_normalization::UnicodeNormalization;

use super::{Input, lacks};
use crate::template::{
    titlecase::title,
    value::{Exception, Str, Value, is_space, words},
};

type Result = std::result::Result<Value, Exception>;

pub(super) fn add_slashes(input: &Input<'_>) -> Value {
    let mut text = String::with_capacity(input.text.len());
    for character in input.text.chars() {
        if matches!(character, '\\' | '"' | '\'') {
            text.push('\\');
        }
        text.push(character);
    }
    Value::text(text)
}

pub(super) fn capitalize_first(input: &Input<'_>) -> Value {
    let mut characters = input.text.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    let mut text: String = first.collect();
    text.push_str(characters.as_str());
    Value::text(text)
}

pub(super) fn lower(input: &Input<'_>) -> Value {
    Value::text(input.text.to_lowercase())
}

pub(super) fn upper(input: &Input<'_>) -> Value {
    Value::text(input.text.to_uppercase())
}

/// The text with spaces around it up to a width: `share` says how many of the missing ones stand
/// before it.
fn pad(input: &Input<'_>, share: fn(usize) -> usize) -> Result {
    let width = input.integer()?;
    let length = input.text.chars().count();
    let width = usize::try_from(width.max(0)).unwrap_or(usize::MAX);
    let missing = width.saturating_sub(length);
    input.make(missing)?;
    let before = share(missing);
    let mut text = String::with_capacity(input.text.len() + missing);
    text.extend(std::iter::repeat_n(' ', before));
    text.push_str(input.text);
    text.extend(std::iter::repeat_n(' ', missing - before));
    Ok(Value::text(text))
}

pub(super) fn center(input: &Input<'_>) -> Result {
    pad(input, |missing| missing / 2)
}

pub(super) fn justify_left(input: &Input<'_>) -> Result {
    pad(input, |_| 0)
}

pub(super) fn justify_right(input: &Input<'_>) -> Result {
    pad(input, |missing| missing)
}

pub(super) fn cut(input: &Input<'_>) -> Result {
    let Value::Str(Str { text: part, .. }) = input.argument() else {
        return Err(Exception::Type(format!(
            "replace() argument 1 must be str, not {}",
            input.argument().type_name()
        )));
    };
    let text = if part.is_empty() {
        input.text.to_owned()
    } else {
        input.text.replace(&**part, "")
    };
    // Without its semicolon an entity may be none any more.
    Ok(if input.is_safe() && &**part != ";" {
        Value::safe(text)
    } else {
        Value::text(text)
    })
}

/// The letters on the keys of a telephone.
pub(super) fn phone_to_numeric(input: &Input<'_>) -> Result {
    let Value::Str(Str { text, .. }) = input.value else {
        return Err(lacks(input.value, "lower"));
    };
    let text = text.to_lowercase();
    let digits = text.chars().map(|character| match character {
        'a'..='c' => '2',
        'd'..='f' => '3',
        'g'..='i' => '4',
        'j'..='l' => '5',
        'm'..='o' => '6',
        'p'..='s' => '7',
        't'..='v' => '8',
        'w'..='z' => '9',
        _ => character,
    });
    Ok(Value::text(digits.collect::<String>()))
}

pub(super) fn slugify(input: &Input<'_>) -> Value {
    let ascii = input.text.nfkd().filter(char::is_ascii);
    let mut slug = String::new();
    for character in ascii {
        let character = character.to_ascii_lowercase();
        if character == '-' || is_space(character) {
            // Runs of hyphens and spaces are one hyphen.
            if !slug.ends_with('-') {
                slug.push('-');
            }
        } else if character.is_ascii_alphanumeric() || character == '_' {
            slug.push(character);
        }
    }
    Value::text(slug.trim_matches(['-', '_']))
}

/// Python's title case, but what follows an apostrophe or a digit stays lower case.
pub(super) fn title_case(input: &Input<'_>) -> Value {
    let titled: Vec<char> = title(input.text).chars().collect();
    let mut text = String::with_capacity(input.text.len());
    let mut rest = titled.as_slice();
    while let Some((&first, after)) = rest.split_first() {
        if let ['a'..='z', '\'', letter @ 'A'..='Z', end @ ..] = rest {
            text.extend([first, '\'', letter.to_ascii_lowercase()]);
            rest = end;
        } else {
            text.push(first);
            rest = after;
        }
    }
    // The letters that follow digits, in the text as it is by then.
    let mut result = String::with_capacity(text.len());
    let mut after_digit = false;
    for character in text.chars() {
        if after_digit && character.is_ascii_uppercase() {
            result.push(character.to_ascii_lowercase());
            after_digit = false;
        } else {
            result.push(character);
            after_digit = crate::template::value::is_decimal(character);
        }
    }
    Value::text(result)
}

pub(super) fn word_count(input: &Input<'_>) -> Value {
    let count = words(input.text).count();
    Value::Int(i128::try_from(count).unwrap_or(i128::MAX))
}
