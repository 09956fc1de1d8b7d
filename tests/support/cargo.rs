//! Cargo, for the projects in Rust that the program makes.
//!
//! They are built under `target/test-rust`, one directory for all of them, so that what they depend
//! on is built once. What is fetched goes where the machine's Cargo keeps it.

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use super::{Sandbox, test::Test};

/// The Cargo that builds these tests. Its directory has the rest of its toolchain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cargo {
    _fetched: (),
}

impl Cargo {
    /// Cargo, with all that the projects depend on where it finds it without a network.
    ///
    /// # Panics
    ///
    /// Where there is no Cargo, or what it does not have yet cannot be fetched.
    pub(crate) fn ready() -> Self {
        static FETCHED: OnceLock<()> = OnceLock::new();
        FETCHED.get_or_init(|| {
            let made = Test::new()
                .args(["startproject", "mysite", "--template", "rust", "-q"])
                .run();
            let mut fetch = command(&made, "mysite");
            fetch.args(["fetch", "--locked"]);
            complete(
                fetch,
                "the tests of the template `rust` need crates from crates.io",
            );
        });
        Self { _fetched: () }
    }

    /// Runs a subcommand in a project, without a network; gives what it printed.
    ///
    /// # Panics
    ///
    /// Where it fails, with what it printed.
    #[track_caller]
    pub(crate) fn run(self, project: &Sandbox, name: &str, args: &[&str]) -> String {
        let mut command = command(project, name);
        command.args(args).env("CARGO_NET_OFFLINE", "true");
        complete(command, "")
    }

    /// Where a project's program is, once it is built.
    pub(crate) fn program(self, name: &str) -> PathBuf {
        target().join("debug").join(name)
    }
}

/// Cargo in a project.
fn command(project: &Sandbox, name: &str) -> Command {
    let cargo = env::var_os("CARGO").map_or_else(|| env!("CARGO").into(), PathBuf::from);
    let home = PathBuf::from(env::var_os("HOME").unwrap_or_default());
    let at_home = |variable: &str, directory: &str| {
        env::var_os(variable).map_or_else(|| home.join(directory), PathBuf::from)
    };
    let directories = cargo.parent().map(Path::to_owned).into_iter();
    let path = project
        .env()
        .get(OsStr::new("PATH"))
        .cloned()
        .unwrap_or_default();
    let path = directories.chain(env::split_paths(&path));
    let mut command = Command::new(&cargo);
    command
        .current_dir(project.dir().join(name))
        .env_clear()
        .envs(project.env())
        .env("PATH", env::join_paths(path).unwrap())
        .env("CARGO_HOME", at_home("CARGO_HOME", ".cargo"))
        .env("RUSTUP_HOME", at_home("RUSTUP_HOME", ".rustup"))
        .env("CARGO_TARGET_DIR", target())
        // Nothing of it is built twice.
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_TERM_COLOR", "never");
    command
}

/// The directory that all of them are built in; `CARGO_TARGET_TMPDIR` is one of the target
/// directory.
fn target() -> PathBuf {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    temporary.parent().unwrap().join("test-rust")
}

#[track_caller]
fn complete(mut command: Command, what: &str) -> String {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?} cannot be started: {error}"));
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(
        output.status.success(),
        "{command:?} failed with {}; {what}\n{text}",
        output.status
    );
    text
}
