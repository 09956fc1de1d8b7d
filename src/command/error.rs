//! The errors of all parts, wrapped once: the text, the label before it, the hint after it, and
//! the exit code.

use std::io;

use super::{
    add::AddError,
    deploy::DeployError,
    generate::{HookError, ScriptError},
    repository::RepositoryError,
};
use crate::{
    cargo, dev, project,
    serve::{NotAHost, address::AddressError},
    template, worker,
};

/// The number of the signal that Ctrl-C sends, and 128: how shells report it.
const INTERRUPTED: u8 = 130;

/// Why a subcommand failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Generating a project failed; nothing was left on the disk.
    #[error(transparent)]
    Template(#[from] template::Error),
    /// The project, its name or its interpreter is not usable.
    #[error(transparent)]
    Project(#[from] project::Error),
    /// A Rust project cannot be built or served.
    #[error(transparent)]
    Cargo(#[from] cargo::Error),
    /// A Rust project is to be served with an option that is about Python.
    #[error("`{0}` is for Python projects, and this one is in Rust")]
    PythonOption(&'static str),
    /// Nothing can be written for a server.
    #[error(transparent)]
    Deploy(#[from] DeployError),
    /// The user's variables cannot be taken.
    #[error(transparent)]
    Variables(#[from] template::VariablesError),
    /// Colour is wanted and not wanted. Django's wording.
    #[error("The --no-color and --force-color options can't be used together.")]
    ColorConflict,
    /// The user wants it to stop while the new files are formatted.
    #[error("interrupted `{program}`")]
    FormatterInterrupted {
        /// The formatter.
        program: &'static str,
    },
    /// A hook of a template that was made for cookiecutter failed.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// Not all commands of the template were run; the project is made.
    #[error(transparent)]
    Hook(#[from] HookError),
    /// The user wants it to stop while a project is updated.
    #[error("interrupted, and nothing was changed")]
    UpdateInterrupted,
    /// Nothing was added to a project.
    #[error(transparent)]
    Add(#[from] AddError),
    /// The user wants a check to stop.
    #[error("interrupted")]
    CheckInterrupted,
    /// The user's repository is not as it should be, or none could be made.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    /// There is nothing to listen on.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// What the user wants to be answered is no host.
    #[error(transparent)]
    Host(#[from] NotAHost),
    /// Nothing can be served.
    #[error(transparent)]
    Dev(#[from] dev::Error),
    /// No interpreter can be started.
    #[error(transparent)]
    Worker(#[from] worker::Error),
    /// The front could not be started.
    #[error("cannot listen: {0}")]
    Listen(io::Error),
    /// An option is about one project, and there are several.
    #[error("`{option}` is about one project, and several sites are to be served")]
    ForOneProject {
        /// The option.
        option: &'static str,
        /// What to do instead.
        instead: &'static str,
    },
    /// One of several sites cannot be served.
    #[error("{place}site `{name}`: {error}")]
    OfSite {
        /// Its name.
        name: String,
        /// Where it stands in a file, for people; empty where it stands in none.
        place: String,
        /// Why.
        error: Box<Self>,
    },
    /// The shell's directory is gone.
    #[error("cannot tell the current directory: {0}")]
    CurrentDirectory(io::Error),
    /// The system refuses what is needed to start.
    #[error("cannot start: {0}")]
    Runtime(io::Error),
}

impl From<template::AskingError> for Error {
    fn from(error: template::AskingError) -> Self {
        Self::Template(error.into())
    }
}

impl Error {
    /// The word before the message: Django's where the message is Django's own, so that scripts
    /// which look for its line find it.
    pub(crate) fn label(&self) -> &'static str {
        match self {
            Self::Template(error) if error.is_django() => "CommandError",
            Self::Project(error) if error.is_django() => "CommandError",
            Self::ColorConflict | Self::Dev(dev::Error::Guard(_)) => "CommandError",
            Self::Address(AddressError::Bind { .. }) => "Error",
            Self::Address(error) if error.is_django() => "CommandError",
            _ => "error",
        }
    }

    /// Where in which file something is wrong, with what is drawn of it, if it is known.
    pub(crate) fn report(&self) -> Option<&template::Report> {
        match self {
            Self::Template(error) => error.report(),
            Self::Variables(error) => error.report(),
            Self::Add(error) => error.report(),
            _ => None,
        }
    }

    /// What the user can do next.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Template(error) => error.hint(),
            Self::Project(error) => error.hint(),
            Self::Cargo(error) => error.hint(),
            Self::PythonOption(_) => Some("leave it out".to_owned()),
            Self::ForOneProject { instead, .. } => Some((*instead).to_owned()),
            Self::OfSite { error, .. } => error.hint(),
            Self::Variables(error) => error.hint().map(str::to_owned),
            Self::FormatterInterrupted { program } => Some(format!(
                "everything is made; what is not formatted yet, `{program}` can format later"
            )),
            Self::Add(error) => error.hint(),
            Self::Deploy(error) => Some(error.hint()),
            Self::Script(error) => error.hint().map(str::to_owned),
            Self::Hook(error) => Some(error.hint()),
            Self::Repository(error) => error.hint(),
            Self::Address(error) => error.hint(),
            Self::Host(error) => Some(error.hint().to_owned()),
            Self::Dev(error) => error.hint(),
            Self::Worker(error) => error.hint(),
            Self::CurrentDirectory(error) if error.kind() == io::ErrorKind::NotFound => {
                Some("it was removed; go to another one".to_owned())
            }
            Self::CurrentDirectory(_)
            | Self::Runtime(_)
            | Self::Listen(_)
            | Self::ColorConflict
            | Self::CheckInterrupted
            | Self::UpdateInterrupted => None,
        }
    }

    /// The code to exit with: 1, as Django's commands use for every error past the arguments, and
    /// what a shell makes of Ctrl-C where the user wanted the end.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Template(template::Error::Interrupted { .. })
            | Self::Project(project::Error::Interrupted { .. })
            | Self::FormatterInterrupted { .. }
            | Self::Hook(HookError::Interrupted { .. })
            | Self::Script(ScriptError::Interrupted { .. })
            | Self::CheckInterrupted
            | Self::UpdateInterrupted => INTERRUPTED,
            _ => 1,
        }
    }
}
