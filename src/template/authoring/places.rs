//! Where in a manifest things stand, and which of its texts use which variables.
//!
//! The manifest itself was read, and found to be right, before this looks at it. Whatever is not
//! known here is passed over.

use serde::Deserialize;
use toml::{Spanned, Table, Value};

/// Keys whose texts are expressions, without marks around them.
const EXPRESSIONS: [&str; 2] = ["when", "expression"];

/// The key whose patterns mean files of the template that this one builds on.
pub(super) const REMOVE: &str = "remove";

/// Where things stand.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Places {
    variables: Vec<NamePlace>,
    copy: Vec<Spanned<String>>,
    executable: Vec<Spanned<String>>,
    exclude: Vec<Spanned<String>>,
    remove: Vec<Spanned<String>>,
    files: Vec<PathPlace>,
}

#[derive(Debug, Deserialize)]
struct NamePlace {
    name: Spanned<String>,
}

#[derive(Debug, Deserialize)]
struct PathPlace {
    path: Spanned<Value>,
}

/// A pattern of files, and where it stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    pub(super) key: &'static str,
    pub(super) glob: String,
    /// Octets from the beginning of the manifest, and how many.
    pub(super) span: (usize, usize),
}

/// A text of a manifest that is rendered.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Text {
    /// With marks around it, also where it is an expression.
    pub(super) text: String,
    /// The variable that it is a part of, if any.
    pub(super) variable: Option<String>,
}

impl Places {
    /// Reads the manifest; nothing is known of one that cannot be read.
    pub(super) fn read(manifest: &str) -> Self {
        toml::from_str(manifest).unwrap_or_default()
    }

    /// Where a variable is declared.
    pub(super) fn variable(&self, name: &str) -> Option<(usize, usize)> {
        let mut names = self.variables.iter().map(|it| &it.name);
        names.find(|it| it.get_ref() == name).map(span)
    }

    /// All patterns of files.
    pub(super) fn patterns(&self) -> Vec<Pattern> {
        let lists = [
            ("copy", &self.copy),
            ("executable", &self.executable),
            ("exclude", &self.exclude),
            (REMOVE, &self.remove),
        ];
        let listed = lists.into_iter().flat_map(|(key, patterns)| {
            patterns.iter().map(move |pattern| Pattern {
                key,
                glob: pattern.get_ref().clone(),
                span: span(pattern),
            })
        });
        let rules = self.files.iter().flat_map(|rule| {
            let patterns = match rule.path.get_ref() {
                Value::Array(patterns) => patterns.as_slice(),
                pattern => std::slice::from_ref(pattern),
            };
            patterns
                .iter()
                .filter_map(Value::as_str)
                .map(|pattern| Pattern {
                    key: "path",
                    glob: pattern.to_owned(),
                    span: span(&rule.path),
                })
        });
        listed.chain(rules).collect()
    }
}

fn span<T>(spanned: &Spanned<T>) -> (usize, usize) {
    let span = spanned.span();
    (span.start, span.len())
}

/// The texts of a manifest that are rendered: expressions, and whatever has marks in it.
pub(super) fn texts(manifest: &str) -> Vec<Text> {
    let mut texts = Vec::new();
    let table: Table = toml::from_str(manifest).unwrap_or_default();
    for (key, value) in &table {
        match value {
            Value::Array(variables) if key == "variables" => {
                for variable in variables {
                    let name = variable.get("name").and_then(Value::as_str);
                    collect(key, variable, name, &mut texts);
                }
            }
            value => collect(key, value, None, &mut texts),
        }
    }
    texts
}

fn collect(key: &str, value: &Value, variable: Option<&str>, texts: &mut Vec<Text>) {
    match value {
        Value::String(text) => {
            let text = if EXPRESSIONS.contains(&key) {
                format!("{{% if {text} %}}{{% endif %}}")
            } else {
                text.clone()
            };
            if text.contains("{{") || text.contains("{%") {
                let variable = variable.map(str::to_owned);
                texts.push(Text { text, variable });
            }
        }
        Value::Array(values) => {
            for value in values {
                collect(key, value, variable, texts);
            }
        }
        Value::Table(table) => {
            for (key, value) in table {
                collect(key, value, variable, texts);
            }
        }
        _ => {}
    }
}

/// Where a word stands in a text that is no template, for the first time and by itself.
pub(super) fn word(text: &str, word: &str) -> Option<usize> {
    let is_part = |it: char| it.is_alphanumeric() || it == '_';
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        let before = text.get(..*at).and_then(|it| it.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|it| it.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "copy = ['a/*', 'b']\nmessage = 'hello {{ x }}'\n\
        [[variables]]\nname = 'port'\nwhen = 'y'\nchecks = [{ expression = 'port > z', message = 'm' }]\n\
        [[files]]\npath = ['c', 'd/']\nrename = '{{ r }}'\n";

    #[test]
    fn places_are_found() {
        let places = Places::read(MANIFEST);
        let (offset, width) = places.variable("port").unwrap();
        assert_eq!(&MANIFEST[offset..offset + width], "'port'");
        assert_eq!(places.variable("other"), None);
        let patterns = places.patterns();
        let shown: Vec<_> = patterns
            .iter()
            .map(|it| (it.key, it.glob.as_str()))
            .collect();
        assert_eq!(
            shown,
            [
                ("copy", "a/*"),
                ("copy", "b"),
                ("path", "c"),
                ("path", "d/")
            ]
        );
        let (offset, _) = patterns[1].span;
        assert!(MANIFEST[offset..].starts_with("'b'"));
    }

    #[test]
    fn texts_are_those_that_are_rendered() {
        let texts = texts(MANIFEST);
        let shown: Vec<_> = texts
            .iter()
            .map(|it| (it.text.as_str(), it.variable.as_deref()))
            .collect();
        assert_eq!(shown.len(), 4);
        assert!(shown.contains(&("hello {{ x }}", None)));
        assert!(shown.contains(&("{{ r }}", None)));
        assert!(shown.contains(&("{% if y %}{% endif %}", Some("port"))));
        assert!(shown.contains(&("{% if port > z %}{% endif %}", Some("port"))));
    }

    #[test]
    fn a_word_is_found_by_itself() {
        assert_eq!(word("xa a_x a.b", "a"), Some(7));
        assert_eq!(word("é_a", "a"), None);
    }
}
