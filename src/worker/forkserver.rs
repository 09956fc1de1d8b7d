//! A warm interpreter that workers are forked from.

use std::{
    io,
    os::unix::{net::UnixStream, process::ExitStatusExt as _},
    path::PathBuf,
    process::ExitStatus,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::{process, time::timeout};

use super::{
    Config, Error, Package,
    process::{Worker, spawn},
};
use crate::{
    project::Environment,
    wire::{Child, Condition, Connections, Link, Parent, message::Report},
};

/// How long the answer to a wish for a worker may take.
///
/// It takes a few milliseconds, and as long as the import that is just under way. Where that is one
/// that takes longer, a new process of the same project takes many times as long.
const ANSWER: Duration = Duration::from_millis(500);

/// How long a forked worker may take to end once its parent was told to kill it, before both are
/// killed. The parent may be importing a module.
const KILL_GRACE: Duration = Duration::from_secs(1);

/// Why no worker was forked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cold {
    /// A worker that is forked now would not be as good as a new one: another forkserver is needed.
    Outdated(String),
    /// The forkserver cannot fork: whether another one could is doubtful.
    Unfit(String),
    /// The forkserver did not answer in time.
    Busy,
}

/// A warm interpreter. Its process ends when this and all its workers have been dropped.
#[derive(Debug)]
pub(super) struct Forkserver {
    running: Arc<Running>,
    /// What it was started with: what is not in `configure` and the like can change from worker to
    /// worker.
    basis: Basis,
    package: Package,
}

/// What an interpreter has looked at when it has imported modules.
#[derive(Debug, PartialEq, Eq)]
struct Basis {
    interpreter: PathBuf,
    root: PathBuf,
    environment: Environment,
    argv: Vec<String>,
    pythonpath: Vec<String>,
    open_files: i32,
}

impl Basis {
    fn of(config: &Config) -> Self {
        Self {
            interpreter: config.interpreter.clone(),
            root: config.root.clone(),
            environment: config.environment.clone(),
            argv: config.configure.argv.clone(),
            pythonpath: config.configure.pythonpath.clone(),
            open_files: config.configure.open_files,
        }
    }
}

/// The process, for as long as it is needed.
#[derive(Debug)]
struct Running {
    parent: Parent,
    /// Killed when this is dropped.
    process: Mutex<process::Child>,
}

impl Forkserver {
    /// Starts the interpreter. It can fork at once, but is not warm before it has imported something.
    ///
    /// Must be called inside a Tokio runtime, on a thread that lives as long as the program: see
    /// [`Worker::start`].
    pub(super) fn start(config: &Config, package: Package) -> Result<Self, Error> {
        let (ours, theirs) = UnixStream::pair().map_err(Error::Connect)?;
        let process = spawn(config, &package, Some("forkserver"), vec![theirs.into()])?;
        let parent = Parent::start(ours, &config.configure).map_err(Error::Connect)?;
        Ok(Self {
            running: Arc::new(Running {
                parent,
                process: Mutex::new(process),
            }),
            basis: Basis::of(config),
            package,
        })
    }

    /// Has modules imported that workers will need.
    pub(super) fn preload<'m>(&self, modules: impl ExactSizeIterator<Item = &'m str>) {
        self.running.parent.preload(modules);
    }

    /// Forks a worker, or says why not.
    pub(super) async fn fork(&self, config: &Config) -> Result<Worker, Cold> {
        let asked = Instant::now();
        if self.basis != Basis::of(config) {
            let reason = "the environment or the arguments are others now";
            return Err(Cold::Outdated(reason.to_owned()));
        }
        let io_error = |error: io::Error| Cold::Unfit(error.to_string());
        let (connections, theirs) = Connections::new().map_err(io_error)?;
        let forking = self.running.parent.fork(theirs);
        // Meanwhile, so that its configuration is there when the worker is.
        let link = Link::start(connections, &config.configure, config.timeout).map_err(io_error)?;
        match timeout(ANSWER, forking.done()).await {
            Ok(Ok(child)) => {
                let forked = Forked {
                    child,
                    running: Arc::clone(&self.running),
                };
                Ok(Worker::forked(forked, link, asked, self.package.clone()))
            }
            Ok(Err(reason)) => Err(match self.fault() {
                Some(_) => Cold::Unfit(reason),
                None => Cold::Outdated(reason),
            }),
            Err(_) => Err(Cold::Busy),
        }
    }

    /// Why it will fork no more, where it has said so: the module that is to blame, or nothing, and
    /// the reason.
    pub(super) fn fault(&self) -> Option<Report> {
        match self.running.parent.condition() {
            Condition::Busy | Condition::Warm(_) => None,
            Condition::Unfit(report) => Some(report),
            Condition::Lost => Some(Report::default()),
        }
    }

    /// Waits until it has imported what it can, or can do no more.
    pub(super) async fn settled(&self) -> Condition {
        self.running.parent.settled().await
    }
}

/// A forked process. Dropping it kills it.
#[derive(Debug)]
pub(super) struct Forked {
    child: Child,
    running: Arc<Running>,
}

impl Forked {
    pub(super) fn pid(&self) -> Option<u32> {
        self.child.pid()
    }

    pub(super) async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await.map(ExitStatus::from_raw)
    }

    /// Kills it and waits for its end. Where its parent does not react, that goes with it.
    pub(super) async fn kill(&mut self) -> io::Result<ExitStatus> {
        self.child.kill();
        if let Ok(status) = timeout(KILL_GRACE, self.wait()).await {
            return status;
        }
        self.running
            .process
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .start_kill()?;
        self.wait().await
    }
}
