//! Filters that shorten texts.

use unicode_normalization::{UnicodeNormalization, char::canonical_combining_class};

use super::{Input, markup::Reader};
use crate::template::value::{Exception, Value, words as words_of};

mod html;

use html::{Shortener, Unit};

/// The length asked for; `None` where it is no number, for which the text stays as it is.
fn length(input: &Input<'_>) -> Result<Option<i128>, Exception> {
    match input.integer() {
        Ok(length) => Ok(Some(length)),
        Err(Exception::Value(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) fn characters(input: &Input<'_>) -> Result<Value, Exception> {
    let Some(length) = length(input)? else {
        return Ok(input.value.clone());
    };
    if length <= 0 {
        return Ok(Value::text(""));
    }
    let text: String = input.text.nfc().collect();
    let (mut seen, mut end) = (0_i128, None);
    for (place, character) in text.char_indices() {
        // Combining characters take no room.
        if canonical_combining_class(character) != 0 {
            continue;
        }
        seen += 1;
        // The ellipsis takes the room of one character.
        if seen > length - 1 {
            end.get_or_insert(place);
        }
        if seen > length {
            let kept = text.get(..end.unwrap_or(0)).unwrap_or_default();
            return Ok(Value::text(format!("{kept}…")));
        }
    }
    Ok(Value::text(text))
}

pub(super) fn words(input: &Input<'_>) -> Result<Value, Exception> {
    let Some(length) = length(input)? else {
        return Ok(input.value.clone());
    };
    if length <= 0 {
        return Ok(Value::text(""));
    }
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let mut rest = words_of(input.text);
    let kept: Vec<&str> = rest.by_ref().take(length).collect();
    let text = kept.join(" ");
    Ok(Value::text(if rest.next().is_some() {
        Unit::Words.with_ellipsis(text)
    } else {
        text
    }))
}

pub(super) fn html_characters(input: &Input<'_>) -> Result<Value, Exception> {
    shorten_html(input, Unit::Characters)
}

pub(super) fn html_words(input: &Input<'_>) -> Result<Value, Exception> {
    shorten_html(input, Unit::Words)
}

fn shorten_html(input: &Input<'_>, unit: Unit) -> Result<Value, Exception> {
    let Some(length) = length(input)? else {
        return Ok(input.value.clone());
    };
    if length <= 0 {
        return Ok(Value::text(""));
    }
    let text = match unit {
        Unit::Characters => input.text.nfc().collect(),
        Unit::Words => input.text.to_owned(),
    };
    let shortener = Shortener::new(unit, length, text.chars().count());
    let mut reader = Reader::new(&text, input, shortener);
    let is_cut = reader.read(0, false)?.is_break();
    Ok(Value::text(reader.into_handler().finish(is_cut)))
}
