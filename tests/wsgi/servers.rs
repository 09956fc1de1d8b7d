//! The servers that run the same application: ours, Gunicorn and uWSGI, and `mod_wsgi` among the
//! system tests. Each has one process, so that a request is over before the next one begins.

use std::process::Command;

use crate::support::{Daemon, Response, Sandbox, Serve, Server, Venv, get, newest};
#[cfg(feature = "system-tests")]
use crate::support::{Python, Test, apache::Place};

#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Ours,
    Gunicorn,
    Uwsgi,
    #[cfg(feature = "system-tests")]
    ModWsgi,
}

/// A server that runs; killed when it is dropped.
pub(super) enum Running {
    Ours(Server),
    Other(Other),
}

/// A server of another project.
pub(super) struct Other {
    _daemon: Daemon,
    address: String,
    /// Both are removed at the end.
    _sandbox: Sandbox,
    #[cfg(feature = "system-tests")]
    _place: Option<Place>,
}

/// What the applications need, and the servers that are packages.
pub(super) fn venv() -> Venv {
    let packages = [
        "Django==6.1.3",
        "Flask==3.1.3",
        "Werkzeug==3.1.9",
        "gunicorn==27.0.1",
        "pyuwsgi==2.0.30.post1",
        "whitenoise==6.12.0",
    ];
    newest().venv_with("servers", &packages)
}

/// What the applications need, for the Python that `mod_wsgi` was made for.
#[cfg(feature = "system-tests")]
fn debians() -> Venv {
    let packages = ["Django==5.2.19", "Flask==3.1.3", "Werkzeug==3.1.9"];
    Python::debians().venv_with("mod-wsgi", &packages)
}

impl Kind {
    pub(super) const ALL: &[Self] = &[
        Self::Ours,
        Self::Gunicorn,
        Self::Uwsgi,
        #[cfg(feature = "system-tests")]
        Self::ModWsgi,
    ];

    /// Serves the project in a sandbox.
    pub(super) fn start(self, sandbox: Sandbox) -> Running {
        match self {
            Self::Ours => Running::Ours(Serve::within(sandbox).start()),
            Self::Gunicorn => {
                let arguments = ["--bind", "127.0.0.1:0", "mysite.wsgi"];
                Running::command("gunicorn", &arguments, sandbox)
            }
            Self::Uwsgi => {
                let arguments = [
                    "--http-socket=127.0.0.1:0",
                    "--module=mysite.wsgi",
                    "--need-app",
                    "--pythonpath=.",
                ];
                Running::command("uwsgi", &arguments, sandbox)
            }
            #[cfg(feature = "system-tests")]
            Self::ModWsgi => Running::apache(sandbox),
        }
    }
}

impl Running {
    /// A server that is a program of the virtual environment.
    fn command(program: &str, arguments: &[&str], sandbox: Sandbox) -> Self {
        let mut command = Command::new(venv().dir().join("bin").join(program));
        command.args(arguments).current_dir(sandbox.dir());
        command.env_clear().envs(sandbox.env());
        let daemon = Daemon::start(command);
        daemon.wait_for_output("127.0.0.1:");
        Self::Other(Other {
            address: daemon.address().to_string(),
            _daemon: daemon,
            _sandbox: sandbox,
            #[cfg(feature = "system-tests")]
            _place: None,
        })
    }

    /// Apache with what `scaffold deploy` writes for it.
    #[cfg(feature = "system-tests")]
    fn apache(mut sandbox: Sandbox) -> Self {
        let place = Place::new();
        sandbox.set_env("VIRTUAL_ENV", place.environment(&debians()));
        sandbox.open_to_all();
        let own = [("host", "localhost"), ("processes", "1"), ("threads", "1")];
        let variables = [&own[..], &place.variables()].concat();
        let variables = variables
            .iter()
            .map(|(name, value)| format!("--var={name}={value}"));
        let test = Test::within(sandbox)
            .args(["deploy", "apache"])
            .args(variables);
        let deployed = test.capture();
        assert_eq!(deployed.status, Some(0), "{deployed}");
        let sandbox = deployed.into_sandbox();
        let file = sandbox.dir().join("deploy/apache/mysite.conf");
        Self::Other(Other {
            _daemon: place.start(&format!("Include \"{}\"\n", file.display())),
            address: format!("127.0.0.1:{}", place.port),
            _sandbox: sandbox,
            _place: Some(place),
        })
    }

    /// Gets a path.
    pub(super) fn get(&self, path: &str) -> Response {
        match self {
            Self::Ours(server) => server.get(path),
            Self::Other(other) => get(&format!("http://{}{path}", other.address)),
        }
    }
}
