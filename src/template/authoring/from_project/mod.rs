//! A template made of a project: its name is replaced, in all its spellings, by what a new name is
//! put in for, and its secrets by new ones.
//!
//! - `walk`: the files of the project
//! - `name`: how the project is called
//! - `spellings`: the ways in which a name is written, and where in a text they are
//! - `secrets`: settings that are nobody's business
//! - `paths`: what files are called in the template
//! - `texts`: what is in them
//! - `manifest`: the manifest
//! - `proof`: whether the template gives the project back

mod manifest;
mod name;
mod paths;
mod proof;
mod secrets;
mod spellings;
mod texts;
mod walk;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use super::AuthoringError;
use crate::template::{
    error::Error,
    manifest::FILE_NAME,
    plan::Plan,
    source::{Entry, Kind},
    subject::Subject,
    target::Target,
};
use manifest::Notes;
use paths::Paths;
use secrets::Secrets;
use spellings::Spellings;
use texts::Treated;

pub use walk::LeftOut;

/// What a template is to be made of.
#[derive(Clone, Copy)]
pub struct Project<'a> {
    /// Whether it is a project or an application.
    pub subject: Subject,
    /// Its directory.
    pub directory: &'a Path,
    /// Its name, where the user says so.
    pub name: Option<&'a str>,
    /// Where the template goes.
    pub target: &'a Target,
    /// Where it is set, the work is to end.
    pub stop: &'a AtomicBool,
}

/// A template made of a project.
#[derive(Debug)]
pub struct FromProject {
    /// The name that was replaced.
    pub name: String,
    /// The template's files.
    pub plan: Plan,
    /// What was replaced.
    pub replacements: Vec<Replacement>,
    /// How often the name was left alone, because it is in a longer word.
    pub inside_words: usize,
    /// What of the project is not in the template.
    pub left_out: Vec<LeftOut>,
    /// Files that are copied as they are, because of what is in them.
    pub copied: Vec<PathBuf>,
    /// Files with other marks than `{{` and the like.
    pub with_delimiters: Vec<PathBuf>,
    /// Files in which the name had to stay.
    pub untouched: Vec<PathBuf>,
}

/// A text that was replaced everywhere.
#[derive(Clone, Debug)]
pub struct Replacement {
    /// The text; nothing where it is a secret.
    pub spelling: Option<String>,
    /// What stands there now, without marks.
    pub expression: String,
    /// How often, for each file of the project.
    pub contents: BTreeMap<PathBuf, usize>,
    /// The files and directories in whose names it was.
    pub names: Vec<PathBuf>,
}

impl Replacement {
    /// How often it was replaced in all.
    #[must_use]
    pub fn count(&self) -> usize {
        self.contents.values().sum::<usize>() + self.names.len()
    }
}

/// Makes a template of a project. Nothing is written; but it is certain that the template gives the
/// project back.
pub fn from_project(project: &Project<'_>) -> Result<FromProject, Error> {
    let Project {
        subject,
        directory,
        target,
        stop,
        ..
    } = *project;
    if target.path().starts_with(directory) {
        return Err(AuthoringError::Inside {
            target: target.path().to_owned(),
            project: directory.to_owned(),
        }
        .into());
    }
    let walked = walk::walk(directory, stop)?;
    let not = |reason| AuthoringError::NotAProject {
        project: directory.to_owned(),
        reason,
    };
    if walked.files.contains_key(Path::new(FILE_NAME)) {
        return Err(not("its `scaffold.toml` says that it is one").into());
    }
    if walked.files.is_empty() {
        return Err(not("there is no file in it, or Git ignores all of them").into());
    }
    let name = name::of(project, &walked.files)?;
    let secrets = Secrets::find(subject, &walked.files);
    let spellings = Spellings::new(subject, &name, &secrets);
    let mut paths = Paths::new(subject, &spellings);
    let mut treated = Treated::new(&spellings, &secrets, &name);
    let mut entries = Vec::new();
    let mut notes = Notes::default();
    for (path, file) in &walked.files {
        if stop.load(Ordering::Relaxed) {
            return Err(Error::Interrupted { subject });
        }
        let place = paths.place(path);
        let contents = treated.treat(path, &place, &file.contents, &mut notes);
        if file.is_executable {
            notes.executable.push(place.clone());
        }
        entries.push(Entry {
            path: place,
            kind: Kind::File {
                contents: contents.into(),
                mode: file.mode,
            },
        });
    }
    notes.renames = paths.renames();
    notes.is_django = walked.files.contains_key(Path::new("manage.py"));
    let text = manifest::text(subject, &name, &secrets, &notes);
    entries.push(Entry {
        path: FILE_NAME.into(),
        kind: Kind::File {
            contents: text.into_bytes().into(),
            mode: walk::MODE,
        },
    });
    proof::prove(subject, &name, &secrets, &entries, &walked.files)?;
    let replacements = treated.replacements(&paths);
    if replacements.iter().all(|it| it.spelling.is_none()) {
        let project = directory.to_owned();
        return Err(AuthoringError::NameNowhere { name, project }.into());
    }
    Ok(FromProject {
        plan: Plan::verbatim(subject, name.clone(), entries)?,
        inside_words: treated.inside_words(),
        untouched: treated.untouched(),
        copied: notes.copied,
        with_delimiters: notes.delimited.into_iter().flatten().collect(),
        replacements,
        left_out: walked.left_out,
        name,
    })
}
