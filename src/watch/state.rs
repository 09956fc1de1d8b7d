//! Everything that is known, behind one lock: `dispatch` takes events into it, `scan`, `links`
//! and `rescan` see to the watches, `settle` and `verdict` make changes out of it.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    fs,
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use super::{
    Rules,
    baseline::{Baseline, Ticket, Wanted},
    content::Stamp,
    error::Error,
    events::Events,
    happening::Event,
    notice::{self, Notice, Notices},
    polling::Polled,
    report::Report,
    repository::Repository,
    rescan::Rescan,
    rules::Matcher,
    scan::Collect,
    settle::{Batch, Check, Note, Settling, Step},
    tree::Tree,
};

/// How many files may be loaded: more than any application has.
const MOST_LOADED: usize = 50_000;

/// What a watcher may take. Tests take less.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// How many directories are watched or polled. Each takes about 300 bytes of ours and a
    /// kilobyte of the kernel's.
    pub(super) directories: usize,
    /// How many directories are watched; the system has its own limit.
    pub(super) watches: usize,
    /// Whether there are events.
    pub(super) has_events: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            directories: 200_000,
            watches: usize::MAX,
            has_events: true,
        }
    }
}

/// Everything that is known.
#[derive(Debug)]
pub(super) struct State {
    /// The project's root, without links.
    pub(super) root: PathBuf,
    pub(super) limits: Limits,
    /// When all this began.
    pub(super) started: Instant,
    pub(super) repository: Option<Repository>,
    pub(super) matcher: Matcher,
    pub(super) events: Option<Events>,
    /// What was read last, kept for its memory.
    pub(super) batch: Vec<Event>,
    /// There are more events than were read at once.
    pub(super) is_behind: bool,
    /// When the queue was last read to its end without a loss, since 1970.
    pub(super) complete_until: Duration,
    pub(super) tree: Tree,
    /// Links that matter, with where they lead in the end, if anywhere.
    pub(super) links: BTreeMap<PathBuf, Option<PathBuf>>,
    /// Files that were loaded and do not lie in the project's directories.
    pub(super) outside: BTreeSet<PathBuf>,
    pub(super) polled: Polled,
    /// The file systems that were met, by device, with their names where they are polled.
    pub(super) devices: HashMap<u64, Option<&'static str>>,
    /// A file system without events that was met first, and where.
    pub(super) without_events: Option<(&'static str, PathBuf)>,
    /// How many directories the system would not watch.
    pub(super) unwatched: usize,
    pub(super) settling: Settling,
    pub(super) rescan: Option<Rescan>,
    /// Files that Git ignores by rules that may just be changing, with the time of their events.
    pub(super) set_aside: VecDeque<(PathBuf, Instant)>,
    pub(super) baseline: Baseline,
    pub(super) report: Report,
    pub(super) notices: Notices,
}

/// What the task that drives all this does next.
#[derive(Debug)]
pub(super) enum Next {
    /// Wait for an event.
    Event,
    /// Wait for an event, but not longer than until then.
    Until(Instant),
    /// Let others have their turn, and come back.
    Again,
    /// Compare what has settled with what was.
    Compare(Batch),
}

impl State {
    /// Watches everything there is to watch.
    pub(super) fn new(rules: Rules, limits: Limits) -> Result<Self, Error> {
        let root = fs::canonicalize(&rules.root)
            .and_then(|root| fs::read_dir(&root).map(|_| root))
            .map_err(|source| Error::Root {
                path: rules.root.clone(),
                source,
            })?;
        let rules = Rules {
            root: root.clone(),
            ..rules
        };
        let repository = Repository::of(&root);
        let matcher = Matcher::new(&rules, repository.as_ref())?;
        let events = if limits.has_events {
            Events::new().ok()
        } else {
            None
        };
        let mut state = Self {
            root: root.clone(),
            limits,
            started: Instant::now(),
            repository,
            matcher,
            events,
            batch: Vec::new(),
            is_behind: false,
            complete_until: time(),
            tree: Tree::default(),
            links: BTreeMap::new(),
            outside: BTreeSet::new(),
            polled: Polled::default(),
            devices: HashMap::new(),
            without_events: None,
            unwatched: 0,
            settling: Settling::default(),
            rescan: None,
            set_aside: VecDeque::new(),
            baseline: Baseline::default(),
            report: Report::default(),
            notices: Notices::default(),
        };
        state.enter(&root, &Collect::Nothing, &mut Vec::new());
        state.anchor(&root);
        state.tell_of_polling();
        Ok(state)
    }

    /// The descriptor that becomes readable when there are events.
    pub(super) fn descriptor(&self) -> Option<Arc<OwnedFd>> {
        self.events.as_ref().map(Events::descriptor)
    }

    /// Whether nothing that requests must wait for has happened, as far as events have been read.
    pub(super) fn is_open(&self) -> bool {
        !self.is_behind
            && !self.settling.kind().is_some_and(super::Kind::closes_gate)
            && !self.report.closes_gate()
    }

    /// Reads events and says what is to be done.
    pub(super) fn advance(&mut self, now: Instant) -> Next {
        self.drain(now);
        self.tell_of_polling();
        if self.is_behind {
            return Next::Again;
        }
        loop {
            let (root, repository) = (&self.root, &mut self.repository);
            let is_locked = || {
                // One may have been made since.
                if repository.is_none() {
                    *repository = Repository::of(root);
                }
                repository.as_ref().is_some_and(Repository::is_locked)
            };
            match self.settling.check(now, is_locked) {
                Check::Nothing => return Next::Event,
                Check::Wait(until) => return Next::Until(until),
                Check::Settled => {}
            }
            if let Some(rescan) = self.rescan.take() {
                // It may find more to wait for.
                self.rescan(rescan, now);
                continue;
            }
            let batch = self.settling.take(now);
            self.report.comparing(batch.kind);
            return Next::Compare(batch);
        }
    }

    /// Notes that something happened to a file between `since` and now.
    pub(super) fn note(&mut self, path: &Path, note: Note, since: Instant, now: Instant) {
        self.baseline.touched(path);
        let certain = note.certain || self.baseline.may_be_while_loading(since, now);
        self.settling.note(path, note.certain(certain), now);
    }

    /// A generation starts loading.
    pub(super) fn generation_started(&mut self, now: Instant) {
        // What is in the queue happened before.
        self.drain(now);
        self.settling.forget_births();
        self.baseline.generation_started(Instant::now(), time());
    }

    /// A generation has been loaded from these files. Gives those that are to be
    /// looked at, and the ticket for what is found.
    pub(super) fn loaded(&mut self, files: Vec<PathBuf>, now: Instant) -> (Ticket, Vec<Wanted>) {
        // What is in the queue happened while it was loading.
        self.drain(now);
        let files = files.into_iter().filter(|file| file.is_absolute());
        let files: Vec<_> = files.take(MOST_LOADED).map(|file| self.key(file)).collect();
        for file in &files {
            self.matcher.add_loaded(file.clone());
            let directory = file.parent().unwrap_or(file);
            if self.tree.is_entered(directory)
                || self.outside.len() >= MOST_LOADED
                || !self.outside.insert(file.clone())
            {
                continue;
            }
            self.anchor(file);
            // It was not watched while the generation was loading.
            let is_unchanged = fs::metadata(file)
                .is_ok_and(|metadata| !self.baseline.is_newer(Stamp::of(&metadata).changed));
            if !is_unchanged {
                let note = Note::new(super::Kind::Code, Step::Complete).certain(true);
                self.note(file, note, now, now);
            }
        }
        self.baseline.loaded(files, Instant::now())
    }

    /// The application has its templates in these directories, too.
    pub(super) fn templates(&mut self, directories: Vec<PathBuf>, now: Instant) {
        let mut is_news = false;
        for directory in directories {
            let is_inside = directory.starts_with(&self.root);
            if self.matcher.add_templates(directory.clone()) {
                if !is_inside {
                    // What is there already is no news for the rescan.
                    self.enter(&directory, &Collect::Nothing, &mut Vec::new());
                }
                is_news = true;
            }
        }
        if is_news {
            self.drain(now);
            self.rescan(Rescan::RULES, now);
        }
    }

    /// The application writes uploads into these directories.
    pub(super) fn uploads(&mut self, directories: Vec<PathBuf>, now: Instant) {
        let mut is_news = false;
        for directory in directories {
            is_news |= self.matcher.add_uploads(directory);
        }
        if is_news {
            self.drain(now);
            self.rescan(Rescan::RULES, now);
        }
    }

    /// The path by which events name a file; that of the archive where it is a module in one.
    fn key(&self, file: PathBuf) -> PathBuf {
        if self.matcher.is_loaded(&file) {
            return file;
        }
        if fs::symlink_metadata(&file).is_err()
            && let Some(archive) = file.ancestors().skip(1).find(|above| above.is_file())
        {
            return archive.to_owned();
        }
        let is_plain = !file.iter().any(|part| part == "..");
        if is_plain && file.starts_with(&self.root) {
            return file;
        }
        match fs::canonicalize(&file) {
            Ok(real) if !is_plain || real.starts_with(&self.root) => real,
            _ => file,
        }
    }

    /// Tells the user why directories are polled, once for each reason.
    pub(super) fn tell_of_polling(&mut self) {
        if self.polled.is_empty() {
            return;
        }
        let every = self.polled.rest();
        if let Some((name, directory)) = self.without_events.clone() {
            self.notices.add(Notice::FileSystem {
                name,
                directory,
                every,
            });
        }
        if self.events.is_none() {
            self.notices.add(if cfg!(target_os = "linux") {
                let limit = notice::limit("max_user_instances");
                Notice::QueueLimit { limit, every }
            } else {
                Notice::NoEvents { every }
            });
        } else if self.unwatched > 0 {
            self.notices.add(Notice::WatchLimit {
                unwatched: self.unwatched,
                limit: notice::limit("max_user_watches"),
                every,
            });
        }
    }
}

/// The time by the clock that file times are taken from, since 1970.
pub(super) fn time() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}
