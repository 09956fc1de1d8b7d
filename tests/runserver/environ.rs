//! What applications find in their environ, and that every environ reaches Python unchanged.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{Read as _, Write as _},
    os::fd::OwnedFd,
    path::Path,
    process::{Command, Stdio},
};

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use scaffold::wire::message::Environ;

use super::{app_server, serve_app};
use crate::support::{Server, pythons};

/// The environ of a request, with values as Python's `repr` shows them.
fn environ_of(server: &Server, request: &str) -> BTreeMap<String, String> {
    let mut client = server.connect();
    client.send(request);
    let response = client.response();
    assert_eq!(response.status, 200, "{}", response.text());
    // One flat JSON object of strings, none of which has a quotation mark inside.
    let text = response
        .text()
        .trim_start_matches('{')
        .trim_end_matches('}')
        .to_owned();
    text.split("\", \"")
        .map(|pair| {
            pair.trim_matches('"')
                .split_once("\": \"")
                .expect("a name and a value")
        })
        .map(|(name, value)| (name.to_owned(), value.replace("\\\\", "\\")))
        .collect()
}

#[test]
fn the_environ_holds_what_pep_3333_names_and_nothing_else() {
    let server = serve_app();
    let environ = environ_of(
        &server,
        "POST /environ?a=1&b=%20 HTTP/1.1\r\nHost: localhost:8000\r\nContent-Type: text/x\r\n\
         Content-Length: 2\r\nX-Two: a\r\nCookie: c=1\r\nx-two: b\r\nCookie: d=2\r\n\
         X_Under: no\r\nProxy: http://evil\r\nServer-Name: header\r\n\r\nhi",
    );
    let port = format!("'{}'", server.addr().port());
    let expected = [
        ("REQUEST_METHOD", "'POST'"),
        ("SCRIPT_NAME", "''"),
        ("PATH_INFO", "'/environ'"),
        ("QUERY_STRING", "'a=1&b=%20'"),
        ("CONTENT_TYPE", "'text/x'"),
        ("CONTENT_LENGTH", "'2'"),
        ("SERVER_NAME", "'127.0.0.1'"),
        ("SERVER_PORT", &port),
        ("SERVER_PROTOCOL", "'HTTP/1.1'"),
        ("REMOTE_ADDR", "'127.0.0.1'"),
        ("GATEWAY_INTERFACE", "'CGI/1.1'"),
        ("HTTP_HOST", "'localhost:8000'"),
        ("HTTP_X_TWO", "'a,b'"),
        ("HTTP_COOKIE", "'c=1; d=2'"),
        ("HTTP_SERVER_NAME", "'header'"),
        ("wsgi.version", "(1, 0)"),
        ("wsgi.url_scheme", "'http'"),
        ("wsgi.multithread", "True"),
        ("wsgi.multiprocess", "False"),
        ("wsgi.run_once", "False"),
    ];
    for (name, value) in expected {
        assert_eq!(environ.get(name).map(String::as_str), Some(value), "{name}");
    }
    let others: Vec<&str> = environ
        .keys()
        .map(String::as_str)
        .filter(|name| !expected.iter().any(|(expected, _)| expected == name))
        .collect();
    assert_eq!(
        others,
        [
            "REMOTE_PORT",
            "SERVER_SOFTWARE",
            "wsgi.errors",
            "wsgi.file_wrapper",
            "wsgi.input"
        ]
    );
}

#[test]
fn absent_headers_are_absent() {
    let server = serve_app();
    let environ = environ_of(&server, "GET /environ HTTP/1.0\r\n\r\n");
    for name in ["CONTENT_TYPE", "CONTENT_LENGTH", "HTTP_HOST"] {
        assert_eq!(environ.get(name), None, "{name}");
    }
    assert_eq!(environ["SERVER_PROTOCOL"], "'HTTP/1.0'");
}

/// Point 2, where the server was told an IPv6 address: what a URL is made of names it as one.
#[test]
fn the_name_of_the_server_can_stand_in_a_url() {
    let server = app_server().address("[::1]:0").start();
    let environ = environ_of(&server, "GET /environ HTTP/1.0\r\n\r\n");
    assert_eq!(environ["SERVER_NAME"], "'[::1]'");
    assert_eq!(environ["REMOTE_ADDR"], "'::1'");
}

#[test]
fn the_path_is_decoded_to_octets() {
    let server = serve_app();
    let environ = environ_of(
        &server,
        "GET /environ/%2F%ff%C3%A9%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    );
    // The two octets of an e with an acute accent are two characters.
    assert_eq!(environ["PATH_INFO"], r"'/environ//\u00ff\u00c3\u00a9%zz'");
}

/// Reads payloads and answers with the names and values, as octets, and the body.
const READER: &str = r"
import marshal, struct, sys
inn, out = sys.stdin.buffer, sys.stdout.buffer
while True:
    head = inn.read(4)
    if not head:
        break
    environ, body = marshal.loads(inn.read(struct.unpack('<I', head)[0]))
    parts = []
    for name, value in sorted(environ.items()):
        assert type(name) is str and type(value) is str
        parts += [name.encode('ascii'), value.encode('latin-1')]
    parts.append(b'None' if body is None else b'bytes ' + body)
    answer = b''.join(struct.pack('<I', len(part)) + part for part in parts)
    out.write(struct.pack('<I', len(answer)) + answer)
    out.flush()
";

#[test]
fn every_environ_reaches_every_python_unchanged() {
    for python in pythons() {
        let mut reader = Command::new::<&Path>(python.as_ref())
            .args(["-c", READER])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let questions = reader.stdin.take().unwrap();
        let answers = File::from(OwnedFd::from(reader.stdout.take().unwrap()));
        let values = prop_oneof![
            prop::collection::vec(any::<u8>(), 0..40),
            prop::collection::vec(any::<u8>(), 250..260),
            prop::collection::vec(32_u8..127, 250..260),
        ];
        let strategy = (
            prop::collection::btree_map("[A-Z_.a-z]{1,300}", values, 0..12),
            prop::option::of(prop::collection::vec(any::<u8>(), 0..300)),
        );
        let mut runner = TestRunner::new(Config {
            failure_persistence: None,
            ..Config::default()
        });
        runner
            .run(&strategy, |(variables, body)| {
                let mut environ = Environ::new();
                let mut expected = Vec::new();
                let mut part = |octets: &[u8]| {
                    expected.extend(u32::try_from(octets.len()).unwrap().to_le_bytes());
                    expected.extend_from_slice(octets);
                };
                for (name, value) in &variables {
                    environ.set(name, value);
                    part(name.as_bytes());
                    part(value);
                }
                match &body {
                    Some(body) => part(&[&b"bytes "[..], body].concat()),
                    None => part(b"None"),
                }
                let payload = environ.payload(body.as_deref());
                let length = u32::try_from(payload.len()).unwrap().to_le_bytes();
                (&questions)
                    .write_all(&[&length[..], &payload].concat())
                    .unwrap();
                let mut length = [0; 4];
                (&answers).read_exact(&mut length).unwrap();
                let mut answer = vec![0; usize::try_from(u32::from_le_bytes(length)).unwrap()];
                (&answers).read_exact(&mut answer).unwrap();
                prop_assert_eq!(answer, expected);
                Ok(())
            })
            .unwrap();
        drop(questions);
        assert!(reader.wait().unwrap().success());
    }
}
