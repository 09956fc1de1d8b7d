//! Real projects and frameworks: Django's and Flask's, made by us and by others.

use std::process::Command;

use rstest::rstest;

use crate::support::{Packages, Python, Sandbox, Serve, Server, Test, newest, pythons};

/// The generated Django project with its database.
pub(super) fn django_project(python: &Python, packages: Packages) -> Server {
    django_server(python, packages, |serve| serve)
}

/// The generated Django project with its database, changed before it is served.
pub(super) fn django_server(
    python: &Python,
    packages: Packages,
    change: impl FnOnce(Serve) -> Serve,
) -> Server {
    let venv = python.venv(packages);
    let sandbox = Test::new()
        .args(["startproject", "mysite", "-q"])
        .run()
        .into_sandbox();
    let status = Command::new(venv.as_ref())
        .args(["manage.py", "migrate", "-v0"])
        .current_dir(sandbox.dir().join("mysite"))
        .status()
        .unwrap();
    assert!(status.success());
    let serve = Serve::within(sandbox)
        .in_dir("mysite")
        .env("VIRTUAL_ENV", venv.dir());
    change(serve).start()
}

#[test]
fn djangos_welcome_page_and_admin_with_every_python() {
    for python in pythons() {
        let server = django_project(python, Packages::Django);
        let page = server.get("/");
        assert_eq!(page.status, 200);
        assert!(
            page.text().contains("The install worked successfully!"),
            "{python:?}"
        );
        assert!(
            server.stdout().contains("Django version "),
            "{}",
            server.stdout()
        );
        assert!(
            server
                .stdout()
                .contains(", using settings 'mysite.settings'")
        );

        let login = server.get("/admin/login/");
        assert_eq!(login.status, 200);
        let style = login
            .text()
            .split('"')
            .find(|part| part.ends_with("admin/css/base.css"))
            .expect("the page has a style sheet")
            .to_owned();
        let style = server.get(&style);
        assert_eq!(
            (style.status, style.header("Content-Type")),
            (200, Some("text/css"))
        );
        assert!(style.text().contains("body"));
        assert_eq!(server.get("/static/nothing.css").status, 404);
        assert_eq!(server.get("/nothing/").status, 404);
        for way_out in [
            "/static/../mysite/settings.py",
            "/static/%2e%2e/mysite/settings.py",
            "/static/admin/%2E%2E/..%2f../mysite/settings.py",
            "/static//etc/passwd",
            "/static/admin/css/base.css%00.png",
        ] {
            let response = server.get(way_out);
            assert!(response.status >= 400, "{way_out}: {}", response.status);
            assert!(!response.text().contains("SECRET_KEY ="), "{way_out}");
        }
    }
}

/// The server shows Django's welcome page, and announced itself with this text.
#[track_caller]
fn assert_welcomes(server: &Server, announced: &str) {
    let page = server.get("/");
    assert!(page.text().contains("The install worked successfully!"));
    assert!(server.stdout().contains(announced), "{}", server.stdout());
}

#[test]
fn the_oldest_supported_django() {
    let python = pythons().first().unwrap();
    let server = django_project(python, Packages::OldDjango);
    assert_welcomes(&server, "Django version 4.2");
}

#[test]
fn a_django_project_made_by_django() {
    let venv = newest().venv(Packages::Django);
    let sandbox = Sandbox::new();
    let status = Command::new(venv.as_ref())
        .args(["-m", "django", "startproject", "theirs"])
        .current_dir(sandbox.dir())
        .status()
        .unwrap();
    assert!(status.success());
    let server = Serve::within(sandbox)
        .in_dir("theirs")
        .args(["--python", venv.as_ref().to_str().unwrap()])
        .start();
    assert_welcomes(&server, "using settings 'theirs.settings'");
}

#[rstest]
#[case("")]
#[case("WSGI_APPLICATION = None\n")]
fn without_the_setting_django_serves_by_itself(#[case] line: &str) {
    let venv = newest().venv(Packages::Django);
    let server = Serve::new()
        .file(
            "manage.py",
            "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config')\n",
        )
        .file(
            "config.py",
            format!("DEBUG = True\nSECRET_KEY = 'x'\nROOT_URLCONF = 'urls'\n{line}"),
        )
        .file(
            "urls.py",
            "from django.http import HttpResponse\nfrom django.urls import path\n\
             urlpatterns = [path('', lambda request: HttpResponse('plain Django'))]\n",
        )
        .env("VIRTUAL_ENV", venv.dir())
        .start();
    assert_eq!(server.get("/").text(), "plain Django");
}

#[test]
fn django_that_is_not_installed_is_a_hint_away() {
    let venv = newest().venv(Packages::None);
    let sandbox = Test::new()
        .args(["startproject", "mysite", "-q"])
        .run()
        .into_sandbox();
    let server = Serve::within(sandbox)
        .in_dir("mysite")
        .env("VIRTUAL_ENV", venv.dir())
        .start();
    let response = server.get("/");
    assert_eq!(response.status, 500);
    let command = format!("{} -m pip install", venv.as_ref().display());
    assert!(
        response.text().contains(&command),
        "{command} in {}",
        response.text()
    );
    server.wait_for_output(&command);
}

#[test]
fn a_flask_application() {
    let venv = newest().venv(Packages::Flask);
    let server = Serve::new()
        .file(
            "hello.py",
            "from flask import Flask, request\napp = Flask(__name__)\n\
             @app.post('/<name>')\ndef hello(name):\n    return name + request.form['x']\n",
        )
        .args(["--app", "hello:app"])
        .env("VIRTUAL_ENV", venv.dir())
        .start();
    let response = crate::support::post(
        &server.url("/caf%C3%A9"),
        "application/x-www-form-urlencoded",
        b"x=%21",
    );
    assert_eq!((response.status, response.text()), (200, "caf\u{e9}!"));
}

#[test]
fn the_project_without_a_framework_with_every_python() {
    for python in pythons() {
        let server = Serve::within(
            Test::new()
                .args(["startproject", "mysite", "-q", "--template", "wsgi"])
                .run()
                .into_sandbox(),
        )
        .in_dir("mysite")
        .python(python)
        .start();
        let page = server.get("/");
        assert_eq!(page.status, 200, "{}", page.text());
        let style = page
            .text()
            .split('"')
            .find(|part| part.contains(".css"))
            .unwrap()
            .to_owned();
        assert_eq!(server.get(&style).status, 200);
        assert!(server.stdout().contains("Using settings 'mysite.settings'"));
    }
}
