//! `scaffold runserver`: the real binary, real CPython, real sockets.

mod access_log;
mod addresses;
mod applications;
mod bodies;
mod broken_pipes;
#[cfg(feature = "system-tests")]
mod browser;
mod checks;
mod connections;
mod corpus;
mod debugger;
mod edits;
mod environ;
mod error_page;
mod events;
mod failures;
mod faults;
mod files;
mod front;
mod hosts;
mod interpreter;
mod limits;
mod live;
mod options;
mod owners;
mod pep3333;
mod processes;
mod relay;
mod reload;
mod responses;
mod settings;
mod slow_uploads;
mod splitting;
mod startup;
mod static_files;
mod stopping;
mod templates;
mod threads;
mod uploads;
mod watched;

use super::support::{Serve, Server};

/// An application with a path for each thing that applications do.
const APP: &str = include_str!("app.py");

/// Serves [`APP`], without settings.
#[track_caller]
fn serve_app() -> Server {
    app_server().start()
}

/// A server of [`APP`] that is not started yet.
fn app_server() -> Serve {
    Serve::new()
        .file("app.py", APP)
        .args(["--app", "app:application"])
}
