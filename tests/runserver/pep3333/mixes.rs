//! Points 9, 10 and 13: any mix of reads gives what a file with the same octets gives.

use std::fmt::Write as _;

use proptest::{
    prelude::*,
    sample::select,
    test_runner::{Config, TestRunner},
};

use super::{oldest_and_newest, serving};
use crate::support::Server;

/// How a body is sent.
#[derive(Clone, Debug)]
struct Sent {
    body: Vec<u8>,
    is_chunked: bool,
    /// Octets of each write and, where it is chunked, of each chunk.
    piece: usize,
}

/// Bodies that travel with their request, and such as are streamed or go by the disk; with many
/// lines, or with none.
fn bodies() -> impl Strategy<Value = Sent> {
    let length = select(vec![0, 1, 20, 1000, 65_536, 65_537, 300_000, 700_000]);
    let letters = select(vec!["ab\r\n", "a\n", "abcdefghijklmnopqrstuvwxyz\n", "abc"]);
    let piece = select(vec![3000_usize, 65_536, 100_000]);
    (length, letters, any::<u32>(), any::<bool>(), piece).prop_map(
        |(length, letters, seed, is_chunked, piece)| {
            let letters = letters.as_bytes();
            let mut state = seed;
            let mut next = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                letters[usize::from(state.to_be_bytes()[0]) % letters.len()]
            };
            Sent {
                body: (0..length).map(|_| next()).collect(),
                is_chunked,
                piece,
            }
        },
    )
}

/// Calls of methods, as a query: `read=5&readline=&next=`.
fn calls() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    let sizes = || select(vec!["0", "1", "7", "100", "4096", "65536", "200000"]);
    let all = || select(vec!["", "-1"]);
    let call = prop_oneof![
        6 => (Just("read"), sizes()),
        1 => (Just("read"), all()),
        4 => (Just("readline"), all()),
        4 => (Just("readline"), sizes()),
        1 => (Just("readlines"), all()),
        2 => (Just("readlines"), sizes()),
        4 => (Just("next"), Just("")),
    ];
    prop::collection::vec(call, 0..20)
}

#[test]
fn any_mix_of_reads_is_as_with_a_file() {
    for python in oldest_and_newest() {
        let server = serving(include_str!("mixes.py")).python(python).start();
        let mut runner = TestRunner::new(Config {
            cases: 60,
            failure_persistence: None,
            ..Config::default()
        });
        runner
            .run(&(bodies(), calls()), |(sent, calls)| {
                prop_assert_eq!(difference(&server, &sent, &calls), "");
                Ok(())
            })
            .unwrap();
    }
}

/// What the application says of reading a body so.
fn difference(server: &Server, sent: &Sent, calls: &[(&str, &str)]) -> String {
    server.sandbox().write("body", &sent.body);
    let mut head = String::from("POST /?");
    for (method, size) in calls {
        write!(head, "{method}={size}&").unwrap();
    }
    head += " HTTP/1.1\r\nHost: localhost\r\n";
    let mut client = server.connect();
    if sent.is_chunked {
        client.send(head + "Transfer-Encoding: chunked\r\n\r\n");
        for chunk in sent.body.chunks(sent.piece) {
            let size = format!("{:x}\r\n", chunk.len());
            client.send([size.as_bytes(), chunk, b"\r\n"].concat());
        }
        client.send("0\r\n\r\n");
    } else {
        client.send(format!("{head}Content-Length: {}\r\n\r\n", sent.body.len()));
        for piece in sent.body.chunks(sent.piece) {
            client.send(piece);
        }
    }
    client.response().text().to_owned()
}
