//! The methods of `str` that can be called without an argument.

use super::{
    Exception, Value,
    characters::{
        is_decimal, is_digit, is_letter, is_line_end, is_numeric, is_printable, is_space, trim,
        words,
    },
};
use crate::template::{
    django::Fault,
    titlecase::{capitalize, is_cased, is_title_case, title},
};

/// How far apart Python's tabs are.
pub(in crate::template) const TAB_SIZE: usize = 8;

/// What the method of this name returns; `None` where there is no such method.
pub(super) fn call(text: &str, method: &str) -> Option<Result<Value, Exception>> {
    let all = |test: fn(char) -> bool| Value::Bool(!text.is_empty() && text.chars().all(test));
    let list = |parts: Vec<&str>| Value::List(parts.into_iter().map(Value::text).collect());
    let value = match method {
        "capitalize" => Value::text(capitalize(text)),
        "casefold" => Value::text(caseless::default_case_fold_str(text)),
        "expandtabs" => Value::text(expand_tabs(text, TAB_SIZE)),
        "lower" => Value::text(text.to_lowercase()),
        "lstrip" => Value::text(text.trim_start_matches(is_space)),
        "rstrip" => Value::text(text.trim_end_matches(is_space)),
        "split" | "rsplit" => list(words(text).collect()),
        "splitlines" => list(split_lines(text)),
        "strip" => Value::text(trim(text)),
        "swapcase" => Value::text(swap_case(text)),
        "title" => Value::text(title(text)),
        "upper" => Value::text(text.to_uppercase()),
        "isalnum" => all(|it| is_letter(it) || is_digit(it) || is_numeric(it)),
        "isalpha" => all(is_letter),
        "isascii" => Value::Bool(text.is_ascii()),
        "isdecimal" => all(is_decimal),
        "isdigit" => all(is_digit),
        "isidentifier" => Value::Bool(is_identifier(text)),
        "islower" => Value::Bool(has_case(text, char::is_lowercase)),
        "isnumeric" => all(is_numeric),
        "isprintable" => Value::Bool(text.chars().all(is_printable)),
        "isspace" => all(is_space),
        "istitle" => Value::Bool(is_title(text)),
        "isupper" => Value::Bool(has_case(text, char::is_uppercase)),
        "encode" | "format" => {
            return Some(Err(Exception::Limit(Fault::new(format!(
                "the method `{method}` of texts is not supported in templates"
            )))));
        }
        _ if NEED_ARGUMENTS.contains(&method) => Value::text(""),
        _ => return None,
    };
    Some(Ok(value))
}

/// Django takes a call that lacks arguments for an undefined variable.
const NEED_ARGUMENTS: &[&str] = &[
    "center",
    "count",
    "endswith",
    "find",
    "format_map",
    "index",
    "join",
    "ljust",
    "maketrans",
    "partition",
    "removeprefix",
    "removesuffix",
    "replace",
    "rfind",
    "rindex",
    "rjust",
    "rpartition",
    "startswith",
    "translate",
    "zfill",
];

/// `str.splitlines()`.
pub(in crate::template) fn split_lines(text: &str) -> Vec<&str> {
    fn without_end(line: &str) -> &str {
        let end = line.strip_suffix("\r\n");
        end.or_else(|| line.strip_suffix(is_line_end))
            .unwrap_or(line)
    }
    lines_with_ends(text).into_iter().map(without_end).collect()
}

/// `str.splitlines(keepends=True)`.
pub(in crate::template) fn lines_with_ends(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(is_line_end) {
        let after = rest.get(at..).unwrap_or_default();
        let end = if after.starts_with("\r\n") {
            2
        } else {
            after.chars().next().map_or(0, char::len_utf8)
        };
        let (line, next) = rest.split_at(at + end);
        lines.push(line);
        rest = next;
    }
    if !rest.is_empty() {
        lines.push(rest);
    }
    lines
}

/// `str.expandtabs(size)`; its default size is 8.
pub(in crate::template) fn expand_tabs(text: &str, size: usize) -> String {
    let mut result = String::with_capacity(text.len());
    let mut column = 0_usize;
    for character in text.chars() {
        match character {
            '\t' => {
                let over = column.checked_rem(size);
                let spaces = over.map_or(0, |over| size - over);
                result.extend(std::iter::repeat_n(' ', spaces));
                column += spaces;
            }
            '\n' | '\r' => {
                result.push(character);
                column = 0;
            }
            _ => {
                result.push(character);
                column += 1;
            }
        }
    }
    result
}

fn swap_case(text: &str) -> String {
    // A capital sigma's lower case depends on what is around it, so the whole text is lowered at
    // once and taken apart along the characters it came from.
    let lowered = text.to_lowercase();
    let mut lowered = lowered.chars();
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        let lower = lowered.by_ref().take(character.to_lowercase().count());
        if character.is_uppercase() {
            result.extend(lower);
            continue;
        }
        lower.for_each(drop);
        if character.is_lowercase() {
            result.extend(character.to_uppercase());
        } else {
            result.push(character);
        }
    }
    result
}

/// Whether there are cased characters and all of them pass.
fn has_case(text: &str, is_right: fn(char) -> bool) -> bool {
    let mut cased = text.chars().filter(|&it| is_cased(it)).peekable();
    cased.peek().is_some() && cased.all(is_right)
}

/// Whether each run of cased characters begins with the only capital that it has.
fn is_title(text: &str) -> bool {
    let (mut any, mut after_cased) = (false, false);
    for character in text.chars() {
        let begins = character.is_uppercase() || is_title_case(character);
        if (begins && after_cased) || (character.is_lowercase() && !after_cased) {
            return false;
        }
        after_cased = is_cased(character);
        any |= after_cased;
    }
    any
}

fn is_identifier(text: &str) -> bool {
    let mut characters = text.chars();
    characters
        .next()
        .is_some_and(|first| first == '_' || unicode_ident::is_xid_start(first))
        && characters.all(unicode_ident::is_xid_continue)
}
