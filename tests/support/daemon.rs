//! Other servers than ours: each is started, stopped as its users stop it, and killed with all that
//! it has started where the test does not come to that.

use std::{
    io::{BufRead as _, BufReader, Read},
    net::{SocketAddr, TcpListener},
    os::unix::process::CommandExt as _,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Mutex,
        mpsc::{self, Receiver, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use regex::Regex;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::server::wait_end;

/// How long anything that it does may take to show, on a machine with much to do.
const DEADLINE: Duration = Duration::from_mins(1);

/// A server that runs.
#[derive(Debug)]
pub(crate) struct Daemon {
    child: Child,
    lines: Receiver<String>,
    log: Mutex<String>,
}

impl Daemon {
    /// Starts it, in a process group of its own.
    #[track_caller]
    pub(crate) fn start(mut command: Command) -> Self {
        command.process_group(0).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let (sender, lines) = mpsc::channel();
        let outputs: [Box<dyn Read + Send>; 2] = [
            Box::new(child.stdout.take().unwrap()),
            Box::new(child.stderr.take().unwrap()),
        ];
        for output in outputs {
            let sender = sender.clone();
            thread::spawn(move || {
                let lines = BufReader::new(output).split(b'\n').map_while(Result::ok);
                for line in lines {
                    let line = String::from_utf8_lossy(&line).into_owned();
                    if sender.send(line).is_err() {
                        break;
                    }
                }
            });
        }
        Self {
            child,
            lines,
            log: Mutex::default(),
        }
    }

    /// Waits until a line of its output contains a text, from the end of what was waited for before.
    ///
    /// # Panics
    ///
    /// Where none does in time, with everything it printed.
    #[track_caller]
    pub(crate) fn wait_for_output(&self, text: &str) {
        let deadline = Instant::now() + DEADLINE;
        let mut log = self.log.lock().unwrap();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    log.push_str(&line);
                    log.push('\n');
                    if line.contains(text) {
                        return;
                    }
                }
                Err(RecvTimeoutError::Timeout) => panic!("no line with `{text}`:\n{log}"),
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("it ended without a line with `{text}`:\n{log}")
                }
            }
        }
    }

    /// Everything that it has printed and that was waited for.
    pub(crate) fn output(&self) -> String {
        let mut log = self.log.lock().unwrap();
        for line in self.lines.try_iter() {
            log.push_str(&line);
            log.push('\n');
        }
        log.clone()
    }

    /// The address of this machine that its output names first.
    #[track_caller]
    pub(crate) fn address(&self) -> SocketAddr {
        let output = self.output();
        let pattern = Regex::new(r"127\.0\.0\.1:\d+").unwrap();
        let found = pattern.find(&output);
        let found = found.unwrap_or_else(|| panic!("no address:\n{output}"));
        found.as_str().parse().unwrap()
    }

    /// Its process.
    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Sends it a signal, and none of the processes that it has started.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).expect("the server runs");
    }

    /// Waits until it has ended by itself.
    #[track_caller]
    pub(crate) fn wait_exit(&mut self) -> ExitStatus {
        let ended = wait_end(self.pid(), Instant::now() + DEADLINE);
        assert!(ended, "the server still runs:\n{}", self.output());
        self.child.wait().unwrap()
    }
}

/// A port that nobody has.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = kill_process_group(self.pid(), Signal::KILL);
        let _ = self.child.wait();
    }
}
