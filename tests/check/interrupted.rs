//! A check that is broken off from outside.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use assert_cmd::cargo::cargo_bin;
use rstest::rstest;
use rustix::process::{Pid, Signal, kill_process};

use super::rust::project;
use crate::support::{Processes, Sandbox};

/// How long the worker may outlive the command; whatever passes it stays.
const DEADLINE: Duration = Duration::from_secs(10);

/// The worker has the same standard error: it is at its end when no process is left.
#[rstest]
#[case(Signal::INT)]
#[case(Signal::TERM)]
#[case(Signal::KILL)]
fn no_process_is_left_behind(#[case] signal: Signal) {
    let sandbox = Sandbox::new();
    sandbox.write(
        "app.py",
        "import threading\nprint('loading')\nthreading.Event().wait()\n",
    );
    let mut child = Command::new(cargo_bin!("scaffold"))
        .args(["check", "--app", "app"])
        .current_dir(sandbox.dir())
        .env_clear()
        .envs(sandbox.env())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "loading");
    let (sender, ended) = mpsc::channel();
    thread::spawn(move || sender.send(lines.count()));
    kill_process(Pid::from_child(&child), signal).unwrap();
    assert!(!child.wait().unwrap().success());
    assert_eq!(ended.recv_timeout(DEADLINE), Ok(0), "nothing more is said");
}

/// A build script that has started another program, and says which processes there are: Cargo, the
/// script and that one.
const BUILD: &str = r#"
use std::{env, fs, os::unix::process::parent_id, path::PathBuf, process::{Command, id}};

fn main() {
    let mut other = Command::new("sleep").arg("1000").spawn().unwrap();
    let begun = PathBuf::from(env::var_os("HOME").unwrap()).join("begun");
    fs::write(begun, format!("{} {} {}", parent_id(), id(), other.id())).unwrap();
    other.wait().unwrap();
}
"#;

/// Cargo has a process group of its own, with all that it starts.
#[rstest]
#[case(Signal::INT)]
#[case(Signal::TERM)]
fn a_build_is_left_to_nobody(#[case] signal: Signal) {
    let name = format!("cancelled-{}", signal.as_raw());
    let package = project(&name, "", "pub fn application() -> u8 { 5 }\n");
    package.write("build.rs", BUILD);
    // The script need not wait for other builds, nor for what else there is to be built.
    let check = package.test().arg("check");
    let check = check.env("CARGO_TARGET_DIR", package.dir().join("target"));
    let running = check.env("CARGO_BUILD_JOBS", "16").start();
    let begun = running.begun();
    assert_eq!(begun.len(), 3);
    let begun = Processes::of(&begun);
    running.signal(signal);
    assert_eq!(running.end().status, Some(130));
    begun.end();
}
