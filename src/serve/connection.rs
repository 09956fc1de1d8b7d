//! One client connection: requests in, responses out, one after another.

use std::{io, net::SocketAddr, sync::Arc, time::Instant};

use bytes::Buf as _;
use tokio::net::TcpStream;

use super::{
    Directory, Entrance, Front, ShutdownGuard,
    access_log::Entry,
    download::{Answered, Then},
    events,
    forward::{Forward, Forwarded, write_page},
    head::{self, Framing, Reject},
    host::Admission,
    incoming::{Incoming, admission, note_request_line},
    known_files::{self, Wanted},
    outgoing::Outgoing,
    pages::{self, Page},
    reserved::{self, Reserved},
    response::Asked,
    socket::{Socket, is_broken_pipe},
    tls,
    upstream::{Submitted, Unavailable},
};

/// How much of a malformed request's first line is logged, in octets.
const LOGGED_LINE: usize = 200;

/// Serves a connection to its end, or to that of serving.
pub(super) async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    entrance: Entrance,
    guard: ShutdownGuard,
) {
    // Responses are written whole: waiting for more to send would only delay them.
    let _ = stream.set_nodelay(true);
    let (front, directory) = match entrance {
        Entrance::One(front) => (front, None),
        Entrance::Several(directory) => (directory.entry(), Some(directory)),
    };
    let mut connection = Connection {
        socket: Socket::new(stream, front.site.settings.limits, guard),
        is_loopback: peer.ip().to_canonical().is_loopback(),
        outgoing: Outgoing::new(&front.site, peer),
        peer,
        began: Instant::now(),
        request_line: Vec::new(),
        foreign_host: Vec::new(),
        state: Vec::new(),
        reserved: None,
        is_bodiless: false,
        front,
        directory,
    };
    let then = loop {
        match connection.next().await {
            Ok(Then::KeepAlive) => {}
            Ok(then) => break then,
            // The client is gone: nobody is left to close anything in order for.
            Err(error) if is_broken_pipe(&error) => break Then::Gone,
            Err(_) => return,
        }
    };
    match then {
        // Dropping the socket breaks the connection off.
        Then::Abort => {}
        Then::Gone => connection.front.log.broken_pipe(peer),
        Then::Close | Then::KeepAlive => {
            if connection.is_bodiless || connection.outgoing.is_read() {
                // Nothing more of this request is to come that could cost the client the answer.
                connection.socket.guard.release();
            }
            connection.socket.close().await;
        }
    }
}

struct Connection {
    socket: Socket,
    is_loopback: bool,
    /// The front of the site that was asked for last.
    front: Front,
    /// All of them, where there are several.
    directory: Option<Arc<Directory>>,
    /// The request as it is sent on.
    outgoing: Outgoing,
    /// For the access log.
    peer: SocketAddr,
    /// When the head of the request had come, or its beginning where it was not whole.
    began: Instant,
    request_line: Vec<u8>,
    /// The host asked for, where only the application can allow it; else empty.
    foreign_host: Vec<u8>,
    /// The state in which the client has the file that it asks for; else empty.
    state: Vec<u8>,
    /// What of the front's own it is for.
    reserved: Option<Box<Reserved>>,
    /// It has no body.
    is_bodiless: bool,
}

impl Connection {
    /// Answers the next request. An error means that the client is gone.
    async fn next(&mut self) -> io::Result<Then> {
        self.is_bodiless = false;
        let incoming = match self.read_head().await? {
            Some(Ok(incoming)) => incoming,
            Some(Err(reject)) => return self.reject(&reject).await,
            None => return Ok(Then::Close),
        };
        self.is_bodiless = incoming.framing == Framing::Length(0);
        if !self.foreign_host.is_empty() && !self.front.upstream.admits(&self.foreign_host).await {
            let page = pages::foreign_host(&self.foreign_host, self.directory.is_some());
            return self.refuse(&page, incoming.asked.is_head).await;
        }
        if let Some(reserved) = self.reserved.take() {
            // Apart from the other futures: few connections need the room for it.
            let answer = Box::pin(self.answer_own(*reserved, incoming));
            // No user is told of it, so nor of its end.
            return Ok(answer.await.unwrap_or(Then::Abort));
        }
        if let Some(directory) = &self.directory
            && let Some(lobby) = directory.lobby(&self.front)
        {
            let page = lobby.page(&self.request_line, incoming.audience);
            return self.answer_in_lobby(&page, incoming).await;
        }
        if let Some(answered) = self.send_known_file(incoming).await? {
            self.log(&answered);
            return Ok(answered.then);
        }
        if let Err(reject) = self.outgoing.read_body(&mut self.socket, incoming).await? {
            return self.reject(&reject).await;
        }
        let answered = self.answer(incoming).await?;
        self.log(&answered);
        Ok(answered.then)
    }

    fn log(&self, answered: &Answered) {
        self.front.log.add(&Entry {
            client: self.peer,
            request_line: &self.request_line,
            status: answered.status,
            size: answered.size,
            took: self.began.elapsed(),
        });
    }

    /// Reads a request head and makes what is sent on of it; `None` where the client has no more requests.
    async fn read_head(&mut self) -> io::Result<Option<Result<Incoming, Reject>>> {
        self.socket.set_deadline(self.socket.limits.idle);
        let mut is_begun = false;
        loop {
            let Self {
                socket,
                outgoing,
                request_line,
                foreign_host,
                state,
                reserved,
                is_loopback,
                front,
                directory,
                peer,
                began,
                ..
            } = &mut *self;
            let parsed = head::parse(&socket.input, |head| {
                if let Some(directory) = directory
                    && let Some(other) = directory.other_than(front, head.host)
                {
                    *front = other.clone();
                    *outgoing = Outgoing::new(&front.site, *peer);
                }
                let has_script = front.live.is_some();
                outgoing.set(head);
                note_request_line(request_line, head);
                let admission = admission(&front.site.settings.hosts, head);
                foreign_host.clear();
                if let (Admission::Foreign, Some(host)) = (admission, head.host) {
                    foreign_host.extend_from_slice(host);
                }
                *reserved = reserved::asked_for(head, has_script).map(Box::new);
                Incoming::new(head, *is_loopback, admission, has_script, state)
            });
            match parsed {
                Ok(Some(incoming)) => {
                    if !is_begun {
                        *began = Instant::now();
                    }
                    // The head's octets are not needed again.
                    socket.input.advance(incoming.length);
                    return Ok(Some(Ok(incoming)));
                }
                Ok(None) => {}
                Err(_) if tls::may_become_hello(&socket.input) => {}
                Err(reject) => {
                    if !is_begun {
                        *began = Instant::now();
                    }
                    let line = socket.input.as_ref().split(|&octet| octet == b'\n').next();
                    let line = line.unwrap_or_default().trim_ascii_end();
                    request_line.clear();
                    request_line.extend_from_slice(line.get(..LOGGED_LINE).unwrap_or(line));
                    return Ok(Some(Err(reject)));
                }
            }
            // Some clients end a body with a line end more; that is no beginning.
            let is_line_end = |octet: &u8| matches!(octet, b'\r' | b'\n');
            if !is_begun && !socket.input.iter().all(is_line_end) {
                is_begun = true;
                *began = Instant::now();
                socket.set_deadline(socket.limits.head);
            }
            let read = if is_begun {
                socket.read().await
            } else {
                let rest = || {
                    outgoing.rest();
                    *request_line = Vec::new();
                };
                socket.read_next(rest).await
            };
            match read {
                Ok(0) => return Ok(None),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::TimedOut && is_begun => {
                    request_line.clear();
                    return Ok(Some(Err(Reject::TIMEOUT)));
                }
                Err(error) if error.kind() == io::ErrorKind::TimedOut => return Ok(None),
                Err(error) => return Err(error),
            }
        }
    }

    /// Answers with a static file, where that needs no worker.
    async fn send_known_file(&mut self, incoming: Incoming) -> io::Result<Option<Answered>> {
        let Incoming { asked, wanted, .. } = incoming;
        if wanted == Wanted::Worker {
            return Ok(None);
        }
        let target = known_files::target(&self.request_line);
        let Some(file) = self.front.upstream.known_file(target) else {
            return Ok(None);
        };
        let is_had = wanted == Wanted::UnlessSame && file.is_in_state(&self.state);
        file.send(&mut self.socket, asked, is_had).await
    }

    /// Sends the request on and its response to the client. Where what has it is lost before it
    /// has begun the request, the next one gets it.
    async fn answer(&mut self, incoming: Incoming) -> io::Result<Answered> {
        let Incoming {
            asked,
            audience,
            takes_script,
            wanted,
            ..
        } = incoming;
        loop {
            let submitted = self.front.upstream.submit(&self.outgoing).await;
            let Submitted {
                exchange,
                position,
                files,
            } = match submitted {
                Ok(submitted) => submitted,
                Err(unavailable) => return self.tell_unavailable(&unavailable, incoming).await,
            };
            let live = self.front.live.as_deref().filter(|_| takes_script);
            let forwarded = Forward {
                socket: &mut self.socket,
                passage: self.outgoing.passage(exchange)?,
                asked,
                audience,
                notifier: &self.front.upstream.notifier,
                position,
                files: (wanted != Wanted::Worker)
                    .then(|| (files, known_files::target(&self.request_line))),
                rewriter: live
                    .map(|live| live.rewriter(position, asked.is_head, &self.request_line)),
            };
            if let Forwarded::Answered(answered) = forwarded.run().await? {
                return Ok(answered);
            }
        }
    }

    /// Tells the client why nothing takes its request.
    async fn tell_unavailable(
        &mut self,
        unavailable: &Unavailable,
        incoming: Incoming,
    ) -> io::Result<Answered> {
        let Incoming {
            asked, audience, ..
        } = incoming;
        let page = match unavailable {
            Unavailable::Failed(failure, position) => {
                let moment = self.front.upstream.notifier.moment(*position);
                pages::not_loaded(failure, audience, &moment)
            }
            Unavailable::Busy => pages::unavailable("too many requests are waiting"),
            Unavailable::Stopping => pages::unavailable("the server is stopping"),
        };
        // Where the body has not been read, the next request would be looked for inside it.
        let asked = Asked {
            keep_alive: asked.keep_alive && self.outgoing.is_read() && self.socket.has_more(),
            ..asked
        };
        let answered = write_page(&mut self.socket.output, &page, asked);
        self.socket.flush().await?;
        Ok(answered)
    }

    /// Answers a request for what is the front's own. It is not logged where it is granted: no
    /// user asked for it.
    async fn answer_own(&mut self, reserved: Reserved, incoming: Incoming) -> io::Result<Then> {
        let socket = &mut self.socket;
        match reserved {
            Reserved::Foreign => return self.refuse(&pages::foreign_origin(), false).await,
            Reserved::Script => {
                let asked = asked_by_head_alone(incoming, socket);
                let answered = write_page(&mut socket.output, &pages::script(), asked);
                socket.flush().await?;
                return Ok(answered.then);
            }
            Reserved::Events { moment, is_problem } => {
                let Some(following) = self.front.upstream.notifier.follow(&moment) else {
                    events::begin(&mut socket.output);
                    socket.output.extend_from_slice(events::STALE.as_bytes());
                    socket.flush().await?;
                    return Ok(Then::Close);
                };
                let Ok(_place) = Arc::clone(&self.front.streams).try_acquire_owned() else {
                    let page = pages::unavailable("there are too many event streams");
                    return self.refuse(&page, false).await;
                };
                let problem = is_problem.then_some(incoming.audience);
                events::serve(socket, following, problem).await?;
            }
        }
        Ok(Then::Close)
    }

    /// Answers a request for none of several sites.
    async fn answer_in_lobby(&mut self, page: &Page, incoming: Incoming) -> io::Result<Then> {
        let asked = asked_by_head_alone(incoming, &self.socket);
        let answered = write_page(&mut self.socket.output, page, asked);
        self.socket.flush().await?;
        self.log(&answered);
        Ok(answered.then)
    }

    /// Answers a request that breaks the rules.
    async fn reject(&mut self, reject: &Reject) -> io::Result<Then> {
        if tls::is_hello(&self.request_line) {
            self.front.log.over_https(self.peer);
            self.socket.output.extend_from_slice(tls::ALERT);
            self.socket.flush().await?;
            return Ok(Then::Close);
        }
        self.refuse(&pages::rejected(reject), false).await
    }

    /// Answers a request that is not to be served. Nothing more is read from the connection: where
    /// the next request would begin may not be known.
    async fn refuse(&mut self, page: &Page, is_head: bool) -> io::Result<Then> {
        let asked = Asked {
            is_head,
            is_http11: true,
            keep_alive: false,
        };
        let answered = write_page(&mut self.socket.output, page, asked);
        self.socket.flush().await?;
        self.log(&answered);
        Ok(Then::Close)
    }
}

/// What is asked for where no body is read: where there is one, nothing more is read after it.
fn asked_by_head_alone(incoming: Incoming, socket: &Socket) -> Asked {
    let has_body = incoming.framing != Framing::Length(0);
    Asked {
        keep_alive: incoming.asked.keep_alive && !has_body && socket.has_more(),
        ..incoming.asked
    }
}
