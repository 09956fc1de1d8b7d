//! What is written, and that `scaffold check` passes on it.

use std::process::Command;

use super::{LINE, SETTINGS, add, project};
use crate::support::{Outcome, Packages, Test, Venv, minor, newest, pythons};

const ADDED: &str = "created   mysite/wsgi.py\nupdated   mysite/settings.py\n\
                     WSGI_APPLICATION is now `mysite.wsgi.application`\n";

/// Environments with Djangos from the newest to one that projects are upgraded from.
fn djangos() -> Vec<Venv> {
    let newest = newest().venv(Packages::Django);
    let supported = pythons().iter().rfind(|it| it.version().1 <= 12);
    let supported = supported.map(|it| it.venv(Packages::OldDjango));
    let old = minor(8).map(|it| it.venv_with("django-2.2", &["Django==2.2.28"]));
    [Some(newest), supported, old]
        .into_iter()
        .flatten()
        .collect()
}

/// `scaffold check` passes, and the application is this one.
#[track_caller]
fn passes(outcome: Outcome, application: &str) {
    let outcome = outcome.then().args(["check", "--json"]).capture();
    assert_eq!(outcome.status, Some(0), "{outcome}");
    let found: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(found["application"]["name"], application, "{outcome}");
    assert_eq!(found["application"]["rule"], "WSGI_APPLICATION");
}

#[test]
fn a_project_of_any_django_is_as_django_makes_it() {
    for venv in djangos() {
        let test = Test::new().env("VIRTUAL_ENV", venv.dir());
        let mut start = Command::new(venv.as_ref());
        start.args(["-m", "django", "startproject", "mysite", "."]);
        assert!(start.current_dir(test.dir()).status().unwrap().success());
        let settings = test.dir().join("mysite/settings.py");
        let whole = std::fs::read_to_string(&settings).unwrap();
        let mut lines = whole.lines();
        let line = lines.find(|it| it.starts_with("WSGI_APPLICATION")).unwrap();
        let without = whole.replace(&format!("{line}\n\n"), "");
        assert_ne!(without, whole);
        std::fs::write(&settings, without).unwrap();
        std::fs::remove_file(test.dir().join("mysite/wsgi.py")).unwrap();
        let outcome = test
            .args(["add", "wsgi"])
            .stdout(ADDED)
            .stderr_contains(format!("+{line}\n"))
            .run();
        assert_eq!(outcome.read("mysite/settings.py"), whole);
        passes(outcome, "mysite.wsgi.application");
    }
}

/// As `startproject` of Django 1.3 laid projects out: `manage.py` beside `settings.py`. Its
/// `manage.py` names no settings module as later ones do.
#[test]
fn a_flat_project() {
    let manage = "import settings\nfrom django.core.management import execute_manager\n\
                  execute_manager(settings)\n";
    let test = Test::new()
        .file("manage.py", manage)
        .file("settings.py", SETTINGS.replace("mysite.", ""))
        .file("urls.py", "urlpatterns = []\n")
        .env("VIRTUAL_ENV", newest().venv(Packages::Django).dir());
    let outcome = test
        .args(["add", "wsgi"])
        .stdout(
            "created   wsgi.py\nupdated   settings.py\nWSGI_APPLICATION is now `wsgi.application`\n",
        )
        .stderr_contains("+os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n")
        .run();
    passes(outcome, "wsgi.application");
}

/// What an interpreter is set up to print is not taken for its answer.
#[test]
fn an_interpreter_that_prints_at_its_start() {
    let test = add(SETTINGS).file("site/sitecustomize.py", "print('{}')\n");
    let path = test.dir().join("site");
    let outcome = test.env("PYTHONPATH", path).stdout(ADDED);
    outcome.stderr_contains("+++ b/mysite/settings.py").run();
}

#[test]
fn a_project_without_anything_but_settings() {
    let test = add(SETTINGS);
    std::fs::remove_file(test.dir().join("manage.py")).unwrap();
    let outcome = test.stdout(ADDED).stderr_contains("+++ b/").run();
    passes(outcome, "mysite.wsgi.application");
}

/// Where there is no `manage.py`, they say themselves what they are imported from.
#[test]
fn from_within_the_package() {
    let test = add(SETTINGS).in_dir("mysite");
    std::fs::remove_file(test.dir().join("manage.py")).unwrap();
    let outcome = test.stdout(ADDED).stderr_contains("+++ b/").run();
    passes(outcome, "mysite.wsgi.application");
}

/// What is about to be changed is shown, whatever the encoding of the rest.
#[test]
fn settings_in_latin_1() {
    let before = format!("# coding: latin-1\n# caf\u{e9}\n{SETTINGS}NAME = '\u{e9}'\n");
    let octets = |text: &str| text.chars().map(|it| it as u8).collect::<Vec<u8>>();
    let outcome = add("")
        .file("mysite/settings.py", octets(&before))
        .stdout(ADDED)
        .stderr_contains(format!("+{LINE}+\n A = 1\n NAME = '\u{fffd}'\n"))
        .run();
    let after = before.replace("A = 1", &format!("{LINE}\nA = 1"));
    let written = std::fs::read(outcome.dir().join("mysite/settings.py")).unwrap();
    assert_eq!(written, octets(&after));
    passes(outcome, "mysite.wsgi.application");
}

/// A setting may name the module alone, which then has `application`.
#[test]
fn a_setting_that_names_the_module() {
    add(&format!("{SETTINGS}WSGI_APPLICATION = 'mysite.wsgi'\n"))
        .file("mysite/wsgi.py", "application = None\n")
        .stdout(
            "there is nothing to add: WSGI_APPLICATION is `mysite.wsgi` \
             (mysite/settings.py:7:1, mysite/wsgi.py)\n",
        )
        .run();
}

/// What a module that servers import falls back on is told, where it is hardly what they are for.
#[test]
fn settings_for_development() {
    let test = project("").args(["add", "wsgi", "--settings", "mysite.dev"]);
    let outcome = test
        .file("mysite/dev.py", SETTINGS)
        .stdout(ADDED.replace("settings.py", "dev.py"))
        .stderr_contains("warning: the new module falls back on `mysite.dev`\nhint: ")
        .run();
    assert!(outcome.read("mysite/wsgi.py").contains("'mysite.dev')"));
}

#[test]
fn a_function_that_sets_it_as_well() {
    let function = "def late():\n    global WSGI_APPLICATION\n    WSGI_APPLICATION = 'x'\nlate()\n";
    add(&format!("{SETTINGS}{function}"))
        .stdout(ADDED)
        .stderr_contains(
            "warning: mysite/settings.py:7:1: `late()` may set WSGI_APPLICATION as well",
        )
        .run();
}

/// The settings of all variants come from one file.
#[test]
fn a_package_of_settings() {
    let test = project("").file("mysite/settings/__init__.py", "");
    std::fs::remove_file(test.dir().join("mysite/settings.py")).unwrap();
    let outcome = test
        .file("mysite/settings/base.py", SETTINGS)
        .file(
            "mysite/settings/dev.py",
            "from .base import *\n\nALLOWED_HOSTS = ['*']\n",
        )
        .args(["add", "wsgi", "--settings", "mysite.settings.dev"])
        .stdout(ADDED.replace("settings.py", "settings/base.py"))
        .stderr_contains("'DJANGO_SETTINGS_MODULE', 'mysite.settings.dev'")
        .run();
    let base = outcome.read("mysite/settings/base.py");
    assert_eq!(base, SETTINGS.replace("A = 1", &format!("{LINE}\nA = 1")));
    let again = outcome.then();
    let outcome = again
        .args(["check", "--settings", "mysite.settings.dev"])
        .stdout_contains("Application  mysite.wsgi.application (from WSGI_APPLICATION)\n")
        .run();
    assert_eq!(outcome.stderr, "");
}

#[test]
fn what_is_there_is_left_and_half_of_it_completed() {
    let outcome = add(SETTINGS).stdout(ADDED).stderr_contains("+++").run();
    let (settings, wsgi) = (
        outcome.read("mysite/settings.py"),
        outcome.read("mysite/wsgi.py"),
    );
    let both = "there is nothing to add: WSGI_APPLICATION is `mysite.wsgi.application` \
                (mysite/settings.py:6:1, mysite/wsgi.py)\n";
    let outcome = outcome.then().args(["add", "wsgi"]).stdout(both).run();
    std::fs::remove_file(outcome.dir().join("mysite/wsgi.py")).unwrap();
    let outcome = outcome
        .then()
        .args(["add", "wsgi"])
        .stdout("created   mysite/wsgi.py\nWSGI_APPLICATION is now `mysite.wsgi.application`\n")
        .stderr_contains("+application = get_wsgi_application()\n")
        .run();
    assert_eq!(outcome.read("mysite/settings.py"), settings);
    assert_eq!(outcome.read("mysite/wsgi.py"), wsgi);
    let outcome = outcome
        .then()
        .file("mysite/settings.py", SETTINGS)
        .args(["add", "wsgi"])
        .stdout("updated   mysite/settings.py\nWSGI_APPLICATION is now `mysite.wsgi.application`\n")
        .stderr_contains(format!("+{LINE}"))
        .run();
    assert_eq!(outcome.read("mysite/settings.py"), settings);
    assert_eq!(outcome.read("mysite/wsgi.py"), wsgi);
}

#[test]
fn line_ends_and_what_stands_before_the_text_stay() {
    let before = format!("\u{feff}{SETTINGS}").replace('\n', "\r\n");
    let outcome = add(&before).stdout(ADDED).stderr_contains("+++").run();
    let line = LINE.replace('\n', "\r\n\r\n");
    assert_eq!(
        outcome.read("mysite/settings.py"),
        before.replace("A = 1", &format!("{line}A = 1"))
    );
    let wsgi = outcome.read("mysite/wsgi.py");
    assert_eq!(wsgi.matches('\n').count(), wsgi.matches("\r\n").count());
    assert!(
        wsgi.contains("('DJANGO_SETTINGS_MODULE', 'mysite.settings')\r\n"),
        "{wsgi}"
    );
    passes(outcome, "mysite.wsgi.application");
}

#[test]
fn what_would_be_written_is_shown() {
    let listed = ADDED.replace("is now", "would be");
    let outcome = add(SETTINGS).arg("--dry-run").stdout(listed).run();
    let diff = format!(
        "--- a/mysite/settings.py\n+++ b/mysite/settings.py\n@@ -3,4 +3,6 @@\n\n \
         ROOT_URLCONF = 'mysite.urls'\n\n+{LINE}+\n A = 1\n"
    );
    let outcome = outcome
        .then()
        .args(["add", "wsgi", "--diff"])
        .stdout_contains(&*diff)
        .run();
    assert_eq!(outcome.read("mysite/settings.py"), SETTINGS);
    assert!(!outcome.tree("").contains("wsgi.py"));
    let json = outcome
        .then()
        .args(["add", "wsgi", "--json", "--diff"])
        .capture();
    let found: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(found["application"], "mysite.wsgi.application");
    assert_eq!(found["written"], false);
    assert_eq!(found["files"][1]["diff"], diff);
    let json = json.then().args(["add", "wsgi", "--json"]).capture();
    let found: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(found["files"][0]["path"], "mysite/wsgi.py");
    assert_eq!(found["files"][0]["status"], "created");
    assert_eq!(
        (&found["written"], &found["error"]),
        (&true.into(), &().into())
    );
    assert_eq!(json.stderr, "");
    passes(json, "mysite.wsgi.application");
}
