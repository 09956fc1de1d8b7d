//! Tests of settling, with times that are made up.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// A clock that begins now.
struct Play {
    start: Instant,
    settling: Settling,
}

impl Play {
    fn new() -> Self {
        Self {
            start: Instant::now(),
            settling: Settling::default(),
        }
    }

    fn step(&mut self, at: u64, path: &str, step: Step) -> &mut Self {
        let note = Note::new(Kind::Code, step);
        self.settling
            .note(Path::new(path), note, self.start + ms(at));
        self
    }

    /// When the change settles if nothing more happens, in milliseconds.
    fn settles_at(&self) -> u128 {
        self.settles_at_with(|_| false)
    }

    fn settles_at_with(&self, is_locked: impl Fn(Instant) -> bool) -> u128 {
        let mut now = self.start;
        loop {
            match self.settling.check(now, || is_locked(now)) {
                Check::Nothing => panic!("there is a change"),
                Check::Wait(until) => {
                    assert!(until > now, "no busy waiting");
                    now = until;
                }
                Check::Settled => return (now - self.start).as_millis(),
            }
        }
    }
}

#[test]
fn nothing_is_waited_for_where_nothing_happened() {
    let settling = Settling::default();
    assert_eq!(settling.check(Instant::now(), || true), Check::Nothing);
    assert_eq!(settling.kind(), None);
}

#[test]
fn a_complete_save_settles_in_a_few_milliseconds() {
    let mut play = Play::new();
    play.step(0, "a.py", Step::Writing)
        .step(0, "a.py", Step::Writing)
        .step(1, "a.py", Step::Complete)
        .step(1, "a.py", Step::Touched);
    assert_eq!(play.settles_at(), 3);
}

#[test]
fn a_file_that_is_being_written_is_waited_for() {
    let mut play = Play::new();
    play.step(0, "a.py", Step::Writing)
        .step(200, "a.py", Step::Writing)
        .step(210, "a.py", Step::Touched)
        .step(220, "b.py", Step::Complete);
    assert_eq!(play.settles_at(), 460, "it is still open");
    play.step(230, "a.py", Step::Complete);
    assert_eq!(play.settles_at(), 232);
}

#[test]
fn a_writer_that_never_closes_its_file_is_not_waited_for_for_ever() {
    let mut play = Play::new();
    for at in (0..3000).step_by(100) {
        play.step(at, "a.py", Step::Writing);
    }
    assert_eq!(play.settles_at(), 2900, "the last event, two seconds in");
}

#[test]
fn a_file_that_was_removed_may_come_back() {
    let mut play = Play::new();
    play.step(0, "a.py", Step::Gone);
    assert_eq!(play.settles_at(), 50);
    play.step(20, "a.py", Step::Writing)
        .step(21, "a.py", Step::Complete);
    assert_eq!(play.settles_at(), 23);
}

#[test]
fn a_burst_is_one_change() {
    let mut play = Play::new();
    for file in 0..10 {
        play.step(file, &format!("{file}.py"), Step::Complete);
    }
    assert_eq!(play.settles_at(), 11, "ten files may be saved by hand");
    play.step(10, "10.py", Step::Complete);
    assert_eq!(play.settles_at(), 60);
    play.step(59, "11.py", Step::Complete);
    assert_eq!(play.settles_at(), 109);
}

#[test]
fn a_burst_without_end_is_reported_in_parts() {
    let mut play = Play::new();
    for at in 0..600 {
        play.step(at * 10, &format!("{at}.py"), Step::Complete);
    }
    assert_eq!(play.settles_at(), 5000);
}

#[test]
fn git_is_waited_for_but_not_for_ever() {
    let mut play = Play::new();
    play.step(0, "a.py", Step::Complete);
    let until = play.start + ms(700);
    assert_eq!(play.settles_at_with(|now| now < until), 702);
    assert_eq!(play.settles_at_with(|_| true), 10_000);
}

#[test]
fn what_is_taken_is_no_longer_there() {
    let mut play = Play::new();
    play.step(0, "a.py", Step::Complete)
        .step(1, "b.css", Step::Gone);
    let batch = play.settling.take(play.start + ms(100));
    assert_eq!(batch.files.len(), 2);
    assert_eq!(batch.noticed, play.start);
    assert_eq!(batch.kind, Some(Kind::Code));
    assert_eq!(play.settling.check(play.start, || false), Check::Nothing);
    assert_eq!(play.settling.kind(), None);
}

#[test]
fn what_is_forgotten_is_not_waited_for() {
    let mut play = Play::new();
    play.step(0, "/venv/a.py", Step::Gone);
    play.settling.forget_below(Path::new("/venv"));
    assert_eq!(play.settling.check(play.start, || false), Check::Nothing);
}

#[test]
fn how_many_files_are_told_apart_is_bounded() {
    let mut play = Play::new();
    for file in 0..MOST_FILES + 5 {
        play.step(0, &file.to_string(), Step::Complete);
    }
    assert!(play.settling.has(Path::new("any")));
    let batch = play.settling.take(play.start);
    assert_eq!((batch.files.len(), batch.more), (MOST_FILES, 5));
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(Step::Writing),
        Just(Step::Complete),
        Just(Step::Touched),
        Just(Step::Found),
        Just(Step::Gone),
    ]
}

proptest! {
    /// Whatever happens, each file is in a change that settles, none before the last event of
    /// the file by less than a save needs, and none later than what is allowed.
    #[test]
    fn nothing_is_lost_and_nothing_waits_for_ever(
        events in prop::collection::vec((0u64..400, 0usize..20, any_step()), 1..200),
        locked_for in 0u64..12_000,
    ) {
        let start = Instant::now();
        let mut settling = Settling::default();
        let mut now = start;
        // Per file, the events that no change has had yet.
        let mut open: BTreeMap<PathBuf, Instant> = BTreeMap::new();
        let mut settled = BTreeSet::new();
        let mut all = BTreeSet::new();
        let unlocked = start + ms(locked_for);
        let mut pass = |settling: &mut Settling, open: &mut BTreeMap<PathBuf, Instant>, from: Instant, to: Option<Instant>| {
            let mut now = from;
            loop {
                match settling.check(now, || now < unlocked) {
                    Check::Nothing => break,
                    Check::Wait(until) => {
                        assert!(until > now);
                        if to.is_some_and(|to| until > to) {
                            break;
                        }
                        now = until;
                    }
                    Check::Settled => {
                        let batch = settling.take(now);
                        let oldest = open.values().min().copied();
                        assert_eq!(Some(batch.noticed), oldest);
                        assert!(now - batch.noticed <= LONGEST_LOCK);
                        assert!(now < unlocked || now - batch.noticed <= LONGEST.max(unlocked + LOCK_PERIOD - batch.noticed));
                        let files: BTreeSet<_> = batch.files.into_keys().collect();
                        assert_eq!(files, open.keys().cloned().collect());
                        settled.extend(files);
                        open.clear();
                    }
                }
            }
        };
        for (pause, file, step) in events {
            let next = now + ms(pause);
            pass(&mut settling, &mut open, now, Some(next));
            now = next;
            let path = PathBuf::from(file.to_string());
            settling.note(&path, Note::new(Kind::Static, step), now);
            open.entry(path.clone()).or_insert(now);
            all.insert(path);
        }
        pass(&mut settling, &mut open, now, None);
        prop_assert!(open.is_empty());
        prop_assert_eq!(settled, all);
    }

    /// A later event never makes a change settle earlier than it would need itself.
    #[test]
    fn a_change_outlasts_its_last_event(
        events in prop::collection::vec((0u64..30, 0usize..20, any_step()), 1..60),
    ) {
        let mut play = Play::new();
        let mut at = 0;
        for (pause, file, step) in events {
            at += pause;
            play.step(at, &file.to_string(), step);
        }
        let settled = play.settles_at();
        prop_assert!(settled >= u128::from(at) + AFTER_SAVE.as_millis());
    }
}
