//! What goes wrong: in the code, in requests, in the process.

use rustix::process::{Signal, kill_process};

use super::{library, package};
use crate::support::{Client, Package, Response, Server};

/// Gets a page as a browser does.
fn browse(server: &Server, path: &str) -> Response {
    let mut client: Client = server.connect();
    client.send(format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n"
    ));
    client.response()
}

#[track_caller]
fn assert_all(text: &str, expected: &[&str]) {
    for expected in expected {
        assert!(text.contains(expected), "`{expected}` is not in:\n{text}");
    }
}

#[test]
fn what_does_not_compile_is_shown_until_it_does() {
    let package = package("uncompiled", "one");
    let server = package.serve().start();
    package.write("src/lib.rs", "pub mod wsgi;\npub const TEXT: &str = 5;\n");
    let page = browse(&server, "/");
    assert_eq!(page.status, 500);
    assert_all(
        page.text(),
        &[
            "src/lib.rs",
            "mismatched types",
            "expected `&amp;str`, found integer",
            "class=",
        ],
    );
    server.wait_for_output("error: src/lib.rs:2:24: mismatched types");
    let plain = server.get("/");
    assert_all(
        plain.text(),
        &["src/lib.rs:2:24", "expected `&str`, found integer"],
    );
    package.write("src/lib.rs", &library("two"));
    assert_eq!(server.get("/").text(), "two");
}

#[test]
fn a_project_that_never_compiled_is_served_once_it_does() {
    let package = package("at-first", "one");
    package.write("src/lib.rs", "pub mod wsgi;\npub const TEXT: &str = 5;\n");
    let server = package.serve().start();
    assert_eq!(server.get("/").status, 500);
    package.write("src/lib.rs", &library("two"));
    assert_eq!(server.get("/").text(), "two");
}

#[test]
fn settings_that_name_nothing_are_told_with_their_line() {
    let package = package("settings", "one");
    let settings = "pub mod wsgi;\npub const TEXT: &str = \"two\";\n\
                    pub mod settings {\n    pub const WSGI_APPLICATION: &str = \"my_site::wsgi::nothing\";\n}\n";
    package.write("src/lib.rs", settings);
    let server = package.serve().start();
    let page = browse(&server, "/");
    assert_eq!(page.status, 500);
    assert_all(page.text(), &["src/lib.rs", "my_site::wsgi::nothing"]);
    server.wait_for_output("src/lib.rs:4:40");
}

#[test]
fn a_panic_is_a_page_and_the_server_lives() {
    let package = package("panicking", "one");
    let server = package.serve().start();
    let page = browse(&server, "/panic");
    assert_eq!(page.status, 500);
    assert_eq!(page.header("scaffold-failure"), None);
    assert_all(page.text(), &["oh no &lt;2&gt;", "src/wsgi.rs"]);
    server.wait_for_output("oh no <2>");
    let page = browse(&server, "/error");
    assert_eq!(page.status, 500);
    assert_all(page.text(), &["the database is away"]);
    assert_eq!(server.get("/").text(), "one");
}

#[test]
fn a_body_that_breaks_off_is_broken_off() {
    let server = package("short", "one").serve().start();
    let mut client = server.connect();
    client.send("GET /short HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(client.head().status, 200);
    assert_eq!(client.block().unwrap(), b"begun");
    assert_eq!(server.get("/go").text(), "gone");
    client.try_block().unwrap_err();
    server.wait_for_output("the disk is gone");
    assert_eq!(server.get("/").text(), "one");
}

#[test]
fn a_process_that_dies_is_replaced() {
    let server = package("dying", "one").serve().start();
    let page = server.get("/abort");
    assert_eq!(page.status, 502);
    assert_all(page.text(), &["The application gave no response"]);
    server.wait_for_output("was killed by SIGABRT");
    assert_eq!(server.get("/").text(), "one");
    let runner = server.worker_pids()[0];
    kill_process(runner, Signal::KILL).unwrap();
    server.wait_for_output("was killed by SIGKILL");
    assert_eq!(server.get("/").text(), "one");
}

#[test]
fn a_process_that_does_not_react_is_replaced() {
    let serve = package("blocked", "one").serve();
    let serve = serve.env("TOKIO_WORKER_THREADS", "1");
    let server = serve.args(["--timeout", "1"]).start();
    assert_eq!(server.get("/block").status, 502);
    server.wait_for_output("did not react for 1 s and was killed");
    assert_eq!(server.get("/").text(), "one");
}

/// A package whose application cannot be made, for this reason.
fn unmade(name: &str, body: &str) -> Package {
    let package = package(name, "one");
    let library = format!(
        "pub mod wsgi;\npub const TEXT: &str = \"\";\n\
         pub mod settings {{ pub const WSGI_APPLICATION: &str = \"my_site::made\"; }}\n\
         pub async fn made() -> wsgi::Site {{ {body} }}\n"
    );
    package.write("src/lib.rs", &library);
    package
}

#[test]
fn an_application_that_cannot_be_made_is_a_page() {
    for (name, body, expected) in [
        ("made-panic", "panic!(\"no database\")", "no database"),
        ("made-exit", "std::process::exit(7)", "exited with code 7"),
        ("made-never", "std::future::pending().await", "within 1 s"),
    ] {
        let package = unmade(name, body);
        let server = package.serve().args(["--timeout", "1"]).start();
        let page = browse(&server, "/");
        assert_eq!(page.status, 500);
        assert_all(page.text(), &[expected]);
        package.write("src/lib.rs", &library("mended"));
        assert_eq!(server.get("/").text(), "mended");
    }
}

#[test]
fn a_dependency_that_cannot_be_had_is_named() {
    let package = package("unfetched", "one");
    let serve = package.serve().env("CARGO_NET_OFFLINE", "true");
    let home = package.dir().join("no crates");
    let server = serve.env("CARGO_HOME", home).start();
    let page = browse(&server, "/");
    assert_eq!(page.status, 500);
    let hint = "the first build needs the network";
    assert_all(page.text(), &["cargo cannot get the dependency `", hint]);
}
