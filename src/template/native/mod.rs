//! Rendering a text of a native template, with Tera, and saying where it failed.
//!
//! - `names`: filters that spell a name in another way
//! - `quoting`: filters that write a text as a configuration file has it
//! - `functions`: the date, secrets, the environment
//! - `inspect`: which variables a text uses
//! - `secrets`: what of the variables nobody else may know
//! - `words`: where in a text a variable is named

mod functions;
mod inspect;
mod names;
mod quoting;
mod secrets;
#[cfg(test)]
mod tests;
mod words;

use std::{cell::RefCell, path::Path, sync::Arc};

use tera::{Context, Delimiters, ErrorKind, ReportError, Tera};

use super::{
    error::Error,
    incidentals::Incidentals,
    report::Report,
    similar::similar,
    value::{DateTime, Dict, Value},
};

/// How the engine calls a text that it was not given a name for.
const UNNAMED: &str = "__tera_one_off";

/// How many `elif` one text may have. The engine goes one call deeper for each, down to the end of
/// the stack; its own limit on nesting does not count them.
const MOST_ELIF: usize = 500;

/// What helps where nothing better is known.
const RAW: &str = "text that is no template goes between `{% raw %}` and `{% endraw %}`";

/// All variables at one moment.
#[derive(Clone, Debug)]
pub(super) struct Variables(Context);

/// The engine with the variables.
#[derive(Debug)]
pub(super) struct Engine {
    tera: Tera,
    context: Context,
    /// What stands around what is not text.
    delimiters: Delimiters,
    /// What the context was made of.
    values: Dict,
    incidentals: Arc<Incidentals>,
    /// What only reads texts, made when the first one comes: it has to keep a text to tell which
    /// variables it uses.
    reader: RefCell<Option<Tera>>,
}

/// Renders a text of a native template; the path is only for messages.
pub fn render_native(path: &Path, text: &str, variables: &Dict) -> Result<String, Error> {
    Engine::with(variables, &[], Arc::default()).render(path, text)
}

impl Engine {
    /// The engine with variables; `environment` names those variables of the environment that
    /// templates may read.
    #[cfg(test)]
    pub(super) fn new(variables: &Dict, environment: &[String]) -> Self {
        Self::with(variables, environment, Arc::default())
    }

    /// The same, with random values and a day that other renderings have too.
    pub(super) fn with(
        variables: &Dict,
        environment: &[String],
        incidentals: Arc<Incidentals>,
    ) -> Self {
        let mut tera = Tera::default();
        names::register(&mut tera);
        quoting::register(&mut tera);
        functions::register(&mut tera, environment, &incidentals);
        let mut engine = Self {
            tera,
            context: Context::new(),
            delimiters: Delimiters::default(),
            values: Dict::new(),
            incidentals,
            reader: RefCell::default(),
        };
        for (name, value) in variables {
            engine.set(name, value);
        }
        engine
    }

    /// Sets a variable, in place of one that has the name.
    pub(super) fn set(&mut self, name: &str, value: &Value) {
        self.context
            .insert_value(name.to_owned(), tera_value(value));
        self.values.insert(name.into(), value.clone());
    }

    /// The value of a variable.
    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    /// Something else is rendered from here on: a file of the template, or a variable.
    pub(super) fn begin(&self, place: &Path) {
        self.incidentals.begin(place);
    }

    /// The variables as they are.
    pub(super) fn variables(&self) -> Variables {
        Variables(self.context.clone())
    }

    /// Has these variables, and no others.
    pub(super) fn set_variables(&mut self, Variables(context): Variables) {
        self.context = context;
    }

    /// The engine with the same variables for texts in which other delimiters stand around what is
    /// not text. The error says what is wrong with them.
    pub(super) fn with_delimiters(&self, delimiters: Delimiters) -> Result<Self, String> {
        let mut tera = Tera::default();
        tera.register_from(&self.tera);
        tera.set_delimiters(delimiters.clone())
            .map_err(|error| worded(&error.to_string()))?;
        Ok(Self {
            tera,
            context: self.context.clone(),
            delimiters,
            values: self.values.clone(),
            incidentals: Arc::clone(&self.incidentals),
            reader: RefCell::default(),
        })
    }

    /// Whether an expression is true. The error says what is wrong with it.
    pub(super) fn is_true(&self, expression: &str) -> Result<bool, String> {
        let text = format!("{{% if {expression} %}}1{{% endif %}}");
        // What reads the text keeps it, so that it is read once.
        let mut reader = self.reader.borrow_mut();
        let reader = reader.get_or_insert_with(|| self.tera.clone());
        let is_read =
            self.elif_too_many(&text).is_none() && reader.add_raw_template(UNNAMED, &text).is_ok();
        if is_read {
            // The engine takes it for false, or does not say its name.
            if let Some(name) = self.unknown_variable(reader) {
                return Err(format!("variable `{name}` is not defined"));
            }
            if let Ok(rendered) = reader.render(UNNAMED, &self.context) {
                return Ok(rendered == "1");
            }
        }
        Ok(self.render_short(&text)? == "1")
    }

    /// A variable that a text uses and that there is not, if there is one; the first by name.
    fn unknown_variable(&self, reader: &Tera) -> Option<String> {
        let used = reader.get_template_variables(UNNAMED).ok()?;
        let unknown = used
            .into_iter()
            .filter(|name| !self.context.contains_key(name));
        unknown.min().map(str::to_owned)
    }

    /// Renders a text that stands in the manifest. The error says what is wrong with it.
    pub(super) fn render_short(&self, text: &str) -> Result<String, String> {
        if self.elif_too_many(text).is_some() {
            return Err(format!("more than {MOST_ELIF} `elif`"));
        }
        self.tera
            .render_str(text, &self.context, false)
            .map_err(|error| match error.kind() {
                ErrorKind::SyntaxError(at) | ErrorKind::RenderingError(at) => worded(at.message()),
                _ => {
                    let text = error.to_string();
                    let text = text.strip_prefix("error: ").unwrap_or(&text);
                    worded(text.lines().next().unwrap_or_default())
                }
            })
    }

    /// Refuses a text that the engine could not read to its end.
    fn check_depth(&self, path: &Path, text: &str) -> Result<(), Error> {
        let Some(offset) = self.elif_too_many(text) else {
            return Ok(());
        };
        let message = format!("more than {MOST_ELIF} `elif` in one file");
        Err(Error::Template {
            report: Report::new(path, text, offset..offset + "elif".len(), &message),
            hint: RAW.to_owned(),
        })
    }

    /// Where the first `elif` of a tag stands that is one too many.
    fn elif_too_many(&self, text: &str) -> Option<usize> {
        let begin = &*self.delimiters.block_start;
        let is_in_tag = |at: &usize| {
            let before = text.get(..*at).unwrap_or_default().trim_end();
            let trimming = before.strip_suffix('-');
            before.ends_with(begin) || trimming.is_some_and(|it| it.ends_with(begin))
        };
        text.match_indices("elif")
            .map(|(at, _)| at)
            .filter(is_in_tag)
            .nth(MOST_ELIF)
    }

    /// Renders a text; the path is only for messages.
    pub(super) fn render(&self, path: &Path, text: &str) -> Result<String, Error> {
        self.check_depth(path, text)?;
        self.tera
            .render_str(text, &self.context, false)
            .map_err(|error| fault(path, text, &error))
    }
}

/// The engine's complaint about a text.
fn fault(path: &Path, text: &str, error: &tera::Error) -> Error {
    match error.kind() {
        ErrorKind::SyntaxError(at) | ErrorKind::RenderingError(at) => Error::Template {
            report: report(path, text, at),
            hint: similar_variable(at.message()).map_or_else(
                || RAW.to_owned(),
                |meant| format!("did you mean `{meant}`?"),
            ),
        },
        _ => Error::Template {
            report: finished_report(path, text, &error.to_string()),
            hint: RAW.to_owned(),
        },
    }
}

/// The value as Tera has it. It has no dates: they become texts, as in JSON.
fn tera_value(value: &Value) -> tera::Value {
    match value {
        Value::None => tera::Value::none(),
        Value::Bool(value) => (*value).into(),
        Value::Int(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::Str(value) => (&*value.text).into(),
        Value::List(_) | Value::Tuple(_) | Value::Group(_) | Value::View(_) => {
            let items = value.iterate().unwrap_or_default();
            items.iter().map(tera_value).collect::<Vec<_>>().into()
        }
        Value::Dict(items) => items
            .iter()
            .map(|(key, value)| (tera::value::Key::from(key.to_string()), tera_value(value)))
            .collect::<tera::Map>()
            .into(),
        Value::Date(date) => date.to_string().into(),
        Value::Time(time) => time.to_string().into(),
        Value::DateTime(DateTime::Naive(moment)) => moment.to_string().into(),
        Value::DateTime(DateTime::Aware(moment)) => moment.to_string().into(),
    }
}

fn report(path: &Path, text: &str, at: &ReportError) -> Report {
    let span = at.span();
    let width = if span.end_line == span.start_line {
        span.end_col.saturating_sub(span.start_col)
    } else {
        1
    };
    let place = (span.start_line, span.start_col + 1);
    Report::at(path, text, place, width, &worded(at.message()))
}

/// Unknown filters and the like come as finished text, all of them at once and in no order, with
/// the place of each on its second line and its width as a row of `^` on the fifth.
fn finished_report(path: &Path, text: &str, finished: &str) -> Report {
    let one = |finished: &str| {
        let finished = finished.strip_prefix("error: ").unwrap_or(finished);
        let mut lines = finished.lines();
        let message = worded(lines.next().unwrap_or_default());
        let place = lines.next().and_then(|line| {
            let place = line.trim_start().strip_prefix("--> ")?;
            let (line, column) = place.rsplit_once(':')?;
            let line = line.rsplit(':').next()?;
            Some((line.parse::<usize>().ok()?, column.parse::<usize>().ok()?))
        });
        let width = lines.nth(2).map_or(1, |it| it.matches('^').count());
        match place {
            Some(place) => Report::at(path, text, place, width, &message),
            None => Report::of_file(path, &finished.replace(UNNAMED, "this text")),
        }
    };
    let reports = finished.trim_end().split("\n\nerror: ").map(one);
    Report::joined(reports.collect()).unwrap_or_else(|| Report::of_file(path, finished))
}

/// The engine's message in the form that ours have.
fn worded(message: &str) -> String {
    let message = message.trim_end_matches('.');
    let mut characters = message.chars();
    characters.next().map_or_else(String::new, |first| {
        format!("{}{}", first.to_lowercase(), characters.as_str())
    })
}

/// The variable that was meant, where the message says that there is no such variable.
fn similar_variable(message: &str) -> Option<String> {
    let (typed, known) = message
        .strip_prefix("Variable `")?
        .split_once("` is not defined. Available variables: ")?;
    similar(typed, known.split(", ")).map(str::to_owned)
}
