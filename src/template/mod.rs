//! Generating a project: source → manifest → context → render → plan → write.
//!
//! Everything up to the plan only reads. What can be wrong (the template, a name, a file that is
//! in the way) is found there, so that nothing is written unless all of it can be. [`write()`] then
//! makes the whole project or nothing.
//!
//! This part does not decide which names are good for a project, runs no program and prints
//! nothing.

mod context;
mod django;
mod error;
mod glob;
mod manifest;
mod path;
mod plan;
mod render;
mod selection;
mod similar;
mod source;
mod subject;
mod target;
mod titlecase;
mod value;
mod write;

use std::{path::Path, sync::atomic::AtomicBool};

pub use django::render_django;
pub use error::Error;
pub use plan::Plan;
pub use selection::Selection;
pub use subject::ProjectOrApp;
pub use target::Target;
pub use value::{DateTime, Dict, Str, Value};

/// What to generate, as the user said it.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The name of a built-in template, or the path of a directory.
    pub template: &'a str,
    /// The project's name, already found to be a good one.
    pub name: &'a str,
    /// Where the project goes.
    pub target: &'a Target,
    /// The directory that a relative template path starts from.
    pub current_directory: &'a Path,
    /// Whether the project's requirements will be installed: the template's message depends on it.
    pub install: bool,
}

/// Reads and renders the template and finds everything that speaks against writing it.
pub fn prepare(request: &Request<'_>) -> Result<Plan, Error> {
    let Request {
        template,
        name,
        target,
        current_directory,
        install,
    } = *request;
    if let Target::Existing(path) = target {
        // Before anything else: what an earlier run left would only look like conflicts.
        write::check_journal(path)?;
    }
    let source = source::Source::resolve(template, current_directory)?;
    let mut entries = source.entries()?;
    let manifest = manifest::take(&source, &mut entries)?;
    if manifest.as_ref().is_some_and(|it| it.reserves(name)) {
        return Err(Error::NameTaken {
            name: name.to_owned(),
            template: source.name(),
        });
    }
    let renderer = render::Renderer::new(context::context(name, target.path(), install)?);
    let plan = Plan::new(name, &source, manifest.as_ref(), entries, &renderer)?;
    target.check(&plan)?;
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
