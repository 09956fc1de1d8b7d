//! The servers that run the same application: ours, Gunicorn and uWSGI, each with one process, so
//! that a request is over before the next one begins.

use std::process::Command;

use crate::support::{Daemon, Response, Sandbox, Serve, Server, Venv, get};

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
    daemon: Daemon,
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
        command.envs(sandbox.env());
        let daemon = Daemon::start(command);
        daemon.wait_for_output("127.0.0.1:");
        Running::Other(Other {
            daemon,
            _sandbox: sandbox,
        })
    }
}

impl Running {
    /// Gets a path.
    pub(super) fn get(&self, path: &str) -> Response {
        match self {
            Self::Ours(server) => server.get(path),
            Self::Other(other) => get(&format!("http://{}{path}", other.daemon.address())),
        }
    }
}
