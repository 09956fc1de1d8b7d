//! `--live-reload`: the script in the application's pages.
//!
//! It goes into whole HTML documents that a browser asks for by GET and gets with 200: not into
//! what is compressed, partial, saved as a file or protected by a digest. The document grows by
//! one element, and its Content-Length with it. Its validators are left out: they are of the
//! document as the application knows it, so a browser would be told that the one it has, with the
//! moment of that time in it, is still right.

use std::{
    collections::VecDeque,
    os::unix::fs::FileExt as _,
    sync::atomic::{AtomicBool, Ordering},
};

use bytes::Bytes;

use super::{
    AccessLog, Notifier,
    head::decimal,
    injector::{Injector, MAX_BEFORE, MAX_PROLOG},
    policy::{self, Permission},
    reserved::SCRIPT,
};
use crate::wire::{Event, FilePart, message::ResponseHead};

/// What all pages with the script have in common.
#[derive(Debug)]
pub(super) struct Live {
    notifier: Notifier,
    log: AccessLog,
    /// The user knows that there are pages which must not have it, or are compressed.
    are_told: [AtomicBool; 2],
}

/// Why a page is left alone.
#[derive(Clone, Copy, Debug)]
enum Obstacle {
    Policy,
    Coding,
}

impl Live {
    pub(super) fn new(notifier: Notifier, log: AccessLog) -> Self {
        Self {
            notifier,
            log,
            are_told: Default::default(),
        }
    }

    /// Puts the script into the response to one request, which was begun at that position among
    /// the notices. `line` is what the request is called when the user is told something.
    pub(super) fn rewriter<'a>(
        &'a self,
        position: u64,
        is_head: bool,
        line: &'a [u8],
    ) -> Box<Rewriter<'a>> {
        Box::new(Rewriter {
            live: self,
            position,
            is_head,
            line,
            stage: Stage::Waiting,
            events: VecDeque::new(),
            credit: 0,
        })
    }

    /// Tells the user, once, why there are pages which do not have the script.
    fn tell(&self, obstacle: Obstacle, line: &[u8]) {
        let [policy, coding] = &self.are_told;
        let (is_told, reason) = match obstacle {
            Obstacle::Policy => (
                policy,
                "their Content-Security-Policy forbids the script; it has to allow 'self' in \
                 script-src and connect-src",
            ),
            Obstacle::Coding => (
                coding,
                "they are compressed; leave that to the server in production",
            ),
        };
        if !is_told.swap(true, Ordering::Relaxed) {
            self.log.note(&format!(
                "live reload: pages such as {} do not reload by themselves, because {reason}",
                line.escape_ascii()
            ));
        }
    }
}

/// The events of one request, on whose way the script is put in.
#[derive(Debug)]
pub(super) struct Rewriter<'a> {
    live: &'a Live,
    position: u64,
    is_head: bool,
    line: &'a [u8],
    stage: Stage,
    /// What has become of the events so far.
    events: VecDeque<Event>,
    /// Octets that came in blocks and were not counted yet.
    credit: usize,
}

#[derive(Debug)]
enum Stage {
    /// For the response to begin.
    Waiting,
    /// It is a stream whose head waits until it is known what it is.
    Held(ResponseHead, Injector),
    /// The element is not in its place yet.
    Injecting(Injector),
    /// There is nothing to do, or nothing more.
    Over,
}

impl Rewriter<'_> {
    /// Takes what has happened.
    pub(super) fn push(&mut self, event: Event) {
        if let Event::Block(octets) = &event {
            self.credit += octets.len();
        }
        let stage = std::mem::replace(&mut self.stage, Stage::Over);
        self.stage = match (stage, event) {
            (stage, event @ (Event::Want | Event::Received | Event::Found(_))) => {
                self.events.push_back(event);
                stage
            }
            (Stage::Waiting, Event::Response(head, body)) => {
                let event = self.whole(head, body);
                self.events.push_back(event);
                Stage::Over
            }
            (Stage::Waiting, Event::Head(head)) => match self.injector(&head) {
                Some(_) if self.is_head => {
                    self.events.push_back(Event::Head(changed(&head, None)));
                    Stage::Over
                }
                Some(injector) => Stage::Held(head, injector),
                None => {
                    self.events.push_back(Event::Head(head));
                    Stage::Over
                }
            },
            (Stage::Held(head, injector), event) => self.begin(head, injector, event),
            (Stage::Injecting(injector), event) => self.go_on(injector, event),
            (stage, event) => {
                self.events.push_back(event);
                stage
            }
        };
    }

    /// What happens next to the client.
    pub(super) fn pop(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// How many octets of blocks have come since this was asked last.
    pub(super) fn take_credit(&mut self) -> usize {
        std::mem::take(&mut self.credit)
    }

    fn whole(&mut self, head: ResponseHead, body: Bytes) -> Event {
        let has_own_length = length(&head).is_none_or(|length| length == body.len() as u64);
        let injector = self
            .injector(&head)
            .filter(|_| has_own_length || self.is_head);
        let Some(mut injector) = injector else {
            return Event::Response(head, body);
        };
        if self.is_head && (body.is_empty() || !has_own_length) {
            return Event::Response(changed(&head, None), body);
        }
        let mut octets = Vec::with_capacity(body.len() + injector.added());
        injector.push(&body, &mut octets);
        let is_document = injector.is_document() == Some(true);
        injector.finish(&mut octets);
        if is_document {
            Event::Response(changed(&head, Some(injector.added())), octets.into())
        } else {
            Event::Response(head, body)
        }
    }

    /// The next event of a stream whose head is held.
    fn begin(&mut self, head: ResponseHead, mut injector: Injector, event: Event) -> Stage {
        let mut octets = Vec::new();
        match event {
            Event::Block(block) => {
                injector.push(&block, &mut octets);
                match injector.is_document() {
                    None => return Stage::Held(head, injector),
                    Some(true) => {
                        let head = changed(&head, Some(injector.added()));
                        self.events.push_back(Event::Head(head));
                        self.push_block(octets);
                        return injecting(injector);
                    }
                    Some(false) => {
                        self.events.push_back(Event::Head(head));
                        self.push_block(octets);
                    }
                }
            }
            Event::File(part) => match within(&part, &mut injector, &mut octets) {
                Some(rest) if injector.is_placed() => {
                    let head = changed(&head, Some(injector.added()));
                    self.events.push_back(Event::Head(head));
                    self.push_block(octets);
                    self.events.push_back(Event::File(rest));
                }
                _ => {
                    self.events.push_back(Event::Head(head));
                    self.events.push_back(Event::File(part));
                }
            },
            last => {
                self.events.push_back(Event::Head(head));
                injector.finish(&mut octets);
                self.push_block(octets);
                self.events.push_back(last);
            }
        }
        Stage::Over
    }

    /// The next event of a document.
    fn go_on(&mut self, mut injector: Injector, event: Event) -> Stage {
        let mut octets = Vec::new();
        match event {
            Event::Block(block) => {
                injector.push(&block, &mut octets);
                self.push_block(octets);
                return injecting(injector);
            }
            Event::File(part) => {
                let rest = within(&part, &mut injector, &mut octets);
                // Behind the file nothing can be sent.
                injector.finish(&mut octets);
                self.push_block(octets);
                self.events.push_back(Event::File(rest.unwrap_or(part)));
            }
            last => {
                injector.finish(&mut octets);
                self.push_block(octets);
                self.events.push_back(last);
            }
        }
        Stage::Over
    }

    fn push_block(&mut self, octets: Vec<u8>) {
        if !octets.is_empty() {
            self.events.push_back(Event::Block(octets.into()));
        }
    }

    /// What puts the script into a body with this head, if it may have it.
    fn injector(&self, head: &ResponseHead) -> Option<Injector> {
        if !is_page(head) {
            return None;
        }
        if !values(head, b"content-encoding").all(|it| it.eq_ignore_ascii_case(b"identity")) {
            self.live.tell(Obstacle::Coding, self.line);
            return None;
        }
        let policies = values(head, b"content-security-policy");
        let nonce = match policy::permission(policies) {
            Permission::Plain => String::new(),
            Permission::Nonce(nonce) => format!(" nonce=\"{nonce}\""),
            Permission::Refused => {
                self.live.tell(Obstacle::Policy, self.line);
                return None;
            }
        };
        let moment = self.live.notifier.moment(self.position);
        let element =
            format!("<script src=\"{SCRIPT}\" data-at=\"{moment}\"{nonce} async></script>");
        Some(Injector::new(element.into_bytes()))
    }
}

fn injecting(injector: Injector) -> Stage {
    if injector.is_placed() {
        Stage::Over
    } else {
        Stage::Injecting(injector)
    }
}

/// Gives the beginning of a file to the injector, and returns the rest of the file.
fn within(part: &FilePart, injector: &mut Injector, octets: &mut Vec<u8>) -> Option<FilePart> {
    let mut start = vec![0; MAX_BEFORE + MAX_PROLOG];
    let room = usize::try_from(part.length)
        .unwrap_or(usize::MAX)
        .min(start.len());
    start.truncate(room);
    let read = part.file.read_at(&mut start, part.offset).ok()?;
    start.truncate(read);
    let file = part.file.try_clone().ok()?;
    injector.push(&start, octets);
    Some(FilePart {
        file,
        offset: part.offset + read as u64,
        length: part.length - read as u64,
    })
}

fn values<'h>(head: &'h ResponseHead, name: &'static [u8]) -> impl Iterator<Item = &'h [u8]> {
    head.headers
        .iter()
        .filter(move |(other, _)| other.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim_ascii())
}

/// Whether this is the head of an HTML page, to be shown as it is.
fn is_page(head: &ResponseHead) -> bool {
    let mut types = values(head, b"content-type");
    let is_html = types.next().is_some_and(is_html) && types.next().is_none();
    // What these are about is the body as the application made it.
    let is_fixed = [
        &b"content-range"[..],
        b"content-md5",
        b"content-digest",
        b"repr-digest",
        b"digest",
    ]
    .into_iter()
    .any(|name| values(head, name).next().is_some());
    let is_saved = values(head, b"content-disposition").any(|value| {
        !value
            .get(..6)
            .is_some_and(|start| start.eq_ignore_ascii_case(b"inline"))
    });
    let is_kept = values(head, b"cache-control").any(|value| {
        value
            .split(|&octet| octet == b',')
            .any(|directive| directive.trim_ascii().eq_ignore_ascii_case(b"no-transform"))
    });
    let has_right_length = values(head, b"content-length").count() < 2
        && values(head, b"content-length").all(|value| decimal(value).is_some());
    head.status.get(..3) == Some(b"200")
        && is_html
        && has_right_length
        && !(is_fixed || is_saved || is_kept)
}

fn is_html(value: &[u8]) -> bool {
    let end = value.iter().position(|&octet| octet == b';');
    let media_type = value.get(..end.unwrap_or(value.len())).unwrap_or_default();
    media_type
        .trim_ascii_end()
        .eq_ignore_ascii_case(b"text/html")
}

fn length(head: &ResponseHead) -> Option<u64> {
    values(head, b"content-length").next().and_then(decimal)
}

/// The head of a document that is longer by so many octets, or longer by an unknown number: the
/// application's validators are not for it.
fn changed(head: &ResponseHead, added: Option<usize>) -> ResponseHead {
    let headers = head.headers.iter().filter_map(|(name, value)| {
        let is = |other: &[u8]| name.eq_ignore_ascii_case(other);
        if is(b"content-length") {
            let length = decimal(value)?.saturating_add(added? as u64);
            return Some((name.clone(), Bytes::from(length.to_string())));
        }
        let is_validator = is(b"etag") || is(b"last-modified") || is(b"accept-ranges");
        (!is_validator).then(|| (name.clone(), value.clone()))
    });
    ResponseHead {
        status: head.status.clone(),
        headers: headers.collect(),
    }
}

#[cfg(test)]
mod tests;
