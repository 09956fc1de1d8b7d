//! What the files contain that the running generation was loaded from, so that a save without a
//! change of content is no change. Pure.
//!
//! A file's contents are noted after it was loaded, so they may be newer than what was loaded.
//! Three rules keep an edit from being lost to that: a file for which an event came while the
//! generation was loading counts as changed; what is read in the background is thrown away where
//! an event comes meanwhile; and so it is where the system says that the file was changed since
//! the generation started.

use std::{
    collections::{BTreeMap, HashSet},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use super::{content::Content, settle::Note};

/// How many files' contents are remembered: about 10 MB. Others count as changed at each save.
const MOST_FILES: usize = 50_000;

/// How much the system's time of a change may lag behind the clock: one tick of a kernel that
/// ticks a hundred times a second.
const CLOCK_TICK: Duration = Duration::from_millis(10);

/// What is known of the files.
#[derive(Debug, Default)]
pub(super) struct Baseline {
    /// Contents when the file was loaded, or when a change of it was last told.
    known: BTreeMap<PathBuf, Content>,
    /// Files that are being read in the background.
    reading: HashSet<PathBuf>,
    loading: Loading,
}

/// When the generation that runs was loading.
#[derive(Clone, Copy, Debug, Default)]
struct Loading {
    /// When it started, by both clocks; the second is the one of file times, since 1970.
    started: Option<(Instant, Duration)>,
    /// When it was there.
    ended: Option<Instant>,
}

impl Baseline {
    /// A generation starts loading now.
    pub(super) fn generation_started(&mut self, now: Instant, time: Duration) {
        // What is being read was asked for by an older one, but by an event it would be thrown
        // away, and without one it is true still.
        self.loading = Loading {
            started: Some((now, time)),
            ended: None,
        };
    }

    /// The generation has been loaded from these files. Gives those that must be read.
    pub(super) fn loaded(
        &mut self,
        files: impl IntoIterator<Item = PathBuf>,
        has_event: impl Fn(&Path) -> bool,
        now: Instant,
    ) -> Vec<PathBuf> {
        self.loading.ended.get_or_insert(now);
        let mut wanted = Vec::new();
        for file in files {
            let room = self.known.len() + self.reading.len() < MOST_FILES;
            if room
                && !self.known.contains_key(&file)
                && !has_event(&file)
                && self.reading.insert(file.clone())
            {
                wanted.push(file);
            }
        }
        wanted
    }

    /// An event came for a file.
    pub(super) fn touched(&mut self, file: &Path) {
        self.reading.remove(file);
    }

    /// Whether something that happened after `since` may have happened while the generation was
    /// loading.
    pub(super) fn may_be_while_loading(&self, since: Instant, until: Instant) -> bool {
        self.loading.started.is_some_and(|(started, _)| {
            started <= until && self.loading.ended.is_none_or(|ended| since <= ended)
        })
    }

    /// Whether a file may have been changed since the generation started, by the system's time.
    pub(super) fn is_newer(&self, changed: Duration) -> bool {
        self.loading
            .started
            .is_some_and(|(_, time)| changed + CLOCK_TICK >= time)
    }

    /// Notes what was read in the background.
    pub(super) fn read(&mut self, file: PathBuf, content: Content, changed: Option<Duration>) {
        let is_asked_for = self.reading.remove(&file);
        if is_asked_for && changed.is_some_and(|changed| !self.is_newer(changed)) {
            self.known.insert(file, content);
        }
    }

    /// Notes what a file contains for which an event came, and says whether that is a change.
    pub(super) fn is_changed(&mut self, file: &Path, content: Content, note: Note) -> bool {
        let before = self.known.get(file).copied();
        if before.is_some() || self.known.len() < MOST_FILES {
            self.known.insert(file.to_owned(), content);
        }
        let is_file = |content| matches!(content, Content::File(..) | Content::Large(_));
        note.certain
            || match (before, content) {
                // A directory is looked at by its files.
                (before, Content::Directory) => before.is_some_and(is_file),
                (Some(before), content) => before != content,
                // What came and went was nobody's.
                (None, Content::Missing) => !note.born,
                (None, _) => true,
            }
    }

    /// The files in a directory and below of which something is known.
    pub(super) fn below(&self, directory: &Path) -> Vec<PathBuf> {
        self.known
            .range(directory.to_owned()..)
            .map(|(path, _)| path)
            .take_while(|path| path.starts_with(directory))
            .cloned()
            .collect()
    }

    /// Whether it is known what a file contains.
    pub(super) fn knows(&self, file: &Path) -> bool {
        self.known.contains_key(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::{change::Kind, settle::Step};

    const FILE: &str = "/site/a.py";
    const OLD: Duration = Duration::from_secs(1_000);
    const START: Duration = Duration::from_secs(2_000);

    fn content(text: u8) -> Content {
        Content::File(1, [text; 32])
    }

    fn note() -> Note {
        Note::new(Kind::Code, Step::Complete)
    }

    /// A generation that was loaded, and the one file it was loaded from, which is being read.
    fn loaded() -> (Baseline, Instant) {
        let (mut baseline, now) = (Baseline::default(), Instant::now());
        baseline.generation_started(now, START);
        let now = now + Duration::from_secs(1);
        let wanted = baseline.loaded([PathBuf::from(FILE)], |_| false, now);
        assert_eq!(wanted, [PathBuf::from(FILE)]);
        (baseline, now)
    }

    fn is_changed(baseline: &mut Baseline, text: u8) -> bool {
        baseline.is_changed(Path::new(FILE), content(text), note())
    }

    #[test]
    fn the_same_content_is_no_change() {
        let (mut baseline, _) = loaded();
        baseline.read(FILE.into(), content(1), Some(OLD));
        assert!(!is_changed(&mut baseline, 1));
        assert!(is_changed(&mut baseline, 2));
        assert!(!is_changed(&mut baseline, 2), "it has been told");
        assert!(is_changed(&mut baseline, 1));
    }

    #[test]
    fn what_was_read_too_late_is_not_believed() {
        let (mut baseline, _) = loaded();
        baseline.touched(Path::new(FILE));
        baseline.read(FILE.into(), content(2), Some(OLD));
        assert!(is_changed(&mut baseline, 2), "there was an event");

        let (mut baseline, _) = loaded();
        baseline.read(FILE.into(), content(2), Some(START));
        assert!(is_changed(&mut baseline, 2), "the system says so");

        let (mut baseline, _) = loaded();
        baseline.read(
            FILE.into(),
            content(2),
            Some(START.saturating_sub(CLOCK_TICK / 2)),
        );
        assert!(is_changed(&mut baseline, 2), "its clock ticks slowly");

        let (mut baseline, _) = loaded();
        baseline.read("/site/b.py".into(), content(2), Some(OLD));
        assert!(!baseline.knows(Path::new("/site/b.py")), "nobody asked");
    }

    #[test]
    fn a_file_with_an_event_is_not_read() {
        let (mut baseline, now) = (Baseline::default(), Instant::now());
        baseline.generation_started(now, START);
        let wanted = baseline.loaded([PathBuf::from(FILE)], |_| true, now);
        assert!(wanted.is_empty());
    }

    #[test]
    fn an_event_while_loading_makes_a_change_certain() {
        let second = Duration::from_secs(1);
        let (mut baseline, before) = (Baseline::default(), Instant::now());
        let (started, loading) = (before + second, before + 2 * second);
        let (ended, after) = (before + 3 * second, before + 4 * second);
        baseline.generation_started(started, START);
        baseline.loaded([], |_| false, ended);
        let may = |baseline: &Baseline, at: Instant| baseline.may_be_while_loading(at, at);
        assert!(may(&baseline, loading));
        assert!(!may(&baseline, before));
        assert!(!may(&baseline, after));
        // A poll that began before the end and found something after it.
        assert!(baseline.may_be_while_loading(loading, after));
        baseline.generation_started(after, START + second);
        assert!(may(&baseline, after + second), "it has not ended");
        assert!(!may(&baseline, ended));
    }

    #[test]
    fn what_came_and_went_is_no_change() {
        let mut baseline = Baseline::default();
        let mut gone =
            |name: &str, note: Note| baseline.is_changed(Path::new(name), Content::Missing, note);
        assert!(!gone("/a.py", note().born(true)));
        assert!(gone("/b.py", note()), "it may have been loaded");
        assert!(gone("/c.py", note().born(true).certain(true)));
    }

    #[test]
    fn a_directory_changes_by_its_files_unless_it_takes_the_place_of_one() {
        let mut baseline = Baseline::default();
        let mut is_changed =
            |name: &str, content: Content| baseline.is_changed(Path::new(name), content, note());
        assert!(!is_changed("/a", Content::Directory));
        assert!(is_changed("/a", Content::Missing));
        assert!(!is_changed("/a", Content::Directory));
        assert!(is_changed("/a", content(1)));
        assert!(is_changed("/a", Content::Directory));
    }

    #[test]
    fn files_below_a_directory_are_found() {
        let mut baseline = Baseline::default();
        for path in ["/a", "/a/b", "/a/b/c", "/a-b", "/a.b", "/b"] {
            baseline.is_changed(Path::new(path), content(1), note());
        }
        let below = baseline.below(Path::new("/a"));
        assert_eq!(below, ["/a", "/a/b", "/a/b/c"].map(PathBuf::from));
    }
}
