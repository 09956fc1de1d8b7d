//! Templates to begin with: a built-in one to change, and a new one with a few files.

use std::path::Path;

use super::AuthoringError;
use crate::template::{
    Past, Request, Target,
    error::Error,
    manifest,
    opened::renderer,
    plan::Plan,
    similar::similar,
    source::{self, Origin, Source},
    subject::ProjectOrApp,
    value::{Dict, Value},
};

/// What the new template is called in its texts.
const NAME: &str = "template_name";

/// A built-in template as it is.
#[derive(Debug)]
pub struct Ejected {
    /// What it is a template of.
    pub subject: ProjectOrApp,
    /// Its files.
    pub plan: Plan,
}

/// The files of a built-in template, with its manifest. Without a subject, a template of projects
/// comes before one of applications.
pub fn eject(subject: Option<ProjectOrApp>, name: &str) -> Result<Ejected, Error> {
    let subjects = subject.map_or_else(
        || vec![ProjectOrApp::Project, ProjectOrApp::App],
        |it| vec![it],
    );
    for subject in &subjects {
        if let Some(entries) = source::builtin_named(*subject, name) {
            return Ok(Ejected {
                subject: *subject,
                plan: Plan::verbatim(*subject, name.to_owned(), entries)?,
            });
        }
    }
    let mut names: Vec<_> = source::builtin_templates()
        .filter(|(subject, ..)| subjects.contains(subject))
        .map(|(_, name, _)| name)
        .collect();
    // There may be one of each subject.
    names.sort_unstable();
    names.dedup();
    let meant = similar(&name.to_lowercase(), names.iter().copied());
    Err(AuthoringError::NotBuiltIn {
        name: name.to_owned(),
        hint: match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("there are {}", names.join(", ")),
        },
    }
    .into())
}

/// The files of a new template of this name, whose projects or applications are small and work.
pub fn new_template(subject: ProjectOrApp, name: &str, target: &Target) -> Result<Plan, Error> {
    let mut source = Source {
        root: "new template".into(),
        entries: source::blank(subject),
        origin: Origin::default(),
    };
    let manifest = manifest::take(&mut source, 0, &|_| None)?;
    let variables: Dict = [(NAME.into(), Value::text(name))].into();
    // The placeholder in its paths is not that of the template that is made, and stays.
    let other = match subject {
        ProjectOrApp::Project => ProjectOrApp::App,
        ProjectOrApp::App => ProjectOrApp::Project,
    };
    let request = Request {
        variables: &variables,
        ..Request::new(other, name, target, Path::new("/"))
    };
    let renderer = renderer(&request, manifest.as_ref(), &Past::default())?;
    Plan::new(&request, &mut source, manifest.as_ref(), &renderer)
}
