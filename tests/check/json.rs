//! The document for programs.

use serde_json::Value;

use super::{APP, check, check_app};
use crate::support::{Outcome, Packages, Test, newest};

fn document(outcome: &Outcome) -> Value {
    serde_json::from_str(&outcome.stdout).unwrap()
}

/// The document without what differs from machine to machine.
fn shown(outcome: &Outcome) -> String {
    let text = super::shown(outcome);
    let version = regex::Regex::new(r#""(version|path)": "[^"]*""#).unwrap();
    version.replace_all(&text, r#""$1": "[…]""#).into_owned()
}

#[test]
fn of_a_project_that_works() {
    let made = Test::new().args(["startproject", "mysite", "."]).run();
    let outcome = made
        .then()
        .env("VIRTUAL_ENV", newest().venv(Packages::Django).dir())
        .args(["check", "--json"])
        .capture();
    let size = regex::Regex::new(r#""size": \d{4,}"#).unwrap();
    insta::assert_snapshot!(size.replace_all(&shown(&outcome), r#""size": [SIZE]"#), @r#"
    exit code: 0
    ----- stdout -----
    {
      "command": "check",
      "ok": true,
      "project": {
        "root": "[DIR]",
        "rule": "manage.py"
      },
      "interpreter": {
        "path": "[…]",
        "implementation": "CPython",
        "version": "[…]",
        "rule": "VIRTUAL_ENV"
      },
      "settings": {
        "name": "mysite.settings",
        "rule": "pyproject.toml"
      },
      "application": {
        "name": "mysite.wsgi.application",
        "rule": "WSGI_APPLICATION"
      },
      "framework": {
        "name": "Django",
        "version": "[…]"
      },
      "django": {
        "debug": true,
        "allowed_hosts": []
      },
      "valid": true,
      "response": {
        "status": "200 OK",
        "size": [SIZE],
        "end": "whole"
      },
      "checks": {
        "passed": true,
        "text": "System check identified no issues (0 silenced).\n\nYou have [COUNT] unapplied migration(s). Your project may not work properly until you apply the migrations for app(s): admin, auth, contenttypes, sessions.\nRun 'python manage.py migrate' to apply them."
      },
      "warnings": [],
      "problems": []
    }
    ----- stderr -----
    You have [COUNT] unapplied migration(s). Your project may not work properly until you apply the migrations for app(s): admin, auth, contenttypes, sessions.
    Run 'python manage.py migrate' to apply them.
    "#);
}

#[test]
fn of_an_application_that_is_wrong() {
    let outcome = check_app(&APP.replace("200 OK", "200"))
        .arg("--json")
        .capture();
    insta::assert_snapshot!(shown(&outcome), @r#"
    exit code: 1
    ----- stdout -----
    {
      "command": "check",
      "ok": false,
      "project": {
        "root": "[DIR]",
        "rule": "directory"
      },
      "interpreter": {
        "path": "[…]",
        "implementation": "CPython",
        "version": "[…]",
        "rule": "PATH"
      },
      "settings": null,
      "application": {
        "name": "app.application",
        "rule": "--app"
      },
      "framework": null,
      "django": null,
      "valid": false,
      "response": null,
      "checks": null,
      "warnings": [
        {
          "what": "The status string ('200') should be a three-digit integer followed by a single space and a status explanation",
          "where": "app.py:2",
          "hint": ""
        }
      ],
      "problems": [
        {
          "kind": "violation",
          "what": "ValueError: the status must look like '200 OK', not '200'",
          "where": "app.py:2",
          "hint": "PEP 3333 says what an application has to do: https://peps.python.org/pep-3333/",
          "traceback": ""
        }
      ]
    }
    ----- stderr -----
    warning: The status string ('200') should be a three-digit integer followed by a single space and a status explanation
    where: app.py:2
    error: ValueError: the status must look like '200 OK', not '200'
    where: app.py:2
    hint: PEP 3333 says what an application has to do: https://peps.python.org/pep-3333/
    "#);
}

#[test]
fn of_what_is_not_there() {
    let outcome = check().arg("--json").capture();
    insta::assert_snapshot!(shown(&outcome), @r#"
    exit code: 1
    ----- stdout -----
    {
      "command": "check",
      "ok": false,
      "project": null,
      "interpreter": null,
      "settings": null,
      "application": null,
      "framework": null,
      "django": null,
      "valid": null,
      "response": null,
      "checks": null,
      "warnings": [],
      "problems": [
        {
          "kind": "project",
          "what": "there is no project in `[DIR]` or above it",
          "where": "[DIR]",
          "hint": "go to the directory of `manage.py`, or name the application: `scaffold check --app module:callable`",
          "traceback": ""
        }
      ]
    }
    ----- stderr -----
    error: there is no project in `[DIR]` or above it
    where: [DIR]
    hint: go to the directory of `manage.py`, or name the application: `scaffold check --app module:callable`
    "#);
}

#[test]
fn tracebacks_are_in_it_whatever_the_verbosity() {
    let source = APP.replace("    start_response", "    1 / 0\n    start_response");
    let outcome = check_app(&source).args(["--json", "-q"]).capture();
    assert_eq!(outcome.status, Some(1));
    let found = document(&outcome);
    let problem = &found["problems"][0];
    assert_eq!(problem["kind"], "exception");
    assert_eq!(problem["where"], "app.py:2");
    let traceback = problem["traceback"].as_str().unwrap();
    assert!(traceback.contains("in application"), "{traceback}");
    assert_eq!(
        (&found["valid"], &found["ok"]),
        (&Value::Null, &false.into())
    );
}
