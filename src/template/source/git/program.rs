//! Running `git`: with which options and environment, for how long, and how it is ended.
//!
//! The user's own configuration counts, because it says how a repository is reached: proxies,
//! credential helpers, `url.….insteadOf`. What it says about working trees cannot count, as there
//! is none, and what would run other programs beside that is switched off.

use std::{
    env,
    ffi::{OsStr, OsString},
    fs::File,
    io::{self, Read as _, Seek as _},
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, getpgrp, kill_process, kill_process_group};
use rustix::termios::tcgetpgrp;

/// Configuration that stands before the user's.
const CONFIGURATION: [&str; 10] = [
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    // One file with everything, whose size tells how much has come.
    "fetch.unpackLimit=1",
    "transfer.unpackLimit=1",
    "fetch.writeCommitGraph=false",
    "fetch.recurseSubmodules=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "init.defaultBranch=main",
    "advice.defaultBranchName=false",
];

/// The ways to reach a repository. `file` is for those on the disk, and for `url.….insteadOf` of the
/// user's. `ext` and `fd` run programs.
const PROTOCOLS: &str = "file:git:http:https:ssh";

/// Variables that `git` sets for what it runs, such as hooks, and those that change what is made
/// here or what `git` prints.
const REMOVED: [&str; 21] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_ATTR_SOURCE",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CURL_VERBOSE",
    "GIT_DEFAULT_HASH",
    "GIT_DEFAULT_REF_FORMAT",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NAMESPACE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_TEMPLATE_DIR",
    "GIT_WORK_TREE",
    "LANGUAGE",
];

/// How often a running `git` is looked at: who presses Ctrl-C takes less for at once.
const LOOK: Duration = Duration::from_millis(20);

/// How long a `git` that was asked to end may take to end what it started itself.
const GRACE: Duration = Duration::from_millis(500);

/// How much `git` may say: a server can have it repeat whatever it sends.
const SAID: u64 = 1 << 20;

/// The `git` program, for one repository.
#[derive(Debug)]
pub(super) struct Git<'a> {
    /// The directory of the repository that is fetched into.
    pub(super) directory: &'a Path,
    pub(super) stop: &'a AtomicBool,
    /// When it must be done.
    pub(super) end: Instant,
    /// Whether there is somebody who can be asked.
    pub(super) asks: bool,
}

/// Why a `git` has no result.
#[derive(Debug)]
pub(super) enum Failure {
    Stopped,
    TooLate,
    TooLarge,
    /// There is no such program.
    Missing,
    Io(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// How a `git` ended, and what it said.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
}

/// Whether `git`, or what it runs, could ask the user something: there is a terminal, and it is
/// ours at the moment.
pub(super) fn can_ask() -> bool {
    File::open("/dev/tty").is_ok_and(|tty| tcgetpgrp(tty).is_ok_and(|group| group == getpgrp()))
}

impl Git<'_> {
    /// Runs it to its end. `octets` is how large what is fetched may become.
    pub(super) fn run<I>(&self, arguments: I, octets: u64) -> Result<Ended, Failure>
    where
        I: IntoIterator,
        I::Item: AsRef<OsStr>,
    {
        let (mut stdout, mut stderr) = (tempfile::tempfile()?, tempfile::tempfile()?);
        let mut running = self.start(
            arguments,
            Stdio::null(),
            stdout.try_clone()?.into(),
            &stderr,
        )?;
        let mut pause = Duration::from_millis(1);
        let status = loop {
            if let Some(status) = running.child.try_wait()? {
                break status;
            }
            self.look()?;
            let said = stdout.metadata()?.len() + stderr.metadata()?.len();
            if said > SAID || self.fetched() > octets {
                return Err(Failure::TooLarge);
            }
            thread::sleep(pause);
            // Most of what is run takes a few milliseconds.
            pause = LOOK.min(pause * 2);
        };
        running.is_over = true;
        // On a terminal, Ctrl-C ends it too, and what it said about that is of no interest.
        self.look()?;
        let read = |file: &mut File| -> io::Result<Vec<u8>> {
            let mut text = Vec::new();
            file.rewind()?;
            file.take(SAID).read_to_end(&mut text)?;
            Ok(text)
        };
        Ok(Ended {
            status,
            stdout: read(&mut stdout)?,
            stderr: read(&mut stderr)?,
        })
    }

    /// Starts it, to be read from.
    pub(super) fn read<I>(&self, arguments: I, stdin: Stdio) -> Result<Running, Failure>
    where
        I: IntoIterator,
        I::Item: AsRef<OsStr>,
    {
        self.start(arguments, stdin, Stdio::piped(), &tempfile::tempfile()?)
    }

    /// Says whether it is time to end.
    pub(super) fn look(&self) -> Result<(), Failure> {
        if self.stop.load(Ordering::Relaxed) {
            Err(Failure::Stopped)
        } else if Instant::now() > self.end {
            Err(Failure::TooLate)
        } else {
            Ok(())
        }
    }

    /// How much has been fetched: the packs, with the one that is being received.
    fn fetched(&self) -> u64 {
        let Ok(packs) = self.directory.join("objects/pack").read_dir() else {
            return 0;
        };
        packs
            .filter_map(|entry| entry.ok()?.metadata().ok())
            .map(|metadata| metadata.len())
            .sum()
    }

    fn start<I>(
        &self,
        arguments: I,
        stdin: Stdio,
        stdout: Stdio,
        stderr: &File,
    ) -> Result<Running, Failure>
    where
        I: IntoIterator,
        I::Item: AsRef<OsStr>,
    {
        let mut command = Command::new("git");
        for setting in CONFIGURATION {
            command.args(["-c", setting]);
        }
        command
            .args(arguments)
            .current_dir(self.directory)
            .stdin(stdin)
            .stdout(stdout)
            .stderr(stderr.try_clone()?);
        self.set_environment(&mut command);
        if !self.asks {
            // What it starts is ended with it. With a terminal it stays in our group, because only
            // the group in the foreground may ask there.
            command.process_group(0);
        }
        match command.spawn() {
            Ok(child) => Ok(Running {
                child,
                stderr: stderr.try_clone()?,
                has_group: !self.asks,
                is_over: false,
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Failure::Missing),
            Err(error) => Err(Failure::Io(error)),
        }
    }

    fn set_environment(&self, command: &mut Command) {
        for name in REMOVED {
            command.env_remove(name);
        }
        for (name, _) in env::vars_os().filter(|(name, _)| is_trace(name)) {
            command.env_remove(name);
        }
        // Said, so that no other is looked for, and so that the user may have forbidden to use
        // bare ones that are only found.
        command.env("GIT_DIR", self.directory);
        // Nothing is fetched that was not asked for, where the user's own repository has gaps.
        command.env("GIT_NO_LAZY_FETCH", "1");
        // Their messages are looked at.
        command.env("LC_ALL", "C");
        if env::var_os("GIT_ALLOW_PROTOCOL").is_none() {
            command.env("GIT_ALLOW_PROTOCOL", PROTOCOLS);
        }
        if !self.asks {
            command.env("GIT_TERMINAL_PROMPT", "0");
        }
    }
}

/// Whether the variable makes `git` print what it does, with all that is in its requests.
fn is_trace(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b"GIT_TRACE")
}

/// A `git` that runs. It is ended when nobody needs it any more.
#[derive(Debug)]
pub(super) struct Running {
    child: Child,
    stderr: File,
    has_group: bool,
    is_over: bool,
}

impl Running {
    /// What it prints, once.
    pub(super) fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Waits for its end, after all that it prints was read. The answer is what it said, where it
    /// failed.
    pub(super) fn finish(mut self) -> Result<Option<Vec<u8>>, Failure> {
        let status = self.child.wait()?;
        self.is_over = true;
        if status.success() {
            return Ok(None);
        }
        let mut said = Vec::new();
        self.stderr.rewind()?;
        (&self.stderr).take(SAID).read_to_end(&mut said)?;
        Ok(Some(said))
    }

    fn signal(&self, signal: Signal) {
        let Some(id) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) else {
            return;
        };
        // Where this fails, it has ended.
        let _ = if self.has_group {
            kill_process_group(id, signal)
        } else {
            kill_process(id, signal)
        };
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        self.signal(Signal::TERM);
        let end = Instant::now() + GRACE;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < end {
            thread::sleep(LOOK);
        }
        self.signal(Signal::KILL);
        let _ = self.child.wait();
    }
}

/// What makes ssh fail where it would ask, unless the user says how ssh is run.
pub(super) fn ssh_without_questions(git: &Git<'_>) -> Option<OsString> {
    let is_set = |name| env::var_os(name).is_some();
    if git.asks || is_set("GIT_SSH_COMMAND") || is_set("GIT_SSH") {
        return None;
    }
    let own = git
        .run(["config", "--get", "core.sshCommand"], u64::MAX)
        .ok()?;
    (!own.status.success()).then(|| "core.sshCommand=ssh -oBatchMode=yes".into())
}
