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

use crate::support::Sandbox;

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
