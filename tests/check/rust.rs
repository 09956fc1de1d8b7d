//! Rust projects: small packages around `tower_service`, which build quickly, in a target directory
//! that all tests share.

use std::path::Path;

use super::shown;
use crate::support::{Outcome, Package, Test};

/// A service without a framework: it answers `/` with the text that stands for `TEXT`.
const SERVICE: &str = r"
use std::{convert::Infallible, future::{Ready, ready}, task::{Context, Poll}};
use hyper::{Request, Response, body::Incoming};

#[derive(Clone)]
pub struct Hello;

impl tower_service::Service<Request<Incoming>> for Hello {
    type Response = Response<String>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Incoming>) -> Self::Future {
        ready(Ok(Response::new(TEXT)))
    }
}
";

const APPLICATION: &str = "pub fn application() -> Hello { Hello }\n";

const SETTINGS: &str = "pub const WSGI_APPLICATION: &str = \"my_site::wsgi::application\";\n";

/// A package with `src/settings.rs` and `src/wsgi.rs`.
pub(super) fn project(name: &str, settings: &str, wsgi: &str) -> Package {
    let files = [
        ("src/lib.rs", "pub mod settings;\npub mod wsgi;\n"),
        ("src/settings.rs", settings),
        ("src/wsgi.rs", wsgi),
    ];
    Package::new(name, "hyper = \"1\"\ntower-service = \"0.3\"\n", &files)
}

/// The check of such a package.
fn package(name: &str, settings: &str, wsgi: &str) -> Test {
    project(name, settings, wsgi).test().arg("check")
}

fn service(text: &str) -> String {
    SERVICE.replace("TEXT", text)
}

/// What a run printed, without where the tests are.
fn all(outcome: &Outcome) -> String {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).to_str().unwrap();
    shown(outcome).replace(place, "[TMP]")
}

/// What was found out, and below it the lines about what is wrong in the end.
fn found(outcome: &Outcome) -> String {
    let text = all(outcome);
    let (found, printed) = text.split_once("----- stderr -----").unwrap();
    let problems = printed
        .rsplit_once("error: ")
        .map_or("", |(_, problems)| problems);
    format!("{found}{problems}")
}

#[test]
fn a_project_is_built_and_tried() {
    let wsgi = service("\"hello\".to_owned()") + APPLICATION;
    let outcome = package("tried", SETTINGS, &wsgi).capture();
    insta::assert_snapshot!(found(&outcome), @r"
    exit code: 0
    ----- stdout -----
    Project      [TMP]/rust sités/tried (found by its Cargo.toml)
    Settings     my_site::settings (the default)
    Application  my_site::wsgi::application (from WSGI_APPLICATION)
    GET /        200 OK, 5 octets

    No problems found.
    ");
}

#[test]
fn an_application_may_be_a_future() {
    let wsgi = service("\"hello\".to_owned()") + "pub async fn other() -> Hello { Hello }\n";
    let package = project("future", "", &wsgi);
    let library = "pub mod wsgi;\npub mod dev {\n    \
                   pub const WSGI_APPLICATION: Option<&str> = Some(\"crate::wsgi::other\");\n}\n";
    package.write("src/lib.rs", library);
    let test = package.test().arg("check");
    let outcome = test.env("SCAFFOLD_SETTINGS_MODULE", "crate::dev").capture();
    insta::assert_snapshot!(found(&outcome), @r"
    exit code: 0
    ----- stdout -----
    Project      [TMP]/rust sités/future (found by its Cargo.toml)
    Settings     my_site::dev (from SCAFFOLD_SETTINGS_MODULE)
    Application  my_site::wsgi::other (from WSGI_APPLICATION)
    GET /        200 OK, 5 octets

    No problems found.
    ");
}

#[test]
fn a_panic_in_a_request_is_a_problem() {
    let wsgi = service("panic!(\"oh no\")") + APPLICATION;
    let outcome = package("panic", SETTINGS, &wsgi).capture();
    insta::assert_snapshot!(found(&outcome), @r"
    exit code: 1
    ----- stdout -----
    Project      [TMP]/rust sités/panic (found by its Cargo.toml)
    Settings     my_site::settings (the default)
    Application  my_site::wsgi::application (from WSGI_APPLICATION)

    1 problem found:
    the application panicked: oh no
    where: src/wsgi.rs:18:32
    hint: the backtrace is above
    ");
    // In the terminal there is what led there in the project and its libraries.
    for (part, is_there) in [
        ("panicked at ", true),
        ("<my_site::wsgi::Hello as ", true),
        ("scaffold_runner_", false),
        ("rust_begin_unwind", false),
    ] {
        assert_eq!(outcome.stderr.contains(part), is_there, "{part}: {outcome}");
    }
}

#[test]
fn a_panic_before_serving_is_a_problem() {
    let wsgi = service("String::new()") + "pub fn application() -> Hello { panic!(\"no\") }\n";
    let outcome = package("early-panic", SETTINGS, &wsgi).capture();
    insta::assert_snapshot!(found(&outcome), @r"
    exit code: 1
    ----- stdout -----
    Project      [TMP]/rust sités/early-panic (found by its Cargo.toml)
    Settings     my_site::settings (the default)
    Application  my_site::wsgi::application (from WSGI_APPLICATION)

    1 problem found:
    the application panicked: no
    where: src/wsgi.rs:21:33
    hint: `scaffold check -v 2` shows the backtrace
    ");
}

#[test]
fn an_exit_before_serving_is_a_problem() {
    let wsgi =
        service("String::new()") + "pub fn application() -> Hello { std::process::exit(7) }\n";
    let outcome = package("exit", SETTINGS, &wsgi).capture();
    insta::assert_snapshot!(found(&outcome), @r"
    exit code: 1
    ----- stdout -----
    Project      [TMP]/rust sités/exit (found by its Cargo.toml)
    Settings     my_site::settings (the default)
    Application  my_site::wsgi::application (from WSGI_APPLICATION)

    1 problem found:
    the application's process exited with code 7 before it served
    where: my_site::wsgi::application
    hint: the output above may tell why
    ");
}

#[test]
fn an_application_that_is_never_made_is_given_up() {
    let wsgi = service("String::new()")
        + "pub async fn application() -> Hello { std::future::pending().await }\n";
    let outcome = package("pending", SETTINGS, &wsgi)
        .args(["--timeout", "1"])
        .capture();
    insta::assert_snapshot!(found(&outcome), @r"
    exit code: 1
    ----- stdout -----
    Project      [TMP]/rust sités/pending (found by its Cargo.toml)
    Settings     my_site::settings (the default)
    Application  my_site::wsgi::application (from WSGI_APPLICATION)

    1 problem found:
    the application did not answer `GET /` within [TIME] of its start
    where: my_site::wsgi::application
    hint: it may be waiting for a database or another server; `--timeout` gives it more time
    ");
}

#[test]
fn what_does_not_compile_is_told_with_its_place() {
    let wsgi = service("5") + APPLICATION;
    let outcome = package("compile", SETTINGS, &wsgi).capture();
    for expected in [
        "expected `String`, found integer",
        "\nerror: the project does not compile: mismatched types\nwhere: src/wsgi.rs:18:32\n",
    ] {
        assert!(outcome.stderr.contains(expected), "{outcome}");
    }
}

#[test]
fn what_is_no_application_is_told_at_its_line_in_settings() {
    let outcome = package("type", SETTINGS, "pub fn application() -> u8 { 5 }\n").capture();
    assert!(!outcome.stderr.contains("server::run"), "{outcome}");
    insta::assert_snapshot!(found(&outcome), @r"
    exit code: 1
    ----- stdout -----
    Project      [TMP]/rust sités/type (found by its Cargo.toml)
    Settings     my_site::settings (the default)
    Application  my_site::wsgi::application (from WSGI_APPLICATION)

    1 problem found:
    `WSGI_APPLICATION` names `my_site::wsgi::application`, but the compiler refuses that: the trait bound `u8: tower_service::Service<hyper::Request<hyper::body::Incoming>>` is not satisfied
    where: src/settings.rs:1:36
    hint: it must be a function without arguments that returns a `tower::Service<http::Request<_>>`, such as an `axum::Router`
    ");
}

#[test]
fn what_is_not_there_is_told_before_anything_is_built() {
    let outcome = package("missing", SETTINGS, "pub fn aplication() -> u8 { 5 }\n").capture();
    insta::assert_snapshot!(all(&outcome), @r"
    exit code: 1
    ----- stdout -----
    Project      [TMP]/rust sités/missing (found by its Cargo.toml)

    1 problem found:
    ----- stderr -----
    error: `WSGI_APPLICATION` names `my_site::wsgi::application`, but `src/wsgi.rs` has no function `application`
    where: src/settings.rs:1:36
    hint: did you mean `aplication`?
    ");
}

#[test]
fn without_a_network_the_dependency_is_named() {
    let package = project("offline", SETTINGS, APPLICATION);
    let outcome = package
        .test()
        .arg("check")
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_HOME", package.dir().join("no crates"))
        .capture();
    insta::assert_snapshot!(found(&outcome), @r"
    exit code: 1
    ----- stdout -----
    Project      [TMP]/rust sités/offline (found by its Cargo.toml)
    Settings     my_site::settings (the default)
    Application  my_site::wsgi::application (from WSGI_APPLICATION)

    1 problem found:
    cargo cannot get the dependency `hyper`
    where: Cargo.toml
    hint: the first build needs the network: `cargo fetch` gets all dependencies ahead
    ");
}

#[test]
fn without_cargo_it_says_so() {
    let outcome = package("no-cargo", SETTINGS, APPLICATION)
        .env("PATH", "/nonexistent")
        .capture();
    insta::assert_snapshot!(all(&outcome), @r"
    exit code: 1
    ----- stdout -----
    Project      [TMP]/rust sités/no-cargo (found by its Cargo.toml)

    1 problem found:
    ----- stderr -----
    error: cannot run `cargo`: No such file or directory (os error 2)
    where: this machine
    hint: install Rust (https://rustup.rs), or put `cargo` on PATH
    ");
}

#[test]
fn a_package_without_an_application_is_told_what_it_needs() {
    let outcome = Test::new()
        .file("Cargo.toml", "[package]\nname = \"x\"\n")
        .file("src/lib.rs", "")
        .arg("check")
        .capture();
    insta::assert_snapshot!(shown(&outcome), @r"
    exit code: 1
    ----- stdout -----
    1 problem found:
    ----- stderr -----
    error: there is no project in `[DIR]` or above it
    where: [DIR]
    hint: the Cargo package in `[DIR]` declares neither a module `wsgi`, whose `pub fn application()` is served, nor a module `settings`, which can name another one
    ");
}
