//! The text of a new `wsgi.py`: that of the built-in template for Django projects.

use std::path::Path;

use crate::template::{Dict, Error, Value, render_native};

/// The template's file.
const TEMPLATE: &str = include_str!("../../../templates/project/django/project_name/wsgi.py-tpl");

/// What it calls the settings module.
const SETTINGS: &str = "{{ project_name }}.settings";

/// The text for a settings module, with the line ends and the quotes that the settings file has.
pub(super) fn text(settings: &str, django_version: &str, beside: &[u8]) -> Result<String, Error> {
    let variables: Dict = [
        ("settings", Value::text(settings)),
        ("docs_version", Value::text(docs_version(django_version))),
        ("settings_outright", Value::Bool(false)),
    ]
    .into_iter()
    .map(|(name, value)| (name.into(), value))
    .collect();
    let template = TEMPLATE.replace(SETTINGS, "{{ settings }}");
    let text = render_native(Path::new("wsgi.py"), &template, &variables)?;
    let text = if prefers_single_quotes(beside) {
        with_single_quotes(&text)
    } else {
        text
    };
    Ok(if beside.windows(2).any(|pair| pair == b"\r\n") {
        text.replace('\n', "\r\n")
    } else {
        text
    })
}

/// The part of Django's version that its documentation is found under.
fn docs_version(version: &str) -> String {
    let is_released = |version: &&str| {
        !version.is_empty() && version.chars().all(|it| it.is_ascii_digit() || it == '.')
    };
    Some(version).filter(is_released).map_or_else(
        || "stable".to_owned(),
        |version| version.split('.').take(2).collect::<Vec<_>>().join("."),
    )
}

fn prefers_single_quotes(text: &[u8]) -> bool {
    memchr::memchr_iter(b'\'', text).count() > memchr::memchr_iter(b'"', text).count()
}

/// Exchanges the quotes of code; a docstring keeps its own.
fn with_single_quotes(text: &str) -> String {
    let change = |line: &str| {
        if line.starts_with("os.environ") {
            line.replace('"', "'")
        } else {
            line.to_owned()
        }
    };
    text.split_inclusive('\n').map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_complete_and_in_the_style_of_the_settings() {
        let text = |beside: &[u8]| text("mysite.settings.dev", "5.2.1", beside).unwrap();
        let double = text(b"A = \"x\"\n");
        assert!(!double.contains("{{"), "{double}");
        assert!(double.contains("/en/5.2/howto/"), "{double}");
        let line = "os.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"mysite.settings.dev\")\n";
        assert!(double.contains(line), "{double}");
        assert!(double.ends_with('\n'));
        let single = text(b"A = 'x'\r\nB = ''\r\n");
        let line = "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'mysite.settings.dev')\r\n";
        assert!(single.contains(line), "{single}");
        assert!(single.starts_with("\"\"\""), "{single}");
    }

    #[test]
    fn versions_lead_to_their_documentation() {
        let versions = [
            ("6.1.3", "6.1"),
            ("4.2", "4.2"),
            ("", "stable"),
            ("7.0a1", "stable"),
        ];
        for (version, expected) in versions {
            assert_eq!(docs_version(version), expected);
        }
    }
}
