//! Rendering a text of a native template, with Tera, and saying where it failed.
//!
//! - `names`: filters that spell a name in another way
//! - `functions`: the date, secrets, the environment
//! - `inspect`: which variables a text uses
//! - `words`: where in a text a variable is named

mod functions;
mod inspect;
mod names;
mod words;

use std::{path::Path, sync::Arc};

use tera::{Context, Delimiters, ErrorKind, ReportError, Tera};

use super::{
    error::Error,
    incidentals::Incidentals,
    report::{self, Report},
    secrets::Secrets,
    shown,
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
        functions::register(&mut tera, environment, &incidentals);
        let mut engine = Self {
            tera,
            context: Context::new(),
            delimiters: Delimiters::default(),
            values: Dict::new(),
            incidentals,
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

    /// Notes that the value of a variable is secret.
    pub(super) fn hide(&self, name: &str) {
        if let Some(value) = self.value(name) {
            let rendered = self.render_short(&format!("{{{{ {name} }}}}"));
            let rendered = rendered.unwrap_or_default();
            let mut secrets = self.incidentals.secrets();
            secrets.add_value(name, value, rendered);
        }
    }

    /// The secrets that are known so far.
    pub(super) fn secrets(&self) -> Secrets {
        self.incidentals.secrets().clone()
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
        })
    }

    /// Makes what differs from one run to the next always the same.
    pub(super) fn make_repeatable(&mut self) {
        functions::register_repeatable(&mut self.tera);
    }

    /// Whether an expression is true. The error says what is wrong with it.
    pub(super) fn is_true(&self, expression: &str) -> Result<bool, String> {
        let text = format!("{{% if {expression} %}}1{{% endif %}}");
        match self.unknown_variable(&text) {
            // The engine takes it for false, or does not say its name.
            Some(name) => Err(format!("variable `{name}` is not defined")),
            None => Ok(self.render_short(&text)? == "1"),
        }
    }

    /// A variable that a text uses and that there is not, if there is one; the first by name.
    fn unknown_variable(&self, text: &str) -> Option<String> {
        let mut tera = Tera::default();
        tera.register_from(&self.tera);
        tera.add_raw_template(UNNAMED, text).ok()?;
        let used = tera.get_template_variables(UNNAMED).ok()?;
        let unknown = used
            .into_iter()
            .filter(|name| !self.context.contains_key(name));
        unknown.min().map(str::to_owned)
    }

    /// Renders a text that stands in the manifest. The error says what is wrong with it.
    pub(super) fn render_short(&self, text: &str) -> Result<String, String> {
        if elif_too_many(text).is_some() {
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

    /// Renders a text; the path is only for messages.
    pub(super) fn render(&self, path: &Path, text: &str) -> Result<String, Error> {
        if let Some(offset) = elif_too_many(text) {
            let message = format!("more than {MOST_ELIF} `elif` in one file");
            return Err(Error::Template {
                report: Report::at(path, text, offset, "elif".len(), &message).to_string(),
                hint: RAW.to_owned(),
            });
        }
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
            report: finished_report(path, &error.to_string()),
            hint: RAW.to_owned(),
        },
    }
}

/// Where the first `elif` of a tag stands that is one too many.
fn elif_too_many(text: &str) -> Option<usize> {
    let is_in_tag = |at: &usize| {
        let before = text.get(..*at).unwrap_or_default().trim_end();
        before.ends_with("{%") || before.ends_with("{%-")
    };
    text.match_indices("elif")
        .map(|(at, _)| at)
        .filter(is_in_tag)
        .nth(MOST_ELIF)
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

fn report(path: &Path, text: &str, at: &ReportError) -> String {
    let span = at.span();
    let width = if span.end_line == span.start_line {
        span.end_col.saturating_sub(span.start_col)
    } else {
        1
    };
    Report {
        path,
        text,
        line: span.start_line,
        column: span.start_col + 1,
        width,
        message: &worded(at.message()),
    }
    .to_string()
}

/// Unknown filters and the like come as finished text, all of them at once and in no order, with
/// the place of each on its second line.
fn finished_report(path: &Path, text: &str) -> String {
    let path = shown::path(path).to_string();
    let one = |text: &str| {
        let text = text.strip_prefix("error: ").unwrap_or(text);
        let mut lines = text.splitn(3, '\n');
        let message = worded(lines.next().unwrap_or_default());
        let place = lines.next().and_then(|line| {
            let place = line.trim_start().strip_prefix("--> ")?;
            let (line, column) = place.rsplit_once(':')?;
            let line = line.rsplit(':').next()?;
            Some((line.parse::<usize>().ok()?, column.parse::<usize>().ok()?))
        });
        match (place, lines.next()) {
            (Some((line, column)), Some(rest)) => {
                let rest: Vec<_> = rest.lines().map(report::shortened).collect();
                let rest = rest.join("\n");
                (place, format!("{path}:{line}:{column}: {message}\n{rest}"))
            }
            _ => (None, format!("{path}: {}", text.replace(UNNAMED, &path))),
        }
    };
    let mut reports: Vec<_> = text.trim_end().split("\n\nerror: ").map(one).collect();
    reports.sort();
    let reports: Vec<_> = reports.into_iter().map(|(_, report)| report).collect();
    reports.join("\n\n")
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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn variables(rows: &[(&str, &str)]) -> Dict {
        rows.iter()
            .map(|(name, value)| ((*name).into(), Value::text(*value)))
            .collect()
    }

    fn render(text: &str) -> Result<String, String> {
        Engine::new(
            &variables(&[("project_name", "mysite"), ("html", "<&>")]),
            &[],
        )
        .render(Path::new("t/a.py"), text)
        .map_err(|error| error.to_string())
    }

    #[rstest]
    #[case("x = '{{ project_name }}'\n", "x = 'mysite'\n")]
    #[case("{{ html }}", "<&>")]
    #[case("f'{x}' {} }} %} \u{feff}é\n", "f'{x}' {} }} %} \u{feff}é\n")]
    #[case("{% if project_name %}a{% else %}b{% endif %}\n", "a\n")]
    #[case("{% raw %}{{ x }}{% endraw %}", "{{ x }}")]
    #[case("", "")]
    fn texts(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(render(text).as_deref(), Ok(expected));
    }

    #[test]
    fn an_unknown_variable_is_an_error_with_its_place_and_the_known_ones() {
        let error = render("one\n  {{ project_nam }}\n").unwrap_err();
        assert!(error.starts_with("t/a.py:2:6: "), "{error}");
        assert!(
            error.contains("project_nam") && error.contains("project_name"),
            "{error}"
        );
        assert!(
            error.ends_with("\n2 |   {{ project_nam }}\n  |      ^^^^^^^^^^^"),
            "{error}"
        );
    }

    #[test]
    fn a_mistyped_variable_gets_a_suggestion() {
        let hint = |text: &str| {
            let variables = variables(&[("project_name", "mysite"), ("secret_key", "x")]);
            let rendered = Engine::new(&variables, &[]).render(Path::new("a"), text);
            rendered.unwrap_err().hint().unwrap()
        };
        assert_eq!(hint("{{ secret_kee }}"), "did you mean `secret_key`?");
        assert!(hint("{{ zzz }}").contains("{% raw %}"));
    }

    #[test]
    fn what_does_not_parse_is_an_error_with_its_place() {
        let error = render("one\n{% if %}\n").unwrap_err();
        assert!(error.starts_with("t/a.py:2:"), "{error}");
        assert!(error.contains("\n2 | {% if %}\n"), "{error}");
    }

    #[test]
    fn an_unknown_filter_is_an_error_with_its_place() {
        let error = render("one\n{{ html | nofilter }}\n{{ html | none }}").unwrap_err();
        assert_eq!(
            error,
            "t/a.py:2:11: unknown filter `nofilter`\n  |\n2 | {{ html | nofilter }}\n  |           ^^^^^^^^\n\n\
             t/a.py:3:11: unknown filter `none`\n  |\n3 | {{ html | none }}\n  |           ^^^^"
        );
    }

    #[test]
    fn more_branches_than_the_stack_has_room_for_are_an_error() {
        let branches = |count| {
            let branches = "{%- elif\nproject_name %}".repeat(count);
            render(&format!("{{% if project_name %}}a{branches}{{% endif %}}"))
        };
        assert_eq!(branches(MOST_ELIF).as_deref(), Ok("a"));
        let error = branches(20_000).unwrap_err();
        assert!(
            error.starts_with("t/a.py:501:20: more than 500 `elif` in one file"),
            "{}",
            &error[..80]
        );
        let text = "elif ".repeat(MOST_ELIF + 1);
        assert_eq!(render(&text).as_ref(), Ok(&text));
    }

    #[test]
    fn an_unclosed_block_is_an_error_that_names_the_file() {
        let error = render("{% block x %}{% endblock %}").unwrap_err();
        assert!(error.starts_with("t/a.py"), "{error}");
        let error = render("{% if project_name %}\n").unwrap_err();
        assert!(error.starts_with("t/a.py:"), "{error}");
    }
}
