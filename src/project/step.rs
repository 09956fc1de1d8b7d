//! Running one program to its end, for what it does to the disk: quietly, and with a failure that
//! shows what it said. It knows nothing of what the programs are for.

use std::{
    ffi::{OsStr, OsString},
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use super::Error;

/// How much of a failed program's output is shown: its last lines say what went wrong.
const SHOWN_LINES: usize = 20;

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
        }
    }

    /// Runs the program to its end. It reads nothing and prints nothing; it stays in our process
    /// group, so Ctrl-C ends it with us.
    pub fn run(&self) -> Result<(), Error> {
        let makes = self
            .makes
            .as_deref()
            .filter(|directory| !directory.exists());
        let output = Command::new(&self.program)
            .args(&self.arguments)
            .current_dir(&self.root)
            .stdin(Stdio::null())
            .output()
            .map_err(|source| Error::StepNotStarted {
                command: self.command.clone(),
                source,
            })?;
        if output.status.success() {
            return Ok(());
        }
        if let Some(directory) = makes {
            // Half an environment would be taken for a whole one. If it cannot be removed, what
            // made the step fail is still the thing to report.
            let _ = fs::remove_dir_all(directory);
        }
        Err(self.failure(&output))
    }

    fn failure(&self, output: &Output) -> Error {
        let errors = String::from_utf8_lossy(&output.stderr);
        let printed = String::from_utf8_lossy(&output.stdout);
        // `venv` prints its failures to standard output.
        let shown = if errors.trim().is_empty() {
            &printed
        } else {
            &errors
        };
        let mut shown = last_lines(shown.trim(), SHOWN_LINES).to_owned();
        if shown.is_empty() {
            shown = output.status.to_string();
        }
        let blames_ensurepip = printed.contains("ensurepip") || errors.contains("ensurepip");
        Error::StepFailed {
            command: self.command.clone(),
            output: shown,
            retry: self.retry.clone(),
            no_ensurepip: self.makes.is_some() && blames_ensurepip,
        }
    }
}

fn last_lines(text: &str, count: usize) -> &str {
    let start = text
        .rmatch_indices('\n')
        .nth(count - 1)
        .map_or(0, |(newline, _)| newline + 1);
    text.get(start..).unwrap_or(text)
}

/// A word as a POSIX shell wants it.
pub(super) fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let is_plain =
        |character: char| character.is_alphanumeric() || "_-./=:@%+,".contains(character);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.into_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn a_failure_shows_the_last_lines_and_leaves_no_half_environment() {
        let root = tempfile::tempdir().unwrap();
        let script = "mkdir .venv; i=0; \
            while [ $i -lt 30 ]; do echo line $i >&2; i=$((i+1)); done; exit 3";
        let error = step(root.path(), script).run().unwrap_err();
        let text = error.to_string();
        let start = "`python3 -m venv .venv` failed\nline 10\n";
        assert!(text.starts_with(start), "{text}");
        assert!(text.ends_with("\nline 29"), "{text}");
        assert!(!root.path().join(".venv").exists());
        let hint = "the project is complete; to try again, run `cd x && y`";
        assert_eq!(error.hint().unwrap(), hint);
    }

    #[test]
    fn what_was_there_before_stays() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join(".venv")).unwrap();
        let error = step(root.path(), "exit 3").run().unwrap_err();
        assert!(error.to_string().contains("exit status: 3"), "{error}");
        assert!(root.path().join(".venv").exists());
    }

    #[test]
    fn a_python_without_ensurepip_gets_a_hint() {
        let root = tempfile::tempdir().unwrap();
        let script = "echo 'failing because ensurepip is not available.'; exit 1";
        let error = step(root.path(), script).run().unwrap_err();
        let shown = "ensurepip is not available";
        assert!(error.to_string().contains(shown), "{error}");
        assert!(error.hint().unwrap().contains("apt install python3-venv"));
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let root = tempfile::tempdir().unwrap();
        let mut step = step(root.path(), "");
        step.program = root.path().join("missing");
        let error = step.run().unwrap_err().to_string();
        assert!(
            error.starts_with("cannot run `python3 -m venv .venv`: "),
            "{error}"
        );
    }

    #[test]
    fn words_are_quoted_for_a_shell() {
        for (word, typed) in [
            ("a-b/c.d", "a-b/c.d"),
            ("", "''"),
            ("a b", "'a b'"),
            ("~", "'~'"),
        ] {
            assert_eq!(quoted(OsStr::new(word)), typed);
        }
    }
}
