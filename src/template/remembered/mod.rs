//! `.scaffold.toml` in a project: the template that it was made from, which version, and what the
//! user answered. It is what `scaffold update` starts from, and holds no secrets.

mod formatted;
mod print;

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use jiff::civil::Date;
use rustix::fs::{Mode, OFlags};
use serde::{Deserialize, Serialize};

use super::{
    Request, Wanted,
    declarations::value_of,
    error::Error,
    incidentals::Incidentals,
    mode::is_executable,
    path,
    plan::Plan,
    report::Report,
    source::{Kind, Origin},
    subject::Subject,
    update::UpdateError,
    value::{Dict, Value},
};

pub use formatted::note_formatter;
pub(super) use print::{Print, base16};

/// The file, at the root of the project.
pub(super) const FILE_NAME: &str = ".scaffold.toml";

/// Its permission bits, before the umask.
pub(super) const MODE: u32 = 0o644;

/// What it begins with.
const COMMENT: &str = "\
# What this was made from. `scaffold update` reads this file to bring later changes of the template
# in, and writes it anew. Keep it under version control, and do not edit it by hand.

";

/// How large the file may be: a template of as many files as may be has one of some ten megabytes.
const MOST_OCTETS: u64 = 32 << 20;

/// What a project remembers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Remembered {
    /// The template, and which version of it.
    pub template: Version,
    /// What was made from it.
    pub project: Made,
    /// What the user answered.
    #[serde(default, skip_serializing_if = "toml::Table::is_empty")]
    answers: toml::Table,
    /// What the template's files were when they were made, where that version of the template
    /// cannot be had again.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    files: BTreeMap<String, Print>,
    /// What does not count for the hashes.
    #[serde(skip)]
    private: Vec<String>,
}

/// A version of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// The template, as `--template` takes it; without credentials.
    pub source: String,
    /// The branch, tag or commit that the user wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The directory in it that is the template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subdirectory: Option<PathBuf>,
    /// Names of directories that were left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclude: Option<Vec<String>>,
    /// Its optional parts that were chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
    /// Hashes of the templates that it builds on, the next one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bases: Vec<String>,
    /// The commit, where the template, and all of it, is in a repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// A hash of all that the template consists of, in hexadecimal.
    pub sha256: String,
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// A project or an application.
    pub kind: Subject,
    /// Its name.
    pub name: String,
    /// The day, which texts of the template may have in them.
    #[serde(with = "day")]
    pub made: Date,
    /// Whether its requirements were to be installed, which texts of the template may look at.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub install: bool,
    /// What its Python files were formatted with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formatter: Option<String>,
    /// The version of this program that wrote the file.
    pub scaffold: String,
}

impl Remembered {
    /// What is to be remembered of a project that is being made.
    /// `private` are texts of its files that do not count for their hashes.
    pub(super) fn new(
        template: Version,
        project: Made,
        answers: &Dict,
        private: Vec<String>,
    ) -> Self {
        let answers = answers
            .iter()
            .filter_map(|(name, value)| Some((name.to_string(), toml_value(value)?)))
            .collect();
        Self {
            template,
            project,
            answers,
            files: BTreeMap::new(),
            private,
        }
    }

    /// Adds what the files are, unless they can be had again.
    pub(super) fn add_files(&mut self, plan: &Plan) {
        for (path, node) in plan.nodes() {
            if let Kind::File { contents, mode } = &node.kind {
                self.add_file(path, contents, *mode);
            }
        }
    }

    /// Adds what a file is now, after it was formatted.
    pub(super) fn add_file(&mut self, path: &Path, contents: &[u8], mode: u32) {
        if let (None, Some(path)) = (&self.template.commit, path.to_str()) {
            let print = Print::of(contents, is_executable(mode), &self.private);
            self.files.insert(path.to_owned(), print);
        }
    }

    /// What a file of the template was, where that is kept.
    pub(super) fn print(&self, path: &Path) -> Option<&Print> {
        self.files.get(path.to_str()?)
    }

    /// All files of the template that were made, where the old version cannot be had again. What
    /// the project remembers may be a stranger's: only paths that a template may have are taken.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        let paths = self.files.keys().map(Path::new);
        paths.filter(|path| path::check(path).is_ok())
    }

    /// What the user answered.
    pub(super) fn answers(&self) -> Dict {
        let answers = self.answers.iter();
        answers
            .filter_map(|(name, value)| Some((name.as_str().into(), value_of(value)?)))
            .collect()
    }

    /// The text of the file.
    pub(super) fn text(&self) -> String {
        // All keys are texts, so that it can be written.
        let text = toml::to_string(self).unwrap_or_default();
        format!("{COMMENT}{text}")
    }

    /// Reads the file of a project.
    pub fn read(project: &Path) -> Result<Self, Error> {
        let path = project.join(FILE_NAME);
        let text = read(&path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => Error::Update(UpdateError::NothingRemembered {
                project: project.to_path_buf(),
            }),
            _ => Error::Read {
                path: path.clone(),
                source,
            },
        })?;
        toml::from_str(&text).map_err(|error| {
            let span = error.span().unwrap_or_default();
            let report = Report::new(&path, &text, span, error.message());
            Error::Update(UpdateError::Memory { report })
        })
    }
}

/// A day as a text: ISO 8601.
mod day {
    use jiff::civil::Date;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "so serde calls it")]
    pub(super) fn serialize<S: Serializer>(day: &Date, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(day)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Date, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// Which version of a template was read. `bases` are hashes of those that it builds on.
pub(super) fn version(
    request: &Request<'_>,
    origin: Origin,
    sha256: String,
    bases: Vec<String>,
) -> Version {
    let Wanted {
        reference,
        subdirectory,
        ..
    } = request.wanted;
    let exclude = request.selection.exclude.as_ref();
    let exclude = exclude.map(|names| {
        let names = names.iter().map(|name| name.to_string_lossy().into_owned());
        names.collect()
    });
    Version {
        source: origin.template,
        reference: reference.map(str::to_owned),
        subdirectory: subdirectory.map(Path::to_path_buf),
        exclude,
        parts: request.parts.to_vec(),
        // The commit is not the one of what it builds on.
        commit: origin.commit.filter(|_| bases.is_empty()),
        bases,
        sha256,
    }
}

/// What is made.
pub(super) fn made(request: &Request<'_>, incidentals: &Incidentals) -> Made {
    Made {
        kind: request.subject,
        name: request.name.to_owned(),
        made: incidentals.now().date(),
        install: request.install,
        formatter: None,
        scaffold: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// Reads a file that is none elsewhere, and no pipe.
fn read(path: &Path) -> io::Result<String> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    let mut text = String::new();
    file.take(MOST_OCTETS).read_to_string(&mut text)?;
    Ok(text)
}

/// An answer as TOML has it.
fn toml_value(value: &Value) -> Option<toml::Value> {
    Some(match value {
        Value::Bool(value) => (*value).into(),
        Value::Int(number) => i64::try_from(*number).ok()?.into(),
        Value::Float(number) => (*number).into(),
        Value::Str(text) => text.text.to_string().into(),
        Value::List(items) => {
            let items = items.iter().map(toml_value);
            toml::Value::Array(items.collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remembered() -> Remembered {
        let answers: Dict = [
            ("a".into(), Value::text("x\n\"y\"")),
            ("b".into(), Value::List([Value::text("z")].into())),
            ("c".into(), Value::Float(2.5)),
            ("d".into(), Value::Int(-1)),
            ("e".into(), Value::Bool(true)),
        ]
        .into();
        let mut remembered = Remembered::new(
            Version {
                source: "gh:owner/repo".to_owned(),
                reference: Some("v1".to_owned()),
                subdirectory: Some("a/b".into()),
                exclude: None,
                parts: vec!["ci".to_owned()],
                bases: vec!["cd".to_owned()],
                commit: Some("0123".to_owned()),
                sha256: "ab".to_owned(),
            },
            Made {
                kind: Subject::Project,
                name: "mysite".to_owned(),
                made: Date::constant(2026, 11, 26),
                install: false,
                formatter: None,
                scaffold: "0.1.0".to_owned(),
            },
            &answers,
            Vec::new(),
        );
        let print = Print::of(b"x", true, &[]);
        remembered.files.insert("a/b.py".to_owned(), print);
        remembered
    }

    #[test]
    fn what_is_written_is_read_again() {
        let directory = tempfile::tempdir().unwrap();
        let remembered = remembered();
        std::fs::write(directory.path().join(FILE_NAME), remembered.text()).unwrap();
        let read = Remembered::read(directory.path()).unwrap();
        assert_eq!(read, remembered);
        let answers: Vec<_> = read.answers().values().map(Value::repr).collect();
        assert_eq!(answers, ["'x\\n\"y\"'", "['z']", "2.5", "-1", "True"]);
        assert!(read.print(Path::new("a/b.py")).is_some());
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_place() {
        let directory = tempfile::tempdir().unwrap();
        let error = || Remembered::read(directory.path()).unwrap_err().to_string();
        assert!(error().contains("remembers no template"), "{}", error());
        std::fs::write(directory.path().join(FILE_NAME), "a = \n").unwrap();
        assert!(error().contains(".scaffold.toml:1:"), "{}", error());
        std::fs::remove_file(directory.path().join(FILE_NAME)).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", directory.path().join(FILE_NAME)).unwrap();
        assert!(error().starts_with("cannot read"), "{}", error());
    }
}
