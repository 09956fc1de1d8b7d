//! `scaffold startapp`: where an application goes and which names it can have, beside the
//! `manage.py startapp` of a real Django.

use std::{fs, process::Command};

use rstest::rstest;

use crate::support::{Outcome, Packages, Sandbox, Test, newest, on_terminal};

const SETTINGS: &str = "SECRET_KEY = 'x'\nINSTALLED_APPS = []\n";

const MANAGE: &str = "import os, sys
from django.core.management import execute_from_command_line
os.environ['DJANGO_SETTINGS_MODULE'] = 'mysite.settings'
execute_from_command_line(sys.argv)
";

/// A project, with some things in it that an application could conflict with.
fn project() -> Test {
    let test = Test::new()
        .file("manage.py", MANAGE)
        .file("mysite/__init__.py", "")
        .file("mysite/settings.py", SETTINGS)
        .file("module.py", "")
        .env("VIRTUAL_ENV", newest().venv(Packages::Django).dir());
    fs::create_dir_all(test.dir().join("empty")).unwrap();
    fs::create_dir_all(test.dir().join("apps/shop")).unwrap();
    test
}

/// What the project's own `manage.py` does: its exit code and the last line of its complaint.
fn manage(line: &[&str]) -> (i32, String) {
    let project = project().arg("--version").capture();
    let output = Command::new(newest().venv(Packages::Django).as_ref())
        .args(["manage.py", "startapp"])
        .args(line)
        .current_dir(project.dir())
        .env_clear()
        .envs(project.env())
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    let complaint = stderr.lines().last().unwrap_or_default();
    (output.status.code().unwrap(), project.filter(complaint))
}

fn startapp(line: &[&str]) -> Outcome {
    project()
        .arg("startapp")
        .args(line.iter().copied())
        .capture()
}

#[rstest]
#[case(&["polls"])]
#[case(&["polls", "apps/polls"])]
#[case(&["polls", "new/deep/polls/"])]
#[case(&["shop", "apps/shop"])]
#[case(&["mysite"])]
#[case(&["module"])]
#[case(&["empty"])]
#[case(&["polls", "module"])]
#[case(&["polls", "my-app"])]
#[case(&["polls", "apps/mysite"])]
#[case(&["mysite", "apps/polls"])]
#[case(&["django"])]
#[case(&["django", "apps/x"])]
#[case(&["json"])]
#[case(&["7x", "json"])]
#[case(&["pölls"])]
fn what_manage_takes_is_taken_and_what_it_refuses_is_refused(#[case] line: &[&str]) {
    let (status, complaint) = manage(line);
    let ours = startapp(line);
    assert_eq!(ours.status, Some(status), "{complaint}\n{ours}");
    assert_eq!(ours.stderr.lines().next().unwrap_or_default(), complaint);
}

/// `django-admin` takes it, and its manual says to do so; `manage.py` takes it for a package
/// without files.
#[test]
fn an_empty_directory_that_was_given_may_have_the_name() {
    for (name, directory) in [("empty", "empty"), ("shop", "apps")] {
        let outcome = startapp(&[name, directory]);
        assert_eq!(outcome.status, Some(0), "{outcome}");
        assert!(outcome.dir().join(directory).join("models.py").is_file());
    }
}

#[test]
fn somebody_at_a_terminal_reads_what_was_made() {
    let sandbox = Sandbox::new();
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("scaffold"));
    command.args(["startapp", "polls", "--no-color"]);
    command.current_dir(sandbox.dir());
    command.env_clear().envs(sandbox.env());
    let output = on_terminal(command);
    let shown = sandbox.filter(&String::from_utf8(output.stderr).unwrap());
    assert_eq!(
        shown,
        "made `polls` from the template `django`: 8 files in [DIR]/polls ([TIME])\n\n\
         next: add it to INSTALLED_APPS in the settings\n\n\
         Its URLs, in urlpatterns of the project's urls.py:\n  \
           path(\"polls/\", include(\"polls.urls\")),\n"
    );
}

#[test]
fn an_application_is_complete() {
    let outcome = startapp(&["polls"]);
    assert_eq!(outcome.status, Some(0), "{outcome}");
    assert_eq!(
        outcome.tree("polls"),
        "__init__.py\nadmin.py\napps.py\nmigrations/\nmigrations/__init__.py\nmodels.py\n\
         tests.py\nurls.py\nviews.py\n"
    );
    assert!(outcome.read("polls/apps.py").contains("class PollsConfig"));
}

#[test]
fn a_directory_below_the_project_counts_its_modules_too() {
    for (name, status) in [("module", 1), ("polls", 0)] {
        let outcome = project().in_dir("apps").args(["startapp", name]).capture();
        assert_eq!(outcome.status, Some(status), "{outcome}");
    }
}

#[test]
fn outside_a_project_what_exists_is_in_the_way_and_no_module() {
    Test::new()
        .file("polls/models.py", "")
        .args(["startapp", "polls"])
        .status(1)
        .stderr_contains("CommandError: '[DIR]/polls' already exists\n")
        .run();
}

#[test]
fn a_directory_that_is_searched_first_counts() {
    let line = ["startapp", "polls", "--pythonpath", "lib"];
    Test::new()
        .file("lib/polls.py", "")
        .args(line)
        .status(1)
        .stderr_contains("hint: `[DIR]/lib/polls.py` has this name already; ")
        .run();
    Test::new().file("lib/other.py", "").args(line).run();
    Test::new()
        .file("lib/polls.py", "")
        .env("PYTHONPATH", "/nowhere:lib")
        .args(["startapp", "polls"])
        .status(1)
        .stderr_contains("hint: `[DIR]/lib/polls.py` has this name already; ")
        .run();
}

#[test]
fn conflicts_are_told_of_an_app() {
    project()
        .file("apps/shop/models.py", "mine")
        .args(["startapp", "shop", "apps/shop"])
        .status(1)
        .stderr_contains(
            "CommandError: [DIR]/apps/shop/models.py already exists. Overlaying an app into an \
             existing directory won't replace conflicting files.\n",
        )
        .run();
}

#[test]
fn keywords_are_refused() {
    for (line, what) in [
        (&["startapp", "class"][..], "name"),
        (&["startapp", "x", "class"], "directory"),
    ] {
        Test::new()
            .args(line.iter().copied())
            .status(1)
            .stderr_contains(format!(
                "error: `class` is a Python keyword and cannot be used as an app {what}\n"
            ))
            .run();
    }
}
