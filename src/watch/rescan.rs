//! Looking at everything again: events were lost, Git's rules have changed, or a link leads
//! elsewhere.

use std::{
    ops::BitOr,
    time::{Duration, Instant},
};

use super::{
    repository::Repository,
    rules::Verdict,
    scan::Collect,
    settle::{Note, Step},
    state::{State, time},
};

/// For how long it is remembered what Git ignored: a checkout that changes the rules and the
/// files they are about writes either first.
const SET_ASIDE: Duration = Duration::from_secs(10);

/// How much a file's time may lag behind the clock that says until when events are complete.
const CLOCK_TICK: Duration = Duration::from_millis(20);

/// Why everything is looked at again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rescan {
    /// Events were lost.
    pub(super) is_lost: bool,
    /// What lies outside the project may have changed.
    resolve: bool,
    /// Git's rules have changed.
    rules: bool,
}

impl Rescan {
    pub(super) const LOST: Self = Self {
        is_lost: true,
        resolve: true,
        rules: true,
    };

    pub(super) const RESOLVE: Self = Self {
        is_lost: false,
        resolve: true,
        rules: false,
    };

    pub(super) const RULES: Self = Self {
        is_lost: false,
        resolve: false,
        rules: true,
    };
}

impl BitOr for Rescan {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self {
            is_lost: self.is_lost || other.is_lost,
            resolve: self.resolve || other.resolve,
            rules: self.rules || other.rules,
        }
    }
}

impl State {
    /// Sets all watches anew and notes what has changed.
    pub(super) fn rescan(&mut self, why: Rescan, now: Instant) {
        let since = self.complete_until.saturating_sub(CLOCK_TICK);
        self.repository = Repository::of(&self.root);
        self.matcher.reread(self.repository.as_ref());
        let old = std::mem::take(&mut self.tree);
        let old_links = std::mem::take(&mut self.links);
        self.unwatched = 0;

        let collect = if why.is_lost {
            Collect::Changed(&old, since)
        } else {
            Collect::InNew(&old)
        };
        let mut found = Vec::new();
        for directory in self.matcher.tops() {
            self.enter(&directory, &collect, &mut found);
            if self.tree.get(&directory).is_none() {
                // It may come, or come back.
                self.anchor(&directory);
            }
        }
        for file in self.outside.clone() {
            self.anchor(&file);
            if why.resolve
                && let Verdict::Matters(kind) = self.matcher.judge(&file)
            {
                found.push((file, Note::new(kind, Step::Complete)));
            }
        }

        for (link, target) in old_links {
            if self.links.get(&link) != Some(&target) {
                found.extend(self.files_below(&link, Step::Complete));
            }
        }
        for (path, directory) in old.iter() {
            let is_gone = directory.is_entered && !self.tree.is_entered(path) && !path.is_dir();
            if is_gone && directory.kind.is_some() {
                let note = Note::new(directory.kind, Step::Gone).directory();
                found.push((path.clone(), note));
                found.extend(self.files_below(path, Step::Gone));
            }
        }
        for watch in old.watches() {
            self.unwatch(Some(watch));
        }
        let tree = &self.tree;
        self.polled.retain(|path| tree.get(path).is_some());

        if why.rules {
            for (path, at) in std::mem::take(&mut self.set_aside) {
                if let Verdict::Matters(kind) = self.matcher.judge(&path)
                    && now.duration_since(at) < SET_ASIDE
                {
                    found.push((path, Note::new(kind, Step::Complete)));
                }
            }
        }
        if why.is_lost {
            let known = self.files_below(&self.root, Step::Complete);
            found.extend(known);
            self.complete_until = time();
        }
        self.note_found(found, now, now);
    }
}
