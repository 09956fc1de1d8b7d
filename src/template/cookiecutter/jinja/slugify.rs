//! Cookiecutter's filter `slugify`, which is `python-slugify`.

use minijinja::{Error, ErrorKind, Value};
use regex::Regex;
use unicode_normalization::UnicodeNormalization as _;

use super::arguments::{Arguments, Given};
use crate::template::value::is_word;

/// The filter.
pub(super) fn slugify(text: &str, arguments: Given) -> Result<String, Error> {
    let names = [
        "entities",
        "decimal",
        "hexadecimal",
        "max_length",
        "word_boundary",
        "separator",
        "save_order",
        "stopwords",
        "regex_pattern",
        "lowercase",
        "replacements",
        "allow_unicode",
    ];
    let arguments = Arguments::bind(names, arguments)?;
    let [entities, decimal, hexadecimal] = [0, 1, 2].map(|it| arguments.flag(it, true));
    let lowercase = arguments.flag(9, true);
    let allow_unicode = arguments.flag(11, false);
    let replacements = replacements(arguments.get(10))?;
    let replaced = |text: String| {
        let mut pairs = replacements.iter();
        pairs.try_fold(text, |text, (old, new)| {
            let text = text.replace(old.as_str(), new);
            (text.len() <= MOST_OCTETS).then_some(text).ok_or_else(|| {
                Error::new(
                    ErrorKind::InvalidOperation,
                    "the replacements make too long a text",
                )
            })
        })
    };
    let mut text = replaced(text.to_owned())?;
    text = runs_replaced(&text, |it| it == '\'', "-");
    text = normalized(&text, allow_unicode);
    if !allow_unicode {
        text = deunicode::deunicode_with_tofu(&text, "");
    }
    text = decoded(&text, entities, decimal, hexadecimal);
    text = normalized(&text, allow_unicode);
    if lowercase {
        text = text.to_lowercase();
    }
    text = text.replace('\'', "");
    text = without_commas(&text);
    text = match arguments.get(8).filter(|it| it.is_true()) {
        Some(_) => {
            let pattern = arguments.text(8, "")?;
            let pattern = Regex::new(&pattern).map_err(|error| {
                let message = format!("the pattern `{pattern}` cannot be used: {error}");
                Error::new(ErrorKind::InvalidOperation, message)
            })?;
            pattern.replace_all(&text, "-").into_owned()
        }
        None if allow_unicode => runs_replaced(&text, |it| !is_word(it) || it == '_', "-"),
        None => runs_replaced(&text, |it| !it.is_ascii_alphanumeric() && it != '-', "-"),
    };
    let single = runs_replaced(&text, |it| it == '-', "-");
    single.trim_matches('-').clone_into(&mut text);
    if let Some(words) = arguments.get(7).filter(|it| it.is_true()) {
        let mut excluded = Vec::new();
        for word in words.try_iter()? {
            let word = word.as_str().unwrap_or_default().to_owned();
            excluded.push(if lowercase { word.to_lowercase() } else { word });
        }
        let kept = text
            .split('-')
            .filter(|word| !excluded.iter().any(|it| it == word));
        text = kept.collect::<Vec<_>>().join("-");
    }
    text = replaced(text)?;
    let most = usize::try_from(arguments.integer(3, 0)?).unwrap_or(0);
    if most > 0 {
        text = truncated(
            &text,
            most,
            arguments.flag(4, false),
            arguments.flag(6, false),
        );
    }
    Ok(text.replace('-', &arguments.text(5, "-")?))
}

/// The longest slug on the way; pairs of replacements could double a text again and again.
const MOST_OCTETS: usize = 1024 * 1024;

/// The pairs of texts that are replaced by each other.
fn replacements(value: Option<&Value>) -> Result<Vec<(String, String)>, Error> {
    let Some(value) = value.filter(|it| it.is_true()) else {
        return Ok(Vec::new());
    };
    let pair = |pair: Value| {
        let text = |index| pair.get_item_by_index(index).map(|it| it.to_string());
        Ok((text(0)?, text(1)?))
    };
    value.try_iter()?.map(pair).collect()
}

fn normalized(text: &str, composed: bool) -> String {
    if composed {
        text.nfkc().collect()
    } else {
        text.nfkd().collect()
    }
}

/// The text with one thing in place of each run of such characters.
fn runs_replaced(text: &str, is_one: impl Fn(char) -> bool, by: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut in_run = false;
    for character in text.chars() {
        let is_one = is_one(character);
        if !is_one {
            result.push(character);
        } else if !in_run {
            result.push_str(by);
        }
        in_run = is_one;
    }
    result
}

/// The text without commas between digits.
fn without_commas(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    let mut before = None;
    while let Some(character) = characters.next() {
        let is_between = |it: Option<char>| it.is_some_and(|it| it.is_ascii_digit());
        if character != ',' || !is_between(before) || !is_between(characters.peek().copied()) {
            result.push(character);
        }
        before = Some(character);
    }
    result
}

/// The text with the characters of HTML that are written by name or number.
fn decoded(text: &str, names: bool, decimal: bool, hexadecimal: bool) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, entity) = rest.split_at_checked(at).unwrap_or((rest, ""));
        result.push_str(before);
        let end = entity.find(';').map(|end| end + 1);
        let whole = end.and_then(|end| entity.get(..end));
        let character = whole.and_then(|whole| {
            let inner = whole.strip_prefix('&')?.strip_suffix(';')?;
            let digits = inner.strip_prefix('#');
            match digits {
                Some(digits) => {
                    let number = match digits.strip_prefix('x') {
                        Some(digits) if hexadecimal => u32::from_str_radix(digits, 16).ok(),
                        None if decimal => digits.parse().ok(),
                        _ => None,
                    };
                    number.and_then(char::from_u32)
                }
                None if names && inner.bytes().all(|it| it.is_ascii_alphanumeric()) => {
                    let decoded = htmlize::unescape(whole);
                    let mut characters = decoded.chars();
                    let first = characters.next()?;
                    (characters.next().is_none() && first != '&' || inner == "amp").then_some(first)
                }
                None => None,
            }
        });
        let (taken, decoded) = match (character, whole) {
            (Some(character), Some(whole)) => (whole.len(), character),
            _ => (1, '&'),
        };
        result.push(decoded);
        rest = entity.get(taken..).unwrap_or_default();
    }
    result.push_str(rest);
    result
}

/// `smart_truncate` of `python-slugify`, in characters.
fn truncated(text: &str, most: usize, at_words: bool, in_order: bool) -> String {
    let text = text.trim_matches('-');
    let length = |text: &str| text.chars().count();
    let cut = || text.chars().take(most).collect::<String>();
    if length(text) < most {
        return text.to_owned();
    }
    if !at_words {
        return cut().trim_matches('-').to_owned();
    }
    if !text.contains('-') {
        return cut();
    }
    let mut result = String::new();
    for word in text.split('-').filter(|word| !word.is_empty()) {
        let next = length(&result) + length(word);
        if next < most {
            result.push_str(word);
            result.push('-');
        } else if next == most {
            result.push_str(word);
            break;
        } else if in_order {
            break;
        }
    }
    if result.is_empty() {
        result = cut();
    }
    result.trim_matches('-').to_owned()
}
