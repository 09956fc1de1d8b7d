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

    /// Its text.
    pub(in crate::template) fn text(&self) -> &str {
        &self.place.text
    }

    /// Where it stands.
    pub(in crate::template) fn path(&self) -> &Path {
        &self.place.path
    }
}

/// Whether a pattern of a manifest means a path or a directory above it, in the place of the
/// manifest where a directory stands for what is in it.
pub(in crate::template) fn pattern_means(pattern: &str, path: &Path) -> bool {
    let mut above = path.ancestors().take_while(|it| !it.as_os_str().is_empty());
    above.any(|it| glob::matches(pattern.trim_end_matches('/'), it))
}
