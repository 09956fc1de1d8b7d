//! Tests of what is taken for a change, with times that are made up.

use proptest::prelude::*;

use super::*;
use crate::watch::{change::Kind, settle::Step};

const FILE: &str = "/site/a.py";
const FIRST: Ticket = 1;
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
    let (ticket, wanted) = baseline.loaded([PathBuf::from(FILE)], now);
    let all = [Wanted {
        file: FILE.into(),
        unless: Unless::Never,
    }];
    assert_eq!((ticket, &wanted[..]), (FIRST, &all[..]));
    (baseline, now)
}

fn looked(baseline: &mut Baseline, ticket: Ticket, text: u8, changed: Duration) {
    let look = Look::Read(content(text), Some(changed));
    baseline.looked(ticket, Path::new(FILE), look);
}

/// Whether a file is changed that has been written to long before it was read.
fn is_changed(baseline: &mut Baseline, text: u8) -> bool {
    let found = (content(text), Some(OLD));
    baseline.is_changed(Path::new(FILE), note(), found, START)
}

#[test]
fn the_same_content_is_no_change() {
    let (mut baseline, _) = loaded();
    looked(&mut baseline, FIRST, 1, OLD);
    assert!(!is_changed(&mut baseline, 1));
    assert!(is_changed(&mut baseline, 2));
    assert!(!is_changed(&mut baseline, 2), "it has been told");
    assert!(is_changed(&mut baseline, 1));
}

#[test]
fn what_was_read_too_late_is_not_believed() {
    let (mut baseline, _) = loaded();
    baseline.touched(Path::new(FILE));
    looked(&mut baseline, FIRST, 2, OLD);
    assert!(is_changed(&mut baseline, 2), "there was an event");

    let (mut baseline, _) = loaded();
    looked(&mut baseline, FIRST, 2, START);
    assert!(is_changed(&mut baseline, 2), "the system says so");

    let (mut baseline, _) = loaded();
    let late = START.saturating_sub(CLOCK_TICK / 2);
    looked(&mut baseline, FIRST, 2, late);
    assert!(is_changed(&mut baseline, 2), "its clock ticks slowly");

    let (mut baseline, now) = loaded();
    baseline.touched(Path::new(FILE));
    baseline.loaded([PathBuf::from(FILE)], now);
    looked(&mut baseline, FIRST, 2, OLD);
    assert!(is_changed(&mut baseline, 2), "another one asked");

    let (mut baseline, _) = loaded();
    let nobodys = Path::new("/site/b.py");
    baseline.looked(FIRST, nobodys, Look::Read(content(2), Some(OLD)));
    assert!(!baseline.knows(nobodys), "nobody asked");
}

#[test]
fn what_is_known_is_read_again_only_where_its_time_is_another() {
    let (mut baseline, now) = loaded();
    looked(&mut baseline, FIRST, 1, OLD);
    let load = |baseline: &mut Baseline| {
        baseline.generation_started(now, START);
        let (ticket, mut wanted) = baseline.loaded([PathBuf::from(FILE)], now);
        (ticket, wanted.remove(0).unless)
    };
    let (ticket, unless) = load(&mut baseline);
    assert_eq!(unless, Unless::ChangedAt(Some(OLD)));
    baseline.looked(ticket, Path::new(FILE), Look::AsKnown);
    assert!(!is_changed(&mut baseline, 1));

    // It was written to before the generation started, and nobody has heard of it yet.
    let (ticket, _) = load(&mut baseline);
    looked(&mut baseline, ticket, 2, OLD + Duration::from_secs(1));
    assert!(is_changed(&mut baseline, 1));

    // An event comes before it could be looked at.
    let (ticket, _) = load(&mut baseline);
    looked(&mut baseline, ticket, 1, OLD);
    let (ticket, _) = load(&mut baseline);
    baseline.touched(Path::new(FILE));
    looked(&mut baseline, ticket, 1, OLD);
    assert!(is_changed(&mut baseline, 1));

    // Or since.
    let (ticket, _) = load(&mut baseline);
    looked(&mut baseline, ticket, 1, START);
    assert!(is_changed(&mut baseline, 1));
}

#[test]
fn what_was_just_saved_and_read_stays_known() {
    let mut baseline = Baseline::default();
    let found = (content(1), Some(START));
    assert!(baseline.is_changed(Path::new(FILE), note(), found, START));
    let now = Instant::now();
    baseline.generation_started(now, START);
    let (ticket, wanted) = baseline.loaded([PathBuf::from(FILE)], now);
    assert_eq!(wanted[0].unless, Unless::Never, "its time says nothing yet");
    looked(&mut baseline, ticket, 1, START);
    assert!(!is_changed(&mut baseline, 1));
}

#[test]
fn what_was_compared_while_loading_and_is_newer_is_not_believed() {
    let (mut baseline, now) = (Baseline::default(), Instant::now());
    baseline.generation_started(now, START);
    let later = START + CLOCK_TICK * 2;
    let found = (content(1), Some(later));
    assert!(baseline.is_changed(Path::new(FILE), note(), found, later));
    // Its event may be yet to come, and the next write put back what it was.
    let (ticket, _) = baseline.loaded([PathBuf::from(FILE)], now);
    looked(&mut baseline, ticket, 1, later);
    assert!(is_changed(&mut baseline, 1));
}

#[test]
fn an_event_while_loading_makes_a_change_certain() {
    let second = Duration::from_secs(1);
    let (mut baseline, before) = (Baseline::default(), Instant::now());
    let (started, loading) = (before + second, before + 2 * second);
    let (ended, after) = (before + 3 * second, before + 4 * second);
    baseline.generation_started(started, START);
    baseline.loaded([], ended);
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
    let mut gone = |name: &str, note: Note| {
        baseline.is_changed(Path::new(name), note, (Content::Missing, None), START)
    };
    assert!(!gone("/a.py", note().born(true)));
    assert!(gone("/b.py", note()), "it may have been loaded");
    assert!(gone("/c.py", note().born(true).certain(true)));
}

#[test]
fn a_directory_changes_by_what_is_in_it_until_it_goes() {
    let mut baseline = Baseline::default();
    let mut is_changed = |content: Content, note: Note| {
        baseline.is_changed(
            Path::new("/a"),
            note.directory(),
            (content, Some(OLD)),
            START,
        )
    };
    for _ in 0..2 {
        assert!(!is_changed(Content::Directory, note()));
        assert!(is_changed(Content::Missing, note()));
    }
    assert!(is_changed(content(1), note()), "a file has its place");
    assert!(!is_changed(Content::Missing, note().born(true)));
    assert!(is_changed(Content::Directory, note().certain(true)));
}

#[test]
fn a_file_that_becomes_a_directory_has_changed() {
    let mut baseline = Baseline::default();
    let mut is_changed = |content: Content| {
        baseline.is_changed(Path::new("/a.py"), note(), (content, Some(OLD)), START)
    };
    assert!(!is_changed(Content::Directory));
    assert!(is_changed(content(1)));
    assert!(is_changed(Content::Directory));
}

#[test]
fn files_below_a_directory_are_found() {
    let mut baseline = Baseline::default();
    for path in ["/a", "/a/b", "/a/b/c", "/a-b", "/a.b", "/b"] {
        baseline.is_changed(Path::new(path), note(), (content(1), Some(OLD)), START);
    }
    let below = baseline.below(Path::new("/a"));
    assert_eq!(below, ["/a", "/a/b", "/a/b/c"].map(PathBuf::from));
}

/// What can happen, in any order.
#[derive(Clone, Copy, Debug)]
enum Act {
    /// The file is written to. The system's time of that may lag, in milliseconds.
    Write(u8, u64),
    /// The call that wrote returns: the event is in the queue, and was not before.
    Return,
    /// The queue is read.
    Event,
    /// What has settled is compared.
    Compare,
    /// A generation starts to load.
    Start,
    /// It reads the file.
    Load,
    /// It is there, and its files are to be noted.
    Loaded,
    /// The file is read in the background, and what it contains is noted later.
    Read,
    Note,
    /// Time passes, in milliseconds.
    Pass(u64),
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0u8..3, 0u64..10).prop_map(|(content, lag)| Act::Write(content, lag)),
        4 => Just(Act::Return),
        4 => Just(Act::Event),
        4 => Just(Act::Compare),
        2 => Just(Act::Start),
        2 => Just(Act::Load),
        2 => Just(Act::Loaded),
        2 => Just(Act::Read),
        2 => Just(Act::Note),
        2 => (0u64..30).prop_map(Act::Pass),
    ]
}

/// A file, a server that loads it, and what is known of both.
struct World {
    baseline: Baseline,
    now: Instant,
    time: Duration,
    file: u8,
    changed: Duration,
    /// The call that writes has not returned.
    is_writing: bool,
    /// There is an event in the queue.
    is_queued: bool,
    /// An event that has not been compared.
    waiting: Option<Note>,
    /// A change was told, and no generation has started since.
    is_told: bool,
    generation: Generation,
    /// What was read in the background.
    read: Option<(Ticket, Look)>,
    /// What is to be read.
    asked: Option<(Ticket, Unless)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Generation {
    None,
    Loading(Option<u8>),
    Loaded(u8),
}

impl World {
    fn act(&mut self, act: Act) {
        self.pass(1);
        match act {
            Act::Write(file, lag) if !self.is_writing => {
                self.file = file;
                let time = self.time.saturating_sub(Duration::from_millis(lag));
                self.changed = self.changed.max(time);
                self.is_writing = true;
            }
            Act::Write(..) => {}
            Act::Return => self.is_queued |= std::mem::take(&mut self.is_writing),
            Act::Event => self.event(),
            Act::Compare => {
                if let Some(note) = self.waiting.take() {
                    let found = (content(self.file), Some(self.changed));
                    let baseline = &mut self.baseline;
                    self.is_told |= baseline.is_changed(Path::new(FILE), note, found, self.time);
                }
            }
            Act::Start => {
                // The queue is read first: what was written before has its event.
                self.event();
                self.pass(1);
                self.baseline.generation_started(self.now, self.time);
                self.generation = Generation::Loading(None);
                self.is_told = false;
            }
            Act::Load => {
                if let Generation::Loading(loaded @ None) = &mut self.generation {
                    *loaded = Some(self.file);
                    // Starting an interpreter takes longer than a tick.
                    self.pass(11);
                }
            }
            Act::Loaded => {
                if let Generation::Loading(Some(loaded)) = self.generation {
                    self.event();
                    self.pass(1);
                    let loaded_from = [FILE.into()];
                    let (ticket, wanted) = self.baseline.loaded(loaded_from, self.now);
                    self.asked = wanted.first().map(|wanted| (ticket, wanted.unless));
                    self.generation = Generation::Loaded(loaded);
                }
            }
            Act::Read => {
                if let Some((ticket, unless)) = self.asked.take() {
                    let changed = Some(self.changed);
                    let look = if unless == Unless::ChangedAt(changed) {
                        Look::AsKnown
                    } else {
                        Look::Read(content(self.file), changed)
                    };
                    self.read = Some((ticket, look));
                }
            }
            Act::Note => {
                if let Some((ticket, look)) = self.read.take() {
                    self.event();
                    self.baseline.looked(ticket, Path::new(FILE), look);
                }
            }
            Act::Pass(time) => self.pass(time),
        }
    }

    fn event(&mut self) {
        if std::mem::take(&mut self.is_queued) {
            self.baseline.touched(Path::new(FILE));
            let certain = self.baseline.may_be_while_loading(self.now, self.now)
                || self.waiting.is_some_and(|note| note.certain);
            self.waiting = Some(note().certain(certain));
        }
    }

    fn pass(&mut self, milliseconds: u64) {
        let time = Duration::from_millis(milliseconds);
        self.now += time;
        self.time += time;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whenever there is nothing to compare and nothing to be loaded, what was loaded is what the
    /// file contains.
    #[test]
    fn no_edit_is_lost(acts in prop::collection::vec(any_act(), 1..80)) {
        let mut world = World {
            baseline: Baseline::default(),
            now: Instant::now(),
            time: START,
            file: 0,
            changed: OLD,
            is_writing: false,
            is_queued: false,
            waiting: None,
            is_told: false,
            generation: Generation::None,
            read: None,
            asked: None,
        };
        for act in acts {
            world.act(act);
            let is_written = !world.is_writing && !world.is_queued;
            let is_quiet = is_written && world.waiting.is_none() && !world.is_told;
            if is_quiet && let Generation::Loaded(loaded) = world.generation {
                prop_assert_eq!(loaded, world.file);
            }
        }
    }
}
