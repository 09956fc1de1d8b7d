//! `scaffold runserver` for Rust projects: the real binary, real Cargo, real sockets.

mod failing;
mod reloading;
mod serving;
mod stopping;

use std::time::Duration;

use super::support::Package;

/// How long stopping may take: longer, and whoever presses Ctrl-C presses it again.
const STOPPING: Duration = Duration::from_secs(5);

/// An application with a path for each thing that applications do.
const APP: &str = include_str!("app.rs");

/// What it depends on.
const DEPENDENCIES: &str = r#"
futures-util = { version = "0.3", default-features = false }
http-body-util = "0.1"
hyper = { version = "1", features = ["http1", "server"] }
hyper-util = { version = "0.1", features = ["tokio"] }
tokio = { version = "1", features = ["io-util", "rt", "sync", "time"] }
tower-service = "0.3"
"#;

/// A package of [`APP`], whose first page is this text.
fn package(name: &str, text: &str) -> Package {
    let library = library(text);
    let files = [("src/lib.rs", library.as_str()), ("src/wsgi.rs", APP)];
    Package::new(name, DEPENDENCIES, &files)
}

/// The library of such a package.
fn library(text: &str) -> String {
    format!("pub mod wsgi;\npub const TEXT: &str = \"{text}\";\n")
}
