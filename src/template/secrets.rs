//! What nobody else may know: the values of variables that are secret, and what the template has
//! made at random to be one. Where it may stand in a text, it is masked or found here.

use std::collections::BTreeSet;

use super::value::{Dict, Value};

/// What stands for a secret, whatever its length.
pub(super) const MASK: &str = "********";

/// A secret that is shorter than this may well stand somewhere by chance; it is not looked for.
const SHORTEST: usize = 4;

/// The secrets of one project.
#[derive(Clone, Debug, Default)]
pub(super) struct Secrets {
    /// The values of variables, by their names.
    values: Dict,
    /// The texts of these values, however short they are.
    masked: BTreeSet<String>,
    /// The lines of all secrets, each of which is looked for by itself.
    lines: BTreeSet<String>,
}

impl Secrets {
    /// Adds the value of a variable, and what the texts of the template make of it.
    pub(super) fn add_value(&mut self, name: &str, value: &Value, rendered: String) {
        self.values.insert(name.into(), value.clone());
        let mut texts = texts(value);
        for text in &texts {
            self.add_text(text);
        }
        texts.push(rendered);
        self.masked
            .extend(texts.into_iter().filter(|it| !it.is_empty()));
    }

    /// Adds what the template has made: it is for the project's files, and is not masked in what
    /// the template tells the user.
    pub(super) fn add_text(&mut self, text: &str) {
        let lines = text.lines().filter(|line| line.len() >= SHORTEST);
        self.lines.extend(lines.map(str::to_owned));
    }

    /// The values of variables: another rendering needs them too, and they are nowhere else.
    pub(super) fn values(&self) -> &Dict {
        &self.values
    }

    /// The lines that are looked for in files.
    pub(super) fn lines(&self) -> &BTreeSet<String> {
        &self.lines
    }

    /// Whether a secret stands in a value.
    pub(super) fn are_in(&self, value: &Value) -> bool {
        let is_in = |text: &String| self.lines.iter().any(|it| text.contains(it));
        texts(value).iter().any(is_in)
    }

    /// The text with the value of every secret variable in it masked.
    pub(super) fn masked(&self, text: &str) -> String {
        let mut secrets: Vec<_> = self.masked.iter().collect();
        // One may be a part of another.
        secrets.sort_by_key(|it| std::cmp::Reverse(it.len()));
        let secrets = secrets.into_iter();
        secrets.fold(text.to_owned(), |text, secret| text.replace(secret, MASK))
    }
}

/// The texts that a value is made of.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::List(items) => items.iter().flat_map(texts).collect(),
        other => vec![other.to_text()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(values: &[Value]) -> Secrets {
        let mut secrets = Secrets::default();
        for value in values {
            secrets.add_value("key", value, value.to_text());
        }
        secrets
    }

    #[test]
    fn no_secret_is_left() {
        let list = Value::List(["eins", "", "zwei"].map(Value::text).into());
        let secrets = secrets(&[Value::text("geheim"), Value::text("geheimer"), list]);
        assert_eq!(
            secrets.masked("--key=geheimer, geheim, zwei"),
            "--key=********, ********, ********"
        );
        assert_eq!(secrets.masked("nothing"), "nothing");
    }

    #[test]
    fn secrets_are_known_again_and_short_ones_are_not_looked_for() {
        let mut secrets = secrets(&[Value::text("a\nhunter2\n")]);
        assert!(secrets.are_in(&Value::text("x = 'hunter2'")));
        assert!(!secrets.are_in(&Value::text("x = 'a'")));
        secrets.add_text("made");
        assert!(secrets.are_in(&Value::List([Value::text("made")].into())));
        assert_eq!(secrets.masked("made"), "made");
    }
}
