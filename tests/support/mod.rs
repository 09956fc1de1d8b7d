//! What the tests stand on: running the program ([`Test`]), serving with it ([`Serve`],
//! [`Server`]), talking HTTP to it octet by octet ([`Client`]), real interpreters with virtual
//! environments ([`python`]), other servers ([`Daemon`]), and Apache, a real browser,
//! `PostgreSQL` and clean roots of Debian (`apache`, `browser`, `postgres`, `debian`, for the system
//! tests).
//!
//! Every helper waits for an event with a deadline; none sleeps. Linux only: processes are watched
//! through `/proc` and process descriptors.
#![expect(
    dead_code,
    reason = "some helpers are still ahead of the tests that will use them"
)]

#[cfg(feature = "system-tests")]
pub(crate) mod apache;
#[cfg(feature = "system-tests")]
pub(crate) mod browser;
pub(crate) mod cache;
pub(crate) mod cargo;
pub(crate) mod client;
pub(crate) mod daemon;
#[cfg(feature = "system-tests")]
pub(crate) mod debian;
pub(crate) mod django;
pub(crate) mod git;
pub(crate) mod package;
pub(crate) mod path;
#[cfg(feature = "system-tests")]
pub(crate) mod postgres;
pub(crate) mod python;
pub(crate) mod running;
pub(crate) mod sandbox;
pub(crate) mod server;
pub(crate) mod signals;
pub(crate) mod terminal;
pub(crate) mod test;
pub(crate) mod typing;
#[cfg(feature = "system-tests")]
pub(crate) mod unprivileged;

pub(crate) use {
    cargo::{cargo, program},
    client::{Client, Response, get, post},
    daemon::{Daemon, free_port},
    django::{ask_django, manage},
    git::git,
    package::Package,
    path::{path, without_formatters},
    python::{OwnVenv, Packages, Python, Venv, minor, newest, pythons},
    running::{Processes, is_gone},
    sandbox::Sandbox,
    server::{Serve, Server},
    terminal::{OnTerminal, on_terminal},
    test::{Outcome, Test},
    typing::Typing,
};
