//! Applications that do not keep to PEP 3333, raise, or never answer.

use rstest::rstest;

use super::{APP, check_app, has_orphans, shown};
use crate::support::{Packages, newest};

#[test]
fn a_status_that_is_none() {
    let outcome = check_app(&APP.replace("200 OK", "2000 OK")).capture();
    insta::assert_snapshot!(shown(&outcome), @r"
    exit code: 1
    ----- stdout -----
    Project      [DIR] (the current directory)
    Interpreter  CPython [VERSION] at [PYTHON] (from PATH)
    Application  app.application (from --app)
    PEP 3333     does not pass wsgiref.validate

    1 problem found:
    ----- stderr -----
    error: Status codes must be three characters: '2000'
    where: app.py:2
    hint: PEP 3333 says what an application has to do: https://peps.python.org/pep-3333/
    ");
}

#[test]
fn a_body_of_text() {
    let outcome = check_app(&APP.replace("[b'hello']", "['hello']")).capture();
    insta::assert_snapshot!(shown(&outcome), @r"
    exit code: 1
    ----- stdout -----
    Project      [DIR] (the current directory)
    Interpreter  CPython [VERSION] at [PYTHON] (from PATH)
    Application  app.application (from --app)
    GET /        200 OK, broken off after 0 octets
    PEP 3333     does not pass wsgiref.validate

    1 problem found:
    ----- stderr -----
    error: Iterator yielded non-bytestring ('hello')
    where: app.py:1
    hint: PEP 3333 says what an application has to do: https://peps.python.org/pep-3333/
    ");
}

#[test]
fn headers_without_a_type() {
    let source = APP.replace("('Content-Type', 'text/plain')", "");
    insta::assert_snapshot!(shown(&check_app(&source).capture()), @r"
    exit code: 1
    ----- stdout -----
    Project      [DIR] (the current directory)
    Interpreter  CPython [VERSION] at [PYTHON] (from PATH)
    Application  app.application (from --app)
    PEP 3333     does not pass wsgiref.validate

    1 problem found:
    ----- stderr -----
    error: No Content-Type header found in headers ([])
    where: app.py:2
    hint: PEP 3333 says what an application has to do: https://peps.python.org/pep-3333/
    ");
}

#[test]
fn an_application_of_one_argument() {
    let outcome = check_app("def application(environ):\n    return []\n").capture();
    insta::assert_snapshot!(shown(&outcome), @r"
    exit code: 1
    ----- stdout -----
    Project      [DIR] (the current directory)
    Interpreter  CPython [VERSION] at [PYTHON] (from PATH)
    Application  app.application (from --app)
    PEP 3333     does not pass wsgiref.validate

    1 problem found:
    ----- stderr -----
    error: TypeError: application() takes 1 positional argument but 2 were given
    where: app.py:1
    hint: PEP 3333 says what an application has to do: https://peps.python.org/pep-3333/
    ");
}

/// Of which the validator only warns, and which the server refuses.
#[test]
fn a_status_without_a_reason() {
    let outcome = check_app(&APP.replace("200 OK", "200")).capture();
    insta::assert_snapshot!(shown(&outcome), @r"
    exit code: 1
    ----- stdout -----
    Project      [DIR] (the current directory)
    Interpreter  CPython [VERSION] at [PYTHON] (from PATH)
    Application  app.application (from --app)
    PEP 3333     does not pass wsgiref.validate

    1 problem found:
    ----- stderr -----
    warning: The status string ('200') should be a three-digit integer followed by a single space and a status explanation
    where: app.py:2
    error: ValueError: the status must look like '200 OK', not '200'
    where: app.py:2
    hint: PEP 3333 says what an application has to do: https://peps.python.org/pep-3333/
    ");
}

#[test]
fn an_exception() {
    let outcome = check_app(&APP.replace("return", "1 / 0\n    return")).capture();
    insta::assert_snapshot!(shown(&outcome), @r"
    exit code: 1
    ----- stdout -----
    Project      [DIR] (the current directory)
    Interpreter  CPython [VERSION] at [PYTHON] (from PATH)
    Application  app.application (from --app)
    GET /        200 OK, broken off after 0 octets

    1 problem found:
    ----- stderr -----
    error: ZeroDivisionError: division by zero
    where: app.py:3
    hint: `scaffold check -v 2` shows the traceback
    ");
}

#[test]
fn an_exception_with_its_traceback() {
    let source = APP.replace("    start_response", "    1 / 0\n    start_response");
    let outcome = check_app(&source).args(["-v", "2"]).capture();
    let expected = "Traceback (most recent call last):\n  File \"[DIR]/app.py\", line 2, in \
                    application\n    1 / 0\n";
    assert!(outcome.stderr.starts_with(expected), "{outcome}");
    assert!(!outcome.stderr.contains("scaffold_worker"), "{outcome}");
}

#[test]
fn an_exception_that_django_makes_a_page_of() {
    let outcome = super::check()
        .file("manage.py", "")
        .file(
            "mysite.py",
            "DEBUG = True\nSECRET_KEY = 'x'\nROOT_URLCONF = 'urls'\n\
             LOGGING = {'version': 1, 'loggers': {'django.request': {'level': 'CRITICAL'}}}\n",
        )
        .file(
            "urls.py",
            "from django.urls import path\n\n\
             def view(request):\n    return {}['key']\n\n\
             urlpatterns = [path('', view)]\n",
        )
        .env("VIRTUAL_ENV", newest().venv(Packages::Django).dir())
        .env("DJANGO_SETTINGS_MODULE", "mysite")
        .capture();
    let size = regex::Regex::new(r"\d{4,} octets").unwrap();
    insta::assert_snapshot!(size.replace_all(&shown(&outcome), "[SIZE] octets"), @r"
    exit code: 1
    ----- stdout -----
    Project      [DIR] (found by its manage.py)
    Interpreter  CPython [VERSION] at [PYTHON] (from the active virtual environment)
    Settings     mysite (from DJANGO_SETTINGS_MODULE)
    Application  django.core.wsgi.get_wsgi_application() (the framework's own, without WSGI_APPLICATION)
    Framework    Django [VERSION]
    Django       DEBUG is True, ALLOWED_HOSTS is empty
    GET /        500 Internal Server Error, [SIZE] octets
    PEP 3333     passes wsgiref.validate
    Checks       System check identified no issues (0 silenced).

    1 problem found:
    ----- stderr -----
    error: GET / was answered with 500 Internal Server Error: KeyError: 'key'
    where: urls.py:4
    hint: `scaffold check -v 2` shows the traceback
    ");
}

#[rstest]
#[case("302 Found")]
#[case("404 Not Found")]
#[case("401 Unauthorized")]
fn an_answer_that_is_no_page_is_no_problem(#[case] status: &str) {
    check_app(&APP.replace("200 OK", status))
        .stdout_contains(format!("GET /        {status}, 5 octets\n"))
        .run();
}

#[test]
fn an_answer_without_an_end_is_not_read_to_its_end() {
    let source = APP.replace("[b'hello']", "iter(lambda: b'x' * 65536, b'')");
    check_app(&source)
        .stdout_contains("200 OK, 16842752 octets and more\n")
        .run();
}

#[test]
fn an_answer_that_never_comes() {
    let source = APP.replace(
        "return",
        "import threading\n    threading.Event().wait()\n    return",
    );
    let outcome = check_app(&source).args(["--timeout", "5"]).capture();
    insta::assert_snapshot!(shown(&outcome), @r"
    exit code: 1
    ----- stdout -----
    Project      [DIR] (the current directory)
    Interpreter  CPython [VERSION] at [PYTHON] (from PATH)
    Application  app.application (from --app)

    1 problem found:
    ----- stderr -----
    error: GET / takes longer than 5 seconds
    where: app.py:4
    hint: the place says what it waits for or computes; `--timeout` gives it more time
    ");
    assert!(!has_orphans(&outcome.dir()));
}

#[test]
fn loading_that_never_ends() {
    let source = format!("import threading\nthreading.Event().wait()\n{APP}");
    let outcome = check_app(&source).args(["--timeout", "5"]).capture();
    insta::assert_snapshot!(shown(&outcome), @r"
    exit code: 1
    ----- stdout -----
    Project      [DIR] (the current directory)
    Interpreter  CPython [VERSION] at [PYTHON] (from PATH)

    1 problem found:
    ----- stderr -----
    error: loading the application takes longer than 5 seconds
    where: app.py:2
    hint: the place says what it waits for or computes; `--timeout` gives it more time
    ");
    assert!(!has_orphans(&outcome.dir()));
}

/// The interpreter cannot even say where it is.
#[test]
fn code_in_c_that_never_returns() {
    let source = format!("import re\nre.match('(a+)+$', 'a' * 60 + 'b')\n{APP}");
    let outcome = check_app(&source).args(["--timeout", "1"]).capture();
    insta::assert_snapshot!(shown(&outcome), @r"
    exit code: 1
    ----- stdout -----
    Project      [DIR] (the current directory)
    Interpreter  Python at [PYTHON] (from PATH)

    1 problem found:
    ----- stderr -----
    error: the worker process said nothing within [TIME], and was killed
    where: [DIR]
    hint: code in C that keeps the interpreter's lock is the usual reason; `--timeout` gives it more time
    ");
    assert!(!has_orphans(&outcome.dir()));
}

#[test]
fn a_process_that_ends_by_itself() {
    let outcome = check_app(&format!("import os\nos._exit(5)\n{APP}")).capture();
    insta::assert_snapshot!(shown(&outcome), @r"
    exit code: 1
    ----- stdout -----
    Project      [DIR] (the current directory)
    Interpreter  Python at [PYTHON] (from PATH)

    1 problem found:
    ----- stderr -----
    error: the worker process exited with code 5 before it had answered
    where: [DIR]
    hint: the output above may tell why
    ");
}

/// Nothing listens, and nobody is asked: what reads from the terminal finds its end.
#[test]
fn input_has_ended() {
    let outcome = check_app(&format!("input()\n{APP}"));
    let outcome = outcome.stdin("an answer\n").capture();
    assert!(outcome.stderr.contains("EOFError"), "{outcome}");
    assert!(outcome.stderr.contains("where: app.py:1\n"), "{outcome}");
}
