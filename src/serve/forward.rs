//! One request at a worker: its body goes up, the response comes down, both as they come.

use std::{future::poll_fn, io, task::Poll};

use super::{
    clock,
    download::{Answered, Download, Then},
    pages::{self, Audience, Page},
    response::{self, Asked, Begun, Delimiter, Shape},
    socket::{CONTINUE, Socket},
    upload::Upload,
};
use crate::wire::{
    Event, Exchange, INLINE_BODY,
    message::{ApplicationError, ResponseHead},
};

/// How much a client may send ahead while its request is answered, in octets.
const PIPELINE: usize = 64 * 1024;

/// What happened next.
enum Step {
    Event(Event),
    /// The client has sent more.
    Input,
    /// The client has closed its sending side.
    HalfClosed,
    /// The client has sent nothing for too long.
    Stalled,
}

/// One request at a worker.
#[derive(Debug)]
pub(super) struct Forward<'a> {
    pub(super) socket: &'a mut Socket,
    pub(super) exchange: Exchange,
    pub(super) upload: Upload,
    pub(super) asked: Asked,
    pub(super) audience: Audience,
}

impl Forward<'_> {
    /// Runs the request to its end. An error means that the client is gone and got nothing.
    pub(super) async fn run(mut self) -> io::Result<Answered> {
        let mut download = None;
        let result = self.relay(&mut download).await;
        match (result, download) {
            // The client is gone in the middle of the response.
            (Err(_), Some(download)) => Ok(download.broken_off()),
            (result, _) => result,
        }
    }

    async fn relay(&mut self, download: &mut Option<Download>) -> io::Result<Answered> {
        // Octets written and not yet given back to the worker.
        let mut taken = 0;
        loop {
            let event = if let Some(event) = self.exchange.try_event() {
                event
            } else {
                self.flush(&mut taken).await?;
                match self.step().await? {
                    Step::Event(event) => event,
                    Step::Input => {
                        self.upload.send(self.socket, &self.exchange);
                        continue;
                    }
                    Step::HalfClosed => {
                        self.end_upload_of_closed();
                        continue;
                    }
                    Step::Stalled => {
                        self.upload
                            .fail(&self.exchange, "the client stopped sending");
                        continue;
                    }
                }
            };
            match (event, &mut *download) {
                (Event::Want(count), begun) => {
                    self.want(count, begun.is_none());
                }
                (Event::Response(head, body), None) => {
                    let answered = self.whole(&head, &body);
                    self.socket.flush().await?;
                    return Ok(answered);
                }
                (Event::Head(head), None) => match self.begin(&head) {
                    Ok(begun) if begun.delimiter == Delimiter::NoBody => {
                        self.socket.flush().await?;
                        return Ok(self.answered(begun.status, 0, begun.keep_alive));
                    }
                    Ok(begun) => {
                        self.socket.is_mid_response = true;
                        *download = Some(Download { begun, sent: 0 });
                    }
                    Err(page) => return self.page(&page).await,
                },
                (Event::Block(octets), Some(download)) => {
                    taken += octets.len();
                    download.write(&mut self.socket.output, &octets);
                    if self.socket.output.len() >= INLINE_BODY {
                        self.flush(&mut taken).await?;
                    }
                }
                (Event::End, Some(download)) => {
                    if !download.end(&mut self.socket.output) {
                        self.socket.flush().await?;
                        return Ok(download.broken_off());
                    }
                    self.socket.flush().await?;
                    self.socket.is_mid_response = false;
                    let Download { begun, sent } = download;
                    return Ok(self.answered(begun.status, *sent, begun.keep_alive));
                }
                (Event::Failed(error), None) => return self.failed(&error).await,
                (_, None) => return self.page(&pages::worker_lost(self.audience)).await,
                // Failed, lost, or out of order, with a part of the response on its way.
                (_, Some(download)) => {
                    self.socket.flush().await?;
                    return Ok(download.broken_off());
                }
            }
        }
    }

    /// Waits for whatever comes next.
    async fn step(&mut self) -> io::Result<Step> {
        let Self {
            socket,
            exchange,
            upload,
            ..
        } = self;
        let uploading = upload.is_waiting() && !socket.is_half_closed;
        if uploading {
            socket.set_deadline(socket.limits.body_stall);
        }
        poll_fn(|context| {
            if let Poll::Ready(event) = exchange.poll_event(context) {
                return Poll::Ready(Ok(Step::Event(event)));
            }
            // Without an upload this only notices a client that went away.
            while !socket.is_half_closed && (uploading || socket.input.len() < PIPELINE) {
                match socket.poll_read(context) {
                    Poll::Ready(Ok(0)) => return Poll::Ready(Ok(Step::HalfClosed)),
                    Poll::Ready(Ok(_)) if uploading => return Poll::Ready(Ok(Step::Input)),
                    Poll::Ready(Ok(_)) => {}
                    Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                    Poll::Pending => break,
                }
            }
            if uploading {
                return socket.poll_deadline(context).map(|()| Ok(Step::Stalled));
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

    fn want(&mut self, count: usize, before_head: bool) {
        if self.upload.want(count) && before_head {
            self.socket.output.extend_from_slice(CONTINUE);
        }
        self.upload.send(self.socket, &self.exchange);
        self.end_upload_of_closed();
    }

    /// Tells an application that waits for more of the body than a closed connection can bring.
    fn end_upload_of_closed(&mut self) {
        if self.socket.is_half_closed && self.upload.is_waiting() {
            self.upload
                .fail(&self.exchange, "the client closed the connection");
        }
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
                let page = pages::bad_response(&invalid.to_string(), self.audience);
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
        .map_err(|invalid| pages::bad_response(&invalid.to_string(), self.audience))
    }

    async fn failed(&mut self, error: &ApplicationError) -> io::Result<Answered> {
        self.page(&pages::application_failed(error, self.audience))
            .await
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
        body,
    } = page;
    response::own(
        output,
        status,
        content_type,
        body.as_bytes(),
        asked,
        clock::http_date().as_bytes(),
    );
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
