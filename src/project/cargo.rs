//! What a Cargo package needs before it can be built without a network.

use std::{
    ffi::{OsStr, OsString},
    path::Path,
};

use super::{Error, Step, programs::program_on_path, quoted};

/// The file that makes a directory a package.
const MANIFEST: &str = "Cargo.toml";

/// Files that make it a Python project all the same.
const PYTHON: [&str; 2] = ["pyproject.toml", "requirements.txt"];

/// Whether the project with that root is a Cargo package, and none of Python.
pub(super) fn is_package(root: &Path) -> bool {
    let has = |name: &&str| root.join(name).is_file();
    has(&MANIFEST) && !PYTHON.iter().any(has)
}

/// The step that fetches what the package depends on: the versions in its lock file.
pub(super) fn fetch(root: &Path, path: &OsStr) -> Result<Step, Error> {
    let cargo = program_on_path(path, &["cargo"]).ok_or(Error::NoCargo)?;
    let title = "Fetching dependencies with cargo".to_owned();
    let arguments = ["fetch", "--locked"].map(OsString::from).to_vec();
    let mut step = Step::new(root, title, &cargo, OsStr::new("cargo"), arguments);
    step.retry = format!("cd {} && {}", quoted(root.as_os_str()), step.command);
    step.restart.clone_from(&step.retry);
    Ok(step)
}
