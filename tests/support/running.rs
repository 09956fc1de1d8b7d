//! A run of the program that goes on while the test does something to it.

use std::{
    fs,
    os::fd::OwnedFd,
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

use assert_cmd::cargo::cargo_bin;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open},
};

use super::{Outcome, Sandbox, Test};

/// How long what the program starts may take to begin, on a machine with much to do.
const DEADLINE: Duration = Duration::from_mins(1);

/// What the program starts says here that it has begun, with `echo ... >"$HOME/begun"`.
const PIPE: &str = "begun";

/// The program, and the pipe through which what it has started speaks.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    begun: Receiver<String>,
    sandbox: Sandbox,
}

impl Running {
    /// Starts the program, with its outputs kept for the [`end`](Self::end).
    pub(super) fn start(args: &[String], directory: &Path, sandbox: Sandbox) -> Self {
        let pipe = sandbox.home().join(PIPE);
        let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        let child = Command::new(cargo_bin!("scaffold"))
            .args(args)
            .current_dir(directory)
            .env_clear()
            .envs(sandbox.env())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, begun) = mpsc::channel();
        // It waits for ever where nobody speaks; nobody waits for it then.
        thread::spawn(move || sender.send(fs::read_to_string(pipe).unwrap()));
        Self {
            child,
            begun,
            sandbox,
        }
    }

    /// Waits for what is said through the pipe: the numbers of processes.
    #[track_caller]
    pub(crate) fn begun(&self) -> Vec<Pid> {
        let text = self.begun.recv_timeout(DEADLINE).expect("it begins");
        let numbers = text.split_whitespace();
        let numbers = numbers.map(|it| Pid::from_raw(it.parse().unwrap()).unwrap());
        numbers.collect()
    }

    /// Sends the program a signal, and nobody else.
    pub(crate) fn signal(&self, signal: Signal) {
        // It is not waited for yet, so the number is still its own.
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for the end.
    pub(crate) fn end(self) -> Outcome {
        let output = self.child.wait_with_output().unwrap();
        Outcome::new(&output, self.sandbox)
    }
}

impl Test {
    /// Starts the program, and compares nothing.
    pub(crate) fn start(self) -> Running {
        let (args, directory, sandbox) = self.into_parts();
        Running::start(&args, &directory, sandbox)
    }
}

/// Whether a process is gone: there is none, or only what is left until it is waited for.
pub(crate) fn is_gone(pid: Pid) -> bool {
    let number = pid.as_raw_nonzero();
    let stat = fs::read_to_string(format!("/proc/{number}/stat")).unwrap_or_default();
    stat.is_empty() || stat.contains(") Z ")
}

/// Processes that are known, whatever becomes of their numbers.
#[derive(Debug)]
pub(crate) struct Processes(Vec<OwnedFd>);

impl Processes {
    /// To be called while they are there.
    #[track_caller]
    pub(crate) fn of(pids: &[Pid]) -> Self {
        let open = |pid: &Pid| pidfd_open(*pid, PidfdFlags::empty()).unwrap();
        Self(pids.iter().map(open).collect())
    }

    /// Waits until all of them have ended.
    #[track_caller]
    pub(crate) fn end(self) {
        let deadline = Timespec::try_from(DEADLINE).unwrap();
        for process in self.0 {
            let mut ended = [PollFd::new(&process, PollFlags::IN)];
            assert_eq!(poll(&mut ended, Some(&deadline)).unwrap(), 1);
        }
    }
}
