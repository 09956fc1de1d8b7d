//! A `PostgreSQL` of the test's own: Debian's programs, in a temporary directory, on a Unix socket.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::{
    server::wait_end,
    unprivileged::{as_nobody, give_to_nobody},
};

/// What it says once it takes connections.
const READY: &str = "database system is ready to accept connections";

/// How long it may take to end, and its directory to be as it left it.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// A server with one database, `postgres`, and one user of the same name who needs no password.
/// Stopped and removed when dropped.
#[derive(Debug)]
pub(crate) struct Postgres {
    child: Child,
    log: Arc<Mutex<String>>,
    programs: PathBuf,
    directory: TempDir,
}

impl Postgres {
    /// Starts one.
    ///
    /// # Panics
    ///
    /// Where it does not start (`apt-get install postgresql`).
    #[track_caller]
    pub(crate) fn start() -> Self {
        let programs = programs();
        let directory = tempfile::Builder::new()
            .prefix("postgres-")
            .tempdir()
            .unwrap();
        give_to_nobody(directory.path());
        let data = directory.path().join("data");
        let mut init = as_nobody(&programs.join("initdb"));
        init.args(["--username=postgres", "--auth=trust", "--encoding=UTF8"]);
        init.args(["--no-sync", "--no-instructions", "--pgdata"])
            .arg(&data);
        let output = init.output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{text}");
        let mut serve = as_nobody(&programs.join("postgres"));
        serve.arg("-D").arg(&data).arg("-k").arg(directory.path());
        serve.args(["-c", "listen_addresses=", "-c", "fsync=off"]);
        let mut child = serve.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut log = String::new();
        while !log.contains(READY) {
            let line = lines
                .next()
                .unwrap_or_else(|| panic!("PostgreSQL ended:\n{log}"));
            log += &(line.unwrap() + "\n");
        }
        let log = Arc::new(Mutex::new(log));
        let more = Arc::clone(&log);
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                *more.lock().unwrap() += &(line + "\n");
            }
        });
        Self {
            child,
            log,
            programs,
            directory,
        }
    }

    /// The directory of its socket, to give as its host.
    pub(crate) fn host(&self) -> &Path {
        self.directory.path()
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// The rows of a query, each with its columns separated by `|`.
    #[track_caller]
    pub(crate) fn query(&self, sql: &str) -> Vec<String> {
        let mut command = Command::new(self.programs.join("psql"));
        command.args(["--no-psqlrc", "-At", "-U", "postgres", "-h"]);
        command.arg(self.host()).args(["-c", sql, "postgres"]);
        let output = command.env_clear().output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{sql}: {text}");
        let rows = String::from_utf8(output.stdout).unwrap();
        rows.lines().map(str::to_owned).collect()
    }

    /// The processes that serve clients now, in order.
    #[track_caller]
    pub(crate) fn backends(&self) -> Vec<i64> {
        let rows = self.query(
            "select pid from pg_stat_activity \
             where backend_type = 'client backend' and pid <> pg_backend_pid() order by pid",
        );
        rows.iter().map(|row| row.parse().unwrap()).collect()
    }

    /// Waits until a condition about [`backends`](Self::backends) is met.
    #[track_caller]
    pub(crate) fn wait_for_backends(&self, condition: impl Fn(&[i64]) -> bool) {
        let deadline = Instant::now() + LAST_WORDS;
        loop {
            // Each look starts a program and connects: that is pause enough.
            let backends = self.backends();
            if condition(&backends) {
                return;
            }
            assert!(Instant::now() < deadline, "there are still {backends:?}");
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // It breaks off all connections and ends at once.
        let pid = Pid::from_child(&self.child);
        let _ = kill_process(pid, Signal::QUIT);
        if !wait_end(pid, Instant::now() + LAST_WORDS) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

/// The directory of the newest version's programs.
#[track_caller]
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let paths = versions.map(|version| version.unwrap().path().join("bin"));
    let found = paths.filter(|path| path.join("initdb").is_file());
    let version =
        |path: &PathBuf| -> Option<u32> { path.parent()?.file_name()?.to_str()?.parse().ok() };
    found
        .max_by_key(version)
        .expect("`/usr/lib/postgresql/*/bin/initdb` (Debian's package `postgresql`)")
}
