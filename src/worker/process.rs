//! One worker process with its connections.

use std::{
    fmt, io,
    os::fd::{AsRawFd as _, OwnedFd},
    process::ExitStatus,
    time::{Duration, Instant},
};

use command_fds::CommandFdExt as _;
use tokio::process::{Child, Command};

use super::{Config, Error, Package, forkserver::Forked};
use crate::{
    project::Ended,
    wire::{Client, Connections, Link, LinkError, Status, message::Report},
};

/// How long a worker may take to exit once its connections are closed.
///
/// It exits at once unless it is inside C code that does not give way; Ctrl-C is to end
/// everything within a second.
const EXIT_GRACE: Duration = Duration::from_millis(500);

/// One worker process. Dropping it kills the process.
#[derive(Debug)]
pub struct Worker {
    process: Process,
    link: Link,
    asked: Instant,
    pub(super) origin: Origin,
    /// Kept, since parts of it are imported only when they are needed.
    _package: Package,
}

/// How a worker process came to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Forked from a warm interpreter.
    Forked,
    /// Started; why none was forked, where that was tried.
    Started(Option<String>),
}

#[derive(Debug)]
enum Process {
    Started(Child),
    Forked(Forked),
}

impl Process {
    async fn wait(&mut self) -> io::Result<ExitStatus> {
        match self {
            Self::Started(child) => child.wait().await,
            Self::Forked(forked) => forked.wait().await,
        }
    }

    /// Waits for the end of the process, whose connections are closed, and brings it about where it
    /// does not come.
    async fn reap(&mut self) -> io::Result<ExitStatus> {
        if let Ok(status) = tokio::time::timeout(EXIT_GRACE, self.wait()).await {
            return status;
        }
        match self {
            Self::Started(child) => {
                child.start_kill()?;
                child.wait().await
            }
            Self::Forked(forked) => forked.kill().await,
        }
    }
}

impl Worker {
    /// Starts a worker process. Whether it could load the application is in
    /// [`Worker::status`].
    ///
    /// Must be called inside a Tokio runtime, on a thread that lives as long as the program: the
    /// worker asks the system to be killed when the thread that started it ends.
    pub fn start(config: &Config, package: Package) -> Result<Self, Error> {
        let asked = Instant::now();
        let (connections, inherited) = Connections::new().map_err(Error::Connect)?;
        let child = spawn(config, &package, None, inherited.into())?;
        let link =
            Link::start(connections, &config.configure, config.timeout).map_err(Error::Connect)?;
        Ok(Self {
            process: Process::Started(child),
            link,
            asked,
            origin: Origin::Started(None),
            _package: package,
        })
    }

    /// A worker that was forked, by what was asked for at a moment.
    pub(super) fn forked(forked: Forked, link: Link, asked: Instant, package: Package) -> Self {
        Self {
            process: Process::Forked(forked),
            link,
            asked,
            origin: Origin::Forked,
            _package: package,
        }
    }

    /// The process's number, while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        match &self.process {
            Process::Started(child) => child.id(),
            Process::Forked(forked) => forked.pid(),
        }
    }

    /// How the process came to be.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// When the worker was asked for.
    #[must_use]
    pub fn asked(&self) -> Instant {
        self.asked
    }

    /// Whether a failure to load may be due to how the process came to be, so that it is to be
    /// tried once more in a new one ([`super::Starter::start_again`]) before anybody is told of it.
    /// `failure` is what the worker reported, if it could.
    #[must_use]
    pub fn is_doubtful(&self, failure: Option<&Report>) -> bool {
        self.origin == Origin::Forked
            && failure.is_none_or(|report| report.get("doubtful") == "yes")
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

    /// Has the framework's checks run ([`Link::check`]).
    pub fn check(&self) {
        self.link.check();
    }

    /// What the worker says next about itself; `None` once it can say no more.
    pub async fn status(&mut self) -> Option<Status> {
        self.link.status().await
    }

    /// Waits until the worker is gone or has broken the protocol, ends it, and says how it ended.
    pub async fn ended(&mut self) -> Exit {
        let closed = self.link.closed().await;
        Exit {
            status: self.process.reap().await.ok(),
            fault: closed.err(),
        }
    }

    /// Ends the worker: first by closing its connections, then by force.
    pub async fn stop(self) {
        self.end(drop).await;
    }

    /// Ends the worker as [`Worker::stop`] does, because its code is out of date.
    pub async fn retire(self) {
        self.end(Link::retire).await;
    }

    async fn end(self, close: impl FnOnce(Link)) {
        let Self {
            mut process,
            link,
            asked: _,
            origin: _,
            _package,
        } = self;
        close(link);
        // A child that cannot be waited for is gone already.
        let _ = process.reap().await;
    }
}

/// Starts the interpreter with the package and descriptors whose numbers are its arguments, after
/// the name of what it is to be where that is no worker.
pub(super) fn spawn(
    config: &Config,
    package: &Package,
    role: Option<&str>,
    inherited: Vec<OwnedFd>,
) -> Result<Child, Error> {
    let mut command = std::process::Command::new(&config.interpreter);
    command
        // What the project prints shows at once, even where output is not a terminal. Not
        // `-I`: the user's PYTHONPATH and packages must be importable.
        .arg("-u")
        .arg(package.main())
        .args(role)
        .args(inherited.iter().map(|fd| fd.as_raw_fd().to_string()))
        .current_dir(&config.root)
        .preserved_fds(inherited);
    config.environment.apply(&mut command);
    let given = config.streams.give(&mut command);
    let started = given.and_then(|()| Command::from(command).kill_on_drop(true).spawn());
    started.map_err(|source| {
        // The system says the same of a program that is not there.
        if config.root.is_dir() {
            Error::Start {
                interpreter: config.interpreter.clone(),
                source,
            }
        } else {
            Error::NoDirectory(config.root.clone())
        }
    })
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
        match self.status {
            Some(status) => Ended(status).fmt(formatter),
            None => formatter.write_str("is gone"),
        }
    }
}
