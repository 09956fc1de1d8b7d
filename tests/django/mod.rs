//! Django projects under our server as under Django's own, with real Django of the oldest and the
//! newest version, and the two servers side by side where they could differ.

#[cfg(feature = "system-tests")]
mod admin;
mod layout;
#[cfg(feature = "system-tests")]
mod pages;
#[cfg(feature = "system-tests")]
mod postgres;
#[cfg(feature = "system-tests")]
mod real_projects;
mod responses;
mod signals;
mod threads;
mod visitor;

use std::{collections::BTreeMap, fs, path::Path};

use crate::support::{Packages, Sandbox, Serve, Server, Venv, manage, newest, python};

use visitor::Visitor;

/// The two servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Runserver {
    Scaffold,
    Django,
}

const BOTH: [Runserver; 2] = [Runserver::Scaffold, Runserver::Django];

impl Runserver {
    /// Starts it.
    #[track_caller]
    fn start(self, serve: Serve, venv: &Venv) -> Server {
        let serve = serve.env("VIRTUAL_ENV", venv.dir());
        match self {
            Self::Scaffold => serve.start(),
            Self::Django => serve.start_djangos_own(venv),
        }
    }
}

/// The oldest Django with the oldest Python, and the newest of both.
fn djangos() -> Vec<Venv> {
    let oldest = python::minor(8).map(|python| python.venv(Packages::OldDjango));
    let newest = newest().venv(Packages::Django);
    oldest.into_iter().chain([newest]).collect()
}

/// The project in `site`, which prints what happens in it, with its database.
fn site(venv: &Venv) -> Sandbox {
    site_with(venv, &[], &["default"])
}

/// The same with variables of the environment, and with all its databases.
fn site_with(venv: &Venv, variables: &[(&str, &str)], databases: &[&str]) -> Sandbox {
    let mut sandbox = Sandbox::new();
    for (name, value) in variables {
        sandbox.set_env(name, value);
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/django/site");
    for entry in walkdir::WalkDir::new(&source) {
        let entry = entry.unwrap();
        let path = entry.path();
        if entry.file_type().is_file() && path.extension().is_none_or(|it| it != "pyc") {
            let contents = fs::read(path).unwrap();
            sandbox.write(path.strip_prefix(&source).unwrap(), contents);
        }
    }
    for database in databases {
        manage(
            &sandbox,
            "",
            venv,
            ["migrate", "-v0", "--database", database],
        );
    }
    sandbox
}

/// What the project said so far in the process that serves it, from the first request on: before
/// that, and beside it, it is checked.
fn events(server: &Server) -> Vec<String> {
    let output = server.output();
    let events = output.lines().filter_map(|line| {
        let event = line.strip_prefix("event: ")?;
        event.rsplit_once(" in ")
    });
    let mut events = events.skip_while(|(event, _)| !event.starts_with("started "));
    let Some((first, process)) = events.next() else {
        return Vec::new();
    };
    let others = events.filter(|(_, other)| *other == process);
    let others = others.map(|(event, _)| event.to_owned());
    [first.to_owned()].into_iter().chain(others).collect()
}

/// The fields of a response that the application decides about.
fn fields(response: &crate::support::Response) -> BTreeMap<String, String> {
    let ours = ["date", "server", "connection", "transfer-encoding"];
    let all = response.headers.iter();
    let all = all.map(|(name, value)| (name.to_lowercase(), value.clone()));
    all.filter(|(name, _)| !ours.contains(&name.as_str()))
        .collect()
}
