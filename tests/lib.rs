//! The integration tests: the real binary, real CPython, real sockets.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that cannot go on panics, and prints where it panics already"
)]

mod add;
mod archives;
mod authoring;
mod builtin;
mod check;
mod composition;
mod cookiecutter;
mod deploy;
mod dialect;
mod django;
mod downloads;
mod existing;
mod forkserver;
mod formatter;
mod frameworks;
mod hooks;
mod hostile;
mod layers;
mod manifests;
mod options;
mod project;
mod questions;
mod repositories;
mod runserver;
mod rust;
mod sites;
mod startapp;
mod startproject;
mod support;
mod templates;
mod tutorial;
mod update;
mod variables;
mod wsgi;
