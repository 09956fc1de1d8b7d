//! Projects that work, of each kind.

use super::{APP, check, shown};
use crate::support::{Packages, Test, newest, pythons};

#[test]
fn a_project_of_our_django_template() {
    // The page differs from version to version.
    let size = regex::Regex::new(r"\d{4,} octets").unwrap();
    for python in pythons() {
        let made = Test::new().args(["startproject", "mysite", "."]).run();
        let outcome = made
            .then()
            .env("VIRTUAL_ENV", python.venv(Packages::Django).dir())
            .arg("check")
            .capture();
        let text = size
            .replace_all(&shown(&outcome), "[SIZE] octets")
            .into_owned();
        insta::allow_duplicates! {
            insta::assert_snapshot!(text, @r"
            exit code: 0
            ----- stdout -----
            Project      [DIR] (found by its manage.py)
            Interpreter  CPython [VERSION] at [PYTHON] (from the active virtual environment)
            Settings     mysite.settings (from [tool.scaffold] in pyproject.toml)
            Application  mysite.wsgi.application (from WSGI_APPLICATION)
            Framework    Django [VERSION]
            Django       DEBUG is True, ALLOWED_HOSTS is empty
            GET /        200 OK, [SIZE] octets
            PEP 3333     passes wsgiref.validate
            Checks       System check identified no issues (0 silenced).

            No problems found.
            ----- stderr -----
            You have [COUNT] unapplied migration(s). Your project may not work properly until you apply the migrations for app(s): admin, auth, contenttypes, sessions.
            Run 'python manage.py migrate' to apply them.
            ");
        }
    }
}

#[test]
fn a_project_of_our_template_without_a_framework() {
    let made = Test::new();
    let made = made.args(["startproject", "mysite", ".", "--template", "wsgi"]);
    let outcome = made.run().then().arg("check").capture();
    insta::assert_snapshot!(shown(&outcome), @r"
    exit code: 0
    ----- stdout -----
    Project      [DIR] (found by [tool.scaffold] in its pyproject.toml)
    Interpreter  CPython [VERSION] at [PYTHON] (from PATH)
    Settings     mysite.settings (from [tool.scaffold] in pyproject.toml)
    Application  mysite.wsgi.application (from WSGI_APPLICATION)
    GET /        200 OK, 1076 octets
    PEP 3333     passes wsgiref.validate

    No problems found.
    ----- stderr -----
    ");
}

#[test]
fn an_application_without_a_project() {
    let outcome = super::check_app(APP).capture();
    insta::assert_snapshot!(shown(&outcome), @r"
    exit code: 0
    ----- stdout -----
    Project      [DIR] (the current directory)
    Interpreter  CPython [VERSION] at [PYTHON] (from PATH)
    Application  app.application (from --app)
    GET /        200 OK, 5 octets
    PEP 3333     passes wsgiref.validate

    No problems found.
    ----- stderr -----
    ");
}

#[test]
fn a_project_that_is_known_by_its_settings_alone() {
    let outcome = check()
        .file("mysite/settings.py", "WSGI_APPLICATION = 'mysite.wsgi'\n")
        .file("mysite/wsgi.py", APP)
        .in_dir("mysite/deep")
        .capture();
    insta::assert_snapshot!(shown(&outcome), @r"
    exit code: 0
    ----- stdout -----
    Project      [DIR] (found by its settings beside a wsgi.py)
    Interpreter  CPython [VERSION] at [PYTHON] (from PATH)
    Settings     mysite.settings (the only one beside a wsgi.py)
    Application  mysite.wsgi.application (from WSGI_APPLICATION)
    GET /        200 OK, 5 octets
    PEP 3333     passes wsgiref.validate

    No problems found.
    ----- stderr -----
    ");
}

#[test]
fn the_options_that_choose_are_those_of_runserver() {
    let outcome = check()
        .file("manage.py", "")
        .file("elsewhere/other.py", "WSGI_APPLICATION = 'served'\n")
        .file("elsewhere/served.py", APP)
        .args(["--settings", "other", "--pythonpath", "elsewhere"])
        .args(["--python", newest().as_ref().to_str().unwrap()])
        .capture();
    insta::assert_snapshot!(shown(&outcome), @r"
    exit code: 0
    ----- stdout -----
    Project      [DIR] (found by its manage.py)
    Interpreter  CPython [VERSION] at [PYTHON] (from --python)
    Settings     other (from --settings)
    Application  served.application (from WSGI_APPLICATION)
    GET /        200 OK, 5 octets
    PEP 3333     passes wsgiref.validate

    No problems found.
    ----- stderr -----
    ");
}

#[test]
fn the_variables_count_and_are_named() {
    let outcome = check()
        .file("pyproject.toml", "[tool.scaffold]\npython = 'python3'\n")
        .file("other.py", "WSGI_APPLICATION = 'served'\n")
        .file("served.py", APP)
        .env("SETTINGS_MODULE", "other")
        .capture();
    insta::assert_snapshot!(shown(&outcome), @r"
    exit code: 0
    ----- stdout -----
    Project      [DIR] (found by [tool.scaffold] in its pyproject.toml)
    Interpreter  CPython [VERSION] at [PYTHON] (from [tool.scaffold] in pyproject.toml)
    Settings     other (from SETTINGS_MODULE)
    Application  served.application (from WSGI_APPLICATION)
    GET /        200 OK, 5 octets
    PEP 3333     passes wsgiref.validate

    No problems found.
    ----- stderr -----
    ");
}

/// Django's own handler serves a project that names no application, and the settings module is
/// that of `manage.py`, as Django's `startproject` makes it.
#[test]
fn a_django_project_without_an_application_of_its_own() {
    let outcome = check()
        .file(
            "manage.py",
            "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'mysite')\n",
        )
        .file(
            "mysite.py",
            "DEBUG = False\nALLOWED_HOSTS = ['.example.com']\nSECRET_KEY = 'x'\n\
             ROOT_URLCONF = 'urls'\n",
        )
        .file(
            "urls.py",
            "from django.http import HttpResponse\nfrom django.urls import path\n\
             urlpatterns = [path('', lambda request: HttpResponse(request.get_host()))]\n",
        )
        .env("VIRTUAL_ENV", newest().venv(Packages::Django).dir())
        .capture();
    insta::assert_snapshot!(shown(&outcome), @r"
    exit code: 0
    ----- stdout -----
    Project      [DIR] (found by its manage.py)
    Interpreter  CPython [VERSION] at [PYTHON] (from the active virtual environment)
    Settings     mysite (from manage.py)
    Application  django.core.wsgi.get_wsgi_application() (the framework's own, without WSGI_APPLICATION)
    Framework    Django [VERSION]
    Django       DEBUG is False, ALLOWED_HOSTS is .example.com
    GET /        200 OK, 16 octets
    PEP 3333     passes wsgiref.validate
    Checks       System check identified no issues (0 silenced).

    No problems found.
    ----- stderr -----
    ");
}

/// What the project prints is no part of the result.
#[test]
fn what_the_project_prints_goes_to_standard_error() {
    let source = format!("print('from the project')\n{APP}");
    super::check_app(&source)
        .arg("--json")
        .stdout_matches(r"\{.*\}\n")
        .stderr("from the project\n")
        .run();
}

#[test]
fn quiet_prints_nothing_where_nothing_is_wrong() {
    super::check_app(APP).arg("-q").run();
}

/// The files of the project stay as they are, and no process stays behind.
#[test]
fn nothing_is_left_behind() {
    let outcome = super::check_app(APP)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .capture();
    assert_eq!(outcome.status, Some(0), "{outcome}");
    assert_eq!(outcome.tree(""), "app.py\n");
    assert!(!super::has_orphans(&outcome.dir()));
}
