//! The integration tests: the real binary, real CPython, real sockets.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that cannot go on panics, and prints where it panics already"
)]

mod archives;
mod authoring;
mod check;
mod dialect;
mod django;
mod downloads;
mod forkserver;
mod formatter;
mod frameworks;
mod hostile;
mod layers;
mod manifests;
mod options;
mod project;
mod repositories;
mod runserver;
mod startapp;
mod startproject;
mod support;
mod templates;
mod variables;
