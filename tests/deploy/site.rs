//! The project that is deployed: Django's, at a path that has to be quoted, with settings for
//! production in a module that `wsgi.py` does not name.

use std::{
    ffi::OsStr,
    fs::{File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::Command,
};

use crate::support::{Client, Response, Sandbox, Test};

/// Where it is in the working directory.
const PLACE: &str = "my 50% site";

/// What a view waits for.
pub(super) const PIPE: &str = "pipe";

/// What comes through it then.
const LAST: &str = "at last";

const URLS: &str = r#"
import os
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from django.urls import path
from django.views.static import serve


def home(request):
    lines = [
        settings.SETTINGS_MODULE,
        request.build_absolute_uri(),
        "secure" if request.is_secure() else "plain",
        request.META.get("HTTP_X_FORWARDED_FOR", "-"),
        os.getcwd(),
        os.environ.get("FROM_THE_FILE", "-"),
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain")


def broken(request):
    raise ValueError("broken on purpose")


def wait(request):
    return HttpResponse((settings.BASE_DIR / "pipe").read_text())


urlpatterns = [
    path("", home),
    path("broken", broken),
    path("wait", wait),
    path("files/<path:path>", serve, {"document_root": settings.STATIC_ROOT}),
]
"#;

/// Ours are for development where the environment names no hosts.
const PRODUCTION: &str = r#"
from .settings import *

DEBUG = False
ALLOWED_HOSTS = [".example", "localhost"]
SECRET_KEY = "of this test alone"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
"#;

/// The project in its place.
pub(super) struct Site {
    sandbox: Sandbox,
    /// The module of the settings for production.
    settings: &'static str,
}

impl Site {
    /// Makes it, for an interpreter of a virtual environment.
    #[track_caller]
    pub(super) fn new(environment: &Path) -> Self {
        Self::with_settings(environment, "mysite.production")
    }

    /// The same, with settings of that name.
    #[track_caller]
    pub(super) fn with_settings(environment: &Path, settings: &'static str) -> Self {
        let test = Test::new().in_dir(PLACE);
        let made = test.args(["startproject", "mysite", "."]).run();
        let mut sandbox = made.into_sandbox();
        sandbox.set_env("VIRTUAL_ENV", environment);
        let write = |path: &str, text: &str| sandbox.write(Path::new(PLACE).join(path), text);
        write("mysite/urls.py", URLS);
        write(&format!("{}.py", settings.replace('.', "/")), PRODUCTION);
        write("staticfiles/site.css", "body { color: red }\n");
        let site = Self { sandbox, settings };
        make_pipe(&site.dir().join(PIPE));
        site
    }

    /// Where it is.
    pub(super) fn dir(&self) -> PathBuf {
        self.sandbox.dir().join(PLACE)
    }

    /// A path in it, as text.
    pub(super) fn path(&self, path: &str) -> String {
        self.dir().join(path).to_str().unwrap().to_owned()
    }

    /// The environment that a server starts with: as systemd has it, nearly none.
    pub(super) fn environment(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        let names = ["PATH", "LANG", "TMPDIR"];
        let all = self.sandbox.env().iter();
        all.map(|(name, value)| (name.as_os_str(), value.as_os_str()))
            .filter(move |(name, _)| names.iter().any(|it| name == it))
    }

    /// Writes what a server needs for its settings for production.
    #[track_caller]
    pub(super) fn deploy(self, server: &str, variables: &[(&str, &str)]) -> Self {
        let test = Test::within(self.sandbox).in_dir(PLACE);
        let variables = variables
            .iter()
            .map(|(name, value)| format!("--var={name}={value}"));
        let settings = format!("--settings={}", self.settings);
        let outcome = test
            .args(["deploy", server, &settings])
            .args(variables)
            .capture();
        assert_eq!(outcome.status, Some(0), "{outcome}");
        Self {
            sandbox: outcome.into_sandbox(),
            settings: self.settings,
        }
    }

    /// Adds lines to one of its files.
    pub(super) fn append(&self, path: &str, text: &str) {
        let file = OpenOptions::new().append(true).open(self.dir().join(path));
        file.unwrap().write_all(text.as_bytes()).unwrap();
    }

    /// Lets everybody look into it, as into a directory below `/srv`.
    #[cfg(feature = "system-tests")]
    pub(super) fn open_to_all(&self) {
        self.sandbox.open_to_all();
    }

    /// What every server has to do with it: a page, a file, nothing, and an error. `url` is what the
    /// application takes the address of its page for.
    #[track_caller]
    pub(super) fn check(&self, url: &str, get: impl Fn(&str) -> Response) {
        let page = get("/");
        assert_eq!(page.status, 200, "{}", page.text());
        let lines: Vec<_> = page.text().lines().collect();
        assert_eq!(lines[..2], [self.settings, url]);
        assert_eq!(Path::new(lines[4]), self.dir());
        assert_eq!(lines[5], "yes", "a variable of the environment file");
        let file = get("/files/site.css");
        assert_eq!((file.status, file.text()), (200, "body { color: red }\n"));
        assert_eq!(get("/nothing").status, 404);
        assert_eq!(get("/broken").status, 500);
    }

    /// Lets a request begin that waits until [`Waiting::end`].
    #[track_caller]
    pub(super) fn wait(&self, client: Client) -> Waiting {
        Waiting::begin(client, "Host: localhost", &self.dir().join(PIPE))
    }
}

/// A variable for the environment file.
pub(super) const VARIABLE: &str = "FROM_THE_FILE=yes\n";

/// One request on a connection of its own.
#[track_caller]
pub(super) fn get(mut client: Client, target: &str, headers: &str) -> Response {
    client.send(format!(
        "GET {target} HTTP/1.1\r\n{headers}\r\nConnection: close\r\n\r\n"
    ));
    client.response()
}

/// Makes what a view may wait for, whoever it runs as.
#[track_caller]
pub(super) fn make_pipe(path: &Path) {
    let made = Command::new("mkfifo")
        .args(["-m", "666"])
        .arg(path)
        .status();
    assert!(made.unwrap().success());
}

/// A request under way.
pub(super) struct Waiting {
    client: Client,
    pipe: File,
}

impl Waiting {
    /// Asks for a view that reads from the pipe.
    #[track_caller]
    pub(super) fn begin(mut client: Client, headers: &str, pipe: &Path) -> Self {
        client.send(format!(
            "GET /wait HTTP/1.1\r\n{headers}\r\nConnection: close\r\n\r\n"
        ));
        // This waits for the view to open it.
        let pipe = OpenOptions::new().write(true).open(pipe);
        Self {
            client,
            pipe: pipe.unwrap(),
        }
    }

    /// Lets it end, and says that it was answered as if nothing had happened.
    #[track_caller]
    pub(super) fn end(self) {
        let response = self.finish().expect("a complete response");
        assert_eq!((response.status, response.text()), (200, LAST));
    }

    /// Lets it end, and tells whether it was answered so.
    pub(super) fn was_answered(self) -> bool {
        let response = self.finish();
        response.is_ok_and(|it| (it.status, it.text()) == (200, LAST))
    }

    fn finish(mut self) -> io::Result<Response> {
        // Where the server was killed, nobody reads.
        let _ = self.pipe.write_all(LAST.as_bytes());
        drop(self.pipe);
        self.client.try_response()
    }
}
