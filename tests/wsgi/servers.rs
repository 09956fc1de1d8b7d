//! The servers that run the same application: ours, Gunicorn and uWSGI, each with one process, so
//! that a request is over before the next one begins.

use std::{
    io::{BufRead as _, BufReader, Read},
    os::unix::process::CommandExt as _,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::Duration,
};

use regex::Regex;
use rustix::process::{Pid, Signal, kill_process_group};

use crate::support::{Response, Sandbox, Serve, Server, Venv, get};

/// How long a server may take to say its address.
const DEADLINE: Duration = Duration::from_mins(1);

#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Ours,
    Gunicorn,
    Uwsgi,
}

/// A server that runs; killed when it is dropped.
pub(super) enum Running {
    Ours(Server),
    Other(Other),
}

/// A server of another project.
pub(super) struct Other {
    child: Child,
    address: String,
    /// Removed at the end.
    _sandbox: Sandbox,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Ours, Self::Gunicorn, Self::Uwsgi];

    /// Serves the project in a sandbox.
    pub(super) fn start(self, sandbox: Sandbox, venv: &Venv) -> Running {
        let bin = venv.dir().join("bin");
        let mut command = match self {
            Self::Ours => return Running::Ours(Serve::within(sandbox).start()),
            Self::Gunicorn => {
                let mut command = Command::new(bin.join("gunicorn"));
                command.args(["--bind", "127.0.0.1:0", "mysite.wsgi"]);
                command
            }
            Self::Uwsgi => {
                let mut command = Command::new(bin.join("uwsgi"));
                command.args(["--http-socket", "127.0.0.1:0", "--module", "mysite.wsgi"]);
                command.args(["--need-app", "--pythonpath", "."]);
                command
            }
        };
        command.current_dir(sandbox.dir()).env_clear();
        command.envs(sandbox.env()).process_group(0);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        read(child.stdout.take().unwrap(), sender.clone());
        read(child.stderr.take().unwrap(), sender);
        let mut other = Other {
            child,
            address: String::new(),
            _sandbox: sandbox,
        };
        other.address = address(&lines);
        Running::Other(other)
    }
}

impl Running {
    /// Gets a path.
    pub(super) fn get(&self, path: &str) -> Response {
        match self {
            Self::Ours(server) => server.get(path),
            Self::Other(other) => get(&format!("http://{}{path}", other.address)),
        }
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.wait();
    }
}

/// Sends each line of an output, which is read to its end whether anybody listens or not.
fn read(output: impl Read + Send + 'static, sender: Sender<String>) {
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
}

/// Waits until the server has said where it listens.
#[track_caller]
fn address(lines: &Receiver<String>) -> String {
    let pattern = "Listening at: http://([0-9.:]+) |bound to TCP address ([0-9.:]+) ";
    let pattern = Regex::new(pattern).unwrap();
    let mut said = Vec::new();
    while let Ok(line) = lines.recv_timeout(DEADLINE) {
        let found = pattern.captures(&line);
        if let Some(address) = found.and_then(|it| it.get(1).or(it.get(2))) {
            return address.as_str().to_owned();
        }
        said.push(line);
    }
    panic!("no address:\n{}", said.join("\n"));
}
