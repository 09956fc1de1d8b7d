//! Rendering one file: its octets become text, and the text goes to the language that the template
//! is written in.
//!
//! Which files are rendered is decided by the plan.

use std::{
    borrow::Cow,
    ops::Range,
    path::{Path, PathBuf},
};

use jiff::Zoned;

use super::{
    django::{self, Budget},
    error::Error,
    native,
    report::Report,
    value::Dict,
};

/// The language of a template, with the variables.
#[derive(Debug)]
pub(super) enum Renderer {
    /// Tera: the template has a manifest.
    Native(Box<native::Engine>),
    /// Django's: it has none.
    Django {
        variables: Dict,
        /// The moment that the template calls now.
        now: Zoned,
        /// What all files together may cost.
        budget: Budget,
    },
}

impl Renderer {
    /// The language of templates with a manifest.
    pub(super) fn native(engine: native::Engine) -> Self {
        Self::Native(Box::new(engine))
    }

    /// The language of templates without one. Django's commands run without settings, so that
    /// Django's default time zone is theirs.
    pub(super) fn django(variables: Dict) -> Self {
        let zone = jiff::tz::get!("America/Chicago");
        Self::Django {
            variables,
            now: jiff::Timestamp::now().to_zoned(zone),
            budget: Budget::default(),
        }
    }

    /// A file of the template is rendered from here on, which is called so there.
    pub(super) fn begin(&self, file: &Path) {
        if let Self::Native(engine) = self {
            engine.begin(file);
        }
    }

    /// Renders a file's contents, by an engine with delimiters of its own where it has them. Line
    /// ends become `\n`, as Python's text files have them; but a file of a native template that
    /// has the line ends of Windows throughout keeps them.
    pub(super) fn render(
        &self,
        path: &Path,
        contents: &[u8],
        own: Option<&native::Engine>,
    ) -> Result<String, Error> {
        let text = std::str::from_utf8(contents).map_err(|error| Error::NotText {
            path: PathBuf::from(path),
            offset: error.valid_up_to(),
        })?;
        let text = if memchr::memchr(b'\r', contents).is_some() {
            Cow::from(text.replace("\r\n", "\n").replace('\r', "\n"))
        } else {
            Cow::from(text)
        };
        let rendered = match own {
            Some(engine) => engine.render(path, &text),
            None => self.render_text(path, &text),
        }?;
        let is_native = matches!(self, Self::Native(_));
        Ok(if is_native && is_from_windows(contents) {
            rendered.replace("\r\n", "\n").replace('\n', "\r\n")
        } else {
            rendered
        })
    }

    /// Renders a text; the path is only for messages.
    pub(super) fn render_text(&self, path: &Path, text: &str) -> Result<String, Error> {
        if !has_syntax(text) {
            return Ok(text.to_owned());
        }
        match self {
            Self::Native(engine) => engine.render(path, text),
            Self::Django {
                variables,
                now,
                budget,
            } => django::render(text, variables, now, budget).map_err(|fault| {
                let offset = fault.offset.unwrap_or_default();
                Error::Template {
                    report: Report::new(path, text, tag(text, offset), &fault.message),
                    hint: "text that is no template goes between `{% verbatim %}` and \
                           `{% endverbatim %}`"
                        .to_owned(),
                }
            }),
        }
    }
}

/// Whether all lines end as those of Windows do.
pub(super) fn is_from_windows(contents: &[u8]) -> bool {
    let count = memchr::memmem::find_iter(contents, b"\r\n").count();
    count > 0
        && memchr::memchr_iter(b'\n', contents).count() == count
        && memchr::memchr_iter(b'\r', contents).count() == count
}

/// The octets of the tag that begins at an octet; one octet, where it is not closed.
fn tag(text: &str, start: usize) -> Range<usize> {
    let rest = text.get(start..).unwrap_or_default();
    let end = match rest.as_bytes() {
        [b'{', b'%', ..] => rest.find("%}"),
        [b'{', b'{', ..] => rest.find("}}"),
        _ => None,
    };
    start..start + end.map_or(1, |at| at + 2)
}

/// Whether there is anything to do. Most files of most templates have nothing, and the engine
/// would copy them octet by octet.
fn has_syntax(text: &str) -> bool {
    let octets = text.as_bytes();
    memchr::memchr_iter(b'{', octets)
        .any(|at| matches!(octets.get(at + 1), Some(b'{' | b'%' | b'#')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::value::Value;

    fn renderers() -> [Renderer; 2] {
        let variables: Dict = [("project_name".into(), Value::text("mysite"))].into();
        let engine = native::Engine::new(&variables, &[]);
        [Renderer::native(engine), Renderer::django(variables)]
    }

    #[test]
    fn line_ends_become_those_of_unix() {
        for renderer in renderers() {
            let rendered = renderer.render(Path::new("a"), b"a\r\nb\rc {# no #}\r\n", None);
            assert_eq!(rendered.unwrap(), "a\nb\nc \n");
        }
    }

    /// A `.bat` file needs them; Django has none.
    #[test]
    fn line_ends_of_windows_stay_in_native_templates() {
        let [native, django] = renderers();
        let render = |renderer: &Renderer, text: &[u8]| renderer.render(Path::new("a"), text, None);
        let text = b"{{ project_name }}\r\nb\r\n";
        assert_eq!(render(&native, text).unwrap(), "mysite\r\nb\r\n");
        assert_eq!(render(&django, text).unwrap(), "mysite\nb\n");
        assert_eq!(render(&native, b"a\r\nb\n").unwrap(), "a\nb\n");
    }

    #[test]
    fn the_whole_tag_is_marked() {
        let [_, django] = renderers();
        let error = django
            .render(Path::new("a"), b"b {{ x|no }}!", None)
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "a:1:3: Invalid filter: 'no'\n   ╭────\n 1 │ b {{ x|no }}!\n   ·   ──────────\n   ╰────"
        );
        assert_eq!(tag("a {{ b", 2), 2..3);
    }

    #[test]
    fn what_is_not_utf8_is_an_error() {
        for renderer in renderers() {
            let error = renderer
                .render(Path::new("t/a.py"), b"abc\xff", None)
                .unwrap_err();
            assert_eq!(
                error.to_string(),
                "`t/a.py` cannot be rendered: it is not UTF-8 (octet 3)"
            );
        }
    }
}
