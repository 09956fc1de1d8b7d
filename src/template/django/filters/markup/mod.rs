//! Reading HTML as Python 3.12's `html.parser` does, and the filter `striptags`.
//!
//! What is no well-formed tag is text by rules that no standard has, so they are kept here one by
//! one.

use std::ops::ControlFlow;

use super::Input;
use crate::template::{
    django::Fault,
    entities::unescape,
    value::{Exception, Value, is_space},
};

mod declaration;
mod reference;
mod tag;

use tag::{EndTag, Kind};

/// Who is told what was read. `Break` ends the reading.
pub(super) trait Handler {
    /// Whether character references are to be characters when they come, or come by themselves.
    const CONVERTS_REFERENCES: bool;

    fn text(&mut self, text: &str) -> ControlFlow<()>;
    /// A reference without its ampersand and semicolon.
    fn reference(&mut self, name: &str);
    fn start(&mut self, name: &str, source: &str);
    fn end(&mut self, name: &str);
}

/// What reads a text.
pub(super) struct Reader<'a, H> {
    text: &'a str,
    input: &'a Input<'a>,
    handler: H,
    /// The element in which everything is text up to its end tag: `script` or `style`.
    raw_element: Option<String>,
}

type Step = Result<ControlFlow<(), Next>, Exception>;

/// What to do after a step.
enum Next {
    /// Go on at this place.
    At(usize),
    /// Wait for more text at this place.
    Wait(usize),
}

/// To go on at this place.
const fn at(place: usize) -> ControlFlow<(), Next> {
    ControlFlow::Continue(Next::At(place))
}

/// To wait for more text at this place.
const fn wait(place: usize) -> ControlFlow<(), Next> {
    ControlFlow::Continue(Next::Wait(place))
}

impl<'a, H: Handler> Reader<'a, H> {
    pub(super) fn new(text: &'a str, input: &'a Input<'a>, handler: H) -> Self {
        Self {
            text,
            input,
            handler,
            raw_element: None,
        }
    }

    pub(super) fn into_handler(self) -> H {
        self.handler
    }

    /// Reads from a place on, and returns the place where what follows cannot be understood
    /// without more text. `is_end` says that there is no more. `Break` is the handler's.
    pub(super) fn read(
        &mut self,
        from: usize,
        is_end: bool,
    ) -> Result<ControlFlow<(), usize>, Exception> {
        let mut place = from;
        while place < self.text.len() {
            match self.step(place, is_end)? {
                ControlFlow::Break(()) => return Ok(ControlFlow::Break(())),
                ControlFlow::Continue(Next::At(next)) => place = next,
                ControlFlow::Continue(Next::Wait(next)) => {
                    place = next;
                    break;
                }
            }
        }
        if is_end && place < self.text.len() && self.raw_element.is_none() {
            if self.push(place, self.text.len()).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            place = self.text.len();
        }
        Ok(ControlFlow::Continue(place))
    }

    fn rest(&self, place: usize) -> &'a str {
        self.text.get(place..).unwrap_or_default()
    }

    /// Hands on text.
    fn push(&mut self, from: usize, to: usize) -> ControlFlow<()> {
        let text = self.text.get(from..to).unwrap_or_default();
        if H::CONVERTS_REFERENCES && self.raw_element.is_none() {
            self.handler.text(&unescape(text))
        } else {
            self.handler.text(text)
        }
    }

    /// Reads the text up to the next markup, and that.
    fn step(&mut self, place: usize, is_end: bool) -> Step {
        self.input.environment.budget.step()?;
        let markup = match self.next_markup(place) {
            Some(markup) => markup,
            None if self.raw_element.is_some() => return Ok(wait(place)),
            None if H::CONVERTS_REFERENCES && self.ends_in_reference(place) => {
                return Ok(wait(place));
            }
            None => self.text.len(),
        };
        if place < markup && self.push(place, markup).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        let rest = self.rest(markup);
        if rest.is_empty() {
            Ok(at(markup))
        } else if rest.starts_with('<') {
            self.step_tag(markup, is_end)
        } else {
            Ok(self.step_reference(markup, is_end))
        }
    }

    fn next_markup(&self, place: usize) -> Option<usize> {
        let rest = self.rest(place);
        match &self.raw_element {
            Some(name) => rest
                .match_indices("</")
                .map(|(offset, _)| place + offset)
                .find(|&start| tag::closes(self.text, start, name)),
            None if H::CONVERTS_REFERENCES => rest.find('<').map(|offset| place + offset),
            None => rest.find(['<', '&']).map(|offset| place + offset),
        }
    }

    /// Whether the last characters could be the start of a reference.
    fn ends_in_reference(&self, place: usize) -> bool {
        let rest = self.rest(place);
        let tail = rest.char_indices().rev().nth(33).map_or(0, |(at, _)| at);
        let tail = rest.get(tail..).unwrap_or_default();
        tail.rsplit_once('&')
            .is_some_and(|(_, after)| !after.contains(|it| is_space(it) || it == ';'))
    }

    fn step_tag(&mut self, place: usize, is_end: bool) -> Step {
        let rest = self.rest(place);
        let second = rest.chars().nth(1);
        let next = if second.is_some_and(|it| it.is_ascii_alphabetic()) {
            match tag::start_tag(self.text, place) {
                Some(found) => {
                    if self.start(&found).is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                    Some(place + found.source.len())
                }
                None => None,
            }
        } else if second == Some('/') {
            match tag::end_tag(self.text, place) {
                Some(found) => return Ok(self.end(place, found)),
                None => None,
            }
        } else if matches!(second, Some('!' | '?')) {
            declaration::end(self.text, place)?
        } else if second.is_some() {
            if self.handler.text("<").is_break() {
                return Ok(ControlFlow::Break(()));
            }
            return Ok(at(place + 1));
        } else {
            return Ok(wait(place));
        };
        if let Some(next) = next {
            return Ok(at(next));
        }
        // The rest was searched for nothing, which must not happen too often.
        self.input.make(rest.len())?;
        Ok(self.unfinished(place, is_end))
    }

    /// What has no end is text, up to the next character that could be one.
    fn unfinished(&mut self, place: usize, is_end: bool) -> ControlFlow<(), Next> {
        if !is_end {
            return wait(place);
        }
        let after = self.rest(place + 1);
        let next = match (after.find('>'), after.find('<')) {
            (Some(offset), _) => place + 1 + offset + 1,
            (None, Some(offset)) => place + 1 + offset,
            (None, None) => place + 1,
        };
        if self.push(place, next).is_break() {
            return ControlFlow::Break(());
        }
        at(next)
    }

    fn start(&mut self, found: &tag::StartTag<'_>) -> ControlFlow<()> {
        match found.kind {
            Kind::Text => return self.handler.text(found.source),
            Kind::SelfClosing => {
                self.handler.start(&found.name, found.source);
                self.handler.end(&found.name);
            }
            Kind::Opening => {
                self.handler.start(&found.name, found.source);
                if matches!(&*found.name, "script" | "style") {
                    self.raw_element = Some(found.name.clone());
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn end(&mut self, place: usize, found: EndTag) -> ControlFlow<(), Next> {
        let (name, end) = match found {
            EndTag::Nothing(end) => return ControlFlow::Continue(Next::At(end)),
            EndTag::Sloppy(name, end) => {
                self.handler.end(&name);
                return ControlFlow::Continue(Next::At(end));
            }
            EndTag::Plain(name, end) => (name, end),
        };
        if self.raw_element.as_ref().is_some_and(|it| *it != name) {
            self.push(place, end)?;
        } else {
            self.handler.end(&name);
            self.raw_element = None;
        }
        ControlFlow::Continue(Next::At(end))
    }

    /// A reference, or what looks like one.
    fn step_reference(&mut self, place: usize, is_end: bool) -> ControlFlow<(), Next> {
        let rest = self.rest(place);
        if rest.starts_with("&#") {
            let Some((name, length)) = reference::numeric(rest) else {
                if rest.contains(';') {
                    if self.handler.text("&#").is_break() {
                        return ControlFlow::Break(());
                    }
                    return wait(place + 2);
                }
                return wait(place);
            };
            self.handler.reference(name);
            return at(place + length);
        }
        if let Some((name, length)) = reference::named(rest) {
            self.handler.reference(name);
            return at(place + length);
        }
        match rest.chars().nth(1) {
            Some(second) if second.is_ascii_alphabetic() => {
                // A letter at the very end goes without its ampersand.
                wait(place + usize::from(is_end && rest.len() == 2))
            }
            Some(_) => {
                if self.handler.text("&").is_break() {
                    return ControlFlow::Break(());
                }
                at(place + 1)
            }
            None => wait(place),
        }
    }
}

/// Collects what is no tag.
#[derive(Default)]
struct Stripper {
    text: String,
}

impl Handler for Stripper {
    const CONVERTS_REFERENCES: bool = false;

    fn text(&mut self, text: &str) -> ControlFlow<()> {
        self.text.push_str(text);
        ControlFlow::Continue(())
    }

    fn reference(&mut self, name: &str) {
        self.text.push('&');
        self.text.push_str(name);
        self.text.push(';');
    }

    fn start(&mut self, _: &str, _: &str) {}

    fn end(&mut self, _: &str) {}
}

/// How often what is left may contain tags again.
const MOST_ROUNDS: usize = 50;

pub(super) fn strip_tags(input: &Input<'_>) -> Result<Value, Exception> {
    let too_deep = || Fault::new("the text has too many unclosed tags to strip");
    let mut text = input.text.to_owned();
    if has_long_open_tag(&text) {
        return Err(too_deep().into());
    }
    let count = |text: &str| text.bytes().filter(|&it| it == b'<').count();
    let mut rounds = 0;
    while text.contains('<') && text.contains('>') {
        if rounds >= MOST_ROUNDS {
            return Err(too_deep().into());
        }
        input.make(text.len())?;
        let mut reader = Reader::new(&text, input, Stripper::default());
        if let ControlFlow::Continue(place) = reader.read(0, false)? {
            let _ = reader.read(place, true)?;
        }
        let stripped = reader.into_handler().text;
        if count(&stripped) == count(&text) {
            break;
        }
        text = stripped;
        rounds += 1;
    }
    Ok(Value::text(text))
}

/// Whether a tag without an end has so much in it that reading it again and again would take too
/// long.
fn has_long_open_tag(text: &str) -> bool {
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let tag = rest.get(start..).unwrap_or_default();
        let inside = tag.get(1..).unwrap_or_default();
        if inside.starts_with(|it: char| it.is_ascii_alphabetic()) {
            let length = tag.find('>').unwrap_or(tag.len());
            let (tag, after) = tag.split_at(length);
            if tag.chars().nth(1001).is_some() {
                if tag.matches('<').count() >= MOST_ROUNDS {
                    return true;
                }
                rest = after;
                continue;
            }
        }
        rest = inside;
    }
    false
}
