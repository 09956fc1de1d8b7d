//! The templates that are at hand: those in the program, and the user's own.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use walkdir::WalkDir;

use crate::template::{error::Error, manifest::FILE_NAME, source, subject::Subject};

/// How deep a template is looked into for what it is a template of.
const DEPTH: usize = 3;

/// A template that is at hand.
#[derive(Clone, Debug)]
pub struct Listed {
    /// What `--template` takes for it.
    pub name: String,
    /// What it is a template of, where that can be told.
    pub subject: Option<Subject>,
    /// What its manifest says it is for.
    pub description: Option<String>,
    /// Where it is; nothing for those in the program.
    pub path: Option<PathBuf>,
}

/// What of a manifest is told in a list; whatever else is wrong with it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Described {
    description: Option<String>,
}

/// The templates in the program.
#[must_use]
pub fn builtin_templates() -> Vec<Listed> {
    source::builtin_templates()
        .map(|(subject, name, manifest)| Listed {
            name: subject.template_name(name),
            subject: Some(subject),
            description: description(manifest),
            path: None,
        })
        .collect()
}

/// The templates in the directory of the user's own, by name, and after them those for deployments
/// in its directory `deploy`; none where it is not there.
pub fn own_templates(directory: &Path) -> Result<Vec<Listed>, Error> {
    let mut templates = Vec::new();
    let deployments = directory.join(Subject::Deployment.word());
    for path in directories(directory)? {
        // One with a manifest is a template that is called so.
        if path != deployments || path.join(FILE_NAME).is_file() {
            templates.extend(listed(&path, subject(&path)));
        }
    }
    if !deployments.join(FILE_NAME).is_file() {
        for path in directories(&deployments)? {
            templates.extend(listed(&path, Some(Subject::Deployment)));
        }
    }
    Ok(templates)
}

/// The directories in a directory, by name, without hidden ones.
fn directories(directory: &Path) -> Result<Vec<PathBuf>, Error> {
    if !directory.is_dir() {
        return Ok(Vec::new());
    }
    let fail = |source| Error::Read {
        path: directory.to_owned(),
        source,
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(directory).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        let name = path.file_name().and_then(|it| it.to_str());
        if name.is_some_and(|it| !it.starts_with('.')) && path.is_dir() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// A template of the user's own, unless its name is no text.
fn listed(path: &Path, subject: Option<Subject>) -> Option<Listed> {
    let name = path.file_name()?.to_str()?;
    let manifest = fs::read_to_string(path.join(FILE_NAME));
    Some(Listed {
        name: subject.map_or_else(|| name.to_owned(), |it| it.template_name(name)),
        subject,
        description: manifest.ok().and_then(|it| description(&it)),
        path: Some(path.to_owned()),
    })
}

fn description(manifest: &str) -> Option<String> {
    let described: Described = toml::from_str(manifest).ok()?;
    described.description
}

/// What a directory is a template of, where its names tell.
fn subject(directory: &Path) -> Option<Subject> {
    let names = WalkDir::new(directory).min_depth(1).max_depth(DEPTH);
    let mut names = names.into_iter().filter_map(Result::ok);
    names.find_map(|entry| {
        let name = entry.file_name().to_string_lossy();
        [Subject::Project, Subject::App]
            .into_iter()
            .find(|it| name.contains(it.name_variable()))
    })
}
