//! The arguments of a filter or function as Python binds them: by place, then by name.

use minijinja::{
    Error, ErrorKind, Value,
    value::{Kwargs, Rest, ValueOrKwargs},
};

/// What a filter or function is given, named arguments too.
pub(super) type Given = Rest<ValueOrKwargs>;

/// What was given, by the names of the parameters; nothing where a parameter was left out.
pub(super) struct Arguments<const N: usize>([Option<Value>; N]);

impl<const N: usize> Arguments<N> {
    /// Binds the arguments to parameters of these names.
    pub(super) fn bind(names: [&str; N], given: Given) -> Result<Self, Error> {
        Self::of(names, given.into_values())
    }

    /// Binds arguments of which named ones are the last value.
    pub(super) fn of(names: [&str; N], mut given: Vec<Value>) -> Result<Self, Error> {
        let kwargs = match given.pop() {
            Some(last) if last.is_kwargs() => Some(Kwargs::try_from(last)?),
            Some(last) => {
                given.push(last);
                None
            }
            None => None,
        };
        if given.len() > N {
            return Err(Error::from(ErrorKind::TooManyArguments));
        }
        let mut given = given.into_iter();
        let mut bound = [const { None }; N];
        for (slot, name) in bound.iter_mut().zip(names) {
            *slot = given.next();
            if let Some(kwargs) = &kwargs
                && kwargs.has(name)
            {
                if slot.is_some() {
                    return Err(Error::new(
                        ErrorKind::TooManyArguments,
                        format!("`{name}` is given twice"),
                    ));
                }
                *slot = Some(kwargs.get(name)?);
            }
        }
        if let Some(kwargs) = kwargs {
            kwargs.assert_all_used()?;
        }
        Ok(Self(bound))
    }

    /// The value of a parameter.
    pub(super) fn get(&self, index: usize) -> Option<&Value> {
        self.0.get(index).and_then(Option::as_ref)
    }

    /// A text, or what stands for one that was not given.
    pub(super) fn text(&self, index: usize, default: &str) -> Result<String, Error> {
        match self.get(index) {
            None => Ok(default.to_owned()),
            Some(value) => match value.as_str() {
                Some(text) => Ok(text.to_owned()),
                None => Err(wrong("a text", value)),
            },
        }
    }

    /// A number, or what stands for one that was not given.
    pub(super) fn integer(&self, index: usize, default: i64) -> Result<i64, Error> {
        match self.get(index) {
            None => Ok(default),
            Some(value) => i64::try_from(value.clone()).map_err(|_| wrong("an integer", value)),
        }
    }

    /// Whether a value is true, as Python says it.
    pub(super) fn flag(&self, index: usize, default: bool) -> bool {
        self.get(index).map_or(default, Value::is_true)
    }
}

/// The longest text that a template may ask for by a number, in characters: no file is wider, and a
/// slip must not fill the memory.
pub(super) const MOST_WIDTH: usize = 100_000;

/// A number of characters; a negative one is none.
pub(super) fn width(number: i64) -> Result<usize, Error> {
    let width = usize::try_from(number).unwrap_or(0);
    if width > MOST_WIDTH {
        let message = format!("{number} is more than {MOST_WIDTH}");
        return Err(Error::new(ErrorKind::InvalidOperation, message));
    }
    Ok(width)
}

fn wrong(wanted: &str, value: &Value) -> Error {
    let message = format!("expected {wanted}, found {}", value.kind());
    Error::new(ErrorKind::InvalidOperation, message)
}
