//! An image and what runs in it, as far as that is possible without an engine: the commands of the
//! Dockerfile are run, and Gunicorn serves what they have made. In a clean root they are in `root`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use rustix::process::{Pid, Signal, geteuid};
use serde_json::Value;

use super::{
    image::{Base, Empty, Image, assert_linted},
    site::{Waiting, get, make_pipe},
};
use crate::support::{
    Client, Daemon, Outcome, Packages, Response, Sandbox, Test, free_port, newest,
};

const URLS: &str = r#"
import os
from pathlib import Path

from django.http import HttpResponse
from django.urls import path


def home(request):
    return HttpResponse(f"{os.getcwd()} {request.get_host()}")


def broken(request):
    raise ValueError("broken on purpose")


def wait(request):
    return HttpResponse(Path(os.environ["PIPE"]).read_text())


urlpatterns = [path("", home), path("broken", broken), path("wait", wait)]
"#;

/// A project with its files for Docker.
pub(super) struct Deployed {
    pub(super) sandbox: Sandbox,
    pub(super) port: u16,
    /// What its files are to say of the image, for every target.
    variables: Vec<String>,
}

impl Deployed {
    /// Writes them for the project in `shop`.
    #[track_caller]
    pub(super) fn new(test: Test, arguments: &[&str]) -> Self {
        let port = free_port();
        let root = test.dir().join("image");
        let at = |name: &str, path: &str| format!("--var={name}={}", root.join(path).display());
        // Files can be given to whoever runs the tests; root gives them to somebody else.
        let uid = match geteuid().as_raw() {
            0 => 10001,
            uid => uid,
        };
        let variables = vec![
            at("directory", "app"),
            at("environment", "opt/venv"),
            at("data_directory", "data"),
            format!("--var=uid={uid}"),
            format!("--var=port={port}"),
        ];
        Self {
            sandbox: written(test, "docker", arguments, &variables),
            port,
            variables,
        }
    }

    /// Writes them with the paths and the user that the image has where nobody says others.
    #[cfg(feature = "system-tests")]
    #[track_caller]
    pub(super) fn with_paths_of_the_image(test: Test) -> Self {
        let port = free_port();
        let variables = vec![format!("--var=port={port}")];
        Self {
            sandbox: written(test, "docker", &[], &variables),
            port,
            variables,
        }
    }

    /// Writes the files of another target for the same image.
    #[track_caller]
    pub(super) fn and(self, target: &str, arguments: &[&str]) -> Self {
        let test = Test::within(self.sandbox).in_dir("shop");
        Self {
            sandbox: written(test, target, arguments, &self.variables),
            ..self
        }
    }

    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.sandbox.dir().join("shop").join(path)
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Where its image is.
    pub(super) fn image(&self) -> PathBuf {
        self.sandbox.dir().join("image")
    }

    /// Does what the Dockerfile says.
    #[track_caller]
    pub(super) fn build(&self, requirements: &str) -> Image {
        self.build_on(Box::new(Empty::new(&self.image())), requirements)
    }

    /// Does it on that base.
    #[track_caller]
    pub(super) fn build_on(&self, base: Box<dyn Base>, requirements: &str) -> Image {
        let text = self.read("deploy/docker/Dockerfile");
        assert_linted(&text, requirements);
        let file = self.path("deploy/docker/Dockerfile");
        Image::build(base, &self.path(""), &file, &self.image())
    }

    fn get(&self, target: &str) -> Response {
        let client = Client::connect(("127.0.0.1", self.port));
        get(client, target, "Host: shop.example")
    }
}

#[track_caller]
fn written(test: Test, target: &str, arguments: &[&str], variables: &[String]) -> Sandbox {
    let test = test.args(["deploy", target]);
    let test = test.args(arguments.iter().copied());
    let outcome = test.args(variables).capture();
    assert_eq!(outcome.status, Some(0), "{outcome}");
    outcome.into_sandbox()
}

/// What the health check says, and whether it is content.
fn told(mut health: Command) -> (bool, String) {
    let output = health.output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    (output.status.success(), text)
}

/// With what is to be in no image.
pub(super) fn django(django: &str, python: &str) -> Test {
    let sandbox = locked(URLS, django, python);
    for path in ["db.sqlite3", ".env", ".venv/x", "deploy/docker/.env"] {
        sandbox.write(format!("shop/{path}"), "secret\n");
    }
    let test = Test::within(sandbox).in_dir("shop");
    test.env("VIRTUAL_ENV", newest().venv(Packages::Django).dir())
}

/// A project with those URLs, and with requirements that uv has pinned.
pub(super) fn locked_django(urls: &str) -> Sandbox {
    locked(urls, "Django==6.1.3", ">=3.12")
}

fn locked(urls: &str, django: &str, python: &str) -> Sandbox {
    let made = Test::new().args(["startproject", "shop"]).run();
    let sandbox = made.into_sandbox();
    sandbox.write("shop/shop/urls.py", urls);
    let project = sandbox.dir().join("shop");
    let declared = fs::read_to_string(project.join("pyproject.toml")).unwrap();
    let declared = declared.replace("Django>=4.2,<7", django);
    sandbox.write("shop/pyproject.toml", declared.replace(">=3.8", python));
    let uv = newest().venv_with("uv", &["uv==0.13.9"]);
    let locked = Command::new(uv.dir().join("bin/uv"))
        .args(["lock", "--quiet", "--python"])
        .arg(newest().as_ref())
        .current_dir(&project)
        .output()
        .unwrap();
    assert!(locked.status.success(), "{locked:?}");
    sandbox
}

#[test]
fn django_is_served_from_its_image() {
    let site = Deployed::new(django("Django==6.1.3", ">=3.12"), &[]);
    let image = site.build("uv.lock");
    serves_django(&site, &image, |_| {});
}

/// Starts what is in the image, looks at its process, asks it for everything, and stops it as an
/// engine does; the process is returned that was there.
#[track_caller]
pub(super) fn serves_django(site: &Deployed, image: &Image, look: impl FnOnce(Pid)) -> Pid {
    for path in ["db.sqlite3", ".env", ".venv", "deploy/docker/.env"] {
        assert!(!image.at(path).exists(), "{path}");
    }
    let pipe = image.at("pipe");
    make_pipe(&pipe);
    let variables = [
        (
            "SECRET_KEY",
            "of this test alone, and long enough for every check",
        ),
        ("ALLOWED_HOSTS", "shop.example,localhost"),
        ("HTTPS", "0"),
        ("WEB_CONCURRENCY", "1"),
        ("PIPE", "pipe"),
    ];
    let mut gunicorn = Daemon::start(image.command(&variables));
    let pid = gunicorn.pid();
    gunicorn.wait_for_output("Booting worker");
    look(pid);
    let page = site.get("/");
    let (directory, host) = page.text().split_once(' ').unwrap();
    assert_eq!(
        (Path::new(directory), host),
        (&*image.path(""), "shop.example")
    );
    let file = site.get("/static/admin/css/base.css");
    assert_eq!(file.status, 200);
    assert!(file.header("Content-Type").unwrap().starts_with("text/css"));
    assert_eq!(site.get("/nothing").status, 404);
    assert_eq!(site.get("/broken").status, 500);

    assert_eq!(told(image.health(&variables)), (true, String::new()));
    let (is_content, text) = told(image.health(&[("HEALTHCHECK_HOST", "other.example")]));
    assert!(
        !is_content && text.contains("400 for the host other.example"),
        "{text}"
    );

    // SIGTERM arrives at Gunicorn itself, and what is under way is answered.
    let client = Client::connect(("127.0.0.1", site.port));
    let waiting = Waiting::begin(client, "Host: shop.example", &pipe);
    gunicorn.signal(Signal::TERM);
    gunicorn.wait_for_output("Handling signal: term");
    waiting.end();
    assert!(gunicorn.wait_exit().success(), "{}", gunicorn.output());
    let (is_content, text) = told(image.health(&variables));
    assert!(!is_content && text.contains("no answer at port"), "{text}");
    pid
}

#[test]
fn flask_is_served_from_its_image() {
    let app = "from flask import Flask\n\nholder = Flask(__name__)\n\n\n\
               @holder.get('/')\ndef home():\n    return 'hello'\n";
    let test = Test::new()
        .file("shop/site1.py", app)
        .file("shop/static/site.css", "body { color: red }\n")
        .file("shop/requirements.txt", "Flask==3.1.3\n")
        .in_dir("shop")
        .env("VIRTUAL_ENV", newest().venv(Packages::Flask).dir());
    let site = Deployed::new(test, &["--app", "site1:holder"]);
    let image = site.build("requirements.txt");
    let mut gunicorn = Daemon::start(image.command(&[]));
    gunicorn.wait_for_output("Booting worker");
    assert_eq!(site.get("/").text(), "hello");
    assert_eq!(site.get("/static/site.css").text(), "body { color: red }\n");
    assert_eq!(site.get("/nothing").status, 404);
    assert_eq!(told(image.health(&[])), (true, String::new()));
    gunicorn.signal(Signal::TERM);
    assert!(gunicorn.wait_exit().success(), "{}", gunicorn.output());
}

#[test]
fn a_project_without_a_framework_is_served_from_its_image() {
    let words = ["startproject", "shop", "--template", "wsgi"];
    let made = Test::new().args(words).run();
    let test = made.then().in_dir("shop");
    let test = test.env("VIRTUAL_ENV", newest().venv(Packages::None).dir());
    let site = Deployed::new(test, &[]);
    let image = site.build("pyproject.toml");
    let variables = [
        (
            "SECRET_KEY",
            "of this test alone, and long enough for every check",
        ),
        ("ALLOWED_HOSTS", "shop.example,localhost"),
    ];
    let mut gunicorn = Daemon::start(image.command(&variables));
    gunicorn.wait_for_output("Booting worker");
    assert_eq!(site.get("/").status, 200);
    assert_eq!(site.get("/nothing").status, 404);
    assert_eq!(told(image.health(&variables)), (true, String::new()));
    gunicorn.signal(Signal::TERM);
    assert!(gunicorn.wait_exit().success(), "{}", gunicorn.output());
}

/// What Poetry has pinned, and what Pipenv has.
#[test]
fn locks_of_other_tools_are_installed() {
    let poetry = "[tool.poetry]\nname = 'shop'\nversion = '1'\ndescription = ''\nauthors = []\n\
                  [tool.poetry.dependencies]\npython = '>=3.12'\nblinker = '1.9.0'\n\
                  [[tool.poetry.source]]\nname = 'simple'\nurl = 'https://pypi.org/simple/'\n";
    let pipenv = "[packages]\nblinker = \"==1.9.0\"\n";
    let app = "from importlib.metadata import version\n\n\n\
               def application(environ, start_response):\n    \
               start_response('200 OK', [])\n    return [version('blinker').encode()]\n";
    let tools = newest().venv_with("lockers", &["poetry==2.5.1", "pipenv==2026.10.3"]);
    for (tool, file, text, lock) in [
        ("poetry", "pyproject.toml", poetry, "poetry.lock"),
        ("pipenv", "Pipfile", pipenv, "Pipfile.lock"),
    ] {
        let test = Test::new()
            .file("shop/hello.py", app)
            .file(format!("shop/{file}"), text)
            .in_dir("shop");
        let project = test.dir().join("shop");
        let locked = Command::new(tools.dir().join("bin").join(tool))
            .arg("lock")
            .env(
                "PATH",
                format!("{}:/usr/bin:/bin", tools.dir().join("bin").display()),
            )
            .env("VIRTUAL_ENV", tools.dir())
            .env("POETRY_CACHE_DIR", test.dir().join("cache"))
            .env("PIPENV_IGNORE_VIRTUALENVS", "1")
            .env("WORKON_HOME", test.dir().join("environments"))
            .current_dir(&project)
            .output()
            .unwrap();
        assert!(locked.status.success(), "{locked:?}");
        let test = test.env("VIRTUAL_ENV", newest().venv(Packages::None).dir());
        let site = Deployed::new(test, &["--app", "hello:application"]);
        let image = site.build(lock);
        let mut gunicorn = Daemon::start(image.command(&[]));
        gunicorn.wait_for_output("Booting worker");
        assert_eq!(site.get("/").text(), "1.9.0");
        gunicorn.signal(Signal::TERM);
        assert!(gunicorn.wait_exit().success(), "{}", gunicorn.output());
    }
}

const APP: &str = "def application(environ, start_response):\n    pass\n";

/// The command for an application without a framework.
fn plain() -> Test {
    let test = Test::new().file("shop/hello.py", APP).in_dir("shop");
    test.env("VIRTUAL_ENV", newest().venv(Packages::None).dir())
        .args(["deploy", "docker", "--app", "hello:application"])
}

#[test]
fn compose_builds_from_the_project_wherever_its_files_are() {
    let compose = |outcome: &Outcome, place: &str| -> Value {
        let text = outcome.read(format!("shop/{place}compose.yaml"));
        serde_saphyr::from_str(&text).unwrap()
    };
    let outcome = plain().stderr_contains("wrote 7 files for `hello`").run();
    let document = compose(&outcome, "deploy/docker/");
    let web = &document["services"]["web"];
    assert_eq!(web["build"]["context"], "../..");
    assert_eq!(web["build"]["dockerfile"], "deploy/docker/Dockerfile");
    assert_eq!(web["ports"][0], "127.0.0.1:8000:8000");
    assert_eq!(web["volumes"][0], "data:/data");
    assert_eq!(document["volumes"]["data"], Value::Null);
    assert_eq!(web["env_file"], ".env");
    assert_eq!(web["read_only"], true);

    let test = plain().args(["--into", "."]);
    let outcome = test.stderr_contains("--file ./compose.yaml up").run();
    let document = compose(&outcome, "");
    assert_eq!(document["services"]["web"]["build"]["context"], ".");
    let file = outcome.read("shop/Dockerfile");
    assert!(file.contains("\"/app/./gunicorn.conf.py\""), "{file}");

    plain()
        .args(["--into", "../elsewhere"])
        .status(1)
        .stderr_contains("has to be a directory in the project")
        .run();
}

#[test]
fn what_an_image_would_lack_or_run_as_root_is_refused() {
    let test = plain().args(["--var", "uid=0"]).status(1);
    test.stderr_contains("is a number above 0").run();
    let app = "from flask import Flask\n\napplication = Flask(__name__)\n";
    let test = plain().file("shop/hello.py", app);
    let test = test.env("VIRTUAL_ENV", newest().venv(Packages::Flask).dir());
    test.status(1)
        .stderr_contains("what the project needs has to be in requirements.txt")
        .stderr_contains("`poetry lock`")
        .run();
}
