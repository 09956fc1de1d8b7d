//! Tests of what is drawn.

use std::path::Path;

use proptest::prelude::*;
use rstest::rstest;

use super::*;

/// Everything below the first line.
fn drawn(text: &str, range: Range<usize>) -> String {
    let report = Report::new(Path::new("a"), text, range, "m").to_string();
    let (_, drawing) = report.split_once('\n').unwrap();
    drawing.to_owned()
}

/// The column of the terminal at which something stands in a line, from 0.
fn column(line: &str, what: char) -> usize {
    use unicode_width::UnicodeWidthStr;
    line[..line.find(what).unwrap()].width()
}

#[test]
fn a_report_marks_the_place_between_the_lines_next_to_it() {
    let text = "zero\none\n\t{{ two\nthree\nfour\n";
    let report = Report::new(Path::new("t/a.py"), text, 10..12, "what");
    assert_eq!(
        report.to_string(),
        "t/a.py:3:2: what\n   ╭────\n 2 │ one\n 3 │     {{ two\n   ·     ──\n 4 │ three\n   ╰────"
    );
    assert_eq!(
        report,
        Report::at(Path::new("t/a.py"), text, (3, 2), 2, "what")
    );
}

#[test]
fn blank_lines_next_to_it_are_not_shown() {
    assert_eq!(
        drawn("\na\n \n", 1..2),
        "   ╭────\n 2 │ a\n   · ─\n   ╰────"
    );
}

#[rstest]
#[case::empty("", 0..0, "   ╭────\n 1 │\n   · ▲\n   ╰────")]
#[case::empty_with_width("", 0..7, "   ╭────\n 1 │\n   · ▲\n   ╰────")]
#[case::end("ab", 2..2, "   ╭────\n 1 │ ab\n   ·   ▲\n   ╰────")]
#[case::end_of_line("ab\n", 2..3, "   ╭────\n 1 │ ab\n   ·   ▲\n   ╰────")]
#[case::after_the_last_line("ab\n", 3..3, "   ╭────\n 1 │ ab\n 2 │\n   · ▲\n   ╰────")]
#[case::beyond_the_end("ab\n", 100..200, "   ╭────\n 1 │ ab\n 2 │\n   · ▲\n   ╰────")]
#[case::over_the_line_end("ab\ncd", 1..5, "   ╭────\n 1 │ ab\n   ·  ─\n 2 │ cd\n   ╰────")]
#[case::inside_a_character("é!", 1..1, "   ╭────\n 1 │ é!\n   · ─\n   ╰────")]
fn places_at_the_end_have_their_mark(
    #[case] text: &str,
    #[case] range: Range<usize>,
    #[case] expected: &str,
) {
    assert_eq!(drawn(text, range), expected);
}

#[test]
fn line_ends_of_two_characters_are_not_shown() {
    let text = "one\r\ntwo\r\nthree\r\n";
    let drawing = "   ╭────\n 1 │ one\n 2 │ two\n   · ───\n 3 │ three\n   ╰────";
    assert_eq!(drawn(text, 5..8), drawing);
    assert_eq!(drawn(text, 5..10), drawing);
}

/// The mark stands below what it marks, in columns of the terminal.
#[rstest]
#[case::plain("abc", "X")]
#[case::tab("a\tb\t", "X")]
#[case::cjk("模板", "X")]
#[case::emoji("a🦀", "X")]
#[case::combining("e\u{301}", "X")]
#[case::escaped("\u{1b}[2J\u{202e}", "X")]
#[case::wide_mark("ab", "字")]
fn the_mark_stands_below_the_place(#[case] before: &str, #[case] marked: &str) {
    let text = format!("{before}{marked}!");
    let end = before.len() + marked.len();
    let drawing = drawn(&text, before.len()..end);
    let lines: Vec<_> = drawing.lines().collect();
    let place = column(lines[1], marked.chars().next().unwrap());
    assert_eq!(column(lines[2], '─'), place, "{drawing}");
    let width = column(lines[1], '!') - place;
    assert_eq!(lines[2].matches('─').count(), width, "{drawing}");
}

#[rstest]
#[case(0, "xxxxx", "…")]
#[case(50, "xxxxx", "…")]
#[case(5_000, "…xxxx", "…")]
#[case(1_000_000, "…xxxx", "x")]
fn of_a_long_line_the_part_around_the_place_is_shown(
    #[case] place: usize,
    #[case] first: &str,
    #[case] last: &str,
) {
    let text = format!("{}\n{}\n", "y".repeat(5_000), "x".repeat(1_000_000));
    let start = 5_001 + place;
    let message = "é".repeat(100_000);
    let report = Report::new(Path::new("a"), &text, start..text.len(), &message).to_string();
    let lines: Vec<_> = report.lines().collect();
    assert!(lines[0].starts_with(&format!("a:2:{}: é", place + 1)));
    assert!(report.chars().count() < MESSAGE + 1100, "{report}");
    assert!(lines[2].starts_with(" 1 │ yyyy") && lines[2].ends_with("yyy…"));
    assert!(lines[3].starts_with(&format!(" 2 │ {first}")), "{report}");
    assert!(lines[3].ends_with(last), "{report}");
    let mark = if place == 1_000_000 { '▲' } else { '─' };
    assert_eq!(column(lines[4], mark), 5 + place.min(101), "{report}");
}

/// However many characters of no width there are.
#[test]
fn what_has_no_width_is_cut_too() {
    let text = "e".to_owned() + &"\u{301}".repeat(100_000);
    assert!(drawn(&text, 0..1).chars().count() < 500);
}

#[rstest]
#[case(40)]
#[case(80)]
#[case(200)]
fn a_drawing_fits_the_terminal(#[case] columns: usize) {
    use unicode_width::UnicodeWidthStr;
    let text = format!("{}|{}", "字 ".repeat(90), "x".repeat(90));
    let place = text.find('|').unwrap();
    let report = Report::new(Path::new("a"), &text, place..place + 1, "m");
    let drawing = anstream::adapter::strip_str(&report.drawing(Some(columns))).to_string();
    let lines: Vec<_> = drawing.lines().skip(1).collect();
    assert!(lines.iter().all(|line| line.width() < columns), "{drawing}");
    assert!(lines[1].width() > columns - 4, "{drawing}");
    assert_eq!(column(lines[2], '─'), column(lines[1], '|'), "{drawing}");
}

#[test]
fn a_report_does_nothing_to_the_terminal() {
    let text = "a\u{7}\n\u{1b}]0;x\u{7}\t{{ \u{202e} }}\n\u{9b}31m\n";
    let report = Report::new(Path::new("t/\u{1b}[2J.py"), text, 10..16, "no \u{9b}31m")
        .with_label("\u{1b}c");
    let mark = format!("   · {}─────┬─────", " ".repeat(16));
    let label = format!("   · {}╰── \\u{{1b}}c", " ".repeat(21));
    assert_eq!(
        report.to_string(),
        format!(
            "t/\\u{{1b}}[2J.py:2:8: no \\u{{9b}}31m\n   ╭────\n 1 │ a\\u{{7}}\n \
             2 │ \\u{{1b}}]0;x\\u{{7}} {{{{ \\u{{202e}} }}}}\n{mark}\n{label}\n \
             3 │ \\u{{9b}}31m\n   ╰────"
        )
    );
}

#[test]
fn places_of_one_file_are_in_one_drawing() {
    let text = "a = 1\nb = 2\nc = 3\n\n\nd = 4\n";
    let path = Path::new("a");
    let near = Report::new(path, text, 0..1, "m").and(path, text, 12..13, "here too");
    assert_eq!(
        near.to_string(),
        "a:1:1: m\n   ╭────\n 1 │ a = 1\n   · ─\n 2 │ b = 2\n 3 │ c = 3\n   · ┬\n   · ╰── here too\n   ╰────"
    );
    let far = Report::new(path, text, 20..21, "m").and(path, text, 0..1, "first here");
    assert_eq!(
        far.to_string(),
        "a:6:1: m\n   ╭────\n 1 │ a = 1\n   · ┬\n   · ╰── first here\n 2 │ b = 2\n   ╰────\n   \
         ╭────\n 6 │ d = 4\n   · ─\n   ╰────"
    );
    let both = Report::new(path, text, 4..5, "m").and(path, text, 0..1, "name");
    assert_eq!(
        both.to_string(),
        "a:1:5: m\n   ╭────\n 1 │ a = 1\n   · ┬   ─\n   · ╰── name\n 2 │ b = 2\n   ╰────"
    );
}

#[test]
fn places_of_other_files_say_where_they_are() {
    let report =
        Report::new(Path::new("a"), "x", 0..1, "m").and(Path::new("b"), "1\nyz", 3..4, "from here");
    assert_eq!(
        report.to_string(),
        "a:1:1: m\n   ╭────\n 1 │ x\n   · ─\n   ╰────\n   \
         ╭─[b:2:2]\n 1 │ 1\n 2 │ yz\n   ·  ┬\n   ·  ╰── from here\n   ╰────"
    );
}

#[test]
fn complaints_come_in_the_order_of_their_places() {
    let path = Path::new("a");
    let all = vec![
        Report::at(path, "x\ny", (2, 1), 1, "second"),
        Report::at(path, "x\ny", (1, 1), 1, "first"),
    ];
    let report = Report::joined(all).unwrap().to_string();
    let heads: Vec<_> = report.lines().filter(|it| it.starts_with('a')).collect();
    assert_eq!(heads, ["a:1:1: first", "a:2:1: second"]);
    assert!(
        report.contains("╰────\n\na:2:1: second\n   ╭────"),
        "{report}"
    );
}

#[test]
fn colours_are_in_what_is_drawn_for_terminals_only() {
    let report = Report::new(Path::new("a"), "x", 0..1, "m");
    let drawing = report.drawing(None);
    assert!(drawing.contains("\u{1b}[31m─\u{1b}["), "{drawing:?}");
    let plain = anstream::adapter::strip_str(&drawing).to_string();
    assert_eq!(format!("a:1:1: m{plain}"), report.to_string());
}

#[test]
fn a_file_as_a_whole_has_no_drawing() {
    let report = Report::of_file(Path::new("a"), "m");
    assert_eq!(
        (report.to_string().as_str(), report.position()),
        ("a: m", None)
    );
}

proptest! {
    #[test]
    fn any_places_of_any_text_can_be_drawn(
        text in "[a-c\t\r\n 字🦀\u{301}\u{1b}\u{202e}]{0,40}",
        places in proptest::collection::vec((0..50usize, 0..50usize), 1..4),
        columns in proptest::option::of(0..60usize),
    ) {
        let path = Path::new("a");
        let mut report = Report::new(path, &text, places[0].0..places[0].1, "m");
        for (start, end) in &places[1..] {
            report = report.and(path, &text, *start..*end, "l");
        }
        let drawing = anstream::adapter::strip_str(&report.drawing(columns)).to_string();
        prop_assert!(!drawing.chars().any(|it| it.is_control() && it != '\n'), "{:?}", drawing);
        let labels = drawing.matches("── l").count();
        prop_assert_eq!(labels, places.len() - 1, "{}", drawing);
        prop_assert!(!drawing.contains("Failed"), "{}", drawing);
    }
}
