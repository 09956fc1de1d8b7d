//! The optional parts of a template: `[parts.NAME]` of its manifest, and which of them the user
//! wants.

use std::path::PathBuf;

use indexmap::IndexMap;
use serde::Deserialize;
use toml::Spanned;

use super::{CompositionError, inner, layer::PartDirectory};
use crate::template::{
    declarations::{self, Declaration, Raw, RawFault},
    error::Error,
    manifest::Manifest,
    similar::similar,
};

/// A part as it stands in the manifest.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub(in crate::template) struct RawPart {
    description: String,
    path: Option<Spanned<String>>,
    requires: Vec<String>,
    conflicts: Vec<String>,
    variables: Vec<Raw>,
}

/// A part.
#[derive(Debug)]
pub(in crate::template) struct Part {
    name: String,
    /// What it is, in one line; for people.
    description: String,
    /// Its directory in the template.
    path: PathBuf,
    /// Whether the manifest names the directory.
    is_explicit: bool,
    /// Parts that are chosen along with it.
    requires: Vec<String>,
    /// Parts that are not chosen along with it.
    conflicts: Vec<String>,
    /// The variables that there are where it is chosen.
    pub(in crate::template) declarations: Vec<Declaration>,
    /// Where it stands in the manifest.
    offset: usize,
}

impl Part {
    /// Where its files are in the template that declares it.
    pub(in crate::template) fn directory(&self) -> PartDirectory {
        PartDirectory {
            name: self.name.clone(),
            path: self.path.clone(),
            offset: self.offset,
            is_explicit: self.is_explicit,
        }
    }
}

/// Checks the parts of a manifest, and puts them in the order in which they stand there. `taken`
/// says which names variables must not have, and why.
pub(in crate::template) fn parts(
    raw: IndexMap<String, Spanned<RawPart>>,
    taken: &dyn Fn(&str) -> Option<String>,
) -> Result<IndexMap<String, Part>, RawFault> {
    let mut parts = raw
        .into_iter()
        .map(|(name, raw)| part(name, raw, taken))
        .collect::<Result<Vec<_>, _>>()?;
    parts.sort_by_key(|part| part.offset);
    for (index, part) in parts.iter().enumerate() {
        let others = parts.iter().take(index);
        let overlaps = |other: &&Part| {
            other.path.starts_with(&part.path) || part.path.starts_with(&other.path)
        };
        if let Some(other) = others.into_iter().find(overlaps) {
            let message = format!(
                "the parts `{}` and `{}` have one directory in another's",
                other.name, part.name
            );
            let other = other.offset..other.offset + 1;
            return Err(RawFault {
                other: Some((other, "the other one")),
                ..fault(part.offset, message)
            });
        }
    }
    Ok(parts.into_iter().map(|it| (it.name.clone(), it)).collect())
}

fn part(
    name: String,
    raw: Spanned<RawPart>,
    taken: &dyn Fn(&str) -> Option<String>,
) -> Result<Part, RawFault> {
    let offset = raw.span().start;
    let RawPart {
        description,
        path,
        requires,
        conflicts,
        variables,
    } = raw.into_inner();
    let is_name = |octet: u8| matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    if name.is_empty() || !name.bytes().all(is_name) {
        let message = format!(
            "`{}` cannot be the name of a part, which has small letters, digits, hyphens and \
             underscores",
            name.escape_debug()
        );
        return Err(fault(offset, message));
    }
    let is_explicit = path.is_some();
    let path = match path {
        None => PathBuf::from("parts").join(&name),
        Some(path) => inner(path.get_ref())
            .map_err(|message| fault(path.span().start, message))?
            .to_path_buf(),
    };
    Ok(Part {
        name,
        description,
        path,
        is_explicit,
        requires,
        conflicts,
        declarations: declarations::declarations(variables, taken)?,
        offset,
    })
}

fn fault(offset: usize, message: String) -> RawFault {
    RawFault {
        range: offset..offset + 1,
        message,
        other: None,
    }
}

/// What to choose so that each part is tried: each by itself, and at last as many as go together.
pub(in crate::template) fn selections(manifest: &Manifest) -> Vec<Vec<String>> {
    let mut widest: Vec<String> = Vec::new();
    for name in manifest.parts.keys() {
        let mut wider = widest.clone();
        wider.push(name.clone());
        if choose(manifest, &wider, "").is_ok() {
            widest = wider;
        }
    }
    let mut all: Vec<_> = manifest.parts.keys().map(|it| vec![it.clone()]).collect();
    all.retain(|alone| *alone != widest);
    if !widest.is_empty() {
        all.push(widest);
    }
    all
}

/// The names of the parts that the user wants and of those that these need, in the order in which
/// the manifest has them. `template` is how the template is called.
pub(super) fn choose(
    manifest: &Manifest,
    wanted: &[String],
    template: &str,
) -> Result<Vec<String>, Error> {
    let parts = &manifest.parts;
    for part in parts.values() {
        for name in part.requires.iter().chain(&part.conflicts) {
            if !parts.contains_key(name) {
                let names = parts.keys().map(String::as_str);
                let meant = similar(name, names)
                    .map_or_else(String::new, |it| format!("; did you mean `{it}`?"));
                let message = format!(
                    "the part `{}` names the part `{name}`, which there is not{meant}",
                    part.name
                );
                return Err(manifest.fault(part.offset, &message));
            }
        }
    }
    let mut chosen: Vec<&str> = Vec::new();
    // Each with the part that needs it.
    let mut open: Vec<(&str, Option<&str>)> =
        wanted.iter().map(|name| (name.as_str(), None)).collect();
    let mut needed_by: Vec<(&str, &str)> = Vec::new();
    while let Some((name, by)) = open.pop() {
        let Some(part) = parts.get(name) else {
            return Err(unknown(name, template, parts.values()));
        };
        if chosen.contains(&name) {
            continue;
        }
        chosen.push(name);
        needed_by.extend(by.map(|by| (name, by)));
        open.extend(part.requires.iter().map(|it| (it.as_str(), Some(name))));
    }
    let because = |name: &str| {
        let by = needed_by.iter().find(|(it, _)| *it == name);
        by.map_or_else(String::new, |(_, by)| format!(" (which `{by}` requires)"))
    };
    for part in parts
        .values()
        .filter(|it| chosen.contains(&it.name.as_str()))
    {
        if let Some(other) = part
            .conflicts
            .iter()
            .find(|it| chosen.contains(&it.as_str()))
        {
            let name = &part.name;
            return Err(CompositionError::PartsConflict {
                first: format!("`{name}`{}", because(name)),
                second: format!("`{other}`{}", because(other)),
            }
            .into());
        }
    }
    let chosen = parts.keys().filter(|it| chosen.contains(&it.as_str()));
    Ok(chosen.cloned().collect())
}

/// The error about a part that there is not.
pub(super) fn unknown<'a>(
    name: &str,
    template: &str,
    parts: impl Iterator<Item = &'a Part>,
) -> Error {
    let parts: Vec<&Part> = parts.collect();
    let names = parts.iter().map(|part| part.name.as_str());
    let meant = similar(name, names).map(|it| format!("did you mean `{it}`? "));
    let described = |part: &&Part| match part.description.as_str() {
        "" => format!("`{}`", part.name),
        description => format!("`{}` ({description})", part.name),
    };
    let list: Vec<_> = parts.iter().map(described).collect();
    let list = match list.as_slice() {
        [] => "it has no parts".to_owned(),
        list => format!("its parts are {}", list.join(", ")),
    };
    CompositionError::UnknownPart {
        template: template.to_owned(),
        name: name.to_owned(),
        hint: format!("{}{list}", meant.unwrap_or_default()),
    }
    .into()
}
