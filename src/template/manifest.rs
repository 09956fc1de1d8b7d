//! `scaffold.toml` at the root of a template: what makes it a native one, and says how its files
//! are to be treated. It is not part of the project.

mod outline;

use std::path::{Path, PathBuf};

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use super::{
    declarations::{self, Answers, Declaration, Raw},
    error::Error,
    files::{Rule, Treatments},
    glob,
    native::Engine,
    report::Report,
    source::{Entry, Kind, Source},
};

pub(super) use outline::pattern_means;

/// Where a native template keeps its manifest.
pub(super) const FILE_NAME: &str = "scaffold.toml";

/// The manifest of a native template.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Manifest {
    /// Where it stands, and what is in it, for messages.
    #[serde(skip)]
    place: Place,
    /// What the template is called in messages.
    pub(super) name: Option<String>,
    /// What it is for, in one line; for people.
    pub(super) description: Option<String>,
    /// Which files are copied as they are: names or globs.
    copy: Vec<String>,
    /// Which files everybody may execute: names or globs.
    executable: Vec<String>,
    /// Which names a project must not have, because the project has or installs a module of that
    /// name.
    reserved: Vec<String>,
    /// What the user reads after the project is made. It is rendered as the files are.
    pub(super) message: Option<String>,
    /// Which variables of the environment its texts may read.
    pub(super) environment: Vec<String>,
    /// The directory of its tests, which are no part of the project.
    pub(super) tests: Option<String>,
    /// The variables that it declares, as they stand there.
    variables: Vec<Raw>,
    /// The same, checked.
    #[serde(skip)]
    declarations: Vec<Declaration>,
    /// What is done with single files.
    files: Vec<Rule>,
}

/// A manifest's file.
#[derive(Debug, Default)]
struct Place {
    path: PathBuf,
    text: String,
}

impl Place {
    /// The error about what begins at an octet.
    fn error(&self, offset: usize, width: usize, message: &str) -> Error {
        let Self { path, text } = self;
        let rest = text.get(offset..).unwrap_or_default();
        let line = rest.lines().next().unwrap_or_default();
        let width = width.clamp(1, line.len().max(1));
        Error::Manifest {
            report: Report::at(path, text, offset, width, message).to_string(),
        }
    }
}

impl Manifest {
    /// Whether a file, called so in the template, is copied and not rendered.
    pub(super) fn copies(&self, path: &Path) -> bool {
        self.copy.iter().any(|pattern| glob::matches(pattern, path))
    }

    /// Whether a file, called so in the template, is to be executable.
    pub(super) fn makes_executable(&self, path: &Path) -> bool {
        self.executable
            .iter()
            .any(|pattern| glob::matches(pattern, path))
    }

    /// Gives the engine the values of the variables that the template declares.
    pub(super) fn resolve(&self, answers: &Answers<'_>, engine: &mut Engine) -> Result<(), Error> {
        declarations::resolve(&self.declarations, answers, engine).map_err(|fault| match fault {
            declarations::Unresolved::Answer { message, hint } => Error::Answer { message, hint },
            declarations::Unresolved::Manifest { offset, message } => {
                self.place.error(offset, 1, &message)
            }
        })
    }

    /// What is done with single files, now that the variables have values.
    pub(super) fn treatments(&self, engine: &Engine) -> Result<Treatments, Error> {
        Treatments::new(&self.files, engine)
            .map_err(|fault| self.place.error(fault.offset, 1, &fault.message))
    }

    /// Whether a project must not have the name. Some file systems do not tell small letters from
    /// capitals, and package indexes do not either; Python looks a name up in one form.
    pub(super) fn reserves(&self, name: &str) -> bool {
        let name: String = name.nfkc().collect();
        self.reserved
            .iter()
            .any(|it| it.eq_ignore_ascii_case(&name))
    }
}

/// Takes the manifest out of the entries, if the template has one. `taken` says which names its
/// variables must not have, and why.
pub(super) fn take(
    source: &mut Source,
    taken: impl Fn(&str) -> Option<String>,
) -> Result<Option<Manifest>, Error> {
    let is_manifest = |entry: &Entry| entry.path == Path::new(FILE_NAME);
    let Some(index) = source.entries.iter().position(is_manifest) else {
        return Ok(None);
    };
    let path = source.locate(Path::new(FILE_NAME));
    match source.entries.swap_remove(index).kind {
        Kind::Directory => Err(Error::ManifestDirectory { path }),
        Kind::File { contents, .. } => parse(path, &contents, taken).map(Some),
    }
}

fn parse(
    path: PathBuf,
    contents: &[u8],
    taken: impl Fn(&str) -> Option<String>,
) -> Result<Manifest, Error> {
    let text = match std::str::from_utf8(contents) {
        Ok(text) => text.to_owned(),
        Err(error) => {
            let offset = error.valid_up_to();
            return Err(Error::ManifestNotText { path, offset });
        }
    };
    let place = Place { path, text };
    let mut manifest: Manifest = toml::from_str(&place.text).map_err(|error| {
        let span = error.span().unwrap_or_default();
        place.error(span.start, span.len(), error.message())
    })?;
    let raw = std::mem::take(&mut manifest.variables);
    manifest.declarations = declarations::declarations(raw, taken)
        .map_err(|fault| place.error(fault.offset, fault.width, &fault.message))?;
    manifest.place = place;
    Ok(manifest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Manifest, String> {
        let path = "t/scaffold.toml".into();
        parse(path, text.as_bytes(), |_| None).map_err(|error| error.to_string())
    }

    #[test]
    fn an_empty_manifest_is_a_manifest() {
        assert!(parsed("").is_ok());
    }

    #[test]
    fn all_keys_are_read() {
        let manifest = parsed(
            "name = 'n'\ndescription = 'd'\nmessage = 'm'\n\
             copy = ['*.html']\nexecutable = ['manage.py']\nreserved = ['django']",
        )
        .unwrap();
        assert_eq!(manifest.name.as_deref(), Some("n"));
        assert_eq!(manifest.message.as_deref(), Some("m"));
        assert!(manifest.copies(Path::new("a/b.html")));
        assert!(!manifest.copies(Path::new("manage.py")));
        assert!(manifest.makes_executable(Path::new("manage.py")));
        assert!(manifest.reserves("django") && manifest.reserves("Django"));
        assert!(!manifest.reserves("django_site"));
    }

    #[test]
    fn an_unknown_key_is_an_error_with_its_place() {
        let error = parsed("name = 'n'\n\nexecutables = []\n").unwrap_err();
        assert!(
            error.starts_with("t/scaffold.toml:3:1: unknown field `executables`"),
            "{error}"
        );
        assert!(
            error.contains("\n3 | executables = []\n  | ^^^^^^^^^^^"),
            "{error}"
        );
    }

    #[test]
    fn a_value_of_the_wrong_type_is_an_error_with_its_place() {
        let error = parsed("message = 'm'\ncopy = 'x'").unwrap_err();
        assert!(error.starts_with("t/scaffold.toml:2:8: "), "{error}");
    }

    #[test]
    fn what_is_not_toml_is_an_error_with_its_place() {
        let error = parsed("name =\n").unwrap_err();
        assert!(error.starts_with("t/scaffold.toml:1:"), "{error}");
    }

    #[test]
    fn what_is_not_utf8_is_an_error_with_its_place() {
        let error = parse("t/scaffold.toml".into(), b"ab\xff", |_| None).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`t/scaffold.toml` is not UTF-8 (octet 2)"
        );
    }
}
