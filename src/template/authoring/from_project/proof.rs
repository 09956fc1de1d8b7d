//! Whether a template gives back the project that it was made of: the same files with the same
//! octets, under the old name; and some project under another one.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::{secrets::Secrets, walk::File};
use crate::template::{
    Past, Request, Selection, Target,
    authoring::{AuthoringError, NOWHERE, cases},
    error::Error,
    manifest,
    mode::is_executable,
    opened::renderer,
    plan::Plan,
    shown,
    source::{Entry, Kind, Origin, Source},
    subject::Subject,
    value::Dict,
    variables,
};

/// A name that no project has, to render the template with.
const OTHER: &str = "some_other_name";

/// Fails where the template does not give the project back.
pub(super) fn prove(
    subject: Subject,
    name: &str,
    secrets: &Secrets,
    entries: &[Entry],
    files: &BTreeMap<PathBuf, File>,
) -> Result<(), Error> {
    let selection = Selection::default();
    if let Some(entry) = entries.iter().find(|it| !selection.takes(&it.path, false)) {
        return Err(different(&entry.path, "would be no part of the template"));
    }
    let plan = render(subject, name, &secrets.answers(), entries)?;
    let mut made = BTreeMap::new();
    for (path, kind) in plan.contents() {
        if let Kind::File { contents, mode } = kind {
            made.insert(path, (contents, is_executable(*mode)));
        }
    }
    for (path, file) in files {
        match made.remove(path.as_path()) {
            None => return Err(different(path, "would be missing")),
            Some((contents, _)) if **contents != *file.contents => {
                return Err(different(path, "would have other contents"));
            }
            Some((_, is_executable)) if is_executable != file.is_executable => {
                return Err(different(path, "would have another mode"));
            }
            Some(_) => {}
        }
    }
    if let Some(path) = made.keys().next() {
        return Err(different(path, "would be made in addition"));
    }
    render(subject, OTHER, &Dict::new(), entries).map(drop)
}

fn render(subject: Subject, name: &str, answers: &Dict, entries: &[Entry]) -> Result<Plan, Error> {
    let mut source = Source {
        root: PathBuf::new(),
        origin: Origin::default(),
        entries: entries.to_vec(),
    };
    let manifest = manifest::take(&mut source, 0, &|it: &str| {
        variables::name_fault(subject, it)
    })?;
    if let Some(manifest) = &manifest {
        cases::leave_out(&mut source, manifest);
    }
    let target = Target::New(Path::new(NOWHERE).join(name));
    let request = Request {
        variables: answers,
        ..Request::new(subject, name, &target, Path::new("/"))
    };
    let renderer = renderer(&request, manifest.as_ref(), &Past::default())?;
    Plan::new(&request, &mut source, manifest.as_ref(), &renderer)
}

fn different(path: &Path, what: &str) -> Error {
    let reason = format!("`{}` {what}", shown::path(path));
    AuthoringError::NotTheSame { reason }.into()
}
