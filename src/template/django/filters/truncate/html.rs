//! Shortening HTML without cutting tags or leaving them open.

use std::ops::ControlFlow;

use crate::template::{
    django::filters::{html::escape, markup::Handler},
    value::is_space,
};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Characters,
    Words,
}

impl Unit {
    /// The text with a sign that something is missing.
    pub(super) fn with_ellipsis(self, text: String) -> String {
        match self {
            Self::Characters => text + "…",
            Self::Words if text.ends_with(" …") => text,
            Self::Words => text + " …",
        }
    }
}

/// Elements without an end tag.
const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "frame", "hr", "img", "input", "link", "meta", "param",
    "source", "spacer", "track", "wbr",
];

/// Takes markup until there is enough text.
pub(super) struct Shortener {
    unit: Unit,
    length: i128,
    /// The characters of the whole text with its markup.
    total: usize,
    remaining: i128,
    seen: i128,
    output: String,
    /// The characters of the output.
    written: usize,
    /// The names of the open elements.
    open: Vec<String>,
}

impl Shortener {
    pub(super) fn new(unit: Unit, length: i128, total: usize) -> Self {
        Self {
            unit,
            length,
            total,
            remaining: match unit {
                // The ellipsis takes the room of one character.
                Unit::Characters => length - 1,
                Unit::Words => length,
            },
            seen: 0,
            output: String::new(),
            written: 0,
            open: Vec::new(),
        }
    }

    /// What was kept; where something was cut off, with the end tags of what was open.
    pub(super) fn finish(mut self, is_cut: bool) -> String {
        if is_cut {
            for name in self.open.iter().rev() {
                self.output.extend(["</", name, ">"]);
            }
        }
        self.output
    }

    fn push(&mut self, text: &str) {
        self.written += text.chars().count();
        self.output.push_str(text);
    }

    /// So much of the text as there is room for, and how much it is in all.
    fn measure(&self, text: &str) -> (i128, String) {
        let room = usize::try_from(self.remaining).unwrap_or(usize::MAX);
        let (count, kept) = match self.unit {
            Unit::Characters => (
                text.chars().count(),
                text.chars().take(room).collect::<String>(),
            ),
            Unit::Words => {
                let words = split_words(text);
                let kept: Vec<&str> = words.iter().take(room).copied().collect();
                (words.len(), kept.join(" "))
            }
        };
        (i128::try_from(count).unwrap_or(i128::MAX), escape(&kept))
    }
}

/// The words between which there is space; that at the start and at the end stays.
fn split_words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let inner = text.trim_start_matches(is_space);
    let mut word_start = 0;
    let mut at = text.len() - inner.len();
    while let Some(rest) = text.get(at..) {
        let Some(length) = rest.find(is_space) else {
            break;
        };
        let space = rest.get(length..).unwrap_or_default();
        let Some(gap) = space.find(|it| !is_space(it)) else {
            break;
        };
        words.extend(text.get(word_start..at + length));
        at += length + gap;
        word_start = at;
    }
    words.extend(text.get(word_start..));
    words
}

impl Handler for Shortener {
    const CONVERTS_REFERENCES: bool = true;

    fn text(&mut self, text: &str) -> ControlFlow<()> {
        let characters = text.chars().count();
        self.seen += i128::try_from(characters).unwrap_or(i128::MAX);
        // Where the text ends just here, there is room without an ellipsis.
        if self.unit == Unit::Characters
            && self.seen == self.length
            && self.written + characters == self.total
        {
            self.push(text);
            return ControlFlow::Break(());
        }
        let (count, kept) = self.measure(text);
        if self.remaining < count {
            self.remaining = 0;
            let kept = self.unit.with_ellipsis(kept);
            self.push(&kept);
            return ControlFlow::Break(());
        }
        self.remaining -= count;
        self.push(&kept);
        ControlFlow::Continue(())
    }

    fn reference(&mut self, _: &str) {}

    fn start(&mut self, name: &str, source: &str) {
        self.push(source);
        if !VOID.contains(&name) {
            self.open.push(name.to_owned());
        }
    }

    fn end(&mut self, name: &str) {
        if VOID.contains(&name) {
            return;
        }
        self.push(&format!("</{name}>"));
        if self.open.last().is_some_and(|open| open == name) {
            self.open.pop();
        }
    }
}
