//! `cookiecutter.json` at the root of a template: its variables with their defaults, and what it
//! says of itself under names that begin with an underscore.

use std::{
    collections::HashMap,
    ops::Range,
    path::{Path, PathBuf},
};

use serde_json::value::RawValue;

use crate::template::{
    error::Error,
    report::Report,
    source::{Entry, Kind, Source},
    value::{Dict, Value},
    variables,
};

/// What the file is called.
pub(in crate::template) const FILE_NAME: &str = "cookiecutter.json";

/// What is wrong with a template that was made for cookiecutter.
#[derive(Debug, thiserror::Error)]
#[error("{report}")]
pub struct CookiecutterError {
    /// Where in its `cookiecutter.json`, and what is wrong.
    report: Report,
    /// What the user can do next.
    pub(in crate::template) hint: String,
}

impl CookiecutterError {
    /// Where in its `cookiecutter.json`, and what is wrong.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }
}

/// The contents of the file.
#[derive(Debug)]
pub(super) struct Config {
    /// Where it is, for messages.
    pub(super) path: PathBuf,
    /// Its text.
    text: String,
    /// Everything in it, in order.
    pub(super) all: Dict,
}

impl Config {
    /// Takes the file out of a template that has it.
    pub(super) fn take(source: &mut Source) -> Result<Self, Error> {
        let path = source.locate(Path::new(FILE_NAME));
        let is_config = |entry: &Entry| entry.path == Path::new(FILE_NAME);
        let entry = source.entries.iter().position(is_config);
        let entry = entry.map(|index| source.entries.swap_remove(index).kind);
        match entry {
            Some(Kind::File { contents, .. }) => Self::parse(path, &contents),
            _ => Err(Error::ManifestDirectory { path }),
        }
    }

    /// Reads the file of a template that has it.
    pub(super) fn look(source: &Source) -> Result<Self, Error> {
        let path = source.locate(Path::new(FILE_NAME));
        let mut entries = source.entries.iter();
        match entries.find(|entry| entry.path == Path::new(FILE_NAME)) {
            Some(Entry {
                kind: Kind::File { contents, .. },
                ..
            }) => Self::parse(path, contents),
            _ => Err(Error::ManifestDirectory { path }),
        }
    }

    fn parse(path: PathBuf, contents: &[u8]) -> Result<Self, Error> {
        let text = std::str::from_utf8(contents).map_err(|error| Error::ManifestNotText {
            path: path.clone(),
            offset: error.valid_up_to(),
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let all =
            variables::parse_any_json(text).map_err(|(line, column, message)| Error::Manifest {
                report: Report::at(&path, text, (line, column), 1, &message),
            })?;
        let text = text.to_owned();
        Ok(Self { path, text, all })
    }

    /// One of its values.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.all.get(name)
    }

    /// The texts of a list.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        let items = self.get(name).and_then(Value::iterate);
        let items = items.unwrap_or_default();
        items.iter().map(Value::to_text).collect()
    }

    /// A text, unless it is empty or there is none.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let text = self.get(name).map(Value::to_text);
        text.filter(|it| !it.is_empty())
    }

    /// An error about the value that has this name in the file, or about the file.
    pub(super) fn error(&self, name: &str, message: &str, hint: &str) -> Error {
        let error = CookiecutterError {
            report: self.report(name, None, message),
            hint: hint.to_owned(),
        };
        error.into()
    }

    /// The complaint about a part of a text that is the value of this name, or is in it; about all
    /// of the value where the file has the text in other words.
    pub(super) fn report(
        &self,
        name: &str,
        part: Option<(&str, Range<usize>)>,
        message: &str,
    ) -> Report {
        let Some(value) = self.place(name) else {
            return Report::of_file(&self.path, message);
        };
        let raw = self.text.get(value.clone()).unwrap_or_default();
        let range = part.and_then(|(text, part)| {
            let start = value.start + raw.find(text)?;
            Some(start + part.start..start + part.end)
        });
        Report::new(&self.path, &self.text, range.unwrap_or(value), message)
    }

    /// Where the value of a name stands in the file, in octets.
    fn place(&self, name: &str) -> Option<Range<usize>> {
        let values: HashMap<String, &RawValue> = serde_json::from_str(&self.text).ok()?;
        let value = values.get(name)?.get();
        let start = value.as_ptr().addr() - self.text.as_ptr().addr();
        Some(start..start + value.len())
    }

    /// Fails where it is about several templates, of which the user has to choose one.
    pub(super) fn check_is_one(&self, template: &str) -> Result<(), Error> {
        let mut choices = Vec::new();
        let mut name = "templates";
        if let Some(Value::Dict(templates)) = self.get("templates") {
            for (name, about) in templates.iter() {
                let Value::Dict(about) = about else { continue };
                let text = |key: &str| about.get(key).map(Value::to_text);
                let path = text("path").unwrap_or_else(|| name.to_string());
                choices.push((path, text("title").unwrap_or_else(|| name.to_string())));
            }
        } else if self.get("template").is_some() {
            // An older form: `Title (path)`.
            name = "template";
            for text in self.texts("template") {
                let path = text.rsplit_once('(').and_then(|(title, path)| {
                    Some((path.strip_suffix(')')?.to_owned(), title.trim().to_owned()))
                });
                choices.extend(path);
            }
        }
        if choices.is_empty() {
            return Ok(());
        }
        let listed: Vec<_> = choices
            .iter()
            .map(|(path, title)| {
                format!(
                    "`--subdirectory {}` ({title})",
                    path.trim_start_matches("./")
                )
            })
            .collect();
        Err(self.error(
            name,
            &format!("`{template}` holds several templates"),
            &format!("choose one: {}", listed.join(", ")),
        ))
    }
}
