//! What is reported: which files changed, and what that means for whoever runs them.

use std::{path::PathBuf, time::Instant};

/// How many paths a change names. More than that nobody reads; [`Change::count`] has all.
pub(super) const MOST_NAMED: usize = 100;

/// What a changed file is to a running application; the last is the strongest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Something that browsers load: style sheets, scripts, images, fonts.
    Static,
    /// A template, which the application may or may not keep in memory.
    Template,
    /// Something that is read once, when the application is loaded.
    Code,
}

impl Kind {
    /// Whether requests wait once a file of this kind has changed: a stale answer would be wrong.
    #[must_use]
    pub fn closes_gate(self) -> bool {
        match self {
            Self::Code | Self::Template => true,
            Self::Static => false,
        }
    }
}

/// One change that has settled, of one file or of thousands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The files, absolute and sorted; at most 100 of them. A directory stands for the files
    /// that were in it where these are not known.
    pub paths: Vec<PathBuf>,
    /// How many there are in all.
    pub count: usize,
    /// The strongest kind among them.
    pub kind: Kind,
    /// When the first event was read.
    pub noticed: Instant,
    /// When nothing more was expected.
    pub settled: Instant,
}

impl Change {
    /// Adds a later change to one that nobody has taken yet.
    pub(super) fn merge(&mut self, later: Self) {
        let Self {
            paths,
            count,
            kind,
            noticed,
            settled,
        } = later;
        // What both name is counted once; beyond what is named, nobody can tell.
        let before = self.paths.len();
        let named = paths.len();
        self.paths.extend(paths);
        self.paths.sort();
        self.paths.dedup();
        let twice = before + named - self.paths.len();
        self.paths.truncate(MOST_NAMED);
        self.count = (self.count + count).saturating_sub(twice);
        self.kind = self.kind.max(kind);
        self.noticed = self.noticed.min(noticed);
        self.settled = self.settled.max(settled);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn change(paths: &[&str], kind: Kind, at: Instant) -> Change {
        Change {
            paths: paths.iter().map(PathBuf::from).collect(),
            count: paths.len(),
            kind,
            noticed: at,
            settled: at,
        }
    }

    #[test]
    fn the_strongest_kind_is_the_greatest() {
        assert!(Kind::Code > Kind::Template && Kind::Template > Kind::Static);
        assert!(Kind::Code.closes_gate() && Kind::Template.closes_gate());
        assert!(!Kind::Static.closes_gate());
    }

    #[test]
    fn merging_keeps_the_strongest_the_earliest_and_each_path_once() {
        let start = Instant::now();
        let end = start + Duration::from_secs(1);
        let mut first = change(&["/b", "/c"], Kind::Static, start);
        first.merge(change(&["/a", "/b"], Kind::Code, end));
        assert_eq!(
            first,
            Change {
                paths: ["/a", "/b", "/c"].map(PathBuf::from).to_vec(),
                count: 3,
                kind: Kind::Code,
                noticed: start,
                settled: end,
            }
        );
    }

    #[test]
    fn a_merged_change_names_no_more_than_any_other() {
        let now = Instant::now();
        let names = |first: usize| -> Vec<String> {
            (first..first + MOST_NAMED)
                .map(|n| format!("/{n}"))
                .collect()
        };
        let (low, high) = (names(100), names(500));
        let mut merged = change(
            &low.iter().map(String::as_str).collect::<Vec<_>>(),
            Kind::Code,
            now,
        );
        merged.merge(change(
            &high.iter().map(String::as_str).collect::<Vec<_>>(),
            Kind::Code,
            now,
        ));
        assert_eq!(merged.paths.len(), MOST_NAMED);
        assert_eq!(merged.count, 2 * MOST_NAMED);
    }
}
