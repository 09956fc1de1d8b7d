//! `scaffold runserver` as a guard: started on a free port, stopped when dropped.

use std::{
    ffi::OsStr,
    fs,
    io::Read,
    net::SocketAddr,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread,
    time::{Duration, Instant},
};

use assert_cmd::cargo::cargo_bin;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
    process::{Pid, PidfdFlags, Signal, kill_process, kill_process_group, pidfd_open},
};

use super::{
    client::{self, Client, Response},
    sandbox::Sandbox,
    terminal::{self, OnTerminal},
};

/// How long anything the server does may take to show: a cold interpreter that imports Django on a
/// busy machine needs seconds, so whatever passes this hangs.
const DEADLINE: Duration = Duration::from_mins(1);

/// How long the workers may outlive the front. They have to go at once; this is for the machine.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// A server to be started.
#[derive(Debug)]
#[must_use = "nothing happens before `start`"]
pub(crate) struct Serve {
    sandbox: Sandbox,
    address: String,
    args: Vec<String>,
    directory: PathBuf,
    /// What the shell is told before it becomes the server.
    before: Option<String>,
}

impl Serve {
    /// `scaffold runserver 0` in an empty directory.
    pub(crate) fn new() -> Self {
        Self::within(Sandbox::new())
    }

    /// `scaffold runserver 0` in a directory where something was done before.
    pub(crate) fn within(sandbox: Sandbox) -> Self {
        Self {
            sandbox,
            address: "0".to_owned(),
            args: Vec::new(),
            directory: PathBuf::new(),
            before: None,
        }
    }

    /// Binds to this instead of port 0 of the default address.
    pub(crate) fn address(mut self, address: impl Into<String>) -> Self {
        self.address = address.into();
        self
    }

    /// Adds an argument.
    pub(crate) fn arg(mut self, arg: impl Into<String>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Adds arguments.
    pub(crate) fn args(mut self, args: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Writes a file into the working directory.
    pub(crate) fn file(self, path: impl AsRef<Path>, contents: impl AsRef<[u8]>) -> Self {
        self.sandbox.write(path, contents);
        self
    }

    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.sandbox.set_env(name, value);
        self
    }

    /// Puts the directory of an interpreter first on `PATH`.
    pub(crate) fn python(mut self, executable: impl AsRef<Path>) -> Self {
        self.sandbox
            .first_on_path(executable.as_ref().parent().unwrap());
        self
    }

    /// Runs in a directory of the working directory.
    pub(crate) fn in_dir(mut self, directory: impl AsRef<Path>) -> Self {
        directory.as_ref().clone_into(&mut self.directory);
        fs::create_dir_all(self.sandbox.dir().join(directory)).unwrap();
        self
    }

    /// Tells the shell something before it becomes the server, such as `ulimit -n 9`.
    pub(crate) fn before(mut self, commands: impl Into<String>) -> Self {
        self.before = Some(commands.into());
        self
    }

    /// Starts the server and waits until it announces its address.
    ///
    /// # Panics
    ///
    /// Where it does not, with everything it printed.
    #[track_caller]
    pub(crate) fn start(self) -> Server {
        let program = cargo_bin!("scaffold");
        let mut command = match &self.before {
            None => Command::new(program),
            Some(commands) => {
                let mut shell = Command::new("/bin/sh");
                let script = format!("{commands} && exec \"$0\" \"$@\"");
                shell.arg("-c").arg(script).arg(program);
                shell
            }
        };
        self.complete(&mut command);
        Server::spawn(command, self.sandbox)
    }

    /// Starts the server in a terminal of its own and waits until it announces its address.
    ///
    /// # Panics
    ///
    /// Where it does not, with everything it printed.
    #[track_caller]
    pub(crate) fn start_on_terminal(self) -> OnTerminal {
        let mut command = terminal::shell(cargo_bin!("scaffold"));
        self.complete(&mut command);
        command.env_clear().envs(self.sandbox.env());
        let (child, terminal, _) = terminal::spawn(command);
        let log = Arc::<Log>::default();
        collect(terminal.try_clone().unwrap(), &log, |printed| {
            &mut printed.stdout
        });
        OnTerminal::new(Server::watch(child, log, self.sandbox), terminal)
    }

    /// The directory and environment, where another program runs in place of ours.
    pub(super) fn into_sandbox(self) -> Sandbox {
        self.sandbox
    }

    /// Adds what the program is told.
    pub(super) fn complete(&self, command: &mut Command) {
        command.arg("runserver").arg(&self.address).args(&self.args);
        command.current_dir(self.sandbox.dir().join(&self.directory));
    }
}

/// A server that runs. When dropped it is killed with SIGKILL, and the test fails if any of its
/// processes lives on: workers have to notice by themselves.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    status: Option<ExitStatus>,
    address: SocketAddr,
    log: Arc<Log>,
    sandbox: Sandbox,
}

/// What the server printed so far.
#[derive(Debug, Default)]
struct Log {
    state: Mutex<Printed>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Printed {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    /// Both, in the order in which they arrived.
    both: Vec<u8>,
    /// How many of the streams have not ended.
    open: u8,
}

impl Server {
    /// Starts a command in a process group of its own and waits for its address.
    #[track_caller]
    pub(super) fn spawn(mut command: Command, sandbox: Sandbox) -> Self {
        command.env_clear().envs(sandbox.env()).process_group(0);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let log = Arc::<Log>::default();
        collect(child.stdout.take().unwrap(), &log, |printed| {
            &mut printed.stdout
        });
        collect(child.stderr.take().unwrap(), &log, |printed| {
            &mut printed.stderr
        });
        Self::watch(child, log, sandbox)
    }

    /// Waits for the address of a command that was started.
    #[track_caller]
    fn watch(child: Child, log: Arc<Log>, sandbox: Sandbox) -> Self {
        let address = SocketAddr::from(([0, 0, 0, 0], 0));
        let mut server = Self {
            child,
            status: None,
            address,
            log,
            sandbox,
        };
        server.address = server.wait_for("an announced address", |printed| {
            // Only whole lines: the port may not have arrived completely.
            let end = memchr::memrchr(b'\n', &printed.stdout)?;
            announced(&String::from_utf8_lossy(&printed.stdout[..end]))
        });
        server
    }

    /// The address it listens on.
    pub(crate) fn addr(&self) -> SocketAddr {
        self.address
    }

    /// The full address of a path, which starts with a slash.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Opens a connection.
    #[track_caller]
    pub(crate) fn connect(&self) -> Client {
        Client::connect(self.address)
    }

    /// Gets a path on a connection of its own.
    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> Response {
        client::get(&self.url(path))
    }

    /// Process id of the front.
    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Process ids of the worker processes: the children of the front and of its forkserver.
    pub(crate) fn worker_pids(&self) -> Vec<Pid> {
        let all = processes();
        let children = |parent: Pid| {
            all.iter()
                .filter(move |process| process.parent == Some(parent))
                .map(|process| process.pid)
        };
        let (forkservers, mut workers): (Vec<Pid>, Vec<Pid>) =
            children(self.pid()).partition(|&pid| is_forkserver(pid));
        workers.extend(forkservers.into_iter().flat_map(children));
        workers
    }

    /// Waits until there is a forkserver, which is in a moment without requests.
    ///
    /// # Panics
    ///
    /// Where there is none in time.
    #[track_caller]
    pub(crate) fn wait_for_forkserver(&self) {
        let deadline = Instant::now() + DEADLINE;
        let is_there = || {
            let own = processes().into_iter();
            own.filter(|process| process.parent == Some(self.pid()))
                .any(|process| is_forkserver(process.pid))
        };
        while !is_there() {
            assert!(
                Instant::now() < deadline,
                "no forkserver:\n{}",
                self.output()
            );
        }
    }

    /// The directory and environment it runs in, to change files.
    pub(crate) fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// Its standard input; closed when the value is dropped.
    pub(crate) fn stdin(&mut self) -> ChildStdin {
        self.child
            .stdin
            .take()
            .expect("standard input was not taken before")
    }

    /// Sends a signal to the front.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).expect("the server runs");
    }

    /// Sends a signal to all its processes, as a terminal does for Ctrl-C.
    pub(crate) fn signal_all(&self, signal: Signal) {
        kill_process_group(self.pid(), signal).expect("the server runs");
    }

    /// Everything printed so far, both streams as they arrived, unfiltered.
    pub(crate) fn output(&self) -> String {
        String::from_utf8_lossy(&self.log.lock().both).into_owned()
    }

    /// Standard output so far, filtered.
    pub(crate) fn stdout(&self) -> String {
        self.sandbox
            .filter(&String::from_utf8_lossy(&self.log.lock().stdout))
    }

    /// Standard error so far, filtered.
    pub(crate) fn stderr(&self) -> String {
        self.sandbox
            .filter(&String::from_utf8_lossy(&self.log.lock().stderr))
    }

    /// A place in the output: the end of what was printed so far.
    pub(crate) fn mark(&self) -> usize {
        self.log.lock().both.len()
    }

    /// Waits until the output, from the start, contains a text.
    #[track_caller]
    pub(crate) fn wait_for_output(&self, text: &str) {
        self.wait_for_output_since(0, text);
    }

    /// Waits until the output from a [`mark`](Self::mark) on contains a text.
    #[track_caller]
    pub(crate) fn wait_for_output_since(&self, mark: usize, text: &str) {
        self.wait_for(&format!("the output {text:?}"), |printed| {
            memchr::memmem::find(&printed.both[mark..], text.as_bytes())
        });
    }

    /// Waits until the front has ended.
    ///
    /// # Panics
    ///
    /// Where it still runs after the given time.
    #[track_caller]
    pub(crate) fn wait_exit(&mut self, deadline: Duration) -> ExitStatus {
        if self.status.is_none() {
            let pid = self.pid();
            let ended = wait_end(pid, Instant::now() + deadline);
            assert!(
                ended,
                "process {pid} still runs after {deadline:?}:\n{}",
                self.output()
            );
            self.status = Some(self.child.wait().unwrap());
        }
        self.status.unwrap()
    }

    /// Waits until a process, such as a worker, has ended.
    ///
    /// # Panics
    ///
    /// Where it still runs after the given time.
    #[track_caller]
    pub(crate) fn wait_gone(&self, pid: Pid, deadline: Duration) {
        let ended = wait_end(pid, Instant::now() + deadline);
        assert!(
            ended,
            "process {pid} still runs after {deadline:?}:\n{}",
            self.output()
        );
    }

    /// Waits until `found` finds what it looks for in the output.
    #[track_caller]
    fn wait_for<T>(&self, what: &str, found: impl Fn(&Printed) -> Option<T>) -> T {
        let deadline = Instant::now() + DEADLINE;
        let mut printed = self.log.lock();
        loop {
            if let Some(found) = found(&printed) {
                return found;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let output = || String::from_utf8_lossy(&printed.both).into_owned();
            assert!(
                printed.open > 0,
                "the server ended without {what}:\n{}",
                output()
            );
            assert!(
                !left.is_zero(),
                "the server runs, but without {what}:\n{}",
                output()
            );
            printed = self.log.changed.wait_timeout(printed, left).unwrap().0;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let pid = self.pid();
        let family = family(pid, &self.sandbox.home());
        // The front alone: that its workers then go by themselves is part of every test.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let deadline = Instant::now() + LAST_WORDS;
        let survivors: Vec<Pid> = family
            .into_iter()
            .filter(|&other| other != pid && !wait_end(other, deadline))
            .collect();
        for &survivor in &survivors {
            let _ = kill_process(survivor, Signal::KILL);
        }
        if !survivors.is_empty() {
            let message = format!(
                "{survivors:?} outlived the server {pid}:\n{}",
                self.output()
            );
            // A second panic would end the whole test run.
            if thread::panicking() {
                eprintln!("{message}");
            } else {
                panic!("{message}");
            }
        }
    }
}

impl Log {
    fn lock(&self) -> MutexGuard<'_, Printed> {
        self.state.lock().unwrap()
    }
}

/// Reads a stream to its end on a thread of its own.
fn collect(
    mut stream: impl Read + Send + 'static,
    log: &Arc<Log>,
    own: impl Fn(&mut Printed) -> &mut Vec<u8> + Send + 'static,
) {
    let log = Arc::clone(log);
    log.lock().open += 1;
    thread::spawn(move || {
        let mut buffer = [0; 8192];
        loop {
            let count = stream.read(&mut buffer).unwrap_or(0);
            let mut printed = log.lock();
            own(&mut printed).extend(&buffer[..count]);
            printed.both.extend(&buffer[..count]);
            printed.open -= u8::from(count == 0);
            log.changed.notify_all();
            if count == 0 {
                return;
            }
        }
    });
}

/// The first address in what the server printed.
fn announced(text: &str) -> Option<SocketAddr> {
    text.split("http://").skip(1).find_map(|rest| {
        let address = rest.split(['/', ' ', '\n']).next()?;
        address.replace("localhost", "127.0.0.1").parse().ok()
    })
}

/// A process of the machine.
struct Process {
    pid: Pid,
    parent: Option<Pid>,
    group: Option<Pid>,
}

/// All processes that have not ended.
fn processes() -> Vec<Process> {
    let entries = fs::read_dir("/proc")
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let pids = entries.filter_map(|name| name.to_str()?.parse::<i32>().ok());
    pids.filter_map(|pid| {
        // A process may end between listing and reading.
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name is in parentheses and may hold anything; state, parent and group follow.
        let mut fields = stat.rsplit_once(") ")?.1.split(' ');
        let state = fields.next()?;
        // A process that is just ending has -1 for its group.
        let mut id = || {
            let id = fields.next()?.parse().ok()?;
            (id > 0).then(|| Pid::from_raw(id)).flatten()
        };
        let (parent, group) = (id(), id());
        let pid = Pid::from_raw(pid)?;
        (!matches!(state, "Z" | "X")).then_some(Process { pid, parent, group })
    })
    .collect()
}

/// Whether a child of the front was started as a forkserver.
fn is_forkserver(pid: Pid) -> bool {
    let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    command
        .split(|&octet| octet == 0)
        .any(|argument| argument == b"forkserver")
}

/// What runs in a process group, and what was started with a home directory: all that a server
/// started, also what left its group or lost its parent.
fn family(group: Pid, home: &Path) -> Vec<Pid> {
    let variable = format!("HOME={}\0", home.display());
    let related = processes().into_iter().filter(|process| {
        let environ = || fs::read(format!("/proc/{}/environ", process.pid)).unwrap_or_default();
        process.group == Some(group)
            || memchr::memmem::find(&environ(), variable.as_bytes()).is_some()
    });
    related.map(|process| process.pid).collect()
}

/// Waits until a process has ended; false where it still runs at the deadline.
pub(super) fn wait_end(pid: Pid, deadline: Instant) -> bool {
    let process = match pidfd_open(pid, PidfdFlags::empty()) {
        Ok(process) => process,
        Err(Errno::SRCH) => return true,
        Err(error) => panic!("pidfd_open({pid}): {error}"),
    };
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let timeout = Timespec::try_from(left).unwrap();
        match poll(&mut [PollFd::new(&process, PollFlags::IN)], Some(&timeout)) {
            Ok(count) => return count > 0,
            Err(Errno::INTR) => {}
            Err(error) => panic!("poll: {error}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that is a Python program instead of ours.
    fn pretend(code: &str) -> Server {
        let sandbox = Sandbox::new();
        let mut command = Command::new(super::super::newest().as_ref());
        command.args(["-u", "-c", code]);
        Server::spawn(command, sandbox)
    }

    /// Panics with the message that `run` panics with.
    fn panic_of(run: impl FnOnce()) -> String {
        let panic =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).expect_err("a panic");
        panic.downcast_ref::<String>().unwrap().clone()
    }

    const ANNOUNCE: &str = "import os, sys, signal, subprocess\n\
                            print('Starting at http://127.0.0.1:50', end='')\n\
                            print('505/ now')\n";

    #[test]
    fn the_announced_address_is_read() {
        let server = pretend(&format!(
            "{ANNOUNCE}\nprint('(Pdb) ', end='')\nsys.stdin.read()"
        ));
        assert_eq!(server.addr(), SocketAddr::from(([127, 0, 0, 1], 50505)));
        assert_eq!(server.url("/a"), "http://127.0.0.1:50505/a");
        server.wait_for_output("(Pdb) ");
        assert!(
            server
                .stdout()
                .starts_with("Starting at http://127.0.0.1:[PORT]/ now\n")
        );
    }

    #[test]
    fn a_server_that_ends_early_fails_the_test() {
        let message = panic_of(|| drop(pretend("print('no'); import sys; sys.exit('reason')")));
        assert!(
            message.contains("ended without") && message.contains("reason"),
            "{message}"
        );
    }

    #[test]
    fn signals_and_exit_codes_arrive() {
        let code =
            "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\nprint('armed')\nsignal.pause()";
        let mut server = pretend(&format!("{ANNOUNCE}\n{code}"));
        server.wait_for_output("armed");
        server.signal(Signal::TERM);
        assert_eq!(server.wait_exit(DEADLINE).code(), Some(7));
    }

    #[test]
    fn children_are_listed_and_must_not_survive() {
        let message = panic_of(|| {
            let server = pretend(&format!(
                "{ANNOUNCE}\nsubprocess.Popen(['sleep', '600'])\nprint('born')\nsys.stdin.read()"
            ));
            server.wait_for_output("born");
            assert_eq!(server.worker_pids().len(), 1);
        });
        assert!(message.contains("outlived the server"), "{message}");
    }

    #[test]
    fn children_of_a_server_that_ended_must_not_survive_either() {
        let message = panic_of(|| {
            let child = "subprocess.Popen(['sleep', '600'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)";
            let mut server = pretend(&format!("{ANNOUNCE}\n{child}"));
            assert!(server.wait_exit(DEADLINE).success());
        });
        assert!(message.contains("outlived the server"), "{message}");
    }
}
