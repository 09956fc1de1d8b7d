//! Settings of a project that are nobody's business: a template has variables in their places.

use std::{collections::BTreeMap, path::PathBuf};

use regex::Regex;

use super::walk::File;
use crate::template::{
    subject::Subject,
    value::{Dict, Value},
};

/// How the names of settings end that hold secrets.
const SETTINGS: [&str; 8] = [
    "SECRET",
    "SECRET_KEY",
    "PASSWORD",
    "PASSWD",
    "TOKEN",
    "API_KEY",
    "ACCESS_KEY",
    "PRIVATE_KEY",
];

/// A setting with a text: an assignment, or an item of a dictionary.
const SETTING: &str = r#"(?m)(?:^[ \t]*([A-Z][A-Z0-9_]*)[ \t]*(?::[ \t]*\w+[ \t]*)?=|["']([A-Z][A-Z0-9_]*)["'][ \t]*:)[ \t]*(?:"([^"'\\\s]{6,})"|'([^"'\\\s]{6,})')"#;

/// A setting without marks around its text, as in YAML, `.env.example` and the like.
const BARE: &str = r#"(?m)^[ \t-]*(?:(?:ENV|export)[ \t]+)?([A-Z][A-Z0-9_]*)[ \t]*[:=][ \t]*["']?([^"'\s$<{]{6,})["']?[ \t]*$"#;

/// The endings of files with such settings.
const BARE_FILES: [&str; 8] = [
    "yml",
    "yaml",
    "ini",
    "cfg",
    "toml",
    "example",
    "sample",
    "Dockerfile",
];

/// A key that Django has made, wherever it stands.
const DJANGO: &str = r#"django-insecure-[^"'\\\s]{8,}"#;

/// What begins so is where a secret comes from, and no secret.
const NO_SECRETS: [&str; 5] = ["http://", "https://", "{", "$", "%"];

/// What a project calls its key.
const SECRET_KEY: &str = "SECRET_KEY";

/// A secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Secret {
    pub(super) value: String,
    /// The setting that it was found in.
    pub(super) setting: String,
    /// The variable in its place.
    pub(super) variable: String,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    all: Vec<Secret>,
    /// Which of them every template has a variable for.
    known: Option<&'static str>,
}

impl Secrets {
    /// Looks for secrets in the Python files of a project.
    pub(super) fn find(subject: Subject, files: &BTreeMap<PathBuf, File>) -> Self {
        let mut secrets = Self {
            all: Vec::new(),
            known: (subject == Subject::Project).then_some("secret_key"),
        };
        for (path, file) in files {
            let ending = path
                .extension()
                .or(path.file_name())
                .and_then(|it| it.to_str());
            match (ending, std::str::from_utf8(&file.contents)) {
                (Some("py"), Ok(text)) => secrets.look_into(text),
                (Some(ending), Ok(text)) if BARE_FILES.contains(&ending) => {
                    secrets.look_into_bare(text);
                }
                _ => {}
            }
        }
        secrets
    }

    fn look_into_bare(&mut self, text: &str) {
        let Ok(regex) = Regex::new(BARE) else {
            return;
        };
        for found in regex.captures_iter(text) {
            let part = |number| found.get(number).map_or("", |it| it.as_str());
            self.add(part(1), part(2));
        }
    }

    fn look_into(&mut self, text: &str) {
        if let Ok(regex) = Regex::new(DJANGO) {
            for found in regex.find_iter(text) {
                self.add(SECRET_KEY, found.as_str());
            }
        }
        if let Ok(regex) = Regex::new(SETTING) {
            for found in regex.captures_iter(text) {
                let setting = found.get(1).or(found.get(2)).map_or("", |it| it.as_str());
                let value = found.get(3).or(found.get(4)).map_or("", |it| it.as_str());
                self.add(setting, value);
            }
        }
    }

    fn add(&mut self, setting: &str, value: &str) {
        let is_secret = SETTINGS.iter().any(|it| {
            setting
                .strip_suffix(it)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('_'))
        });
        // A word, such as `postgres`, is a stand-in, and stands for something else in other places.
        let is_other = NO_SECRETS.iter().any(|it| value.starts_with(it))
            || value.chars().all(char::is_alphabetic);
        if !is_secret || is_other || self.all.iter().any(|it| it.value == value) {
            return;
        }
        let base = setting.to_lowercase();
        let is_free = |name: &String| self.all.iter().all(|it| it.variable != *name);
        let numbered = (2..).map(|number| format!("{base}_{number}"));
        let variable = std::iter::once(base.clone()).chain(numbered).find(is_free);
        self.all.push(Secret {
            value: value.to_owned(),
            setting: setting.to_owned(),
            variable: variable.unwrap_or(base),
        });
    }

    pub(super) fn all(&self) -> &[Secret] {
        &self.all
    }

    /// Those that the template has to declare a variable for.
    pub(super) fn declared(&self) -> impl Iterator<Item = &Secret> {
        let known = self.known;
        self.all
            .iter()
            .filter(move |it| Some(it.variable.as_str()) != known)
    }

    /// The answers that give the project back.
    pub(super) fn answers(&self) -> Dict {
        let answers = self.all.iter();
        answers
            .map(|it| (it.variable.as_str().into(), Value::text(it.value.as_str())))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_look_like_secrets_are_found() {
        let mut secrets = Secrets::default();
        secrets.look_into(
            "SECRET_KEY = 'abcdefg8'\n  EMAIL_HOST_PASSWORD: str = \"hunter22\"\n\
             DATABASES = {'PASSWORD': 'letmein!', 'USER': 'postgres'}\nADMIN_PASSWORD = 'postgres'\nKEY = environ.get('K', 'django-insecure-12345678')\n\
             PASSWORD = 'letmein!'\n\
             PASSWORD_RESET_TIMEOUT = '1234567'\nTOKEN = 'https://example.org/'\nAPI_KEY = ''\n",
        );
        secrets.look_into_bare(
            "  - POSTGRES_PASSWORD=s3cret\n  API_KEY: \"${KEY}\"\n  ACCESS_KEY: a1b2c3d4\n",
        );
        let found: Vec<_> = secrets
            .all()
            .iter()
            .map(|it| (it.variable.as_str(), it.value.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                ("secret_key", "django-insecure-12345678"),
                ("secret_key_2", "abcdefg8"),
                ("email_host_password", "hunter22"),
                ("password", "letmein!"),
                ("postgres_password", "s3cret"),
                ("access_key", "a1b2c3d4"),
            ]
        );
    }
}
