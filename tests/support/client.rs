//! A blocking HTTP/1.1 client that sends any octets and reads answers strictly.
//!
//! It is our own because the tests send what no HTTP library sends, and must see exactly what comes
//! back: whatever is not well-formed HTTP/1.1 is an error here, never repaired.

use std::{
    io::{self, Read, Write},
    net::{IpAddr, Shutdown, SocketAddr, TcpStream, ToSocketAddrs},
    os::{fd::OwnedFd, unix::net::UnixStream},
    path::Path,
    time::Duration,
};

use socket2::{Domain, Socket, Type};

/// How long one read may take: past it the server hangs, whatever the machine is doing.
const DEADLINE: Duration = Duration::from_mins(1);

/// The most octets that a chunk may have: more is a size that was not read right.
const MOST_CHUNK: usize = 1 << 30;

/// The most octets that a head may have.
const MOST_HEAD: usize = 1 << 20;

/// One connection.
#[derive(Debug)]
pub(crate) struct Client {
    stream: TcpStream,
    /// What was received and not yet taken.
    received: Vec<u8>,
    /// How the body after the last head ends.
    body: Body,
}

/// How a body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Body {
    Done,
    Length(u64),
    Chunked,
    UntilClose,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Response {
    /// The status code.
    pub(crate) status: u16,
    /// The text after the status code.
    pub(crate) reason: String,
    /// `HTTP/1.1` or `HTTP/1.0`.
    pub(crate) version: String,
    /// Names as they came, and values, in order.
    pub(crate) headers: Vec<(String, String)>,
    /// The body, without any framing.
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// The value of a header that must stand at most once.
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let all = self.header_all(name);
        assert!(all.len() <= 1, "`{name}` came {} times: {all:?}", all.len());
        all.first().copied()
    }

    /// The values of a header.
    pub(crate) fn header_all(&self, name: &str) -> Vec<&str> {
        let same = self
            .headers
            .iter()
            .filter(|(other, _)| other.eq_ignore_ascii_case(name));
        same.map(|(_, value)| value.as_str()).collect()
    }

    /// The body as text.
    #[track_caller]
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is UTF-8")
    }
}

impl Client {
    /// Connects.
    #[track_caller]
    pub(crate) fn connect(address: impl ToSocketAddrs) -> Self {
        let stream = TcpStream::connect(address).expect("the server accepts connections");
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_write_timeout(Some(DEADLINE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            received: Vec::new(),
            body: Body::Done,
        }
    }

    /// Connects from an address of this machine.
    #[track_caller]
    pub(crate) fn connect_from(source: IpAddr, address: SocketAddr) -> Self {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::new(source, 0).into()).unwrap();
        let connected = socket.connect(&address.into());
        connected.expect("the server accepts connections");
        let stream = TcpStream::from(socket);
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_write_timeout(Some(DEADLINE)).unwrap();
        Self {
            stream,
            received: Vec::new(),
            body: Body::Done,
        }
    }

    /// Connects to a Unix socket.
    #[track_caller]
    pub(crate) fn connect_unix(path: impl AsRef<Path>) -> Self {
        let stream = UnixStream::connect(path).expect("the server accepts connections");
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_write_timeout(Some(DEADLINE)).unwrap();
        Self {
            // What is done with it is the same for every kind of stream.
            stream: TcpStream::from(OwnedFd::from(stream)),
            received: Vec::new(),
            body: Body::Done,
        }
    }

    /// Another handle on the connection, for sending while this one reads.
    pub(crate) fn sender(&self) -> Self {
        Self {
            stream: self.stream.try_clone().unwrap(),
            received: Vec::new(),
            body: Body::Done,
        }
    }

    /// Our address, which the server logs or hands to the application.
    pub(crate) fn local_addr(&self) -> SocketAddr {
        self.stream.local_addr().unwrap()
    }

    /// Sends octets as they are.
    #[track_caller]
    pub(crate) fn send(&mut self, octets: impl AsRef<[u8]>) {
        self.try_send(octets)
            .expect("the server takes what is sent");
    }

    /// Sends octets to a server that may close before it has them all.
    pub(crate) fn try_send(&mut self, octets: impl AsRef<[u8]>) -> io::Result<()> {
        self.stream.write_all(octets.as_ref())
    }

    /// Sends a GET request that leaves the connection open.
    #[track_caller]
    pub(crate) fn get(&mut self, target: &str) -> Response {
        self.send(format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        self.response()
    }

    /// Says that nothing more will be sent.
    pub(crate) fn finish_sending(&mut self) {
        self.stream.shutdown(Shutdown::Write).unwrap();
    }

    /// Drops the connection with a reset, as a client that crashed.
    pub(crate) fn abort(self) {
        socket2::SockRef::from(&self.stream)
            .set_linger(Some(Duration::ZERO))
            .unwrap();
    }

    /// Reads the final answer to a request other than HEAD, past any interim ones.
    ///
    /// # Panics
    ///
    /// Where it is malformed or cut short.
    #[track_caller]
    pub(crate) fn response(&mut self) -> Response {
        self.try_response()
            .expect("a complete and well-formed response")
    }

    /// Reads the final answer to a request other than HEAD, past any interim ones.
    pub(crate) fn try_response(&mut self) -> io::Result<Response> {
        let mut response = self.try_head()?;
        while response.status < 200 {
            response = self.try_head()?;
        }
        while let Some(block) = self.try_block()? {
            response.body.extend(block);
        }
        Ok(response)
    }

    /// Reads the answer to a HEAD request: its fields may announce a body, which never comes.
    #[track_caller]
    pub(crate) fn response_to_head(&mut self) -> Response {
        let response = self.head();
        self.body = Body::Done;
        response
    }

    /// Reads a head, interim ones too; the body is for [`block`](Self::block).
    #[track_caller]
    pub(crate) fn head(&mut self) -> Response {
        self.try_head().expect("a complete and well-formed head")
    }

    /// Reads a head, interim ones too; the body is for [`block`](Self::block).
    pub(crate) fn try_head(&mut self) -> io::Result<Response> {
        assert!(
            self.body == Body::Done,
            "the body before this head was not read"
        );
        let length = loop {
            if let Some(at) = memchr::memmem::find(&self.received, b"\r\n\r\n") {
                break at + 4;
            }
            if self.received.len() > MOST_HEAD {
                return Err(malformed("a head without end"));
            }
            self.receive()?;
        };
        let head: Vec<u8> = self.received.drain(..length).collect();
        let response = parse_head(&head)?;
        self.body = framing(&response)?;
        Ok(response)
    }

    /// Reads the next part of the body as soon as it is there: one chunk where the body is
    /// chunked, else what one read brings. None at the end.
    #[track_caller]
    pub(crate) fn block(&mut self) -> Option<Vec<u8>> {
        self.try_block().expect("a complete and well-formed body")
    }

    /// Reads the next part of the body, as [`block`](Self::block).
    pub(crate) fn try_block(&mut self) -> io::Result<Option<Vec<u8>>> {
        match self.body {
            Body::Done | Body::Length(0) => {
                self.body = Body::Done;
                Ok(None)
            }
            Body::Length(left) => {
                if self.received.is_empty() {
                    self.receive()?;
                }
                let length = self
                    .received
                    .len()
                    .min(usize::try_from(left).unwrap_or(usize::MAX));
                self.body = Body::Length(left - length as u64);
                Ok(Some(self.received.drain(..length).collect()))
            }
            Body::UntilClose => {
                if self.received.is_empty() && !self.receive_or_end()? {
                    self.body = Body::Done;
                    return Ok(None);
                }
                Ok(Some(std::mem::take(&mut self.received)))
            }
            Body::Chunked => self.chunk(),
        }
    }

    /// Everything up to the end of the connection, as it comes.
    pub(crate) fn rest(&mut self) -> io::Result<Vec<u8>> {
        while self.receive_or_end()? {}
        Ok(std::mem::take(&mut self.received))
    }

    /// Whether something has come that was not read, or the connection has ended.
    pub(crate) fn has_answer(&self) -> bool {
        self.stream.set_nonblocking(true).unwrap();
        let peeked = self.stream.peek(&mut [0]);
        self.stream.set_nonblocking(false).unwrap();
        !self.received.is_empty()
            || peeked.map_or_else(|error| error.kind() != io::ErrorKind::WouldBlock, |_| true)
    }

    /// Expects that the server closes the connection and sends nothing more.
    #[track_caller]
    pub(crate) fn expect_close(mut self) {
        match self.rest() {
            Ok(rest) => assert_eq!(
                String::from_utf8_lossy(&rest),
                "",
                "more came before the end"
            ),
            // Octets that the server had not read turn its close into a reset.
            Err(error) => assert_eq!(error.kind(), io::ErrorKind::ConnectionReset, "{error}"),
        }
    }

    /// Reads one chunk; the last one ends the body, and must have no trailers.
    fn chunk(&mut self) -> io::Result<Option<Vec<u8>>> {
        let size = self.line()?;
        let digits = !size.is_empty() && size.bytes().all(|octet| octet.is_ascii_hexdigit());
        let size = usize::from_str_radix(&size, 16)
            .ok()
            .filter(|&size| digits && size < MOST_CHUNK);
        let size = size.ok_or_else(|| malformed("a chunk size"))?;
        while self.received.len() < size + 2 {
            self.receive()?;
        }
        let chunk: Vec<u8> = self.received.drain(..size).collect();
        if self.received.drain(..2).as_slice() != b"\r\n" {
            return Err(malformed("no line end after a chunk"));
        }
        if size == 0 {
            self.body = Body::Done;
            return Ok(None);
        }
        Ok(Some(chunk))
    }

    /// Reads a line without its end.
    fn line(&mut self) -> io::Result<String> {
        let end = loop {
            match memchr::memmem::find(&self.received, b"\r\n") {
                Some(at) => break at,
                None => self.receive()?,
            }
        };
        let line: Vec<u8> = self.received.drain(..end + 2).take(end).collect();
        String::from_utf8(line).map_err(|_| malformed("a line that is not ASCII"))
    }

    /// Waits for more octets.
    fn receive(&mut self) -> io::Result<()> {
        if self.receive_or_end()? {
            Ok(())
        } else {
            Err(io::ErrorKind::UnexpectedEof.into())
        }
    }

    /// Waits for more octets; false at the end of the connection.
    fn receive_or_end(&mut self) -> io::Result<bool> {
        let mut buffer = vec![0; 64 * 1024];
        let count = loop {
            match self.stream.read(&mut buffer) {
                // With a time limit on it, a read ends when the machine was suspended.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        self.received.extend(&buffer[..count]);
        Ok(count > 0)
    }
}

/// Gets `http://HOST:PORT/PATH` on a connection of its own.
#[track_caller]
pub(crate) fn get(url: &str) -> Response {
    exchange("GET", url, "", b"")
}

/// Posts a body to `http://HOST:PORT/PATH` on a connection of its own.
#[track_caller]
pub(crate) fn post(url: &str, content_type: &str, body: &[u8]) -> Response {
    let fields = format!(
        "Content-Type: {content_type}\r\nContent-Length: {}\r\n",
        body.len()
    );
    exchange("POST", url, &fields, body)
}

/// Sends a request with the given header fields, each with its line end, and reads the answer up
/// to the end of the connection.
#[track_caller]
pub(crate) fn exchange(method: &str, url: &str, fields: &str, body: &[u8]) -> Response {
    let rest = url
        .strip_prefix("http://")
        .expect("an address that starts with http://");
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut client = Client::connect(host);
    let head =
        format!("{method} /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{fields}\r\n");
    client.send([head.as_bytes(), body].concat());
    let response = if method == "HEAD" {
        client.response_to_head()
    } else {
        client.response()
    };
    client.expect_close();
    response
}

/// Reads status line and fields.
fn parse_head(head: &[u8]) -> io::Result<Response> {
    // Octets above 0x7F are legal in values; each becomes one character.
    let head: String = head.iter().copied().map(char::from).collect();
    let lines = head
        .strip_suffix("\r\n\r\n")
        .ok_or_else(|| malformed("no end of the head"))?;
    let is_control = |c: char| (c < ' ' && c != '\t') || c == '\x7f';
    if lines.replace("\r\n", "").contains(is_control) {
        return Err(malformed(
            "a control character or a lone CR or LF in the head",
        ));
    }
    let mut lines = lines.split("\r\n");
    let mut status_line = lines.next().unwrap_or_default().splitn(3, ' ');
    let (version, status, reason) = (status_line.next(), status_line.next(), status_line.next());
    let version = version.filter(|v| matches!(*v, "HTTP/1.1" | "HTTP/1.0"));
    let status = status.filter(|s| s.len() == 3 && s.bytes().all(|octet| octet.is_ascii_digit()));
    let (Some(version), Some(status), Some(reason)) = (version, status, reason) else {
        return Err(malformed("the status line"));
    };
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(':').ok_or_else(|| malformed("a field"))?;
        if name.is_empty() || !name.bytes().all(is_token) {
            return Err(malformed("the name of a field"));
        }
        Ok((name.to_owned(), value.trim_matches([' ', '\t']).to_owned()))
    });
    Ok(Response {
        status: status.parse().map_err(|_| malformed("the status"))?,
        reason: reason.to_owned(),
        version: version.to_owned(),
        headers: headers.collect::<io::Result<_>>()?,
        body: Vec::new(),
    })
}

/// How the body after a head ends (RFC 9112, section 6.3).
fn framing(head: &Response) -> io::Result<Body> {
    let lengths = head.header_all("Content-Length");
    let codings = head.header_all("Transfer-Encoding");
    let empty = head.status < 200 || head.status == 204;
    match (&lengths[..], &codings[..]) {
        ([], []) if empty || head.status == 304 => Ok(Body::Done),
        ([_], []) if head.status == 304 => Ok(Body::Done),
        _ if empty || head.status == 304 => Err(malformed("framing where there is no body")),
        ([], []) => Ok(Body::UntilClose),
        ([], ["chunked"]) if head.version == "HTTP/1.1" => Ok(Body::Chunked),
        ([length], []) if length.bytes().all(|octet| octet.is_ascii_digit()) => length
            .parse()
            .map(Body::Length)
            .map_err(|_| malformed("the length")),
        _ => Err(malformed("the framing")),
    }
}

/// Whether an octet may stand in a field's name.
fn is_token(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet)
}

/// An error about what the server sent.
fn malformed(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("malformed: {what}"))
}

#[cfg(test)]
mod tests {
    use std::{net::TcpListener, thread};

    use super::*;

    /// A client of a server that sends the given parts, each in a write of its own, and closes.
    fn served(parts: &'static [&'static str]) -> Client {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = Client::connect(listener.local_addr().unwrap());
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.set_nodelay(true).unwrap();
            for part in parts {
                stream.write_all(part.as_bytes()).unwrap();
            }
        });
        client
    }

    #[test]
    fn bodies_of_every_framing_are_read() {
        let mut client = served(&[
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Le",
            "ngth: 5\r\nX: a\r\nx: b\r\n\r\nhel",
            "loHTTP/1.1 201 \r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r",
            "\n0A\r\n0123456789\r\n0\r\n\r",
            "\nHTTP/1.1 204 No Content\r\n\r\nHTTP/1.0 200 OK\r\n\r\nto the",
            " end",
        ]);
        let first = client.response();
        assert_eq!(
            (first.status, first.text(), first.reason.as_str()),
            (200, "hello", "OK")
        );
        assert_eq!(first.header_all("X"), ["a", "b"]);
        let second = client.response();
        assert_eq!((second.status, second.text()), (201, "abc0123456789"));
        assert_eq!(client.response().status, 204);
        assert_eq!(client.response().text(), "to the end");
        client.expect_close();
    }

    #[test]
    fn blocks_come_one_chunk_at_a_time() {
        let mut client = served(&[
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n",
        ]);
        assert_eq!(client.head().status, 200);
        assert_eq!(client.block(), Some(b"a".to_vec()));
        assert_eq!(client.block(), Some(b"bc".to_vec()));
        assert_eq!(client.block(), None);
    }

    #[test]
    fn cut_answers_are_errors() {
        const CUT: &[&[&str]] = &[
            &[""],
            &["HTTP/1.1 200 OK\r\nContent-Length: 3\r\n"],
            &["HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab"],
            &["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"],
            &["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n"],
            &["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab"],
        ];
        for parts in CUT {
            let error = served(parts)
                .try_response()
                .expect_err(&format!("{parts:?}"));
            assert_eq!(
                error.kind(),
                io::ErrorKind::UnexpectedEof,
                "{parts:?}: {error}"
            );
        }
    }

    #[test]
    fn malformed_answers_are_errors() {
        const MALFORMED: &[&[&str]] = &[
            &["HTTP/2 200 OK\r\n\r\n"],
            &["HTTP/1.1 20 OK\r\n\r\n"],
            &["HTTP/1.1 200\r\n\r\n"],
            &["HTTP/1.1 +20 OK\r\n\r\n"],
            &["HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n"],
            &["HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n"],
            &["HTTP/1.1 200 OK\r\nno colon\r\n\r\n"],
            &["HTTP/1.1 200 OK\r\nspace : a\r\n\r\n"],
            &["HTTP/1.1 200 OK\r\nX: a\r\n folded: b\r\n\r\n"],
            &["HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na"],
            &["HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na"],
            &["HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"],
            &["HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
            &["HTTP/1.1 204 No\r\nContent-Length: 0\r\n\r\n"],
            &["HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"],
            &["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+1\r\na\r\n0\r\n\r\n"],
            &["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n"],
            &["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x\r\na\r\n0\r\n\r\n"],
        ];
        for parts in MALFORMED {
            let error = served(parts)
                .try_response()
                .expect_err(&format!("{parts:?}"));
            assert_eq!(
                error.kind(),
                io::ErrorKind::InvalidData,
                "{parts:?}: {error}"
            );
        }
    }

    #[test]
    fn an_abort_is_a_reset() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = Client::connect(listener.local_addr().unwrap());
        let (mut stream, _) = listener.accept().unwrap();
        client.abort();
        let error = stream.read(&mut [0]).expect_err("a reset");
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    }
}
