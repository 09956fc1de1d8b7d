//! Merging texts: what the user and the template have made of one text, with markers around what
//! only a person can decide. Pure.
//!
//! `diffy` merges, as it needs no program besides and also writes the diffs that are shown. Its
//! markers have fixed names; ours are put in their place.

use std::fmt::Write as _;

use diffy::{ConflictStyle, DiffOptions, Line, MergeOptions};

/// How long markers are, as everywhere.
const LENGTH: usize = 7;

/// What the user has, in markers.
const OURS: &str = "yours";

/// What the template has, in markers.
const THEIRS: &str = "template";

/// A merged text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Merged {
    pub(super) text: String,
    /// How many places only a person can decide.
    pub(super) conflicts: usize,
}

/// Merges what two have made of a text.
pub(super) fn three(base: &str, ours: &str, theirs: &str) -> Merged {
    let merged = merge(base, ours, theirs);
    if merged.conflicts == 0 || [base, ours, theirs].iter().all(|text| is_ended(text)) {
        return merged;
    }
    // A marker has a line of its own, also after a last line that has no end.
    let ended = |text: &str| {
        let end = if is_ended(text) { "" } else { "\n" };
        format!("{text}{end}")
    };
    let mut merged = merge(&ended(base), &ended(ours), &ended(theirs));
    if merged.conflicts == 0 && !is_ended(ours) {
        merged.text.pop();
    }
    merged
}

fn is_ended(text: &str) -> bool {
    text.is_empty() || text.ends_with('\n')
}

fn merge(base: &str, ours: &str, theirs: &str) -> Merged {
    // Markers that are longer than anything like them in the texts cannot be mistaken.
    let longest = [base, ours, theirs].into_iter().map(longest_marker).max();
    let length = longest.unwrap_or_default().max(LENGTH) + 1;
    let merged = MergeOptions::new()
        .set_conflict_style(ConflictStyle::Merge)
        .set_conflict_marker_length(length)
        .merge(base, ours, theirs);
    let text = match merged {
        Ok(text) => return Merged { text, conflicts: 0 },
        Err(text) => text,
    };
    let mut merged = Merged {
        text: String::with_capacity(text.len()),
        conflicts: 0,
    };
    for line in text.split_inclusive('\n') {
        match line.as_bytes() {
            [b'<', ..] if is_marker(line, '<', length) => {
                merged.conflicts += 1;
                merged.start();
            }
            [b'=', ..] if is_marker(line, '=', length) => merged.middle(),
            [b'>', ..] if is_marker(line, '>', length) => merged.end(),
            _ => merged.text.push_str(line),
        }
    }
    merged
}

/// Puts two texts together of which nobody knows what they come from: whatever differs is for a
/// person to decide.
pub(super) fn two(ours: &str, theirs: &str) -> Merged {
    let patch = DiffOptions::new()
        .set_context_len(0)
        .create_patch(ours, theirs);
    let mut merged = Merged {
        text: String::with_capacity(ours.len() + theirs.len()),
        conflicts: 0,
    };
    let mut rest = ours.split_inclusive('\n');
    let mut taken = 0;
    for hunk in patch.hunks() {
        let range = hunk.old_range();
        // Of a hunk that only inserts, the start is the line before it.
        let before = range.start() - usize::from(!range.is_empty());
        for line in rest.by_ref().take(before.saturating_sub(taken)) {
            merged.text.push_str(line);
        }
        let lines = |wanted: fn(&Line<'_, str>) -> bool| -> String {
            let lines = hunk.lines().iter().filter(|line| wanted(line));
            lines.map(|line| content(line)).collect()
        };
        merged.conflicts += 1;
        merged.start();
        merged.text += &lines(|line| matches!(line, Line::Delete(_)));
        merged.middle();
        merged.text += &lines(|line| matches!(line, Line::Insert(_)));
        merged.end();
        for _ in rest.by_ref().take(range.len()) {}
        taken = before + range.len();
    }
    merged.text.extend(rest);
    merged
}

fn content<'a>(line: &Line<'a, str>) -> &'a str {
    match line {
        Line::Context(text) | Line::Delete(text) | Line::Insert(text) => text,
    }
}

impl Merged {
    fn start(&mut self) {
        self.marker('<', OURS);
    }

    fn middle(&mut self) {
        self.marker('=', "");
    }

    fn end(&mut self) {
        self.marker('>', THEIRS);
    }

    /// A marker on a line of its own, also after a last line without an end.
    fn marker(&mut self, character: char, name: &str) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        let marker = character.to_string().repeat(LENGTH);
        let space = if name.is_empty() { "" } else { " " };
        // Writing to a text does not fail.
        let _ = writeln!(self.text, "{marker}{space}{name}");
    }
}

/// Whether the line is a marker of exactly this length.
fn is_marker(line: &str, character: char, length: usize) -> bool {
    let rest = line.trim_start_matches(character);
    line.len() - rest.len() == length
}

/// The longest run of a marker's character at the beginning of a line.
fn longest_marker(text: &str) -> usize {
    let lengths = text.lines().map(|line| {
        let first = line.chars().next().filter(|it| "<=>|".contains(*it));
        first.map_or(0, |first| line.len() - line.trim_start_matches(first).len())
    });
    lengths.max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("a\nb\nc\nd\n", "A\nb\nc\nd\n", "a\nb\nc\nD\n", "A\nb\nc\nD\n", 0)]
    #[case("a\n", "a\nb\n", "a\nb\n", "a\nb\n", 0)]
    #[case(
        "a\nb\nc\n",
        "a\nx\nc\n",
        "a\ny\nc\n",
        "a\n<<<<<<< yours\nx\n=======\ny\n>>>>>>> template\nc\n",
        1
    )]
    #[case("a", "x", "y", "<<<<<<< yours\nx\n=======\ny\n>>>>>>> template\n", 1)]
    #[case(
        "<<<<<<< ours\na\n",
        "<<<<<<< ours\nb\n",
        "<<<<<<< ours\nc\n",
        "<<<<<<< ours\n<<<<<<< yours\nb\n=======\nc\n>>>>>>> template\n",
        1
    )]
    fn of_three(
        #[case] base: &str,
        #[case] ours: &str,
        #[case] theirs: &str,
        #[case] text: &str,
        #[case] conflicts: usize,
    ) {
        let merged = three(base, ours, theirs);
        assert_eq!((merged.text.as_str(), merged.conflicts), (text, conflicts));
    }

    #[rstest]
    #[case("a\n", "a\n", "a\n", 0)]
    #[case(
        "a\nb\nc\n",
        "a\nB\nc\n",
        "a\n<<<<<<< yours\nb\n=======\nB\n>>>>>>> template\nc\n",
        1
    )]
    #[case(
        "a\nb\nc\n",
        "x\na\nb\n",
        "<<<<<<< yours\n=======\nx\n>>>>>>> template\na\nb\n<<<<<<< yours\nc\n=======\n>>>>>>> template\n",
        2
    )]
    #[case("", "a", "<<<<<<< yours\n=======\na\n>>>>>>> template\n", 1)]
    fn of_two(
        #[case] ours: &str,
        #[case] theirs: &str,
        #[case] text: &str,
        #[case] conflicts: usize,
    ) {
        let merged = two(ours, theirs);
        assert_eq!((merged.text.as_str(), merged.conflicts), (text, conflicts));
    }

    /// One side of all conflicts.
    fn side(text: &str, wanted: &str) -> String {
        let mut inside = None;
        let mut lines = String::new();
        for line in text.split_inclusive('\n') {
            match line.trim_end() {
                "<<<<<<< yours" => inside = Some(OURS),
                "=======" if inside.is_some() => inside = Some(THEIRS),
                ">>>>>>> template" => inside = None,
                _ if inside.is_none_or(|it| it == wanted) => lines.push_str(line),
                _ => {}
            }
        }
        lines
    }

    proptest! {
        #[test]
        fn two_lose_nothing(ours in "([abc]\n){0,9}", theirs in "([abc]\n){0,9}") {
            let merged = two(&ours, &theirs).text;
            prop_assert_eq!(side(&merged, OURS), ours);
            prop_assert_eq!(side(&merged, THEIRS), theirs);
        }

        #[test]
        fn who_changes_nothing_takes_the_other(
            base in "([abcd]\n?){0,9}", other in "([abcd]\n?){0,9}",
        ) {
            let clean = |text: &str| Merged { text: text.to_owned(), conflicts: 0 };
            prop_assert_eq!(three(&base, &other, &base), clean(&other));
            prop_assert_eq!(three(&base, &base, &other), clean(&other));
            prop_assert_eq!(three(&base, &other, &other), clean(&other));
        }

        #[test]
        fn nothing_panics(base in "[ab<=>\n]{0,30}", ours in "[ab<=>\n]{0,30}", theirs in "[ab<=>\n]{0,30}") {
            three(&base, &ours, &theirs);
            two(&ours, &theirs);
        }
    }
}
