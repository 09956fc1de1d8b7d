//! A run of the program in a terminal at which somebody types, key by key, and waits for what is
//! shown.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command},
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::{read, retry_on_intr},
    process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open},
};

use super::{
    sandbox::Sandbox,
    terminal::{self, Modes, modes},
};

/// How long it may take until something is shown: long, for a machine with much else to do.
const DEADLINE: Duration = Duration::from_mins(1);

/// What the shell says when the program has ended; its exit code follows.
const ENDED: &str = "the program has ended with ";

/// Runs a program whose standard output goes to the file `$0`, says how it has ended, and stays:
/// with the last process of a terminal the system puts back its modes, which is for the program to
/// do.
const SCRIPT: &str =
    "trap : INT; \"$@\" >\"$0\"; echo \"ENDED$?.\"; while :; do read -r _ || exit; done";

/// The program at a terminal.
#[derive(Debug)]
pub(crate) struct Typing {
    shell: Child,
    terminal: File,
    /// The modes of the terminal before.
    modes: Modes,
    shown: Vec<u8>,
    /// Up to here everything was waited for, or was there before the last key.
    seen: usize,
    stdout: PathBuf,
    sandbox: Sandbox,
}

impl Typing {
    pub(super) fn start(program: &Path, args: &[String], sandbox: Sandbox) -> Self {
        let stdout = sandbox.dir().join("../stdout");
        let mut shell = Command::new("setsid");
        shell.args(["--ctty", "sh", "-c", &SCRIPT.replace("ENDED", ENDED)]);
        shell.arg(&stdout).arg(program).args(args);
        shell
            .current_dir(sandbox.dir())
            .env_clear()
            .envs(sandbox.env());
        let (shell, terminal, modes) = terminal::spawn(shell);
        Self {
            shell,
            terminal,
            modes,
            shown: Vec::new(),
            seen: 0,
            stdout,
            sandbox,
        }
    }

    /// Waits until a text is shown, after the last key and after what was waited for last.
    ///
    /// # Panics
    ///
    /// Where it is not shown in time.
    #[track_caller]
    pub(crate) fn sees(&mut self, text: &str) -> &mut Self {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let new = &self.shown[self.seen..];
            if let Some(at) = memchr::memmem::find(new, text.as_bytes()) {
                self.seen += at + text.len();
                return self;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero() && self.read(left),
                "{text:?} was not shown:\n{}",
                String::from_utf8_lossy(&self.shown)
            );
        }
    }

    /// Reads more, and says whether there was more in time.
    fn read(&mut self, time: Duration) -> bool {
        let time = Timespec::try_from(time).unwrap();
        let mut ready = [PollFd::new(&self.terminal, PollFlags::IN)];
        if retry_on_intr(|| poll(&mut ready, Some(&time))).unwrap() == 0 {
            return false;
        }
        let mut buffer = [0; 4096];
        let count = retry_on_intr(|| read(&self.terminal, &mut buffer)).unwrap_or_default();
        self.shown.extend_from_slice(&buffer[..count]);
        count > 0
    }

    /// Types.
    pub(crate) fn types(&mut self, keys: &str) -> &mut Self {
        self.seen = self.shown.len();
        self.terminal.write_all(keys.as_bytes()).unwrap();
        self
    }

    /// Waits until the program has ended with this exit code, and checks that it has left the
    /// terminal as it was.
    #[track_caller]
    pub(crate) fn ends_with(&mut self, code: i32) -> &mut Self {
        self.sees(&format!("{ENDED}{code}."));
        assert_eq!(
            modes(&self.terminal),
            self.modes,
            "the terminal is left in another mode"
        );
        self
    }

    /// The process id of the program: the shell's child.
    fn program(&self) -> Pid {
        let id = self.shell.id();
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
        Pid::from_raw(children.trim().parse().unwrap()).unwrap()
    }

    /// Sends a signal to the program alone.
    pub(crate) fn kills(&mut self, signal: Signal) -> &mut Self {
        self.seen = self.shown.len();
        kill_process(self.program(), signal).unwrap();
        self
    }

    /// Takes the terminal away, as when its window is closed, and waits until the program has
    /// ended.
    pub(crate) fn closes(&mut self) {
        let program = pidfd_open(self.program(), PidfdFlags::empty()).unwrap();
        self.terminal = File::open("/dev/null").unwrap();
        let time = Timespec::try_from(DEADLINE).unwrap();
        let mut ended = [PollFd::new(&program, PollFlags::IN)];
        let ended = retry_on_intr(|| poll(&mut ended, Some(&time)));
        assert_eq!(ended, Ok(1), "the program does not end with its terminal");
    }

    /// Everything that was shown, with all that moves the cursor.
    pub(crate) fn shown(&self) -> String {
        String::from_utf8_lossy(&self.shown).into_owned()
    }

    /// What the program printed to standard output, which is no terminal.
    pub(crate) fn stdout(&self) -> String {
        fs::read_to_string(&self.stdout).unwrap()
    }

    /// The contents of a file in the working directory.
    #[track_caller]
    pub(crate) fn contents(&self, path: &str) -> String {
        let path = self.sandbox.dir().join(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Whether there is such a path in the working directory.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.sandbox.dir().join(path).exists()
    }
}

impl Drop for Typing {
    fn drop(&mut self) {
        // The programs at the terminal end with their shell, whose terminal this is.
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}
