//! What Django says of its own project: system checks, migrations, and other apps' `runserver`.

use super::{check, shown};
use crate::support::{Packages, Test, newest};

/// A project with one app, `site1`, whose configuration class has this body.
fn project(ready: &str) -> Test {
    check()
        .file("manage.py", "")
        .file(
            "mysite.py",
            "DEBUG = True\nSECRET_KEY = 'x'\nROOT_URLCONF = 'urls'\n\
             INSTALLED_APPS = ['site1.apps.Config']\n",
        )
        .file(
            "urls.py",
            "from django.http import HttpResponse\nfrom django.urls import path\n\
             urlpatterns = [path('', lambda request: HttpResponse('hello'))]\n",
        )
        .file("site1/__init__.py", "")
        .file(
            "site1/apps.py",
            format!(
                "from django.apps import AppConfig\nfrom django.core.checks import *\n\
                 class Config(AppConfig):\n    name = 'site1'\n    def ready(self):\n        {ready}\n"
            ),
        )
        .env("VIRTUAL_ENV", newest().venv(Packages::Django).dir())
        .env("DJANGO_SETTINGS_MODULE", "mysite")
}

#[test]
fn an_error_of_the_system_checks_is_a_problem() {
    let test = project("register(lambda **_: [Error('It is wrong.', hint='Mend it.', id='x.E1')])");
    insta::assert_snapshot!(shown(&test.capture()), @r"
    exit code: 1
    ----- stdout -----
    Project      [DIR] (found by its manage.py)
    Interpreter  CPython [VERSION] at [PYTHON] (from the active virtual environment)
    Settings     mysite (from DJANGO_SETTINGS_MODULE)
    Application  django.core.wsgi.get_wsgi_application() (the framework's own, without WSGI_APPLICATION)
    Framework    Django [VERSION]
    Django       DEBUG is True, ALLOWED_HOSTS is empty
    GET /        200 OK, 5 octets
    PEP 3333     passes wsgiref.validate
    Checks       System check identified 1 issue (0 silenced).

    1 problem found:
    ----- stderr -----
    SystemCheckError: System check identified some issues:

    ERRORS:
    ?: (x.E1) It is wrong.
    	HINT: Mend it.
    error: System check identified 1 issue (0 silenced)
    where: Django's system checks
    hint: mend what is named above; `scaffold runserver --skip-checks` serves it nevertheless
    ");
}

#[test]
fn a_warning_of_the_system_checks_is_shown_and_no_problem() {
    let test = project("register(lambda **_: [Warning('It is odd.', id='x.W1')])");
    insta::assert_snapshot!(shown(&test.capture()), @r"
    exit code: 0
    ----- stdout -----
    Project      [DIR] (found by its manage.py)
    Interpreter  CPython [VERSION] at [PYTHON] (from the active virtual environment)
    Settings     mysite (from DJANGO_SETTINGS_MODULE)
    Application  django.core.wsgi.get_wsgi_application() (the framework's own, without WSGI_APPLICATION)
    Framework    Django [VERSION]
    Django       DEBUG is True, ALLOWED_HOSTS is empty
    GET /        200 OK, 5 octets
    PEP 3333     passes wsgiref.validate
    Checks       System check identified 1 issue (0 silenced).

    No problems found.
    ----- stderr -----
    System check identified some issues:

    WARNINGS:
    ?: (x.W1) It is odd.
    ");
}

#[test]
fn a_check_that_raises_is_a_problem() {
    let outcome = project("register(lambda **_: 1 / 0)")
        .arg("--json")
        .capture();
    assert_eq!(outcome.status, Some(1), "{outcome}");
    let found: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    let problem = &found["problems"][0];
    assert_eq!(problem["kind"], "checks", "{outcome}");
    assert_eq!(problem["what"], "ZeroDivisionError: division by zero");
    let traceback = problem["traceback"].as_str().unwrap();
    assert!(traceback.contains("site1/apps.py"), "{traceback}");
    assert_eq!(
        (&found["valid"], &found["checks"]["passed"]),
        (&true.into(), &false.into())
    );
}

#[test]
fn checks_that_never_end_are_given_up() {
    let test = project("import threading; register(lambda **_: threading.Event().wait())");
    let outcome = test.args(["--timeout", "10"]).capture();
    assert_eq!(outcome.status, Some(1), "{outcome}");
    assert!(
        outcome.stdout.contains("GET /        200 OK, 5 octets\n"),
        "{outcome}"
    );
    let told = "error: Django's system checks take longer than [TIME]\n\
                where: Django's system checks\nhint: a database";
    assert!(outcome.stderr.contains(told), "{outcome}");
    assert!(!super::has_orphans(&outcome.dir()));
}

#[test]
fn another_runserver_is_remarked_upon() {
    let test = project("pass").file(
        "site1/management/commands/runserver.py",
        "from django.core.management.commands.runserver import Command as Django\n\
         class Command(Django):\n    default_port = '9000'\n",
    );
    let outcome = test.capture();
    assert_eq!(outcome.status, Some(0), "{outcome}");
    assert_eq!(
        outcome.stderr,
        "warning: the runserver of `site1` would listen on 127.0.0.1:9000\n\
         hint: `scaffold runserver 127.0.0.1:9000` does so\n"
    );
}
