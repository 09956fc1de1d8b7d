//! The filter `stringformat`: Python's `%` with one value.

use std::{iter::Peekable, str::Chars};

use super::Input;
use crate::template::value::{Exception, Str, Value, is_printable, to_float, to_integer};

mod float;

pub(super) fn filter(input: &Input<'_>) -> Result<Value, Exception> {
    // A tuple would be several values.
    let value = match input.value {
        Value::Tuple(_) | Value::Group(_) => &Value::text(input.value.to_text()),
        value => value,
    };
    match format(input, &input.argument().to_text(), value) {
        Ok(text) => Ok(Value::text(text)),
        Err(Exception::Value(_) | Exception::Type(_)) => Ok(Value::text("")),
        Err(error) => Err(error),
    }
}

/// One conversion, such as `%-5.2f`.
#[derive(Clone, Debug, Default)]
struct Conversion {
    key: Option<String>,
    /// Some of `-+ #0`.
    flags: String,
    width: Option<usize>,
    precision: Option<usize>,
}

/// The value, which only one conversion can have.
struct Values<'a> {
    value: &'a Value,
    used: bool,
}

impl<'a> Values<'a> {
    fn next(&mut self) -> Result<&'a Value, Exception> {
        if std::mem::replace(&mut self.used, true) {
            return Err(type_error("not enough arguments for format string"));
        }
        Ok(self.value)
    }
}

fn format(input: &Input<'_>, argument: &str, value: &Value) -> Result<String, Exception> {
    let format = format!("%{argument}");
    let mut rest = format.chars().peekable();
    let mut values = Values { value, used: false };
    // What can be looked into need not be used.
    let is_mapping = matches!(value, Value::Dict(_) | Value::List(_));
    let mut result = String::new();
    while let Some(character) = rest.next() {
        if character != '%' {
            result.push(character);
            continue;
        }
        if rest.next_if_eq(&'%').is_some() {
            result.push('%');
            continue;
        }
        let conversion = Conversion::read(&mut rest, &mut values)?;
        let Some(letter) = rest.next() else {
            return Err(Exception::Value("incomplete format".to_owned()));
        };
        let keyed = match &conversion.key {
            None => values.next()?.clone(),
            Some(key) => match value {
                Value::Dict(dict) => match dict.get(key.as_str()) {
                    Some(value) => value.clone(),
                    None => return Err(Exception::Lookup(Value::text(key.as_str()).repr())),
                },
                _ => return Err(type_error("format requires a mapping")),
            },
        };
        input.make(conversion.width.unwrap_or(0))?;
        input.make(conversion.precision.unwrap_or(0))?;
        result.push_str(&conversion.apply(letter, &keyed)?);
    }
    if !values.used && !is_mapping {
        return Err(type_error(
            "not all arguments converted during string formatting",
        ));
    }
    Ok(result)
}

fn type_error(message: &str) -> Exception {
    Exception::Type(message.to_owned())
}

impl Conversion {
    fn read(rest: &mut Peekable<Chars<'_>>, values: &mut Values<'_>) -> Result<Self, Exception> {
        let mut conversion = Self::default();
        if rest.next_if_eq(&'(').is_some() {
            conversion.key = Some(read_key(rest)?);
            // What names its part of the value leaves nothing unused.
            values.used = true;
        }
        while let Some(flag) = rest.next_if(|it| "-+ #0".contains(*it)) {
            conversion.flags.push(flag);
        }
        if rest.next_if_eq(&'*').is_some() {
            conversion.set_width(star(values)?);
        } else {
            conversion.width = read_number(rest)?;
        }
        if rest.next_if_eq(&'.').is_some() {
            conversion.precision = Some(if rest.next_if_eq(&'*').is_some() {
                usize::try_from(star(values)?.max(0)).unwrap_or(usize::MAX)
            } else {
                read_number(rest)?.unwrap_or(0)
            });
        }
        rest.next_if(|it| "hlL".contains(*it));
        Ok(conversion)
    }

    /// A width below zero means the left side.
    fn set_width(&mut self, width: i128) {
        if width < 0 {
            self.flags.push('-');
        }
        self.width = Some(usize::try_from(width.unsigned_abs()).unwrap_or(usize::MAX));
    }

    fn apply(&self, letter: char, value: &Value) -> Result<String, Exception> {
        match letter {
            's' => Ok(self.pad_text(&value.to_text())),
            'r' => Ok(self.pad_text(&value.repr())),
            'a' => Ok(self.pad_text(&ascii(&value.repr()))),
            'c' => {
                let character = character(value)?;
                let whole = Self {
                    precision: None,
                    ..self.clone()
                };
                Ok(whole.pad_text(character.encode_utf8(&mut [0; 4])))
            }
            'd' | 'i' | 'u' => {
                let number = match value {
                    Value::Bool(_) | Value::Int(_) | Value::Float(_) => to_integer(value)?,
                    _ => return Err(type_error("a real number is required")),
                };
                Ok(self.pad_integer(number < 0, "", &number.unsigned_abs().to_string()))
            }
            'o' | 'x' | 'X' => {
                let number = match value {
                    Value::Bool(_) | Value::Int(_) => to_integer(value)?,
                    _ => return Err(type_error("an integer is required")),
                };
                let size = number.unsigned_abs();
                let (prefix, digits) = match letter {
                    'o' => ("0o", format!("{size:o}")),
                    'x' => ("0x", format!("{size:x}")),
                    _ => ("0X", format!("{size:X}")),
                };
                let prefix = if self.has('#') { prefix } else { "" };
                Ok(self.pad_integer(number < 0, prefix, &digits))
            }
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
                let number = match value {
                    Value::Bool(_) | Value::Int(_) | Value::Float(_) => to_float(value)?,
                    _ => return Err(type_error("must be real number")),
                };
                let digits = float::digits(number.abs(), letter, self);
                let is_negative = number.is_sign_negative() && !number.is_nan();
                Ok(self.pad_number(is_negative, "", &digits))
            }
            _ => Err(Exception::Value(format!(
                "unsupported format character '{letter}'"
            ))),
        }
    }

    fn has(&self, flag: char) -> bool {
        self.flags.contains(flag)
    }

    fn missing(&self, length: usize) -> usize {
        self.width.unwrap_or(0).saturating_sub(length)
    }

    fn pad_text(&self, text: &str) -> String {
        let text: String = match self.precision {
            Some(precision) => text.chars().take(precision).collect(),
            None => text.to_owned(),
        };
        let spaces = " ".repeat(self.missing(text.chars().count()));
        if self.has('-') {
            text + &spaces
        } else {
            spaces + &text
        }
    }

    fn pad_integer(&self, is_negative: bool, prefix: &str, digits: &str) -> String {
        let zeros = self.precision.unwrap_or(0).saturating_sub(digits.len());
        self.pad_number(
            is_negative,
            prefix,
            &format!("{}{digits}", "0".repeat(zeros)),
        )
    }

    fn pad_number(&self, is_negative: bool, prefix: &str, digits: &str) -> String {
        let sign = match (is_negative, self.has('+'), self.has(' ')) {
            (true, ..) => "-",
            (_, true, _) => "+",
            (_, _, true) => " ",
            _ => "",
        };
        let missing = self.missing(sign.len() + prefix.len() + digits.len());
        if self.has('-') {
            format!("{sign}{prefix}{digits}{}", " ".repeat(missing))
        } else if self.has('0') {
            format!("{sign}{prefix}{}{digits}", "0".repeat(missing))
        } else {
            format!("{}{sign}{prefix}{digits}", " ".repeat(missing))
        }
    }
}

/// What stands in parentheses, which may contain pairs of them.
fn read_key(rest: &mut Peekable<Chars<'_>>) -> Result<String, Exception> {
    let mut key = String::new();
    let mut depth = 1_usize;
    for character in rest {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Ok(key);
        }
        key.push(character);
    }
    Err(Exception::Value("incomplete format key".to_owned()))
}

fn read_number(rest: &mut Peekable<Chars<'_>>) -> Result<Option<usize>, Exception> {
    let mut number = None;
    while let Some(digit) = rest.peek().and_then(|it| it.to_digit(10)) {
        rest.next();
        let digit = usize::try_from(digit).unwrap_or_default();
        let next = number.unwrap_or(0_usize).checked_mul(10);
        let next = next.and_then(|it| it.checked_add(digit));
        match next.filter(|&it| i64::try_from(it).is_ok()) {
            Some(next) => number = Some(next),
            None => return Err(Exception::Value("width too big".to_owned())),
        }
    }
    Ok(number)
}

/// A width or precision that is the value.
fn star(values: &mut Values<'_>) -> Result<i128, Exception> {
    match values.next()? {
        value @ (Value::Bool(_) | Value::Int(_)) => to_integer(value),
        _ => Err(type_error("* wants int")),
    }
}

fn character(value: &Value) -> Result<char, Exception> {
    match value {
        Value::Str(Str { text, .. }) => {
            let mut characters = text.chars();
            match (characters.next(), characters.next()) {
                (Some(character), None) => Ok(character),
                _ => Err(type_error("%c requires int or char")),
            }
        }
        Value::Bool(_) | Value::Int(_) => u32::try_from(to_integer(value)?)
            .ok()
            .and_then(char::from_u32)
            .ok_or_else(|| Exception::Overflow("%c arg not in range(0x110000)".to_owned())),
        _ => Err(type_error("%c requires int or char")),
    }
}

/// Python's `ascii()`, from the `repr()`.
fn ascii(repr: &str) -> String {
    let escape = |it: char| match u32::from(it) {
        code @ 0..0x80 if is_printable(it) || code == 0x7f => it.to_string(),
        code @ 0..=0xff => format!("\\x{code:02x}"),
        code @ 0x100..=0xffff => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    };
    repr.chars().map(escape).collect()
}
