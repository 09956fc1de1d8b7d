//! Several sites served by one command: the real binary, real CPython, real Django.

mod errors;
mod isolation;
mod languages;
mod lobby;
mod ports;
mod stopping;
mod terminal;

use std::{fs, os::unix::fs::symlink};

use crate::support::{Client, Response, Sandbox, Serve, Server, Venv};

/// An application with a path for each thing that these tests need.
const APP: &str = include_str!("app.py");

/// A Django project that says its name and Django's version.
const URLS: &str = include_str!("urls.py");

/// Sites of [`APP`] with these names, which are directories of the working directory; more keys may
/// follow in each table.
fn sites(all: &[(&str, &str)]) -> Serve {
    let sandbox = Sandbox::new();
    let mut file = String::new();
    for (name, keys) in all {
        sandbox.write(format!("{name}/app.py"), APP);
        sandbox.write(format!("{name}/value.py"), "VALUE = 'first'\n");
        let table = format!("[sites.{name}]\npath = '{name}'\napp = 'app:application'\n{keys}\n");
        file.push_str(&table);
    }
    sandbox.write("scaffold.sites.toml", file);
    Serve::within(sandbox)
}

/// Makes a Django project with a virtual environment of its own.
fn django(sandbox: &Sandbox, name: &str, venv: &Venv) {
    let file = |path: &str| format!("{name}/{path}");
    let manage = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'conf.settings')\n";
    sandbox.write(file("manage.py"), manage);
    sandbox.write(file("conf/__init__.py"), "");
    sandbox.write(
        file("conf/settings.py"),
        format!(
            "SECRET_KEY = 'x'\nDEBUG = True\nROOT_URLCONF = 'conf.urls'\nINSTALLED_APPS = []\n\
             NAME = '{name}'\n"
        ),
    );
    sandbox.write(file("conf/urls.py"), URLS);
    sandbox.write(file("conf/value.py"), "VALUE = 0\n");
    symlink(venv.dir(), sandbox.dir().join(name).join(".venv")).unwrap();
}

/// Sends a request for a host, on a connection that stays open.
fn send(client: &mut Client, host: &str, path: &str) {
    client.send(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
}

/// Asks a host for a path, on a connection that stays open.
#[track_caller]
fn ask(client: &mut Client, host: &str, path: &str) -> Response {
    send(client, host, path);
    client.response()
}

/// Asks a host for a path.
#[track_caller]
fn get(server: &Server, host: &str, path: &str) -> Response {
    ask(&mut server.connect(), host, path)
}

/// Saves a file of a site.
fn save(server: &Server, path: &str, contents: &str) {
    fs::write(server.sandbox().dir().join(path), contents).unwrap();
}
