//! Taking in what happened: which files it concerns, and which directories have come or gone.

use std::{
    ffi::OsStr,
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    time::Instant,
};

use super::{
    change::Kind,
    happening::{Event, Happening},
    listing::differences,
    names,
    polling::Look,
    rescan::Rescan,
    rules::Verdict,
    scan::{Collect, is_marked},
    settle::{Note, Step},
    state::{State, time},
    tree::Directory,
};

/// How many files are remembered that Git ignores by rules which may just be changing.
const MOST_SET_ASIDE: usize = 1_000;

/// Something that happened to an entry of a directory.
#[derive(Clone, Copy, Debug)]
struct Entry<'a> {
    directory: &'a Path,
    name: &'a OsStr,
    path: &'a Path,
    happening: Happening,
    /// It happened between these.
    since: Instant,
    now: Instant,
}

impl State {
    /// Reads the queue. True where there was something.
    pub(super) fn drain(&mut self, now: Instant) -> bool {
        let Some(events) = &mut self.events else {
            return false;
        };
        let mut batch = std::mem::take(&mut self.batch);
        self.is_behind = !events.read(&mut batch);
        let any = !batch.is_empty();
        let is_complete = batch
            .iter()
            .all(|event| event.happening != Happening::Overflow);
        for event in batch.drain(..) {
            self.take_in(&event, now);
        }
        self.batch = batch;
        if is_complete && self.rescan.is_none_or(|rescan| !rescan.is_lost) && !self.is_behind {
            self.complete_until = time();
        }
        any
    }

    fn take_in(&mut self, event: &Event, now: Instant) {
        let rescan = match event.happening {
            Happening::Overflow => Some(Rescan::LOST),
            Happening::Unmounted => Some(Rescan::RESOLVE),
            _ => None,
        };
        if let Some(rescan) = rescan {
            let root = self.root.clone();
            let note = Note::new(Kind::Code, Step::Found).directory();
            self.note(&root, note, now, now);
            self.want(rescan, &root, now);
            return;
        }
        let paths = self.tree.paths(event.watch).to_vec();
        for directory in paths {
            match event.happening {
                Happening::Left => self.left(&directory, now),
                Happening::Unwatched => {
                    if let Some(known) = self.tree.remove(&directory) {
                        self.polled.remove(&directory);
                        self.bereave(&[(directory, known)], now, now);
                    }
                }
                happening => {
                    let path = directory.join(&event.name);
                    let entry = Entry {
                        directory: &directory,
                        name: &event.name,
                        path: &path,
                        happening,
                        since: now,
                        now,
                    };
                    self.happened(entry, event.is_directory);
                }
            }
        }
    }

    /// Takes in a look at a directory that is polled.
    pub(super) fn looked(&mut self, directory: &Path, found: Look, now: Instant) {
        // What is in the queue happened before.
        self.drain(now);
        let since = self.polled.since().unwrap_or(self.started);
        let new = found.listing.clone();
        let Some(old) = self.polled.update(directory, found) else {
            return;
        };
        let Some(new) = new else {
            self.left(directory, now);
            self.vanish(directory, true, since, now);
            return;
        };
        let old = old.listing.unwrap_or_default();
        for (name, is_directory, happening) in differences(&old, &new) {
            let path = directory.join(&name);
            let entry = Entry {
                directory,
                name: &name,
                path: &path,
                happening,
                since,
                now,
            };
            self.happened(entry, is_directory);
        }
    }

    fn happened(&mut self, entry: Entry<'_>, is_directory: bool) {
        let Some(known) = self.tree.get(entry.directory) else {
            return;
        };
        let is_entered = known.is_entered;
        if let Some(named) = known.named.get(entry.name).cloned() {
            let step = step(entry);
            for dependent in &named.dependents {
                self.note_dependent(dependent, step, entry.since, entry.now);
            }
            if named.is_on_the_way && entry.happening.replaces() {
                self.want(Rescan::RESOLVE, entry.path, entry.now);
                if self.links.contains_key(entry.path) {
                    // The rescan sees to the link itself.
                    return;
                }
            }
        }
        if !is_entered {
            return;
        }
        if is_directory {
            self.directory_happened(entry);
        } else {
            self.file_happened(entry);
        }
    }

    fn directory_happened(&mut self, entry: Entry<'_>) {
        let Entry {
            path, since, now, ..
        } = entry;
        match entry.happening {
            happening if happening.is_arrival() => {
                if names::is_marker(entry.name) {
                    self.leave_marked(entry.directory, now);
                }
                self.vanish(path, false, since, now);
                self.appear(path, since, now);
            }
            Happening::Removed => self.vanish(path, false, since, now),
            Happening::MovedAway => self.vanish(path, true, since, now),
            // It may have become readable.
            Happening::Touched if !self.tree.is_entered(path) => self.appear(path, since, now),
            _ => {}
        }
    }

    fn file_happened(&mut self, entry: Entry<'_>) {
        let Entry {
            path, since, now, ..
        } = entry;
        let is_link = entry.happening.is_arrival()
            && fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
        if is_link && let Some(visit) = self.follow(path) {
            let mut found = Vec::new();
            self.enter_all(vec![visit], &Collect::All, &mut found);
            self.note_found(found, since, now);
            return;
        }
        if entry.name == names::IGNORE_FILE {
            self.note(path, Note::new(None, step(entry)), since, now);
            self.want(Rescan::RULES, path, now);
            return;
        }
        if names::is_marker(entry.name) {
            self.leave_marked(entry.directory, now);
        }
        match self.matcher.judge(path) {
            // A template or picture with other access rights is the same.
            Verdict::Matters(Kind::Template | Kind::Static)
                if entry.happening == Happening::Touched => {}
            Verdict::Matters(kind) => {
                let is_born = matches!(entry.happening, Happening::Created | Happening::Appeared);
                self.tree.add_kind(entry.directory, kind);
                let note = Note::new(kind, step(entry)).born(is_born);
                self.note(path, note, since, now);
            }
            Verdict::IgnoredByGit => {
                if self.set_aside.len() >= MOST_SET_ASIDE {
                    self.set_aside.pop_front();
                }
                self.set_aside.push_back((path.to_owned(), now));
            }
            Verdict::Nothing => {}
        }
    }

    /// A directory has come, with all that is in it already.
    fn appear(&mut self, directory: &Path, since: Instant, now: Instant) {
        if self.matcher.enters(directory) {
            let mut found = Vec::new();
            self.enter(directory, &Collect::All, &mut found);
            self.note_found(found, since, now);
        }
    }

    pub(super) fn note_found(&mut self, found: Vec<(PathBuf, Note)>, since: Instant, now: Instant) {
        for (path, note) in found {
            self.note(&path, note, since, now);
        }
    }

    /// A directory is gone, or its files are no longer ours. Those that the system has told of
    /// are noted already; where it was moved, it told of none.
    fn vanish(&mut self, directory: &Path, is_moved: bool, since: Instant, now: Instant) {
        let gone = self.remove_below(directory);
        let known = gone.iter().filter(|(_, directory)| directory.is_entered);
        let kind = known.map(|(_, directory)| directory.kind).max().flatten();
        if is_moved && kind.is_some() {
            let note = Note::new(kind, Step::Gone).directory();
            self.note(directory, note, since, now);
        }
        for file in self.baseline.below(directory) {
            if let Verdict::Matters(kind) = self.matcher.judge(&file) {
                self.note(&file, Note::new(kind, Step::Gone), since, now);
            }
        }
        self.bereave(&gone, since, now);
    }

    /// Forgets a directory and all below it.
    fn remove_below(&mut self, directory: &Path) -> Vec<(PathBuf, Directory)> {
        let gone = self.tree.remove_below(directory);
        if gone.is_empty() {
            return gone;
        }
        for (path, known) in &gone {
            self.unwatch(known.watch);
            self.polled.remove(path);
        }
        self.matcher.forget(directory);
        self.links.retain(|link, _| !link.starts_with(directory));
        gone
    }

    /// A directory turns out to be an environment or a cache, if it does.
    fn leave_marked(&mut self, directory: &Path, now: Instant) {
        if is_marked(directory) && !self.matcher.enters_marked(directory) {
            self.settling.forget_below(directory);
            let gone = self.remove_below(directory);
            self.bereave(&gone, now, now);
        }
    }

    /// A directory is no longer where it was. Where it lies in another one of ours, that one
    /// tells.
    fn left(&mut self, directory: &Path, now: Instant) {
        let Some(known) = self.tree.get(directory) else {
            return;
        };
        let mut concerned: Vec<_> = known
            .named
            .values()
            .flat_map(|named| named.dependents.clone())
            .collect();
        let outside = self.outside.range(directory.to_owned()..);
        let outside = outside.take_while(|file| file.starts_with(directory));
        concerned.extend(outside.cloned());
        let links = self.links.iter().filter(|(link, target)| {
            *link == directory
                || target
                    .as_ref()
                    .is_some_and(|target| target.starts_with(directory))
        });
        concerned.extend(links.map(|(link, _)| link.clone()));
        if self.root.starts_with(directory) {
            concerned.push(self.root.clone());
        }
        if !concerned.is_empty() {
            for path in concerned {
                self.note_dependent(&path, Step::Gone, now, now);
            }
            self.want(Rescan::RESOLVE, directory, now);
        }
    }

    /// Sees to those who depended on entries of directories that are no longer watched.
    fn bereave(&mut self, gone: &[(PathBuf, Directory)], since: Instant, now: Instant) {
        for (path, directory) in gone {
            for dependent in directory.named.values().flat_map(|named| &named.dependents) {
                self.note_dependent(dependent, Step::Gone, since, now);
                self.want(Rescan::RESOLVE, path, now);
            }
        }
    }

    fn note_dependent(&mut self, path: &Path, step: Step, since: Instant, now: Instant) {
        let note = match self.matcher.judge(path) {
            Verdict::Matters(kind) => Note::new(kind, step),
            // A directory, which stands for what is in it.
            _ if path == self.root => Note::new(Kind::Code, step).directory(),
            _ => match self.links.get(path) {
                // Where it led nowhere, there was nothing.
                Some(target) => Note::new(Kind::Code, step)
                    .directory()
                    .born(target.is_none()),
                None => return,
            },
        };
        self.note(path, note, since, now);
    }

    /// Remembers to look at everything again once things have settled. The path is what is
    /// waited for.
    pub(super) fn want(&mut self, rescan: Rescan, path: &Path, now: Instant) {
        self.rescan = Some(self.rescan.unwrap_or_default() | rescan);
        self.settling
            .note(path, Note::new(None, Step::Touched), now);
    }
}

/// What may follow.
fn step(entry: Entry<'_>) -> Step {
    match entry.happening {
        Happening::Written => Step::Writing,
        Happening::Touched => Step::Touched,
        // A file that somebody makes is closed when it is there as a whole, and the system tells
        // of that. A link is there at once, by either kind of link.
        Happening::Created => match fs::symlink_metadata(entry.path) {
            Ok(metadata) if metadata.is_file() && metadata.nlink() == 1 => Step::Writing,
            _ => Step::Complete,
        },
        Happening::Closed | Happening::Arrived | Happening::Appeared => Step::Complete,
        Happening::Removed
        | Happening::MovedAway
        | Happening::Left
        | Happening::Unmounted
        | Happening::Unwatched
        | Happening::Overflow => Step::Gone,
    }
}
