//! The front in this process, as `front` has it, with a real interpreter as its worker: for limits
//! that the worker keeps.

use std::{
    os::fd::AsRawFd as _,
    process::{Child, Command, Stdio},
};

use command_fds::CommandFdExt as _;
use scaffold::{
    serve::{Limits, Settings},
    wire::{Connections, message::Configure},
};
use tempfile::TempDir;

use super::front::Serving;
use crate::support::{Client, pythons};

/// Where the worker's package begins.
const MAIN: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/worker/python/scaffold_worker/__main__.py"
);

/// A front with an interpreter.
pub(super) struct Interpreter {
    serving: Option<Serving>,
    child: Child,
    _directory: TempDir,
}

impl Interpreter {
    /// Starts both; the interpreter runs `application` of this file.
    pub(super) fn start(limits: Limits, application: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("served.py"), application).unwrap();
        let (connections, inherited) = Connections::new().unwrap();
        let mut command = Command::new(pythons().last().unwrap().as_ref());
        // Nothing is to be left beside the sources.
        command.args(["-u", "-B", MAIN]);
        command.args(inherited.iter().map(|fd| fd.as_raw_fd().to_string()));
        command
            .current_dir(directory.path())
            .stdin(Stdio::null())
            .preserved_fds(inherited.into());
        let child = command.spawn().unwrap();
        // It has the only copies of its ends.
        drop(command);
        let configure = Configure {
            root: directory.path().to_str().unwrap().to_owned(),
            app: "served:application".to_owned(),
            threads: 8,
            ..Configure::default()
        };
        let settings = Settings {
            limits,
            ..Settings::default()
        };
        Self {
            serving: Some(Serving::start(settings, connections, configure)),
            child,
            _directory: directory,
        }
    }

    /// Opens a connection.
    pub(super) fn connect(&self) -> Client {
        self.serving.as_ref().unwrap().connect()
    }

    /// Sends a request for a path on a connection of its own and returns what is answered.
    #[track_caller]
    pub(super) fn get(&self, path: &str) -> String {
        let mut client = self.connect();
        client.send(format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        ));
        client.response().text().to_owned()
    }
}

impl Drop for Interpreter {
    fn drop(&mut self) {
        // The front's end is the worker's.
        drop(self.serving.take());
        let _ = self.child.wait();
    }
}
