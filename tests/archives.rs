//! Archives as templates: the same project as `django-admin` makes from each kind of archive, and
//! nothing at all from an archive that is made to do harm.
#![expect(
    clippy::unwrap_used,
    reason = "in the helpers too, a panic is how a test fails"
)]

mod hostile;
mod parity;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;

use crate::support::{Packages, Python, newest, python};

/// A directory with an archive, and everything that a run may write to.
pub(crate) struct Place {
    root: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        crate::support::signals::heed();
        let root = tempfile::tempdir().unwrap();
        for name in ["in", "out", "tmp", "home"] {
            fs::create_dir(root.path().join(name)).unwrap();
        }
        Self { root }
    }

    /// The directory with the archive.
    pub(crate) fn input(&self) -> PathBuf {
        self.root.path().canonicalize().unwrap().join("in")
    }

    /// The directory that projects are made in.
    pub(crate) fn output(&self) -> PathBuf {
        self.root.path().canonicalize().unwrap().join("out")
    }

    /// Runs Python in the directory with the archive, to make it.
    pub(crate) fn python(&self, code: &str, arguments: &[&str]) {
        let output = Command::new(interpreter().as_ref())
            .args(["-B", "-c", code])
            .args(arguments)
            .current_dir(self.input())
            .output()
            .unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{complaint}\n{code}");
    }

    /// Makes a project with our program.
    pub(crate) fn scaffold(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("scaffold"));
        command.arg("startproject").args(arguments);
        self.run(command)
    }

    /// Makes a project with Django's.
    pub(crate) fn django(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(interpreter().venv(Packages::Django).as_ref());
        command
            .args(["-B", "-m", "django", "startproject"])
            .args(arguments);
        self.run(command)
    }

    fn run(&self, mut command: Command) -> Output {
        command
            .current_dir(self.output())
            .env("HOME", self.root.path().join("home"))
            .env("PATH", crate::support::path())
            .env("TMPDIR", self.root.path().join("tmp"))
            .env("NO_COLOR", "1")
            .output()
            .unwrap()
    }

    /// Everything that is anywhere but in the directory with the archive.
    pub(crate) fn written(&self) -> Vec<PathBuf> {
        ["out", "tmp", "home"]
            .iter()
            .flat_map(|name| walkdir::WalkDir::new(self.root.path().join(name)).min_depth(1))
            .map(|entry| entry.unwrap().into_path())
            .collect()
    }
}

/// The Python that makes the archives and runs Django.
fn interpreter() -> &'static Python {
    python::minor(12).unwrap_or_else(newest)
}

/// What a program printed to standard error.
fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The path as an argument.
fn argument(path: &Path) -> &str {
    path.to_str().unwrap()
}
