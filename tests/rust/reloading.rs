//! Files that change while the project is served.

use rustix::process::Signal;

use super::{APP, DEPENDENCIES, STOPPING, library, package};
use crate::support::{Client, Server};

/// Sends a request without waiting for its answer.
fn ask(server: &Server, path: &str) -> Client {
    let mut client = server.connect();
    client.send(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    client
}

#[test]
fn a_request_after_a_save_gets_the_new_code() {
    let package = package("saved", "one");
    let server = package.serve().start();
    assert_eq!(server.get("/").text(), "one");
    for text in ["two", "three"] {
        package.write("src/lib.rs", &library(text));
        assert_eq!(server.get("/").text(), text);
    }
    assert!(server.output().contains("src/lib.rs changed, reloading."));
    server.wait_for_output("Reloaded in ");
}

#[test]
fn a_save_during_a_build_is_what_is_served() {
    let package = package("twice", "one");
    let server = package.serve().args(["-v", "2"]).start();
    let mark = server.mark();
    package.write("src/lib.rs", &library("two"));
    let mut waiting = ask(&server, "/");
    server.wait_for_output_since(mark, "Compiling my-twice");
    package.write("src/lib.rs", &library("three"));
    assert_eq!(waiting.response().text(), "three");
}

#[test]
fn requests_on_old_code_are_finished() {
    let package = package("old", "one");
    let mut server = package.serve().start();
    let mut old = ask(&server, "/gate");
    server.wait_for_output("at the gate");
    let runner = server.worker_pids()[0];
    package.write("src/lib.rs", &library("two"));
    assert_eq!(server.get("/").text(), "two");
    assert!(!old.has_answer());
    package.write("gate", "");
    assert_eq!(old.response().text(), "one");
    server.wait_gone(runner, STOPPING);
    server.signal(Signal::INT);
    assert!(server.wait_exit(STOPPING).success());
}

#[test]
fn what_is_included_counts_as_code() {
    let package = package("included", "one");
    package.write("data/text.txt", "one");
    let library = "pub mod wsgi;\npub const TEXT: &str = include_str!(\"../data/text.txt\");\n";
    package.write("src/lib.rs", library);
    let server = package.serve().start();
    assert_eq!(server.get("/").text(), "one");
    package.write("data/text.txt", "two");
    assert_eq!(server.get("/").text(), "two");
}

#[test]
fn the_settings_may_name_another_application() {
    let package = package("renamed", "one");
    let server = package.serve().start();
    assert_eq!(server.get("/").text(), "one");
    let second = "pub mod wsgi;\npub const TEXT: &str = \"two\";\n\
                  pub mod settings { pub const WSGI_APPLICATION: &str = \"my_site::other\"; }\n\
                  pub fn other() -> wsgi::Site { wsgi::application() }\n";
    package.write("src/lib.rs", second);
    assert_eq!(server.get("/").text(), "two");
}

#[test]
fn another_package_that_it_depends_on_counts_as_code() {
    let package = package("dependent", "one");
    let manifest = "[package]\nname = \"my-sibling\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
    package.write("../sibling/Cargo.toml", manifest);
    let sibling = |text: &str| format!("pub const TEXT: &str = \"{text}\";\n");
    package.write("../sibling/src/lib.rs", &sibling("one"));
    package.depend("my-sibling = { path = \"../sibling\" }");
    package.write("src/lib.rs", "pub mod wsgi;\npub use my_sibling::TEXT;\n");
    let server = package.serve().start();
    assert_eq!(server.get("/").text(), "one");
    package.write("../sibling/src/lib.rs", &sibling("two"));
    assert_eq!(server.get("/").text(), "two");
}

#[test]
fn a_new_dependency_is_built() {
    let package = package("depending", "one");
    let server = package.serve().start();
    assert_eq!(server.get("/").text(), "one");
    package.depend("itoa = \"1\"");
    let library = "pub mod wsgi;\npub static TEXT: &str = \"two\";\n\
                   pub fn number() -> String { itoa::Buffer::new().format(2).to_owned() }\n";
    package.write("src/lib.rs", library);
    assert_eq!(server.get("/").text(), "two");
}

#[test]
fn a_member_of_a_workspace_is_served_with_its_siblings() {
    let package = package("member", "one");
    package.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"site\", \"shared\"]\nresolver = \"3\"\n",
    );
    let manifest = |name: &str, dependencies: &str| {
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
             [dependencies]\n{dependencies}"
        )
    };
    let shared = "my-shared = { path = \"../shared\" }\n";
    package.write(
        "site/Cargo.toml",
        &manifest("my-member", &(DEPENDENCIES.to_owned() + shared)),
    );
    package.write(
        "site/src/lib.rs",
        "pub mod wsgi;\npub use my_shared::TEXT;\n",
    );
    package.write("site/src/wsgi.rs", APP);
    package.write("shared/Cargo.toml", &manifest("my-shared", ""));
    let text = |text: &str| format!("pub const TEXT: &str = \"{text}\";\n");
    package.write("shared/src/lib.rs", &text("one"));
    let server = package.serve().in_dir(package.dir().join("site")).start();
    assert_eq!(server.get("/").text(), "one");
    package.write("shared/src/lib.rs", &text("two"));
    assert_eq!(server.get("/").text(), "two");
}
