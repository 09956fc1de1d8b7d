//! What remains of a change once contents have been compared.

use std::{path::Path, time::Instant};

use super::{
    change::{Change, Kind, MOST_NAMED},
    content::Content,
    rules::Verdict,
    settle::{Batch, Note},
    state::State,
};

/// What the files of a change contain now, in their order.
pub(super) fn contents(batch: &Batch) -> Vec<Content> {
    let files = batch.files.iter();
    files
        .map(|(path, note)| match note.kind {
            Some(_) => Content::read(path).0,
            None => Content::Other,
        })
        .collect()
}

impl State {
    /// Makes a change of what has settled, if it is one.
    pub(super) fn compared(&mut self, batch: &Batch, contents: &[Content], settled: Instant) {
        let (mut paths, mut count, mut strongest) = (Vec::new(), 0, None);
        for ((path, note), content) in batch.files.iter().zip(contents) {
            let Some(kind) = self.kind_now(path, *note) else {
                continue;
            };
            if !self.baseline.is_changed(path, *content, *note) {
                continue;
            }
            count += 1;
            strongest = strongest.max(Some(kind));
            if paths.len() < MOST_NAMED {
                paths.push(path.clone());
            }
        }
        if batch.more > 0 {
            count += batch.more;
            strongest = strongest.max(batch.kind);
        }
        self.report.compared(strongest.map(|kind| Change {
            paths,
            count,
            kind,
            noticed: batch.noticed,
            settled,
        }));
    }

    /// What a file is by the rules as they are now: they may have changed, or its directory may
    /// have turned out to be an environment.
    fn kind_now(&self, path: &Path, note: Note) -> Option<Kind> {
        let kind = note.kind?;
        if note.directory {
            return Some(kind);
        }
        let Verdict::Matters(kind) = self.matcher.judge(path) else {
            return None;
        };
        let directory = path.parent()?;
        let is_ours = self.tree.is_entered(directory)
            || self.outside.contains(path)
            || self.links.contains_key(path)
            || !directory.is_dir();
        is_ours.then_some(kind)
    }
}
