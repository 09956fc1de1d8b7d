//! The process of the program that serves a project.

use std::{
    env, io,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader},
    net::{UnixListener, UnixStream},
    process::{Child, Command},
};

use super::Error;

/// The longest path of a directory in which sockets can have names: systems allow them 104 octets
/// at least.
const LONGEST: usize = 90;

/// The most that is read of what a panic says, in octets.
const MOST_WORDS: u64 = 64 * 1024;

/// A process that serves the project. It ends when this is dropped.
#[derive(Debug)]
pub struct Runner {
    child: Child,
    /// What says that we are here.
    control: BufReader<UnixStream>,
    directory: TempDir,
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
}

impl Runner {
    /// Starts the program in the project's directory, and waits until it serves. What it prints
    /// goes to standard error, and there is nothing for it to read.
    pub async fn start(program: &Path, directory: &Path) -> Result<Start, Error> {
        let sockets = directory_for_sockets().map_err(Error::Connect)?;
        let listener =
            UnixListener::bind(sockets.path().join("control")).map_err(Error::Connect)?;
        let mut child = Command::new(program)
            .arg(sockets.path())
            .current_dir(directory)
            .stdin(Stdio::null())
            .stdout(io::stderr())
            .kill_on_drop(true)
            .spawn()
            .map_err(|source| Error::Start {
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
    pub(super) fn socket(&self) -> PathBuf {
        self.directory.path().join("http")
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
