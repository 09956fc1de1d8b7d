//! Bringing a project to another version of its template: the old version is rendered with the
//! answers that the project remembers, and so is the new one; what differs between the two is
//! brought into the user's files.
//!
//! - `decide`: what becomes of one file
//! - `merge`: texts that both sides have changed
//! - `recover`: values that the template made at random
//! - `renames`: files that have another name in the new version
//!
//! Where the old version cannot be had (a template that is built in, or in an archive), the project
//! remembers what each file was, which is enough to tell who has changed it.

mod decide;
mod error;
mod merge;
mod recover;
mod renames;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
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
    plan::Plan,
    remembered::{self, Remembered},
    render,
    selection::Selection,
    source::{Kind, Source},
    value::Dict,
    write::{self, Found, Step},
};
use decide::{Blob, Effect, Old, Sides};

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
        ..request
    };
    let mut source = Source::open(&request)?;
    let Some(now) = remembered::version(&request, &mut source) else {
        let template = source.name();
        return Err(UpdateError::NotNative { template }.into());
    };
    let is_needed = now.sha256 != version.sha256
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
        fill(&mut update, wish, &request, source)?;
    }
    Ok(update)
}

/// Renders both versions, and decides about each file.
fn fill(
    update: &mut Update,
    wish: &UpdateRequest<'_>,
    request: &Request<'_>,
    source: Source,
) -> Result<(), Error> {
    let UpdateRequest {
        remembered,
        restores,
        ..
    } = *wish;
    let answers = remembered.answers();
    let past = Past {
        incidentals: Arc::new(Incidentals::on(remembered.project.made)),
        answers: answers.clone(),
        is_made: true,
    };
    let before = base(request, remembered)?;
    let new = render(request, source, &past)?;
    let before = before
        .map(|source| {
            // The answers that made the project, and for secrets those of today.
            let variables = request.variables.iter();
            let variables: Dict = variables
                .filter(|(name, _)| !answers.contains_key(*name))
                .map(|(name, value)| (Arc::clone(name), value.clone()))
                .collect();
            let variables = &variables;
            render(
                &Request {
                    variables,
                    ..*request
                },
                source,
                &past,
            )
        })
        .transpose()?;
    let (new, memory) = blobs(new);
    let old: BTreeMap<PathBuf, Old<'_>> = match before {
        Some(plan) => {
            let (blobs, _) = blobs(plan);
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
    let is_native = |source: &Source| {
        let manifest = Path::new(manifest::FILE_NAME);
        source.entries.iter().any(|it| it.path == manifest)
    };
    match source.filter(is_native) {
        Some(source) => Ok(Some(source)),
        None => Err(UpdateError::NoHistory {
            template: remembered.template.source.clone(),
            commit: commit.clone(),
        }
        .into()),
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
                    },
                ))
            }
        });
    (files.collect(), memory)
}

/// All files, and what becomes of them.
struct Files<'a> {
    ours: write::Place,
    old: &'a BTreeMap<PathBuf, Old<'a>>,
    new: &'a BTreeMap<PathBuf, Blob>,
    private: &'a [String],
    restores: bool,
    changes: Vec<Change>,
    steps: Vec<Step>,
}

impl Files<'_> {
    fn decide(&mut self) -> Result<(), Error> {
        let mut renames = renames::find(self.old, self.new, self.private);
        let mut targets = BTreeSet::new();
        for (from, to) in std::mem::take(&mut renames) {
            // Where the user has something of the new name, they are two files.
            if matches!(self.ours.look(to)?, Found::Missing) {
                self.decide_moved(from, to)?;
                targets.extend([from, to]);
            }
        }
        let paths: BTreeSet<&PathBuf> = self.old.keys().chain(self.new.keys()).collect();
        for path in paths {
            if !targets.contains(path.as_path()) {
                self.decide_one(path)?;
            }
        }
        self.changes.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(())
    }

    fn decide_one(&mut self, path: &Path) -> Result<(), Error> {
        let ours = self.ours.look(path)?;
        let decided = decide::decide(Sides {
            old: self.old.get(path),
            ours: &ours,
            new: self.new.get(path),
            private: self.private,
            restores: self.restores,
        });
        if let Some((outcome, effect)) = decided {
            self.add(path, None, ours, outcome, effect);
        }
        Ok(())
    }

    fn decide_moved(&mut self, from: &Path, to: &Path) -> Result<(), Error> {
        let ours = self.ours.look(from)?;
        let (Some(old), Some(new)) = (self.old.get(from), self.new.get(to)) else {
            return Ok(());
        };
        let sides = Sides {
            old: Some(old),
            ours: &ours,
            new: Some(new),
            private: self.private,
            restores: self.restores,
        };
        let (outcome, effect) = decide::moved(sides, old, new);
        let is_there = matches!(ours, Found::File { .. });
        if is_there && effect != Effect::Nothing {
            self.steps.push(Step::Remove { path: from.into() });
        }
        self.add(to, Some(from), ours, outcome, effect);
        Ok(())
    }

    fn add(
        &mut self,
        path: &Path,
        from: Option<&Path>,
        ours: Found,
        outcome: Outcome,
        effect: Effect,
    ) {
        let before = match ours {
            Found::File { contents, .. } => Some(contents),
            Found::Missing | Found::Other => None,
        };
        let after = match effect {
            Effect::Nothing => before.clone(),
            Effect::Remove => {
                self.steps.push(Step::Remove { path: path.into() });
                None
            }
            Effect::Put { contents, mode } => {
                self.steps.push(Step::Put {
                    path: path.into(),
                    contents: contents.clone(),
                    mode,
                    is_exact: before.is_some(),
                    replaces: before.is_some() && from.is_none(),
                });
                Some(contents)
            }
        };
        self.changes.push(Change {
            path: path.into(),
            from: from.map(Path::to_path_buf),
            outcome,
            before,
            after,
        });
    }
}

/// Makes all changes, or none. Where the flag is set before that, nothing is changed.
pub fn apply(update: &Update, target: &Target, stop: &AtomicBool) -> Result<(), Error> {
    let subject = update.remembered.as_ref().map(|it| it.project.kind);
    match subject {
        Some(subject) => write::replace(&update.steps, target.path(), subject, stop),
        None => Ok(()),
    }
}
