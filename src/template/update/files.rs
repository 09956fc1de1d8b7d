//! All files of both versions, and what becomes of each.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use super::{
    Change,
    decide::{self, Blob, Effect, Old, Outcome, Private, Sides},
    recover::Recovered,
    renames,
};
use crate::template::{
    error::Error,
    write::{Found, Place, Step},
};

/// All files, and what becomes of them.
pub(super) struct Files<'a> {
    pub(super) ours: Place,
    pub(super) old: &'a BTreeMap<PathBuf, Old<'a>>,
    pub(super) new: &'a BTreeMap<PathBuf, Blob>,
    pub(super) private: &'a [String],
    /// What the project has in place of these.
    pub(super) known: Recovered,
    pub(super) restores: bool,
    pub(super) changes: Vec<Change>,
    pub(super) steps: Vec<Step>,
}

impl Files<'_> {
    /// Decides about each file.
    pub(super) fn decide(&mut self) -> Result<(), Error> {
        self.recover()?;
        let mut renames = renames::find(self.old, self.new, self.private);
        let mut targets = BTreeSet::new();
        for (from, to) in std::mem::take(&mut renames) {
            // Where the user has something of the new name, they are two files.
            if matches!(self.ours.look(to)?, Found::Missing) {
                self.decide_moved(from, to)?;
                targets.extend([from, to]);
            }
        }
        let paths: BTreeSet<&PathBuf> = self.old.keys().chain(self.new.keys()).collect();
        for path in paths {
            if !targets.contains(path.as_path()) {
                self.decide_one(path)?;
            }
        }
        self.changes.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(())
    }

    /// Looks in all files for what the template made at random.
    fn recover(&mut self) -> Result<(), Error> {
        if self.private.is_empty() {
            return Ok(());
        }
        let new = self.new.iter();
        let old = self.old.iter().filter_map(|(path, old)| match old {
            Old::Known(blob) => Some((path, blob)),
            Old::Print(_) => None,
        });
        for (path, blob) in old.chain(new) {
            let Some(rendered) = decide::text(&blob.contents) else {
                continue;
            };
            if !self.private.iter().any(|text| rendered.contains(text)) {
                continue;
            }
            if let Found::File { contents, .. } = self.ours.look(path)?
                && let Some(ours) = decide::text(&contents)
            {
                self.known.add(rendered, ours, self.private);
            }
        }
        Ok(())
    }

    fn private(&self) -> Private<'_> {
        Private {
            texts: self.private,
            known: &self.known,
        }
    }

    fn decide_one(&mut self, path: &Path) -> Result<(), Error> {
        let ours = match self.ours.look(path)? {
            // A directory takes the place of the file that was decided about before.
            Found::Other if self.goes_above(path) => Found::Missing,
            ours => ours,
        };
        let decided = decide::decide(Sides {
            old: self.old.get(path),
            ours: &ours,
            new: self.new.get(path),
            private: self.private(),
            restores: self.restores,
        });
        if let Some((outcome, effect)) = decided {
            self.add(path, None, ours, outcome, effect);
        }
        Ok(())
    }

    /// Whether a file goes that stands where the path needs a directory.
    fn goes_above(&self, path: &Path) -> bool {
        let mut steps = self.steps.iter();
        steps.any(|step| match step {
            Step::Remove { path: gone } => path.starts_with(gone),
            Step::Put { .. } | Step::Directory { .. } => false,
        })
    }

    fn decide_moved(&mut self, from: &Path, to: &Path) -> Result<(), Error> {
        let ours = self.ours.look(from)?;
        let (Some(old), Some(new)) = (self.old.get(from), self.new.get(to)) else {
            return Ok(());
        };
        let sides = Sides {
            old: Some(old),
            ours: &ours,
            new: Some(new),
            private: self.private(),
            restores: self.restores,
        };
        let (outcome, effect) = decide::moved(sides, old, new);
        let is_there = matches!(ours, Found::File { .. });
        if is_there && effect != Effect::Nothing {
            self.steps.push(Step::Remove { path: from.into() });
        }
        self.add(to, Some(from), ours, outcome, effect);
        Ok(())
    }

    fn add(
        &mut self,
        path: &Path,
        from: Option<&Path>,
        ours: Found,
        outcome: Outcome,
        effect: Effect,
    ) {
        let before = match ours {
            Found::File { contents, .. } => Some(contents),
            Found::Missing | Found::Other => None,
        };
        let after = match effect {
            Effect::Nothing => before.clone(),
            Effect::Remove => {
                self.steps.push(Step::Remove { path: path.into() });
                None
            }
            Effect::Put { contents, mode } => {
                self.steps.push(Step::Put {
                    path: path.into(),
                    contents: contents.clone(),
                    mode,
                    is_exact: before.is_some(),
                    replaces: before.is_some() && from.is_none(),
                });
                Some(contents)
            }
        };
        self.changes.push(Change {
            path: path.into(),
            from: from.map(Path::to_path_buf),
            outcome,
            before,
            after,
        });
    }
}
