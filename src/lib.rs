//! Generate WSGI projects and serve them in development.
//!
//! # Layout
//!
//! Modules may import only from modules below them in this list; those on one line do not import
//! each other. `tests/layers.rs` enforces it.
//!
//! - `command`: one file or folder per subcommand, arguments → plan → run → report
//! - `dev`: the one loop that joins watcher, workers and front
//! - [`serve`]: the HTTP front: listener, request heads, forwarding, pages, access log
//! - [`worker`] · [`cargo`]: worker processes: spawning, supervising, the bundled Python package;
//!   Rust projects: what they serve, building it, running it
//! - [`wire`]: the protocol between front and worker: frames, messages, connections
//! - [`template`] · [`project`] · `watch`: generating; finding a project and its interpreter; file
//!   changes
//! - `console` · `shutdown` · `cli`: the only printing; stop signals; command-line types. Only
//!   this file and `command` see them.
//!
//! `docs/architecture.md` follows one request and one `startproject` through these parts.

use std::{ffi::OsString, process::ExitCode};

pub mod cargo;
mod cli;
mod command;
mod console;
mod dev;
pub mod project;
pub mod serve;
mod shutdown;
pub mod template;
pub mod watch;
pub mod wire;
pub mod worker;

/// Runs the program with the given arguments, the first of which is the program's own name, and
/// returns the exit code: 0 for success, 1 for a failure, 2 for wrong usage, 130 after Ctrl-C.
///
/// Everything that goes wrong is printed to standard error before this returns.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    match cli::parse(args) {
        Ok(arguments) => command::run(arguments),
        Err(cli::Unparsed::Usage(error)) => console::usage(&error),
        Err(cli::Unparsed::UnknownCommand(complaint)) => {
            console::raw(complaint);
            ExitCode::FAILURE
        }
    }
}
