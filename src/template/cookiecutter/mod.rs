//! Templates made for cookiecutter: a directory with a `cookiecutter.json`, whose texts are written
//! for Jinja2. What becomes of one is what cookiecutter 2.7 makes of it, as far as that needs no
//! Python; docs/cookiecutter.md says what is done in another way.
//!
//! - `config`: `cookiecutter.json`
//! - `variables`: the values of its variables
//! - `interview`: asking for them
//! - `engine`: rendering with them, and saying what is wrong
//! - `tree`: which files there are, and what they are called
//! - `contents`: what is text and what is not, and line ends
//! - `patterns`: Python's patterns for file names
//! - `outline`: what is told of a template
//! - `jinja`: Jinja2 itself

mod config;
mod contents;
mod engine;
mod interview;
mod jinja;
mod outline;
mod patterns;
mod tree;
mod variables;

use std::path::{Path, PathBuf};

use super::{
    Request,
    error::Error,
    plan::Plan,
    script::{Script, Stage},
    source::{Entry, Kind, Source},
};
use config::Config;
use engine::Engine;
use tree::Tree;

pub use config::CookiecutterError;
pub use engine::render_jinja;

pub(super) use config::FILE_NAME;
pub(super) use outline::{choices, outline};

/// Where a template keeps its hooks.
const HOOKS: &str = "hooks";

/// Whether the entries are those of such a template.
pub(super) fn is_one(source: &Source) -> bool {
    let mut entries = source.entries.iter();
    entries
        .any(|entry| entry.path == Path::new(FILE_NAME) && matches!(entry.kind, Kind::File { .. }))
}

/// What will be made of such a template.
pub(super) fn plan(request: &Request<'_>, source: &mut Source) -> Result<Plan, Error> {
    let config = Config::take(source)?;
    config.check_is_one(&source.name())?;
    let entries = std::mem::take(&mut source.entries);
    let tree = Tree::new(entries, &config, &source.root)?;
    let mut engine = Engine::new(&config, &tree)?;
    interview::interview(request, &config, &tree, &mut engine)?;
    engine.finish(&config, request, &source.root);
    let mut plan = Plan::empty(request.subject, source.name());
    let scripts = scripts(&tree.others, source, &engine)?;
    tree.render(request, &config, &engine, source, &mut plan)?;
    plan.scripts = scripts;
    Ok(plan)
}

/// The template's hooks, rendered.
fn scripts(others: &[Entry], source: &Source, engine: &Engine) -> Result<Vec<Script>, Error> {
    let mut scripts = Vec::new();
    for Entry { path, kind } in others {
        let Kind::File { contents, .. } = kind else {
            continue;
        };
        let (Some(directory), Some(name)) = (path.parent(), path.file_name()) else {
            continue;
        };
        let Some(stage) = Stage::of(Path::new(name)).filter(|_| directory == Path::new(HOOKS))
        else {
            continue;
        };
        let place = source.locate(path);
        let text = std::str::from_utf8(contents).map_err(|error| Error::NotText {
            path: place.clone(),
            offset: error.valid_up_to(),
        })?;
        // This one runs before there are values, in the template itself.
        let text = match stage {
            Stage::BeforeQuestions => text.to_owned(),
            Stage::Before | Stage::After => engine.render(&place, text)?,
        };
        scripts.push(Script {
            name: PathBuf::from(name),
            stage,
            text,
        });
    }
    scripts.sort_by(|first, second| (first.stage, &first.name).cmp(&(second.stage, &second.name)));
    Ok(scripts)
}
