//! The access log: Django's lines in Django's colours, the other formats, and what stands there
//! that is no request.

use std::{net::SocketAddr, time::Duration};

use rstest::rstest;
use scaffold::serve::{AccessLog, Entry, LogFormat, Palette};
use serde_json::{Value, json};

use super::{APP, app_server};
use crate::support::{Serve, Server, Test, ask_django};

const ORACLE: &str = include_str!("access_log.py");

/// Colours for terminals of all kinds, and what makes no sense.
const COLORS: [&str; 24] = [
    "",
    "dark",
    "light",
    "nocolor",
    "Light",
    "dark;light",
    "light;nocolor",
    "nocolor;dark",
    "none",
    ";",
    "error=yellow/blue,blink;http_success=green",
    "http_success=green;http_not_found=red/white,bold,underscore",
    "light;http_info=black,reverse;http_redirect=cyan/magenta",
    "HTTP_Not_Modified=BLUE",
    "http_bad_request=white/red,noreset,conceal,blink",
    "http_server_error=,bold",
    "http_server_error=/yellow",
    "dark;http_server_error=",
    "dark;http_server_error=purple",
    "dark;http_server_error=purple/red",
    "dark;http_server_error=red/purple/blue,bold,bold",
    "dark;http_server_error= red",
    "http_success=green;unknown=red",
    "error=red",
];

const STATUSES: [u16; 14] = [
    100, 101, 200, 204, 301, 304, 308, 400, 403, 404, 499, 500, 503, 599,
];

/// Our line, without its date and its time.
fn ours(colors: &str, request_line: &str, status: u16) -> String {
    let log = AccessLog::new(LogFormat::Django, Palette::of_setting(colors));
    let octets: Vec<u8> = request_line.chars().map(|it| it as u8).collect();
    let client = SocketAddr::from(([127, 0, 0, 1], 7));
    // As the server does.
    if octets.starts_with(b"\x16\x03") {
        log.over_https(client);
    } else {
        log.add(&Entry {
            client,
            request_line: &octets,
            status,
            size: 12,
            took: Duration::from_millis(12),
        });
    }
    let mut lines = Vec::new();
    assert!(log.take(&mut lines));
    let line = String::from_utf8(lines).unwrap();
    let (_, rest) = line.split_once("] ").unwrap();
    let rest = rest.strip_suffix('\n').unwrap();
    rest.strip_suffix(" 12ms").unwrap_or(rest).to_owned()
}

#[test]
fn lines_and_colours_are_djangos() {
    let mut cases = Vec::new();
    for colors in COLORS {
        for status in STATUSES {
            cases.push((colors, "GET /a?b=%20 HTTP/1.1", status));
        }
    }
    cases.push(("", "\x16\x03\x01\x02", 400));
    cases.push(("light", "\x16\x03\x01\x02", 400));
    let odd: String = (0..=255).map(char::from).collect();
    cases.push(("nocolor", &odd, 400));
    let django: Vec<String> = ask_django(ORACLE, &cases);
    assert_eq!(django.len(), cases.len());
    for ((colors, request_line, status), django) in cases.into_iter().zip(django) {
        let django = django.strip_prefix("[20/Nov/2026 19:01:27] ").unwrap();
        // Django begins and ends a colour where there is none, which shows nothing.
        let shown = match django.strip_prefix("\x1b[m") {
            Some(plain) => plain.strip_suffix("\x1b[0m").unwrap(),
            None => django,
        };
        assert_eq!(
            ours(colors, request_line, status),
            shown,
            "{colors:?} {status}"
        );
    }
}

/// The line with this text, once it is printed.
fn line_with(server: &Server, text: &str) -> String {
    server.wait_for_output(text);
    let at = server.output().find(text).unwrap();
    server.wait_for_output_since(at, "\n");
    let output = server.output();
    output
        .lines()
        .find(|it| it.contains(text))
        .unwrap()
        .to_owned()
}

fn matches(pattern: &str, line: &str) {
    let whole = regex::Regex::new(&format!("^{pattern}$")).unwrap();
    assert!(whole.is_match(line), "{line:?} does not match {pattern}");
}

#[test]
fn a_line_is_djangos_and_the_time_that_the_request_took() {
    let server = app_server().start();
    server.get("/?a=b");
    matches(
        r#"\[\d\d/[A-Z][a-z]{2}/\d{4} \d\d:\d\d:\d\d\] "GET /\?a=b HTTP/1\.1" 200 14 \d+(\.\d)?ms"#,
        &line_with(&server, "/?a=b"),
    );
}

#[test]
fn the_time_is_that_of_the_whole_request() {
    let server = app_server().start();
    let mark = server.mark();
    let mut client = server.connect();
    client.send("GET /stepwise HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(client.head().status, 200);
    let before = std::time::Instant::now();
    // For some time, which is measured here as there.
    while before.elapsed() < Duration::from_millis(40) {
        server.get("/");
    }
    server.get("/go");
    while client.block().is_some() {}
    server.wait_for_output_since(mark, "\"GET /stepwise HTTP/1.1\" 200 11 ");
    let output = server.output();
    let (_, took) = output
        .split_once("\"GET /stepwise HTTP/1.1\" 200 11 ")
        .unwrap();
    let took: f64 = took.split("ms").next().unwrap().parse().unwrap();
    assert!(took >= 40.0, "{took}");
}

#[rstest]
#[case(&["--log-format", "common"], "")]
#[case(&["--log-form=common"], "log-format = 'json'")]
#[case(&[], "log-format = 'common'")]
fn the_common_log_format(#[case] args: &[&str], #[case] configured: &str) {
    let server = configured_server(configured)
        .args(args.iter().copied())
        .start();
    server.get("/?a=b");
    matches(
        r#"127\.0\.0\.1 - - \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "GET /\?a=b HTTP/1\.1" 200 14"#,
        &line_with(&server, "/?a=b"),
    );
}

/// The application, with a line in the project's file.
fn configured_server(line: &str) -> Serve {
    app_server().file("pyproject.toml", format!("[tool.scaffold]\n{line}\n"))
}

#[test]
fn json_lines() {
    let server = configured_server("").args(["--log-format", "json"]).start();
    server.get("/?a=b");
    let mut client = server.connect();
    let port = client.local_addr().port();
    client.send("\x00\"\\\r\n\r\n");
    assert_eq!(client.response().status, 400);
    let object = |text: &str| -> Value { serde_json::from_str(&line_with(&server, text)).unwrap() };
    let request = object("\"query\":\"a=b\"");
    matches(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d",
        request["time"].as_str().unwrap(),
    );
    assert!(request["duration_ms"].as_f64().unwrap() > 0.0, "{request}");
    for (key, value) in [
        ("level", json!("INFO")),
        ("remote", json!("127.0.0.1")),
        ("method", json!("GET")),
        ("path", json!("/")),
        ("query", json!("a=b")),
        ("protocol", json!("HTTP/1.1")),
        ("status", json!(200)),
        ("size", json!(14)),
    ] {
        assert_eq!(request[key], value, "{key} of {request}");
    }
    let malformed = object(&format!("\"port\":{port},"));
    assert_eq!(malformed["request"], "\0\"\\");
    assert_eq!(malformed["status"], 400);
    assert_eq!(malformed["port"], port);
}

#[test]
fn an_unknown_format_is_refused() {
    Test::new()
        .file("app.py", APP)
        .args([
            "runserver",
            "--app",
            "app:application",
            "--log-format",
            "xml",
        ])
        .stderr_contains("[possible values: django, common, json]")
        .status(2)
        .run();
}

/// Django's own server decides by its standard output.
#[rstest]
#[case("", "\x1b[33m\"GET /missing-404 HTTP/1.1\"")]
#[case("light", "\x1b[31m\"GET /missing-404 HTTP/1.1\"")]
#[case("nocolor", "] \"GET /missing-404 HTTP/1.1\"")]
fn the_terminal_is_coloured_as_the_user_says(#[case] colors: &str, #[case] line: &str) {
    let server = Serve::new()
        .file("app.py", "def application(environ, start_response):\n    start_response('404 Not Found', [])\n    return []\n")
        .args(["--app", "app:application", "--force-color"])
        .env("DJANGO_COLORS", colors)
        .start();
    server.get("/missing-404");
    server.wait_for_output(line);
}

#[test]
fn without_colours_there_are_none() {
    let server = app_server()
        .args(["--no-color"])
        .env("DJANGO_COLORS", "http_success=red")
        .start();
    server.get("/");
    server.wait_for_output("] \"GET / HTTP/1.1\" 200 14 ");
    assert!(!server.output().contains('\x1b'));
}
