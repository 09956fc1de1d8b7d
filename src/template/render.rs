//! Rendering one text with the template engine, and saying where it failed.
//!
//! Which files are rendered is decided by the plan.

use std::path::{Path, PathBuf};

use tera::{Context, ErrorKind, ReportError, Tera};

use super::{
    error::{Error, Report},
    similar::similar,
};

/// How the engine calls a text that it was not given a name for.
const UNNAMED: &str = "__tera_one_off";

/// The engine with the project's variables.
pub(super) struct Renderer {
    tera: Tera,
    context: Context,
}

impl Renderer {
    pub(super) fn new(context: Context) -> Self {
        Self {
            tera: Tera::default(),
            context,
        }
    }

    /// Renders a file's contents. Line ends become `\n`, as Django's do.
    pub(super) fn render(&self, path: &Path, contents: &[u8]) -> Result<String, Error> {
        let text = std::str::from_utf8(contents).map_err(|error| Error::NotText {
            path: PathBuf::from(path),
            offset: error.valid_up_to(),
        })?;
        if text.contains('\r') {
            self.render_text(path, &text.replace("\r\n", "\n").replace('\r', "\n"))
        } else {
            self.render_text(path, text)
        }
    }

    /// Renders a text; the path is only for messages.
    pub(super) fn render_text(&self, path: &Path, text: &str) -> Result<String, Error> {
        if !has_syntax(text) {
            return Ok(text.to_owned());
        }
        self.tera
            .render_str(text, &self.context, false)
            .map_err(|error| match error.kind() {
                ErrorKind::SyntaxError(at) | ErrorKind::RenderingError(at) => Error::Template {
                    report: report(path, text, at),
                    similar: similar_variable(at.message()),
                },
                _ => Error::Template {
                    report: finished_report(path, &error.to_string()),
                    similar: None,
                },
            })
    }
}

/// Whether there is anything to do. Most files of most templates have nothing, and the engine
/// would copy them octet by octet.
fn has_syntax(text: &str) -> bool {
    let octets = text.as_bytes();
    memchr::memchr_iter(b'{', octets)
        .any(|at| matches!(octets.get(at + 1), Some(b'{' | b'%' | b'#')))
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
    let path = path.display().to_string();
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

    fn render(text: &[u8]) -> Result<String, String> {
        let mut context = Context::new();
        context.insert("project_name", "mysite");
        context.insert("html", "<&>");
        Renderer::new(context)
            .render(Path::new("t/a.py"), text)
            .map_err(|error| error.to_string())
    }

    #[rstest]
    #[case("x = '{{ project_name }}'\n", "x = 'mysite'\n")]
    #[case("{{ html }}", "<&>")]
    #[case("a\r\nb\rc {# no #}\r\n", "a\nb\nc \n")]
    #[case("f'{x}' {} }} %} \u{feff}é\n", "f'{x}' {} }} %} \u{feff}é\n")]
    #[case("{% if project_name %}a{% else %}b{% endif %}\n", "a\n")]
    #[case("{% raw %}{{ x }}{% endraw %}", "{{ x }}")]
    #[case("", "")]
    fn texts(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(render(text.as_bytes()).as_deref(), Ok(expected));
    }

    #[test]
    fn an_unknown_variable_is_an_error_with_its_place_and_the_known_ones() {
        let error = render(b"one\n  {{ project_nam }}\n").unwrap_err();
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
            let mut context = Context::new();
            context.insert("project_name", "mysite");
            context.insert("secret_key", "x");
            let rendered = Renderer::new(context).render(Path::new("a"), text.as_bytes());
            rendered.unwrap_err().hint().unwrap()
        };
        assert_eq!(hint("{{ secret_kee }}"), "did you mean `secret_key`?");
        assert!(hint("{{ zzz }}").contains("{% raw %}"));
    }

    #[test]
    fn what_does_not_parse_is_an_error_with_its_place() {
        let error = render(b"one\n{% if %}\n").unwrap_err();
        assert!(error.starts_with("t/a.py:2:"), "{error}");
        assert!(error.contains("\n2 | {% if %}\n"), "{error}");
    }

    #[test]
    fn an_unknown_filter_is_an_error_with_its_place() {
        let error = render(b"one\n{{ html | nofilter }}\n{{ html | none }}").unwrap_err();
        assert_eq!(
            error,
            "t/a.py:2:11: unknown filter `nofilter`\n  |\n2 | {{ html | nofilter }}\n  |           ^^^^^^^^\n\n\
             t/a.py:3:11: unknown filter `none`\n  |\n3 | {{ html | none }}\n  |           ^^^^"
        );
    }

    #[test]
    fn an_unclosed_block_is_an_error_that_names_the_file() {
        let error = render(b"{% block x %}{% endblock %}").unwrap_err();
        assert!(error.starts_with("t/a.py"), "{error}");
        let error = render(b"{% if project_name %}\n").unwrap_err();
        assert!(error.starts_with("t/a.py:"), "{error}");
    }

    #[test]
    fn what_is_not_utf8_is_an_error() {
        let error = render(b"abc\xff").unwrap_err();
        assert_eq!(
            error,
            "`t/a.py` cannot be rendered: it is not UTF-8 (octet 3)"
        );
    }
}
