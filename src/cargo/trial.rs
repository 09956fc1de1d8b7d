//! One request to a project's process, and what came back.

use std::io;

use httparse::Status;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::UnixStream,
};

use super::Runner;

/// The request: as a browser on this machine would ask for the first page.
const REQUEST: &[u8] =
    b"GET / HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nConnection: close\r\n\r\n";

/// The most of an answer that is read, in octets.
const MOST: u64 = 16 * 1024 * 1024;

/// The most headers that an answer may have.
const MOST_HEADERS: usize = 256;

/// The header by which the program around the application says that it answers in its place.
pub(crate) const FAILURE: &str = "scaffold-failure";

/// The answer to `GET /`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status with its reason, as in `200 OK`.
    pub status: String,
    /// How much of the body was read, in octets.
    pub size: u64,
    /// How the body ended.
    pub end: End,
    /// Why the application gave no answer of its own.
    pub failure: Option<Failure>,
}

/// How the body of an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// All of it came.
    Whole,
    /// There was more than was read.
    Cut,
    /// The process ended it before it was complete.
    Broken,
}

/// Why the application gave no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// It panicked; otherwise it returned an error.
    pub is_panic: bool,
    /// What it said, with the backtrace of a panic.
    pub text: String,
}

impl Runner {
    /// Asks for `/`. `None` where what comes back is no answer.
    pub async fn try_root(&self) -> io::Result<Option<Answer>> {
        let mut stream = UnixStream::connect(self.socket()).await?;
        stream.write_all(REQUEST).await?;
        let mut octets = Vec::new();
        // A connection that is broken off has ended, too.
        let _ = (&mut stream).take(MOST).read_to_end(&mut octets).await;
        Ok(Answer::read(&octets))
    }
}

impl Answer {
    fn read(octets: &[u8]) -> Option<Self> {
        let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut response = httparse::Response::new(&mut headers);
        let Ok(Status::Complete(length)) = response.parse(octets) else {
            return None;
        };
        let body = octets.get(length..).unwrap_or_default();
        let is_full = octets.len() as u64 == MOST;
        let header = |name: &str| {
            let found = response
                .headers
                .iter()
                .find(|it| it.name.eq_ignore_ascii_case(name));
            found.map(|it| String::from_utf8_lossy(it.value))
        };
        let (size, is_whole) = if header("transfer-encoding").is_some() {
            in_chunks(body)
        } else {
            let length = header("content-length").and_then(|it| it.parse::<u64>().ok());
            let size = body.len() as u64;
            (size, length.is_none_or(|length| length == size))
        };
        let failure = header(FAILURE).map(|kind| Failure {
            is_panic: kind == "panic",
            text: String::from_utf8_lossy(body).into_owned(),
        });
        let (code, reason) = (response.code?, response.reason.unwrap_or_default());
        Some(Self {
            status: format!("{code} {reason}").trim_end().to_owned(),
            size,
            end: match (is_whole, is_full) {
                (true, false) => End::Whole,
                (_, true) => End::Cut,
                (false, false) => End::Broken,
            },
            failure,
        })
    }
}

/// How long a chunked body is, and whether it is complete.
fn in_chunks(mut body: &[u8]) -> (u64, bool) {
    let mut size: u64 = 0;
    loop {
        let Ok(Status::Complete((begin, length))) = httparse::parse_chunk_size(body) else {
            return (size, false);
        };
        if length == 0 {
            return (size, true);
        }
        let begin_and_length = usize::try_from(length)
            .ok()
            .and_then(|it| it.checked_add(begin));
        let rest = begin_and_length.and_then(|it| body.get(it.checked_add(2)?..));
        let Some(rest) = rest else {
            let came = body.len().saturating_sub(begin) as u64;
            return (size + came.min(length), false);
        };
        size += length;
        body = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, u64, End)> {
        Answer::read(text.as_bytes()).map(|it| (it.status, it.size, it.end))
    }

    #[test]
    fn a_body_is_measured_however_it_ends() {
        let ok = "HTTP/1.1 200 OK\r\n";
        let chunked = "Transfer-Encoding: chunked\r\n\r\n";
        for (text, size, end) in [
            ("Content-Length: 2\r\n\r\nab".to_owned(), 2, End::Whole),
            ("Content-Length: 3\r\n\r\nab".to_owned(), 2, End::Broken),
            ("\r\nabc".to_owned(), 3, End::Whole),
            (
                format!("{chunked}3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"),
                5,
                End::Whole,
            ),
            (format!("{chunked}3\r\nabc\r\n"), 3, End::Broken),
            (format!("{chunked}ffffffffffffffff\r\nabc"), 3, End::Broken),
            (format!("{chunked}zz\r\nabc"), 0, End::Broken),
        ] {
            let expected = Some(("200 OK".to_owned(), size, end));
            assert_eq!(read(&format!("{ok}{text}")), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_answer_is_none() {
        for text in [
            "",
            "HTTP/1.1 200 OK\r\n",
            "hello",
            "HTTP/1.1 99999 X\r\n\r\n",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_failure_is_told_apart_from_an_answer() {
        let text = "HTTP/1.1 500 Internal Server Error\r\nscaffold-failure: panic\r\n\
                    content-length: 2\r\n\r\noh";
        let expected = Failure {
            is_panic: true,
            text: "oh".to_owned(),
        };
        let answer = Answer::read(text.as_bytes()).unwrap();
        assert_eq!(answer.failure, Some(expected));
    }
}
