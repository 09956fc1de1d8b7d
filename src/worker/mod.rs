//! Worker processes: starting them from the project's own interpreter, and ending them.
//!
//! - `package`: the bundled Python package, unpacked where the interpreter can import it
//! - `process`: one worker process with its connections
//! - `forkserver`: a warm interpreter that workers are forked from
//! - `starter`: whether the next worker is forked or started
//! - `settings`: what a project's settings say, read in a process of its own that is no worker
//!
//! Nothing here knows of HTTP; what a worker is to load is in the [`Config`].

mod forkserver;
mod package;
mod process;
mod settings;
mod starter;

use std::{io, num::NonZeroU32, path::PathBuf};

pub use package::Package;
pub use process::{Exit, Origin, Worker};
pub use settings::{Found, Module, NewLine, Opaque, Refusal, SettingsRead, read_settings};
pub use starter::Starter;

use crate::{
    project::{Environment, Streams},
    wire::message::Configure,
};

/// How worker processes are started.
#[derive(Clone, Debug)]
pub struct Config {
    /// The Python interpreter.
    pub interpreter: PathBuf,
    /// The project's root, which becomes the working directory.
    pub root: PathBuf,
    /// In what its environment differs from that of this process.
    pub environment: Environment,
    /// What the worker is to load.
    pub configure: Configure,
    /// What the project reads and prints.
    pub streams: Streams,
    /// How many seconds a worker that has requests may not react for before it is given up;
    /// `None` for ever.
    pub timeout: Option<NonZeroU32>,
}

/// Why a worker could not be started.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The bundled Python package could not be written anywhere.
    #[error("cannot write the worker's Python package to `{path}`: {source}")]
    Unpack {
        /// The directory that was tried last.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The interpreter does not start.
    #[error("cannot start the Python interpreter `{interpreter}`: {source}")]
    Start {
        /// The program that was to be started.
        interpreter: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The directory that the interpreter was to start in is not there any more.
    #[error("the project's directory `{0}` is gone")]
    NoDirectory(PathBuf),
    /// The interpreter was to read the project's settings, and did not answer.
    #[error("the Python interpreter `{interpreter}` could not read the settings: {output}")]
    NoAnswer {
        /// The program that was started.
        interpreter: PathBuf,
        /// What it said.
        output: String,
    },
    /// The system gave no connection to the worker.
    #[error("cannot connect to a worker process: {0}")]
    Connect(io::Error),
}

impl Error {
    /// What the user can do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unpack { .. } => {
                Some("set XDG_CACHE_HOME or TMPDIR to a directory that can be written".into())
            }
            Self::Start { .. } => Some("choose an interpreter with `--python PATH`".into()),
            Self::NoDirectory(_) => {
                Some("put it back, or start the server anew where the project is now".into())
            }
            Self::NoAnswer { .. } => Some("choose another interpreter with `--python`".into()),
            Self::Connect(_) => None,
        }
    }
}
