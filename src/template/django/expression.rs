//! What stands in `{{ }}` and as a tag's argument: a constant or a variable, and filters.

use std::sync::Arc;

use super::{
    Fault,
    filters::{self, Argument, Filter},
    words::{self, run},
};
use crate::template::value::{Exception, Value, is_space, is_word, parse_float, parse_integer};

/// A constant or a variable, with the filters that are applied to it.
#[derive(Clone, Debug)]
pub(super) struct Expression {
    pub(super) operand: Operand,
    pub(super) filters: Vec<(&'static Filter, Option<Operand>)>,
}

/// What needs no filter to have a value.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    /// A text in quotes, or a number.
    Constant(Value),
    /// A variable, as the names between its dots.
    Lookup(Arc<[Arc<str>]>),
}

impl Expression {
    /// Reads an expression. Django's own reading goes from match to match of a regular expression;
    /// the order of the complaints follows from that.
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        let mut operand = None;
        let mut filters = Vec::new();
        let mut at = 0;
        let length = operand_length(text);
        if length > 0 {
            operand = Some(Operand::parse(text.get(..length).unwrap_or_default())?);
            at = length;
        }
        while let Some(found) = FilterCall::find(text, at) {
            if found.start != at {
                return Err(Fault::new(format!(
                    "Could not parse some characters: {}|{}|{}",
                    text.get(..at).unwrap_or_default(),
                    text.get(at..found.start).unwrap_or_default(),
                    text.get(found.start..).unwrap_or_default(),
                )));
            }
            if operand.is_none() {
                return Err(Fault::new(format!(
                    "Could not find variable at start of {text}."
                )));
            }
            filters.push(found.resolve()?);
            at = found.end;
        }
        match (operand, text.get(at..)) {
            (Some(operand), Some("")) => Ok(Self { operand, filters }),
            (_, rest) => Err(Fault::new(format!(
                "Could not parse the remainder: '{}' from '{text}'",
                rest.unwrap_or_default()
            ))),
        }
    }
}

/// A filter as it is written: `|name` or `|name:argument`.
struct FilterCall<'t> {
    start: usize,
    end: usize,
    name: &'t str,
    argument: Option<&'t str>,
}

impl<'t> FilterCall<'t> {
    /// The first one from here on. White space before and after the bar belongs to it.
    fn find(text: &'t str, from: usize) -> Option<Self> {
        let rest = text.get(from..)?;
        memchr::memchr_iter(b'|', rest.as_bytes()).find_map(|bar| {
            let before = rest.get(..bar)?.trim_end_matches(is_space);
            let name_at = from + bar + 1;
            let name_at = name_at + run(text.get(name_at..)?, is_space);
            let name_end = name_at + run(text.get(name_at..)?, is_word);
            if name_at == name_end {
                return None;
            }
            let after = text.get(name_end..)?.strip_prefix(':').unwrap_or_default();
            let argument = operand_length(after);
            let has_argument = argument > 0;
            Some(Self {
                start: from + before.len(),
                end: name_end + argument + usize::from(has_argument),
                name: text.get(name_at..name_end)?,
                argument: has_argument.then_some(after.get(..argument)?),
            })
        })
    }

    fn resolve(&self) -> Result<(&'static Filter, Option<Operand>), Fault> {
        let Self { name, argument, .. } = *self;
        let argument = argument.map(Operand::parse).transpose()?;
        let filter =
            filters::find(name).ok_or_else(|| Fault::new(format!("Invalid filter: '{name}'")))?;
        let (required, provided) = match (filter.argument, &argument) {
            (Argument::None, Some(_)) => (1, 2),
            (Argument::Required, None) => (2, 1),
            _ => return Ok((filter, argument)),
        };
        Err(Fault::new(format!(
            "{name} requires {required} arguments, {provided} provided"
        )))
    }
}

/// The length of the constant or variable at the start of the text, or 0.
fn operand_length(text: &str) -> usize {
    let translated = || {
        let length = 2 + words::string(text.strip_prefix("_(")?)?;
        text.get(length..)?.starts_with(')').then_some(length + 1)
    };
    translated()
        .or_else(|| words::string(text))
        .unwrap_or_else(|| run(text, |it| is_word(it) || matches!(it, '.' | '+' | '-')))
}

impl Operand {
    /// Reads what [`operand_length`] found.
    fn parse(text: &str) -> Result<Self, Fault> {
        if let Some(number) = number(text)? {
            return Ok(Self::Constant(number));
        }
        if let Some(constant) = unquoted(text) {
            return Ok(Self::Constant(Value::safe(constant)));
        }
        if let Some(constant) = text
            .strip_prefix("_(")
            .and_then(|it| unquoted(it.strip_suffix(')')?))
        {
            // Nothing is translated into English, but the sign is doubled on the way to the
            // catalogue and never made one again.
            return Ok(Self::Constant(Value::safe(constant.replace('%', "%%"))));
        }
        if text.starts_with('_') || text.contains("._") {
            return Err(Fault::new(format!(
                "Variables and attributes may not begin with underscores: '{text}'"
            )));
        }
        if let Some(sign) = ['+', '-'].into_iter().find(|sign| text.contains(*sign)) {
            return Err(Fault::new(format!(
                "Invalid character ('{sign}') in variable name: '{text}'"
            )));
        }
        Ok(Self::Lookup(text.split('.').map(Arc::from).collect()))
    }
}

/// The number that is written here. A dot at its end makes a variable of it.
fn number(text: &str) -> Result<Option<Value>, Fault> {
    let number = if !text.contains(['.', 'e', 'E']) {
        parse_integer(text).map(Value::Int)
    } else if !text.ends_with('.') {
        parse_float(text).map(Value::Float)
    } else {
        return Ok(None);
    };
    match number {
        Ok(number) => Ok(Some(number)),
        Err(Exception::Limit(_)) => Err(Fault::new(format!("the number is too great: {text}"))),
        Err(_) => Ok(None),
    }
}

/// What is between the quotes.
fn unquoted(text: &str) -> Option<String> {
    let quote = text.chars().next().filter(|it| matches!(it, '"' | '\''))?;
    let inside = text.strip_prefix(quote)?.strip_suffix(quote)?;
    Some(
        inside
            .replace(&format!("\\{quote}"), &quote.to_string())
            .replace("\\\\", "\\"),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn parse(text: &str) -> String {
        match Expression::parse(text) {
            Ok(Expression { operand, .. }) => match operand {
                Operand::Constant(Value::Str(it)) => format!("{:?}", it.text),
                Operand::Constant(Value::Int(it)) => format!("{it}"),
                Operand::Constant(Value::Float(it)) => format!("{it:?}"),
                Operand::Constant(it) => format!("{it:?}"),
                Operand::Lookup(it) => it.join(" . "),
            },
            Err(fault) => fault.message,
        }
    }

    /// What Django 6.1 makes of these.
    #[rstest]
    #[case("a", "a")]
    #[case("a.b.0", "a . b . 0")]
    #[case("a..b", "a .  . b")]
    #[case("1", "1")]
    #[case("+1_000", "1000")]
    #[case("007", "7")]
    #[case("-1.5e3", "-1500.0")]
    #[case("1e400", "inf")]
    #[case("2.", "2 . ")]
    #[case("1__0", "1__0")]
    #[case("٣", "3")]
    #[case("٣.٥", "3.5")]
    #[case(".5x", " . 5x")]
    #[case(r#""a'b\"c\\d""#, r#""a'b\"c\\d""#)]
    #[case("''", r#""""#)]
    #[case("_('50%')", r#""50%%""#)]
    #[case("(a)", "Could not parse the remainder: '(a)' from '(a)'")]
    #[case("a b", "Could not parse the remainder: ' b' from 'a b'")]
    #[case("a||b", "Could not parse some characters: a||||b")]
    #[case("a b|c", "Could not parse some characters: a| b||c")]
    #[case("a|b:|c", "Invalid filter: 'b'")]
    #[case("|a", "Could not find variable at start of |a.")]
    #[case("a|", "Could not parse the remainder: '|' from 'a|'")]
    #[case("a|nofilter", "Invalid filter: 'nofilter'")]
    #[case("a | nofilter", "Invalid filter: 'nofilter'")]
    #[case("'a", "Could not parse the remainder: ''a' from ''a'")]
    #[case("_a", "Variables and attributes may not begin with underscores: '_a'")]
    #[case(
        "a._b",
        "Variables and attributes may not begin with underscores: 'a._b'"
    )]
    #[case("_('a", "Variables and attributes may not begin with underscores: '_'")]
    #[case("a-b", "Invalid character ('-') in variable name: 'a-b'")]
    #[case("a-b+c", "Invalid character ('+') in variable name: 'a-b+c'")]
    #[case("a|nofilter:-b", "Invalid character ('-') in variable name: '-b'")]
    #[case(
        "a|nofilter:_b",
        "Variables and attributes may not begin with underscores: '_b'"
    )]
    fn expressions(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(parse(text), expected);
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in r#"[a.1_+'"\\|:() é-]{0,12}"#) {
            if let Err(fault) = Expression::parse(&text) {
                prop_assert!(!fault.message.is_empty());
            }
        }
    }
}
