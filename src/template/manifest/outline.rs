//! A manifest for those who show or check it.

use std::path::Path;

use super::Manifest;
use crate::template::{declarations::Declaration, files::Rule, glob};

impl Manifest {
    /// The variables that it declares.
    pub(in crate::template) fn declarations(&self) -> &[Declaration] {
        &self.declarations
    }

    /// What it says of single files.
    pub(in crate::template) fn rules(&self) -> &[Rule] {
        &self.files
    }

    /// Names that a project must not have.
    pub(in crate::template) fn reserved(&self) -> &[String] {
        &self.reserved
    }

    /// Its text; that of the template itself, where it builds on another.
    pub(in crate::template) fn text(&self) -> &str {
        self.places.first().map_or("", |it| &it.text)
    }

    /// Where it stands.
    pub(in crate::template) fn path(&self) -> &Path {
        self.places.first().map_or(Path::new(""), |it| &it.path)
    }

    /// The texts of all manifests, each with its place: first the template's own.
    pub(in crate::template) fn texts(&self) -> impl Iterator<Item = (&Path, &str)> {
        let places = self.places.iter();
        places.map(|it| (it.path.as_path(), it.text.as_str()))
    }
}

/// Whether a pattern of a manifest means a path or a directory above it, in the place of the
/// manifest where a directory stands for what is in it.
pub(in crate::template) fn pattern_means(pattern: &str, path: &Path) -> bool {
    let mut above = path.ancestors().take_while(|it| !it.as_os_str().is_empty());
    above.any(|it| glob::matches(pattern.trim_end_matches('/'), it))
}
