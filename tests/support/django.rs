//! Django's own `manage.py runserver`, to compare with, and what a project needs before either
//! server runs.

use std::{ffi::OsStr, path::Path, process::Command};

use serde::{Serialize, de::DeserializeOwned};

use super::{Packages, Sandbox, Serve, Server, newest};

impl Serve {
    /// Starts Django's own server in place of ours: the same directory, environment and arguments.
    /// Without its reloader, which a killed server leaves behind.
    ///
    /// # Panics
    ///
    /// Where it does not announce its address, with everything it printed.
    #[track_caller]
    pub(crate) fn start_djangos_own(self, interpreter: impl AsRef<Path>) -> Server {
        let mut command = Command::new(interpreter.as_ref());
        command.args(["-u", "manage.py"]);
        self.complete(&mut command);
        command.arg("--noreload");
        Server::spawn(command, self.into_sandbox())
    }
}

/// Runs `manage.py` with these arguments in a directory of the sandbox, in its environment; gives
/// what it printed to standard output.
///
/// # Panics
///
/// Where it fails, with everything it printed.
#[track_caller]
pub(crate) fn manage<A: AsRef<OsStr>>(
    sandbox: &Sandbox,
    directory: impl AsRef<Path>,
    interpreter: impl AsRef<Path>,
    args: impl IntoIterator<Item = A>,
) -> String {
    let mut command = Command::new(interpreter.as_ref());
    command.arg("manage.py").args(args);
    command.current_dir(sandbox.dir().join(directory));
    command.env_clear().envs(sandbox.env());
    let output = command.output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}\n{stdout}{stderr}");
    stdout
}

/// What a Python program makes of these cases with the newest Django: it reads them as JSON, and
/// prints JSON.
///
/// # Panics
///
/// Where it fails, with its complaint.
#[track_caller]
pub(crate) fn ask_django<T: DeserializeOwned>(program: &str, cases: &impl Serialize) -> T {
    let output = assert_cmd::Command::new(newest().venv(Packages::Django).as_ref())
        .args(["-B", "-c", program])
        .write_stdin(serde_json::to_string(cases).unwrap())
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    serde_json::from_slice(&output.stdout).unwrap()
}
