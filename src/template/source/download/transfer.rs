//! The download itself: requests, redirects and the body. It blocks, so it runs on a thread of its
//! own, and tells how it goes.

use std::{
    fs::File,
    io::{self, Read, Seek as _, Write as _},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::Sender,
    },
    time::Instant,
};

use ureq::{
    Body,
    http::{HeaderMap, Response, header},
};

use super::{
    address::Target,
    agent::{self, Patience},
    error::Fault,
    name::{self, Headers},
};

/// Redirects are followed as often as browsers do, which is far more than anybody needs.
const REDIRECTS: usize = 10;

/// How much is read at once.
const BLOCK: usize = 64 << 10;

/// How much of the beginning is looked at to tell what it is: a tar file says so at octet 257.
const START: usize = 512;

/// What is to be done.
#[derive(Debug)]
pub(super) struct Transfer {
    pub(super) target: Target,
    /// The address as the user gave it, for the name.
    pub(super) url: String,
    pub(super) has_checksum: bool,
    pub(super) patience: Patience,
    /// Nobody waits any more.
    pub(super) abandoned: Arc<AtomicBool>,
}

/// How it goes.
#[derive(Debug)]
pub(super) enum News {
    /// A part is there.
    Received { octets: u64, of: Option<u64> },
    /// It is over.
    Done(Result<Received, Fault>),
}

/// What came.
#[derive(Debug)]
pub(in crate::template::source) struct Received {
    /// What the archive is called.
    pub(in crate::template::source) name: String,
    /// The archive, which has no name on the disk: nothing can be left of it.
    pub(in crate::template::source) file: File,
}

impl Transfer {
    /// Does it, to its end or until nobody waits any more.
    pub(super) fn run(self, news: &Sender<News>) {
        let result = self.receive(news);
        // Where this fails, nobody waits any more.
        let _ = news.send(News::Done(result));
    }

    fn receive(&self, news: &Sender<News>) -> Result<Received, Fault> {
        let response = self.request()?;
        let file = tempfile::tempfile().map_err(Fault::Store)?;
        let (parts, body) = response.into_parts();
        let text = |name| {
            parts
                .headers
                .get(name)
                .map(|it| String::from_utf8_lossy(it.as_bytes()))
        };
        let disposition = text(header::CONTENT_DISPOSITION);
        let content_type = text(header::CONTENT_TYPE);
        let start = self.store(body, content_length(&parts.headers), &file, news)?;
        let headers = Headers {
            disposition: disposition.as_deref(),
            content_type: content_type.as_deref(),
        };
        let name = name::of_archive(&self.url, headers, &start);
        if let Some(what) = page(&start) {
            return Err(Fault::Page { what });
        }
        Ok(Received { name, file })
    }

    /// Asks until there is an answer that is no redirect.
    fn request(&self) -> Result<Response<Body>, Fault> {
        let end = Instant::now() + self.patience.total;
        let mut target = self.target.clone();
        for _ in 0..=REDIRECTS {
            let agent = agent::agent(&target, &self.patience, end)?;
            let mut request = agent.get(target.url.as_str());
            if let Some(authorization) = &target.authorization {
                request = request.header(header::AUTHORIZATION, authorization);
            }
            let response = request
                .call()
                .map_err(|error| agent::fault(error, &self.patience))?;
            match response.status().as_u16() {
                200 => return Ok(response),
                code @ (301 | 302 | 303 | 307 | 308) => {
                    let location = response.headers().get(header::LOCATION);
                    let location = location.and_then(|it| str::from_utf8(it.as_bytes()).ok());
                    let location = location.ok_or(Fault::RedirectNowhere { code })?;
                    target = target.redirected(location, code, self.has_checksum)?;
                }
                code => return Err(Fault::Status { code }),
            }
        }
        Err(Fault::Redirects(REDIRECTS))
    }

    /// Puts the body into the file, and returns its beginning.
    fn store(
        &self,
        body: Body,
        of: Option<u64>,
        mut file: &File,
        news: &Sender<News>,
    ) -> Result<Vec<u8>, Fault> {
        let too_large = || Fault::TooLarge {
            octets: self.patience.octets,
        };
        if of.is_some_and(|of| of > self.patience.octets) {
            return Err(too_large());
        }
        let mut body = body.into_reader();
        let mut block = vec![0; BLOCK];
        let mut start = Vec::with_capacity(START);
        let mut octets = 0;
        while !self.abandoned.load(Ordering::Relaxed) {
            let count = match body.read(&mut block) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) => return Err(self.interrupted(error, octets, of)),
            };
            let part = block.get(..count).unwrap_or_default();
            octets += u64::try_from(count).unwrap_or(u64::MAX);
            if octets > self.patience.octets {
                return Err(too_large());
            }
            file.write_all(part).map_err(Fault::Store)?;
            start.extend(part.iter().take(START - start.len()));
            let _ = news.send(News::Received { octets, of });
        }
        if of.is_some_and(|of| of != octets) {
            return Err(Fault::Truncated { octets, of });
        }
        file.rewind().map_err(Fault::Store)?;
        Ok(start)
    }

    /// What an error while the body is read means.
    fn interrupted(&self, error: io::Error, octets: u64, of: Option<u64>) -> Fault {
        match agent::fault(error.into(), &self.patience) {
            // A chunk that is cut off is a violation of the protocol too.
            Fault::Protocol(_) => Fault::Truncated { octets, of },
            Fault::Io(error) if is_an_end(&error) => Fault::Truncated { octets, of },
            fault => fault,
        }
    }
}

/// Whether the other side, or what is between, ended the connection.
fn is_an_end(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
    )
}

/// What the server says will come; nothing where the body says itself where it ends.
fn content_length(headers: &HeaderMap) -> Option<u64> {
    if headers.contains_key(header::TRANSFER_ENCODING) {
        return None;
    }
    let value = headers.get(header::CONTENT_LENGTH)?;
    value.to_str().ok()?.trim().parse().ok()
}

/// What came, where that is surely no archive.
fn page(start: &[u8]) -> Option<&'static str> {
    let text = start.trim_ascii_start();
    let text = text
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(text)
        .to_ascii_lowercase();
    if start.is_empty() {
        Some("nothing")
    } else if name::of_contents(start).is_some() {
        None
    } else if text.starts_with(b"<!doctype html") || text.starts_with(b"<html") {
        Some("an HTML page")
    } else if text.starts_with(b"<?xml") {
        Some("an XML document")
    } else if text.starts_with(b"{") {
        Some("JSON")
    } else {
        None
    }
}
