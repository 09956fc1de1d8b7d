//! What a plan holds, for those who show it.

use std::path::Path;

use super::{plan::Plan, script::Script, source::Kind};

/// A file that will be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedFile<'a> {
    /// Its path in the directory that is made.
    pub path: &'a Path,
    /// How many octets it will have.
    pub size: u64,
    /// Its permission bits, before the umask.
    pub mode: u32,
    /// Whether it was rendered, and not only copied.
    pub is_rendered: bool,
}

impl Plan {
    /// All files, by path.
    pub fn planned_files(&self) -> impl Iterator<Item = PlannedFile<'_>> {
        self.nodes().filter_map(|(path, node)| match &node.kind {
            Kind::Directory => None,
            Kind::File { contents, mode } => Some(PlannedFile {
                path,
                size: contents.len() as u64,
                mode: *mode,
                is_rendered: node.is_rendered,
            }),
        })
    }

    /// The paths of all directories in the one that is made, each before those in it.
    pub fn directories(&self) -> impl Iterator<Item = &Path> {
        self.nodes()
            .filter(|(_, node)| node.is_directory())
            .map(|(path, _)| path)
    }

    /// The optional parts of the template that were chosen, in the template's order.
    #[must_use]
    pub fn parts(&self) -> &[String] {
        &self.parts
    }

    /// The hooks of a template that was made for cookiecutter, in the order in which they run.
    #[must_use]
    pub fn scripts(&self) -> &[Script] {
        &self.scripts
    }
}
