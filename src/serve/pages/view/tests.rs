//! Tests of `view`.

use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn frame(place: &str, is_project: bool) -> StackFrame {
    StackFrame {
        place: place.into(),
        line: 2,
        function: "f".into(),
        is_project,
        first: 1,
        source: vec!["one".into(), "two".into()],
        ..StackFrame::default()
    }
}

fn exception(kind: &str, relation: Relation, frames: Vec<StackFrame>) -> Exception {
    Exception {
        kind: kind.into(),
        text: "text".into(),
        relation,
        frames,
        ..Exception::default()
    }
}

fn places<'a>(frames: &[Frame<'a>]) -> Vec<&'a str> {
    frames.iter().map(|frame| frame.place).collect()
}

#[test]
fn the_innermost_frame_of_the_project_is_the_place() {
    let frames = vec![
        frame("lib/a", false),
        frame("own/b", true),
        frame("own/c", true),
        frame("lib/d", false),
    ];
    let exceptions = [exception("ValueError", Relation::Raised, frames)];
    let view = View::new("ValueError: text", &exceptions);
    assert_eq!(view.place.unwrap().place, "own/c");
    assert_eq!(places(&view.exceptions[0].project), ["own/b"]);
    assert_eq!(places(&view.exceptions[0].library), ["lib/d", "lib/a"]);
    assert_eq!(view.text, "");
}

#[test]
fn without_one_it_is_that_of_the_cause_and_else_the_innermost_of_all() {
    let raised = || exception("A", Relation::Raised, vec![frame("lib/a", false)]);
    let cause = |own| exception("B", Relation::CauseOf(0), vec![frame("b", own)]);
    let place = |exceptions: &[Exception]| {
        let view = View::new("A: text", exceptions);
        view.place.unwrap().place.to_owned()
    };
    assert_eq!(place(&[raised(), cause(true)]), "b");
    assert_eq!(place(&[raised(), cause(false)]), "lib/a");
}

#[test]
fn a_syntax_error_is_where_it_is() {
    let mut own = frame("site-packages/broken.py", false);
    own.function = String::new();
    let frames = vec![frame("own", true), own];
    let exceptions = [exception("SyntaxError", Relation::Raised, frames)];
    let view = View::new("SyntaxError: text", &exceptions);
    assert_eq!(view.place.unwrap().place, "site-packages/broken.py");
    assert_eq!(places(&view.exceptions[0].project), ["own"]);
}

#[test]
fn groups_are_indented_and_the_first_exception_is_not_named_twice() {
    let exceptions = [
        exception("ExceptionGroup", Relation::Raised, vec![frame("a", true)]),
        exception("KeyError", Relation::MemberOf(0), vec![]),
        exception("OSError", Relation::CauseOf(1), vec![]),
        exception("Inner", Relation::MemberOf(2), vec![]),
    ];
    let view = View::new("ExceptionGroup: text", &exceptions);
    // Of the first one nothing is left to be shown.
    let shown: Vec<_> = view
        .exceptions
        .iter()
        .map(|shown| (shown.kind, shown.depth))
        .collect();
    assert_eq!(shown, [("KeyError", 1), ("OSError", 1), ("Inner", 2)]);
}

#[test]
fn errors_of_a_compiler_stand_side_by_side() {
    let error = |kind, relation, frames| Exception {
        text: String::new(),
        printed: format!("{kind} \u{1b}[31mred\n"),
        ..exception(kind, relation, frames)
    };
    let mut own = frame("src/a.rs", true);
    own.function = String::new();
    let exceptions = [
        error("", Relation::Raised, vec![own]),
        error("src/b.rs:1:2: b", Relation::Beside, vec![]),
    ];
    let view = View::new("src/a.rs:2:1: a", &exceptions);
    assert_eq!(view.place.unwrap().place, "src/a.rs");
    assert_eq!(view.text, "");
    let shown: Vec<_> = view
        .exceptions
        .iter()
        .map(|shown| (shown.heading, shown.kind, shown.printed.len()))
        .collect();
    let expected = [
        ("As the compiler shows it", "", 2),
        ("Another error", "src/b.rs:1:2: b", 2),
    ];
    assert_eq!(shown, expected);
}

#[rstest]
#[case("E: one", "one", "")]
#[case("E", "", "")]
#[case("E: one (a.py, line 2)", "one", "")]
#[case("E: one", "one\ntwo", "one\ntwo")]
#[case("E: one", "one two", "one two")]
#[case("our own words", "one", "a.b.E: one")]
#[case("our own words", "", "a.b.E")]
fn the_text_is_shown_unless_the_summary_has_it(
    #[case] summary: &str,
    #[case] text: &str,
    #[case] expected: &str,
) {
    let raised = Exception {
        kind: "a.b.E".into(),
        text: text.into(),
        ..Exception::default()
    };
    assert_eq!(text_beside(summary, &raised), expected);
}

#[rstest]
#[case(0, 0, ("äbc", "", ""))]
#[case(1, 2, ("ä", "b", "c"))]
#[case(0, 9, ("", "äbc", ""))]
#[case(3, 4, ("äbc", " ", ""))]
#[case(2, 1, ("äbc", "", ""))]
fn characters_are_marked(
    #[case] start: usize,
    #[case] end: usize,
    #[case] expected: (&str, &str, &str),
) {
    assert_eq!(marked("äbc", start, end), expected);
}

proptest! {
    #[test]
    fn nothing_of_a_line_is_lost(text in ".{0,20}", start in 0_usize..30, end in 0_usize..30) {
        let (before, marked, after) = marked(&text, start, end);
        let whole = [before, marked, after].concat();
        prop_assert!(whole == text || whole == text.clone() + " ");
    }
}
