//! The command line as Django's: abbreviations, complaints, exit codes; and what is ours beside
//! it: the dry run and the JSON.

use std::process::Command;

use rstest::rstest;

use crate::support::{Packages, Sandbox, Test, Venv, newest};

/// The Django to compare with.
fn django() -> Venv {
    newest().venv(Packages::Django)
}

/// What the real `django-admin` says of a command line in an empty directory: its exit code, the
/// last line that it prints as an error, and all of its standard output.
fn django_admin(line: &[&str]) -> (i32, String, String) {
    let sandbox = Sandbox::new();
    let output = Command::new(django().dir().join("bin/django-admin"))
        .args(line)
        .current_dir(sandbox.dir())
        .env_clear()
        .envs(sandbox.env())
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    (
        output.status.code().unwrap(),
        stderr.lines().last().unwrap_or_default().to_owned(),
        String::from_utf8(output.stdout).unwrap(),
    )
}

/// The core of Django's complaint stands in ours, and the exit code is the same.
#[rstest]
#[case("startproject")]
#[case("startapp")]
#[case("startproject --template x")]
#[case("startapp -x x")]
#[case("startproject x --ex")]
#[case("startproject x --ex=1")]
#[case("startapp x --n y")]
#[case("startapp x --ver")]
#[case("startproject x --no-c --force")]
#[case("startproject 7x")]
#[case("startapp os")]
#[case("startapp x 7x")]
#[case("startapp x os")]
#[case("startapp x --template nothing")]
fn complaints_are_djangos(#[case] line: &str) {
    let line: Vec<_> = line.split(' ').collect();
    let (status, message, _) = django_admin(&line);
    assert_ne!(status, 0, "{message}");
    let message = message.replace(&format!("django-admin {}: ", line[0]), "");
    Test::new()
        .args(line)
        .status(status)
        .stderr_contains(format!("{message}\n"))
        .run();
}

/// Only the exit code is the same: the complaint is worded as those about our own options.
#[rstest]
#[case("startproject x -v 7")]
#[case("startproject x -v")]
#[case("startproject x --tr=1")]
#[case("startproject a b c")]
#[case("startproject x --zzz")]
#[case("startproject x --template --no-color")]
#[case("startapp x --vers")]
#[case("startapp x --no")]
#[case("startapp x --settings a --settings=b")]
#[case("startapp --he")]
fn exit_codes_are_djangos(#[case] line: &str) {
    let line: Vec<_> = line.split(' ').collect();
    let (status, _, _) = django_admin(&line);
    let outcome = Test::new().args(line).capture();
    assert_eq!(outcome.status, Some(status), "{outcome}");
}

/// Scripts depend on it: nothing is printed where nothing is wrong.
#[rstest]
#[case("startproject x")]
#[case("startapp x")]
#[case("startapp x --no")]
#[case("startproject x deep/er -e txt,html -n Dockerfile -x -v1")]
#[case("startapp x --settings a.b --pythonpath . --traceback")]
fn success_is_silent(#[case] line: &str) {
    let line: Vec<_> = line.split(' ').collect();
    assert_eq!(django_admin(&line), (0, String::new(), String::new()));
    Test::new().args(line).run();
}

/// Wrong usage is told to people only: there is nothing yet that a document could be about.
#[rstest]
#[case("startproject --json")]
#[case("startapp x --json -v 9")]
#[case("startapp x --json --va")]
fn wrong_usage_is_no_json(#[case] line: &str) {
    Test::new()
        .args(line.split(' '))
        .status(2)
        .stderr_contains("error: ")
        .run();
}

#[test]
fn an_unknown_command_is_told_in_djangos_words() {
    for (word, similar) in [("startproj", ". Did you mean startproject?"), ("zork", "")] {
        let complaint =
            format!("Unknown command: '{word}'{similar}\nType 'scaffold help' for usage.\n");
        for line in [&[word][..], &["help", word]] {
            let test = Test::new().args(line.iter().copied());
            test.status(1).stderr(complaint.as_str()).run();
        }
    }
}

#[test]
fn the_version_is_that_of_the_program() {
    let version = concat!("scaffold ", env!("CARGO_PKG_VERSION"), "\n");
    for line in [&["--version"][..], &["startapp", "--vers"]] {
        Test::new().args(line.iter().copied()).stdout(version).run();
    }
}

/// A native template with one file of each kind, and the arguments that take it.
fn native(test: Test) -> Test {
    test.file("tpl/scaffold.toml", "message = 'hello {{ project_name }}'")
        .file("tpl/project_name/a.py-tpl", "# {{ project_name }}\n")
        .file("tpl/data.bin", b"\0{{")
        .args(["startproject", "mysite", "--template", "tpl"])
}

#[test]
fn a_dry_run_shows_what_would_be_made_and_writes_nothing() {
    let outcome = native(Test::new())
        .args(["--dry-run", "--install"])
        .stdout_matches(
            r"\[DIR\]/mysite
new +\d+ \.scaffold\.toml
new              3 data\.bin
new              - mysite/
new              9 mysite/a\.py
3 files, 1 directory, \d+ octets, 0 conflicts
",
        )
        .run();
    assert!(!outcome.tree("").contains("mysite"), "{}", outcome.tree(""));
}

#[test]
fn a_dry_run_fails_as_the_real_one_would() {
    let run = |option: &[&str]| {
        native(Test::new())
            .arg("there")
            .args(option.iter().copied())
            .file("there/mysite/own.py", "")
            .file("there/data.bin", "mine")
            .capture()
    };
    let (dry, real) = (run(&["--dry-run"]), run(&[]));
    assert_eq!(dry.status, Some(1));
    assert_eq!((real.status, &real.stderr), (dry.status, &dry.stderr));
    assert!(real.stdout.is_empty());
    let lines: Vec<_> = dry.stdout.lines().collect();
    assert!(
        lines[1].starts_with("new ") && lines[1].ends_with(" .scaffold.toml"),
        "{dry}"
    );
    assert_eq!(
        lines[2..5],
        [
            "conflict         3 data.bin",
            "there            - mysite/",
            "new              9 mysite/a.py",
        ]
    );
    assert!(
        lines[5].starts_with("3 files, 1 directory, ") && lines[5].ends_with(" octets, 1 conflict"),
        "{dry}"
    );
    assert_eq!(dry.read("there/data.bin"), "mine");
    assert_eq!(dry.tree("there"), "data.bin\nmysite/\nmysite/own.py\n");
}

#[test]
fn a_dry_run_escapes_what_would_steer_the_terminal() {
    Test::new()
        .file("tpl/\u{202e}txt.x", "")
        .args(["startproject", "mysite", "--template", "tpl", "--dry-run"])
        .stdout_contains(" \\u{202e}txt.x\n")
        .run();
}

#[test]
fn the_names_of_what_was_made_do_not_steer_the_terminal() {
    Test::new()
        .file("tpl/\u{202e}txt.x", "")
        .args(["startproject", "mysite", "--template", "tpl", "-v2"])
        .stdout_contains("/mysite/\\u{202e}txt.x\n")
        .run();
}

#[test]
fn a_message_does_not_steer_the_terminal() {
    Test::new()
        .args(["startproject", "\u{1b}[2Jx"])
        .status(1)
        .stderr_contains("CommandError: '\\u{1b}[2Jx' is not a valid project name.")
        .run();
}

/// The document with the sandbox's path replaced already, as a value.
fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn json_describes_what_was_made() {
    let outcome = native(Test::new()).arg("--json").capture();
    assert_eq!(outcome.status, Some(0), "{outcome}");
    assert_eq!(outcome.stderr, "");
    let memory = outcome.dir().join("mysite/.scaffold.toml");
    let size = memory.metadata().unwrap().len();
    let expected = serde_json::json!({
        "command": "startproject",
        "name": "mysite",
        "target": "[DIR]/mysite",
        "template": "[DIR]/tpl",
        "dry_run": false,
        "files": [
            {"path": ".scaffold.toml", "size": size, "mode": "644", "status": "created",
             "rendered": false},
            {"path": "data.bin", "size": 3, "mode": "644", "status": "created", "rendered": false},
            {"path": "mysite/a.py", "size": 9, "mode": "644", "status": "created",
             "rendered": true},
        ],
        "directories": ["mysite"],
        "conflicts": [],
        "message": "hello mysite",
        "hooks": [],
        "error": null,
        "hint": null,
    });
    assert_eq!(json(&outcome.stdout), expected);
}

#[test]
fn json_of_a_dry_run_has_the_conflicts() {
    let test = native(Test::new()).file("mysite/mysite", "a file where a directory would be");
    let outcome = test.args(["mysite", "--json", "--dry-run"]).capture();
    assert_eq!(outcome.status, Some(1), "{outcome}");
    let document = json(&outcome.stdout);
    assert_eq!(document["dry_run"], true);
    assert_eq!(document["conflicts"], serde_json::json!(["mysite"]));
    assert_eq!(document["files"][1]["status"], "new");
    assert_eq!(document["files"][2]["status"], "conflict");
    let error = document["error"].as_str().unwrap();
    assert!(
        error.starts_with("[DIR]/mysite/mysite already exists. "),
        "{error}"
    );
    assert!(outcome.stderr.contains(error), "{outcome}");
    assert!(document["hint"].is_string());
}

#[rstest]
#[case(&["7x"], "is not a valid app name")]
#[case(&["x", "--template", "nothing"], "couldn't handle app template nothing.")]
#[case(&["x", "--no-color", "--force-color"], "can't be used together.")]
#[case(&["x", "--var", "_x=1"], "`_x` cannot be the name of a variable")]
fn json_tells_of_errors(#[case] line: &[&str], #[case] expected: &str) {
    let outcome = Test::new()
        .args(["startapp", "--json"])
        .args(line.iter().copied())
        .capture();
    assert_eq!(outcome.status, Some(1), "{outcome}");
    let document = json(&outcome.stdout);
    assert_eq!(document["command"], "startapp");
    assert_eq!(document["files"], serde_json::json!([]));
    let error = document["error"].as_str().unwrap();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn json_stands_alone_on_standard_output() {
    let outcome = native(Test::new()).args(["--json", "-v", "2"]).capture();
    assert_eq!(json(&outcome.stdout)["error"], serde_json::Value::Null);
    assert!(
        outcome
            .stderr
            .contains("Creating [DIR]/mysite/mysite/a.py\n")
    );
}

#[test]
fn excluding_anything_lets_hidden_directories_in() {
    let tree = |options: &[&str]| {
        let outcome = Test::new()
            .file("tpl/.github/a.yml", "")
            .file("tpl/.git/config", "")
            .file("tpl/docs/b.txt", "")
            .file("tpl/sub/docs/c.txt", "")
            .args(["startapp", "polls", "--template", "tpl"])
            .args(options.iter().copied())
            .run();
        outcome.tree("polls")
    };
    let (hidden, docs) = (".github/\n.github/a.yml\n", "docs/\ndocs/b.txt\n");
    let sub = "sub/\nsub/docs/\nsub/docs/c.txt\n";
    assert_eq!(tree(&[]), format!("{docs}{sub}"));
    assert_eq!(tree(&["-x"]), format!("{hidden}{docs}{sub}"));
    assert_eq!(tree(&["-x", "-v1"]), format!("{hidden}{docs}{sub}"));
    assert_eq!(tree(&["-x", "docs"]), format!("{hidden}sub/\n"));
    assert_eq!(tree(&["--exclude=docs", "-x", " .github "]), "sub/\n");
}

#[test]
fn hidden_directories_that_are_let_in_are_told() {
    let told = |options: &[&str]| {
        let outcome = Test::new()
            .file("tpl/.github/workflows/a.yml", "")
            .file("tpl/.env", "")
            .args(["startproject", "mysite", "--template", "tpl"])
            .args(options.iter().copied())
            .capture();
        assert_eq!(outcome.status, Some(0), "{}", outcome.stderr);
        outcome.stderr
    };
    let expected = "`.github` is hidden and taken, because `--exclude` is given\n";
    assert_eq!(told(&["-v2", "-x"]), expected);
    assert_eq!(told(&["-v2", "-x", ".github"]), "");
    assert_eq!(told(&["-v2"]), "");
    assert_eq!(told(&["-x"]), "");
}
