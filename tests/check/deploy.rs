//! `scaffold check --deploy`: what would go wrong in production.

use serde_json::Value;

use super::check;
use crate::support::{Outcome, Packages, Test, newest};

/// Settings that nothing is wrong with.
const SETTINGS: &str = "\
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
DEBUG = False
SECRET_KEY = 'aXq1' * 20 + 'Zu!7%'
ALLOWED_HOSTS = ['www.example.com']
ROOT_URLCONF = 'mysite.urls'
INSTALLED_APPS = ['django.contrib.staticfiles']
MIDDLEWARE = [
    'django.middleware.security.SecurityMiddleware',
    'django.middleware.csrf.CsrfViewMiddleware',
    'django.middleware.clickjacking.XFrameOptionsMiddleware',
]
STATIC_URL = '/static/'
STATIC_ROOT = BASE_DIR
SECURE_HSTS_SECONDS = 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = CSRF_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = True
WSGI_APPLICATION = 'mysite.wsgi.application'
";

const WSGI: &str = "\
import os
from django.core.wsgi import get_wsgi_application
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'mysite.settings')
application = get_wsgi_application()
";

fn project(settings: &str) -> Test {
    check()
        .arg("--deploy")
        .file(
            "manage.py",
            "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'mysite.settings')\n",
        )
        .file("mysite/__init__.py", "")
        .file("mysite/settings.py", settings)
        .file("mysite/wsgi.py", WSGI)
        .file("mysite/urls.py", "urlpatterns = []\n")
        .env("VIRTUAL_ENV", newest().venv(Packages::Django).dir())
}

/// What and where of each problem.
fn problems(test: Test) -> (Vec<(String, String)>, Outcome) {
    let outcome = test.arg("--json").capture();
    let found: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let member = |problem: &Value, key: &str| problem[key].as_str().unwrap().to_owned();
    let problems = found["problems"].as_array().unwrap().iter();
    let problems: Vec<_> = problems
        .map(|it| {
            assert_eq!(it["kind"], "deploy", "{outcome}");
            assert_ne!(it["hint"], "", "{outcome}");
            (member(it, "what"), member(it, "where"))
        })
        .collect();
    assert_eq!(outcome.status, Some(i32::from(!problems.is_empty())));
    (problems, outcome)
}

/// The one problem of a project.
#[track_caller]
fn has(test: Test, what: &str, place: &str) {
    let (problems, outcome) = problems(test);
    assert_eq!(problems.len(), 1, "{outcome}");
    assert!(problems[0].0.contains(what), "{outcome}");
    assert_eq!(problems[0].1, place, "{outcome}");
}

#[test]
fn a_project_that_is_ready_has_none() {
    let (found, outcome) = problems(project(SETTINGS));
    assert_eq!(found, [], "{outcome}");
    assert_eq!(outcome.stderr, "");
}

#[test]
fn settings_for_development_are_named_with_their_lines() {
    for (from, to, what, place) in [
        (
            "DEBUG = False",
            "DEBUG = True",
            "DEBUG is on",
            "mysite/settings.py:4",
        ),
        (
            "'aXq1'",
            "'django-insecure-aXq1'",
            "SECRET_KEY is the one",
            "mysite/settings.py:5",
        ),
        (
            "['www.example.com']",
            "[]",
            "ALLOWED_HOSTS is empty",
            "mysite/settings.py:6",
        ),
        (
            "'aXq1' * 20 + 'Zu!7%'",
            "''",
            "The SECRET_KEY setting must not be empty",
            "mysite/settings.py:5",
        ),
        (
            "STATIC_ROOT = BASE_DIR",
            "",
            "STATIC_ROOT is not set",
            "mysite/settings.py",
        ),
    ] {
        has(project(&SETTINGS.replace(from, to)), what, place);
    }
}

#[test]
fn djangos_own_checks_for_deployment_are_run() {
    let settings = SETTINGS.replace("SECURE_SSL_REDIRECT = True\n", "");
    project(&settings)
        .stdout_contains("Checks       System check identified 1 issue (0 silenced).\n")
        .stderr_contains("?: (security.W008) Your SECURE_SSL_REDIRECT setting is not set to True.")
        .run();
}

#[test]
fn what_needs_the_projects_directory_is_found() {
    let reads = SETTINGS.replace("SECRET_KEY =", "SECRET_KEY = open('key.txt').read() +");
    has(
        project(&reads).file("key.txt", "x"),
        "in another directory than the project's, `mysite.wsgi` does not work: \
         FileNotFoundError: [Errno 2] No such file or directory: 'key.txt'",
        "mysite/settings.py:5",
    );
    let urls = "from django.http import HttpResponse\nfrom django.urls import path\n\
                def view(request):\n    return HttpResponse(open('page.html').read())\n\
                urlpatterns = [path('', view)]\n";
    let redirects = SETTINGS.replace("SECURE_SSL_REDIRECT = True\n", "");
    has(
        project(&redirects)
            .file("mysite/urls.py", urls)
            .file("page.html", "x"),
        "`mysite.wsgi` does not work: GET / was answered with 500 Internal Server Error: \
         FileNotFoundError",
        "mysite/urls.py:4",
    );
}

#[test]
fn a_project_without_wsgi_is_told_how_to_get_it() {
    let settings = SETTINGS.replace("WSGI_APPLICATION = 'mysite.wsgi.application'\n", "");
    has(
        project(&settings),
        "WSGI_APPLICATION is not set",
        "mysite.settings",
    );
}

/// `collectstatic` sends files to a storage on other machines, which needs no directory.
#[test]
fn static_files_on_other_machines_need_no_directory() {
    let storage = "STORAGES = {'staticfiles': {'BACKEND': 'mysite.storage.Bucket'}}\n";
    let settings = SETTINGS.replace("STATIC_ROOT = BASE_DIR\n", storage);
    let bucket =
        "from django.core.files.storage import Storage\nclass Bucket(Storage):\n    pass\n";
    let (found, outcome) = problems(project(&settings).file("mysite/storage.py", bucket));
    assert_eq!(found, [], "{outcome}");
}

#[test]
fn projects_without_django_have_settings_for_development_too() {
    for template in ["flask", "wsgi"] {
        let made = Test::new()
            .args(["startproject", "shop", ".", "--template", template])
            .run();
        let venv = newest().venv(Packages::Flask);
        let check = made.then().env("VIRTUAL_ENV", venv.dir());
        let (found, outcome) = problems(check.args(["check", "--deploy"]));
        let whats: Vec<_> = found.iter().map(|(what, _)| what.as_str()).collect();
        assert!(whats[0].starts_with("DEBUG is on"), "{outcome}");
        assert!(whats[1].starts_with("SECRET_KEY is the one"), "{outcome}");
        assert!(found[0].1.starts_with("shop/settings.py:"), "{outcome}");
        assert_eq!(whats.len(), 2, "{outcome}");
        let check = outcome.then().env("VIRTUAL_ENV", venv.dir());
        let check = check
            .env("SECRET_KEY", "of this test alone")
            .env("TRUSTED_HOSTS", "www.example.com")
            .env("ALLOWED_HOSTS", "www.example.com");
        let (found, outcome) = problems(check.args(["check", "--deploy"]));
        assert_eq!(found, [], "{outcome}");
    }
    let app = "from flask import Flask\napp = Flask(__name__)\napp.debug = True\n\
               app.add_url_rule('/', view_func=lambda: 'hello')\n";
    let venv = newest().venv(Packages::Flask);
    let test = check().file("shop.py", app).env("VIRTUAL_ENV", venv.dir());
    let test = test.args(["--deploy", "--app", "shop:app"]);
    has(test, "the application's `debug` is on", "shop.app");
}

#[test]
fn requirements_that_the_interpreter_does_not_have() {
    let pyproject = "[project]\nname = 'x'\nversion = '1'\ndependencies = [\n  \
                     'Django>=4.2', 'no-such-thing>=2', 'other ; python_version < \"3\"',\n]\n";
    has(
        project(SETTINGS).file("pyproject.toml", pyproject),
        "does not have no-such-thing>=2",
        "pyproject.toml",
    );
    has(
        project(SETTINGS)
            .file(
                "requirements.txt",
                "-r more/base.txt\n--no-index\n./local\n",
            )
            .file("more/base.txt", "Django<3  # old\nasgiref\n"),
        "and the project asks for Django<3",
        "more/base.txt",
    );
}

#[test]
fn rust_projects_have_no_such_check() {
    let made = Test::new()
        .args(["startproject", "shop", ".", "--template", "rust"])
        .run();
    made.then()
        .args(["check", "--deploy"])
        .status(1)
        .stdout_contains("1 problem found")
        .stderr_contains("error: `--deploy` is for Python projects, and this one is in Rust")
        .run();
}
