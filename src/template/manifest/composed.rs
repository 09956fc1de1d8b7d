//! The manifests of a template and of those that it builds on, as one.

use std::{
    collections::HashMap,
    ops::Range,
    path::{Path, PathBuf},
};

use indexmap::IndexMap;

use super::{FILE_NAME, Manifest};
use crate::template::{
    composition::{Part, PartDirectory},
    declarations::Declaration,
    error::Error,
};

impl Manifest {
    /// The number of the octet after the last one of the manifests.
    pub(in crate::template) fn end(&self) -> usize {
        let last = self.places.last();
        last.map_or(0, |place| place.start + place.text.len() + 1)
    }

    /// An error of reading the manifest of the template that this one builds on, with the place
    /// that says so: the user need not have heard of that one.
    pub(in crate::template) fn in_base(&self, extends: &Range<usize>, error: Error) -> Error {
        let mut places = self.places.iter();
        let place = places.rfind(|place| place.start <= extends.start);
        match (error, place) {
            (Error::Manifest { report }, Some(place)) => Error::Manifest {
                report: report.and(
                    &place.path,
                    &place.text,
                    place.own(extends.clone()),
                    "this builds on it",
                ),
            },
            (error, _) => error,
        }
    }

    /// This manifest with that of the template that it builds on.
    pub(in crate::template) fn over(self, base: Self) -> Self {
        let Self {
            mut places,
            extends: _,
            remove: _,
            useless_removals: _,
            raw_parts: _,
            parts,
            chosen: _,
            origins: _,
            name,
            description,
            copy,
            executable,
            reserved,
            names,
            message,
            environment,
            tests,
            variables: _,
            declarations,
            files,
            exclude,
            hooks,
            _minimum_version: _,
        } = self;
        places.extend(base.places);
        let both = |mut below: Vec<String>, above: Vec<String>| {
            below.extend(above);
            below
        };
        let mut all_parts = base.parts;
        for (name, mut part) in parts {
            if let Some(below) = all_parts.get_mut(&name) {
                let below = std::mem::take(&mut below.declarations);
                part.declarations = joined(below, part.declarations);
            }
            all_parts.insert(name, part);
        }
        let mut rules = base.files;
        rules.extend(files);
        Self {
            places,
            extends: base.extends,
            remove: base.remove,
            useless_removals: Vec::new(),
            raw_parts: IndexMap::new(),
            parts: all_parts,
            chosen: Vec::new(),
            origins: HashMap::new(),
            name,
            description,
            copy: both(base.copy, copy),
            exclude: both(base.exclude, exclude),
            hooks: base.hooks.followed_by(hooks),
            _minimum_version: None,
            executable: both(base.executable, executable),
            reserved: both(base.reserved, reserved),
            names: names.or(base.names),
            message: message.or(base.message),
            environment: both(base.environment, environment),
            tests: tests.or(base.tests),
            variables: Vec::new(),
            declarations: joined(base.declarations, declarations),
            files: rules,
        }
    }

    /// Where the files of its parts are.
    pub(in crate::template) fn part_directories(&self) -> Vec<PartDirectory> {
        self.parts.values().map(Part::directory).collect()
    }

    /// Takes the parts that were chosen, and where the files come from.
    pub(in crate::template) fn choose(
        &mut self,
        parts: Vec<String>,
        origins: HashMap<PathBuf, PathBuf>,
    ) {
        for name in &parts {
            if let Some(part) = self.parts.get_mut(name) {
                let of_part = std::mem::take(&mut part.declarations);
                self.declarations = joined(std::mem::take(&mut self.declarations), of_part);
            }
        }
        self.chosen = parts;
        self.origins = origins;
    }

    /// The parts that were chosen.
    pub(in crate::template) fn chosen(&self) -> &[String] {
        &self.chosen
    }

    /// Where a file of the template comes from, if that is another template or a part.
    pub(in crate::template) fn origin(&self, path: &Path) -> Option<&Path> {
        self.origins.get(path).map(PathBuf::as_path)
    }

    /// Where the message stands.
    pub(in crate::template) fn message_place(&self) -> PathBuf {
        let mut places = self.places.iter();
        let place = places.find(|place| place.has_message);
        let path = place.map_or(Path::new(FILE_NAME), |it| &it.path);
        path.with_extension("toml (message)")
    }
}

/// One list of variables over another: what has the name of one that is there takes its place, and
/// the others follow.
fn joined(below: Vec<Declaration>, above: Vec<Declaration>) -> Vec<Declaration> {
    let mut all = below;
    for declaration in above {
        match all.iter_mut().find(|it| it.name() == declaration.name()) {
            Some(there) => *there = declaration,
            None => all.push(declaration),
        }
    }
    all
}
