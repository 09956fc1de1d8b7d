//! A template that was found and read, with its manifest; and rendering it.

use std::{path::Path, sync::Arc};

use super::{
    Past, Request, authoring, composition,
    composition::Composed,
    context, cookiecutter,
    declarations::Answers,
    error::Error,
    manifest::{self, Manifest},
    names::Names,
    native::Engine,
    plan::Plan,
    remembered::{self, Remembered, Version},
    render::Renderer,
    source::{self, CommitQuestion, Source, Step},
    subject::Subject,
    value::{Dict, Value},
    variables,
};

/// A template.
pub(super) struct Template {
    /// Without the manifest and the tests, which are no part of the project; with the files that it
    /// builds on.
    pub(super) source: Source,
    pub(super) manifest: Option<Manifest>,
    /// What a project made from it is to remember of it.
    pub(super) version: Option<Version>,
    /// Hashes of the templates that it builds on, the next one first.
    bases: Vec<String>,
}

impl Template {
    /// Finds and reads the template that is wanted.
    pub(super) fn open(request: &Request<'_>) -> Result<Self, Error> {
        Self::of(request, Source::open(request)?)
    }

    /// The same for a project that is to remember the template. Where a repository of the user's has
    /// to tell its commit, that is asked for and not waited for.
    pub(super) fn open_to_remember(
        request: &Request<'_>,
    ) -> Result<(Self, Option<CommitQuestion>), Error> {
        let mut question = source::ask_commit(request);
        let source = Source::open(request)?;
        if !source.has(Path::new(manifest::FILE_NAME)) {
            return Ok((Self::of(request, source)?, None));
        }
        if let Some(question) = &mut question {
            question.note(&source.entries);
        }
        let (origin, hash) = (source.origin.clone(), source.hash());
        let mut template = Self::of(request, source)?;
        let bases = std::mem::take(&mut template.bases);
        // The commit is not the one of what it builds on.
        let question = question.filter(|_| bases.is_empty());
        template.version = Some(remembered::version(request, origin, hash, bases));
        Ok((template, question))
    }

    /// Takes the manifest and the tests out of a template, and brings in what it builds on.
    pub(super) fn of(request: &Request<'_>, mut source: Source) -> Result<Self, Error> {
        let taken = |name: &str| variables::name_fault(request.subject, name);
        let composed = composition::compose(request, &mut source, &taken)?;
        let (manifest, bases) = match composed {
            Some(Composed { manifest, bases }) => (Some(manifest), bases),
            None => (None, Vec::new()),
        };
        if let Some(manifest) = &manifest {
            authoring::leave_out_cases(&mut source, manifest);
        }
        Ok(Self {
            source,
            manifest,
            version: None,
            bases,
        })
    }

    /// Renders it.
    pub(super) fn render(mut self, request: &Request<'_>, past: &Past) -> Result<Plan, Error> {
        let subject = request.subject;
        let manifest = self.manifest.as_ref();
        if !past.is_made {
            check_name(request, manifest, &self.source)?;
        }
        request.progress.step(Step::Rendering);
        if manifest.is_none() && cookiecutter::is_one(&self.source) {
            return cookiecutter::plan(request, &mut self.source);
        }
        let fixed = subject.name_variable();
        if request.variables.contains_key(fixed) {
            return Err(Error::Answer {
                message: variables::fixed(subject, fixed),
                hint: "only templates made for cookiecutter have one of their own".to_owned(),
            });
        }
        let renderer = renderer(request, manifest, past)?;
        let mut plan = Plan::new(request, &mut self.source, manifest, &renderer)?;
        if let (Some(version), Some(manifest), Renderer::Native(engine)) =
            (self.version, manifest, &renderer)
            && (subject == Subject::Project || manifest.has_variables())
        {
            let is_given = |name: &str| {
                request.variables.contains_key(name) || past.answers.contains_key(name)
            };
            let answers = manifest.remembered(engine, is_given)?;
            let made = remembered::made(request, &past.incidentals);
            let private = past.incidentals.private();
            plan.remembered = Some(Remembered::new(version, made, &answers, private));
        }
        Ok(plan)
    }
}

/// Says whether a project from the template may have the name.
fn check_name(
    request: &Request<'_>,
    manifest: Option<&Manifest>,
    source: &Source,
) -> Result<(), Error> {
    let names = manifest.and_then(|it| it.names).unwrap_or_default();
    if !(request.admits)(names) {
        return Err(Error::NameRefused { names });
    }
    if !manifest.is_some_and(|it| it.reserves(request.name)) {
        return Ok(());
    }
    let (name, template) = (request.name.to_owned(), source.name());
    Err(match names {
        Names::Python => Error::NameTaken {
            subject: request.subject,
            name,
            template,
        },
        Names::Crate => Error::CrateTaken { name, template },
    })
}

/// The template's language, with all variables in the order in which one stands before another.
pub(super) fn renderer(
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
        facts,
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
        context.extend(facts.clone());
    }
    if request.repeatable && subject == Subject::Project {
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
