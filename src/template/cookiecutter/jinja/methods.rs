//! Methods of Python's `str` and `list` that `minijinja-contrib` does not have.

use minijinja::{
    Error, ErrorKind, State, Value,
    value::{Tuple, ValueKind},
};
use minijinja_contrib::pycompat;

use super::arguments::{Arguments, width};
use crate::template::value::{expand_tabs, is_decimal, words};

/// Calls a method that the engine does not know.
pub(super) fn call(
    state: &mut State<'_, '_>,
    value: &Value,
    method: &str,
    args: &[Value],
) -> Result<Value, Error> {
    let given = || args.to_vec();
    let found = match value.kind() {
        ValueKind::String => of_text(value.as_str().unwrap_or_default(), method, given)?,
        ValueKind::Seq if method == "index" => Some(index_of(value, given())?),
        _ => None,
    };
    match found {
        Some(value) => Ok(value),
        None => pycompat::unknown_method_callback(state, value, method, args),
    }
}

fn of_text(
    text: &str,
    method: &str,
    given: impl Fn() -> Vec<Value>,
) -> Result<Option<Value>, Error> {
    let none = || Arguments::of([], given()).map(drop);
    let one = |name| Arguments::of([name], given())?.text(0, "");
    Ok(Some(match method {
        "split" | "rsplit" => return split(text, method == "rsplit", given()),
        "center" | "ljust" | "rjust" => {
            let arguments = Arguments::of(["width", "fillchar"], given())?;
            let width = width(arguments.integer(0, 0)?)?;
            let fill = one_character(&arguments.text(1, " ")?)?;
            Value::from(padded(text, width, fill, method))
        }
        "zfill" => {
            let width = width(Arguments::of(["width"], given())?.integer(0, 0)?)?;
            let (sign, digits) = match text.strip_prefix(['-', '+']) {
                Some(digits) => (text.get(..1).unwrap_or_default(), digits),
                None => ("", text),
            };
            let zeros = width.saturating_sub(text.chars().count());
            Value::from(format!("{sign}{}{digits}", "0".repeat(zeros)))
        }
        "swapcase" => {
            none()?;
            let swap = |it: char| -> String {
                if it.is_uppercase() {
                    it.to_lowercase().collect()
                } else {
                    it.to_uppercase().collect()
                }
            };
            Value::from(text.chars().map(swap).collect::<String>())
        }
        "casefold" => {
            none()?;
            Value::from(caseless::default_case_fold_str(text))
        }
        "isidentifier" => {
            none()?;
            let mut characters = text.chars();
            let starts = |it: char| it == '_' || unicode_ident::is_xid_start(it);
            let is_identifier = characters.next().is_some_and(starts)
                && characters.all(unicode_ident::is_xid_continue);
            Value::from(is_identifier)
        }
        "isdecimal" => {
            none()?;
            Value::from(!text.is_empty() && text.chars().all(is_decimal))
        }
        "istitle" => {
            none()?;
            Value::from(is_title(text))
        }
        "partition" | "rpartition" => partition(text, &one("sep")?, method == "rpartition")?,
        "removeprefix" => {
            let prefix = one("prefix")?;
            Value::from(text.strip_prefix(prefix.as_str()).unwrap_or(text))
        }
        "removesuffix" => {
            let suffix = one("suffix")?;
            Value::from(text.strip_suffix(suffix.as_str()).unwrap_or(text))
        }
        "expandtabs" => {
            let size = width(Arguments::of(["tabsize"], given())?.integer(0, 8)?)?;
            Value::from(expand_tabs(text, size))
        }
        "index" | "rindex" => {
            let wanted = one("sub")?;
            let at = if method == "index" {
                text.find(wanted.as_str())
            } else {
                text.rfind(wanted.as_str())
            };
            let at = at.ok_or_else(|| invalid("substring not found"))?;
            Value::from(text.get(..at).unwrap_or_default().chars().count())
        }
        _ => return Ok(None),
    }))
}

/// `str.split` and `str.rsplit`.
fn split(text: &str, from_right: bool, given: Vec<Value>) -> Result<Option<Value>, Error> {
    let arguments = Arguments::of(["sep", "maxsplit"], given)?;
    let most = usize::try_from(arguments.integer(1, -1)?).ok();
    let separator = match arguments.get(0) {
        Some(value) if !value.is_none() => arguments.text(0, "")?,
        _ if most.is_none() => return Ok(Some(list(words(text)))),
        // With a limit the rest keeps its spaces; the crate knows how, from the left.
        _ => return Ok(None),
    };
    if separator.is_empty() {
        return Err(invalid("empty separator"));
    }
    let parts: Vec<&str> = match (most, from_right) {
        (None, _) => text.split(separator.as_str()).collect(),
        (Some(most), false) => text
            .splitn(most.saturating_add(1), separator.as_str())
            .collect(),
        (Some(most), true) => {
            let mut parts: Vec<&str> = text
                .rsplitn(most.saturating_add(1), separator.as_str())
                .collect();
            parts.reverse();
            parts
        }
    };
    Ok(Some(list(parts)))
}

fn list<'a>(parts: impl IntoIterator<Item = &'a str>) -> Value {
    Value::from(parts.into_iter().map(Value::from).collect::<Vec<_>>())
}

fn partition(text: &str, separator: &str, from_right: bool) -> Result<Value, Error> {
    if separator.is_empty() {
        return Err(invalid("empty separator"));
    }
    let found = if from_right {
        text.rsplit_once(separator)
    } else {
        text.split_once(separator)
    };
    let parts = match found {
        Some((before, after)) => [before, separator, after],
        None if from_right => ["", "", text],
        None => [text, "", ""],
    };
    Ok(Value::from_object(Tuple::from(parts.map(Value::from))))
}

/// A text with as many characters around it as make it so wide. Where they cannot be the same on
/// both sides, Python puts one more on the left if the width is odd.
fn padded(text: &str, width: usize, fill: char, method: &str) -> String {
    let missing = width.saturating_sub(text.chars().count());
    let left = match method {
        "ljust" => 0,
        "rjust" => missing,
        _ => missing / 2 + (missing & width & 1),
    };
    let fill = |count: usize| std::iter::repeat_n(fill, count);
    let (before, after) = (fill(left), fill(missing - left));
    before.chain(text.chars()).chain(after).collect()
}

/// The filter `center`.
pub(super) fn centered(text: &str, width: usize) -> String {
    padded(text, width, ' ', "center")
}

fn one_character(text: &str) -> Result<char, Error> {
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(one), None) => Ok(one),
        _ => Err(invalid(
            "the fill character must be exactly one character long",
        )),
    }
}

/// Whether capitals only follow what has no case, and small letters only letters.
fn is_title(text: &str) -> bool {
    let (mut after_letter, mut has_letter) = (false, false);
    for character in text.chars() {
        if character.is_uppercase() {
            if after_letter {
                return false;
            }
            (after_letter, has_letter) = (true, true);
        } else if character.is_lowercase() {
            if !after_letter {
                return false;
            }
            has_letter = true;
        } else {
            after_letter = false;
        }
    }
    has_letter
}

/// `list.index`.
fn index_of(value: &Value, given: Vec<Value>) -> Result<Value, Error> {
    let arguments = Arguments::of(["value"], given)?;
    let wanted = arguments
        .get(0)
        .ok_or_else(|| Error::from(ErrorKind::MissingArgument))?;
    let at = value.try_iter()?.position(|item| item == *wanted);
    at.map(Value::from)
        .ok_or_else(|| invalid("the value is not in the list"))
}

fn invalid(message: &'static str) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}
