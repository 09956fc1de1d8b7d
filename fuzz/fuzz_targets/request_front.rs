//! Octets that claim to be requests, through the whole front: from a client's connection to what a
//! worker is sent, and back. The front never panics or hangs, every answer is well-formed, nothing
//! is answered after a refusal, and the worker gets only what keeps the rules.
#![no_main]

#[path = "support/part.rs"]
mod part;
mod support;

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    fs::File,
    io::{IoSliceMut, Read as _},
    mem::MaybeUninit,
    net::{Ipv4Addr, Ipv6Addr},
    os::{fd::OwnedFd, unix::net::UnixStream as StdUnixStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use libfuzzer_sys::{
    arbitrary::{self, Arbitrary},
    fuzz_target,
};
use part::Part;
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use scaffold::wire::{
    frame::{self, Frame, Kind, RequestId},
    marshal::Encoder,
};
use support::{Front, TLS_ALERT, Worker, responses, with_front};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpStream, UnixStream},
    sync::mpsc,
};

/// Request lines, most of them good.
const LINES: &[&str] = &[
    "GET / HTTP/1.1\r\n",
    "GET /path?query HTTP/1.1\r\n",
    "HEAD / HTTP/1.1\r\n",
    "POST / HTTP/1.1\r\n",
    "POST /path HTTP/1.1\r\n",
    "GET / HTTP/1.0\r\n",
    "OPTIONS * HTTP/1.1\r\n",
    "OPTIONS http://localhost HTTP/1.1\r\n",
    "GET http://user.test/%2F%0D%ff?% HTTP/1.1\r\n",
    "GET http://evil.example/ HTTP/1.1\r\n",
    "GET https://localhost/ HTTP/1.1\r\n",
    "CONNECT localhost:1 HTTP/1.1\r\n",
    "\r\nGET / HTTP/1.1\r\n",
    "GET / HTTP/2.0\r\n",
    "GET /__scaffold__/live.js HTTP/1.1\r\n",
    "GET /__scaffold__/events?at=a.1 HTTP/1.1\r\n",
    "GET ",
    "/",
];

/// Header lines that mean something, and beginnings of such.
const HEADERS: &[&str] = &[
    "Content-Length: 5\r\n",
    "Content-Length: 0\r\n",
    "Content-Length: 70000\r\n",
    "Content-Length: ",
    "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding: gzip, chunked\r\n",
    "Transfer-Encoding: ",
    "Host: localhost\r\n",
    "Host: evil.example\r\n",
    "Host: [::1]:80\r\n",
    "Host: a.app.test.:\r\n",
    "Host: ",
    "Connection: close\r\n",
    "Connection: keep-alive\r\n",
    "Expect: 100-continue\r\n",
    "Proxy: a\r\n",
    "Origin: http://localhost\r\n",
    "Origin: null\r\n",
    "Sec-Fetch-Site: cross-site\r\n",
    "Last-Event-ID: \r\n",
    "X_Y: a\r\n",
    "X-Y: a\r\n",
    "Cookie: a=b\r\n",
    "X : a\r\n",
    "X: a\r\n b\r\n",
    "X: a\n",
    "chunked\r\n",
    "\r\n",
];

/// Parts of bodies.
const BODIES: &[&str] = &[
    "hello",
    "5\r\nhello\r\n",
    "5;a=\"b\" ; c\r\nhello\r\n",
    "1\r\na\r\n",
    "0\r\n",
    "0\r\n\r\n",
    "X: trailer\r\n",
    "Host: evil.example\r\n",
    "\r\n",
    "\n",
    "ffffffffffffffff\r\n",
    "GET /inner HTTP/1.1\r\nHost: localhost\r\n\r\n",
];

#[derive(Arbitrary, Debug)]
struct Input<'i> {
    /// How many octets are sent at a time, where not all.
    piece: Option<u8>,
    requests: Vec<Request<'i>>,
    end: &'i [u8],
}

#[derive(Arbitrary, Debug)]
struct Request<'i> {
    line: Part<'i>,
    without_host: bool,
    headers: Vec<Part<'i>>,
    body: Vec<Part<'i>>,
}

impl Input<'_> {
    fn octets(&self) -> Vec<u8> {
        let mut octets = Vec::new();
        for request in &self.requests {
            octets.extend_from_slice(request.line.octets(LINES));
            if !request.without_host {
                octets.extend_from_slice(b"Host: localhost\r\n");
            }
            for header in &request.headers {
                octets.extend_from_slice(header.octets(HEADERS));
            }
            octets.extend_from_slice(b"\r\n");
            for part in &request.body {
                octets.extend_from_slice(part.octets(BODIES));
            }
        }
        octets.extend_from_slice(self.end);
        octets
    }
}

thread_local! {
    /// How many requests the worker of this thread's front was sent.
    static REQUESTS: RefCell<Option<Arc<AtomicUsize>>> = const { RefCell::new(None) };
}

fuzz_target!(|input: Input<'_>| {
    let octets = input.octets();
    let piece = input.piece.map_or(octets.len(), usize::from);
    with_front(|front| {
        let requests = REQUESTS.with_borrow_mut(|requests| {
            Arc::clone(requests.get_or_insert_with(|| start_worker(front)))
        });
        let before = requests.load(Ordering::Relaxed);
        let received = front.runtime.block_on(front.exchange(&octets, piece));
        assert!(received.in_order, "the connection was broken off");
        if received.octets.ends_with(TLS_ALERT) {
            assert!(octets.windows(2).any(|two| two == b"\x16\x03"));
        }
        let responses = responses(&received, |_, response, rest| {
            match response.header("X-Method") {
                Some(method) => method == b"HEAD",
                // The script is for GET alone; of a refusal only its being the last tells.
                None => response.status != 200 && rest.is_empty(),
            }
        });
        let mut answered = 0;
        for response in &responses {
            if response.header("X-Method").is_some() {
                answered += 1;
                let is_http10 = response.header("X-Protocol") == Some(b"HTTP/1.0");
                assert!(!is_http10 || response.header("Transfer-Encoding").is_none());
            } else if response.status == 200 {
                // What is the front's own.
                let kind = response.header("Content-Type");
                let is_stream = kind == Some(b"text/event-stream");
                assert!(is_stream || kind == Some(b"text/javascript; charset=utf-8"));
                assert!(!is_stream || !response.stays);
            } else {
                assert!(response.status >= 400, "{response:?}");
                assert!(!response.stays, "a refusal leaves the connection open");
            }
        }
        assert_eq!(requests.load(Ordering::Relaxed) - before, answered);
    });
});

/// Starts a worker that answers everything, and counts.
fn start_worker(front: &Front) -> Arc<AtomicUsize> {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let worker = front.runtime.block_on(async { front.worker() });
    front.runtime.spawn(async move {
        let Worker {
            link,
            data,
            control,
            files,
            begun: _,
        } = worker;
        serve(data, control, files, &counter).await;
        drop(link);
        // The fuzzer does not see a panic of a task.
        std::process::abort();
    });
    count
}

/// A request whose body is on its way.
struct Upload {
    environ: BTreeMap<String, Vec<u8>>,
    /// How much of it came, once nothing more does.
    arrived: Option<usize>,
    /// It was read from the client's connection, to its end.
    received: bool,
    /// No more will come.
    failed: bool,
}

impl Upload {
    /// Whether it has ended in one way or the other.
    fn is_over(&self) -> bool {
        match self.arrived {
            Some(count) if count == length(&self.environ) => true,
            Some(_) | None => self.failed,
        }
    }
}

async fn serve(
    mut data: UnixStream,
    mut control: UnixStream,
    files: StdUnixStream,
    count: &AtomicUsize,
) {
    let (mut requests, mut controls) = (BytesMut::new(), BytesMut::new());
    let mut uploads = HashMap::new();
    let (sender, mut read) = mpsc::unbounded_channel();
    loop {
        let (mut answers, mut wants) = (BytesMut::new(), BytesMut::new());
        while let Some(Frame { id, payload, .. }) = frame::take(&mut requests).unwrap() {
            count.fetch_add(1, Ordering::Relaxed);
            let (environ, body) = decode(&payload);
            check(&environ);
            match body {
                Some(body) => {
                    assert_eq!(body.len(), length(&environ));
                    answer(&mut answers, id, &environ);
                }
                None => {
                    frame::put(&mut wants, Kind::Want, id, |_| {});
                    let upload = Upload {
                        environ,
                        arrived: None,
                        received: false,
                        failed: false,
                    };
                    uploads.insert(id, upload);
                }
            }
        }
        while let Some(frame) = frame::take(&mut controls).unwrap() {
            let Frame { kind, id, payload } = frame;
            match kind {
                Kind::Body => {
                    let (body, sender) = (Source::new(&files, id, payload), sender.clone());
                    tokio::spawn(async move {
                        let _ = sender.send((id, body.read().await));
                    });
                }
                Kind::BodyFail => {
                    if let Some(upload) = uploads.get_mut(&id) {
                        upload.failed = true;
                    }
                }
                _ => {}
            }
        }
        for (id, upload) in uploads.extract_if(|_, upload| upload.is_over()) {
            if upload.received {
                frame::put(&mut answers, Kind::Received, id, |_| {});
            }
            answer(&mut answers, id, &upload.environ);
        }
        data.write_all(&answers).await.unwrap();
        control.write_all(&wants).await.unwrap();
        let ended = tokio::select! {
            read = data.read_buf(&mut requests) => read.unwrap() == 0,
            read = control.read_buf(&mut controls) => read.unwrap() == 0,
            Some((id, read)) = read.recv() => {
                if let Some(upload) = uploads.get_mut(&id) {
                    let all = length(&upload.environ);
                    assert!(read.arrived <= all);
                    upload.arrived = Some(read.arrived);
                    upload.received = read.was_lent && read.arrived == all;
                    // The client has closed its side.
                    upload.failed |= read.arrived < all;
                }
                false
            }
        };
        if ended {
            return;
        }
    }
}

/// The descriptor that was sent for a request.
fn receive(files: &StdUnixStream, id: RequestId) -> OwnedFd {
    let mut number = [0; 4];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let mut parts = [IoSliceMut::new(&mut number)];
    recvmsg(files, &mut parts, &mut ancillary, RecvFlags::empty()).unwrap();
    assert_eq!(u32::from_le_bytes(number), id);
    let descriptor = ancillary.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    });
    descriptor.expect("a descriptor")
}

/// What a body is read from.
enum Source {
    File(File),
    /// So many octets that were read already; then so many of the client's connection.
    Connection(usize, Option<(TcpStream, usize)>),
}

/// What became of reading a body.
struct Read {
    arrived: usize,
    was_lent: bool,
}

impl Source {
    fn new(files: &StdUnixStream, id: RequestId, mut payload: Bytes) -> Self {
        if payload.is_empty() {
            return Self::File(receive(files, id).into());
        }
        let left = payload.get_u64_le() as usize;
        payload.advance(8);
        let socket = (left > 0).then(|| {
            let socket = std::net::TcpStream::from(receive(files, id));
            (TcpStream::from_std(socket).unwrap(), left)
        });
        Self::Connection(payload.len(), socket)
    }

    async fn read(self) -> Read {
        let mut octets = Vec::new();
        match self {
            Self::File(mut file) => Read {
                arrived: file.read_to_end(&mut octets).unwrap(),
                was_lent: false,
            },
            Self::Connection(ahead, None) => Read {
                arrived: ahead,
                was_lent: false,
            },
            Self::Connection(ahead, Some((socket, left))) => {
                // What came before an error came.
                let _ = socket.take(left as u64).read_to_end(&mut octets).await;
                Read {
                    arrived: ahead + octets.len(),
                    was_lent: true,
                }
            }
        }
    }
}

/// Answers at once or in blocks.
fn answer(out: &mut BytesMut, id: RequestId, environ: &BTreeMap<String, Vec<u8>>) {
    let streams = environ["PATH_INFO"].len() > 1;
    let kind = if streams { Kind::Head } else { Kind::Response };
    frame::put(out, kind, id, |out| {
        let mut encoder = Encoder::new(out);
        encoder.tuple(if streams { 2 } else { 3 });
        text(out, b"200 OK");
        let mut encoder = Encoder::new(out);
        encoder.list(2);
        for (name, variable) in [
            ("X-Method", "REQUEST_METHOD"),
            ("X-Protocol", "SERVER_PROTOCOL"),
        ] {
            Encoder::new(out).tuple(2);
            text(out, name.as_bytes());
            text(out, &environ[variable]);
        }
        if !streams {
            Encoder::new(out).bytes(b"body");
        }
    });
    if streams {
        if environ["REQUEST_METHOD"] != b"HEAD" {
            frame::put(out, Kind::Block, id, |out| out.put_slice(b"block"));
        }
        frame::put(out, Kind::End, id, |_| {});
    }
}

/// A `str`, as `marshal.dumps(…, 2)` writes it.
fn text(out: &mut BytesMut, ascii: &[u8]) {
    out.put_u8(b'u');
    out.put_u32_le(ascii.len() as u32);
    out.put_slice(ascii);
}

/// Reads what the front wrote for `marshal.loads`.
fn decode(payload: &[u8]) -> (BTreeMap<String, Vec<u8>>, Option<&[u8]>) {
    let mut rest = payload
        .strip_prefix(b")\x02{")
        .expect("a tuple with a dict");
    let mut environ = BTreeMap::new();
    while rest[0] != b'0' {
        let (name, after) = string(rest);
        let (value, after) = string(after);
        rest = after;
        let name = String::from_utf8(name).unwrap();
        assert_eq!(environ.insert(name, value), None, "a variable came twice");
    }
    match &rest[1..] {
        b"N" => (environ, None),
        [b's', a, b, c, d, body @ ..] => {
            assert_eq!(u32::from_le_bytes([*a, *b, *c, *d]) as usize, body.len());
            (environ, Some(body))
        }
        other => panic!("{other:?}"),
    }
}

fn string(octets: &[u8]) -> (Vec<u8>, &[u8]) {
    match octets {
        [b'z', length, rest @ ..] => {
            let (text, rest) = rest.split_at(usize::from(*length));
            (text.to_vec(), rest)
        }
        [code @ (b'a' | b'u'), a, b, c, d, rest @ ..] => {
            let (text, rest) = rest.split_at(u32::from_le_bytes([*a, *b, *c, *d]) as usize);
            let text = std::str::from_utf8(text).unwrap();
            assert!(*code == b'u' || text.is_ascii());
            let octets = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap());
            (octets.collect(), rest)
        }
        other => panic!("{other:?}"),
    }
}

fn length(environ: &BTreeMap<String, Vec<u8>>) -> usize {
    environ.get("CONTENT_LENGTH").map_or(0, |value| {
        let text = std::str::from_utf8(value).unwrap();
        assert!(text.bytes().all(|octet| octet.is_ascii_digit()));
        text.parse().unwrap()
    })
}

/// What every environ must be like.
fn check(environ: &BTreeMap<String, Vec<u8>>) {
    let is_token = |octet: &u8| octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(octet);
    let method = &environ["REQUEST_METHOD"];
    assert!(!method.is_empty() && method.iter().all(is_token));
    let path = &environ["PATH_INFO"];
    assert!(path.is_empty() || path.starts_with(b"/"));
    assert!(environ["QUERY_STRING"].iter().all(u8::is_ascii_graphic));
    assert!(!environ.contains_key("HTTP_PROXY"));
    assert_eq!(environ["SERVER_NAME"], b"bound.test");
    for (name, value) in environ {
        if name.starts_with("HTTP_") || name.starts_with("CONTENT_") {
            let is_text = |octet: &u8| *octet == b'\t' || !octet.is_ascii_control();
            assert!(value.iter().all(is_text), "{name}: {value:?}");
        }
    }
    if let Some(host) = environ.get("HTTP_HOST") {
        assert!(is_admitted(std::str::from_utf8(host).unwrap()), "{host:?}");
    }
}

fn is_admitted(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|octet| octet.is_ascii_digit()) => name,
        _ => &host,
    };
    let literal = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'));
    let name = name.strip_suffix('.').unwrap_or(name);
    ["", "localhost", "bound.test", "user.test", "app.test"].contains(&name)
        || name.ends_with(".localhost")
        || name.ends_with(".app.test")
        || name.parse::<Ipv4Addr>().is_ok()
        || literal.is_some_and(|address| address.parse::<Ipv6Addr>().is_ok())
}
