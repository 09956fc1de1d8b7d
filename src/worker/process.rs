//! One worker process with its connections.

use std::{
    fmt, io,
    os::{fd::AsRawFd as _, unix::process::ExitStatusExt as _},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use command_fds::CommandFdExt as _;
use tokio::process::{Child, Command};

use super::{Config, Error, Package};
use crate::wire::{Client, Connections, Link, LinkError, Status};

/// How long a worker may take to exit once its connections are closed.
///
/// It exits at once unless it is inside C code that does not give way; Ctrl-C is to end
/// everything within a second.
const EXIT_GRACE: Duration = Duration::from_millis(500);

/// One worker process. Dropping it kills the process.
#[derive(Debug)]
pub struct Worker {
    child: Child,
    link: Link,
    /// Kept, since parts of it are imported only when they are needed.
    _package: Package,
}

impl Worker {
    /// Starts a worker process. Whether it could load the application is in
    /// [`Worker::status`].
    ///
    /// Must be called inside a Tokio runtime, on a thread that lives as long as the program: the
    /// worker asks the system to be killed when the thread that started it ends.
    pub fn start(config: &Config, package: Package) -> Result<Self, Error> {
        let (connections, inherited) = Connections::new().map_err(Error::Connect)?;

        let mut command = std::process::Command::new(&config.interpreter);
        command
            // What the project prints shows at once, even where output is not a terminal. Not
            // `-I`: the user's PYTHONPATH and packages must be importable.
            .arg("-u")
            .arg(package.main())
            .args(inherited.iter().map(|fd| fd.as_raw_fd().to_string()))
            .envs(config.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(&config.root)
            // The worker keeps the terminal, so that `breakpoint()` in a view works.
            .stdin(Stdio::inherit())
            .stdout(Stdio::inherit())
            .stderr(Stdio::inherit())
            .preserved_fds(inherited.into());
        let child = Command::from(command)
            .kill_on_drop(true)
            .spawn()
            .map_err(|source| Error::Start {
                interpreter: config.interpreter.clone(),
                source,
            })?;
        let link =
            Link::start(connections, &config.configure, config.timeout).map_err(Error::Connect)?;
        Ok(Self {
            child,
            link,
            _package: package,
        })
    }

    /// The process's number, while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Whether one of its requests is in a debugger.
    #[must_use]
    pub fn is_debugged(&self) -> bool {
        self.link.is_debugged()
    }

    /// The handle for sending requests to it.
    #[must_use]
    pub fn client(&self) -> &Client {
        self.link.client()
    }

    /// What the worker says next about itself; `None` once it can say no more.
    pub async fn status(&mut self) -> Option<Status> {
        self.link.status().await
    }

    /// Waits until the worker is gone or has broken the protocol, ends it, and says how it ended.
    pub async fn ended(&mut self) -> Exit {
        let closed = self.link.closed().await;
        Exit {
            status: self.reap().await.ok(),
            fault: closed.err(),
        }
    }

    /// Ends the worker: first by closing its connections, then by force.
    pub async fn stop(self) {
        let Self {
            mut child,
            link,
            _package,
        } = self;
        drop(link);
        // A child that cannot be waited for is gone already.
        let _ = reap(&mut child).await;
    }

    async fn reap(&mut self) -> io::Result<ExitStatus> {
        reap(&mut self.child).await
    }
}

async fn reap(child: &mut Child) -> io::Result<ExitStatus> {
    if let Ok(status) = tokio::time::timeout(EXIT_GRACE, child.wait()).await {
        return status;
    }
    child.start_kill()?;
    child.wait().await
}

/// How a worker ended.
#[derive(Debug)]
pub struct Exit {
    status: Option<ExitStatus>,
    fault: Option<LinkError>,
}

impl fmt::Display for Exit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An error of the connection itself only says again that the process is gone.
        match &self.fault {
            None | Some(LinkError::Io(_)) => {}
            Some(fault @ LinkError::Silent(_)) => {
                return write!(formatter, "{fault} and was killed");
            }
            Some(fault) => return write!(formatter, "broke the protocol: {fault}"),
        }
        let Some(status) = self.status else {
            return formatter.write_str("is gone");
        };
        match (status.code(), status.signal()) {
            (Some(code), _) => write!(formatter, "exited with code {code}"),
            (None, Some(signal)) => write!(formatter, "was killed by {}", SignalName(signal)),
            (None, None) => formatter.write_str("is gone"),
        }
    }
}

/// A signal as people know it.
struct SignalName(i32);

impl fmt::Display for SignalName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        use rustix::process::Signal;
        let name = match Signal::from_named_raw(self.0) {
            Some(Signal::ABORT) => "SIGABRT",
            Some(Signal::BUS) => "SIGBUS",
            Some(Signal::FPE) => "SIGFPE",
            Some(Signal::HUP) => "SIGHUP",
            Some(Signal::ILL) => "SIGILL",
            Some(Signal::INT) => "SIGINT",
            Some(Signal::KILL) => "SIGKILL",
            Some(Signal::SEGV) => "SIGSEGV",
            Some(Signal::TERM) => "SIGTERM",
            Some(Signal::XCPU) => "SIGXCPU",
            _ => return write!(formatter, "signal {}", self.0),
        };
        formatter.write_str(name)
    }
}
