//! Walking through directories and setting watches. A directory is watched before it is read, so
//! that nothing can come into it unseen.
//!
//! The walk is our own because a library's matches every file against all rules; here names of
//! directories are enough, which is what a tree of half a million files is walked in time by.

use std::{
    collections::HashMap,
    ffi::OsString,
    fs,
    io::Read as _,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    Language,
    change::Kind,
    content::Stamp,
    filesystem::without_events,
    happening::{Refusal, Watch},
    listing::Interest,
    names,
    notice::Notice,
    rules::Verdict,
    settle::{Note, Step},
    state::State,
    tree::{Directory, Identity, Tree},
};

/// What a cache directory's mark begins with (<https://bford.info/cachedir/>).
const CACHE_SIGNATURE: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55";

/// Which files a walk is to find.
#[derive(Debug)]
pub(super) enum Collect<'a> {
    /// None: there was nothing before with which they could be compared.
    Nothing,
    /// All: the directory has just come.
    All,
    /// Those in directories that were not known or have been replaced.
    InNew(&'a Tree),
    /// Those, and what may have changed since that time.
    Changed(&'a Tree, Duration),
}

/// A directory that is to be entered.
#[derive(Debug)]
pub(super) struct Visit {
    pub(super) path: PathBuf,
    /// The path ends with a link, so it may lead to where we have been.
    pub(super) is_link: bool,
}

/// What is in a directory.
#[derive(Debug, Default)]
struct Entries {
    directories: Vec<OsString>,
    links: Vec<OsString>,
    /// Files that may matter by their names, and links that may be such files.
    files: Vec<OsString>,
    kind: Option<Kind>,
    has_rules: bool,
    has_marker: bool,
}

impl State {
    /// Watches a directory of the project and all below it that may matter.
    pub(super) fn enter(
        &mut self,
        directory: &Path,
        collect: &Collect<'_>,
        found: &mut Vec<(PathBuf, Note)>,
    ) {
        self.enter_all(
            vec![Visit {
                path: directory.to_owned(),
                is_link: false,
            }],
            collect,
            found,
        );
    }

    pub(super) fn enter_all(
        &mut self,
        mut visits: Vec<Visit>,
        collect: &Collect<'_>,
        found: &mut Vec<(PathBuf, Note)>,
    ) {
        while let Some(visit) = visits.pop() {
            if self.tree.len() >= self.limits.directories {
                self.notices.add(Notice::TooManyDirectories {
                    most: self.limits.directories,
                });
                return;
            }
            self.visit(visit, &mut visits, collect, found);
        }
    }

    fn visit(
        &mut self,
        visit: Visit,
        visits: &mut Vec<Visit>,
        collect: &Collect<'_>,
        found: &mut Vec<(PathBuf, Note)>,
    ) {
        let Visit { path, is_link } = visit;
        let Ok(watch) = self.watch(&path) else {
            return;
        };
        let Ok(metadata) = fs::metadata(&path) else {
            self.unwatch(watch);
            return;
        };
        let identity = (metadata.dev(), metadata.ino());
        if is_link && self.tree.has_entered(identity) {
            return;
        }
        let any_name = self.matcher.patterns_may_match_any_name();
        let in_templates = self.matcher.in_templates(&path);
        let entries = Entries::read(&path, in_templates, any_name, self.matcher.language);
        if entries.has_marker && is_marked(&path) && !self.matcher.enters_marked(&path) {
            self.unwatch(watch);
            return;
        }
        if entries.has_rules {
            self.matcher.read_ignore_file(&path);
        }
        self.collect(&path, &metadata, &entries, collect, found);
        self.insert(&path, watch, identity, true, entries.kind);
        for name in entries.directories {
            let path = path.join(name);
            if self.matcher.enters(&path) {
                visits.push(Visit {
                    path,
                    is_link: false,
                });
            }
        }
        for name in entries.links {
            visits.extend(self.follow(&path.join(name)));
        }
    }

    /// Adds the files of a directory that are looked for.
    fn collect(
        &self,
        directory: &Path,
        metadata: &fs::Metadata,
        entries: &Entries,
        collect: &Collect<'_>,
        found: &mut Vec<(PathBuf, Note)>,
    ) {
        let (old, since) = match *collect {
            Collect::Nothing => return,
            Collect::All => (None, None),
            Collect::InNew(tree) => (Some(tree), None),
            Collect::Changed(tree, since) => (Some(tree), Some(since)),
        };
        let identity = (metadata.dev(), metadata.ino());
        let is_known = old
            .and_then(|tree| tree.get(directory))
            .is_some_and(|known| known.is_entered && known.identity == identity);
        if is_known && since.is_none() {
            return;
        }
        let is_recent = |metadata: &fs::Metadata| {
            since.is_some_and(|since| Stamp::of(metadata).changed >= since)
        };
        if is_known && is_recent(metadata) && entries.kind.is_some() {
            // Files may have been removed, and nobody knows which there were.
            let note = Note::new(entries.kind, Step::Found);
            found.push((directory.to_owned(), note.certain(true).directory()));
        }
        for name in &entries.files {
            let path = directory.join(name);
            let Verdict::Matters(kind) = self.matcher.judge(&path) else {
                continue;
            };
            let is_asked_for = !is_known
                || self.baseline.knows(&path)
                || fs::metadata(&path).is_ok_and(|metadata| is_recent(&metadata));
            if is_asked_for {
                let note = Note::new(kind, Step::Found).born(old.is_none());
                found.push((path, note));
            }
        }
    }

    /// Watches a directory. `None` where the system does not allow it, and it must be polled.
    pub(super) fn watch(&mut self, directory: &Path) -> Result<Option<Watch>, Refusal> {
        let Some(events) = &self.events else {
            return Ok(None);
        };
        if self.tree.watch_count() >= self.limits.watches {
            self.unwatched += 1;
            return Ok(None);
        }
        match events.add(directory) {
            Ok(watch) => Ok(Some(watch)),
            Err(Refusal::Full) => {
                self.unwatched += 1;
                Ok(None)
            }
            Err(refusal) => Err(refusal),
        }
    }

    /// Ends a watch unless it is that of a directory we know.
    pub(super) fn unwatch(&mut self, watch: Option<Watch>) {
        if let (Some(watch), Some(events)) = (watch, &self.events)
            && !self.tree.has_watch(watch)
        {
            events.remove(watch);
        }
    }

    /// Adds a directory, and polls it where events do not tell everything.
    pub(super) fn insert(
        &mut self,
        path: &Path,
        watch: Option<Watch>,
        identity: Identity,
        is_entered: bool,
        kind: Option<Kind>,
    ) {
        self.tree.insert(
            path.to_owned(),
            Directory {
                watch,
                identity,
                is_entered,
                is_guarded_only: false,
                kind,
                named: HashMap::new(),
            },
        );
        let filesystem = *self
            .devices
            .entry(identity.0)
            .or_insert_with(|| without_events(path));
        if watch.is_none() || filesystem.is_some() {
            self.poll(path);
        }
        if let Some(name) = filesystem {
            self.without_events
                .get_or_insert_with(|| (name, path.to_owned()));
        }
    }

    /// Polls a directory, or looks at what has been named in it since.
    pub(super) fn poll(&mut self, path: &Path) {
        let Some(directory) = self.tree.get(path) else {
            return;
        };
        let mut names: Vec<_> = directory.named.keys().cloned().collect();
        names.sort();
        let interest = Interest {
            is_entered: directory.is_entered,
            any_name: self.matcher.patterns_may_match_any_name() || self.matcher.in_templates(path),
            language: self.matcher.language,
            names,
        };
        self.polled.add(path, interest);
    }
}

impl Entries {
    fn read(directory: &Path, in_templates: bool, any_name: bool, language: Language) -> Self {
        let mut entries = Self::default();
        let Ok(reading) = fs::read_dir(directory) else {
            // It is watched, should it become readable.
            return entries;
        };
        for entry in reading.flatten() {
            let Ok(file_type) = entry.file_type() else {
                continue;
            };
            let name = entry.file_name();
            if names::is_marker(&name) {
                entries.has_marker = true;
            }
            if file_type.is_dir() {
                entries.directories.push(name);
                continue;
            }
            if name == names::IGNORE_FILE {
                entries.has_rules = true;
            }
            let kind = names::kind(&name, in_templates, language)
                .or_else(|| names::is_configuration(&name, language).then_some(Kind::Code))
                .max(any_name.then_some(Kind::Code));
            entries.kind = entries.kind.max(kind);
            if file_type.is_symlink() {
                entries.links.push(name.clone());
            }
            if kind.is_some() {
                entries.files.push(name);
            }
        }
        entries
    }
}

/// Whether a directory is an environment or a cache.
pub(super) fn is_marked(directory: &Path) -> bool {
    directory.join(names::VENV_MARKER).is_file()
        || directory.join(names::CONDA_MARKER).is_dir()
        || is_cache(&directory.join(names::CACHE_MARKER))
}

fn is_cache(mark: &Path) -> bool {
    let mut start = [0; CACHE_SIGNATURE.len()];
    // A pipe of that name would never end.
    mark.is_file()
        && fs::File::open(mark)
            .and_then(|mut file| file.read_exact(&mut start))
            .is_ok_and(|()| start == CACHE_SIGNATURE)
}
