//! The program, rendering many templates in one run.

use std::{fmt, fs, path::Path, process::Command};

use assert_cmd::cargo::cargo_bin;
use regex::Regex;
use tempfile::TempDir;

use super::{PROJECT, VARIABLES};
use crate::support::{Packages, Venv, newest, signals};

/// A place to run the program in, any number of times and by any number of threads.
pub(super) struct Ours {
    root: TempDir,
    place: Regex,
    venv: Venv,
}

/// What the program made of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Run {
    Output(String),
    Refusal {
        /// The exit code; none where a signal ended the program.
        code: Option<i32>,
        stderr: String,
        /// The line that the message names, beside the file.
        line: Option<u64>,
    },
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Output(text) => write!(f, "renders {text:?}"),
            Self::Refusal { code, stderr, line } => {
                write!(
                    f,
                    "exit code {code:?}, line {line:?}: {}",
                    stderr.trim_end()
                )
            }
        }
    }
}

/// What one run of the program came to.
enum Outcome {
    Outputs(Vec<String>),
    Failure {
        refusal: Run,
        /// The template that the message names.
        guilty: Option<usize>,
    },
}

impl Ours {
    pub(super) fn new() -> Self {
        signals::heed();
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("variables.json"), VARIABLES).unwrap();
        Self {
            root,
            place: Regex::new(r"case_(\d+)\.py:(\d+)").unwrap(),
            venv: newest().venv(Packages::Django),
        }
    }

    /// What the program makes of each template. One that is refused ends a run for all, so the run
    /// is repeated without it.
    pub(super) fn run(&self, texts: &[&str]) -> Vec<Run> {
        if texts.is_empty() {
            return Vec::new();
        }
        match self.outcome(texts) {
            Outcome::Outputs(outputs) => outputs.into_iter().map(Run::Output).collect(),
            Outcome::Failure { refusal, .. } if texts.len() == 1 => vec![refusal],
            Outcome::Failure {
                guilty: Some(guilty),
                refusal,
            } if guilty < texts.len() => {
                let (before, rest) = texts.split_at(guilty);
                let mut runs = self.run(&[before, &rest[1..]].concat());
                runs.insert(guilty, refusal);
                runs
            }
            Outcome::Failure { .. } => {
                let (one, other) = texts.split_at(texts.len() / 2);
                [self.run(one), self.run(other)].concat()
            }
        }
    }

    fn outcome(&self, texts: &[&str]) -> Outcome {
        let directory = tempfile::tempdir_in(self.root.path()).unwrap();
        let (template, project) = (directory.path().join("t"), directory.path().join("p"));
        fs::create_dir(&template).unwrap();
        let name = |number: usize| format!("case_{number}.py");
        for (number, text) in texts.iter().enumerate() {
            fs::write(template.join(name(number)), text).unwrap();
        }
        let output = self.command(&template, &project).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() {
            let read = |number| fs::read(project.join(name(number))).unwrap();
            let outputs = (0..texts.len()).map(read);
            let outputs = outputs.map(|octets| String::from_utf8(octets).unwrap());
            return Outcome::Outputs(outputs.collect());
        }
        let place = self.place.captures(&stderr);
        let group = |number: usize| -> Option<u64> { place.as_ref()?[number].parse().ok() };
        let (guilty, line) = (group(1), group(2));
        Outcome::Failure {
            refusal: Run::Refusal {
                code: output.status.code(),
                stderr,
                line,
            },
            guilty: guilty.and_then(|number| usize::try_from(number).ok()),
        }
    }

    fn command(&self, template: &Path, project: &Path) -> Command {
        let venv = &self.venv;
        let mut command = Command::new(cargo_bin!("scaffold"));
        command
            .args(["startproject", PROJECT])
            .arg(project)
            .arg("--template")
            .arg(template)
            .arg("--vars")
            .arg(self.root.path().join("variables.json"))
            .arg("-q")
            .current_dir(self.root.path())
            .env_clear()
            .env("HOME", self.root.path())
            .env("VIRTUAL_ENV", venv.dir())
            .env("PATH", venv.dir().join("bin"));
        command
    }
}
