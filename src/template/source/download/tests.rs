//! Downloads from servers that do not behave, with little patience.

use std::{
    cell::RefCell,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::atomic::AtomicBool,
    thread,
    time::Instant,
};

use rstest::rstest;

use super::*;

/// Waits for little, and takes little.
const LITTLE: Patience = Patience {
    connect: Duration::from_secs(5),
    silence: Duration::from_millis(200),
    total: Duration::from_millis(600),
    octets: 1000,
};

/// What is told while a template is fetched.
#[derive(Default)]
struct Steps(RefCell<Vec<String>>);

impl Progress for Steps {
    fn step(&self, step: Step<'_>) {
        self.0.borrow_mut().push(format!("{step:?}"));
    }
}

/// A server that answers every request with `answer`, and the address of it.
fn server(answer: impl Fn(&mut TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let head = BufReader::new(stream.try_clone().unwrap());
            // Until the empty line at the end of the head.
            let _ = head
                .lines()
                .find(|line| line.as_ref().is_ok_and(String::is_empty));
            answer(&mut stream);
        }
    });
    format!("http://{address}")
}

/// One that says this, and ends the connection.
fn says(answer: &'static [u8]) -> String {
    server(move |stream| stream.write_all(answer).unwrap())
}

/// One that says this, and then nothing until the other side ends the connection.
fn says_and_hangs(answer: &'static [u8]) -> String {
    server(move |stream| {
        stream.write_all(answer).unwrap();
        let _ = stream.read(&mut [0]);
    })
}

fn fetch(url: &str) -> Result<Received, String> {
    let stop = AtomicBool::new(false);
    match download_with(url, false, &(), &stop, LITTLE) {
        Ok(Outcome::Archive(received)) => Ok(received),
        Ok(Outcome::Stopped) => Err("stopped".to_owned()),
        Err(error) => Err(error.fault.to_string()),
    }
}

fn fault(url: &str) -> String {
    fetch(url).unwrap_err()
}

fn read(mut received: Received) -> String {
    let mut text = String::new();
    received.file.read_to_string(&mut text).unwrap();
    text
}

#[rstest]
#[case(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")]
#[case(b"HTTP/1.0 200 OK\r\n\r\nhello")]
#[case(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n")]
#[case(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello")]
fn bodies_are_taken_as_they_are(#[case] answer: &'static [u8]) {
    let received = fetch(&format!("{}/a/x.zip", says(answer))).unwrap();
    assert_eq!(received.name, "x.zip");
    assert_eq!(read(received), "hello");
}

#[rstest]
#[case(
    b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
    "the connection ended after 5 of 9 octets"
)]
#[case(
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    "the connection ended after 5 octets, in the middle"
)]
#[case(
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello",
    "the connection ended after 5 octets, in the middle"
)]
fn a_body_that_is_cut_off_is_an_error(#[case] answer: &'static [u8], #[case] expected: &str) {
    assert_eq!(fault(&says(answer)), expected);
}

#[rstest]
#[case(
    b"HTTP/1.1 404 Nope \xff\r\nContent-Length: 0\r\n\r\n",
    "HTTP Error 404: Not Found"
)]
#[case(
    b"HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n",
    "HTTP Error 500: Internal Server Error"
)]
#[case(
    b"HTTP/1.1 401 X\r\nContent-Length: 0\r\n\r\n",
    "HTTP Error 401: Unauthorized"
)]
#[case(b"HTTP/1.1 304 X\r\n\r\n", "HTTP Error 304: Not Modified")]
#[case(b"HTTP/1.1 204 X\r\n\r\n", "HTTP Error 204: No Content")]
#[case(
    b"HTTP/1.1 302 X\r\nContent-Length: 0\r\n\r\n",
    "the server redirects to nowhere (HTTP status 302)"
)]
#[case(
    b"HTTP/1.1 200 OK\r\n\r\n<!DOCTYPE HTML><html>",
    "the server sent an HTML page and not an archive"
)]
#[case(
    b"HTTP/1.1 200 OK\r\n\r\n\r\n {\"message\": 1}",
    "the server sent JSON and not an archive"
)]
#[case(
    b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "the server sent nothing and not an archive"
)]
#[case(
    b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999\r\n\r\n",
    "it is larger than 0 MiB"
)]
#[case(
    b"HTTP/1.1 302 X\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
    "the server redirects to a `file:` address"
)]
#[case(
    b"HTTP/1.1 302 X\r\nLocation: ftp://h/x\r\nContent-Length: 0\r\n\r\n",
    "the server redirects to a `ftp:` address"
)]
#[case(
    b"HTTP/1.1 302 X\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n",
    "the server redirects more than 10 times"
)]
fn answers_that_are_none(#[case] answer: &'static [u8], #[case] expected: &str) {
    assert_eq!(fault(&says(answer)), expected);
}

#[test]
fn what_is_not_http_is_an_error() {
    let fault = fault(&says(b"220 ftp.example.org \x1b[2J\r\n\r\n"));
    assert!(
        fault.starts_with("the server's answer is not HTTP: "),
        "{fault}"
    );
    assert!(!fault.contains('\u{1b}'), "{fault}");
}

#[test]
fn nobody_waits_for_ever() {
    let silent = says_and_hangs(b"");
    assert_eq!(
        fault(&silent),
        "waiting for the server took longer than 0 s"
    );
    let stuck = says_and_hangs(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello");
    assert_eq!(fault(&stuck), "waiting for the server took longer than 0 s");
}

/// Each octet in time, and no end.
#[test]
fn a_drip_has_an_end() {
    let drip = server(|stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        let mut wait = stream.try_clone().unwrap();
        wait.set_read_timeout(Some(Duration::from_millis(20)))
            .unwrap();
        while stream.write_all(b"x").is_ok() && wait.read(&mut [0]).is_err() {}
    });
    assert_eq!(fault(&drip), "the download took longer than 0 s");
}

#[test]
fn an_endless_body_has_an_end() {
    let endless = server(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while stream.write_all(&[b'x'; 1000]).is_ok() {}
    });
    assert_eq!(fault(&endless), "it is larger than 0 MiB");
}

#[test]
fn nobody_listens() {
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let fault = fault(&format!("http://{free}/"));
    assert!(fault.contains("onnection refused"), "{fault}");
}

#[test]
fn a_download_ends_when_it_is_to_end() {
    let stuck = says_and_hangs(b"HTTP/1.1 200 OK\r\n\r\nx");
    let stop = AtomicBool::new(false);
    let begin = Instant::now();
    thread::scope(|scope| {
        let (stop, stuck) = (&stop, &stuck);
        let patience = Patience {
            silence: Duration::from_mins(1),
            total: Duration::from_mins(1),
            ..LITTLE
        };
        let download = scope.spawn(move || download_with(stuck, false, &(), stop, patience));
        stop.store(true, Ordering::Relaxed);
        assert!(matches!(download.join().unwrap(), Ok(Outcome::Stopped)));
    });
    assert!(begin.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_request_is_ours() {
    let (sender, heads) = mpsc::channel();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!(
        "http://u%20x:p@{}/x.zip?q=1#f",
        listener.local_addr().unwrap()
    );
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let head = BufReader::new(stream.try_clone().unwrap()).lines();
        let head: Vec<_> = head
            .map(Result::unwrap)
            .take_while(|it| !it.is_empty())
            .collect();
        sender.send(head).unwrap();
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")
            .unwrap();
    });
    let stop = AtomicBool::new(false);
    let steps = Steps::default();
    download_with(&url, false, &steps, &stop, LITTLE).unwrap();
    let head = heads.recv().unwrap();
    assert_eq!(head[0], "GET /x.zip?q=1 HTTP/1.1");
    let value = |name: &str| {
        head.iter()
            .filter_map(|line| line.split_once(": "))
            .find(|(it, _)| it.eq_ignore_ascii_case(name))
            .map(|it| it.1)
    };
    assert_eq!(
        value("user-agent"),
        Some(concat!("scaffold/", env!("CARGO_PKG_VERSION")))
    );
    assert_eq!(value("accept-encoding"), Some("identity"));
    assert_eq!(value("authorization"), Some("Basic dSB4OnA="));
    let steps = steps.0.into_inner().join("\n");
    assert!(
        steps.contains("Received { octets: 1, of: Some(1) }\nDownloaded"),
        "{steps}"
    );
    assert!(
        steps.starts_with("Downloading { url: \"http://127.0.0.1:"),
        "{steps}"
    );
    assert!(
        !steps.contains("u%20x") && !steps.contains("q=1"),
        "{steps}"
    );
}

#[test]
fn the_servers_name_for_it_counts() {
    let received = fetch(&says(
        b"HTTP/1.1 200 OK\r\nContent-Disposition: attachment; filename=../../up.tgz\r\n\
          Content-Length: 1\r\n\r\nx",
    ));
    assert_eq!(received.unwrap().name, "up.tgz");
}
