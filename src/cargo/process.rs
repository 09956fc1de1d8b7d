//! The process of the program that serves a project.

use std::{
    env, fmt, io,
    num::NonZeroU32,
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::ExitStatus,
    time::Duration,
};

use rustix::process::Signal;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader},
    net::{UnixListener, UnixStream},
    process::{Child, Command},
    time::timeout,
};

use super::{Error, silence};
use crate::project::{Ended, Environment, Streams};

/// The longest path of a directory in which sockets can have names: systems allow them 104 octets
/// at least.
const LONGEST: usize = 90;

/// The most that is read of what a panic says, in octets.
const MOST_WORDS: u64 = 64 * 1024;

/// A process that serves the project. It ends when this is dropped.
#[derive(Debug)]
pub struct Runner {
    child: Child,
    /// What says that we are here, and asks whether it is.
    control: BufReader<UnixStream>,
    directory: TempDir,
}

/// What a process gets beside its arguments.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// In what its environment differs from that of this process.
    pub environment: Environment,
    /// What the project reads and prints.
    pub streams: Streams,
}

/// What became of the start.
#[derive(Debug)]
pub enum Start {
    /// It serves.
    Ready(Box<Runner>),
    /// Making the application panicked; what that said.
    Panicked(String),
    /// It ended by itself before it served.
    Ended(ExitStatus),
    /// It did not serve within so many seconds, and was killed.
    Silent(NonZeroU32),
}

/// How a process that served came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It ended, or was ended by somebody else.
    Ended(ExitStatus),
    /// It had requests, did not react for so many seconds, and was killed.
    Silent(NonZeroU32),
    /// The system cannot tell.
    Gone,
}

impl Exit {
    /// Whether it was ended by a signal that a terminal, or whoever stops a whole group of processes,
    /// sends to the front as well.
    #[must_use]
    pub fn may_be_everybodys(self) -> bool {
        let signals = [Signal::INT, Signal::TERM, Signal::HUP];
        let signal = match self {
            Self::Ended(status) => status.signal().and_then(Signal::from_named_raw),
            Self::Silent(_) | Self::Gone => None,
        };
        signal.is_some_and(|signal| signals.contains(&signal))
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended(status) => Ended(*status).fmt(formatter),
            Self::Silent(seconds) => {
                write!(formatter, "did not react for {seconds} s and was killed")
            }
            Self::Gone => formatter.write_str("is gone"),
        }
    }
}

impl Runner {
    /// Starts the program in the project's directory, and waits until it serves, or for so many
    /// seconds; without a limit, for ever.
    pub async fn start(
        program: &Path,
        directory: &Path,
        surroundings: &Surroundings,
        limit: Option<NonZeroU32>,
    ) -> Result<Start, Error> {
        let begun = Self::begin(program, directory, surroundings);
        let Some(seconds) = limit else {
            return begun.await;
        };
        // Dropping it kills the process.
        timeout(duration(seconds), begun)
            .await
            .unwrap_or(Ok(Start::Silent(seconds)))
    }

    async fn begin(
        program: &Path,
        directory: &Path,
        surroundings: &Surroundings,
    ) -> Result<Start, Error> {
        let sockets = directory_for_sockets().map_err(Error::Connect)?;
        let listener =
            UnixListener::bind(sockets.path().join("control")).map_err(Error::Connect)?;
        let mut command = Command::new(program);
        command.arg(sockets.path()).current_dir(directory);
        let Surroundings {
            environment,
            streams,
        } = surroundings;
        environment.apply(command.as_std_mut());
        let given = streams.give(command.as_std_mut());
        let spawned = given.and_then(|()| command.kill_on_drop(true).spawn());
        let mut child = spawned.map_err(|source| Error::Start {
            program: program.to_owned(),
            source,
        })?;
        let mut control = tokio::select! {
            accepted = listener.accept() => BufReader::new(accepted.map_err(Error::Connect)?.0),
            status = child.wait() => return status.map(Start::Ended).map_err(Error::Connect),
        };
        let mut word = String::new();
        control.read_line(&mut word).await.map_err(Error::Connect)?;
        match word.trim_end() {
            "ready" => Ok(Start::Ready(Box::new(Self {
                child,
                control,
                directory: sockets,
            }))),
            "panicked" => {
                let mut words = Vec::new();
                let read = control.take(MOST_WORDS).read_to_end(&mut words).await;
                read.map_err(Error::Connect)?;
                Ok(Start::Panicked(
                    String::from_utf8_lossy(&words).into_owned(),
                ))
            }
            _ => child.wait().await.map(Start::Ended).map_err(Error::Connect),
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.directory.path().join("http")
    }

    /// The process's number, while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Whether a debugger holds it.
    #[must_use]
    pub fn is_debugged(&self) -> bool {
        self.pid().is_some_and(silence::is_traced)
    }

    /// Waits until the process is gone. While `is_busy` says that it has requests, it is ended where
    /// it does not react for so many seconds; without a limit, never.
    pub async fn ended(&mut self, limit: Option<NonZeroU32>, is_busy: impl Fn() -> bool) -> Exit {
        let Self { child, control, .. } = self;
        let pid = child.id();
        let is_silent = silence::noticed(control, pid, limit.map(duration), is_busy);
        tokio::select! {
            status = child.wait() => return status.map_or(Exit::Gone, Exit::Ended),
            () = is_silent => {}
        }
        // What cannot be killed is gone already.
        let _ = child.kill().await;
        limit.map_or(Exit::Gone, Exit::Silent)
    }

    /// Ends it.
    pub async fn stop(self) {
        let Self {
            mut child,
            control,
            directory: _directory,
        } = self;
        drop(control);
        // It may be in a computation that does not end. What cannot be killed is gone already.
        let _ = child.kill().await;
    }
}

fn duration(seconds: NonZeroU32) -> Duration {
    Duration::from_secs(seconds.get().into())
}

/// A directory that only this user can enter, with a short name.
fn directory_for_sockets() -> io::Result<TempDir> {
    let mut name = tempfile::Builder::new();
    name.prefix("scaffold-");
    let usual = env::temp_dir();
    if usual.as_os_str().len() > LONGEST {
        return name.tempdir_in("/tmp");
    }
    name.tempdir_in(usual)
}
