//! The project that a command runs: where it is, which interpreter runs it, and what a worker is
//! told to load. Each step is one of its own, so that a command can tell how far it came.

use std::{
    env,
    path::{Path, PathBuf},
};

use crate::{
    cargo,
    cli::ChoiceArgs,
    project::{self, Config, Interpreter, Marker, Root, Search, settings_candidates},
    wire::message::Configure,
};

/// A project of one of the languages.
#[derive(Debug)]
pub(super) enum Found {
    Python(Site),
    Rust(Root),
}

/// Finds the project of somebody who is in the directory `here`.
///
/// The nearest one counts, and a Python project where a directory is the root of both. What the
/// user names decides before that, in the [`variable`] too: an interpreter is for Python, and `::`
/// stands in Rust's names.
pub(super) fn find(
    choice: &ChoiceArgs,
    variable: Option<&String>,
    here: &Path,
) -> Result<Found, project::Error> {
    let settings = choice.settings.as_ref().or(variable);
    let is_for_python =
        choice.app.is_some() || choice.python.is_some() || choice.pythonpath.is_some();
    if is_for_python {
        return Site::find(choice, here).map(Found::Python);
    }
    let root = if settings.is_some_and(|module| module.contains("::")) {
        Root::find_rust(here)?
    } else {
        Root::find(here)?
    };
    if root.marker == Some(Marker::Cargo) {
        return Ok(Found::Rust(root));
    }
    Site::find(choice, here).map(Found::Python)
}

/// The settings module that the user's environment names for a Rust project.
pub(super) fn variable() -> Option<String> {
    env::var(cargo::VARIABLE).ok()
}

/// A Python project in its place.
#[derive(Debug)]
pub(super) struct Site {
    /// The root, which has the configuration and perhaps the virtual environment.
    pub(super) root: Root,
    /// The directory that the application is looked for in.
    pub(super) directory: PathBuf,
}

impl Site {
    /// Finds the Python project of somebody who is in the directory `here`.
    fn find(choice: &ChoiceArgs, here: &Path) -> Result<Self, project::Error> {
        // What `--app` names is looked for where the user is, as Flask and Gunicorn do.
        if choice.app.is_some() {
            return Ok(Self {
                root: Root::find_or(here),
                directory: here.to_owned(),
            });
        }
        let root = Root::find_python(here)?;
        Ok(Self {
            directory: root.directory.clone(),
            root,
        })
    }

    /// Chooses the interpreter.
    pub(super) fn interpreter(
        &self,
        choice: &ChoiceArgs,
        config: &Config,
    ) -> Result<Interpreter, project::Error> {
        self.search(choice, config).find()
    }

    /// What decides about the interpreter.
    pub(super) fn search(&self, choice: &ChoiceArgs, config: &Config) -> Search {
        Search {
            argument: choice.python.clone(),
            configured: config.python.as_ref().map(PathBuf::from),
            ..Search::new(&self.root.directory)
        }
    }

    /// What a worker is told of where the application is; the rest is as it is by default.
    pub(super) fn configure(&self, choice: &ChoiceArgs, config: &Config, here: &Path) -> Configure {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let pythonpath = choice.pythonpath.iter();
        Configure {
            root: lossy(&self.directory),
            app: text(&choice.app),
            settings: text(&choice.settings),
            configured_app: text(&config.app),
            configured_settings: text(&config.settings),
            candidates: settings_candidates(&self.directory),
            pythonpath: pythonpath.map(|path| lossy(&here.join(path))).collect(),
            ..Configure::default()
        }
    }
}

/// The choice of a settings module, as it is for a Rust project.
pub(super) fn rust_choice(
    choice: &ChoiceArgs,
    variable: Option<String>,
    config: &Config,
) -> cargo::Choice {
    cargo::Choice {
        argument: choice.settings.clone(),
        variable,
        configured: config.settings.clone(),
    }
}

/// The choice in the words of Django's own commands.
pub(super) fn django_words(choice: &ChoiceArgs) -> Vec<String> {
    let settings = choice.settings.as_ref();
    let path = choice.pythonpath.as_ref();
    let settings = settings.map(|module| format!("--settings={module}"));
    let path = path.map(|path| format!("--pythonpath={}", lossy(path)));
    settings.into_iter().chain(path).collect()
}

/// The worker reads names as text; the directory is its working directory besides.
fn lossy(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
