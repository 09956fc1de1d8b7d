//! The templates that are at hand: those in the program, and the user's own.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use walkdir::WalkDir;

use crate::template::{error::Error, manifest::FILE_NAME, source, subject::ProjectOrApp};

/// How deep a template is looked into for what it is a template of.
const DEPTH: usize = 3;

/// A template that is at hand.
#[derive(Clone, Debug)]
pub struct Listed {
    /// What `--template` takes for it.
    pub name: String,
    /// What it is a template of, where that can be told.
    pub subject: Option<ProjectOrApp>,
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
            name: name.to_owned(),
            subject: Some(subject),
            description: description(manifest),
            path: None,
        })
        .collect()
}

/// The templates in the directory of the user's own, by name; none where it is not there.
pub fn own_templates(directory: &Path) -> Result<Vec<Listed>, Error> {
    if !directory.is_dir() {
        return Ok(Vec::new());
    }
    let fail = |source| Error::Read {
        path: directory.to_owned(),
        source,
    };
    let mut templates = Vec::new();
    for entry in fs::read_dir(directory).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        let name = path.file_name().and_then(|it| it.to_str());
        let Some(name) = name.filter(|it| !it.starts_with('.') && path.is_dir()) else {
            continue;
        };
        let manifest = fs::read_to_string(path.join(FILE_NAME));
        templates.push(Listed {
            name: name.to_owned(),
            subject: subject(&path),
            description: manifest.ok().and_then(|it| description(&it)),
            path: Some(path),
        });
    }
    templates.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(templates)
}

fn description(manifest: &str) -> Option<String> {
    let described: Described = toml::from_str(manifest).ok()?;
    described.description
}

/// What a directory is a template of, where its names tell.
fn subject(directory: &Path) -> Option<ProjectOrApp> {
    let names = WalkDir::new(directory).min_depth(1).max_depth(DEPTH);
    let mut names = names.into_iter().filter_map(Result::ok);
    names.find_map(|entry| {
        let name = entry.file_name().to_string_lossy();
        [ProjectOrApp::Project, ProjectOrApp::App]
            .into_iter()
            .find(|it| name.contains(it.name_variable()))
    })
}
