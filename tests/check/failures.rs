//! What keeps an application from being loaded.

use super::{APP, check, check_app, shown};
use crate::support::{Packages, newest};

#[test]
fn no_project() {
    insta::assert_snapshot!(shown(&check().capture()), @r"
    exit code: 1
    ----- stdout -----
    1 problem found:
    ----- stderr -----
    error: there is no project in `[DIR]` or above it
    where: [DIR]
    hint: go to the directory of `manage.py`, or name the application: `scaffold check --app module:callable`
    ");
}

#[test]
fn no_settings_and_no_application() {
    let outcome = check().file("manage.py", "").capture();
    insta::assert_snapshot!(shown(&outcome), @r"
    exit code: 1
    ----- stdout -----
    Project      [DIR] (found by its manage.py)
    Interpreter  CPython [VERSION] at [PYTHON] (from PATH)

    1 problem found:
    ----- stderr -----
    error: no settings module and no application found in [DIR]
    where: [DIR]
    hint: name one: --settings mysite.settings, or --app module:callable
    ");
}

#[test]
fn several_settings_modules() {
    let outcome = check()
        .file("one/settings.py", "")
        .file("one/wsgi.py", "")
        .file("two/settings.py", "")
        .file("two/wsgi.py", "")
        .capture();
    insta::assert_snapshot!(shown(&outcome), @r"
    exit code: 1
    ----- stdout -----
    Project      [DIR] (found by its settings beside a wsgi.py)
    Interpreter  CPython [VERSION] at [PYTHON] (from PATH)

    1 problem found:
    ----- stderr -----
    error: more than one settings module: one.settings, two.settings
    where: [DIR]
    hint: choose one: --settings one.settings
    ");
}

#[test]
fn a_settings_module_that_raises() {
    let outcome = check()
        .file(
            "mysite/settings.py",
            "import os\n\nPATH = os.environ['NOWHERE']\n",
        )
        .file("mysite/wsgi.py", APP)
        .capture();
    insta::assert_snapshot!(shown(&outcome), @r"
    exit code: 1
    ----- stdout -----
    Project      [DIR] (found by its settings beside a wsgi.py)
    Interpreter  CPython [VERSION] at [PYTHON] (from PATH)
    Settings     mysite.settings (the only one beside a wsgi.py)

    1 problem found:
    ----- stderr -----
    error: KeyError: 'NOWHERE'
    where: mysite/settings.py:3
    hint: `scaffold check -v 2` shows the traceback
    ");
}

#[test]
fn a_settings_module_that_is_not_python() {
    let outcome = check()
        .file("mysite/settings.py", "DEBUG = True\nWSGI_APPLICATION = (\n")
        .file("mysite/wsgi.py", APP)
        .capture();
    let text = shown(&outcome);
    assert!(text.contains("error: SyntaxError: "), "{text}");
    assert!(text.contains("\nwhere: mysite/settings.py:2\n"), "{text}");
}

#[test]
fn a_settings_module_that_is_not_there() {
    let outcome = check()
        .file("manage.py", "")
        .args(["--settings", "mysite.nowhere"])
        .capture();
    insta::assert_snapshot!(shown(&outcome), @r"
    exit code: 1
    ----- stdout -----
    Project      [DIR] (found by its manage.py)
    Interpreter  CPython [VERSION] at [PYTHON] (from PATH)
    Settings     mysite.nowhere (from --settings)

    1 problem found:
    ----- stderr -----
    error: ModuleNotFoundError: No module named 'mysite'
    where: --settings
    hint: install it: [PYTHON] -m pip install mysite
    ");
}

#[test]
fn a_setting_that_names_nothing() {
    let outcome = check()
        .file(
            "mysite/settings.py",
            "DEBUG = True\n\nWSGI_APPLICATION = 'mysite.wsgi.aplication'\n",
        )
        .file("mysite/wsgi.py", APP)
        .capture();
    insta::assert_snapshot!(shown(&outcome), @r"
    exit code: 1
    ----- stdout -----
    Project      [DIR] (found by its settings beside a wsgi.py)
    Interpreter  CPython [VERSION] at [PYTHON] (from PATH)
    Settings     mysite.settings (the only one beside a wsgi.py)
    Application  mysite.wsgi.aplication (from WSGI_APPLICATION)

    1 problem found:
    ----- stderr -----
    error: WSGI application 'mysite.wsgi.aplication' could not be loaded; Error importing module.
    where: mysite/settings.py:3
    hint: did you mean `mysite.wsgi.application`?
    ");
}

#[test]
fn a_setting_that_is_missing() {
    let outcome = check()
        .file("mysite/settings.py", "DEBUG = True\n")
        .file("mysite/wsgi.py", APP)
        .capture();
    insta::assert_snapshot!(shown(&outcome), @r#"
    exit code: 1
    ----- stdout -----
    Project      [DIR] (found by its settings beside a wsgi.py)
    Interpreter  CPython [VERSION] at [PYTHON] (from PATH)
    Settings     mysite.settings (the only one beside a wsgi.py)

    1 problem found:
    ----- stderr -----
    error: mysite.settings does not set WSGI_APPLICATION
    where: mysite/settings.py
    hint: add to it, for example: WSGI_APPLICATION = "mysite.wsgi.application"
    "#);
}

#[test]
fn an_application_that_is_missing() {
    let outcome = check().args(["--app", "nowhere:app"]).capture();
    insta::assert_snapshot!(shown(&outcome), @r"
    exit code: 1
    ----- stdout -----
    Project      [DIR] (the current directory)
    Interpreter  CPython [VERSION] at [PYTHON] (from PATH)
    Application  nowhere:app (from --app)

    1 problem found:
    ----- stderr -----
    error: ModuleNotFoundError: No module named 'nowhere'
    where: --app
    hint: install it: [PYTHON] -m pip install nowhere
    ");
}

#[test]
fn an_interpreter_that_is_missing() {
    let outcome = check_app(APP)
        .args(["--python", "/nowhere/python"])
        .capture();
    insta::assert_snapshot!(shown(&outcome), @r"
    exit code: 1
    ----- stdout -----
    Project      [DIR] (the current directory)

    1 problem found:
    ----- stderr -----
    error: the Python interpreter `/nowhere/python` (from --python) does not exist
    where: --python
    hint: give the path of a Python interpreter or of a virtual environment
    ");
}

#[test]
fn an_interpreter_that_is_too_old() {
    let test = check_app(APP).file(
        "lib/sitecustomize.py",
        "import sys\nsys.version_info = (3, 7, 1)\n",
    );
    let library = test.dir().join("lib");
    let outcome = test.env("PYTHONPATH", library).capture();
    insta::assert_snapshot!(shown(&outcome), @r"
    exit code: 1
    ----- stdout -----
    Project      [DIR] (the current directory)
    Interpreter  Python [VERSION] at [PYTHON] (from PATH)

    1 problem found:
    ----- stderr -----
    error: Python [VERSION] is too old: scaffold needs 3.8 or newer
    where: [PYTHON]
    hint: choose another interpreter with --python
    ");
}

#[test]
fn a_framework_that_is_not_installed() {
    let outcome = check()
        .file(
            "manage.py",
            "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'mysite.settings')\n",
        )
        .file("mysite/settings.py", "")
        .env("VIRTUAL_ENV", newest().venv(Packages::None).dir())
        .capture();
    insta::assert_snapshot!(shown(&outcome), @r"
    exit code: 1
    ----- stdout -----
    Project      [DIR] (found by its manage.py)
    Interpreter  CPython [VERSION] at [PYTHON] (from the active virtual environment)
    Settings     mysite.settings (from manage.py)

    1 problem found:
    ----- stderr -----
    error: Django is not installed in this Python
    where: [PYTHON]
    hint: install it: [PYTHON] -m pip install Django
    ");
}

#[test]
fn hosts_that_django_wants_named() {
    let outcome = check()
        .file("manage.py", "")
        .file(
            "mysite.py",
            "SECRET_KEY = 'x'\nDEBUG = False\nROOT_URLCONF = 'urls'\n",
        )
        .file("urls.py", "urlpatterns = []\n")
        .env("VIRTUAL_ENV", newest().venv(Packages::Django).dir())
        .env("DJANGO_SETTINGS_MODULE", "mysite")
        .capture();
    let text = shown(&outcome);
    assert_eq!(outcome.status, Some(1), "{text}");
    let told = "error: You must set settings.ALLOWED_HOSTS if DEBUG is False.\n\
                where: mysite.py:2\n\
                hint: set DEBUG = True in mysite for development\n";
    assert!(text.contains(told), "{text}");
}

#[test]
fn a_configuration_with_an_unknown_key() {
    let outcome = check()
        .file(
            "pyproject.toml",
            "[tool.scaffold]\nap = 'app:application'\n",
        )
        .capture();
    insta::assert_snapshot!(shown(&outcome), @r"
    exit code: 1
    ----- stdout -----
    Project      [DIR] (found by [tool.scaffold] in its pyproject.toml)

    1 problem found:
    ----- stderr -----
    error: unknown key `ap` in `[tool.scaffold]`
    where: [DIR]/pyproject.toml:2:1
    hint: did you mean `app`?
    ");
}

#[test]
fn quiet_prints_what_is_wrong_and_nothing_else() {
    check()
        .args(["--app", "nowhere:app", "-q"])
        .stderr_matches("error: ModuleNotFoundError: .*\nwhere: --app\nhint: install it: .*\n")
        .status(1)
        .run();
}

#[test]
fn options_that_contradict_each_other() {
    let outcome = check().args(["--no-color", "--force-color"]).capture();
    insta::assert_snapshot!(shown(&outcome), @r"
    exit code: 1
    ----- stdout -----
    1 problem found:
    ----- stderr -----
    error: The --no-color and --force-color options can't be used together.
    where: the command line
    hint: leave one of them out
    ");
}
