//! The cases of `cases/`: a table of what the standard asks of a server, each with an application
//! and the requests that show it. It is meant to be read, and counted, as a whole.

use std::{collections::BTreeMap, io};

use serde_json::Value;

use crate::support::{Client, Response, Serve, Server, pythons};

/// The applications and the table, which each case is a part of.
const FILES: [(&str, &str); 7] = [
    ("__init__.py", include_str!("cases/__init__.py")),
    ("bodies.py", include_str!("cases/bodies.py")),
    ("closing.py", include_str!("cases/closing.py")),
    ("errors.py", include_str!("cases/errors.py")),
    ("reading.py", include_str!("cases/reading.py")),
    ("starting.py", include_str!("cases/starting.py")),
    ("variables.py", include_str!("cases/variables.py")),
];

/// The points of the checklist that no case can show, because a client has to wait for something
/// in the middle: tests of their own are about them.
const ELSEWHERE: [i64; 2] = [12, 23];

/// Every case of the table passes, with the oldest and the newest Python: points 1 to 35.
#[test]
fn every_case_passes_with_the_oldest_and_the_newest_python() {
    let (oldest, newest) = (pythons().first().unwrap(), pythons().last().unwrap());
    for python in [oldest, newest] {
        let mut serve = Serve::new();
        for (name, contents) in FILES {
            serve = serve.file(format!("cases/{name}"), contents);
        }
        let server = serve
            .args(["--app", "cases:application"])
            .python(python)
            .start();
        let table = server.get("/cases");
        assert_eq!(table.status, 200, "{}", table.text());
        let table: Value = serde_json::from_slice(&table.body).unwrap();
        let cases = table.as_array().unwrap();
        let mut failures = Vec::new();
        let mut passed = BTreeMap::<&str, (usize, usize)>::new();
        for case in cases {
            let count = passed.entry(text(case, "level")).or_default();
            count.1 += 1;
            match run(&server, case) {
                Ok(()) => count.0 += 1,
                Err(wrong) => failures.push(format!(
                    "{} ({} {}: {}): {wrong}",
                    text(case, "name"),
                    case["point"],
                    text(case, "level"),
                    text(case, "says"),
                )),
            }
        }
        // Nothing is closed a second time later.
        for case in cases {
            if let Some(expected) = case["expected"]["closed"].as_u64() {
                let name = text(case, "name");
                let closed = server.get(&format!("/closed/{name}")).text().to_owned();
                if closed != expected.to_string() {
                    failures.push(format!("{name}: closed {closed} times"));
                }
            }
        }
        eprintln!("{python}, passed of all: {passed:?}");
        assert!(
            failures.is_empty(),
            "{python}, passed of all: {passed:?}\n{}",
            failures.join("\n")
        );
        for point in 1..=35 {
            assert!(
                ELSEWHERE.contains(&point) || cases.iter().any(|case| case["point"] == point),
                "no case is about point {point}"
            );
        }
    }
}

/// Runs one case; an error says what was not as expected.
fn run(server: &Server, case: &Value) -> Result<(), String> {
    let expected = &case["expected"];
    let mark = server.mark();
    let ticks = expected["ticks"]
        .as_u64()
        .map(|ticks| ticks + count_ticks(server));
    let mut client = server.connect();
    let requests: Vec<&str> = case["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|request| request.as_str().unwrap())
        .collect();
    let (last, before) = requests.split_last().unwrap();
    for request in before {
        send(&mut client, request);
        let response = client.try_response().map_err(|error| error.to_string())?;
        if response.status >= 400 {
            return Err(format!("the first answer is {response:?}"));
        }
    }
    send(&mut client, last);
    let response = receive(&mut client, last.starts_with("HEAD "));
    if expected["broken"] == true {
        match response {
            Ok(response) => return Err(format!("it looks complete: {response:?}")),
            Err(error) if is_broken_off(&error) => {}
            Err(error) => return Err(format!("it is malformed: {error}")),
        }
    } else {
        let response = response.map_err(|error| format!("no complete answer: {error}"))?;
        compare(&response, expected)?;
        let closes = expected["closes"] == true
            || last.contains(" HTTP/1.0\r\n")
                && response.header("Connection") != Some("keep-alive");
        follow(client, closes)?;
    }
    if let Some(closed) = expected["closed"].as_u64() {
        let answer = server.get(&format!("/closed/{}", text(case, "name")));
        if answer.text() != closed.to_string() {
            return Err(format!("closed {} times", answer.text()));
        }
    }
    if let Some(log) = expected["log"].as_str() {
        server.wait_for_output_since(mark, log);
        if ticks.is_some_and(|ticks| ticks != count_ticks(server)) {
            return Err("the text is not whole".to_owned());
        }
    }
    Ok(())
}

fn count_ticks(server: &Server) -> u64 {
    server.output().matches('`').count() as u64
}

fn compare(response: &Response, expected: &Value) -> Result<(), String> {
    let shown = || format!("the answer is {response:?}");
    let error = expected["error"].as_str();
    let status = expected["status"]
        .as_u64()
        .unwrap_or(if error.is_some() { 500 } else { 200 });
    if u64::from(response.status) != status {
        return Err(shown());
    }
    let body: String = response.body.iter().copied().map(char::from).collect();
    if expected["body"]
        .as_str()
        .is_some_and(|wanted| wanted != body)
    {
        return Err(shown());
    }
    for (name, value) in expected["headers"].as_object().into_iter().flatten() {
        if response.header_all(name) != value.as_str().into_iter().collect::<Vec<_>>() {
            return Err(format!("{name} is wrong: {}", shown()));
        }
    }
    if error.is_some_and(|error| !body.contains(error)) {
        return Err(shown());
    }
    if expected["here"] == true && !last_line(&body).ends_with("# here") {
        return Err(format!("the traceback ends elsewhere: {body}"));
    }
    Ok(())
}

/// The line of code that a traceback ends with.
fn last_line(traceback: &str) -> &str {
    let mut lines = traceback.lines().rev();
    let mut code = "";
    for line in &mut lines {
        if line.starts_with("  File \"") {
            break;
        }
        code = line;
    }
    code
}

/// The connection can be used for the next request, or ends, with nothing in between.
fn follow(mut client: Client, closes: bool) -> Result<(), String> {
    if closes {
        return match client.rest() {
            Ok(rest) if rest.is_empty() => Ok(()),
            other => Err(format!("not the end of the connection: {other:?}")),
        };
    }
    send(
        &mut client,
        "GET /alive HTTP/1.1\r\nHost: localhost\r\n\r\n",
    );
    match client.try_response() {
        Ok(response) if response.text() == "\"alive\"" => Ok(()),
        other => Err(format!("the next answer is {other:?}")),
    }
}

fn receive(client: &mut Client, is_head: bool) -> io::Result<Response> {
    if is_head {
        Ok(client.response_to_head())
    } else {
        client.try_response()
    }
}

fn is_broken_off(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof
    )
}

/// Sends the octets that the characters of the table stand for.
fn send(client: &mut Client, request: &str) {
    client.send(request.chars().map(|c| c as u8).collect::<Vec<u8>>());
}

fn text<'a>(case: &'a Value, name: &str) -> &'a str {
    case[name].as_str().unwrap()
}
