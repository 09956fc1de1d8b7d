//! One rendering of a template into nowhere, with all that is wrong in it: what is wrong with one
//! file does not hide what is wrong with the next.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use super::{
    super::{Finding, Place},
    Combination,
};
use crate::template::{
    Past, Request, cookiecutter,
    error::Error,
    manifest::Manifest,
    opened::renderer,
    plan::Plan,
    shown,
    source::{Origin, Source},
    value::Dict,
};

/// How many octets all renderings together may read: as much as a machine does within seconds.
const MOST_OCTETS: usize = 1 << 30;

/// How many files with faults one rendering goes on after.
const MOST_FAULTS: usize = 50;

/// How often a template of this size is rendered at most; once in any case.
pub(super) fn affordable(octets: usize) -> usize {
    MOST_OCTETS / octets.max(1)
}

/// A rendering.
pub(super) struct Rendering<'a> {
    pub(super) request: &'a Request<'a>,
    pub(super) source: &'a Source,
    pub(super) manifest: Option<&'a Manifest>,
}

/// What came of it.
#[derive(Default)]
pub(super) struct Rendered {
    pub(super) findings: Vec<Finding>,
    /// The template does not take these answers.
    pub(super) refused: Option<Error>,
    /// What would be made.
    pub(super) paths: Vec<PathBuf>,
    /// Nothing kept it from going through all files.
    pub(super) is_whole: bool,
}

/// The request with these answers and no others: what the user has in the environment or in a
/// configuration is not the template's.
pub(super) fn with<'a>(request: &Request<'a>, answers: &'a Dict, install: bool) -> Request<'a> {
    let plain = Request::new(
        request.subject,
        request.name,
        request.target,
        request.current_directory,
    );
    Request {
        variables: answers,
        environment: plain.environment,
        answers: plain.answers,
        install,
        ..*request
    }
}

impl Rendering<'_> {
    /// Renders with these answers. The error says that the user wants the end.
    pub(super) fn run(&self, combination: &Combination) -> Result<Rendered, Error> {
        let mut rendered = Rendered::default();
        let request = with(self.request, &combination.answers, combination.install);
        let language = match renderer(&request, self.manifest, &Past::default()) {
            Ok(language) => language,
            Err(error @ Error::Answer { .. }) => {
                rendered.refused = Some(error);
                return Ok(rendered);
            }
            Err(error) => {
                rendered.findings.push(self.finding(&error));
                return Ok(rendered);
            }
        };
        let mut without = BTreeSet::new();
        while rendered.findings.len() < MOST_FAULTS {
            let mut source = Source {
                root: self.source.root.clone(),
                origin: Origin::default(),
                entries: self
                    .source
                    .entries
                    .iter()
                    .filter(|it| !without.contains(&it.path))
                    .cloned()
                    .collect(),
            };
            let is_cookiecutter = self.manifest.is_none() && cookiecutter::is_one(&source);
            let planned = if is_cookiecutter {
                cookiecutter::plan(&request, &mut source)
            } else {
                Plan::new(&request, &mut source, self.manifest, &language)
            };
            let error = match planned {
                Ok(plan) => {
                    rendered.paths = plan.contents().map(|(path, _)| path.to_owned()).collect();
                    rendered.is_whole = true;
                    break;
                }
                Err(error @ Error::Interrupted { .. }) => return Err(error),
                Err(error @ Error::Answer { .. }) if is_cookiecutter => {
                    rendered.refused = Some(error);
                    break;
                }
                Err(error) => error,
            };
            rendered.findings.push(self.finding(&error));
            // Once more without the file that it is about.
            let mut entries = self.source.entries.iter();
            let about = entries.find(|it| self.is_about(&error, &it.path));
            match about {
                Some(entry) if without.insert(&entry.path) => {}
                _ => break,
            }
        }
        Ok(rendered)
    }

    fn finding(&self, error: &Error) -> Finding {
        let finding = Finding::of(error);
        match error {
            Error::Name { from, .. } | Error::Duplicate { second: from, .. } => Finding {
                place: Place::file(&self.source.locate(from)),
                ..finding
            },
            Error::NotText { path, .. } => Finding {
                place: Place::file(path),
                ..finding
            },
            _ => finding,
        }
    }

    /// Whether it is this entry of the template that an error is about.
    fn is_about(&self, error: &Error, entry: &Path) -> bool {
        match error {
            Error::Name { from, .. } | Error::Duplicate { second: from, .. } => from == entry,
            Error::NotText { path, .. } => *path == self.source.locate(entry),
            Error::Template { report, .. } => {
                let origin = self.manifest.and_then(|it| it.origin(entry));
                let place = origin.map_or_else(|| self.source.locate(entry), Path::to_path_buf);
                report.path() == shown::path(&place).to_string()
            }
            _ => false,
        }
    }
}
