//! The errors of this part: their texts, which are Django's where Django has one, and their hints.

use std::{
    fmt::{self, Display},
    io,
    path::{Path, PathBuf},
};

use super::{
    SiteError,
    config::ConfigTable,
    crate_name::CrateNameError,
    name::{Naming, is_identifier, similar},
};

/// Why a project, its name, its configuration, its interpreter or its environment is not usable.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No project root here or above.
    #[error("there is no project in `{}` or above it", .from.display())]
    NoProject {
        /// The directory that the search began in.
        from: PathBuf,
        /// The nearest Cargo package, which has nothing to serve.
        package: Option<PathBuf>,
    },
    /// The name is not an identifier. Django's wording.
    #[error(
        "'{name}' is not a valid {}. Please make sure the {} is a valid identifier.",
        naming.what(),
        naming.kind()
    )]
    InvalidName {
        /// The name as given.
        name: String,
        /// What it is for.
        naming: Naming,
    },
    /// The name is a word of the language, so no module of that name can be imported.
    #[error("`{name}` is a Python keyword and cannot be used as {}", naming.a_what())]
    KeywordName {
        /// The name as given.
        name: String,
        /// What it is for.
        naming: Naming,
    },
    /// The name is `__main__`, which Python gives to the program itself.
    #[error("`{name}` is Python's name for the running program and cannot be {}", naming.a_what())]
    ReservedName {
        /// The name as given.
        name: String,
        /// What it is for.
        naming: Naming,
    },
    /// The name cannot be that of a Cargo package.
    #[error(transparent)]
    CrateName(#[from] CrateNameError),
    /// What was said of several sites is wrong.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// A module of that name exists already. Django's wording.
    #[error(
        "'{name}' conflicts with the name of an existing Python module and cannot be used as {}. \
         Please try another {}.",
        naming.a_what(),
        naming.kind()
    )]
    NameConflict {
        /// The name as given.
        name: String,
        /// What it is for.
        naming: Naming,
        /// Whose module has the name.
        conflict: Conflict,
    },
    /// No interpreter anywhere.
    #[error("no Python interpreter was found")]
    NoInterpreter,
    /// The project is a Cargo package, and nothing on `PATH` is Cargo.
    #[error("there is no `cargo` on PATH")]
    NoCargo,
    /// The interpreter that the user named does not exist.
    #[error("the Python interpreter `{}` ({}) does not exist", .path.display(), .origin)]
    InterpreterNotFound {
        /// The path or name as given.
        path: PathBuf,
        /// Where it was given.
        origin: super::Origin,
    },
    /// The interpreter that the user named is no program.
    #[error("the Python interpreter `{}` ({}) is not executable", .path.display(), .origin)]
    InterpreterNotExecutable {
        /// The path as given.
        path: PathBuf,
        /// Where it was given.
        origin: super::Origin,
    },
    /// `pyproject.toml` cannot be read.
    #[error("cannot read `{}`: {source}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// `pyproject.toml` is not TOML.
    #[error("`{position}`: {message}")]
    NotToml {
        /// Where it stops being TOML.
        position: Position,
        /// What the parser says.
        message: String,
    },
    /// The table of the configuration holds a key that means nothing.
    #[error("`{position}`: unknown key `{key}` in `[{}]`", .table.name())]
    UnknownKey {
        /// The table.
        table: ConfigTable,
        /// The key's place.
        position: Position,
        /// The key.
        key: String,
        /// The known key that is most like it.
        similar: Option<&'static str>,
    },
    /// A value has the wrong type.
    #[error("`{position}`: `{key}` must be {expected}, and this is {found}")]
    WrongType {
        /// The value's place.
        position: Position,
        /// The full name of the key.
        key: String,
        /// The type it must have.
        expected: &'static str,
        /// The type it has.
        found: String,
    },
    /// A program that makes the environment did not start.
    #[error("cannot run `{command}`: {source}")]
    StepNotStarted {
        /// The command, as one would type it.
        command: String,
        /// Why.
        source: io::Error,
    },
    /// The user wants it to stop.
    #[error("interrupted `{command}`")]
    Interrupted {
        /// The command that ran, as one would type it.
        command: String,
        /// The command that does all of the unfinished work.
        retry: String,
    },
    /// A program that makes the environment failed.
    #[error("`{command}` failed\n{output}")]
    StepFailed {
        /// The command, as one would type it.
        command: String,
        /// The end of what it printed.
        output: String,
        /// The command that does all of the unfinished work.
        retry: String,
        /// This Python is without its `ensurepip`, as Debian's is.
        no_ensurepip: bool,
    },
}

/// What has the name that a project was to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// A module of the standard library.
    StandardLibrary,
    /// A file or directory that Python would import.
    Path(PathBuf),
}

/// A place in a text file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
}

impl Position {
    /// The place of a byte of the file's text.
    pub(super) fn of(path: &Path, text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            path: path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before
                .get(line_start..)
                .map_or(0, |line| line.chars().count())
                + 1,
        }
    }
}

impl Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, column } = self;
        write!(formatter, "{}:{line}:{column}", path.display())
    }
}

impl Error {
    /// Whether the message is Django's own, which scripts may look for.
    #[must_use]
    pub fn is_django(&self) -> bool {
        matches!(self, Self::InvalidName { .. } | Self::NameConflict { .. })
    }

    /// What the user can do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoProject {
                package: Some(package),
                ..
            } => format!(
                "the Cargo package in `{}` declares neither a module `wsgi`, whose `pub fn \
                 application()` is served, nor a module `settings`, which can name another one",
                package.display()
            ),
            Self::NoProject { package: None, .. } => {
                "make one with `scaffold startproject NAME`, go to the \
                directory of `manage.py`, or name the application: `scaffold runserver --app \
                module:callable`"
                    .to_owned()
            }
            Self::InvalidName { name, naming } => invalid_name_hint(name, *naming),
            Self::KeywordName { name, naming } | Self::ReservedName { name, naming } => {
                longer_name_hint(name, *naming)
            }
            Self::CrateName(error) => error.hint(),
            Self::Site(error) => return error.hint(),
            Self::NameConflict {
                name,
                naming,
                conflict,
            } => {
                let longer = longer_name_hint(name, *naming);
                match conflict {
                    Conflict::StandardLibrary => {
                        format!("`{name}` is a module of Python's standard library; {longer}")
                    }
                    Conflict::Path(path) => {
                        format!("`{}` has this name already; {longer}", path.display())
                    }
                }
            }
            Self::NoInterpreter => "install Python 3.8 or later, or name an interpreter with \
                `--python PATH`"
                .to_owned(),
            Self::NoCargo => {
                "the project is complete; install Rust, from https://rustup.rs".to_owned()
            }
            Self::InterpreterNotFound { .. } | Self::InterpreterNotExecutable { .. } => {
                "give the path of a Python interpreter or of a virtual environment".to_owned()
            }
            Self::UnknownKey {
                similar: Some(similar),
                ..
            } => format!("did you mean `{similar}`?"),
            Self::UnknownKey {
                similar: None,
                table,
                ..
            } => format!("the keys are {}", table.known_keys()),
            Self::StepFailed {
                no_ensurepip: true,
                retry,
                ..
            } => format!(
                "this Python comes without `ensurepip`: `apt install python3-venv` or install \
                 `uv`, then run `{retry}`"
            ),
            Self::StepFailed { retry, .. } => {
                format!("the project is complete; to try again, run `{retry}`")
            }
            Self::Interrupted { retry, .. } => {
                format!("the project is complete; to go on, run `{retry}`")
            }
            Self::Unreadable { .. }
            | Self::NotToml { .. }
            | Self::WrongType { .. }
            | Self::StepNotStarted { .. } => return None,
        })
    }
}

/// What may have been meant with a name that is no identifier: another name, or a directory.
fn invalid_name_hint(name: &str, naming: Naming) -> String {
    const RULE: &str = "a name has letters, digits and underscores, and no digit first";
    let (command, example) = naming.example();
    let directory = Path::new(name);
    let last = directory.file_name().and_then(|last| last.to_str());
    let last = last.and_then(|last| {
        if is_identifier(last) {
            Some(last.to_owned())
        } else {
            similar(last, naming)
        }
    });
    match last {
        Some(last) if name.contains('/') => {
            let directory = super::quoted(directory.as_os_str());
            format!(
                "{RULE}; the directory follows it, as in `scaffold {command} {last} {directory}`"
            )
        }
        Some(similar) => format!("did you mean `{similar}`? {RULE}"),
        None if matches!(name, "." | "..") => {
            format!("a name goes first, as in `scaffold {command} {example} {name}`")
        }
        None => format!("{RULE}, as in `my_{}2`", naming.suffix()),
    }
}

/// A name that is taken nowhere.
fn longer_name_hint(name: &str, naming: Naming) -> String {
    let name = name.trim_matches('_');
    format!("add a word, as in `{name}_{}`", naming.suffix())
}
