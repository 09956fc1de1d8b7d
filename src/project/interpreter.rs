//! The interpreter that runs a project, and where it came from. How it is chosen is the search's
//! matter; whether it is new enough is found out by the worker.

use std::{
    fmt::{self, Display},
    path::PathBuf,
};

/// An interpreter and why it was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interpreter {
    /// The program to run, as an absolute path. Links are kept: a virtual environment's
    /// interpreter is a link, and finds its packages by the path that it was started with.
    pub path: PathBuf,
    /// Where it was found.
    pub origin: Origin,
}

/// Where an interpreter was named or found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// On the command line.
    Argument,
    /// As that of one of several sites.
    Site,
    /// In the project's configuration.
    Configuration,
    /// In the active virtual environment, which is this directory.
    VirtualEnv(PathBuf),
    /// In a virtual environment in the project or above it, which is this directory.
    ProjectEnv(PathBuf),
    /// In the active conda environment, which is this directory.
    Conda(PathBuf),
    /// On the search path for programs.
    Path,
}

impl Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argument => formatter.write_str("from --python"),
            Self::Site => formatter.write_str("from `python` of the site"),
            Self::Configuration => formatter.write_str("from [tool.scaffold] in pyproject.toml"),
            Self::VirtualEnv(_) => formatter.write_str("from the active virtual environment"),
            Self::ProjectEnv(directory) => {
                write!(
                    formatter,
                    "from the virtual environment {}",
                    directory.display()
                )
            }
            Self::Conda(_) => formatter.write_str("from the active conda environment"),
            Self::Path => formatter.write_str("from PATH"),
        }
    }
}
