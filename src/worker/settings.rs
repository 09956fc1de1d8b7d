//! What a project's settings say of its WSGI application, and what they lack: asked of the
//! project's own interpreter, which knows its own syntax, in a process that imports none of them.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tokio::process::Command;

use super::{Config, Error, Package};
use crate::project::{complaint, run_to_end};

/// What the process is to be, in place of a worker.
const ROLE: &str = "add-wsgi";

/// The question, in the words of CONFIGURE (docs/worker-protocol.md, "Starting").
#[derive(Serialize)]
struct Question<'a> {
    root: &'a str,
    app: &'a str,
    settings: &'a str,
    configured_app: &'a str,
    configured_settings: &'a str,
    candidates: &'a [String],
    pythonpath: &'a [String],
    argv: &'a [String],
}

/// What was found out, as far as it came.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SettingsRead {
    /// The settings module, and by which rule it is the project's.
    pub settings: Option<String>,
    /// The name of that rule.
    pub settings_rule: Option<String>,
    /// The file of the settings module.
    pub settings_file: Option<PathBuf>,
    /// The version of Django that the interpreter has, or nothing.
    pub django: String,
    /// What `WSGI_APPLICATION` is, or is to be.
    pub application: String,
    /// Where it is set already.
    pub found: Option<Found>,
    /// Where its line goes, if it is not set.
    pub edit: Option<NewLine>,
    /// The module that it names.
    pub module: Option<Module>,
    /// What may set it in a way that the text does not tell.
    pub opaque: Option<Opaque>,
    /// Why nothing is to be written.
    pub refusal: Option<Refusal>,
}

/// Where `WSGI_APPLICATION` has its value.
#[derive(Debug, Deserialize)]
pub struct Found {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

/// A settings file with one line more.
#[derive(Debug, Deserialize)]
pub struct NewLine {
    /// The file.
    pub path: PathBuf,
    /// Its contents, in base64.
    pub before: String,
    /// Its contents with the line, in base64.
    pub after: String,
}

/// The module of a WSGI application.
#[derive(Debug, Deserialize)]
pub struct Module {
    /// Its file.
    pub path: PathBuf,
    /// Whether it is there.
    pub is_there: bool,
}

/// A call that may set names of the settings module.
#[derive(Debug, Deserialize)]
pub struct Opaque {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is called.
    pub function: String,
}

/// Why nothing is to be written.
#[derive(Clone, Debug, Deserialize)]
pub struct Refusal {
    /// What is wrong, in one word.
    pub kind: String,
    /// The same in a sentence.
    pub message: String,
    /// What to do about it; may be empty.
    pub hint: String,
    /// The file that it is about.
    pub path: Option<PathBuf>,
    /// The line, from 1.
    #[serde(default)]
    pub line: usize,
    /// The column, from 1.
    #[serde(default)]
    pub column: usize,
}

/// Has the interpreter read the settings of a project; nothing where `stop` is done before.
///
/// A `manage.py` that does more than Django's own is run up to its command, as for a worker.
pub async fn read_settings(
    config: &Config,
    package: &Package,
    stop: impl Future<Output = ()>,
) -> Result<Option<SettingsRead>, Error> {
    let configure = &config.configure;
    let question = Question {
        root: &configure.root,
        app: &configure.app,
        settings: &configure.settings,
        configured_app: &configure.configured_app,
        configured_settings: &configure.configured_settings,
        candidates: &configure.candidates,
        pythonpath: &configure.pythonpath,
        argv: &configure.argv,
    };
    // Nothing in it can fail to be written: all keys are texts.
    let question = serde_json::to_string(&question).unwrap_or_default();
    let mut command = Command::new(&config.interpreter);
    command
        .arg("-u")
        .arg(package.main())
        .args([ROLE, &question])
        .current_dir(&config.root);
    config.environment.apply(command.as_std_mut());
    let output = run_to_end(&mut command, stop)
        .await
        .map_err(|source| Error::Start {
            interpreter: config.interpreter.clone(),
            source,
        })?;
    let Some(output) = output else {
        return Ok(None);
    };
    // What an interpreter is set up to print at its start comes before the answer.
    let lines = output.stdout.rsplit(|octet| *octet == b'\n');
    let answer = lines.into_iter().next().unwrap_or_default();
    serde_json::from_slice(answer)
        .map(Some)
        .map_err(|_| Error::NoAnswer {
            interpreter: config.interpreter.clone(),
            output: complaint(&output),
        })
}
