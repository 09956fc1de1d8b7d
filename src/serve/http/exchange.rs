//! One request at an application that speaks HTTP: what is written of it, and the events that its
//! response is.

use std::{
    future::Future as _,
    io::{self, ErrorKind},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use tokio::time::{Sleep, sleep};

use super::{
    super::{chunks::ChunkDecoder, response::Invalid},
    FailureKind, HttpClient, Said,
    answer::{self, Answer, Framing},
    client::Connecting,
    link::Link,
};
use crate::wire::{Event, INLINE_BODY};

/// How long is waited until the next attempt to connect: an application that is busy accepting
/// takes hundreds in that time.
const CONNECT_PAUSE: Duration = Duration::from_millis(5);

/// How much is read at a time of a response that has not begun, in octets: most pages whole.
const READ_HEAD: usize = 16 * 1024;

/// Most interim responses to one request. There is one that means something here, and hints as
/// `103` has them are sent once or twice.
const MAX_INTERIM: usize = 16;

/// Most octets of what an application says when it fails; a backtrace has some ten thousand.
const MAX_FAILURE: usize = 64 * 1024;

/// What of the request decides how the response is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::serve) struct Question {
    /// The method is HEAD.
    pub(super) is_head: bool,
    /// The connection may become a WebSocket.
    pub(super) is_websocket: bool,
}

/// One request at an application. Dropping it before its last event closes its connection, by which
/// the application knows that nobody waits any more.
#[derive(Debug)]
pub(in crate::serve) struct HttpExchange {
    client: HttpClient,
    question: Question,
    /// `None` before there is one, and after the last event.
    link: Option<Link>,
    /// Until when the next attempt to connect waits.
    pause: Option<Pin<Box<Sleep>>>,
    /// Octets of the request that were written.
    written: usize,
    /// All of the request was written.
    is_sent: bool,
    stage: Stage,
    /// The application says what went wrong, so far this.
    failure: Option<(FailureKind, Vec<u8>)>,
}

/// What comes next.
#[derive(Debug)]
enum Stage {
    /// A head. So many octets were searched for its end, and so many interim ones have come.
    Head { searched: usize, interim: usize },
    /// A body.
    Body { rest: Rest, keep_alive: bool },
    /// Octets of another protocol.
    Switched,
    /// Nothing: there was no connection to be had.
    NotBegun,
    /// Nothing.
    Over,
}

/// What is to come of a body.
#[derive(Debug)]
enum Rest {
    Length(u64),
    Chunks(ChunkDecoder),
    Close,
}

impl HttpExchange {
    pub(super) fn new(client: HttpClient, link: Option<Link>, question: Question) -> Self {
        Self {
            client,
            question,
            link,
            pause: None,
            written: 0,
            is_sent: false,
            stage: Stage::Head {
                searched: 0,
                interim: 0,
            },
            failure: None,
        }
    }

    /// Writes some octets of the request. An error means that the application takes no more of it;
    /// there may be a response all the same.
    pub(super) fn poll_write(
        &mut self,
        context: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        loop {
            let Some(link) = &mut self.link else {
                ready!(self.poll_connect(context));
                continue;
            };
            match ready!(link.poll_write(context, octets)) {
                Ok(count) => {
                    self.written += count;
                    return Poll::Ready(Ok(count));
                }
                // It was closed while it waited for a request, and has got nothing of this one.
                Err(_) if link.is_used && self.written == 0 => self.link = None,
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    /// Waits for a connection; for ever where there is none to be had, which is an event.
    fn poll_connect(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if !matches!(self.stage, Stage::Head { .. }) {
            return Poll::Pending;
        }
        loop {
            if let Some(pause) = &mut self.pause {
                ready!(pause.as_mut().poll(context));
                self.pause = None;
            }
            match self.client.connect() {
                Connecting::Connected(link) => {
                    self.link = Some(link);
                    return Poll::Ready(());
                }
                Connecting::Later => self.pause = Some(Box::pin(sleep(CONNECT_PAUSE))),
                Connecting::Gone => {
                    self.stage = Stage::NotBegun;
                    return Poll::Pending;
                }
            }
        }
    }

    /// Notes that the request was written to its end.
    pub(super) fn note_sent(&mut self) {
        self.is_sent = true;
    }

    /// The connection, once it has been switched to another protocol.
    pub(in crate::serve) fn switched(&mut self) -> Option<&mut Link> {
        match self.stage {
            Stage::Switched => self.link.as_mut(),
            _ => None,
        }
    }

    /// The next event, among those that a worker's exchange has: [`Event::Want`] where the
    /// application wants a body that the client holds back. An error means that the response
    /// must not be sent on.
    pub(in crate::serve) fn poll_event(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<Event, Invalid>> {
        loop {
            if let Some(event) = self.take_event()? {
                return Poll::Ready(Ok(event));
            }
            let room = match self.stage {
                Stage::Head { .. } => READ_HEAD,
                _ => INLINE_BODY,
            };
            let Some(link) = &mut self.link else {
                // Whoever writes connects.
                return Poll::Pending;
            };
            match ready!(link.poll_read(context, room)) {
                Ok(0) => return Poll::Ready(Ok(self.ended())),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return Poll::Ready(Ok(self.lost())),
            }
        }
    }

    /// The next event in what has been read.
    fn take_event(&mut self) -> Result<Option<Event>, Invalid> {
        loop {
            let event = match &mut self.stage {
                Stage::NotBegun => Some(Event::NotBegun),
                Stage::Over => Some(self.lost()),
                Stage::Switched => None,
                Stage::Head { .. } => self.take_head()?,
                Stage::Body { .. } => self.take_body()?,
            };
            match (event, &mut self.failure) {
                // What it says goes to the user, not to the client.
                (Some(Event::Response(_, octets) | Event::Block(octets)), Some((_, text))) => {
                    let room = MAX_FAILURE - text.len();
                    text.extend_from_slice(octets.get(..room).unwrap_or(octets.as_ref()));
                    if text.len() == MAX_FAILURE || matches!(self.stage, Stage::Over) {
                        return Ok(Some(self.failed()));
                    }
                }
                (Some(Event::Head(_)), Some(_)) => {}
                (Some(_), Some(_)) => return Ok(Some(self.failed())),
                (event, None) => return Ok(event),
                (None, _) => return Ok(None),
            }
        }
    }

    fn take_head(&mut self) -> Result<Option<Event>, Invalid> {
        loop {
            let (Stage::Head { searched, interim }, Some(link)) = (&mut self.stage, &mut self.link)
            else {
                return Ok(None);
            };
            let end = answer::length(&link.input, *searched);
            *searched = link.input.len();
            if end.unwrap_or(*searched) > answer::MAX_HEAD {
                return Err(Invalid("a head of more than 64 KiB"));
            }
            let Some(end) = end else {
                return Ok(None);
            };
            *searched = 0;
            let octets = link.input.split_to(end).freeze();
            let answer = answer::parse(&octets, self.question.is_head)?;
            match answer.status {
                200.. => return Ok(Some(self.begin(answer))),
                101 if self.question.is_websocket && answer.is_websocket => {
                    self.stage = Stage::Switched;
                    return Ok(Some(Event::Head(answer.head)));
                }
                101 => return Err(Invalid("a switch to a protocol that was not asked for")),
                _ if *interim == MAX_INTERIM => return Err(Invalid("too many interim heads")),
                100 => {
                    *interim += 1;
                    return Ok(Some(Event::Want));
                }
                102..=199 => *interim += 1,
                _ => return Err(Invalid("a malformed status")),
            }
        }
    }

    /// The response begins. What is at hand whole is given whole.
    fn begin(&mut self, answer: Answer) -> Event {
        let Answer {
            head,
            framing,
            keep_alive,
            failure,
            ..
        } = answer;
        self.failure = failure.map(|kind| (kind, Vec::new()));
        let input = self.link.as_mut().map(|link| &mut link.input);
        let rest = match (framing, input) {
            (Framing::Length(length), Some(input)) if length <= input.len() as u64 => {
                let length = usize::try_from(length).unwrap_or(usize::MAX);
                let body = if length == 0 {
                    // To split off nothing would cost an allocation.
                    Bytes::new()
                } else {
                    input.split_to(length).freeze()
                };
                self.finish(keep_alive);
                return Event::Response(head, body);
            }
            (Framing::Length(length), _) => Rest::Length(length),
            (Framing::Chunks, _) => Rest::Chunks(ChunkDecoder::default()),
            (Framing::Close, _) => Rest::Close,
        };
        self.stage = Stage::Body { rest, keep_alive };
        Event::Head(head)
    }

    fn take_body(&mut self) -> Result<Option<Event>, Invalid> {
        let (Stage::Body { rest, keep_alive }, Some(link)) = (&mut self.stage, &mut self.link)
        else {
            return Ok(None);
        };
        let keep_alive = *keep_alive;
        let input = &mut link.input;
        let piece = match rest {
            Rest::Length(0) => {
                self.finish(keep_alive);
                return Ok(Some(Event::End));
            }
            Rest::Length(left) => {
                let wanted = usize::try_from(*left).unwrap_or(usize::MAX);
                let piece = input.split_to(wanted.min(input.len()).min(INLINE_BODY));
                *left -= piece.len() as u64;
                piece
            }
            Rest::Chunks(decoder) => match decoder.next(input, INLINE_BODY) {
                Ok(Some(piece)) => piece,
                Ok(None) if decoder.is_done() => {
                    self.finish(keep_alive);
                    return Ok(Some(Event::End));
                }
                Ok(None) => return Ok(None),
                Err(_) => return Err(Invalid("a malformed chunk")),
            },
            Rest::Close => input.split_to(input.len().min(INLINE_BODY)),
        };
        Ok((!piece.is_empty()).then(|| Event::Block(piece.freeze())))
    }

    /// The response is complete: the connection may carry another one, unless something is wrong.
    fn finish(&mut self, keep_alive: bool) {
        self.stage = Stage::Over;
        if let Some(link) = self.link.take()
            && keep_alive
            && self.is_sent
            && link.input.is_empty()
        {
            self.client.keep(link);
        }
    }

    /// The application has closed the connection.
    fn ended(&mut self) -> Event {
        let is_complete = matches!(
            self.stage,
            Stage::Body {
                rest: Rest::Close,
                ..
            }
        );
        if self.failure.is_some() {
            return self.failed();
        }
        if is_complete {
            self.finish(false);
            return Event::End;
        }
        self.lost()
    }

    fn lost(&mut self) -> Event {
        self.stage = Stage::Over;
        self.link = None;
        Event::Lost(self.client.loss())
    }

    /// What the application says went wrong is complete, or long enough.
    fn failed(&mut self) -> Event {
        self.stage = Stage::Over;
        self.link = None;
        let (kind, text) = self
            .failure
            .take()
            .unwrap_or((FailureKind::Error, Vec::new()));
        let text = String::from_utf8_lossy(&text).into_owned();
        Event::Failed(self.client.explain(Said { kind, text }))
    }
}

impl Drop for HttpExchange {
    fn drop(&mut self) {
        self.client.finish();
    }
}
