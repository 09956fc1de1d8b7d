//! Points 15, 16 and 23 to 30 together: whatever form an answer has, the client gets exactly what
//! the standard says of it, `close()` is called once, and the connection is as it should be.

use std::{fmt::Write as _, io};

use proptest::{
    prelude::*,
    sample::select,
    test_runner::{Config, TestRunner},
};

use super::{oldest_and_newest, serving};
use crate::support::{Client, Response, Server};

/// A request, and how the application answers it.
#[derive(Clone, Debug)]
struct Shape {
    is_head: bool,
    is_http11: bool,
    status: u16,
    /// The `Content-Length` that the application gives.
    length: Option<usize>,
    /// Sizes of blocks given to `write()`.
    writes: Vec<usize>,
    /// Sizes of blocks returned.
    blocks: Vec<usize>,
    kind: &'static str,
    /// The iteration ends with an exception.
    fails: bool,
}

/// What a client must get.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// A complete answer with the body's length.
    Complete(usize),
    /// One that never looks complete.
    Broken,
    /// A page that says what went wrong.
    Error,
}

impl Shape {
    fn has_body(&self) -> bool {
        !self.is_head && self.status == 200
    }

    /// Everything that the application has to say.
    fn total(&self) -> usize {
        self.writes.iter().chain(&self.blocks).sum()
    }

    fn outcome(&self) -> Outcome {
        let length = if self.status == 204 {
            None
        } else {
            self.length
        };
        let (total, written) = (self.total(), self.writes.iter().sum::<usize>());
        // Octets have gone out before the end of the iteration, or before a list is looked at.
        let has_begun = written > 0 || self.kind != "list" && total > 0;
        // Nothing more is asked for once there is enough of the body, or all that it has.
        let is_all =
            length.is_none() && written == 0 && self.kind == "sized" && self.blocks.len() == 1;
        let is_enough = has_begun
            && (!self.has_body() || is_all || length.is_some_and(|length| total >= length));
        if self.fails && self.kind != "list" && !is_enough {
            return if has_begun {
                Outcome::Broken
            } else {
                Outcome::Error
            };
        }
        if !self.has_body() {
            return Outcome::Complete(0);
        }
        match length {
            Some(length) if total < length && has_begun => Outcome::Broken,
            Some(length) if total < length => Outcome::Error,
            Some(length) => Outcome::Complete(length),
            None => Outcome::Complete(total),
        }
    }

    /// The length that the head of a complete answer must tell, if it must tell one.
    fn announced(&self) -> Option<usize> {
        let is_whole = self.writes.iter().all(|&size| size == 0)
            && (self.kind == "list"
                || self.kind == "sized" && self.blocks.len() == 1
                || self.total() == 0);
        match (self.status, self.length) {
            (200 | 304, Some(length)) => Some(length),
            (200, None) if is_whole && (self.total() > 0 || !self.is_head) => Some(self.total()),
            _ => None,
        }
    }
}

fn shapes() -> impl Strategy<Value = Shape> {
    let sizes = || {
        let size = select(vec![0_usize, 0, 1, 5, 300, 65_536, 65_537, 150_000]);
        prop::collection::vec(size, 0..4)
    };
    let writes = prop_oneof![2 => Just(Vec::new()), 1 => sizes()];
    let kind = select(vec!["list", "iterable", "sized", "late"]);
    let length = prop_oneof![
        3 => Just(None),
        1 => select(vec![0, 1, 5, 6, 300, 305, 65_536, 200_000]).prop_map(Some),
    ];
    let request = (prop::bool::weighted(0.25), prop::bool::weighted(0.75));
    let status = select(vec![200, 200, 200, 204, 304]);
    let exact = prop::bool::weighted(0.3);
    (
        request,
        status,
        (length, exact),
        writes,
        sizes(),
        kind,
        prop::bool::weighted(0.2),
    )
        .prop_map(
            |((is_head, is_http11), status, (length, exact), writes, blocks, kind, fails)| {
                let total = writes.iter().chain(&blocks).sum();
                Shape {
                    is_head,
                    is_http11,
                    status,
                    length: if exact { Some(total) } else { length },
                    writes,
                    blocks,
                    kind,
                    fails: fails && kind != "list",
                }
            },
        )
}

#[test]
fn every_form_of_answer_arrives_as_the_standard_says() {
    for python in oldest_and_newest() {
        let server = serving(include_str!("shapes.py")).python(python).start();
        let mut runner = TestRunner::new(Config {
            cases: 250,
            failure_persistence: None,
            ..Config::default()
        });
        let number = std::cell::Cell::new(0);
        runner
            .run(&shapes(), |shape| {
                number.set(number.get() + 1);
                check(&server, &shape, number.get())
            })
            .unwrap();
    }
}

fn check(server: &Server, shape: &Shape, number: u32) -> Result<(), TestCaseError> {
    let mut client = server.connect();
    client.send(request(shape, number));
    let outcome = shape.outcome();
    match receive(&mut client, shape.is_head) {
        Ok(response) if outcome == Outcome::Error => prop_assert_eq!(response.status, 500),
        Ok(response) => {
            prop_assert_eq!(response.status, shape.status);
            prop_assert_eq!(Outcome::Complete(response.body.len()), outcome);
            prop_assert!(response.body.iter().all(|&octet| octet == b'x'));
            let length = response.header("Content-Length").map(str::to_owned);
            prop_assert_eq!(length, shape.announced().map(|length| length.to_string()));
            let is_chunked = response.header("Transfer-Encoding").is_some();
            let is_open = shape.has_body() && shape.announced().is_none();
            prop_assert_eq!(is_chunked, is_open && shape.is_http11);
            if shape.is_http11 {
                client.send("GET /closed?number=none HTTP/1.0\r\n\r\n");
            }
            let rest = client.rest().map(|octets| octets.is_empty());
            prop_assert_eq!(rest.ok(), Some(!shape.is_http11));
        }
        Err(error) => {
            let is_cut = matches!(
                error.kind(),
                io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof
            );
            prop_assert!(is_cut && outcome == Outcome::Broken, "{}", error);
        }
    }
    if shape.kind != "list" {
        let closed = server.get(&format!("/closed?number={number}"));
        prop_assert_eq!(closed.text(), "1");
    }
    Ok(())
}

fn request(shape: &Shape, number: u32) -> String {
    let sizes = |sizes: &[usize]| {
        sizes
            .iter()
            .map(usize::to_string)
            .collect::<Vec<_>>()
            .join(",")
    };
    let mut request = format!(
        "{} /?number={number}&status={}&kind={}&writes={}&blocks={}",
        if shape.is_head { "HEAD" } else { "GET" },
        shape.status,
        shape.kind,
        sizes(&shape.writes),
        sizes(&shape.blocks),
    );
    if let Some(length) = shape.length {
        write!(request, "&length={length}").unwrap();
    }
    if shape.fails {
        request += "&fails=1";
    }
    let version = if shape.is_http11 { "1.1" } else { "1.0" };
    request + &format!(" HTTP/{version}\r\nHost: localhost\r\n\r\n")
}

fn receive(client: &mut Client, is_head: bool) -> io::Result<Response> {
    if is_head {
        Ok(client.response_to_head())
    } else {
        client.try_response()
    }
}
