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
    subject::Subject,
    value::{Dict, Value},
};

/// What the new template is called in its texts.
const NAME: &str = "template_name";

/// A built-in template as it is.
#[derive(Debug)]
pub struct Ejected {
    /// What it is a template of.
    pub subject: Subject,
    /// Its files.
    pub plan: Plan,
}

/// The files of a built-in template, with its manifest. Without a subject, a template of projects
/// comes before one of applications.
pub fn eject(subject: Option<Subject>, name: &str) -> Result<Ejected, Error> {
    let deployment = Subject::deployment(name);
    let subjects = match (subject, deployment) {
        (_, Some(_)) => vec![Subject::Deployment],
        (Some(subject), None) => vec![subject],
        (None, None) => vec![Subject::Project, Subject::App],
    };
    for subject in &subjects {
        if let Some(entries) = source::builtin_named(*subject, deployment.unwrap_or(name)) {
            return Ok(Ejected {
                subject: *subject,
                plan: Plan::verbatim(*subject, name.to_owned(), entries)?,
            });
        }
    }
    let mut names: Vec<_> = source::builtin_templates()
        .filter(|(subject, ..)| subjects.contains(subject))
        .map(|(subject, name, _)| subject.template_name(name))
        .collect();
    // There may be one of each subject.
    names.sort_unstable();
    names.dedup();
    let meant = similar(&name.to_lowercase(), names.iter().map(String::as_str));
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
pub fn new_template(subject: Subject, name: &str, target: &Target) -> Result<Plan, Error> {
    let mut source = Source {
        root: "new template".into(),
        entries: source::blank(subject),
        origin: Origin::default(),
    };
    let manifest = manifest::take(&mut source, 0, &|_| None)?;
    let variables: Dict = [(NAME.into(), Value::text(name))].into();
    // The placeholder in its paths is not that of the template that is made, and stays.
    let other = match subject {
        Subject::Project | Subject::Deployment => Subject::App,
        Subject::App => Subject::Project,
    };
    let request = Request {
        variables: &variables,
        ..Request::new(other, name, target, Path::new("/"))
    };
    let renderer = renderer(&request, manifest.as_ref(), &Past::default())?;
    Plan::new(&request, &mut source, manifest.as_ref(), &renderer)
}
