//! A pseudo-terminal, for what a program shows only to somebody who is there to read it
//! ([`on_terminal`]), and for a server that somebody types to ([`OnTerminal`]).

use std::{
    fs::File,
    io::{Read, Write as _},
    ops::Deref,
    os::{fd::OwnedFd, unix::process::ExitStatusExt},
    path::Path,
    process::{Child, Command, ExitStatus, Output, Stdio},
};

use rustix::{
    fs::{Mode, OFlags},
    process::{Signal, kill_process},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{ControlModes, InputModes, LocalModes, OutputModes, tcgetattr},
};

use super::Server;

/// What Ctrl-C sends.
const INTERRUPT: &str = "\x03";

/// What the shell says when the program has ended; its exit code follows.
const ENDED: &str = "the program has ended with ";

/// How a terminal treats what is typed and shown.
pub(crate) type Modes = (InputModes, OutputModes, ControlModes, LocalModes);

/// A server in a terminal of its own, started from a shell that outlives it: with the last process
/// of a terminal the system puts back its modes, which is for the program to do.
///
/// What concerns its processes ([`Server::pid`] and the like) means the shell's.
#[derive(Debug)]
pub(crate) struct OnTerminal {
    server: Server,
    terminal: File,
}

impl OnTerminal {
    pub(super) fn new(server: Server, terminal: File) -> Self {
        Self { server, terminal }
    }

    /// Types a line.
    pub(crate) fn enter(&self, line: &str) {
        (&self.terminal)
            .write_all(format!("{line}\r").as_bytes())
            .unwrap();
    }

    /// Types Ctrl-C, and waits until the program has ended with this exit code.
    #[track_caller]
    pub(crate) fn interrupt(&self, code: i32) {
        (&self.terminal).write_all(INTERRUPT.as_bytes()).unwrap();
        self.wait_for_output(&format!("{ENDED}{code}\r\n"));
    }

    /// Sends a signal to the program alone, and waits until it has ended with this exit code.
    #[track_caller]
    pub(crate) fn kill(&self, signal: Signal, code: i32) {
        // What is the worker of a server is the program here: the shell's child.
        let [program] = self.server.worker_pids()[..] else {
            panic!("the shell runs one program");
        };
        kill_process(program, signal).unwrap();
        self.wait_for_output(&format!("{ENDED}{code}\r\n"));
    }

    /// The terminal's modes.
    pub(crate) fn modes(&self) -> Modes {
        modes(&self.terminal)
    }
}

/// The modes of a terminal.
pub(super) fn modes(terminal: &File) -> Modes {
    let now = tcgetattr(terminal).unwrap();
    (
        now.input_modes,
        now.output_modes,
        now.control_modes,
        now.local_modes,
    )
}

impl Deref for OnTerminal {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

/// A shell for [`spawn`] that runs a program with the arguments that are added, says how it has
/// ended, and stays.
pub(super) fn shell(program: &Path) -> Command {
    let mut command = Command::new("setsid");
    let script = format!("trap : INT; \"$@\"; echo \"{ENDED}$?\"; while :; do read -r _; done");
    command.args(["--ctty", "sh", "-c", &script, "sh"]);
    command.arg(program);
    command
}

/// Starts a command with a new terminal as its three streams. Returns our end of it, and the modes
/// that it had before.
pub(super) fn spawn(mut command: Command) -> (Child, File, Modes) {
    let (ours, theirs) = pair();
    let modes = modes(&ours);
    let child = command
        .env("TERM", "xterm")
        .stdin(theirs.try_clone().unwrap())
        .stdout(theirs.try_clone().unwrap())
        .stderr(theirs)
        .spawn()
        .unwrap();
    (child, ours, modes)
}

/// A new terminal: our end, and that of a program.
fn pair() -> (File, OwnedFd) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let theirs = rustix::fs::open(name.as_c_str(), flags, Mode::empty()).unwrap();
    (File::from(ours), theirs)
}

/// Runs a command whose standard error is a terminal, and returns what is shown there as its
/// standard error, with plain line ends. Standard output is a pipe.
pub(crate) fn on_terminal(mut command: Command) -> Output {
    let (mut ours, theirs) = pair();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(theirs)
        .spawn()
        .unwrap();
    // With it goes our copy of their end, so that reading ends when theirs is closed.
    drop(command);
    let mut shown = Vec::new();
    let mut buffer = [0; 4096];
    // The system says "input/output error" where nobody has the other end any more.
    while let Ok(count @ 1..) = ours.read(&mut buffer) {
        shown.extend_from_slice(&buffer[..count]);
    }
    let mut stdout = Vec::new();
    let mut pipe = child.stdout.take().unwrap();
    pipe.read_to_end(&mut stdout).unwrap();
    let status = child.wait().unwrap();
    let stderr = String::from_utf8_lossy(&shown).replace("\r\n", "\n");
    Output {
        status,
        stdout,
        stderr: stderr.into_bytes(),
    }
}

#[test]
fn the_program_sees_a_terminal() {
    let mut command = Command::new("sh");
    command.args([
        "-c",
        "test -t 2 && echo yes >&2; test -t 1 || echo no; exit 3",
    ]);
    let output = on_terminal(command);
    assert_eq!(output.stderr, b"yes\n");
    assert_eq!(output.stdout, b"no\n");
    assert_eq!(output.status, ExitStatus::from_raw(3 << 8));
}
