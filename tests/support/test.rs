//! Running the program once: arguments and files in, exit code, output and files out.

use std::{
    ffi::OsStr,
    fmt, fs,
    ops::Deref,
    path::{Path, PathBuf},
    process::Output,
    time::Duration,
};

use assert_cmd::cargo::cargo_bin;

use super::{sandbox::Sandbox, typing::Typing};

/// How long a run may take: a `pip install` is the longest thing one does, on a slow line.
const DEADLINE: Duration = Duration::from_mins(5);

/// One run of the program. What is not said is expected to be empty: both outputs, and the exit
/// code to be 0. Outputs are compared after [`Sandbox::filter`].
#[derive(Debug)]
#[must_use = "nothing happens before `run`"]
pub(crate) struct Test {
    sandbox: Sandbox,
    args: Vec<String>,
    directory: PathBuf,
    stdin: Vec<u8>,
    stdout: Vec<Expected>,
    stderr: Vec<Expected>,
    status: i32,
}

/// What an output must be.
#[derive(Debug)]
enum Expected {
    Exactly(String),
    Contains(String),
    Matches(String),
}

impl Test {
    /// The program without arguments in an empty directory.
    pub(crate) fn new() -> Self {
        Self::within(Sandbox::new())
    }

    /// The program in a directory where something was done before.
    pub(crate) fn within(sandbox: Sandbox) -> Self {
        Self {
            sandbox,
            args: Vec::new(),
            directory: PathBuf::new(),
            stdin: Vec::new(),
            stdout: Vec::new(),
            stderr: Vec::new(),
            status: 0,
        }
    }

    /// Adds an argument.
    pub(crate) fn arg(mut self, arg: impl Into<String>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Adds arguments.
    pub(crate) fn args(mut self, args: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Writes a file into the working directory.
    pub(crate) fn file(self, path: impl AsRef<Path>, contents: impl AsRef<[u8]>) -> Self {
        self.sandbox.write(path, contents);
        self
    }

    /// Writes an executable file into the working directory.
    pub(crate) fn executable(self, path: impl AsRef<Path>, contents: impl AsRef<[u8]>) -> Self {
        self.sandbox.write_executable(path, contents);
        self
    }

    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.sandbox.set_env(name, value);
        self
    }

    /// Removes an environment variable.
    pub(crate) fn env_remove(mut self, name: impl AsRef<OsStr>) -> Self {
        self.sandbox.remove_env(name);
        self
    }

    /// Puts the directory of an interpreter first on `PATH`.
    pub(crate) fn python(mut self, executable: impl AsRef<Path>) -> Self {
        self.sandbox
            .first_on_path(executable.as_ref().parent().unwrap());
        self
    }

    /// Runs in a directory of the working directory, which is made where it is missing.
    pub(crate) fn in_dir(mut self, directory: impl AsRef<Path>) -> Self {
        directory.as_ref().clone_into(&mut self.directory);
        fs::create_dir_all(self.sandbox.dir().join(directory)).unwrap();
        self
    }

    /// What the program reads from standard input; nothing where this is not called.
    pub(crate) fn stdin(mut self, octets: impl AsRef<[u8]>) -> Self {
        octets.as_ref().clone_into(&mut self.stdin);
        self
    }

    /// Standard output must be exactly this.
    pub(crate) fn stdout(mut self, text: impl Into<String>) -> Self {
        self.stdout.push(Expected::Exactly(text.into()));
        self
    }

    /// Standard output must contain this.
    pub(crate) fn stdout_contains(mut self, text: impl Into<String>) -> Self {
        self.stdout.push(Expected::Contains(text.into()));
        self
    }

    /// The whole of standard output must match this regular expression.
    pub(crate) fn stdout_matches(mut self, pattern: impl Into<String>) -> Self {
        self.stdout.push(Expected::Matches(pattern.into()));
        self
    }

    /// Standard error must be exactly this.
    pub(crate) fn stderr(mut self, text: impl Into<String>) -> Self {
        self.stderr.push(Expected::Exactly(text.into()));
        self
    }

    /// Standard error must contain this.
    pub(crate) fn stderr_contains(mut self, text: impl Into<String>) -> Self {
        self.stderr.push(Expected::Contains(text.into()));
        self
    }

    /// The whole of standard error must match this regular expression.
    pub(crate) fn stderr_matches(mut self, pattern: impl Into<String>) -> Self {
        self.stderr.push(Expected::Matches(pattern.into()));
        self
    }

    /// The exit code must be this.
    pub(crate) fn status(mut self, code: i32) -> Self {
        self.status = code;
        self
    }

    /// The working directory, to prepare what [`file`](Self::file) cannot.
    pub(crate) fn dir(&self) -> PathBuf {
        self.sandbox.dir()
    }

    /// Runs the program and compares.
    ///
    /// # Panics
    ///
    /// Where anything differs, with the whole output.
    #[track_caller]
    pub(crate) fn run(mut self) -> Outcome {
        let (stdout, stderr) = (take(&mut self.stdout), take(&mut self.stderr));
        let status = self.status;
        let outcome = self.capture();
        let mut wrong = Vec::new();
        if outcome.status != Some(status) {
            wrong.push(format!(
                "exit code {:?} instead of {status}",
                outcome.status
            ));
        }
        wrong.extend(
            stdout
                .iter()
                .filter_map(|e| e.complaint("stdout", &outcome.stdout)),
        );
        wrong.extend(
            stderr
                .iter()
                .filter_map(|e| e.complaint("stderr", &outcome.stderr)),
        );
        assert!(wrong.is_empty(), "{}\n\n{outcome}", wrong.join("\n"));
        outcome
    }

    /// Starts the program at a terminal, without colour, for somebody to type.
    pub(crate) fn start_on_terminal(mut self) -> Typing {
        self.sandbox.set_env("TERM", "xterm");
        self.sandbox.set_env("NO_COLOR", "1");
        Typing::start(cargo_bin!("scaffold"), &self.args, self.sandbox)
    }

    /// The arguments, and where it runs, for another way to run it.
    pub(super) fn into_parts(self) -> (Vec<String>, PathBuf, Sandbox) {
        let directory = self.sandbox.dir().join(self.directory);
        (self.args, directory, self.sandbox)
    }

    /// Runs the program and compares nothing: for snapshots of the [`Outcome`].
    pub(crate) fn capture(self) -> Outcome {
        let Self {
            sandbox,
            args,
            directory,
            stdin,
            ..
        } = self;
        let output = assert_cmd::Command::new(cargo_bin!("scaffold"))
            .args(args)
            .current_dir(sandbox.dir().join(directory))
            .env_clear()
            .envs(sandbox.env())
            .write_stdin(stdin)
            .timeout(DEADLINE)
            .output()
            .unwrap();
        Outcome::new(&output, sandbox)
    }
}

impl Expected {
    /// What is wrong with an output, if anything.
    fn complaint(&self, name: &str, actual: &str) -> Option<String> {
        match self {
            Self::Exactly(text) => (text != actual).then(|| format!("{name} is not:\n{text}")),
            Self::Contains(text) => {
                (!actual.contains(text)).then(|| format!("{name} does not contain: {text}"))
            }
            Self::Matches(pattern) => {
                let whole = regex::Regex::new(&format!("(?s)^(?:{pattern})$")).unwrap();
                (!whole.is_match(actual)).then(|| format!("{name} does not match: {pattern}"))
            }
        }
    }
}

/// The expectations of one output; empty output where there are none.
fn take(expected: &mut Vec<Expected>) -> Vec<Expected> {
    if expected.is_empty() {
        expected.push(Expected::Exactly(String::new()));
    }
    std::mem::take(expected)
}

/// What a run left behind. Displays as exit code, standard output and standard error, for inline
/// snapshots; dereferences to the [`Sandbox`] it ran in.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Standard output, filtered.
    pub(crate) stdout: String,
    /// Standard error, filtered.
    pub(crate) stderr: String,
    /// The exit code; none where a signal ended the program or the deadline passed.
    pub(crate) status: Option<i32>,
    sandbox: Sandbox,
}

impl Outcome {
    /// What a run has said and left.
    pub(super) fn new(output: &Output, sandbox: Sandbox) -> Self {
        Self {
            stdout: sandbox.filter(&String::from_utf8_lossy(&output.stdout)),
            stderr: sandbox.filter(&String::from_utf8_lossy(&output.stderr)),
            status: output.status.code(),
            sandbox,
        }
    }

    /// The contents of a file in the working directory.
    #[track_caller]
    pub(crate) fn read(&self, path: impl AsRef<Path>) -> String {
        let path = self.dir().join(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Gives the directory to another run.
    pub(crate) fn then(self) -> Test {
        Test::within(self.sandbox)
    }

    /// Gives the directory to a server.
    pub(crate) fn into_sandbox(self) -> Sandbox {
        self.sandbox
    }
}

impl Deref for Outcome {
    type Target = Sandbox;

    fn deref(&self) -> &Sandbox {
        &self.sandbox
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            stdout,
            stderr,
            status,
            ..
        } = self;
        let status = status.map_or("none".to_owned(), |code| code.to_string());
        writeln!(
            f,
            "exit code: {status}\n----- stdout -----\n{stdout}----- stderr -----\n{stderr}"
        )
    }
}

#[test]
fn the_program_runs() {
    let version = concat!("scaffold ", env!("CARGO_PKG_VERSION"), "\n");
    let outcome = Test::new().arg("--version").stdout(version).run();
    assert_eq!(outcome.tree(""), "");
}

#[test]
fn what_is_not_expected_fails() {
    let fails = |test: Test| {
        let run = std::panic::AssertUnwindSafe(|| test.run());
        let panic = std::panic::catch_unwind(run).expect_err("the run passed");
        panic.downcast_ref::<String>().unwrap().clone()
    };
    assert!(fails(Test::new().arg("--version")).contains("stdout is not:"));
    assert!(fails(Test::new().arg("--version").status(1).stdout_contains("s")).contains("code"));
    assert!(fails(Test::new().arg("--vers1on").status(2)).contains("stderr is not:"));
    let test = Test::new().arg("--version").stdout_matches("scaffold");
    assert!(
        fails(test).contains("does not match"),
        "a part of the output is not the whole"
    );
}
