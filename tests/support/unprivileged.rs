//! Programs as a user who may do nothing: some refuse to run as root, and none of them should need
//! to.

use std::{
    fs,
    os::unix::fs::chown,
    path::Path,
    process::{Command, Stdio},
};

use rustix::process::geteuid;

/// A program as that user, where the tests run as root. It ends with the thread that starts it,
/// should that not come to stop it.
pub(crate) fn as_nobody(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    if geteuid().is_root() {
        let (user, group) = nobody();
        command.args([format!("--reuid={user}"), format!("--regid={group}")]);
        command.arg("--clear-groups");
    }
    command.args(["--pdeathsig", "QUIT"]).arg(program);
    command.env_clear().env("LANG", "C.UTF-8").current_dir("/");
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}

/// Makes a file or directory that user's own.
pub(crate) fn give_to_nobody(path: &Path) {
    if geteuid().is_root() {
        let (user, group) = nobody();
        chown(path, Some(user), Some(group)).unwrap();
    }
}

/// The number of the user `nobody`, and of its group.
pub(crate) fn nobody() -> (u32, u32) {
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let line = users.lines().find(|line| line.starts_with("nobody:"));
    let mut numbers = line.unwrap().split(':').skip(2);
    let mut next = || numbers.next().unwrap().parse().unwrap();
    (next(), next())
}
