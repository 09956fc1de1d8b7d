//! Projects that nothing is added to: each error has its place, and nothing is changed.

use super::{LINE, SETTINGS, add, project};
use crate::support::{Packages, Test, newest};

/// Nothing is written, and this is said.
#[track_caller]
fn refuses(test: Test, message: &str) {
    let outcome = test.status(1).stderr_contains(message).run();
    for made in ["wsgi.py", "mysite/wsgi.py", ".scaffold-staging"] {
        assert!(!outcome.dir().join(made).exists(), "{made}");
    }
}

#[test]
fn a_setting_that_is_something_else() {
    insta::assert_snapshot!(add("A = 1\nWSGI_APPLICATION = None\n").capture().to_string(), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: mysite/settings.py:2:1: WSGI_APPLICATION is set to something else already: None
       ╭────
     1 │ A = 1
     2 │ WSGI_APPLICATION = None
       · ────────────────
       ╰────
    hint: `scaffold check` tells which application that comes to; to have another one, remove the line
    ");
    refuses(
        add(&LINE.replace("mysite.", "other.")),
        "mysite/settings.py:1:1: WSGI_APPLICATION is set to something else already: \
         'other.wsgi.application', which is not there",
    );
    refuses(
        add(&format!("DEBUG = True\nif DEBUG:\n    {LINE}")),
        "mysite/settings.py:3:5: WSGI_APPLICATION depends on a condition: it is \
         'mysite.wsgi.application' (line 3 of settings.py), or nothing",
    );
}

#[test]
fn settings_that_are_no_python() {
    refuses(
        add("A = 1\nprint 'x'\nB = ]\n"),
        "hint: correct it; where it is written for another Python, name that with `--python`",
    );
    refuses(
        add("A = 1\nB = ]\n"),
        "error: mysite/settings.py:2:5: SyntaxError: ",
    );
}

#[test]
fn a_module_without_an_application() {
    let outcome = add(SETTINGS).file("mysite/wsgi.py", "app = 1\n").capture();
    assert_eq!(outcome.status, Some(1), "{outcome}");
    assert!(
        outcome.stderr.starts_with(
            "error: mysite/wsgi.py:1:1: this module is there and has no `application`\n"
        ),
        "{outcome}"
    );
    assert_eq!(outcome.read("mysite/settings.py"), SETTINGS);
}

#[test]
fn settings_behind_a_link() {
    let test = add(SETTINGS);
    let settings = test.dir().join("mysite/settings.py");
    std::fs::rename(&settings, test.dir().join("real.py")).unwrap();
    std::os::unix::fs::symlink("../real.py", &settings).unwrap();
    refuses(
        test,
        "mysite/settings.py` is a link, or lies behind one, and is not written through it",
    );
}

#[test]
fn an_interpreter_that_is_none() {
    refuses(
        add(SETTINGS).args(["--python", "/bin/false"]),
        "error: the Python interpreter `/bin/false` could not read the settings: exit status: 1\n\
         hint: choose another interpreter with `--python`\n",
    );
}

#[test]
fn projects_that_are_not_djangos() {
    let flask = |test: Test| test.env("VIRTUAL_ENV", newest().venv(Packages::Flask).dir());
    let outcome = Test::new()
        .args(["startproject", "shop", ".", "--template", "flask"])
        .run();
    let outcome = flask(outcome.then())
        .args(["add", "wsgi"])
        .status(1)
        .stderr_contains("`shop.settings` are not the settings of a Django project")
        .run();
    let outcome = outcome
        .then()
        .args(["startproject", "shop", "rust", "--template", "rust"])
        .run();
    outcome
        .then()
        .args(["add", "wsgi"])
        .in_dir("rust")
        .status(1)
        .stderr_contains("error: this project is in Rust")
        .run();
    Test::new()
        .args(["add", "wsgi"])
        .status(1)
        .stderr_contains("error: there is no project in ")
        .run();
    refuses(
        project(SETTINGS).args(["add", "wsgi", "--settings", "mysite.other"]),
        "error: there is no settings module `mysite.other`, which --settings names",
    );
}
