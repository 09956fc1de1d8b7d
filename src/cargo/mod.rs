//! Rust projects: what they serve, a program that serves it, and that program's process.
//!
//! - `package`: what Cargo says of the project
//! - `modules`: modules of its source, found as the compiler finds them
//! - `settings`: `WSGI_APPLICATION`, read without building anything; `application`: whether there
//!   is what it names
//! - `runner`: the crate around the project that serves it; its source is in `runner/`
//! - `build`: building it; `diagnostics`: what the compiler says, `refusal`: its errors, pure
//! - `builder`: building it again and again; `dep_info`: what it was built from, pure
//! - `process`: the program that was built; `silence`: whether it reacts; `trial`: one request to it
//! - `fault`: what it gave in place of an answer; `panic`, `backtrace`, `frames`: how it panicked
//! - `excerpt`: places in source files, with the lines around them
//!
//! Nothing of the project is compiled into this program or loaded by it.

mod application;
#[path = "runner/backtrace.rs"]
mod backtrace;
mod build;
mod builder;
mod dep_info;
mod diagnostics;
mod error;
mod excerpt;
mod fault;
mod frames;
mod modules;
mod package;
mod panic;
mod process;
mod refusal;
mod runner;
mod settings;
mod silence;
mod trial;

pub use build::{Build, Output};
pub use builder::{Builder, Program};
pub use diagnostics::Diagnostic;
pub use error::Error;
pub use excerpt::place;
pub use fault::{application_error, of_panic};
pub use package::Package;
pub use panic::Panic;
pub use process::{Exit, Runner, Start, Surroundings};
pub use refusal::Refusal;
pub use runner::RunnerCrate;
pub use settings::{Application, Choice, Rule, VARIABLE};
pub(crate) use trial::FAILURE;
pub use trial::{Answer, End, Failure};

/// The program that builds; which one that is, is the user's to say.
const CARGO: &str = "cargo";
