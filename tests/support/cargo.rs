//! Cargo, for the projects in Rust that the program makes.
//!
//! They are built under `target/test-rust`, one directory for all of them, so that what they depend
//! on is built once. What is fetched goes where the machine's Cargo keeps it.

use std::{
    env,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use super::{Sandbox, Serve, test::Test};

/// Runs a subcommand of Cargo in a project, without a network; gives what it printed. What the
/// projects depend on is fetched before the first one.
///
/// # Panics
///
/// Where there is no Cargo, a crate cannot be fetched, or the subcommand fails; with what it
/// printed.
#[track_caller]
pub(crate) fn cargo(project: &Sandbox, name: &str, args: &[&str]) -> String {
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
    let mut command = command(project, name);
    command.args(args).env("CARGO_NET_OFFLINE", "true");
    complete(command, "")
}

/// A server that builds projects where the others are built.
pub(crate) fn serve(sandbox: Sandbox) -> Serve {
    let path = sandbox.env()[OsStr::new("PATH")].clone();
    let all = environment(&path, target()).into_iter();
    all.fold(Serve::within(sandbox), |serve, (name, value)| {
        serve.env(name, value)
    })
}

/// Where a project's program is, once it is built.
pub(crate) fn program(name: &str) -> PathBuf {
    target().join("debug").join(name)
}

/// The Cargo that builds these tests, in a project.
fn command(project: &Sandbox, name: &str) -> Command {
    let mut command = Command::new(executable());
    let path = &project.env()[OsStr::new("PATH")];
    command
        .current_dir(project.dir().join(name))
        .env_clear()
        .envs(project.env())
        .envs(environment(path, target()));
    command
}

/// What Cargo needs to find its toolchain and what it has fetched, and builds in one place what the
/// tests share. `path` is where other programs are.
pub(crate) fn environment(path: &OsStr, target: PathBuf) -> Vec<(&'static str, OsString)> {
    let home = PathBuf::from(env::var_os("HOME").unwrap_or_default());
    let at_home = |variable: &str, directory: &str| {
        env::var_os(variable).unwrap_or_else(|| home.join(directory).into())
    };
    // The toolchain's own programs: those before them would look for its manager's home.
    let toolchain = executable();
    let toolchain = toolchain.parent().map(Path::to_owned).into_iter();
    let path = env::join_paths(toolchain.chain(env::split_paths(path))).unwrap();
    vec![
        ("PATH", path),
        ("CARGO_HOME", at_home("CARGO_HOME", ".cargo")),
        ("RUSTUP_HOME", at_home("RUSTUP_HOME", ".rustup")),
        ("CARGO_TARGET_DIR", target.into()),
        // Nothing of it is built often.
        ("CARGO_INCREMENTAL", "0".into()),
        ("CARGO_TERM_COLOR", "never".into()),
    ]
}

fn executable() -> PathBuf {
    env::var_os("CARGO").map_or_else(|| env!("CARGO").into(), PathBuf::from)
}

/// The directory that all of them are built in; `CARGO_TARGET_TMPDIR` is one of the target
/// directory.
pub(crate) fn target() -> PathBuf {
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
