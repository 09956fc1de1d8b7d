//! What a directory says about the project in it: the root, the settings modules, what the user
//! configured, the interpreter; whether a name can be a project's; and a virtual environment for
//! it.
//!
//! Everything here reads the disk and nothing runs Python, with the one exception of
//! [`Installation`], which makes an environment on request. It parses no Python either: what
//! needs Python's own rules is asked of the worker.

mod candidates;
mod cargo;
mod config;
mod crate_name;
mod ended;
mod environment;
mod error;
mod group;
mod interpreter;
mod modules;
pub mod name;
mod package;
mod programs;
mod requirements;
mod root;
mod run;
mod search;
mod shell;
mod site_error;
mod sites;
mod stdlib;
mod step;
mod streams;
mod toml_file;
mod venv;

pub use candidates::{bare_settings_modules, settings_candidates};
pub use config::{Config, ConfigTable};
pub use crate_name::{CrateNameError, check_crate_name};
pub use ended::Ended;
pub use environment::Environment;
pub use error::{Conflict, Error, Position};
pub use group::Group;
pub use interpreter::{Interpreter, Origin};
pub use name::{Name, Naming, looked_up};
pub use programs::program_on_path;
pub use requirements::{Declaration, Requirements};
pub use root::{Marker, Root};
pub use run::{complaint, run_printing, run_to_end};
pub use search::Search;
pub use shell::quoted;
pub use site_error::SiteError;
pub use sites::{SITES_FILE, SiteEntry};
pub use step::Step;
pub use streams::{Outlets, Printed, Streams};
pub use venv::Installation;
