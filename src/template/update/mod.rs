//! Bringing a project to another version of its template: the old version is rendered with the
//! answers that the project remembers, and so is the new one; what differs between the two is
//! brought into the user's files.
//!
//! - `files`: all files of both versions
//! - `decide`: what becomes of one file
//! - `merge`: texts that both sides have changed
//! - `recover`: values that the template made at random
//! - `renames`: files that have another name in the new version
//!
//! Where the old version cannot be had (a template that is built in, or in an archive), the project
//! remembers what each file was, which is enough to tell who has changed it.

mod decide;
mod error;
mod files;
mod merge;
mod recover;
mod renames;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    ffi::OsString,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
};

pub use decide::Outcome;
pub use error::UpdateError;

use super::{
    Past, Request, Target, Wanted,
    error::Error,
    incidentals::Incidentals,
    manifest,
    opened::Template,
    plan::Plan,
    remembered::{self, Remembered},
    selection::Selection,
    source::{Kind, Source},
    write::{self, Found, Step},
};
use decide::{Blob, Old};
use files::Files;
use recover::Recovered;

/// Contents of files, by their paths in the project.
pub type Texts = BTreeMap<PathBuf, Vec<u8>>;

/// What to bring a project to, as the user said it.
#[derive(Clone, Copy)]
pub struct UpdateRequest<'a> {
    /// What the project remembers.
    pub remembered: &'a Remembered,
    /// Another place of the template.
    pub template: Option<&'a str>,
    /// Another branch, tag or commit.
    pub reference: Option<&'a str>,
    /// Whether files come back that the user has deleted.
    pub restores: bool,
    /// Whether it is enough to know that there is another version.
    pub only_looks: bool,
    /// Formats the Python files among these as the formatter of that name does.
    pub format: &'a dyn Fn(&str, &mut Texts),
    /// Subject, name and target, the user's variables, and who is told; what is wanted is replaced
    /// by what is remembered.
    pub request: Request<'a>,
}

/// What an update changes.
#[derive(Debug)]
pub struct Update {
    /// What the project will remember.
    remembered: Option<Remembered>,
    /// The version of the template that the project will have.
    version: remembered::Version,
    is_needed: bool,
    changes: Vec<Change>,
    steps: Vec<Step>,
}

/// What becomes of one file.
#[derive(Debug)]
pub struct Change {
    /// Its path in the project.
    pub path: PathBuf,
    /// The path that it had.
    pub from: Option<PathBuf>,
    /// What becomes of it.
    pub outcome: Outcome,
    /// What it is now; nothing where it is not there or is no file.
    pub before: Option<Vec<u8>>,
    /// What it will be; nothing where it will not be there.
    pub after: Option<Vec<u8>>,
}

impl Update {
    /// Whether there is another version of the template, or the user says something new.
    #[must_use]
    pub fn is_needed(&self) -> bool {
        self.is_needed
    }

    /// The version of the template that the project will have.
    #[must_use]
    pub fn version(&self) -> &remembered::Version {
        &self.version
    }

    /// All files that somebody may want to hear of, by path.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }
}

/// Finds out what an update changes. Nothing is written.
pub fn update(wish: &UpdateRequest<'_>) -> Result<Update, Error> {
    let UpdateRequest {
        remembered,
        template,
        reference,
        only_looks,
        request,
        ..
    } = *wish;
    let (root, version) = (request.target.path(), &remembered.template);
    write::check_journal(root, request.subject)?;
    let selection = Selection {
        exclude: version
            .exclude
            .as_ref()
            .map(|names| names.iter().map(OsString::from).collect()),
        ..Selection::default()
    };
    let wanted = Wanted {
        template: Some(template.unwrap_or(&version.source)),
        reference: reference.or(version.reference.as_deref()),
        subdirectory: version.subdirectory.as_deref(),
        ..request.wanted
    };
    let request = Request {
        wanted,
        selection: &selection,
        install: remembered.project.install,
        parts: &version.parts,
        ..request
    };
    let (mut new, commit) = Template::open_to_remember(&request).map_err(|error| match error {
        Error::UnknownTemplate { template: gone, .. } if template.is_none() => {
            UpdateError::Gone { template: gone }.into()
        }
        other => other,
    })?;
    let Some(now) = &mut new.version else {
        let template = new.source.name();
        return Err(UpdateError::NotNative { template }.into());
    };
    if let Some(commit) = commit {
        now.commit = commit.answer(&request);
    }
    let now = now.clone();
    let is_needed = now.sha256 != version.sha256
        || now.bases != version.bases
        || now.reference != version.reference
        || now.source != version.source
        || !request.variables.is_empty();
    let mut update = Update {
        remembered: None,
        version: now,
        is_needed,
        changes: Vec::new(),
        steps: Vec::new(),
    };
    if is_needed && !only_looks {
        fill(&mut update, wish, &request, new)?;
    }
    Ok(update)
}

/// Renders both versions, and decides about each file.
fn fill(
    update: &mut Update,
    wish: &UpdateRequest<'_>,
    request: &Request<'_>,
    new: Template,
) -> Result<(), Error> {
    let UpdateRequest {
        remembered,
        restores,
        ..
    } = *wish;
    let past = Past {
        incidentals: Arc::new(Incidentals::on(remembered.project.made)),
        answers: remembered.answers(),
        is_made: true,
        is_base: false,
    };
    let before = base(request, remembered)?;
    let mut new = new.render(request, &past)?;
    new.complete_memory(None);
    let past = Past {
        is_base: true,
        ..past
    };
    // The answers are those of then, and nobody is asked again for the secrets of today.
    let mut variables = request.variables.clone();
    variables.extend(past.incidentals.secrets().values().clone());
    let variables = &variables;
    let asker = None;
    let then = Request {
        variables,
        asker,
        ..*request
    };
    let before = before
        .map(|source| Template::of(&then, source)?.render(&then, &past))
        .transpose()?;
    let (mut new, mut memory) = blobs(new);
    let formatter = remembered.project.formatter.as_deref();
    let format = |blobs: &mut BTreeMap<PathBuf, Blob>| {
        if let Some(formatter) = formatter {
            format_all(blobs, |texts| (wish.format)(formatter, texts));
        }
    };
    format(&mut new);
    if let (Some(memory), Some(formatter)) = (&mut memory, formatter) {
        memory.project.formatter = Some(formatter.to_owned());
        for (path, blob) in &new {
            memory.add_file(path, &blob.contents, blob.mode);
        }
    }
    let old: BTreeMap<PathBuf, Old<'_>> = match before {
        Some(plan) => {
            let (mut blobs, _) = blobs(plan);
            format(&mut blobs);
            let blobs = blobs.into_iter();
            blobs.map(|(path, blob)| (path, Old::Known(blob))).collect()
        }
        None => remembered
            .paths()
            .filter_map(|path| Some((path.to_path_buf(), Old::Print(remembered.print(path)?))))
            .collect(),
    };
    let private = past.incidentals.private();
    let mut files = Files {
        ours: write::Place::open(request.target.path())?,
        old: &old,
        new: &new,
        private: &private,
        known: Recovered::default(),
        restores,
        changes: Vec::new(),
        steps: Vec::new(),
    };
    files.decide()?;
    let there = files.ours.look(Path::new(remembered::FILE_NAME))?;
    (update.changes, update.steps) = (files.changes, files.steps);
    if let Some(memory) = memory {
        let (mode, replaces) = match there {
            Found::File { mode, .. } => (mode, true),
            Found::Missing | Found::Other => (remembered::MODE, false),
        };
        update.steps.push(Step::Put {
            path: remembered::FILE_NAME.into(),
            contents: memory.text().into_bytes(),
            mode,
            is_exact: replaces,
            replaces,
        });
        update.remembered = Some(memory);
    }
    Ok(())
}

/// The old version of the template; nothing where it cannot be had, and the project remembers what
/// it made.
fn base(request: &Request<'_>, remembered: &Remembered) -> Result<Option<Source>, Error> {
    let Some(commit) = &remembered.template.commit else {
        return Ok(None);
    };
    let source = Source::open_commit(request, commit)?;
    match source.filter(|it| it.has(Path::new(manifest::FILE_NAME))) {
        Some(source) => Ok(Some(source)),
        None => Err(UpdateError::NoHistory {
            template: remembered.template.source.clone(),
            commit: commit.clone(),
        }
        .into()),
    }
}

/// Has all files formatted.
fn format_all(blobs: &mut BTreeMap<PathBuf, Blob>, format: impl FnOnce(&mut Texts)) {
    let texts = blobs.iter();
    let mut texts = texts
        .map(|(path, blob)| (path.clone(), blob.contents.to_vec()))
        .collect();
    format(&mut texts);
    for (path, text) in texts {
        if let Some(blob) = blobs.get_mut(&path) {
            blob.contents = text.into();
        }
    }
}

/// The files of a plan, and what is to be remembered of it.
fn blobs(plan: Plan) -> (BTreeMap<PathBuf, Blob>, Option<Remembered>) {
    let (nodes, memory) = plan.into_parts();
    let files = nodes
        .into_iter()
        .filter_map(|(path, node)| match node.kind {
            Kind::Directory => None,
            Kind::File { contents, mode } => {
                let from = node.from;
                Some((
                    path,
                    Blob {
                        from,
                        contents,
                        mode,
                        skips_if_exists: node.skips_if_exists,
                    },
                ))
            }
        });
    (files.collect(), memory)
}

/// Makes all changes, or none. Where the flag is set before that, nothing is changed.
pub fn apply(update: &Update, target: &Target, stop: &AtomicBool) -> Result<(), Error> {
    let subject = update.remembered.as_ref().map(|it| it.project.kind);
    match subject {
        Some(subject) => write::replace(&update.steps, target.path(), subject, stop),
        None => Ok(()),
    }
}
