//! A plan of files that are made as they are: a template itself, and not what it renders to.

use std::path::Path;

use super::{Node, Plan};
use crate::template::{
    error::Error,
    source::{Entry, Kind},
    subject::Subject,
};

impl Plan {
    /// Makes the entries under their own names, with their own contents.
    pub(in crate::template) fn verbatim(
        subject: Subject,
        template: String,
        entries: Vec<Entry>,
    ) -> Result<Self, Error> {
        let mut plan = Self::empty(subject, template);
        for Entry { path, kind } in entries {
            let node = Node {
                from: path.clone(),
                kind,
                is_rendered: false,
                skips_if_exists: false,
            };
            plan.add(&path, node)?;
        }
        Ok(plan)
    }

    /// Everything that will be made as entries of a template would be.
    pub(in crate::template) fn contents(&self) -> impl Iterator<Item = (&Path, &Kind)> {
        self.nodes().map(|(path, node)| (path, &node.kind))
    }
}
