//! Following symbolic links, and whatever else leads to files outside the project's directories.
//!
//! A path that leads through links changes its meaning when one of them is replaced. So each
//! directory on the way that holds a link, or misses an entry, is watched for just that entry.

use std::{
    collections::{HashMap, VecDeque},
    ffi::{OsStr, OsString},
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Component, Path, PathBuf},
};

use super::{names, rules::Verdict, scan::Visit, state::State, tree::Directory};

/// How many links are followed in a project: more than anybody makes by hand.
const MOST_LINKS: usize = 10_000;

/// How many steps the way to a file may have. The kernel follows 40 links.
const MOST_STEPS: usize = 1_000;

impl State {
    /// Sees to it that what a link leads to is watched. A directory is yet to be visited.
    pub(super) fn follow(&mut self, link: &Path) -> Option<Visit> {
        // Emacs locks files with links that lead nowhere.
        let is_temporary = link.file_name().is_none_or(names::is_temporary);
        if is_temporary || self.links.len() >= MOST_LINKS {
            return None;
        }
        if fs::metadata(link).is_ok_and(|target| target.is_dir()) {
            let target = fs::canonicalize(link).ok()?;
            // What leads to the project itself, or to where it lies, would never end or bring in
            // all of the disk.
            if self.root.starts_with(&target) || !self.matcher.enters(link) {
                return None;
            }
            self.links.insert(link.to_owned(), Some(target));
            self.anchor(link);
            return Some(Visit {
                path: link.to_owned(),
                is_link: true,
            });
        }
        // What leads nowhere may come to lead to a directory.
        let leads_nowhere = fs::metadata(link).is_err();
        if leads_nowhere || matches!(self.matcher.judge(link), Verdict::Matters(_)) {
            self.follow_file(link);
        }
        None
    }

    /// Follows a link to a file, or to what is not there.
    pub(super) fn follow_file(&mut self, link: &Path) {
        let target = fs::canonicalize(link).ok();
        self.links.insert(link.to_owned(), target);
        self.anchor(link);
    }

    /// Watches whatever can change what a path leads to, and the file it leads to.
    pub(super) fn anchor(&mut self, path: &Path) {
        let mut place = PathBuf::from("/");
        let mut rest = VecDeque::new();
        prepend(&mut rest, path);
        for _ in 0..MOST_STEPS {
            let Some(name) = rest.pop_front() else {
                return;
            };
            if name == ".." {
                // There are no links in what we have gone so far.
                place.pop();
                continue;
            }
            let next = place.join(&name);
            match fs::symlink_metadata(&next) {
                Ok(metadata) if metadata.is_dir() => {
                    self.guard(&next, &metadata);
                    place = next;
                }
                Ok(metadata) if metadata.is_symlink() => {
                    self.depend(&place, &name, path, true);
                    let Ok(target) = fs::read_link(&next) else {
                        return;
                    };
                    if target.is_absolute() {
                        place = PathBuf::from("/");
                    }
                    prepend(&mut rest, &target);
                }
                Ok(_) => {
                    // An archive may stand for the modules in it.
                    self.depend(&place, &name, path, false);
                    return;
                }
                Err(_) => {
                    self.depend(&place, &name, path, true);
                    // It may have come before the watch was set.
                    if fs::symlink_metadata(&next).is_err() {
                        return;
                    }
                    rest.push_front(name);
                }
            }
        }
    }

    /// Watches a directory on the way for its removal and moving, of which those in it would not
    /// be told. This costs nothing while nobody does that.
    fn guard(&mut self, directory: &Path, metadata: &fs::Metadata) {
        // One that is looked at again and again is found to be missing.
        let Some(events) = &self.events else {
            return;
        };
        if self.tree.get(directory).is_none()
            && self.tree.watch_count() < self.limits.watches
            && let Ok(watch) = events.guard(directory)
        {
            self.tree.insert(
                directory.to_owned(),
                Directory {
                    watch: Some(watch),
                    identity: (metadata.dev(), metadata.ino()),
                    is_entered: false,
                    is_guarded_only: true,
                    kind: None,
                    named: HashMap::new(),
                },
            );
        }
    }

    /// Watches an entry of a directory for the sake of a path.
    fn depend(&mut self, directory: &Path, name: &OsStr, path: &Path, is_on_the_way: bool) {
        let is_itself = path.parent() == Some(directory) && path.file_name() == Some(name);
        if is_itself && !is_on_the_way && self.tree.is_entered(directory) {
            return;
        }
        let known = self.tree.get(directory);
        if known.is_none_or(|known| known.is_guarded_only) {
            let Ok(watch) = self.watch(directory) else {
                return;
            };
            let Ok(metadata) = fs::metadata(directory) else {
                self.unwatch(watch);
                return;
            };
            let identity = (metadata.dev(), metadata.ino());
            self.insert(directory, watch, identity, false, None);
        }
        self.tree.name(directory, name, path, is_on_the_way);
        if self.polled.has(directory) {
            self.poll(directory);
        }
    }
}

/// Puts the steps of a path before the others.
fn prepend(steps: &mut VecDeque<OsString>, path: &Path) {
    for part in path.components().rev() {
        match part {
            Component::Normal(name) => steps.push_front(name.to_owned()),
            Component::ParentDir => steps.push_front("..".into()),
            Component::Prefix(_) | Component::RootDir | Component::CurDir => {}
        }
    }
}
