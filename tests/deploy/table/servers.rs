//! The servers that are packages, and ours: each by the command that its documentation begins with,
//! in the project's directory.

use std::{
    net::SocketAddr,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use assert_cmd::cargo::cargo_bin;
use rustix::process::Signal;
use tempfile::TempDir;

use super::project;
use crate::{
    deploy::site::Site,
    support::{Client, Daemon, Packages, newest},
};

/// How long a start may take, on a machine with much to do.
const DEADLINE: Duration = Duration::from_mins(1);

#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Runserver,
    Gunicorn,
    Uwsgi,
    Waitress,
    Granian,
}

/// A server that runs with a project.
pub(super) struct Running {
    /// What it consists of, what is in front first. They end before what they have open is removed.
    pub(super) programs: Vec<Program>,
    pub(super) address: Address,
    pub(super) site: Site,
    /// What else is removed then.
    pub(super) _directory: Option<TempDir>,
}

/// A program that runs, and how it is told to stop.
pub(super) struct Program {
    pub(super) daemon: Daemon,
    pub(super) signal: Signal,
    /// What it says once it has heard of that; none where it ends at once.
    pub(super) answer: Option<&'static str>,
}

/// Where it listens.
pub(super) enum Address {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

impl Kind {
    /// Makes the project and serves it, with the settings module in the environment.
    #[track_caller]
    pub(super) fn start(self, settings: Option<&str>) -> Running {
        let venv = newest().venv(Packages::DjangoWithServers);
        let site = project::make(venv.dir());
        let mut command = self.command(venv.dir());
        command.current_dir(site.dir()).env_clear();
        command.envs(site.environment());
        command.env("VIRTUAL_ENV", venv.dir());
        command.envs(settings.map(|module| ("DJANGO_SETTINGS_MODULE", module)));
        let daemon = Daemon::start(command);
        daemon.wait_for_output(self.says_its_address());
        let address = match self {
            Self::Granian => {
                let socket = site.dir().join(SOCKET);
                wait_until_it_listens(&socket);
                Address::Unix(socket)
            }
            _ => Address::Tcp(daemon.address()),
        };
        let program = Program {
            daemon,
            signal: Signal::TERM,
            answer: self.says_that_it_stops(),
        };
        Running {
            programs: vec![program],
            address,
            site,
            _directory: None,
        }
    }

    fn command(self, venv: &Path) -> Command {
        let bin = |name| Command::new(venv.join("bin").join(name));
        let (mut command, arguments): (_, &[&str]) = match self {
            Self::Runserver => (Command::new(cargo_bin!("scaffold")), &["runserver", "0"]),
            Self::Gunicorn => (bin("gunicorn"), &["--bind=127.0.0.1:0", "mysite.wsgi"]),
            Self::Uwsgi => (bin("uwsgi"), UWSGI),
            Self::Waitress => (bin("waitress-serve"), WAITRESS),
            Self::Granian => (bin("granian"), GRANIAN),
        };
        command.args(arguments);
        command
    }

    /// What is in the line with the address, or after it.
    fn says_its_address(self) -> &'static str {
        match self {
            Self::Runserver => "http://",
            Self::Gunicorn => "Listening at: ",
            Self::Uwsgi => "bound to TCP address ",
            Self::Waitress => "Serving on ",
            Self::Granian => "Started worker-1",
        }
    }

    fn says_that_it_stops(self) -> Option<&'static str> {
        match self {
            Self::Waitress => None,
            Self::Runserver => Some("Finishing 1 request"),
            Self::Gunicorn => Some("Handling signal: term"),
            Self::Uwsgi => Some("graceful shutdown triggered"),
            Self::Granian => Some("Shutting down granian"),
        }
    }
}

/// The hook is that of the generated configuration: without it, SIGTERM begins anew.
const UWSGI: &[&str] = &[
    "--master",
    "--need-app",
    "--http-socket=127.0.0.1:0",
    "--module=mysite.wsgi",
    "--static-map=/static=staticfiles",
    "--hook-master-start=unix_signal:15 gracefully_kill_them_all",
];

/// It collects 18,000 octets otherwise.
const WAITRESS: &[&str] = &[
    "--listen=127.0.0.1:0",
    "--send-bytes=1",
    "mysite.wsgi:application",
];

/// It cannot say which port the system has given it.
const SOCKET: &str = "granian.sock";

const GRANIAN: &[&str] = &[
    "--uds=granian.sock",
    "--interface=wsgi",
    "--static-path-mount=staticfiles",
    "mysite.wsgi:application",
];

/// Granian says that it listens some moments before it does, and nothing once it does.
#[track_caller]
fn wait_until_it_listens(socket: &Path) {
    let deadline = Instant::now() + DEADLINE;
    while let Err(error) = UnixStream::connect(socket) {
        assert!(Instant::now() < deadline, "{error}");
        thread::yield_now();
    }
}

impl Running {
    #[track_caller]
    pub(super) fn connect(&self) -> Client {
        match &self.address {
            Address::Tcp(address) => Client::connect(address),
            Address::Unix(path) => Client::connect_unix(path),
        }
    }

    /// Tells it, and waits until it has heard of it, or is gone.
    #[track_caller]
    pub(super) fn tell_to_stop(&mut self) {
        for program in &mut self.programs {
            program.daemon.signal(program.signal);
            match program.answer {
                Some(answer) => program.daemon.wait_for_output(answer),
                None => {
                    program.daemon.wait_exit();
                }
            }
        }
    }

    /// Waits until all of it has ended.
    #[track_caller]
    pub(super) fn wait_exit(&mut self) {
        let programs = self.programs.iter_mut();
        for program in programs.filter(|it| it.answer.is_some()) {
            program.daemon.wait_exit();
        }
    }
}
