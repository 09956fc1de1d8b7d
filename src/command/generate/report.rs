//! What was made, or would be: as JSON for programs, and as a list for people.
//!
//! The keys of the JSON are part of the program's interface; `docs/startproject.md` lists them.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    rc::Rc,
};

use serde::Serialize;

use super::hooks::{self, typed};
use crate::{
    command::{
        error::Error,
        words::{self, counted, lossy},
    },
    template::{Collisions, Plan, PlannedFile, Presence, Stage, Subject, shown_path},
};

/// The bits of a mode that are permissions.
const PERMISSIONS: u32 = 0o7777;

/// What the command was told, as far as it is told again.
#[derive(Clone, Copy, Debug)]
pub(in crate::command) struct Told<'a> {
    pub(in crate::command) subject: Subject,
    /// What is generated is called so.
    pub(in crate::command) name: &'a str,
    /// Nothing is to be written.
    pub(in crate::command) is_dry_run: bool,
    /// The user trusts the template.
    pub(in crate::command) is_trusted: bool,
}

/// How far the work has come.
#[derive(Debug, Default)]
pub(in crate::command) struct Report {
    /// The directory that is made or filled.
    pub(in crate::command) target: Option<PathBuf>,
    /// What is made.
    pub(in crate::command) plan: Option<Rc<Plan>>,
    /// What is in the way.
    pub(in crate::command) conflicts: Vec<PathBuf>,
    /// What became of the template's commands: of the first ones, where not all were run.
    pub(in crate::command) hooks: Vec<hooks::Status>,
    /// What is done with files that are there.
    pub(in crate::command) collisions: Collisions,
    /// What is there where files are to go, as far as that was looked at.
    pub(in crate::command) presences: BTreeMap<PathBuf, Presence>,
    /// Where files are kept that others take the place of.
    pub(in crate::command) backups: BTreeMap<PathBuf, PathBuf>,
    /// What changes in which file, where that was asked for.
    pub(in crate::command) diffs: BTreeMap<PathBuf, String>,
    /// All of it is there.
    pub(in crate::command) is_written: bool,
}

/// What goes out as JSON.
#[derive(Serialize)]
struct Document<'a> {
    command: &'a str,
    name: &'a str,
    target: Option<String>,
    template: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    parts: &'a [String],
    dry_run: bool,
    files: Vec<File>,
    directories: Vec<String>,
    conflicts: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scripts: Vec<ScriptFile>,
    message: Option<&'a str>,
    hooks: Vec<Hook>,
    error: Option<String>,
    hint: Option<String>,
}

#[derive(Serialize)]
struct Hook {
    command: Vec<String>,
    status: hooks::Status,
}

#[derive(Serialize)]
struct File {
    path: String,
    size: u64,
    mode: String,
    status: Status,
    rendered: bool,
    /// Where the file is kept whose place it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    backup: Option<String>,
    /// What changes in it, as a unified diff.
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<String>,
}

/// A hook of a template that was made for cookiecutter.
#[derive(Serialize)]
struct ScriptFile {
    name: String,
    /// Whether it is run; it is not without `--trust`.
    runs: bool,
}

/// What becomes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    /// It would be made.
    New,
    /// It was made.
    Created,
    /// Something is in its way.
    Conflict,
    /// It takes the place of another, or would.
    Replaced,
    /// Another is there and stays.
    Kept,
    /// It is there already, as the plan has it.
    Unchanged,
}

impl Status {
    /// Whether the file is written.
    fn is_made(self) -> bool {
        matches!(self, Self::New | Self::Created | Self::Replaced)
    }
}

impl Report {
    /// The paths of all files that are made.
    pub(in crate::command) fn files(&self) -> impl Iterator<Item = PathBuf> {
        let target = self.target.clone().unwrap_or_default();
        self.planned()
            .filter(|file| self.status(file.path).is_made())
            .map(move |file| target.join(file.path))
    }

    /// The plan's files, if there is a plan.
    fn planned(&self) -> impl Iterator<Item = PlannedFile<'_>> {
        self.plan.iter().flat_map(|plan| plan.planned_files())
    }

    fn directories(&self) -> impl Iterator<Item = &Path> {
        self.plan.iter().flat_map(|plan| plan.directories())
    }

    /// Everything as one JSON document. Paths that are not UTF-8 have U+FFFD where they are not.
    pub(in crate::command) fn json(&self, told: Told<'_>, error: Option<&Error>) -> String {
        let in_target = |path: &PathBuf| {
            let target = self.target.as_deref().unwrap_or(Path::new(""));
            lossy(path.strip_prefix(target).unwrap_or(path))
        };
        let document = Document {
            command: told.subject.command(),
            name: told.name,
            target: self.target.as_deref().map(lossy),
            template: self.plan.as_ref().map(|plan| plan.template()),
            parts: self.plan.as_ref().map_or(&[], |plan| plan.parts()),
            dry_run: told.is_dry_run,
            files: self.planned().map(|file| self.file(&file)).collect(),
            directories: self.directories().map(lossy).collect(),
            conflicts: self.conflicts.iter().map(in_target).collect(),
            scripts: self.scripts(told.is_trusted),
            message: self.plan.as_ref().and_then(|plan| plan.message()),
            hooks: self.hooks().collect(),
            error: error.map(ToString::to_string),
            hint: error.and_then(Error::hint),
        };
        words::json(&document)
    }

    /// The template's hooks, and whether they run where the user trusts it.
    fn scripts(&self, is_trusted: bool) -> Vec<ScriptFile> {
        let scripts = self.plan.iter().flat_map(|plan| plan.scripts());
        scripts
            .map(|script| ScriptFile {
                name: script.name.to_string_lossy().into_owned(),
                runs: is_trusted && script.stage != Stage::BeforeQuestions,
            })
            .collect()
    }

    /// The template's commands, and what became of them.
    fn hooks(&self) -> impl Iterator<Item = Hook> {
        let plans = self.plan.iter();
        let hooks = plans.flat_map(|plan| plan.hooks().iter().map(|hook| hooks::words(plan, hook)));
        let statuses = self.hooks.iter().copied();
        let statuses = statuses.chain(std::iter::repeat(hooks::Status::default()));
        let hooks = hooks.zip(statuses);
        hooks.map(|(command, status)| Hook { command, status })
    }

    /// A file as it was planned; as it is, once it was made: a formatter may have changed it.
    fn file(&self, planned: &PlannedFile<'_>) -> File {
        let path = self.target.as_ref().map(|it| it.join(planned.path));
        let written = path
            .filter(|_| self.is_written)
            .and_then(|it| fs::metadata(it).ok());
        let mode = written.as_ref().map_or(planned.mode, MetadataExt::mode);
        File {
            path: planned.path.to_string_lossy().into_owned(),
            size: written.map_or(planned.size, |it| it.len()),
            mode: format!("{:03o}", mode & PERMISSIONS),
            status: self.status(planned.path),
            rendered: planned.is_rendered,
            backup: self.backups.get(planned.path).map(|it| lossy(it)),
            diff: self.diffs.get(planned.path).cloned(),
        }
    }

    fn status(&self, path: &Path) -> Status {
        let target = self.target.as_deref().unwrap_or(Path::new(""));
        let presence = self.presences.get(path);
        let path = target.join(path);
        match presence {
            Some(Presence::Same) => return Status::Unchanged,
            Some(Presence::Different) => {
                return match self.collisions {
                    Collisions::Overwrite | Collisions::Keep => Status::Replaced,
                    Collisions::RefuseOthers => Status::Conflict,
                    Collisions::Refuse | Collisions::Skip => Status::Kept,
                };
            }
            Some(Presence::Kept) => return Status::Kept,
            Some(Presence::Missing | Presence::InTheWay) | None => {}
        }
        if self.is_written {
            Status::Created
        } else if self.conflicts.iter().any(|it| path.starts_with(it)) {
            // What stands where a directory would be stands in the way of all that is in it.
            Status::Conflict
        } else {
            Status::New
        }
    }

    /// What would be made, one path a line, and how much that is.
    pub(in crate::command) fn tree(&self) -> String {
        let target = self.target.as_deref().unwrap_or(Path::new(""));
        let mut lines: Vec<(&Path, Option<u64>)> = self
            .planned()
            .map(|file| (file.path, Some(file.size)))
            .chain(self.directories().map(|path| (path, None)))
            .collect();
        lines.sort_unstable();
        let mut text = format!("{}\n", shown_path(target));
        for (path, size) in &lines {
            let status = match self.status(path) {
                Status::New if size.is_none() && target.join(path).is_dir() => "there",
                Status::New | Status::Created => "new",
                Status::Conflict => "conflict",
                Status::Replaced => "replaced",
                Status::Kept => "kept",
                Status::Unchanged => "same",
            };
            let (size, end) = match size {
                Some(size) => (size.to_string(), ""),
                None => ("-".to_owned(), "/"),
            };
            let _ = writeln!(text, "{status:8} {size:>9} {}{end}", shown_path(path));
        }
        let sizes: Vec<u64> = lines.iter().filter_map(|(_, size)| *size).collect();
        let _ = write!(
            text,
            "{}, {}, {}, {}",
            counted(sizes.len(), "file", "files"),
            counted(lines.len() - sizes.len(), "directory", "directories"),
            counted(sizes.iter().sum::<u64>(), "octet", "octets"),
            counted(self.conflicts.len(), "conflict", "conflicts"),
        );
        if let Some(plan) = &self.plan {
            for hook in plan.hooks() {
                let _ = write!(text, "\nwould run, with --trust: {}", typed(plan, hook));
            }
        }
        text
    }
}
