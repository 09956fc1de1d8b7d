//! Generating a project: source → manifest → context → render → plan → write.
//!
//! Everything up to the plan only reads. What can be wrong (the template, a name, a file that is
//! in the way) is found there, so that nothing is written unless all of it can be. [`write()`] then
//! makes the whole project or nothing.
//!
//! This part does not decide which names are good for a project and prints nothing; the only
//! program that it runs is `git`, where the template is a repository.

mod authoring;
mod collisions;
mod composition;
mod context;
mod cookiecutter;
mod declarations;
mod django;
mod edits;
mod entities;
mod error;
mod files;
mod glob;
mod hooks;
mod incidentals;
mod interview;
mod local_time;
mod manifest;
mod minimum_version;
mod mode;
mod names;
mod native;
mod opened;
mod path;
mod plan;
mod question;
mod remembered;
mod render;
mod report;
mod script;
mod secrets;
mod selection;
mod shown;
mod similar;
mod source;
mod subject;
mod target;
mod titlecase;
mod update;
mod value;
mod variables;
mod view;
mod write;

use std::{
    path::Path,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, Ordering},
    },
};

pub use authoring::{
    AuthoringError, Case, CaseError, Cases, Checked, Difference, Ejected, Finding, FromProject,
    LeftOut, Listed, NOWHERE, Outline, OutlinedFile, Place, Project, Replacement, RunStep,
    Severity, builtin_templates, check, eject, from_project, new_template, outline, own_templates,
};
pub use collisions::{Collisions, Comparison, Presence, backup, write_over};
pub use composition::CompositionError;
pub use context::example_facts;
pub use cookiecutter::{CookiecutterError, render_jinja};
pub use declarations::Variable;
pub use django::render_django;
pub use edits::{Edit, EditError, apply_edits, check_edits};
pub use error::Error;
pub use hooks::Hook;
pub use minimum_version::VersionError;
pub use names::Names;
pub use native::render_native;
pub use plan::Plan;
pub use question::{
    Answer, Answered, Ask, AskingError, Conversation, Form, Question, Reply, Verdict,
};
pub use remembered::{Made, Remembered, Version, note_formatter};
pub use report::Report;
pub use script::{Script, Stage};
pub use selection::Selection;
pub use shown::{line as shown_line, path as shown_path, text as shown_text};
pub use similar::similar;
pub use source::{
    ArchiveError, ChecksumError, DownloadError, DownloadFault, GitError, Progress, Step, Wanted,
    archive_listing, without_credentials,
};
pub use subject::Subject;
pub use target::Target;
pub use update::{Change, Outcome, Texts, Update, UpdateError, UpdateRequest, apply, update};
pub use value::{DateTime, Dict, Str, Value};
pub use variables::{VariablesError, assignment, read as read_variables};
pub use view::PlannedFile;

use incidentals::Incidentals;
use opened::Template;

/// What to generate, as the user said it.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// What is generated.
    pub subject: Subject,
    /// Its name.
    pub name: &'a str,
    /// Whether the name is a good one of its kind, which only the template knows.
    pub admits: &'a dyn Fn(Names) -> bool,
    /// Where it goes.
    pub target: &'a Target,
    /// The template.
    pub wanted: Wanted<'a>,
    /// What is taken from it, and what of that is rendered.
    pub selection: &'a Selection,
    /// The optional parts of the template that are wanted, by name.
    pub parts: &'a [String],
    /// The directory that a relative template path starts from.
    pub current_directory: &'a Path,
    /// The user's own variables, which stand before all others.
    pub variables: &'a Dict,
    /// The value of a variable of the environment, which may be that of one that the template
    /// declares.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// What the user answers to every template that declares such variables.
    pub answers: &'a Dict,
    /// Who answers what a template asks; where there is nobody, defaults are taken.
    pub asker: Option<&'a dyn Ask>,
    /// The command's options, which Django's commands offer to templates as variables.
    pub options: &'a Dict,
    /// What is known of the project that a deployment is for: variables for its templates, by the
    /// names in [`example_facts`].
    pub facts: &'a Dict,
    /// Finds the version of the Django that the user has, where that can be known. It is asked only
    /// for templates without a manifest.
    pub django_version: &'a dyn Fn() -> Option<String>,
    /// Whether the project's requirements will be installed: the template's message depends on it.
    pub install: bool,
    /// Whether what differs from one run to the next (secrets, numbers, dates) is always the same,
    /// so that the result can be compared with an earlier one.
    pub repeatable: bool,
    /// Is told what takes time.
    pub progress: &'a dyn Progress,
    /// Where it is set, the work is to end.
    pub stop: &'a AtomicBool,
}

impl<'a> Request<'a> {
    /// A request for the default template, with nothing chosen and nobody listening.
    #[must_use]
    pub fn new(
        subject: Subject,
        name: &'a str,
        target: &'a Target,
        current_directory: &'a Path,
    ) -> Self {
        static SELECTION: LazyLock<Selection> = LazyLock::new(Selection::default);
        static NOTHING: LazyLock<Dict> = LazyLock::new(Dict::new);
        static NEVER: AtomicBool = AtomicBool::new(false);
        Self {
            subject,
            name,
            admits: &|_| true,
            target,
            wanted: Wanted::default(),
            selection: &SELECTION,
            parts: &[],
            current_directory,
            variables: &NOTHING,
            environment: &|_| None,
            answers: &NOTHING,
            asker: None,
            options: &NOTHING,
            facts: &NOTHING,
            django_version: &|| None,
            install: false,
            repeatable: false,
            progress: &(),
            stop: &NEVER,
        }
    }
}

impl Request<'_> {
    /// Fails where the user wants the end.
    fn go_on(&self) -> Result<(), Error> {
        if self.stop.load(Ordering::Relaxed) {
            Err(Error::Interrupted {
                subject: self.subject,
            })
        } else {
            Ok(())
        }
    }
}

/// What a rendering goes by that an earlier one has left.
#[derive(Debug, Default)]
struct Past {
    /// The random values, and the day.
    incidentals: Arc<Incidentals>,
    /// What the user answered.
    answers: Dict,
    /// Whether the project is there already.
    is_made: bool,
    /// Whether what is rendered is what it was made from.
    is_base: bool,
}

/// Reads and renders the template. What is in the way in the target, [`Target::check`] finds.
pub fn prepare(request: &Request<'_>) -> Result<Plan, Error> {
    let &Request {
        subject, target, ..
    } = request;
    if let Target::Existing(path) = target {
        // Before anything else: what an earlier run left would only look like conflicts.
        write::check_journal(path, subject)?;
    }
    // What is added to a directory is a part of what that remembers; and what is to be the same
    // each time has no versions and days in it.
    let is_whole = match subject {
        Subject::Project => true,
        Subject::App => matches!(target, Target::New(_)),
        // It follows from the project, and is made anew where that has changed.
        Subject::Deployment => false,
    };
    let keeps = is_whole && !request.repeatable;
    if !keeps {
        return Template::open(request)?.render(request, &Past::default());
    }
    let (template, commit) = Template::open_to_remember(request)?;
    let mut plan = template.render(request, &Past::default())?;
    plan.complete_memory(commit.and_then(|it| it.answer(request)));
    plan.keep_memory();
    Ok(plan)
}

/// Makes what was planned: all of it, or nothing. Where the flag is set before all is made, what
/// was made is removed.
pub fn write(plan: &Plan, target: &Target, stop: &AtomicBool) -> Result<(), Error> {
    match target {
        Target::New(path) => write::new_directory(plan, path, stop),
        Target::Existing(path) => write::overlay(plan, path, stop),
    }
}
