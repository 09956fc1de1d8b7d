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
mod error;
mod files;
mod glob;
mod hooks;
mod incidentals;
mod interview;
mod manifest;
mod minimum_version;
mod native;
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
pub use collisions::{Collisions, Comparison, Presence, write_over};
pub use composition::CompositionError;
pub use cookiecutter::{CookiecutterError, render_jinja};
pub use declarations::Variable;
pub use django::render_django;
pub use error::Error;
pub use hooks::Hook;
pub use minimum_version::VersionError;
pub use plan::Plan;
pub use question::{
    Answer, Answered, Ask, AskingError, Conversation, Form, Question, Reply, Verdict,
};
pub use remembered::{Made, Remembered, Version, note_formatter};
pub use script::{Script, Stage};
pub use selection::Selection;
pub use shown::{line as shown_line, path as shown_path, text as shown_text};
pub use source::{
    ArchiveError, ChecksumError, DownloadError, DownloadFault, GitError, Progress, Step, Wanted,
    archive_listing, without_credentials,
};
pub use subject::ProjectOrApp;
pub use target::Target;
pub use update::{Change, Outcome, Texts, Update, UpdateError, UpdateRequest, apply, update};
pub use value::{DateTime, Dict, Str, Value};
pub use variables::{VariablesError, assignment, read as read_variables};
pub use view::PlannedFile;

use declarations::Answers;
use incidentals::Incidentals;
use manifest::Manifest;
use native::Engine;
use render::Renderer;
use source::Source;

/// What to generate, as the user said it.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Whether a project or an application is generated.
    pub subject: ProjectOrApp,
    /// Its name, already found to be a good one.
    pub name: &'a str,
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
        subject: ProjectOrApp,
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
    let mut plan = render(request, Source::open(request)?, &Past::default())?;
    // What is added to a directory is a part of what that remembers.
    let is_whole = subject == ProjectOrApp::Project || matches!(target, Target::New(_));
    // What is to be the same each time has no versions and days in it.
    if is_whole && !request.repeatable {
        plan.keep_memory();
    }
    Ok(plan)
}

/// Renders a template that was read.
fn render(request: &Request<'_>, mut source: Source, past: &Past) -> Result<Plan, Error> {
    let &Request { subject, name, .. } = request;
    let version = remembered::version(request, &mut source)?;
    let manifest = take_manifest(request, &mut source)?;
    if !past.is_made && manifest.as_ref().is_some_and(|it| it.reserves(name)) {
        return Err(Error::NameTaken {
            subject,
            name: name.to_owned(),
            template: source.name(),
        });
    }
    request.progress.step(Step::Rendering);
    if manifest.is_none() && cookiecutter::is_one(&source) {
        return cookiecutter::plan(request, &mut source);
    }
    let fixed = subject.name_variable();
    if request.variables.contains_key(fixed) {
        return Err(Error::Answer {
            message: variables::fixed(subject, fixed),
            hint: "only templates made for cookiecutter have one of their own".to_owned(),
        });
    }
    let renderer = renderer(request, manifest.as_ref(), past)?;
    let mut plan = Plan::new(request, &mut source, manifest.as_ref(), &renderer)?;
    if let (Some(version), Some(manifest), Renderer::Native(engine)) =
        (version, &manifest, &renderer)
        && (subject == ProjectOrApp::Project || manifest.has_variables())
    {
        let is_given =
            |name: &str| request.variables.contains_key(name) || past.answers.contains_key(name);
        let answers = manifest.remembered(engine, is_given)?;
        let made = remembered::made(request, &past.incidentals);
        let mut remembered = Remembered::new(version, made, &answers);
        remembered.add_files(&plan, past.incidentals.private());
        plan.remembered = Some(remembered);
    }
    Ok(plan)
}

/// Finds and reads the template, without its manifest and its tests, which are no part of the
/// project.
fn open(request: &Request<'_>) -> Result<(Source, Option<Manifest>), Error> {
    let mut source = Source::open(request)?;
    let manifest = take_manifest(request, &mut source)?;
    Ok((source, manifest))
}

/// Takes the manifest and the tests out of a template, and brings in what it builds on.
fn take_manifest(request: &Request<'_>, source: &mut Source) -> Result<Option<Manifest>, Error> {
    let taken = |name: &str| variables::name_fault(request.subject, name);
    let manifest = composition::compose(request, source, &taken)?;
    if let Some(manifest) = &manifest {
        authoring::leave_out_cases(source, manifest);
    }
    Ok(manifest)
}

/// The template's language, with all variables in the order in which one stands before another.
fn renderer(
    request: &Request<'_>,
    manifest: Option<&Manifest>,
    past: &Past,
) -> Result<Renderer, Error> {
    let Request {
        subject,
        name,
        target,
        variables,
        options,
        ..
    } = *request;
    let is_native = manifest.is_some();
    let mut context = if is_native {
        Dict::new()
    } else {
        options.clone()
    };
    let found = if is_native {
        None
    } else {
        (request.django_version)()
    };
    let version = found.as_deref().unwrap_or(context::DJANGO_VERSION);
    context.extend(context::context(subject, name, target.path(), version)?);
    if is_native {
        context::extend_native(&mut context, name, request.install);
        context::keep_secret_key(&mut context, &past.incidentals);
    }
    if request.repeatable && subject == ProjectOrApp::Project {
        context.insert("secret_key".into(), Value::text(context::ANY_SECRET_KEY));
    }
    context.extend(
        variables
            .iter()
            .map(|(name, value)| (Arc::clone(name), value.clone())),
    );
    Ok(match manifest {
        Some(manifest) => {
            let parts = manifest.chosen().iter().map(|it| Value::text(it.as_str()));
            context.insert(composition::PARTS.into(), Value::List(parts.collect()));
            let incidentals = Arc::clone(&past.incidentals);
            let mut engine = Engine::with(&context, &manifest.environment, incidentals);
            if request.repeatable {
                engine.make_repeatable();
            }
            let answers = Answers {
                given: variables,
                remembered: &past.answers,
                is_past: past.is_base,
                environment: request.environment,
                kept: request.answers,
            };
            manifest.resolve(request, &answers, &mut engine)?;
            Renderer::native(engine)
        }
        None => Renderer::django(context),
    })
}

/// Makes what was planned: all of it, or nothing. Where the flag is set before all is made, what
/// was made is removed.
pub fn write(plan: &Plan, target: &Target, stop: &AtomicBool) -> Result<(), Error> {
    match target {
        Target::New(path) => write::new_directory(plan, path, stop),
        Target::Existing(path) => write::overlay(plan, path, stop),
    }
}
