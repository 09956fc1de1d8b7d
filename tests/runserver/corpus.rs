//! Requests that must be refused, and requests that must not: `corpus/refused.txt` and
//! `corpus/accepted.txt`, which say how they are to be read.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{Response, Serve, Server};

const REFUSED: &str = include_str!("corpus/refused.txt");
const ACCEPTED: &str = include_str!("corpus/accepted.txt");
const APP: &str = include_str!("corpus/app.py");

/// One case: its title, what is sent, and the lines about what is expected.
struct Case {
    title: String,
    octets: Vec<u8>,
    expected: Vec<String>,
}

/// What the application saw of a request.
type Seen = BTreeMap<String, String>;

#[test]
fn what_breaks_the_rules_is_refused() {
    let server = serve();
    let cases = cases(REFUSED);
    assert!(cases.len() >= 60, "only {} cases were read", cases.len());
    let (mut wrong, mut called) = (Vec::new(), 0);
    for case in &cases {
        let found = refused(&server, case);
        // This request calls it once.
        let before = called + 1;
        called = calls(&server.get("/"));
        let called = (called > before).then(|| "the application was called".to_owned());
        if let Some(found) = found.err().or(called) {
            wrong.push(format!("{}: {found}", case.title));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_unusual_and_valid_is_accepted() {
    let server = serve();
    let cases = cases(ACCEPTED);
    assert!(cases.len() >= 50, "only {} cases were read", cases.len());
    let wrong: Vec<_> = cases
        .iter()
        .filter_map(|case| {
            let found = accepted(&server, case).err()?;
            Some(format!("{}: {found}", case.title))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn serve() -> Server {
    Serve::new()
        .file("app.py", APP)
        .args(["--app", "app:application"])
        .start()
}

/// Sends a request that must be refused, and another one behind it.
fn refused(server: &Server, case: &Case) -> Result<(), String> {
    let (status, _) = case.title.split_once(' ').unwrap();
    let mut client = server.connect();
    // The server may close before it has everything.
    let _ = client.try_send(&case.octets);
    if status != "none" {
        let _ = client.try_send("GET /inner HTTP/1.1\r\nHost: localhost\r\n\r\n");
        let response = client.try_response().map_err(|error| error.to_string())?;
        if response.status.to_string() != status {
            return Err(format!("{} {}", response.status, response.text()));
        }
        if response.header("Connection") != Some("close") {
            return Err("the connection is not said to be closed".to_owned());
        }
    }
    client.finish_sending();
    match client.rest() {
        Ok(rest) if rest.is_empty() => Ok(()),
        Ok(rest) => Err(format!("answered: {}", String::from_utf8_lossy(&rest))),
        // Octets that the server had not read turn its close into a reset.
        Err(_) => Ok(()),
    }
}

/// Sends requests that must be accepted, and compares what the application saw of the last.
fn accepted(server: &Server, case: &Case) -> Result<(), String> {
    let mut expected = Expected::default();
    for line in &case.expected {
        expected.add(line);
    }
    let mut client = server.connect();
    client.send(&case.octets);
    let mut seen = Seen::new();
    for _ in 0..expected.answers {
        let response = client.try_response().map_err(|error| error.to_string())?;
        if response.status != 200 {
            return Err(format!("{} {}", response.status, response.text()));
        }
        seen = self::seen(&response);
    }
    let of_request = |name: &str| {
        name.starts_with("HTTP_")
            || name.starts_with("CONTENT_")
            || expected.seen.contains_key(name)
    };
    seen.retain(|name, _| of_request(name));
    if seen != expected.seen {
        return Err(format!("seen {seen:?}\n    expected {:?}", expected.seen));
    }
    if expected.closes {
        client.expect_close();
    } else if calls(&client.get("/")) == 0 {
        return Err("the application was not called again".to_owned());
    }
    Ok(())
}

/// What the application must see, and what the connection must do.
struct Expected {
    seen: Seen,
    answers: usize,
    closes: bool,
}

impl Default for Expected {
    fn default() -> Self {
        let seen = [
            ("REQUEST_METHOD", "GET"),
            ("PATH_INFO", "/"),
            ("QUERY_STRING", ""),
            ("SERVER_PROTOCOL", "HTTP/1.1"),
            ("HTTP_HOST", "localhost"),
            ("body", ""),
        ];
        Self {
            seen: seen.map(|(name, value)| (name.into(), value.into())).into(),
            answers: 1,
            closes: false,
        }
    }
}

impl Expected {
    fn add(&mut self, line: &str) {
        // A name may have any of these characters, `=` excepted.
        match (line, line.split_once('=')) {
            ("close", _) => self.closes = true,
            (_, Some(("answers", number))) => self.answers = number.parse().unwrap(),
            (_, Some((name, value))) => {
                let value = unescaped(value).into_iter().map(char::from).collect();
                self.seen.insert(name.to_owned(), value);
            }
            (_, None) => {
                let name = line.strip_prefix('!').expect("an expectation");
                self.seen
                    .remove(name)
                    .expect("what is not there by default");
            }
        }
    }
}

fn seen(response: &Response) -> Seen {
    let answer: Value = serde_json::from_slice(&response.body).unwrap();
    serde_json::from_value(answer["seen"].clone()).unwrap()
}

fn calls(response: &Response) -> u64 {
    let answer: Value = serde_json::from_slice(&response.body).unwrap();
    answer["calls"].as_u64().unwrap()
}

/// Reads a corpus; what stands before the first case is for people.
fn cases(text: &str) -> Vec<Case> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let cases = text.split("\n=== ").skip(1);
    cases
        .map(|text| {
            let mut lines = text.split('\n');
            let title = lines.next().unwrap().to_owned();
            let (mut octets, mut expected) = (Vec::new(), Vec::new());
            for line in lines {
                match (line.strip_prefix("--- "), line.strip_suffix('\\')) {
                    (Some(line), _) => expected.push(line.to_owned()),
                    (None, Some(line)) if !line.ends_with('\\') => octets.extend(unescaped(line)),
                    (None, _) => {
                        octets.extend(unescaped(line));
                        octets.extend(b"\r\n");
                    }
                }
            }
            Case {
                title,
                octets,
                expected,
            }
        })
        .collect()
}

/// The octets that a line means.
fn unescaped(line: &str) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut rest = line;
    while let Some((before, escape)) = rest.split_once('\\') {
        octets.extend(before.bytes());
        let kind = escape.chars().next().expect("an escape");
        rest = &escape[1..];
        match kind {
            'r' => octets.push(b'\r'),
            'n' => octets.push(b'\n'),
            't' => octets.push(b'\t'),
            '0' => octets.push(0),
            '\\' => octets.push(b'\\'),
            'x' => {
                octets.push(u8::from_str_radix(&rest[..2], 16).unwrap());
                rest = &rest[2..];
            }
            '{' => {
                let (inner, after) = rest.split_once('}').expect("the end of a repetition");
                let (times, text) = inner.split_once(':').expect("a repetition");
                octets.extend(unescaped(text).repeat(times.parse().unwrap()));
                rest = after;
            }
            other => panic!("the escape \\{other} in {line:?}"),
        }
    }
    octets.extend(rest.bytes());
    octets
}
