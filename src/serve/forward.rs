//! One request at a worker: its body goes up, the response comes down, both as they come.

use std::{future::poll_fn, io, sync::Arc, task::Poll};

use super::{
    Notifier, clock,
    download::{Answered, Download, Then},
    known_files::KnownFiles,
    live::Rewriter,
    notices::Moment,
    pages::{self, Audience, Page},
    response::{self, Asked, Begun, Delimiter, Own, Shape},
    socket::{CONTINUE, Socket},
    upload::Upload,
};
use crate::wire::{Event, Exchange, INLINE_BODY, Loss, message::ResponseHead};

/// How much a client may send ahead while its request is answered, in octets.
const PIPELINE: usize = 64 * 1024;

/// One request at a worker.
#[derive(Debug)]
pub(super) struct Forward<'a> {
    pub(super) socket: &'a mut Socket,
    pub(super) exchange: Exchange,
    pub(super) upload: &'a mut Upload,
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
        match (result, download) {
            // In the middle of the response.
            (Err(error), Some(download)) => Ok(Forwarded::Answered(download.broken_off_by(&error))),
            (Ok(None), _) => Ok(Forwarded::NotBegun),
            (Ok(Some(answered)), _) => Ok(Forwarded::Answered(answered)),
            (Err(error), None) => Err(error),
        }
    }

    /// Takes everything to where it belongs until the answer is complete; `None` where the worker
    /// has not begun.
    async fn relay(&mut self, download: &mut Option<Download>) -> io::Result<Option<Answered>> {
        // Octets written and not yet given back to the worker.
        let mut taken = 0;
        loop {
            let event = if let Some(event) = self.try_event() {
                event
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
                    if self.upload.take_expectation() && begun.is_none() {
                        self.socket.output.extend_from_slice(CONTINUE);
                        self.socket.flush().await?;
                    }
                    self.upload.begin(&self.exchange, self.socket);
                }
                (Event::Received, _) => {
                    // Where the system does not let it, no other request is read from it.
                    if self.socket.take_back().is_ok() {
                        self.upload.complete();
                    }
                }
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
                (Event::Head(head), None) => match self.begin(&head) {
                    Ok(begun) if begun.delimiter == Delimiter::NoBody => {
                        self.socket.flush().await?;
                        return Ok(Some(self.answered(begun.status, 0, begun.keep_alive)));
                    }
                    Ok(begun) => {
                        self.socket.is_mid_response = true;
                        *download = Some(Download { begun, sent: 0 });
                    }
                    Err(page) => return self.page(&page).await.map(Some),
                },
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
                    return self.end(download).await.map(Some);
                }
                (Event::End, Some(download)) => return self.end(download).await.map(Some),
                (Event::Failed(error), None) => {
                    let page = pages::application_failed(&error, self.audience, &self.moment());
                    return self.page(&page).await.map(Some);
                }
                (Event::NotBegun, None) => return Ok(None),
                (Event::Lost(loss), None) => {
                    let page = pages::worker_lost(loss, self.audience, &self.moment());
                    return self.page(&page).await.map(Some);
                }
                // Out of order: the worker is being given up.
                (_, None) => {
                    let page = pages::worker_lost(Loss::default(), self.audience, &self.moment());
                    return self.page(&page).await.map(Some);
                }
                // Failed, lost, or out of order, with a part of the response on its way.
                (_, Some(download)) => {
                    self.socket.flush().await?;
                    return Ok(Some(download.broken_off()));
                }
            }
        }
    }

    /// The moment that pages of ours are made at: the worker's code is of that time.
    fn moment(&self) -> Moment {
        self.notifier.moment(self.position)
    }

    /// What has happened already, and the script put into it where there is one.
    fn try_event(&mut self) -> Option<Event> {
        let Some(rewriter) = &mut self.rewriter else {
            return self.exchange.try_event();
        };
        loop {
            if let Some(event) = rewriter.pop() {
                return Some(event);
            }
            rewriter.push(self.exchange.try_event()?);
        }
    }

    /// Waits for the worker. Meanwhile a client that goes away is noticed, except by a worker's
    /// reading while it is lent the connection.
    async fn next_event(&mut self) -> io::Result<Event> {
        let Self {
            socket,
            exchange,
            upload,
            ..
        } = self;
        poll_fn(|context| {
            if let Poll::Ready(event) = exchange.poll_event(context) {
                return Poll::Ready(Ok(event));
            }
            while !upload.is_lent() && !socket.is_half_closed && socket.input.len() < PIPELINE {
                match socket.poll_read(context) {
                    Poll::Ready(Ok(_)) => {}
                    Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                    Poll::Pending => break,
                }
            }
            Poll::Pending
        })
        .await
    }

    async fn flush(&mut self, taken: &mut usize) -> io::Result<()> {
        self.socket.flush().await?;
        if *taken > 0 {
            self.exchange.credit(std::mem::take(taken));
        }
        Ok(())
    }

    /// Whether another request may come: not while octets of this one's body are to come, nor
    /// where the client sends no more.
    fn may_keep_alive(&self) -> bool {
        self.upload.is_complete() && self.socket.has_more()
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
                let moment = self.notifier.moment(self.position);
                let page = pages::bad_response(&invalid.to_string(), self.audience, &moment);
                write_page(output, &page, asked)
            }
        }
    }

    fn begin(&mut self, head: &ResponseHead) -> Result<Begun, Page> {
        let asked = self.asked();
        let output = &mut self.socket.output;
        response::begin(
            output,
            head,
            Shape::Streamed,
            asked,
            clock::http_date().as_bytes(),
        )
        .map_err(|invalid| pages::bad_response(&invalid.to_string(), self.audience, &self.moment()))
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
