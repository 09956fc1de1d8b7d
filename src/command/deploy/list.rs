//! The targets: those in the program and the user's own, with what each is for.

use std::path::Path;

use serde::Serialize;

use super::DeployError;
use crate::{
    cli::DeployArgs,
    command::{
        error::Error,
        generate::own,
        words::{lossy, print_json},
    },
    console,
    template::{self, Listed, Subject, shown_path, shown_text},
};

#[derive(Serialize)]
struct Document {
    targets: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    name: String,
    description: Option<String>,
    builtin: bool,
    path: Option<String>,
}

/// Lists them, one in a line, or as JSON.
pub(super) fn run(json: bool) -> Result<(), Error> {
    let targets = targets(own::templates().as_deref())?;
    if json {
        let items = targets.iter().map(|(name, it)| Item {
            name: name.clone(),
            description: it.description.clone(),
            builtin: it.path.is_none(),
            path: it.path.as_deref().map(lossy),
        });
        print_json(&Document {
            targets: items.collect(),
        });
        return Ok(());
    }
    let width = targets.iter().map(|(name, _)| name.chars().count()).max();
    let width = width.unwrap_or_default();
    for (name, listed) in &targets {
        let description = listed.description.as_deref().unwrap_or_default();
        let place = listed.path.as_deref();
        let place = place.map_or_else(String::new, |it| format!(" ({})", shown_path(it)));
        let line = format!("{name:width$}  {}{place}", shown_text(description));
        console::line(line.trim_end());
    }
    Ok(())
}

/// The template that the user means.
pub(super) fn template(args: &DeployArgs, server: &str) -> Result<String, Error> {
    let name = Subject::Deployment.template_name(server);
    // It is the name of a directory as well.
    if Subject::deployment(&name).is_none() {
        return Err(DeployError::BadTarget(server.to_owned()).into());
    }
    Ok(args.template.clone().unwrap_or(name))
}

/// Fails where there is no such target.
pub(super) fn check(template: &str, own: Option<&Path>) -> Result<(), Error> {
    let targets = targets(own)?;
    if targets.iter().any(|(_, it)| it.name == template) {
        return Ok(());
    }
    let wanted = Subject::deployment(template).unwrap_or(template);
    let names: Vec<_> = targets.iter().map(|(name, _)| name.as_str()).collect();
    let meant = template::similar(&wanted.to_lowercase(), names.iter().copied());
    let hint = match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("there are {}", names.join(", ")),
    };
    Err(DeployError::UnknownTarget(wanted.to_owned(), hint).into())
}

/// All of them by name; one of the user's own takes the place of the built-in one.
fn targets(own: Option<&Path>) -> Result<Vec<(String, Listed)>, Error> {
    let own = own.map(template::own_templates).transpose()?;
    let own = own.unwrap_or_default();
    let builtin = template::builtin_templates();
    let mut targets: Vec<(String, Listed)> = Vec::new();
    for listed in own.into_iter().chain(builtin) {
        let is_new = targets.iter().all(|(_, it)| it.name != listed.name);
        if let Some(name) = Subject::deployment(&listed.name)
            && is_new
        {
            targets.push((name.to_owned(), listed));
        }
    }
    targets.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(targets)
}
