//! The hooks of templates that were made for cookiecutter: they are told of, and run where the user
//! trusts the template.
//!
//! A hook runs in the project's directory, before there is anything in it or after all is there. One
//! that fails takes the project with it, as in cookiecutter, unless the directory was there before.

use std::{
    fs,
    io::{self, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    sync::atomic::AtomicBool,
};

use tokio::process::Command;

use super::Job;
use crate::{
    command::{error::Error, runtime},
    console,
    project::{Search, run_printing},
    shutdown::Stop,
    template::{self, Collisions, Plan, Script, Stage, Target, shown_path},
};

/// Who may read and run a script while it runs: its user.
const MODE: u32 = 0o700;

/// What runs scripts without a first line that says so.
const SHELL: &str = "sh";

/// Why a hook did not do its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScriptError {
    /// It ended, but not well.
    #[error("the hook `{}` failed ({status}){}", shown_path(name), left(*is_removed))]
    Failed {
        /// The file in the template.
        name: PathBuf,
        /// How it ended.
        status: ExitStatus,
        /// Whether the project is gone.
        is_removed: bool,
    },
    /// It could not be started.
    #[error("cannot run the hook `{}`: {source}{}", shown_path(name), left(*is_removed))]
    Start {
        /// The file in the template.
        name: PathBuf,
        /// The system's answer.
        source: io::Error,
        /// Whether the project is gone.
        is_removed: bool,
    },
    /// The user wants the end.
    #[error("interrupted in the hook `{}`{}", shown_path(name), left(*is_removed))]
    Interrupted {
        /// The file in the template.
        name: PathBuf,
        /// Whether the project is gone.
        is_removed: bool,
    },
}

/// What there is after a failure.
fn left(is_removed: bool) -> &'static str {
    if is_removed {
        "; no project was made"
    } else {
        "; what there is in the directory stayed"
    }
}

impl ScriptError {
    /// What the user can do next.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Failed { .. } => Some(
                "what it printed says why; without `--trust` the project is made without hooks",
            ),
            Self::Start { .. } => Some(
                "a hook that is neither `.py` nor `.sh` needs a first line such as `#!/bin/sh`; one \
                 in Python needs an interpreter",
            ),
            Self::Interrupted { .. } => None,
        }
    }
}

/// What is needed to run hooks.
pub(super) struct Scripts<'a> {
    plan: &'a Plan,
    /// Where the project goes, before anything is there.
    target: &'a Target,
    is_trusted: bool,
    /// Finds the interpreter for hooks in Python.
    search: &'a Search,
    /// Standard output is for something else.
    to_stderr: bool,
    stop: &'a AtomicBool,
}

impl<'a> Scripts<'a> {
    /// The hooks of a plan, which is about to be written. The flag says that the user wants the end.
    pub(super) fn new(
        job: &Job,
        plan: &'a Plan,
        target: &'a Target,
        search: &'a Search,
        stop: &'a AtomicBool,
    ) -> Self {
        Self {
            plan,
            target,
            is_trusted: job.args.trust,
            search,
            to_stderr: job.args.json,
            stop,
        }
    }

    /// Tells of hooks that do not run.
    fn tell(&self) {
        let names = |never: bool| -> Vec<String> {
            let scripts = self.plan.scripts().iter();
            scripts
                .filter(|script| (script.stage == Stage::BeforeQuestions) == never)
                .map(|script| format!("`{}`", shown_path(&script.name)))
                .collect()
        };
        let waiting = names(false);
        if !waiting.is_empty() && !self.is_trusted {
            console::warning(
                format_args!("the template's hooks did not run: {}", waiting.join(", ")),
                Some("read them, and add `--trust` to run them"),
            );
        }
        let never = names(true);
        if !never.is_empty() {
            console::warning(
                format_args!("{} changes the template, and never runs", never.join(", ")),
                None,
            );
        }
    }

    /// Writes the project, and runs before that what comes before it.
    pub(super) fn write(&self, collisions: Collisions) -> Result<(), Error> {
        let write = |target| template::write_over(self.plan, target, collisions, self.stop);
        if !self.has(Stage::Before) {
            return Ok(write(self.target)?);
        }
        let path = self.target.path();
        if matches!(self.target, Target::New(_)) {
            fs::create_dir_all(path).map_err(|source| template::Error::Write {
                action: "make",
                path: path.to_path_buf(),
                source,
            })?;
        }
        self.run(Stage::Before)?;
        let written = write(&Target::Existing(path.to_path_buf()));
        if written.is_err() {
            // The user has no use for what the hooks made.
            self.remove();
        }
        Ok(written?)
    }

    /// Runs those that come after all is there, and tells of those that did not run.
    pub(super) fn after(&self, tells: bool) -> Result<(), Error> {
        self.run(Stage::After)?;
        if tells {
            self.tell();
        }
        Ok(())
    }

    fn has(&self, stage: Stage) -> bool {
        let mut scripts = self.plan.scripts().iter();
        self.is_trusted && scripts.any(|script| script.stage == stage)
    }

    fn run(&self, stage: Stage) -> Result<(), Error> {
        if !self.has(stage) {
            return Ok(());
        }
        let scripts = self.plan.scripts().iter();
        runtime()?.block_on(async {
            let mut stop = Stop::listen().map_err(Error::Runtime)?;
            for script in scripts.filter(|script| script.stage == stage) {
                let ended = self.run_one(script, stop.wanted(self.stop)).await;
                if matches!(&ended, Ok(Some(status)) if status.success()) {
                    continue;
                }
                let (name, is_removed) = (script.name.clone(), self.remove());
                return Err(match ended {
                    Ok(Some(status)) => ScriptError::Failed {
                        name,
                        status,
                        is_removed,
                    },
                    Ok(None) => ScriptError::Interrupted { name, is_removed },
                    Err(source) => ScriptError::Start {
                        name,
                        source,
                        is_removed,
                    },
                }
                .into());
            }
            Ok(())
        })
    }

    /// Removes the project, unless its directory was there before. Says whether it is gone.
    fn remove(&self) -> bool {
        match self.target {
            // It was made for this project a moment ago.
            Target::New(path) => fs::remove_dir_all(path).is_ok(),
            Target::Existing(_) => false,
        }
    }

    /// Runs one script to its end, or until the future is done, from a file outside of the project.
    async fn run_one(
        &self,
        script: &Script,
        stop: impl Future<Output = ()>,
    ) -> io::Result<Option<ExitStatus>> {
        let ending = script.name.extension().unwrap_or_default();
        let ending = format!(".{}", ending.to_string_lossy());
        let file = tempfile::Builder::new()
            .prefix("scaffold-hook-")
            .suffix(&ending)
            .tempfile()?;
        file.as_file().write_all(script.text.as_bytes())?;
        fs::set_permissions(file.path(), fs::Permissions::from_mode(MODE))?;
        // Nothing runs a file that somebody still writes.
        let path = file.into_temp_path();
        let interpreter = match ending.as_str() {
            ".py" => Some(self.search.find().map_err(io::Error::other)?.path),
            ".sh" if !script.text.starts_with("#!") => Some(SHELL.into()),
            _ => None,
        };
        let mut command = match interpreter {
            Some(interpreter) => {
                let mut command = Command::new(interpreter);
                command.arg(&path);
                command
            }
            None => Command::new(&path),
        };
        command.current_dir(self.target.path());
        if self.to_stderr {
            command.stdout(Stdio::from(io::stderr()));
        }
        run_printing(&mut command, stop).await
    }
}
