//! The formatter that is run over new files: which, over what, and what becomes of its failures.

use std::{
    io::Write as _,
    os::unix::fs::PermissionsExt,
    process::{Command, Stdio},
};

use rustix::process::Signal;

use crate::support::{Test, is_gone};

/// Writes down its arguments, and changes each Python file that it is told to.
const FORMATTER: &str = "#!/bin/sh
echo \"$@\" >>\"$HOME/called\"
for file; do case $file in *.py) echo '# formatted' >>\"$file\";; esac; done
";

/// A template with Python and without, and programs on a PATH that has nothing else of the kind.
fn place(programs: &[(&str, &str)]) -> Test {
    let test = Test::new()
        .file("tpl/scaffold.toml", "executable = ['run.py']")
        .file("tpl/run.py", "")
        .file("tpl/d/a.py-tpl", "")
        .file("tpl/b.txt", "")
        .file("there/own.py", "own");
    std::fs::create_dir(test.dir().join("bin")).unwrap();
    for (name, script) in programs {
        // A shell writes it: a file that this process has open for writing cannot be run, and a
        // program that another test starts just then has it open for a moment, too.
        let mut shell = Command::new("sh")
            .args(["-c", &format!("cat >bin/{name} && chmod +x bin/{name}")])
            .current_dir(test.dir())
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = shell.stdin.take().unwrap();
        input.write_all(script.as_bytes()).unwrap();
        drop(input);
        assert!(shell.wait().unwrap().success());
    }
    let path = format!("{}:/usr/bin:/bin", test.dir().join("bin").display());
    test.env("PATH", path)
        .args(["startproject", "mysite", "there", "--template", "tpl"])
}

#[test]
fn only_python_files_that_were_made_are_formatted() {
    for (programs, expected) in [
        (&["black", "ruff"][..], "--fast -- "),
        (&["ruff"], "format --no-cache -- "),
    ] {
        let programs: Vec<_> = programs.iter().map(|name| (*name, FORMATTER)).collect();
        let outcome = place(&programs).run();
        let called = std::fs::read_to_string(outcome.home().join("called")).unwrap();
        assert_eq!(
            outcome.filter(&called),
            format!("{expected}[DIR]/there/d/a.py [DIR]/there/run.py\n")
        );
        assert_eq!(outcome.read("there/d/a.py"), "# formatted\n");
        assert_eq!(outcome.read("there/b.txt"), "");
        assert_eq!(outcome.read("there/own.py"), "own");
        let run = outcome.dir().join("there/run.py");
        let mode = run.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o111, 0o111);
    }
}

#[test]
fn json_has_the_sizes_after_formatting() {
    let outcome = place(&[("black", FORMATTER)]).arg("--json").capture();
    let document: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    let sizes: Vec<_> = document["files"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|file| file["path"] != ".scaffold.toml")
        .map(|file| file["size"].as_u64().unwrap())
        .collect();
    assert_eq!(sizes, [0, 12, 12]);
}

#[test]
fn it_is_run_only_where_it_is_wanted() {
    for option in ["--no-format", "--dry-run"] {
        let outcome = place(&[("black", FORMATTER)]).arg(option).capture();
        assert_eq!(outcome.status, Some(0), "{outcome}");
        assert!(!outcome.home().join("called").exists(), "{option}");
    }
    let outcome = place(&[]).run();
    assert_eq!(outcome.read("there/d/a.py"), "");
}

/// What a template holds cannot be taken for the program, although it comes first on PATH.
#[test]
fn it_is_looked_for_before_anything_is_written() {
    let test = place(&[])
        .file("tpl/black", FORMATTER)
        .executable("tpl/black", FORMATTER);
    let path = format!("{}:/usr/bin:/bin", test.dir().join("there").display());
    let outcome = test.env("PATH", path).run();
    assert!(outcome.dir().join("there/black").exists());
    assert!(!outcome.home().join("called").exists());
}

#[test]
fn its_failure_is_told_and_is_no_error() {
    let failing = "#!/bin/sh\necho out; echo cannot format >&2; exit 123\n";
    place(&[("black", failing)])
        .stderr("The files are made, but `black` failed (exit status: 123):\nout\ncannot format\n")
        .run();
    place(&[("black", "#!/nowhere/interpreter\n")])
        .stderr_contains("Formatters failed to launch:\ncannot run `[DIR]/bin/black`: ")
        .run();
}

#[test]
fn interrupted_while_formatting_it_leaves_all_that_was_made() {
    let hanging = "#!/bin/sh\nsleep 600 & echo $$ $! >\"$HOME/begun\"\nwait\n";
    let running = place(&[("black", hanging)]).start();
    let started = running.begun();
    running.signal(Signal::INT);
    let outcome = running.end();
    assert_eq!(outcome.status, Some(130), "{outcome}");
    assert_eq!(
        outcome.stderr,
        "error: interrupted `black`\nhint: everything is made; what is not formatted yet, \
         `black` can format later\n"
    );
    assert_eq!(outcome.read("there/d/a.py"), "");
    assert_eq!(started.len(), 2);
    assert!(started.into_iter().all(is_gone));
}
