//! Running one program to its end, for what it does to the disk: quietly, and with a failure that
//! shows what it said. It knows nothing of what the programs are for.

use std::{
    ffi::{OsStr, OsString},
    fs,
    path::{Path, PathBuf},
    process::Output,
};

use tokio::process::Command;

use super::{
    Error, quoted,
    run::{complaint, run_to_end},
};

/// One program to run.
#[derive(Clone, Debug)]
pub struct Step {
    /// What it does, for a progress display.
    pub title: String,
    /// The command, as one would type it in the root.
    pub command: String,
    program: PathBuf,
    arguments: Vec<OsString>,
    root: PathBuf,
    /// The directory to remove if this fails, unless it was there before.
    pub(super) makes: Option<PathBuf>,
    /// The command that does this step and all after it.
    pub(super) retry: String,
    /// The directory to remove if this is interrupted, because an earlier step made it and
    /// nobody can tell whether what is in it now is whole.
    pub(super) belongs_to: Option<PathBuf>,
    /// The command that does all steps.
    pub(super) restart: String,
}

impl Step {
    /// A step that runs the program in the root; `typed` is how a user would write its name.
    pub(super) fn new(
        root: &Path,
        title: String,
        program: &Path,
        typed: &OsStr,
        arguments: Vec<OsString>,
    ) -> Self {
        let words = std::iter::once(typed).chain(arguments.iter().map(OsString::as_os_str));
        Self {
            title,
            command: words.map(quoted).collect::<Vec<_>>().join(" "),
            program: program.to_owned(),
            arguments,
            root: root.to_owned(),
            makes: None,
            retry: String::new(),
            belongs_to: None,
            restart: String::new(),
        }
    }

    /// Runs the program to its end, or until the future is done. It reads nothing and prints
    /// nothing.
    pub async fn run(&self, stop: impl Future<Output = ()>) -> Result<(), Error> {
        let makes = self.makes.clone().filter(|directory| !directory.exists());
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).current_dir(&self.root);
        let output = run_to_end(&mut command, stop).await;
        let output = output.map_err(|source| Error::StepNotStarted {
            command: self.command.clone(),
            source,
        })?;
        let Some(output) = output else {
            remove(self.belongs_to.as_deref().or(makes.as_deref()));
            return Err(Error::Interrupted {
                command: self.command.clone(),
                retry: self.restart.clone(),
            });
        };
        if output.status.success() {
            return Ok(());
        }
        // Half an environment would be taken for a whole one.
        remove(makes.as_deref());
        Err(self.failure(&output))
    }

    fn failure(&self, output: &Output) -> Error {
        // `venv` prints its failures to standard output.
        let printed = [&output.stdout, &output.stderr];
        let blames_ensurepip = printed
            .iter()
            .any(|it| memchr::memmem::find(it, b"ensurepip").is_some());
        Error::StepFailed {
            command: self.command.clone(),
            output: complaint(output),
            retry: self.retry.clone(),
            no_ensurepip: self.makes.is_some() && blames_ensurepip,
        }
    }
}

/// Removes a directory that should not stay. If it cannot be removed, what made the step fail is
/// still the thing to report.
fn remove(directory: Option<&Path>) {
    if let Some(directory) = directory {
        let _ = fs::remove_dir_all(directory);
    }
}

#[cfg(test)]
mod tests {
    use std::{future::pending, time::Duration};

    use rustix::process::Pid;
    use tokio::time::sleep;

    use super::*;

    /// How often to look whether a program has begun.
    const LOOK: Duration = Duration::from_millis(5);

    /// A step that runs a shell script, as if it were to make an environment.
    fn step(root: &Path, script: &str) -> Step {
        let arguments = vec!["-c".into(), script.into()];
        let mut step = Step::new(
            root,
            String::new(),
            Path::new("/bin/sh"),
            OsStr::new("sh"),
            arguments,
        );
        step.makes = Some(root.join(".venv"));
        step.command = "python3 -m venv .venv".to_owned();
        step.retry = "cd x && y".to_owned();
        step
    }

    async fn run(step: &Step) -> Error {
        step.run(pending()).await.unwrap_err()
    }

    #[tokio::test]
    async fn a_failure_shows_the_last_lines_and_leaves_no_half_environment() {
        let root = tempfile::tempdir().unwrap();
        let script = "mkdir .venv; i=0; \
            while [ $i -lt 30 ]; do echo line $i >&2; i=$((i+1)); done; exit 3";
        let error = run(&step(root.path(), script)).await;
        let text = error.to_string();
        let start = "`python3 -m venv .venv` failed\nline 10\n";
        assert!(text.starts_with(start), "{text}");
        assert!(text.ends_with("\nline 29"), "{text}");
        assert!(!root.path().join(".venv").exists());
        let hint = "the project is complete; to try again, run `cd x && y`";
        assert_eq!(error.hint().unwrap(), hint);
    }

    #[tokio::test]
    async fn what_was_there_before_stays() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join(".venv")).unwrap();
        let error = run(&step(root.path(), "exit 3")).await;
        assert!(error.to_string().contains("exit status: 3"), "{error}");
        assert!(root.path().join(".venv").exists());
    }

    #[tokio::test]
    async fn a_python_without_ensurepip_gets_a_hint() {
        let root = tempfile::tempdir().unwrap();
        let script = "echo 'failing because ensurepip is not available.'; exit 1";
        let error = run(&step(root.path(), script)).await;
        let shown = "ensurepip is not available";
        assert!(error.to_string().contains(shown), "{error}");
        assert!(error.hint().unwrap().contains("apt install python3-venv"));
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_named() {
        let root = tempfile::tempdir().unwrap();
        let mut step = step(root.path(), "");
        step.program = root.path().join("missing");
        let error = run(&step).await.to_string();
        assert!(
            error.starts_with("cannot run `python3 -m venv .venv`: "),
            "{error}"
        );
    }

    #[tokio::test]
    async fn an_interruption_ends_everything_and_removes_the_environment() {
        // The second script does not let itself be interrupted.
        for script in [
            "echo $$ >pid; exec sleep 600",
            "trap '' INT; sleep 600 & echo $! >pid; wait",
        ] {
            let root = tempfile::tempdir().unwrap();
            let file = root.path().join("pid");
            let environment = root.path().join(".venv");
            fs::create_dir(&environment).unwrap();
            let mut step = step(root.path(), script);
            step.makes = None;
            step.belongs_to = Some(environment.clone());
            step.restart = "all of it".to_owned();
            let started = async {
                while !fs::read_to_string(&file).is_ok_and(|text| text.ends_with('\n')) {
                    sleep(LOOK).await;
                }
            };
            let error = step.run(started).await.unwrap_err();
            assert!(matches!(error, Error::Interrupted { .. }), "{error}");
            assert!(error.hint().unwrap().ends_with("run `all of it`"));
            assert!(!environment.exists());
            let pid = fs::read_to_string(&file).unwrap().trim().parse().unwrap();
            let state = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            let left = rustix::process::test_kill_process(Pid::from_raw(pid).unwrap());
            assert!(left.is_err() || state.contains(") Z "), "{state}");
        }
    }
}
