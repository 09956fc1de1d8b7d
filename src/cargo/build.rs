//! Building the runner, and with it the project.

use std::{collections::VecDeque, future::pending, path::PathBuf, process::Stdio};

use anstream::adapter::strip_str;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, BufReader, Lines},
    process::Command,
};

use super::{
    Application, CARGO, Diagnostic, Error, Package, Refusal, RunnerCrate,
    diagnostics::{self, Message},
};
use crate::project::{Environment, Group};

/// How many lines of Cargo's own words are kept for the reason of a failure: all that it says of
/// one, after some of its progress.
const KEPT_LINES: usize = 100;

/// How Cargo says that the compiler has failed.
const FAILED: &str = "could not compile";

/// One build of a project.
#[derive(Debug)]
pub struct Build<'a> {
    /// The project.
    pub package: &'a Package,
    /// What of it is served.
    pub application: &'a Application,
    /// What Cargo, the compiler and build scripts have in their environment: it may decide what the
    /// program becomes.
    pub environment: &'a Environment,
    /// Whether Cargo is to use colours in its own words.
    pub has_color: bool,
}

/// What a build has to say while it runs.
#[derive(Debug)]
pub enum Output<'a> {
    /// A line of Cargo's own words.
    Cargo(&'a str),
    /// What the compiler says.
    Compiler(&'a Diagnostic),
}

impl Build<'_> {
    /// Builds the program that serves the project. Where this is dropped, Cargo, the compiler and
    /// all that they have started are killed at once, as by Ctrl-C: Cargo builds anew what was not
    /// complete.
    pub async fn run(&self, mut tell: impl FnMut(Output<'_>)) -> Result<PathBuf, Error> {
        let Self {
            package,
            application,
            environment,
            has_color,
        } = self;
        let runner = RunnerCrate::write(package, application, environment)?;
        let mut command = Command::new(CARGO);
        command
            .args(["build", "--message-format=json-diagnostic-rendered-ansi"])
            .arg(if *has_color {
                "--color=always"
            } else {
                "--color=never"
            })
            .arg("--manifest-path")
            .arg(runner.directory.join("Cargo.toml"))
            .arg("--target-dir")
            .arg(&package.target)
            // Here the project's own toolchain and configuration are found.
            .current_dir(&package.directory)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        environment.apply(command.as_std_mut());
        let (mut child, group) = Group::start(&mut command).map_err(Error::NoCargo)?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let mut messages = stdout.map(|stdout| BufReader::new(stdout).lines());
        let mut words = stderr.map(|stderr| BufReader::new(stderr).lines());
        let mut said = VecDeque::new();
        let mut program = None;
        let mut refusal = Refusal::default();
        let mut of_runner: Option<Diagnostic> = None;
        while messages.is_some() || words.is_some() {
            tokio::select! {
                line = next_line(&mut messages) => {
                    let message = line.and_then(|line| diagnostics::read(&line, &runner.name));
                    match message {
                        None => {}
                        Some(Message::Program(path)) => program = Some(path),
                        Some(Message::Said(said)) if said.is_of_runner => {
                            of_runner = of_runner.or(said.is_error.then_some(said));
                        }
                        Some(Message::Said(said)) => {
                            tell(Output::Compiler(&said));
                            refusal.note(said, &package.directory);
                        }
                    }
                }
                line = next_line(&mut words) => if let Some(line) = line {
                    // That the program around the project fails has a reason in the project.
                    if !(line.contains(FAILED) && line.contains(&runner.name)) {
                        tell(Output::Cargo(&line));
                    }
                    if said.len() == KEPT_LINES {
                        said.pop_front();
                    }
                    said.push_back(strip_str(&line).to_string());
                },
            }
        }
        let status = child.wait().await.map_err(Error::NoCargo)?;
        group.leave();
        match (status.success(), program, of_runner) {
            (true, Some(program), _) => Ok(program),
            _ if !refusal.errors.is_empty() => Err(Error::Compile(Box::new(refusal))),
            (_, _, Some(said)) => Err(self.wrong_type(&said)),
            _ => Err(diagnostics::complaint(&Vec::from(said).join("\n"))),
        }
    }

    /// What is wrong with the program around the project is what is wrong with what the settings
    /// name.
    fn wrong_type(&self, said: &Diagnostic) -> Error {
        let reason = format!("the compiler refuses that: {}", said.message);
        let hint = "it must be a function without arguments that returns a \
            `tower::Service<http::Request<_>>`, such as an `axum::Router`";
        self.application.wrong(reason, hint.to_owned())
    }
}

/// The next line; waits without end where there are no more, and drops what they come from.
async fn next_line<R: AsyncRead + Unpin>(
    lines: &mut Option<Lines<BufReader<R>>>,
) -> Option<String> {
    let Some(source) = lines else {
        return pending().await;
    };
    let line = source.next_line().await.ok().flatten();
    if line.is_none() {
        *lines = None;
    }
    line
}
