//! Point 35: the standard library's validator has nothing to say.

use super::{oldest_and_newest, serving};
use crate::support::Client;

/// What the validator writes, or raises, when something is wrong.
const COMPLAINTS: [&str; 4] = [
    "Traceback",
    "AssertionError",
    "without being closed",
    "Warning",
];

/// Methods with and without a body; bodies that travel with their request, are streamed, chunked,
/// or go by the disk; answers as a list and as an iterator.
#[test]
fn the_validator_passes_every_kind_of_request() {
    for python in oldest_and_newest() {
        let server = serving(include_str!("validator.py")).python(python).start();
        for form in ["list", "stream"] {
            for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"] {
                let mut client = server.connect();
                let head = format!("{method} /?{form} HTTP/1.1\r\nHost: localhost\r\n");
                client.send(format!("{head}\r\n"));
                check(&mut client, method, 0);
                for length in [0, 3, 65_536, 65_537, 300_000] {
                    client.send(format!("{head}Content-Length: {length}\r\n\r\n"));
                    client.send("x".repeat(length));
                    check(&mut client, method, length);
                    client.send(format!("{head}Transfer-Encoding: chunked\r\n\r\n"));
                    if length > 0 {
                        client.send(format!("{length:x}\r\n{}\r\n", "x".repeat(length)));
                    }
                    client.send("0\r\n\r\n");
                    check(&mut client, method, length);
                }
            }
        }
        let output = server.output();
        for complaint in COMPLAINTS {
            assert!(!output.contains(complaint), "{python}: {output}");
        }
    }
}

fn check(client: &mut Client, method: &str, length: usize) {
    if method == "HEAD" {
        assert_eq!(client.response_to_head().status, 200);
        return;
    }
    let response = client.response();
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(
        response.text(),
        format!("{length} {}", "x".repeat(length)),
        "{method} with {length}"
    );
}
