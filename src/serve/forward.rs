//! One request at a worker or an application: its body goes up, the response comes down, both as
//! they come.

use std::{future::poll_fn, io, sync::Arc};

use super::{
    Notifier, clock,
    download::{Answered, Download, Then},
    http,
    known_files::KnownFiles,
    live::Rewriter,
    notices::Moment,
    pages::{self, Audience, Page},
    passage::{Passage, Stop},
    response::{self, Asked, Begun, Delimiter, Invalid, Own, Shape},
    socket::Socket,
};
use crate::wire::{Event, INLINE_BODY, Loss, message::ResponseHead};

/// One request at a worker or an application.
#[derive(Debug)]
pub(super) struct Forward<'a> {
    pub(super) socket: &'a mut Socket,
    pub(super) passage: Passage<'a>,
    pub(super) asked: Asked,
    pub(super) audience: Audience,
    pub(super) notifier: &'a Notifier,
    /// The position among the notices at which the worker got it.
    pub(super) position: u64,
    /// Where the file is noted that the request means, and by which target.
    pub(super) files: Option<(Arc<KnownFiles>, &'a [u8])>,
    /// What puts a script into the response.
    pub(super) rewriter: Option<Box<Rewriter<'a>>>,
}

/// What became of a request.
#[derive(Debug)]
pub(super) enum Forwarded {
    Answered(Answered),
    /// Nothing: the worker was lost before it had begun it.
    NotBegun,
}

impl Forward<'_> {
    /// Runs the request to its end. An error means that the client is gone and got nothing.
    pub(super) async fn run(mut self) -> io::Result<Forwarded> {
        let mut download = None;
        let result = self.relay(&mut download).await;
        let answered = match (result, download) {
            (Ok(Some(answered)), _) => answered,
            (Ok(None), _) => return Ok(Forwarded::NotBegun),
            // In the middle of the response.
            (Err(Stop::Client(error)), Some(download)) => download.broken_off_by(&error),
            (Err(_), Some(download)) => {
                let flushed = self.socket.flush().await;
                flushed.map_or_else(
                    |error| download.broken_off_by(&error),
                    |()| download.broken_off(),
                )
            }
            (Err(Stop::Client(error)), None) => return Err(error),
            (Err(Stop::Rejected(reject)), None) => self.page(&pages::rejected(&reject)).await?,
            (Err(Stop::Response(invalid)), None) => self.page(&self.invalid(&invalid)).await?,
        };
        Ok(Forwarded::Answered(answered))
    }

    /// Takes everything to where it belongs until the answer is complete; `None` where the worker
    /// has not begun.
    async fn relay(&mut self, download: &mut Option<Download>) -> Result<Option<Answered>, Stop> {
        // Octets written and not yet given back to the worker.
        let mut taken = 0;
        loop {
            let event = if let Some(event) = self.try_event() {
                event?
            } else {
                self.flush(&mut taken).await?;
                let event = self.next_event().await?;
                match &mut self.rewriter {
                    None => event,
                    Some(rewriter) => {
                        rewriter.push(event);
                        continue;
                    }
                }
            };
            match (event, &mut *download) {
                (Event::Want, begun) => {
                    self.passage.want_body(self.socket, begun.is_some()).await?;
                }
                (Event::Received, _) => self.passage.take_back(self.socket),
                (Event::Found(found), None) => {
                    if let Some((files, target)) = &self.files {
                        files.note(target, *found);
                    }
                }
                (Event::Response(head, body), None) => {
                    let answered = self.whole(&head, &body);
                    self.socket.flush().await?;
                    return Ok(Some(answered));
                }
                (Event::Head(head), None) if self.passage.switched().is_some() => {
                    return self.switch(&head).await.map(Some);
                }
                (Event::Head(head), None) => {
                    let begun = self.begin(&head)?;
                    if begun.delimiter == Delimiter::NoBody {
                        self.socket.flush().await?;
                        return Ok(Some(self.answered(begun.status, 0, begun.keep_alive)));
                    }
                    self.socket.is_mid_response = true;
                    *download = Some(Download { begun, sent: 0 });
                }
                (Event::Block(octets), Some(download)) => {
                    taken += match &mut self.rewriter {
                        None => octets.len(),
                        Some(rewriter) => rewriter.take_credit(),
                    };
                    download.write(&mut self.socket.output, &octets);
                    if self.socket.output.len() >= INLINE_BODY {
                        self.flush(&mut taken).await?;
                    }
                }
                (Event::File(part), Some(download)) => {
                    download.send_file(self.socket, part).await?;
                    return Ok(Some(self.end(download).await?));
                }
                (Event::End, Some(download)) => return Ok(Some(self.end(download).await?)),
                (Event::Failed(error), None) => {
                    let page = pages::application_failed(&error, self.audience, &self.moment());
                    return Ok(Some(self.page(&page).await?));
                }
                (Event::NotBegun, None) => return Ok(None),
                (Event::Lost(loss), None) => {
                    let page = self.lost(loss);
                    return Ok(Some(self.page(&page).await?));
                }
                // Out of order: the worker is being given up.
                (_, None) => {
                    let page = self.lost(Loss::default());
                    return Ok(Some(self.page(&page).await?));
                }
                // Failed, lost, or out of order, with a part of the response on its way.
                (_, Some(download)) => {
                    self.socket.flush().await?;
                    return Ok(Some(download.broken_off()));
                }
            }
        }
    }

    /// The page that tells how what had the request was lost.
    fn lost(&self, loss: Loss) -> Page {
        pages::process_lost(loss, self.passage.protocol(), self.audience, &self.moment())
    }

    /// The moment that pages of ours are made at: the worker's code is of that time.
    fn moment(&self) -> Moment {
        self.notifier.moment(self.position)
    }

    /// What has happened already, and the script put into it where there is one.
    fn try_event(&mut self) -> Option<Result<Event, Stop>> {
        let Some(rewriter) = &mut self.rewriter else {
            return self.passage.try_event(self.socket);
        };
        loop {
            if let Some(event) = rewriter.pop() {
                return Some(Ok(event));
            }
            match self.passage.try_event(self.socket)? {
                Ok(event) => rewriter.push(event),
                Err(stop) => return Some(Err(stop)),
            }
        }
    }

    /// Waits for what happens next.
    async fn next_event(&mut self) -> Result<Event, Stop> {
        poll_fn(|context| self.passage.poll_event(self.socket, context)).await
    }

    async fn flush(&mut self, taken: &mut usize) -> Result<(), Stop> {
        self.passage.flush(self.socket).await?;
        if *taken > 0 {
            self.passage.credit(std::mem::take(taken));
        }
        Ok(())
    }

    /// The application takes the connection over, for another protocol.
    async fn switch(&mut self, head: &ResponseHead) -> Result<Answered, Stop> {
        response::switch(&mut self.socket.output, head)?;
        let (size, ended) = match self.passage.switched() {
            Some(link) => http::tunnel(self.socket, link).await,
            None => (0, Ok(())),
        };
        // Either side may end it whenever it likes: that is for nobody's log.
        let then = match ended {
            Ok(()) => Then::Close,
            Err(_) => Then::Abort,
        };
        Ok(Answered {
            status: 101,
            size,
            then,
        })
    }

    /// Whether another request may come: not while octets of this one's body are to come, nor
    /// where the client sends no more.
    fn may_keep_alive(&self) -> bool {
        self.passage.is_complete() && self.socket.has_more()
    }

    fn asked(&self) -> Asked {
        let keep_alive = self.asked.keep_alive && self.may_keep_alive();
        Asked {
            keep_alive,
            ..self.asked
        }
    }

    fn answered(&self, status: u16, size: u64, keep_alive: bool) -> Answered {
        let then = if keep_alive && self.may_keep_alive() {
            Then::KeepAlive
        } else {
            Then::Close
        };
        Answered { status, size, then }
    }

    fn whole(&mut self, head: &ResponseHead, body: &[u8]) -> Answered {
        let shape = Shape::Whole(body.len());
        let asked = self.asked();
        let output = &mut self.socket.output;
        match response::begin(output, head, shape, asked, clock::http_date().as_bytes()) {
            Ok(begun) => {
                let body = match begun.delimiter {
                    Delimiter::NoBody => &[],
                    Delimiter::Length(length) => {
                        let length = usize::try_from(length).unwrap_or(usize::MAX);
                        body.get(..length).unwrap_or(body)
                    }
                    Delimiter::Chunks | Delimiter::Close => body,
                };
                output.extend_from_slice(body);
                let size = body.len() as u64;
                if matches!(begun.delimiter, Delimiter::Length(length) if length > size) {
                    self.socket.is_mid_response = true;
                    return Download { begun, sent: size }.broken_off();
                }
                self.answered(begun.status, size, begun.keep_alive)
            }
            Err(invalid) => {
                let page = self.invalid(&invalid);
                write_page(&mut self.socket.output, &page, asked)
            }
        }
    }

    fn invalid(&self, invalid: &Invalid) -> Page {
        pages::bad_response(&invalid.to_string(), self.audience, &self.moment())
    }

    fn begin(&mut self, head: &ResponseHead) -> Result<Begun, Invalid> {
        let asked = self.asked();
        let date = clock::http_date();
        let output = &mut self.socket.output;
        response::begin(output, head, Shape::Streamed, asked, date.as_bytes())
    }

    /// Ends the response: the application has given all that it has.
    async fn end(&mut self, download: &Download) -> io::Result<Answered> {
        let is_complete = download.end(&mut self.socket.output);
        self.socket.flush().await?;
        if !is_complete {
            return Ok(download.broken_off());
        }
        self.socket.is_mid_response = false;
        let Download { begun, sent } = download;
        Ok(self.answered(begun.status, *sent, begun.keep_alive))
    }

    async fn page(&mut self, page: &Page) -> io::Result<Answered> {
        let asked = self.asked();
        let answered = write_page(&mut self.socket.output, page, asked);
        self.socket.flush().await?;
        Ok(answered)
    }
}

/// Writes a page of our own to the output.
pub(super) fn write_page(output: &mut Vec<u8>, page: &Page, asked: Asked) -> Answered {
    let Page {
        status,
        content_type,
        policy,
        body,
    } = page;
    let own = Own {
        status,
        content_type,
        policy,
        body: Some(body.as_bytes()),
    };
    response::own(output, &own, asked, clock::http_date().as_bytes());
    let code = status
        .get(..3)
        .and_then(|code| code.parse().ok())
        .unwrap_or(500);
    let size = if asked.is_head { 0 } else { body.len() as u64 };
    let then = if asked.keep_alive {
        Then::KeepAlive
    } else {
        Then::Close
    };
    Answered {
        status: code,
        size,
        then,
    }
}
