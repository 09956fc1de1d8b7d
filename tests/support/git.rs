//! The real `git`, without anybody's configuration.

use std::{env, path::Path, process::Command};

/// A run of `git` in a directory, as somebody with a name.
pub(crate) fn git(directory: impl AsRef<Path>) -> Command {
    let mut git = Command::new("git");
    git.args(["-c", "user.name=A", "-c", "user.email=a@example.org"])
        .current_dir(directory)
        .env_clear()
        .envs(env::vars_os().filter(|(name, _)| name == "PATH"))
        .env("GIT_CONFIG_NOSYSTEM", "1");
    git
}
