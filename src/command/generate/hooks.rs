//! The commands that a template wants to be run in the new project: shown, and run only where the
//! user trusts them.

use std::{path::Path, sync::atomic::AtomicBool};

use serde::Serialize;
use tokio::process::Command;

use super::questions::Questions;
use crate::{
    command::{error::Error, runtime},
    console::{self, Verbosity},
    project::{complaint, quoted, run_to_end},
    shutdown::Stop,
    template::{AskingError, Hook, Plan, Reply, shown_line, shown_text},
};

/// What tells a command where the project is, and how it is called.
const DIRECTORY: &str = "SCAFFOLD_PROJECT_DIRECTORY";
const NAME: &str = "SCAFFOLD_PROJECT_NAME";

/// What became of a command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::command) enum Status {
    /// It was not run: not trusted, or after one that failed.
    #[default]
    NotRun,
    /// It was run.
    Done,
    /// It could not be run, has failed, or was interrupted.
    Failed,
}

/// Why not all commands were run to their end. The project is made all the same.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HookError {
    /// A command cannot be started.
    #[error("cannot run the template's command `{command}`: {source}")]
    NotStarted {
        /// As one would type it.
        command: String,
        /// The system's answer.
        source: std::io::Error,
        /// It and those after it, as one would type them.
        rest: String,
    },
    /// A command has failed.
    #[error("the template's command `{command}` failed ({status}){output}")]
    Failed {
        /// As one would type it.
        command: String,
        /// How it has ended.
        status: std::process::ExitStatus,
        /// What it said, on lines of its own.
        output: String,
        /// It and those after it, as one would type them.
        rest: String,
    },
    /// The user wants it to stop.
    #[error("interrupted, and the template's commands were not all run")]
    Interrupted {
        /// What was not run to its end, as one would type it.
        rest: String,
    },
}

impl HookError {
    /// What the user can do next.
    pub(crate) fn hint(&self) -> String {
        let (Self::NotStarted { rest, .. }
        | Self::Failed { rest, .. }
        | Self::Interrupted { rest }) = self;
        format!("the project is made; to go on by hand, run `{rest}`")
    }
}

/// The commands, and where and how they are to be run.
pub(in crate::command) struct Hooks<'a> {
    pub(in crate::command) plan: &'a Plan,
    pub(in crate::command) name: &'a str,
    /// The project's directory.
    pub(in crate::command) root: &'a Path,
    /// The directory in which the user is.
    pub(in crate::command) here: &'a Path,
    pub(in crate::command) verbosity: Verbosity,
    /// The user has said so on the command line.
    pub(in crate::command) is_trusted: bool,
    /// The user at the terminal, if there is one.
    pub(in crate::command) questions: Option<&'a Questions<'a>>,
    /// Standard output and standard error are for programs.
    pub(in crate::command) is_silent: bool,
    pub(in crate::command) stop: &'a AtomicBool,
}

impl Hooks<'_> {
    /// Runs them, one after another, if the user trusts them; tells otherwise how to.
    pub(in crate::command) fn run(&self, statuses: &mut Vec<Status>) -> Result<(), Error> {
        if self.plan.hooks().is_empty() {
            return Ok(());
        }
        if self.is_wanted()? {
            return self.run_all(statuses);
        }
        if self.verbosity >= Verbosity::Normal && !self.is_silent {
            console::note(format_args!(
                "\nthe template's commands were not run; read them, and run them in {} or next time \
                 with `--trust`:\n{}",
                self.directory(),
                self.list()
            ));
        }
        Ok(())
    }

    fn is_wanted(&self) -> Result<bool, Error> {
        if self.is_trusted {
            return Ok(true);
        }
        let Some(questions) = self.questions else {
            return Ok(false);
        };
        // Not within the question, which is cut where it is too wide or too long.
        console::note(format_args!(
            "\nthe template wants to run these commands in {}:\n{}",
            self.directory(),
            self.list()
        ));
        let reply = questions.confirm("Run these commands?");
        match reply.map_err(AskingError::from)? {
            Reply::Answer(is_wanted) => Ok(is_wanted),
            Reply::Back => Ok(false),
            Reply::Cancel => {
                let rest = self.rest(0);
                Err(HookError::Interrupted { rest }.into())
            }
        }
    }

    fn run_all(&self, statuses: &mut Vec<Status>) -> Result<(), Error> {
        runtime()?.block_on(async {
            let mut stop = Stop::listen().map_err(Error::Runtime)?;
            for (at, hook) in self.plan.hooks().iter().enumerate() {
                if self.verbosity >= Verbosity::Normal && !self.is_silent {
                    console::note(format_args!("running `{}`", typed(self.plan, hook)));
                }
                let result = self.run_one(at, hook, stop.wanted(self.stop)).await;
                statuses.push(match result {
                    Ok(()) => Status::Done,
                    Err(_) => Status::Failed,
                });
                result?;
            }
            Ok(())
        })
    }

    async fn run_one(
        &self,
        at: usize,
        hook: &Hook,
        end: impl Future<Output = ()>,
    ) -> Result<(), HookError> {
        let Hook { program, arguments } = hook;
        // A path is one of the project's, whatever directory the user is in.
        let mut command = if program.contains('/') {
            Command::new(self.root.join(program))
        } else {
            Command::new(program)
        };
        command
            .args(arguments)
            .current_dir(self.root)
            .env(DIRECTORY, self.root)
            .env(NAME, self.name);
        let output = run_to_end(&mut command, end).await;
        let rest = || self.rest(at);
        match output {
            Ok(Some(output)) if output.status.success() => {
                if self.verbosity >= Verbosity::Verbose && !self.is_silent {
                    for text in [&output.stdout, &output.stderr] {
                        console::raw(self.shown(&String::from_utf8_lossy(text)));
                    }
                }
                Ok(())
            }
            Ok(Some(output)) => Err(HookError::Failed {
                command: typed(self.plan, hook),
                status: output.status,
                output: match complaint(&output) {
                    // It said nothing.
                    status if status == output.status.to_string() => String::new(),
                    said => format!("\n{}", self.shown(&said)),
                },
                rest: rest(),
            }),
            Ok(None) => Err(HookError::Interrupted { rest: rest() }),
            Err(source) => Err(HookError::NotStarted {
                command: typed(self.plan, hook),
                source,
                rest: rest(),
            }),
        }
    }

    /// The command and those after it, as one would type them here.
    fn rest(&self, at: usize) -> String {
        let directory = (self.root != self.here).then(|| format!("cd {}", self.directory()));
        let hooks = self.plan.hooks().iter().skip(at);
        let hooks = hooks.map(|hook| typed(self.plan, hook));
        directory
            .into_iter()
            .chain(hooks)
            .collect::<Vec<_>>()
            .join(" && ")
    }

    /// All commands, one a line.
    fn list(&self) -> String {
        let hooks = self.plan.hooks().iter();
        let lines = hooks.map(|hook| format!("  {}", typed(self.plan, hook)));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The project's directory, as one would type it here.
    fn directory(&self) -> String {
        let below = self.root.strip_prefix(self.here).unwrap_or(self.root);
        let below = if below.as_os_str().is_empty() {
            Path::new(".")
        } else {
            below
        };
        shown_line(&quoted(below.as_os_str())).to_string()
    }

    /// What a command printed, as it may be shown.
    fn shown(&self, text: &str) -> String {
        shown_text(&self.plan.without_secrets(text)).to_string()
    }
}

/// The words of a command, with what is secret in them masked.
pub(super) fn words(plan: &Plan, hook: &Hook) -> Vec<String> {
    let words = std::iter::once(&hook.program).chain(&hook.arguments);
    words.map(|word| plan.without_secrets(word)).collect()
}

/// A command as one would type it, with what is secret in it masked.
pub(super) fn typed(plan: &Plan, hook: &Hook) -> String {
    as_typed(&words(plan, hook))
}

/// Words as one would type them, with nothing in them that steers the terminal.
fn as_typed(words: &[String]) -> String {
    let words: Vec<_> = words.iter().map(|word| quoted(word.as_ref())).collect();
    shown_line(&words.join(" ")).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_shown_as_they_are_typed() {
        let words = ["sh", "-c", "a; b\u{1b}[2J", "it's"].map(str::to_owned);
        assert_eq!(as_typed(&words), "sh -c 'a; b\\u{1b}[2J' 'it'\\''s'");
    }
}
