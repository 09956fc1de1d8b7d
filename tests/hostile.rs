//! Templates of strangers, and places that are not as they should be: what must not be run, shown
//! or kept.

use std::process::Command;

use rstest::rstest;

use crate::support::Test;

/// Leaves a file when it is run.
const TRAP: &str = "#!/bin/sh\necho \"$0\" >>\"$HOME/run\"\n";

/// Generating is told about Python by files alone: a virtual environment may be a stranger's too.
#[rstest]
#[case(&["startproject", "mysite"])]
#[case(&["startproject", "mysite", "--template", "tpl", "--dry-run"])]
#[case(&["startproject", "mysite", "--template", "tpl", "-v", "2", "--json"])]
#[case(&["startapp", "polls"])]
fn no_interpreter_is_started(#[case] line: &[&str]) {
    let programs = ["python", "python3", "python3.12", "python3.13", "pip", "uv"];
    let mut test = Test::new()
        .file("tpl/a.py-tpl", "{{ django_version }}")
        .file("manage.py", "")
        .file(".venv/pyvenv.cfg", "home = /usr/bin\nversion = 3.12.1\n")
        .file("venv/pyvenv.cfg", "home = /usr/bin\nversion = 3.12.1\n");
    for directory in ["bin", ".venv/bin", "venv/bin"] {
        for program in programs {
            test = test.executable(format!("{directory}/{program}"), TRAP);
        }
    }
    let (path, environment) = (test.dir().join("bin"), test.dir().join("venv"));
    let outcome = test
        .env("PATH", path)
        .env("VIRTUAL_ENV", environment)
        .args(line.iter().copied())
        .capture();
    assert_eq!(outcome.status, Some(0), "{outcome}");
    let run = outcome.home().join("run");
    assert!(!run.exists());
    // The trap is one.
    let trap = outcome.dir().join("venv/bin/python3");
    let status = Command::new("sh")
        .arg(trap)
        .env("HOME", outcome.home())
        .status();
    assert!(status.unwrap().success() && run.exists());
}

#[rstest]
#[case("htps://me:s3cret@host/x.zip", "htps://host/x.zip")]
#[case("me:s3cret@host/x.zip", "…@host/x.zip")]
#[case("s3cret@github.com/owner/name", "…@github.com/owner/name")]
fn a_password_in_a_mistyped_address_is_not_shown(#[case] template: &str, #[case] shown: &str) {
    let line = ["startproject", "mysite", "--json", "-v", "2", "--template"];
    let outcome = Test::new()
        .args(line)
        .arg(template)
        .status(1)
        .stdout_contains(format!("couldn't handle project template {shown}."))
        .stderr_contains(format!("couldn't handle project template {shown}."))
        .run();
    assert!(!outcome.to_string().contains("s3cret"), "{outcome}");
}

#[rstest]
#[case("tpl", "is a directory")]
#[case("wsgi", "is built in")]
#[case("x.zip", "is an archive")]
#[case(
    "http://me:s3cret@127.0.0.1:1/x.zip",
    "`http://127.0.0.1:1/x.zip` is an archive"
)]
fn a_reference_is_for_a_repository(#[case] template: &str, #[case] expected: &str) {
    let line = ["startproject", "mysite", "--ref", "main", "--template"];
    Test::new()
        .file("tpl/a.txt", "")
        .file("x.zip", "")
        .args(line)
        .arg(template)
        .status(1)
        .stderr_contains("error: `--ref` is for a Git repository, and the template `")
        .stderr_contains(expected)
        .stderr_contains("hint: leave out `--ref`, or give the repository")
        .run();
}

#[test]
fn what_turns_the_direction_of_writing_is_escaped_in_the_steps() {
    Test::new()
        .file("tpl/a\u{202e}b.txt", "")
        .args(["startproject", "mysite", "-v", "2", "--template", "tpl"])
        .stdout_contains("Creating [DIR]/mysite/a\\u{202e}b.txt")
        .run();
}
