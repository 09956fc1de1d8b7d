//! Requests, responses, and what is printed of them.

use rustix::process::Signal;

use super::{STOPPING, library, package};
use crate::support::{is_gone, post};

#[test]
fn a_project_is_served() {
    let package = package("served", "hello");
    let mut server = package.serve().start();
    let response = server.get("/");
    assert_eq!((response.status, response.text()), (200, "hello"));
    assert_eq!(response.header("content-length"), Some("5"));
    assert!(
        response
            .header("server")
            .is_some_and(|it| it.starts_with("scaffold/"))
    );
    assert_eq!(server.get("/nowhere").status, 404);
    server.wait_for_output("\"GET / HTTP/1.1\" 200 5");
    server.wait_for_output("\"GET /nowhere HTTP/1.1\" 404 12");
    let printed = server.stdout();
    assert!(
        printed.contains(
            "Rust application my_site::wsgi::application\nStarting development server at http://"
        ),
        "{printed}"
    );
    let runners = server.worker_pids();
    assert_eq!(runners.len(), 1);
    server.signal(Signal::INT);
    assert!(server.wait_exit(STOPPING).success());
    assert!(is_gone(runners[0]));
}

/// The environment of one of several sites is there when it is built, as when it runs.
#[test]
fn a_site_is_built_with_its_environment() {
    let package = package("environment", "");
    let library = "pub mod wsgi;\npub const TEXT: &str = env!(\"OF_THE_SITE\");\n";
    package.write("src/lib.rs", library);
    let file = "[sites.a]\npath = '.'\nenvironment = { OF_THE_SITE = 'built with it' }\n";
    package.write("scaffold.sites.toml", file);
    let serve = package.serve().args(["--sites", "scaffold.sites.toml"]);
    let server = serve.start();
    server.wait_for_output("a | Rust application my_site::wsgi::application\n");
    let mut client = server.connect();
    client.send("GET / HTTP/1.1\r\nHost: a.localhost\r\n\r\n");
    assert_eq!(client.response().text(), "built with it");
}

/// Both are built at the same time, in one place.
#[test]
fn sites_of_one_package_are_not_taken_for_each_other() {
    let package = package("twofold", "");
    let library = "pub mod wsgi;\npub const TEXT: &str = env!(\"OF_THE_SITE\");\n\
                   pub fn other() -> wsgi::Site { panic!(\"the other one\") }\n\
                   pub mod two { pub const WSGI_APPLICATION: &str = \"my_site::other\"; }\n";
    package.write("src/lib.rs", library);
    let site = |name: &str, keys: &str| {
        format!("[sites.{name}]\npath = '.'\nenvironment = {{ OF_THE_SITE = '{name}' }}\n{keys}")
    };
    let file = site("a", "") + &site("b", "") + &site("c", "settings = 'my_site::two'\n");
    package.write("scaffold.sites.toml", &file);
    let serve = package.serve().args(["--sites", "scaffold.sites.toml"]);
    let server = serve.start();
    for site in ["a", "b", "c"] {
        server.wait_for_output(&format!("{site} | Starting development server at "));
    }
    let get = |site: &str| {
        let mut client = server.connect();
        client.send(format!("GET / HTTP/1.1\r\nHost: {site}.localhost\r\n\r\n"));
        client.response()
    };
    assert_eq!(
        ["a", "b"].map(|site| get(site).text().to_owned()),
        ["a", "b"]
    );
    let failed = get("c");
    assert_eq!(failed.status, 500);
    assert!(failed.text().contains("the other one"), "{}", failed.text());
}

#[test]
fn a_stop_from_the_terminal_is_no_fault_of_the_application() {
    let mut server = package("stopped", "hello").serve().start();
    assert_eq!(server.get("/").text(), "hello");
    // As Ctrl-C does.
    server.signal_all(Signal::INT);
    assert!(server.wait_exit(STOPPING).success());
    assert!(!server.output().contains("killed"), "{}", server.output());
}

#[test]
fn bodies_go_up_and_down() {
    let server = package("bodies", "").serve().start();
    let long: Vec<u8> = (0..5_000_000_u32)
        .map(|number| number.to_le_bytes()[0])
        .collect();
    let response = post(&server.url("/echo"), "application/octet-stream", &long);
    assert_eq!(response.status, 200);
    assert!(response.body == long);
    // On one connection, in chunks, which come back before the body has ended.
    let mut client = server.connect();
    client.send(
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    );
    assert_eq!(client.head().status, 200);
    assert_eq!(client.block().unwrap(), b"abc");
    client.send("2\r\nde\r\n0\r\n\r\n");
    assert_eq!(client.block().unwrap(), b"de");
    assert_eq!(client.block(), None);
    client.expect_close();
    let mut client = server.connect();
    assert_eq!(client.get("/echo").body, b"");
    client.send("POST /read HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    assert_eq!(client.head().status, 100);
    client.send("ok");
    assert_eq!(client.response().text(), "ok");
}

#[test]
fn a_request_arrives_as_it_was_sent_but_for_what_is_between_two_hops() {
    let server = package("arrives", "").serve().start();
    let mut client = server.connect();
    client.send(
        "GET /request?a=%20b&c HTTP/1.1\r\nHost: localhost\r\nX-One: 1\r\nX_Two: 2\r\nX-One: 3\r\n\
         Cookie: a=b\r\nConnection: keep-alive, X-Hop\r\nX-Hop: secret\r\nTE: trailers\r\n\
         Upgrade: h2c\r\nScaffold-Failure: panic\r\n\r\n",
    );
    let response = client.response();
    let mut lines: Vec<_> = response.text().lines().collect();
    assert_eq!(lines.remove(0), "GET /request?a=%20b&c");
    lines.sort_unstable();
    let expected = [
        "cookie: a=b",
        "host: localhost",
        "scaffold-failure: panic",
        "x-one: 1",
        "x-one: 3",
        "x_two: 2",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn what_is_no_request_does_not_arrive() {
    let server = package("strict", "").serve().start();
    let mut client = server.connect();
    client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n");
    assert_eq!(client.response().status, 400);
    let mut client = server.connect();
    client.send("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    assert_eq!(client.response().status, 403);
    // A chunk that is none ends the request.
    let mut client = server.connect();
    client.send(
        "POST /request HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    );
    let _ = client.rest();
    assert_eq!(server.get("/").status, 200);
}

#[test]
fn events_come_as_they_are_sent() {
    let server = package("events", "").serve().start();
    let mut client = server.connect();
    client.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let head = client.head();
    assert_eq!(head.header("content-type"), Some("text/event-stream"));
    assert_eq!(client.block().unwrap(), b"data: 0\n\n");
    assert_eq!(server.get("/go").text(), "gone");
    assert_eq!(client.block().unwrap(), b"data: 1\n\n");
    assert_eq!(client.block(), None);
}

#[test]
fn a_websocket_goes_through() {
    let server = package("websocket", "").serve().start();
    let mut client = server.connect();
    // What comes behind the head belongs to the other protocol already.
    client.send(
        "GET /socket HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\nearly ",
    );
    let head = client.head();
    assert_eq!(head.status, 101);
    assert_eq!(head.header("upgrade"), Some("websocket"));
    assert_eq!(
        head.header("sec-websocket-accept"),
        Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    );
    client.send("and late");
    client.finish_sending();
    assert_eq!(client.rest().unwrap(), b"EARLY AND LATE");
    server.wait_for_output("\"GET /socket HTTP/1.1\" 101");
}

#[test]
fn pages_reload_where_the_user_wants_it() {
    let server = package("live", "").serve().arg("--live-reload").start();
    let page = server.get("/page");
    assert!(page.text().starts_with("<html>"), "{page:?}");
    assert!(page.text().contains("<script"), "{page:?}");
    assert!(page.text().ends_with("</body></html>"), "{page:?}");
}

#[test]
fn options_for_python_are_refused() {
    let outcome = package("options", "")
        .test()
        .args(["runserver", "0", "--workers", "2"])
        .capture();
    assert_eq!(outcome.status, Some(1), "{outcome}");
    assert!(
        outcome.stderr.ends_with(
            "error: `--workers` is for Python projects, and this one is in Rust\nhint: leave it out\n"
        ),
        "{outcome}"
    );
}

#[test]
fn the_manifest_configures_the_server() {
    let package = package("configured", "one");
    package.write(
        "src/dev.rs",
        "pub const WSGI_APPLICATION: &str = \"crate::wsgi::application\";\n",
    );
    package.write("src/lib.rs", &(library("one") + "pub mod dev;\n"));
    package.configure("settings = \"my_site::dev\"\nallowed-hosts = [\"dev.example.com\"]\n");
    let server = package.serve().start();
    assert!(
        server.stdout().contains("Using settings 'my_site::dev'\n"),
        "{}",
        server.stdout()
    );
    let mut client = server.connect();
    client.send("GET / HTTP/1.1\r\nHost: dev.example.com\r\n\r\n");
    assert_eq!(client.response().text(), "one");
}

#[test]
fn without_cargo_nothing_is_served() {
    let test = package("no-cargo-to-serve", "")
        .test()
        .args(["runserver", "0"]);
    let outcome = test.env("PATH", "/nonexistent").capture();
    assert_eq!(outcome.status, Some(1), "{outcome}");
    assert!(
        outcome.stderr.ends_with(
            "error: cannot run `cargo`: No such file or directory (os error 2)\n\
             hint: install Rust (https://rustup.rs), or put `cargo` on PATH\n"
        ),
        "{outcome}"
    );
}
