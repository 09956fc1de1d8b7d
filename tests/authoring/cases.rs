//! `test`: the tests of a template.

use rstest::rstest;
use rustix::process::Signal;
use serde_json::Value;

use crate::support::{Test, is_gone};

const CASE: &str = "\
[case]
description = 'With a greeting'
name = 'shop'
[answers]
greeting = 'Hi'
[[run]]
command = ['sh', '-c', 'echo from $0; cat shop/a.py', 'here']
output = 'Hi'
[[run]]
command = 'test -x run && exit 3'
status = 3
";

fn house() -> Test {
    Test::new()
        .file(
            "house/scaffold.toml",
            "executable = ['run']\n[[variables]]\nname = 'greeting'\ndefault = 'Hello'\n",
        )
        .file(
            "house/project_name/a.py",
            "# {{ greeting }} {{ secret() }} {{ uuid() }} {{ date() }}\nKEY = '{{ secret_key }}'\n",
        )
        .file("house/run", "#!/bin/sh\n")
        .file("house/tests/greeting.toml", CASE)
        .args(["template", "test", "house"])
}

#[test]
fn a_snapshot_is_written_and_compared() {
    let outcome = house()
        .stdout_contains(
            "FAILED  greeting: With a greeting (2 commands)\n    there is no snapshot yet; ",
        )
        .stdout_contains("\n0 tests passed, 1 failed\n")
        .status(1)
        .run()
        .then()
        .args(["template", "test", "house", "--update"])
        .stdout("written greeting: With a greeting (2 commands)\n1 test passed, 0 failed\n")
        .run();
    let snapshot = "house/tests/snapshots/greeting";
    assert_eq!(outcome.tree(snapshot), "run*\nshop/\nshop/a.py\n");
    let text = outcome.read(format!("{snapshot}/shop/a.py"));
    assert!(
        text.starts_with("# Hi xxxx") && text.contains(" 2025-01-01\n"),
        "{text}"
    );
    let again = outcome
        .then()
        .args(["template", "test", "house"])
        .stdout("ok      greeting: With a greeting (2 commands)\n1 test passed, 0 failed\n")
        .run()
        .then()
        .args(["startproject", "mysite", "--template", "./house"])
        .run();
    assert_eq!(
        again.tree("mysite"),
        ".scaffold.toml\nmysite/\nmysite/a.py\nrun*\n"
    );
    assert_eq!(again.tree("../tmp"), "", "nothing is left behind");
}

#[test]
fn a_difference_is_shown() {
    let outcome = house().arg("--update").stdout_contains("written").run();
    let text = outcome.read("house/project_name/a.py");
    let dir = outcome.dir();
    std::fs::remove_file(dir.join("house/tests/snapshots/greeting/run")).unwrap();
    std::fs::write(dir.join("house/tests/snapshots/greeting/old"), "").unwrap();
    outcome
        .then()
        .file("house/project_name/a.py", text.replace("KEY", "K"))
        .args(["template", "test", "house", "--no-run"])
        .stdout_contains("    `old` is not made any more\n    `run` is new\n")
        .stdout_contains("    --- snapshot/shop/a.py\n    +++ now/shop/a.py\n    @@ -1,2 +1,2 @@\n")
        .stdout_contains("\n    -KEY = 'django-insecure-")
        .stdout_contains("\n    +K = 'django-insecure-")
        .status(1)
        .run();
}

#[test]
fn a_command_that_fails_is_shown_with_its_output() {
    let case = "[case]\nsnapshot = false\n[[run]]\ncommand = 'echo one; echo two >&2; exit 1'\n";
    let printing = "[case]\nsnapshot = false\n[[run]]\ncommand = ['echo', 'a']\noutput = 'b'\n";
    let nothing = "[case]\nsnapshot = false\n[[run]]\ncommand = ['no-such-program']\n";
    let slow = "[case]\nsnapshot = false\n[[run]]\ncommand = 'sleep 600'\ntimeout = 0\n";
    house()
        .file("house/tests/greeting.toml", case)
        .file("house/tests/printing.toml", printing)
        .file("house/tests/nothing.toml", nothing)
        .file("house/tests/slow.toml", slow)
        .stdout_contains(
            "FAILED  greeting (1 command)\n    `echo one; echo two >&2; exit 1` ended with exit \
             status: 1, and not with 0\n    one\n    two\n",
        )
        .stdout_contains("    `echo a` did not print `b`\n    a\n")
        .stdout_contains("    `no-such-program` cannot be run: ")
        .stdout_contains("    `sleep 600` took longer than [TIME], and was ended\n")
        .status(1)
        .run();
}

#[test]
fn a_case_can_be_that_no_project_is_made() {
    let manifest = "[[variables]]\nname = 'greeting'\ndefault = 'Hi'\npattern = 'H.*'\n";
    house()
        .file("house/scaffold.toml", manifest)
        .file("house/tests/greeting.toml", "[case]\nfails = 'does not match'\n[answers]\ngreeting = 'x'\n")
        .file("house/tests/made.toml", "[case]\nfails = 'does not match'\n")
        .file("house/tests/other.toml", "[case]\nfails = 'nothing'\n[answers]\ngreeting = 'x'\n")
        .stdout_contains("ok      greeting\nFAILED  made\n    the project was made, and should not have been: ")
        .stdout_contains("FAILED  other\n    the message has no `nothing` in it: the variable `greeting` does not match")
        .status(1)
        .run();
}

#[test]
fn programs_get_json_and_cases_can_be_chosen() {
    let outcome = house()
        .file("house/tests/other.toml", "[case]\n")
        .args(["--case", "greeting", "--json"])
        .stdout_contains("{")
        .status(1)
        .run();
    let document: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(
        (&document["passed"], &document["failed"]),
        (&0.into(), &1.into())
    );
    assert_eq!(document["cases"][0]["name"], "greeting");
    assert_eq!(document["cases"].as_array().unwrap().len(), 1);
    outcome
        .then()
        .args(["template", "test", "house", "--case", "nix"])
        .stderr("error: `[DIR]/house` has no test `nix`\nhint: there are greeting, other\n")
        .status(1)
        .run();
}

#[test]
fn what_is_no_test_is_told() {
    house()
        .file("house/tests/greeting.toml", "[case]\nnmae = 'x'\n")
        .stderr_contains("error: [DIR]/house/tests/greeting.toml:2:1: unknown field `nmae`")
        .status(1)
        .run()
        .then()
        .file("house/tests/__init__.py", "")
        .args(["template", "test", "house"])
        .stderr_contains("error: `[DIR]/house` has no tests\n")
        .status(1)
        .run()
        .then()
        .file("plain/a.py", "")
        .args(["template", "test", "plain"])
        .stderr_contains("error: `[DIR]/plain` has no `scaffold.toml`, and so no tests\n")
        .status(1)
        .run()
        .then()
        .args(["template", "test", "django"])
        .stderr_contains("error: there is no directory `[DIR]/django`\nhint: give the directory")
        .status(1)
        .run();
}

/// A directory `tests` that is the project's stays the project's; the manifest can name another
/// one.
#[test]
fn the_projects_own_tests_stay() {
    let outcome = Test::new()
        .file("house/scaffold.toml", "tests = 'cases'\n")
        .file("house/tests/test_a.py", "")
        .file(
            "house/cases/default.toml",
            "[case]\n[[run]]\ncommand = ['test', '-f', 'tests/test_a.py']\n",
        )
        .args(["template", "test", "house", "--update"])
        .stdout_contains("written default (1 command)\n")
        .run();
    assert_eq!(
        outcome.tree("house/cases/snapshots/default"),
        "tests/\ntests/test_a.py\n"
    );
}

#[rstest]
#[case(Signal::INT)]
#[case(Signal::TERM)]
fn a_signal_ends_the_commands_and_leaves_nothing(#[case] signal: Signal) {
    let case = "[case]\nsnapshot = false\n[[run]]\n\
                command = 'sleep 600 & echo $$ $! >\"$HOME/begun\"; wait'\n";
    let running = house().file("house/tests/greeting.toml", case).start();
    let started = running.begun();
    running.signal(signal);
    let outcome = running.end();
    assert_eq!(outcome.status, Some(130), "{outcome}");
    assert!(
        outcome.stderr.starts_with("error: interrupted"),
        "{outcome}"
    );
    assert_eq!(started.len(), 2);
    assert!(started.into_iter().all(is_gone));
    assert_eq!(outcome.tree("../tmp"), "");
}
