//! The errors of this part: their texts and hints.

use std::{io, path::PathBuf};

use super::Refusal;
use crate::project::Position;

/// Why a Rust project cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no Cargo, or it does not start.
    #[error("cannot run `cargo`: {0}")]
    NoCargo(io::Error),
    /// Cargo cannot read the package.
    #[error("cargo cannot read the package\n{output}")]
    Metadata {
        /// What it says.
        output: String,
    },
    /// The package has only a program.
    #[error("the package `{package}` has no library, so nothing of it can be served")]
    NoLibrary {
        /// The package's name.
        package: String,
    },
    /// A source file cannot be read.
    #[error("cannot read `{}`: {source}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A source file is not Rust.
    #[error("`{position}`: {message}")]
    Syntax {
        /// Where it stops being Rust.
        position: Position,
        /// What the parser says.
        message: String,
    },
    /// A module has no file.
    #[error("`{position}`: there is no file for the module `{module}`")]
    NoFile {
        /// Where the module is declared.
        position: Position,
        /// Its name.
        module: String,
        /// The file that would be made.
        file: PathBuf,
    },
    /// What was to name the settings is no module of the package.
    #[error("the settings module `{given}` ({origin}) {reason}")]
    Settings {
        /// What was given.
        given: String,
        /// Where.
        origin: &'static str,
        /// What is wrong with it.
        reason: String,
        /// What to do.
        hint: String,
    },
    /// `WSGI_APPLICATION` cannot be read.
    #[error("`{position}`: `WSGI_APPLICATION` must be {expected}")]
    Value {
        /// Where its value is.
        position: Position,
        /// What it must be.
        expected: String,
        /// An example.
        hint: String,
    },
    /// `WSGI_APPLICATION` names what is not there, or no application.
    #[error("`{position}`: `WSGI_APPLICATION` names `{path}`, but {reason}")]
    Application {
        /// Where its value is.
        position: Position,
        /// The value.
        path: String,
        /// What is wrong with that.
        reason: String,
        /// What to do.
        hint: String,
    },
    /// Nothing is named, and the default is not there, or no application.
    #[error("`{path}` is served where the settings name nothing, but {reason}")]
    Default {
        /// The default.
        path: String,
        /// What is wrong with it.
        reason: String,
        /// What to do.
        hint: String,
    },
    /// The runner's files cannot be written.
    #[error("cannot write `{}`: {source}", .path.display())]
    Write {
        /// The file or directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A path cannot stand in a manifest.
    #[error("the path `{}` is not UTF-8, which Cargo's manifests are", .0.display())]
    NotUtf8(PathBuf),
    /// A dependency cannot be had.
    #[error("cargo cannot get the dependency `{dependency}`")]
    Dependency {
        /// Its name.
        dependency: String,
        /// What Cargo says.
        output: String,
        /// Whether it is for want of a network.
        is_offline: bool,
    },
    /// The project does not compile.
    #[error("the project does not compile: {}", .0.message())]
    Compile(Box<Refusal>),
    /// Cargo failed for another reason.
    #[error("cargo could not build the project\n{output}")]
    Build {
        /// The end of what it says.
        output: String,
    },
    /// The program that was built does not start.
    #[error("cannot start `{}`: {source}", .program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is no connection to the program.
    #[error("cannot connect to the application's process: {0}")]
    Connect(io::Error),
}

impl Error {
    /// What the user can do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoCargo(_) => {
                "install Rust (https://rustup.rs), or put `cargo` on PATH".to_owned()
            }
            Self::NoLibrary { .. } => {
                "move the modules from `src/main.rs` to `src/lib.rs`, which the program can use too"
                    .to_owned()
            }
            Self::NoFile { file, .. } => format!("make `{}`", file.display()),
            Self::Settings { hint, .. }
            | Self::Value { hint, .. }
            | Self::Application { hint, .. }
            | Self::Default { hint, .. } => hint.clone(),
            Self::NotUtf8(_) => "give its directories other names".to_owned(),
            Self::Dependency {
                is_offline: true, ..
            } => "the first build needs the network: `cargo fetch` gets all dependencies ahead"
                .to_owned(),
            Self::Dependency { .. } => {
                "the name or version in `Cargo.toml` may be wrong; Cargo's words are above"
                    .to_owned()
            }
            Self::Compile(_) => "the compiler's words are above".to_owned(),
            Self::Syntax { .. } => "correct the line".to_owned(),
            Self::Metadata { .. }
            | Self::Unreadable { .. }
            | Self::Write { .. }
            | Self::Build { .. }
            | Self::Start { .. }
            | Self::Connect(_) => return None,
        })
    }

    /// Where in the project's files it is, if it is in one.
    #[must_use]
    pub fn position(&self) -> Option<&Position> {
        match self {
            Self::Syntax { position, .. }
            | Self::NoFile { position, .. }
            | Self::Value { position, .. }
            | Self::Application { position, .. } => Some(position),
            Self::Compile(refusal) => refusal.position(),
            _ => None,
        }
    }
}
