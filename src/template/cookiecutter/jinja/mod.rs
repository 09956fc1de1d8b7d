//! Jinja2 as cookiecutter sets it up: undefined variables are errors, nothing is escaped, and the
//! end of a text is kept. The engine is `minijinja`; what it lacks of Jinja2, of Python's methods
//! and of cookiecutter's extensions is here. docs/cookiecutter.md lists what still differs.
//!
//! - `settings`: `_jinja2_env_vars` and `_extensions`
//! - `values`: Python's texts for values
//! - `filters`, `numbers`, `wrap`, `json`, `slugify`, `striptags`: filters and functions
//! - `methods`: those of Python's texts
//! - `now`, `moment`: the tag for dates
//! - `arguments`: how Python binds them

mod arguments;
mod filters;
mod json;
mod methods;
mod moment;
mod now;
mod numbers;
mod settings;
mod slugify;
mod striptags;
mod values;
mod wrap;

use std::{collections::HashMap, ops::Range};

use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value, escape_formatter,
};

pub(super) use settings::Settings;
pub(super) use values::dict_to_jinja;

/// What one text may cost, in the engine's steps: seconds of work, which no honest file needs.
const FUEL: u64 = 50_000_000;

/// The engine, ready for texts.
#[derive(Debug)]
pub(super) struct Jinja {
    environment: Environment<'static>,
    settings: Settings,
}

/// Why a text could not be rendered.
#[derive(Debug)]
pub(super) struct Fault {
    /// The line, from 1.
    pub(super) line: usize,
    /// What of the text it is about, in octets, where that is known.
    pub(super) range: Option<Range<usize>>,
    /// Whether something is not defined.
    pub(super) is_undefined: bool,
    /// The text that was included, where it is in one.
    pub(super) included: Option<Box<Included>>,
    pub(super) message: String,
}

/// A text that another one includes, as the engine has it.
#[derive(Debug)]
pub(super) struct Included {
    pub(super) name: String,
    pub(super) text: String,
    /// What of the text that was rendered includes it, perhaps through others, in octets.
    pub(super) by: Option<Range<usize>>,
}

/// How the engine calls a text that it was not given a name for.
const UNNAMED: &str = "<string>";

impl Jinja {
    /// The engine; `texts` are what templates can include, by their names.
    pub(super) fn new(settings: Settings, texts: HashMap<String, String>) -> Self {
        let mut environment = Environment::new();
        environment.set_debug(true);
        environment.set_syntax(settings.syntax.clone());
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let is_escaping = settings.is_escaping;
        environment.set_auto_escape_callback(move |_| {
            if is_escaping {
                AutoEscape::Html
            } else {
                AutoEscape::None
            }
        });
        environment.set_fuel(Some(FUEL));
        environment.set_unknown_method_callback(methods::call);
        environment.set_formatter(|out, state, value| {
            if value.is_undefined() || value.is_safe() {
                return escape_formatter(out, state, value);
            }
            let text = values::shown(value);
            let text = match state.auto_escape() {
                AutoEscape::None => text,
                _ => filters::escaped(&text),
            };
            out.write_str(&text).map_err(Error::from)
        });
        filters::register(&mut environment);
        let syntax = settings.syntax.clone();
        environment.set_loader(move |name| {
            let text = texts.get(name).map(|text| with_unix_ends(text));
            Ok(text.map(|text| now::rewritten(&text, &syntax).into_owned()))
        });
        Self {
            environment,
            settings,
        }
    }

    /// Renders a text.
    pub(super) fn render(&self, text: &str, context: &Value) -> Result<String, Fault> {
        let text = with_unix_ends(text);
        let rewritten = now::rewritten(&text, &self.settings.syntax);
        let is_same = rewritten == text;
        let rendered = self.environment.render_str(&rewritten, context);
        let rendered = rendered.map_err(|error| {
            let mut fault = Fault::new(&error);
            // The ranges are of the text as it was rewritten.
            let range = match &mut fault.included {
                Some(included) => &mut included.by,
                None => &mut fault.range,
            };
            if !is_same {
                *range = None;
            }
            fault
        })?;
        Ok(match &self.settings.line_end {
            Some(end) if end != "\n" => rendered.replace('\n', end),
            _ => rendered,
        })
    }
}

/// The text with the line ends that Jinja's templates have.
fn with_unix_ends(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n").into()
    } else {
        text.into()
    }
}

impl Fault {
    fn new(error: &Error) -> Self {
        // The innermost cause knows best what is wrong: others say where it was included.
        let mut innermost = error;
        let mut next = std::error::Error::source(error);
        while let Some(source) = next {
            if let Some(source) = source.downcast_ref::<Error>() {
                innermost = source;
            }
            next = source.source();
        }
        let kind = innermost.kind();
        let message = match (kind, innermost.detail()) {
            (ErrorKind::SyntaxError | ErrorKind::InvalidOperation, Some(detail)) => {
                detail.to_owned()
            }
            (_, Some(detail)) => format!("{kind}: {detail}"),
            (_, None) => kind.to_string(),
        };
        Self {
            line: innermost.line().unwrap_or(1),
            range: innermost.range(),
            is_undefined: kind == ErrorKind::UndefinedError,
            included: innermost
                .name()
                .filter(|name| *name != UNNAMED)
                .map(|name| {
                    Box::new(Included {
                        name: name.to_owned(),
                        text: innermost.template_source().unwrap_or_default().to_owned(),
                        by: error.range().filter(|_| error.name() == Some(UNNAMED)),
                    })
                }),
            message,
        }
    }
}
