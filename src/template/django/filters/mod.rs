//! Django's built-in filters.

use jiff::Zoned;

use super::{Budget, dateformat};
use crate::template::value::{Exception, Str, Value, to_integer};

mod dates;
mod decimal;
mod dictsort;
mod html;
mod json;
mod lists;
mod logic;
mod markup;
mod numbers;
mod pprint;
mod printf;
mod quote;
mod strings;
mod truncate;
mod unordered;
mod urlize;
mod wrap;

#[cfg(test)]
mod tests;

pub(super) use html::escape;
pub(super) use numbers::localized;

/// What a filter may know beside its value and argument.
#[derive(Clone, Copy, Debug)]
pub(super) struct Environment<'a> {
    /// Whether automatic escaping is on where the filter stands.
    pub(super) autoescape: bool,
    /// The moment at which the template is rendered, in Django's default time zone,
    /// America/Chicago.
    pub(super) now: &'a Zoned,
    /// What the template may still cost.
    pub(super) budget: &'a Budget,
}

/// Whether a filter takes an argument after its colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Argument {
    None,
    Optional,
    Required,
}

/// A filter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Filter {
    pub(super) name: &'static str,
    pub(super) argument: Argument,
    takes: Takes,
    /// Django's `is_safe`: what it makes of a safe text is safe too.
    is_safe: bool,
    action: Action,
}

/// What a filter does.
#[derive(Clone, Copy, Debug)]
enum Action {
    /// It makes something of every value.
    Always(fn(&Input<'_>) -> Value),
    /// There are values or arguments of which it makes nothing.
    Tries(fn(&Input<'_>) -> Result<Value, Exception>),
}

use Action::{Always, Tries};

/// What becomes of the value before the filter gets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    /// The value as it is.
    Value,
    /// Its `str()`.
    Text,
    /// Moments in Django's time zone.
    LocalTime,
}

/// What a filter works on.
#[derive(Clone, Copy, Debug)]
struct Input<'a> {
    /// The value; for filters of texts it is one.
    value: &'a Value,
    /// The text, for filters of texts.
    text: &'a str,
    argument: Option<&'a Value>,
    environment: &'a Environment<'a>,
}

impl Filter {
    /// What the filter makes of the value. Django's rules about safe texts are kept here too: a
    /// filter that is `is_safe` leaves a safe text safe.
    pub(super) fn apply(
        &self,
        value: &Value,
        argument: Option<&Value>,
        environment: &Environment<'_>,
    ) -> Result<Value, Exception> {
        let budget = environment.budget;
        budget.step()?;
        budget.go_through(value)?;
        if let Some(argument) = argument {
            budget.go_through(argument)?;
        }
        let value = match (self.takes, value) {
            (Takes::Value, _) | (Takes::Text, Value::Str(_)) => value.clone(),
            (Takes::Text, _) => Value::text(value.to_text()),
            (Takes::LocalTime, _) => dateformat::localtime(value),
        };
        let (text, was_safe) = match &value {
            Value::Str(Str { text, is_safe }) => (&**text, *is_safe),
            _ => ("", false),
        };
        let input = Input {
            value: &value,
            text,
            argument,
            environment,
        };
        let result = match self.action {
            Always(apply) => apply(&input),
            Tries(apply) => apply(&input)?,
        };
        match &result {
            Value::Str(text) => {
                budget.read(text.text.len())?;
                budget.make(text.text.len())?;
            }
            Value::List(items) | Value::Tuple(items) | Value::Group(items) => {
                budget.steps(items.len())?;
                budget.make(items.len())?;
            }
            _ => {}
        }
        Ok(if self.is_safe && was_safe {
            mark_safe(&result)
        } else {
            result
        })
    }

    const fn safe(self) -> Self {
        Self {
            is_safe: true,
            ..self
        }
    }

    const fn in_local_time(self) -> Self {
        Self {
            takes: Takes::LocalTime,
            ..self
        }
    }
}

impl Input<'_> {
    /// The argument; where the filter does without, `None`.
    fn argument(&self) -> &Value {
        self.argument.unwrap_or(&Value::None)
    }

    /// `int(argument)`.
    fn integer(&self) -> Result<i128, Exception> {
        to_integer(self.argument())
    }

    /// Whether the value is a safe text.
    fn is_safe(&self) -> bool {
        matches!(self.value, Value::Str(Str { is_safe: true, .. }))
    }

    /// Asks whether a text of so many octets, or so many elements, may be made.
    fn make(&self, amount: usize) -> Result<(), Exception> {
        Ok(self.environment.budget.make(amount)?)
    }
}

/// Django's `mark_safe`: anything becomes a text.
fn mark_safe(value: &Value) -> Value {
    match value {
        Value::Str(text) => Value::safe(std::sync::Arc::clone(&text.text)),
        _ => Value::safe(value.to_text()),
    }
}

/// What the value lacks that a filter asks for.
fn lacks(value: &Value, attribute: &str) -> Exception {
    Exception::Attribute(format!(
        "'{}' object has no attribute '{attribute}'",
        value.type_name()
    ))
}

/// The built-in filter of this name.
pub(super) fn find(name: &str) -> Option<&'static Filter> {
    FILTERS.iter().find(|filter| filter.name == name)
}

/// A filter that gets the value as it is.
const fn value(name: &'static str, argument: Argument, action: Action) -> Filter {
    Filter {
        name,
        argument,
        takes: Takes::Value,
        is_safe: false,
        action,
    }
}

/// A filter that gets the value's text.
const fn text(name: &'static str, argument: Argument, action: Action) -> Filter {
    Filter {
        takes: Takes::Text,
        ..value(name, argument, action)
    }
}

/// All filters.
const FILTERS: &[Filter] = &[
    value("add", Argument::Required, Tries(numbers::add)),
    text("addslashes", Argument::None, Always(strings::add_slashes)).safe(),
    text(
        "capfirst",
        Argument::None,
        Always(strings::capitalize_first),
    )
    .safe(),
    text("center", Argument::Required, Tries(strings::center)).safe(),
    text("cut", Argument::Required, Tries(strings::cut)),
    value("date", Argument::Optional, Tries(dates::date)).in_local_time(),
    value("default", Argument::Required, Always(logic::default)),
    value(
        "default_if_none",
        Argument::Required,
        Always(logic::default_if_none),
    ),
    value("dictsort", Argument::Required, Tries(dictsort::ascending)),
    value(
        "dictsortreversed",
        Argument::Required,
        Tries(dictsort::descending),
    ),
    value(
        "divisibleby",
        Argument::Required,
        Tries(numbers::divisible_by),
    ),
    text("escape", Argument::None, Always(html::conditional)).safe(),
    text("escapejs", Argument::None, Always(html::escape_javascript)),
    value("escapeseq", Argument::None, Tries(html::escape_sequence)).safe(),
    value("filesizeformat", Argument::None, Tries(numbers::file_size)).safe(),
    value("first", Argument::None, Tries(lists::first)),
    value(
        "floatformat",
        Argument::Optional,
        Tries(decimal::float_format),
    )
    .safe(),
    text("force_escape", Argument::None, Always(html::force_escape)).safe(),
    value("get_digit", Argument::Required, Tries(numbers::get_digit)),
    text("iriencode", Argument::None, Always(quote::iri_encode)).safe(),
    value("join", Argument::Required, Tries(lists::join)).safe(),
    value("json_script", Argument::Optional, Tries(json::script)).safe(),
    value("last", Argument::None, Tries(lists::last)).safe(),
    value("length", Argument::None, Always(lists::length)),
    text("linebreaks", Argument::None, Always(html::line_breaks)).safe(),
    text(
        "linebreaksbr",
        Argument::None,
        Always(html::line_breaks_only),
    )
    .safe(),
    text("linenumbers", Argument::None, Tries(html::line_numbers)).safe(),
    text("ljust", Argument::Required, Tries(strings::justify_left)).safe(),
    text("lower", Argument::None, Always(strings::lower)).safe(),
    text("make_list", Argument::None, Tries(lists::make_list)),
    value(
        "phone2numeric",
        Argument::None,
        Tries(strings::phone_to_numeric),
    )
    .safe(),
    value("pluralize", Argument::Optional, Tries(logic::pluralize)),
    value("pprint", Argument::None, Tries(pprint::filter)).safe(),
    value("random", Argument::None, Tries(lists::random)).safe(),
    text("rjust", Argument::Required, Tries(strings::justify_right)).safe(),
    text("safe", Argument::None, Always(html::safe)).safe(),
    value("safeseq", Argument::None, Tries(html::safe_sequence)).safe(),
    value("slice", Argument::Required, Tries(lists::slice)).safe(),
    text("slugify", Argument::None, Always(strings::slugify)).safe(),
    value("stringformat", Argument::Required, Tries(printf::filter)).safe(),
    text("striptags", Argument::None, Tries(markup::strip_tags)).safe(),
    value("time", Argument::Optional, Tries(dates::time)).in_local_time(),
    value("timesince", Argument::Optional, Tries(dates::since)),
    value("timeuntil", Argument::Optional, Tries(dates::until)),
    text("title", Argument::None, Always(strings::title_case)).safe(),
    text(
        "truncatechars",
        Argument::Required,
        Tries(truncate::characters),
    )
    .safe(),
    text(
        "truncatechars_html",
        Argument::Required,
        Tries(truncate::html_characters),
    )
    .safe(),
    text("truncatewords", Argument::Required, Tries(truncate::words)).safe(),
    text(
        "truncatewords_html",
        Argument::Required,
        Tries(truncate::html_words),
    )
    .safe(),
    value("unordered_list", Argument::None, Tries(unordered::filter)).safe(),
    text("upper", Argument::None, Always(strings::upper)),
    text("urlencode", Argument::Optional, Tries(quote::url_encode)),
    text("urlize", Argument::None, Tries(urlize::filter)).safe(),
    text("urlizetrunc", Argument::Required, Tries(urlize::truncating)).safe(),
    text("wordcount", Argument::None, Always(strings::word_count)),
    text("wordwrap", Argument::Required, Tries(wrap::filter)).safe(),
    value("yesno", Argument::Optional, Tries(logic::yes_no)),
];
