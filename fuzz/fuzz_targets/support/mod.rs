//! A whole front in this process, with a worker's ends of its connections, and a client that
//! judges what comes back.
#![allow(dead_code, reason = "each target uses a part")]

use std::{
    cell::RefCell,
    fs::File,
    net::{SocketAddr, TcpListener},
    os::unix::net::UnixStream as StdUnixStream,
    sync::Arc,
    time::{Duration, Instant},
};

use scaffold::{
    serve::{AccessLog, Backend, Failure, HostPattern, Hosts, Limits, Listener, Server, Settings, Shutdown, State, Workers},
    wire::{Connections, Link, message::Configure},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpStream, UnixStream},
    runtime::{Builder, Runtime},
};

/// Longer than anything takes once the client has stopped sending; shorter than every limit of
/// the front, which would hide a hang.
const HANG: Duration = Duration::from_secs(20);

/// A front that lives as long as its thread.
pub struct Front {
    pub runtime: Runtime,
    pub workers: Workers,
    address: SocketAddr,
}

/// A worker's ends of the connections to a front, and the front's own.
pub struct Worker {
    pub link: Link,
    pub data: UnixStream,
    pub control: UnixStream,
    pub files: StdUnixStream,
    pub begun: File,
}

/// What a client got, and whether the connection ended in order.
pub struct Received {
    pub octets: Vec<u8>,
    pub in_order: bool,
}

thread_local! {
    static FRONT: RefCell<Option<Front>> = const { RefCell::new(None) };
}

/// Runs `test` with the front of this thread.
pub fn with_front(test: impl FnOnce(&Front)) {
    FRONT.with_borrow_mut(|front| test(front.get_or_insert_with(Front::start)));
}

impl Front {
    fn start() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (workers, upstream) = scaffold::serve::upstream(std::sync::Arc::new(|| true));
        workers.allow_hosts(vec![HostPattern::of_application(".app.test")]);
        let allowed = HostPattern::parse("user.test").unwrap();
        let settings = Settings {
            hosts: Hosts::new(vec!["bound.test".into()], vec![allowed]),
            limits: Limits {
                idle: 2 * HANG,
                head: 2 * HANG,
                body_stall: 2 * HANG,
                write_stall: 2 * HANG,
                ..Limits::default()
            },
            live_reload: true,
            ..Settings::default()
        };
        let bound = Listener {
            socket: listener,
            name: "bound.test".into(),
        };
        runtime.block_on(async {
            let server = Server::new(vec![bound], settings, upstream, AccessLog::off()).unwrap();
            let shutdown = Shutdown::default();
            tokio::spawn(async move { server.run(shutdown.guard()).await });
        });
        Self {
            runtime,
            workers,
            address,
        }
    }

    /// Gives the front a new worker, whose ends of the connections the caller has. To be called
    /// within the runtime.
    pub fn worker(&self) -> Worker {
        let (connections, [data, control, files, begun]) = Connections::new().unwrap();
        let link = Link::start(connections, &Configure::default(), None).unwrap();
        self.workers
            .set(State::Ready([Backend::Worker(link.client().clone())].into()));
        let [data, control, files] = [data, control, files].map(|descriptor| {
            let stream = StdUnixStream::from(descriptor);
            stream.set_nonblocking(true).unwrap();
            stream
        });
        Worker {
            link,
            data: UnixStream::from_std(data).unwrap(),
            control: UnixStream::from_std(control).unwrap(),
            files,
            begun: begun.into(),
        }
    }

    /// Lets requests that wait for a worker have a page instead.
    pub fn no_worker(&self) {
        let failure = Arc::new(Failure::default());
        self.workers
            .set(State::Failed(failure, Instant::now() + HANG));
    }

    /// Sends octets, in pieces of `piece`, says that there are no more, and reads until the
    /// connection ends.
    pub async fn exchange(&self, octets: &[u8], piece: usize) -> Received {
        let exchange = async {
            let mut client = TcpStream::connect(self.address).await.unwrap();
            client.set_nodelay(true).unwrap();
            for piece in octets.chunks(piece.max(1)) {
                // The front may have closed already.
                if client.write_all(piece).await.is_err() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            let _ = client.shutdown().await;
            let mut octets = Vec::new();
            let in_order = client.read_to_end(&mut octets).await.is_ok();
            Received { octets, in_order }
        };
        tokio::time::timeout(HANG, exchange)
            .await
            .expect("the front hangs")
    }
}

/// One final response, as far as the fuzz targets look at it.
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, Vec<u8>)>,
    /// Whether the connection goes on after it.
    pub stays: bool,
}

impl Response {
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        let mut all = self
            .headers
            .iter()
            .filter(|(other, _)| other.eq_ignore_ascii_case(name));
        let value = all.next().map(|(_, value)| value.as_slice());
        assert!(all.next().is_none(), "{name} came more than once");
        value
    }
}

/// What ends the connection of a client that speaks TLS, in place of a response: a fatal alert
/// (RFC 8446, section 6.2).
pub const TLS_ALERT: &[u8] = &[21, 3, 1, 0, 2, 2, 70];

/// Reads responses, the last of which may be cut where the connection was broken off. Whatever is
/// not well-formed is a panic. `is_head` says whether the response with that number and head,
/// with these octets behind it, answers a HEAD request.
pub fn responses(
    received: &Received,
    is_head: impl Fn(usize, &Response, &[u8]) -> bool,
) -> Vec<Response> {
    let mut rest = received.octets.as_slice();
    let mut responses = Vec::new();
    while !rest.is_empty() {
        if rest == TLS_ALERT {
            return responses;
        }
        let Some((response, length)) = head(rest, received.in_order) else {
            return responses;
        };
        rest = &rest[length..];
        if response.status < 200 {
            assert_eq!(response.status, 100);
            continue;
        }
        let is_head = is_head(responses.len(), &response, rest);
        let Some(after) = body(&response, rest, is_head, received.in_order) else {
            responses.push(response);
            return responses;
        };
        rest = after;
        assert!(
            rest.is_empty() || response.stays,
            "more came after the last response: {:?}",
            String::from_utf8_lossy(rest)
        );
        responses.push(response);
    }
    responses
}

/// A response head and its length; none where it is cut, as it may be in a connection that was
/// broken off.
fn head(octets: &[u8], in_order: bool) -> Option<(Response, usize)> {
    let mut headers = [httparse::EMPTY_HEADER; 4096];
    let mut head = httparse::Response::new(&mut headers);
    let length = match head.parse(octets) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) if !in_order => return None,
        other => panic!("{other:?} in {:?}", String::from_utf8_lossy(octets)),
    };
    // What the parser would let pass.
    let lines = &octets[..length];
    for (at, &octet) in lines.iter().enumerate() {
        match octet {
            b'\r' => assert_eq!(lines[at + 1], b'\n'),
            b'\n' => assert_eq!(lines[at - 1], b'\r'),
            b'\t' => {}
            other => assert!(!other.is_ascii_control(), "the head has {other:#x}"),
        }
    }
    let connection = head
        .headers
        .iter()
        .find(|header| header.name == "Connection")
        .map(|header| header.value);
    let response = Response {
        status: head.code.unwrap(),
        headers: head
            .headers
            .iter()
            .map(|header| (header.name.to_owned(), header.value.to_vec()))
            .collect(),
        stays: connection != Some(b"close"),
    };
    Some((response, length))
}

/// What follows the body; none where that is cut.
fn body<'o>(
    response: &Response,
    rest: &'o [u8],
    is_head: bool,
    in_order: bool,
) -> Option<&'o [u8]> {
    let length = response.header("Content-Length").map(|value| {
        let text = std::str::from_utf8(value).unwrap();
        assert!(text.bytes().all(|octet| octet.is_ascii_digit()));
        text.parse::<u64>().unwrap()
    });
    let coding = response.header("Transfer-Encoding");
    assert!(
        length.is_none() || coding.is_none(),
        "two ways to tell the length"
    );
    if response.status == 204 {
        assert!(length.is_none() && coding.is_none());
    }
    if is_head || matches!(response.status, 204 | 304) {
        assert!(coding.is_none());
        return Some(rest);
    }
    match (length, coding) {
        (Some(length), _) => match usize::try_from(length).ok().and_then(|at| rest.get(at..)) {
            Some(after) => Some(after),
            None => {
                assert!(!in_order, "a cut body looks complete");
                None
            }
        },
        (None, Some(coding)) => {
            assert_eq!(coding, b"chunked");
            let after = chunks(rest);
            assert!(after.is_some() || !in_order, "cut chunks look complete");
            after
        }
        // Until the connection ends.
        (None, None) => Some(&[]),
    }
}

fn chunks(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n")?;
        let size = std::str::from_utf8(&rest[..end]).unwrap();
        assert!(size.bytes().all(|octet| octet.is_ascii_hexdigit()));
        let size = usize::from_str_radix(size, 16).unwrap();
        let after = rest.get(end + 2 + size..)?;
        match after {
            [b'\r', b'\n', after @ ..] if size == 0 => return Some(after),
            [b'\r', b'\n', after @ ..] => rest = after,
            _ => {
                assert!(after.len() < 2 && b"\r\n".starts_with(after));
                return None;
            }
        }
    }
}
