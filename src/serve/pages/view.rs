//! Exceptions as their page shows them: what is first and large, what is folded, which of a line's
//! characters are marked. Pure.

use serde::Serialize;

use super::ansi::{self, Piece};
use crate::wire::exceptions::{Exception, Relation, StackFrame};

/// How many frames of the project are unfolded: as many as one reads before one looks for the file
/// oneself.
const OPEN: usize = 5;

/// The deepest that exceptions are indented: deeper ones are not told apart by that any more.
const DEEPEST: usize = 3;

/// What a page shows of a problem beside its title.
#[derive(Debug, Default, Serialize)]
pub(super) struct View<'a> {
    /// One line: the exception's type and text, or our own words.
    summary: &'a str,
    /// What the exception says, where the summary has not all of it.
    text: String,
    notes: &'a [String],
    /// Where the fault is.
    place: Option<Frame<'a>>,
    exceptions: Vec<Shown<'a>>,
    open: usize,
}

/// One exception.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    heading: &'static str,
    depth: usize,
    /// Empty for the first one, which the page begins with.
    kind: &'a str,
    text: &'a str,
    notes: &'a [String],
    /// Frames of the project, innermost first.
    project: Vec<Frame<'a>>,
    /// Those of libraries, innermost first.
    library: Vec<Frame<'a>>,
    omitted: usize,
    /// What a terminal would show of it.
    printed: Vec<Piece>,
}

#[derive(Debug, Serialize)]
struct Frame<'a> {
    place: &'a str,
    file: &'a str,
    line: usize,
    function: &'a str,
    /// The line itself.
    code: &'a str,
    lines: Vec<Line<'a>>,
}

#[derive(Debug, Serialize)]
struct Line<'a> {
    number: usize,
    is_meant: bool,
    before: &'a str,
    marked: &'a str,
    after: &'a str,
}

impl<'a> View<'a> {
    /// The view of these exceptions, of which the first was raised at last.
    pub(super) fn new(summary: &'a str, exceptions: &'a [Exception]) -> Self {
        let Some(raised) = exceptions.first() else {
            return Self {
                summary,
                ..Self::default()
            };
        };
        let place = place_of(exceptions);
        let depths = depths(exceptions);
        Self {
            summary,
            text: text_beside(summary, raised),
            notes: &raised.notes,
            place: place.map(Frame::new),
            exceptions: exceptions
                .iter()
                .zip(depths)
                .enumerate()
                .map(|(number, (exception, depth))| Shown::new(number, exception, depth, place))
                .filter(|shown| !(shown.kind.is_empty() && shown.is_empty()))
                .collect(),
            open: OPEN,
        }
    }
}

impl<'a> Shown<'a> {
    fn new(
        number: usize,
        exception: &'a Exception,
        depth: usize,
        place: Option<&'a StackFrame>,
    ) -> Self {
        let is_first = number == 0;
        let frames = |is_project: bool| {
            let frames = exception.frames.iter().rev();
            frames
                .filter(|frame| frame.is_project == is_project)
                // It is there already, above everything.
                .filter(|frame| {
                    !(is_first && place.is_some_and(|place| std::ptr::eq(place, *frame)))
                })
                .map(Frame::new)
                .collect()
        };
        Self {
            heading: match exception.relation {
                Relation::Raised if !exception.printed.is_empty() => "As the compiler shows it",
                Relation::Beside => "Another error",
                Relation::Raised => "The calls that led there, the latest first",
                Relation::CauseOf(_) => "The direct cause of it",
                Relation::ContextOf(_) => "What was being handled when it was raised",
                Relation::MemberOf(_) => "One of the group",
            },
            depth: depth.min(DEEPEST),
            kind: if is_first { "" } else { &exception.kind },
            text: &exception.text,
            notes: &exception.notes,
            project: frames(true),
            library: frames(false),
            omitted: exception.omitted,
            printed: ansi::pieces(exception.printed.trim_end()),
        }
    }

    fn is_empty(&self) -> bool {
        self.project.is_empty()
            && self.library.is_empty()
            && self.omitted == 0
            && self.printed.is_empty()
    }
}

impl<'a> Frame<'a> {
    fn new(frame: &'a StackFrame) -> Self {
        let code = frame
            .line
            .checked_sub(frame.first)
            .and_then(|index| frame.source.get(index))
            .map_or("", |line| line.trim());
        let lines = frame
            .source
            .iter()
            .zip(frame.first..)
            .map(|(text, number)| {
                let is_meant = number == frame.line;
                let (before, marked, after) = if is_meant {
                    marked(text, frame.mark.start, frame.mark.end)
                } else {
                    (&**text, "", "")
                };
                Line {
                    number,
                    is_meant,
                    before,
                    marked,
                    after,
                }
            });
        Self {
            place: &frame.place,
            file: &frame.file,
            line: frame.line,
            function: &frame.function,
            code,
            lines: lines.collect(),
        }
    }
}

/// Where the fault is: the innermost place in the project's own code, of the exception that was
/// raised at last, or else of the first that has one. A syntax error is where it is.
fn place_of(exceptions: &[Exception]) -> Option<&StackFrame> {
    let place = exceptions.iter().find_map(|exception| {
        let innermost = exception.frames.last()?;
        if innermost.function.is_empty() {
            return Some(innermost);
        }
        exception.frames.iter().rev().find(|frame| frame.is_project)
    });
    place.or_else(|| exceptions.first()?.frames.last())
}

/// How many groups each exception is in.
fn depths(exceptions: &[Exception]) -> Vec<usize> {
    let mut depths: Vec<usize> = Vec::with_capacity(exceptions.len());
    for exception in exceptions {
        let depth_of = |number: usize| depths.get(number).copied().unwrap_or_default();
        depths.push(match exception.relation {
            Relation::Raised | Relation::Beside => 0,
            Relation::CauseOf(number) | Relation::ContextOf(number) => depth_of(number),
            Relation::MemberOf(number) => depth_of(number) + 1,
        });
    }
    depths
}

/// What is to be shown of an exception beside a summary, which may have all of it already.
fn text_beside(summary: &str, exception: &Exception) -> String {
    let Exception { kind, text, .. } = exception;
    let (_, name) = kind.rsplit_once('.').unwrap_or(("", kind));
    let is_said = summary.starts_with(name);
    if is_said && !text.trim().contains('\n') && summary.contains(text.trim()) {
        String::new()
    } else if is_said {
        text.clone()
    } else if text.is_empty() {
        kind.clone()
    } else {
        format!("{kind}: {text}")
    }
}

/// A line in three parts: before the marked characters, those, and after them. Behind the line's
/// last character there is a space to be marked.
fn marked(text: &str, start: usize, end: usize) -> (&str, &str, &str) {
    if start >= end {
        return (text, "", "");
    }
    let mut places = text.char_indices().map(|(place, _)| place);
    let Some(from) = places.nth(start) else {
        return (text, " ", "");
    };
    let to = places.nth(end - start - 1).unwrap_or(text.len());
    let (before, rest) = text.split_at(from);
    let (marked, after) = rest.split_at(to - from);
    (before, marked, after)
}

#[cfg(test)]
mod tests;
