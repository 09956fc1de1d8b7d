//! Projects that nothing is added to: each error has its place, and nothing is changed.

use std::{fs::Permissions, os::unix::fs::PermissionsExt as _};

use super::{LINE, SETTINGS, add, project};
use crate::support::{Packages, Test, newest};

/// Nothing is written, and this is said.
#[track_caller]
fn refuses(test: Test, message: &str) {
    let outcome = test.status(1).stderr_contains(message).run();
    for made in [
        "wsgi.py",
        "mysite/wsgi.py",
        "mysite/server.py",
        ".scaffold-staging",
    ] {
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
fn settings_in_an_encoding_that_python_does_not_read() {
    let utf16 = SETTINGS.encode_utf16().flat_map(u16::to_le_bytes);
    let octets: Vec<u8> = [0xff, 0xfe].into_iter().chain(utf16).collect();
    refuses(
        add("").file("mysite/settings.py", octets),
        "hint: save it in UTF-8\n",
    );
}

#[test]
fn settings_that_are_named_wrongly() {
    let named = |name: &str| project(SETTINGS).args(["add", "wsgi", "--settings", name]);
    refuses(
        named("mysite/settings.py"),
        "hint: did you mean the module `mysite.settings`?\n",
    );
    refuses(
        named("mysite.setings"),
        "hint: did you mean `mysite.settings`?\n",
    );
    refuses(named("x"), "hint: name it with `--settings`\n");
    // The package is there, and is empty.
    refuses(named("mysite"), "hint: did you mean `mysite.settings`?\n");
}

/// Where it leads to may be anybody's.
#[test]
fn a_package_behind_a_link() {
    let test = add(SETTINGS);
    std::fs::rename(test.dir().join("mysite"), test.dir().join("real")).unwrap();
    std::os::unix::fs::symlink("real", test.dir().join("mysite")).unwrap();
    refuses(test, "mysite/wsgi.py` is a link, or lies behind one");
}

/// The module is there, and what the setting names in it is not.
#[test]
fn a_setting_with_a_mistake() {
    let module = "application = None\n";
    let typo = LINE.replace("application'", "aplication'");
    refuses_to_change(
        add(&typo).file("mysite/wsgi.py", module),
        "error: mysite/settings.py:1:1: WSGI_APPLICATION is 'mysite.wsgi.aplication', and \
         `mysite.wsgi` has no `aplication`\n",
        "hint: did you mean `mysite.wsgi.application`?\n",
    );
    refuses_to_change(
        add("WSGI_APPLICATION = 'mysite.wsgi'\nROOT_URLCONF = 'mysite.urls'\n"),
        "error: mysite/settings.py:1:1: WSGI_APPLICATION is 'mysite.wsgi', and `mysite` has no \
         `wsgi`\n",
        "hint: correct the line, or remove it and run this again\n",
    );
}

/// Nothing is changed, and both are said.
#[track_caller]
fn refuses_to_change(test: Test, message: &str, hint: &str) {
    let before = std::fs::read(test.dir().join("mysite/settings.py")).unwrap();
    let outcome = test.status(1).stderr_contains(message).run();
    assert!(outcome.stderr.contains(hint), "{outcome}");
    assert_eq!(outcome.read("mysite/settings.py").as_bytes(), before);
}

/// A package without `__init__.py` is one only as long as there is no module of its name.
#[test]
fn a_directory_that_the_module_would_hide() {
    let message = "error: mysite/wsgi/production.py:1:1: a `wsgi.py` beside the directory `wsgi` \
                   would hide what is in that, such as `production.py`\n";
    for settings in [SETTINGS.to_owned(), format!("{SETTINGS}{LINE}")] {
        let test = add(&settings).file("mysite/wsgi/production.py", "application = 1\n");
        refuses(test, message);
    }
    // The one that the setting names, whatever that is called.
    let line = LINE.replace(".wsgi.", ".server.");
    let test = add(&format!("{SETTINGS}{line}"));
    refuses(
        test.file("mysite/server/production.py", "application = 1\n"),
        &message.replace("wsgi", "server"),
    );
}

#[test]
fn settings_that_are_read_only() {
    let test = add(SETTINGS);
    let settings = test.dir().join("mysite/settings.py");
    std::fs::set_permissions(&settings, Permissions::from_mode(0o444)).unwrap();
    refuses(
        test,
        "mysite/settings.py` is read-only\nhint: find out why, ",
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
        .stderr_contains("` or above it\nhint: go to the directory of `manage.py`, or ")
        .run();
    refuses(
        project(SETTINGS).args(["add", "wsgi", "--settings", "mysite.other"]),
        "error: there is no settings module `mysite.other`, which --settings names",
    );
}
