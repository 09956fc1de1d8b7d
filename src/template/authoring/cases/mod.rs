//! The tests of a template: cases, each a file of TOML in a directory that is no part of the
//! project.
//!
//! - `read`: from TOML to cases
//! - `snapshot`: what a case made before, and what differs from it now
//!
//! A case renders the template with its answers, where secrets, numbers and dates are always the
//! same. Its commands are run by whoever runs the tests.

mod read;
mod snapshot;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::{AuthoringError, NOWHERE};
use crate::template::{
    Past, Request, Target,
    error::Error,
    manifest::{self, Manifest},
    opened::Template,
    plan::Plan,
    source::{Entry, Kind, Source},
    value::Dict,
    variables,
};

pub use snapshot::Difference;

/// Where the tests are, where the manifest does not say so.
const DIRECTORY: &str = "tests";

/// What a file of that directory has in it that is a case.
const TABLE: &str = "[case]";

/// The directory beside the cases that holds what they made before.
const SNAPSHOTS: &str = "snapshots";

/// The tests of a template.
#[derive(Debug)]
pub struct Cases {
    /// The template.
    pub template: PathBuf,
    /// The cases, by name.
    pub cases: Vec<Case>,
}

/// One test.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it is called: its file without the ending.
    pub name: String,
    /// Its file.
    pub file: PathBuf,
    /// What it is about.
    pub description: Option<String>,
    /// The name of its project.
    pub project: String,
    /// Its answers.
    pub answers: Dict,
    /// Whether the project is made as with `--install`; nothing is installed.
    pub install: bool,
    /// A part of the message with which making the project has to fail.
    pub fails: Option<String>,
    /// The directory that holds what the case made before; nothing where that is not compared.
    pub snapshot: Option<PathBuf>,
    /// What is run in the project.
    pub steps: Vec<RunStep>,
}

/// A command, and what has to come of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunStep {
    /// The program and its arguments.
    pub command: Vec<String>,
    /// The command as it stands in the case.
    pub shown: String,
    /// The code that it has to exit with.
    pub status: i32,
    /// What has to be in its output, where anything has to.
    pub output: Option<String>,
    /// How long it may take.
    pub timeout: Duration,
}

/// What is wrong with a case.
#[derive(Debug)]
pub enum CaseError {
    /// The project cannot be made.
    NotMade(Error),
    /// It can, and should not.
    Made {
        /// What the message was to have in it.
        expected: String,
    },
    /// It cannot, for another reason than it should.
    OtherFailure {
        /// What the message was to have in it.
        expected: String,
        /// What it is.
        error: Error,
    },
}

impl Cases {
    /// Reads the tests of a template that is a directory.
    pub fn read(request: &Request<'_>) -> Result<Self, Error> {
        let mut source = Source::open(request)?;
        let taken = |name: &str| variables::name_fault(request.subject, name);
        let manifest = manifest::take(&mut source, 0, &taken)?;
        let Some(manifest) = manifest else {
            return Err(AuthoringError::NoManifest {
                template: source.root,
            }
            .into());
        };
        let template = source.root.clone();
        let Some(directory) = directory(&source, &manifest) else {
            return Err(AuthoringError::NoCases { template }.into());
        };
        let mut cases = source
            .entries
            .iter()
            .filter(|it| it.path.parent() == Some(&directory) && is_toml(&it.path))
            .filter_map(|it| match &it.kind {
                Kind::Directory => None,
                Kind::File { contents, .. } => Some((source.locate(&it.path), contents)),
            })
            .map(|(path, contents)| read::case(&path, contents))
            .collect::<Result<Vec<_>, AuthoringError>>()?;
        if cases.is_empty() {
            return Err(AuthoringError::NoCases { template }.into());
        }
        cases.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self { template, cases })
    }

    /// Only the cases that are called so; all of them where no name is given.
    pub fn named(mut self, names: &[String]) -> Result<Self, Error> {
        let missing = |name: &&String| !self.cases.iter().any(|it| it.name == **name);
        if let Some(name) = names.iter().find(missing) {
            return Err(AuthoringError::NoSuchCase {
                template: self.template,
                name: name.clone(),
                names: self.cases.into_iter().map(|it| it.name).collect(),
            }
            .into());
        }
        if !names.is_empty() {
            self.cases.retain(|it| names.contains(&it.name));
        }
        Ok(self)
    }
}

impl Case {
    /// Renders the template for this case. Nothing, where the case is that it cannot be. The outer
    /// error says that the user wants the end.
    pub fn plan(&self, request: &Request<'_>) -> Result<Result<Option<Plan>, CaseError>, Error> {
        let target = Target::New(Path::new(NOWHERE).join(&self.project));
        let unasked = Request::new(request.subject, &self.project, &target, Path::new("/"));
        let request = Request {
            name: &self.project,
            target: &target,
            variables: &self.answers,
            environment: unasked.environment,
            answers: unasked.answers,
            install: self.install,
            repeatable: true,
            ..*request
        };
        // Without what a project remembers of its template: that differs with each of its commits.
        let planned = Template::open(&request).and_then(|it| it.render(&request, &Past::default()));
        Ok(match (planned, self.fails.clone()) {
            (Err(error @ Error::Interrupted { .. }), _) => return Err(error),
            (Ok(plan), None) => Ok(Some(plan)),
            (Ok(_), Some(expected)) => Err(CaseError::Made { expected }),
            (Err(error), None) => Err(CaseError::NotMade(error)),
            (Err(error), Some(expected)) if error.to_string().contains(&expected) => Ok(None),
            (Err(error), Some(expected)) => Err(CaseError::OtherFailure { expected, error }),
        })
    }
}

/// Takes the tests out of a template: they are no part of the project.
pub(in crate::template) fn leave_out(source: &mut Source, manifest: &Manifest) {
    if let Some(directory) = directory(source, manifest) {
        source.entries.retain(|it| !it.path.starts_with(&directory));
    }
}

/// The directory of the tests, in the template. Projects have a directory `tests` too: it holds the
/// template's tests where the manifest says so, or where every file in it, those in directories of
/// it not counted, is a case.
fn directory(source: &Source, manifest: &Manifest) -> Option<PathBuf> {
    if let Some(directory) = &manifest.tests {
        let directory = Path::new(directory.trim_end_matches('/'));
        let directory = directory.strip_prefix(".").unwrap_or(directory);
        return Some(directory.to_owned()).filter(|it| !it.as_os_str().is_empty());
    }
    let is_inside = |entry: &&Entry| {
        matches!(entry.kind, Kind::File { .. }) && entry.path.parent() == Some(DIRECTORY.as_ref())
    };
    let mut files = source.entries.iter().filter(is_inside).peekable();
    let is_theirs = files.peek().is_some() && files.all(is_case);
    is_theirs.then(|| DIRECTORY.into())
}

/// Whether a file is a case, or is meant to be one and wrong.
fn is_case(entry: &Entry) -> bool {
    let Kind::File { contents, .. } = &entry.kind else {
        return false;
    };
    let text = String::from_utf8_lossy(contents);
    is_toml(&entry.path) && text.lines().any(|line| line.trim() == TABLE)
}

fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "toml")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::template::{source::Origin, subject::Subject};

    fn left(tests: &str, files: &[(&str, &str)]) -> Vec<String> {
        let entry = |path: &str, text: &str| Entry {
            path: path.into(),
            kind: Kind::File {
                contents: text.as_bytes().to_vec().into(),
                mode: 0o644,
            },
        };
        let mut source = Source {
            root: "t".into(),
            origin: Origin::default(),
            entries: files.iter().map(|(path, text)| entry(path, text)).collect(),
        };
        source.entries.push(entry("scaffold.toml", tests));
        let taken = |name: &str| variables::name_fault(Subject::Project, name);
        let manifest = manifest::take(&mut source, 0, &taken).unwrap().unwrap();
        leave_out(&mut source, &manifest);
        let paths = source
            .entries
            .iter()
            .map(|it| it.path.display().to_string());
        paths.collect()
    }

    #[rstest]
    #[case("", &[("tests/a.toml", "[case]\n"), ("tests/snapshots/a/x.py", "")], &[])]
    #[case("", &[("tests/a.toml", "[case]\n[case\n")], &[])]
    #[case("", &[("tests/a.toml", "[other]\n")], &["tests/a.toml"])]
    #[case("", &[("tests/a.toml", "[case]\n"), ("tests/x.py", "")], &["tests/a.toml", "tests/x.py"])]
    #[case("", &[("tests/sub/x.py", "")], &["tests/sub/x.py"])]
    #[case("tests = './cases/'", &[("tests/a.toml", "[case]\n"), ("cases/x", "")], &["tests/a.toml"])]
    fn tests_of_the_template_are_no_part_of_the_project(
        #[case] manifest: &str,
        #[case] files: &[(&str, &str)],
        #[case] expected: &[&str],
    ) {
        assert_eq!(left(manifest, files), expected);
    }
}
