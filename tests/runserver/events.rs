//! Event streams: who gets one, what it tells, when it ends.

use std::{path::Path, time::Duration};

use rstest::rstest;
use rustix::process::{Signal, kill_process};
use scaffold::serve::{Limits, Settings};

use super::{
    front::{ENDLESS, Front},
    serve_app,
};
use crate::support::{Client, Response, Serve, Server, client::exchange};

/// A project that cannot be loaded, and one that can.
const BROKEN: &str = "raise ValueError('first')\n";
const MENDED: &str = "\
def application(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'mended']
";

/// A server that has no application to serve.
fn broken() -> Server {
    Serve::new()
        .file("app.py", BROKEN)
        .args(["--app", "app:application"])
        .start()
}

/// The page of a problem, and the moment that it was made at.
fn page(server: &Server) -> (Response, String) {
    let response = exchange("GET", &server.url("/"), "Accept: text/html\r\n", b"");
    let moment = moment(response.text());
    (response, moment)
}

/// The moment in a page.
pub(super) fn moment(page: &str) -> String {
    let (_, rest) = page.split_once("data-at=\"").expect("a moment");
    rest.split('"').next().unwrap().to_owned()
}

/// One event stream.
struct Stream {
    client: Client,
    received: String,
}

/// One event of it.
#[derive(Debug, PartialEq, Eq)]
struct Event {
    name: String,
    id: String,
    data: serde_json::Value,
}

impl Stream {
    fn open(mut client: Client, query: &str) -> Self {
        client.send(format!(
            "GET /__scaffold__/events?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        ));
        let head = client.head();
        assert_eq!(head.status, 200);
        assert_eq!(head.header("Content-Type"), Some("text/event-stream"));
        assert_eq!(head.header("Cache-Control"), Some("no-store"));
        assert_eq!(head.header("Access-Control-Allow-Origin"), None);
        let received = String::new();
        Self { client, received }
    }

    /// The next event; none at the end of the stream.
    fn next(&mut self) -> Option<Event> {
        loop {
            while let Some((message, rest)) = self.received.split_once("\n\n") {
                let value = |name: &str| {
                    let line = message.lines().find_map(|line| line.strip_prefix(name));
                    line.unwrap_or_default().to_owned()
                };
                let event = Event {
                    name: value("event: "),
                    id: value("id: "),
                    data: serde_json::from_str(&value("data: ")).unwrap_or_default(),
                };
                self.received = rest.to_owned();
                if !event.name.is_empty() {
                    return Some(event);
                }
            }
            let block = self.client.block()?;
            self.received.push_str(str::from_utf8(&block).unwrap());
        }
    }

    #[track_caller]
    fn expect(&mut self, name: &str) -> Event {
        let event = self.next().expect("an event");
        assert_eq!(event.name, name, "{event:?}");
        event
    }
}

/// Asks until a request is answered with this text: a failure is shown for a second before a
/// request tries again.
fn wait_for_text(server: &Server, text: &str) {
    while !server.get("/").text().contains(text) {}
}

#[test]
fn a_page_of_a_problem_hears_of_the_next_one_and_of_its_end() {
    let server = broken();
    let (response, moment) = page(&server);
    assert_eq!(response.status, 500);
    let mut stream = Stream::open(server.connect(), &format!("at={moment}&problem=1"));
    let mut other = Stream::open(server.connect(), &format!("at={moment}"));
    server
        .sandbox()
        .write("app.py", "raise ValueError('<second>')\n");
    wait_for_text(&server, "<second>");
    let failed = stream.expect("failed");
    let shown = failed.data["page"].as_str().unwrap();
    assert!(
        shown.contains("ValueError: &lt;second&gt;") && !shown.contains("<html"),
        "{shown}"
    );
    // Pages of the application are only told.
    assert_eq!(other.expect("failed").data, serde_json::json!({}));
    server.sandbox().write("app.py", MENDED);
    wait_for_text(&server, "mended");
    let ready = stream.expect("ready");
    assert!(other.expect("ready").id == ready.id && ready.id != failed.id);
    // One that was cut off goes on where it was.
    let mut late = server.connect();
    late.send(format!(
        "GET /__scaffold__/events?at={moment} HTTP/1.1\r\nHost: localhost\r\n\
         Last-Event-ID: {}\r\n\r\n",
        failed.id
    ));
    late.head();
    let mut late = Stream {
        client: late,
        received: String::new(),
    };
    assert_eq!(late.expect("ready").id, ready.id);
}

/// A stream asks for no new attempt, and the same failure is no news.
#[test]
fn a_failure_that_stays_the_same_is_not_told_again() {
    let server = broken();
    let (_, moment) = page(&server);
    let mut stream = Stream::open(server.connect(), &format!("at={moment}&problem=1"));
    let again = "still cannot be loaded, as before";
    while !server.output().contains(again) {
        assert_eq!(server.get("/").status, 500);
    }
    server.sandbox().write("app.py", MENDED);
    wait_for_text(&server, "mended");
    stream.expect("ready");
}

#[test]
fn a_page_of_another_server_is_to_be_loaded_anew() {
    let server = serve_app();
    let token = "0".repeat(32);
    for query in ["", "at=", "at=1", &format!("at={token}.0")] {
        let mut stream = Stream::open(server.connect(), query);
        stream.expect("stale");
        assert_eq!(stream.next(), None);
    }
}

#[rstest]
#[case("Host: evil.example\r\n")]
#[case("Host: localhost\r\nOrigin: http://evil.example\r\n")]
#[case("Host: localhost\r\nOrigin: null\r\n")]
#[case("Host: localhost\r\nSec-Fetch-Site: cross-site\r\n")]
fn foreign_pages_are_refused(#[case] headers: &str) {
    let server = broken();
    let (_, moment) = page(&server);
    let mut client = server.connect();
    client.send(format!(
        "GET /__scaffold__/events?at={moment} HTTP/1.1\r\n{headers}\r\n"
    ));
    assert_eq!(client.response().status, 403);
    client.expect_close();
    server.wait_for_output(&format!("at={moment} HTTP/1.1\" 403 "));
}

#[rstest]
#[case("POST", "/__scaffold__/events")]
#[case("HEAD", "/__scaffold__/events")]
#[case("GET", "/__scaffold__/events/")]
#[case("GET", "/__scaffold__/live.js")]
#[case("GET", "/__scaffold__/")]
fn everything_else_is_the_applications(#[case] method: &str, #[case] path: &str) {
    let server = Serve::new()
        .file("app.py", MENDED)
        .args(["--app", "app:application"])
        .start();
    let response = exchange(method, &server.url(path), "", b"");
    assert_eq!(response.status, 200);
    assert_eq!(response.header("Content-Type"), Some("text/plain"));
}

#[test]
fn streams_do_without_the_application_and_are_not_logged() {
    let mut server = serve_app();
    let raised = exchange(
        "GET",
        &server.url("/raise-before"),
        "Accept: text/html\r\n",
        b"",
    );
    let moment = moment(raised.text());
    let mut stream = Stream::open(server.connect(), &format!("at={moment}"));
    // The worker's death is no news.
    let worker = server.worker_pids()[0];
    kill_process(worker, Signal::KILL).unwrap();
    server.wait_gone(worker, Duration::from_secs(10));
    while server.get("/").status != 200 {}
    server.signal(Signal::INT);
    assert_eq!(stream.next(), None);
    assert!(server.wait_exit(Duration::from_secs(10)).success());
    assert!(!server.output().contains("events"), "{}", server.output());
}

#[test]
fn there_are_only_so_many_streams() {
    let server = broken();
    let (_, moment) = page(&server);
    let query = format!("at={moment}");
    let mut streams: Vec<_> = (0..64)
        .map(|_| Stream::open(server.connect(), &query))
        .collect();
    let url = server.url(&format!("/__scaffold__/events?{query}"));
    assert_eq!(exchange("GET", &url, "", b"").status, 503);
    // One that goes makes room for another.
    drop(streams.pop());
    let mut client = loop {
        let mut client = server.connect();
        client.send(format!(
            "GET /__scaffold__/events?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        ));
        if client.head().status == 200 {
            break client;
        }
    };
    assert!(client.block().is_some());
}

#[test]
fn a_quiet_stream_gives_signs_of_life() {
    let mut front = Front::start_with(Settings {
        live_reload: true,
        limits: Limits {
            heartbeat: Duration::from_millis(10),
            ..ENDLESS
        },
        ..Settings::default()
    });
    front.answer_all(|_| ("text/html".into(), "<!doctype html>".into()));
    let moment = moment(front.connect().get("/").text());
    let mut stream = Stream::open(front.connect(), &format!("at={moment}"));
    let mut received = Vec::new();
    while !received.ends_with(b"\n\n:\n\n:\n\n") {
        received.extend(stream.client.block().expect("the stream goes on"));
    }
    front.notifier().changed([Path::new("a.html")]);
    stream.expect("change");
    // What a client sends more ends it.
    stream.client.send("GET / HTTP/1.1\r\n");
    assert_eq!(stream.next(), None);
}

/// What the server itself is told, as the reloader tells it.
#[test]
fn new_code_and_changed_files_are_told() {
    let mut front = Front::start_with(Settings {
        live_reload: true,
        ..Settings::default()
    });
    front.answer_all(|_| {
        let page = "<!doctype html><title>a</title>";
        ("text/html".into(), page.into())
    });
    let moment = moment(front.connect().get("/").text());
    let mut stream = Stream::open(front.connect(), &format!("at={moment}"));
    let notifier = front.notifier();
    notifier.ready(1);
    notifier.changed([Path::new("/project/static/one.css")]);
    assert_eq!(stream.expect("style").data, serde_json::json!(["one.css"]));
    notifier.changed([Path::new("two.css"), Path::new("a.js")]);
    stream.expect("change");
    notifier.ready(1);
    notifier.ready(2);
    stream.expect("ready");
    // A page that comes now has nothing to hear of that.
    let moment = self::moment(front.connect().get("/").text());
    let mut stream = Stream::open(front.connect(), &format!("at={moment}"));
    notifier.changed([Path::new("three.css")]);
    stream.expect("style");
}
