//! Commands of a template: run only where the user trusts them, and shown in any case.

use rstest::rstest;
use rustix::process::Signal;

use crate::support::{Test, is_gone};

const MANIFEST: &str = r#"
[[variables]]
name = "docker"
type = "boolean"
default = false

[hooks]
after = [
    ["sh", "-c", "echo $SCAFFOLD_PROJECT_NAME in $SCAFFOLD_PROJECT_DIRECTORY >ran; pwd >>ran"],
    { run = ["touch", "{{ project_name }}; x"] },
    { run = ["./run"] },
    { run = ["touch", "docker"], when = "docker" },
]
"#;

/// What is said where the commands are not run.
const LIST: &str = "\nthe template's commands were not run; read them, and run them in mysite or \
    next time with `--trust`:\n  \
    sh -c 'echo $SCAFFOLD_PROJECT_NAME in $SCAFFOLD_PROJECT_DIRECTORY >ran; pwd >>ran'\n  \
    touch 'mysite; x'\n  ./run\n";

fn test(manifest: &str) -> Test {
    Test::new()
        .file("house/scaffold.toml", manifest)
        .executable("house/run", "#!/bin/sh\necho of the project >run.txt\n")
        .args(["startproject", "mysite", "--template", "./house"])
}

/// A run with commands of the shell.
fn shell(scripts: &[&str]) -> Test {
    let hooks = scripts.iter().map(|it| format!("['sh', '-c', '{it}'],"));
    test(&format!(
        "[hooks]\nafter = [{}]\n",
        hooks.collect::<String>()
    ))
}

#[test]
fn without_trust_they_are_listed() {
    let outcome = test(MANIFEST).stderr(LIST).run();
    assert_eq!(outcome.tree("mysite"), ".scaffold.toml\nrun*\n");
    test(MANIFEST).arg("-q").run();
}

#[test]
fn with_trust_they_are_run_in_the_project() {
    let outcome = test(MANIFEST)
        .args(["--trust", "--var", "docker=yes"])
        .stderr_contains("running `touch 'mysite; x'`\n")
        .run();
    assert_eq!(
        outcome.tree("mysite"),
        ".scaffold.toml\ndocker\nmysite; x\nran\nrun*\nrun.txt\n"
    );
    assert_eq!(
        outcome.filter(&outcome.read("mysite/ran")),
        "mysite in [DIR]/mysite\n[DIR]/mysite\n"
    );
    assert_eq!(outcome.read("mysite/run.txt"), "of the project\n");
}

#[rstest]
#[case("y", true)]
#[case("", false)]
fn at_a_terminal_they_are_shown_and_asked_for(#[case] keys: &str, #[case] is_run: bool) {
    let mut typing = test(MANIFEST).start_on_terminal();
    typing
        .sees("the template wants to run these commands in mysite:")
        .sees("  touch 'mysite; x'")
        .sees("  ./run")
        .sees("? Run these commands?")
        .sees("> no");
    assert!(typing.has("mysite/run"), "the project is there before");
    typing.sees("Ctrl-C").types(keys);
    if is_run {
        typing.sees("> yes").types("\r").sees("running `./run`");
    } else {
        typing
            .types("\r")
            .sees("were not run")
            .sees("--trust")
            .sees("touch 'mysite; x'");
    }
    typing.ends_with(0);
    assert_eq!(typing.has("mysite/run.txt"), is_run);
    assert!(!typing.has("mysite/docker"));
}

#[test]
fn interrupted_at_the_question_nothing_is_run_and_the_project_stays() {
    let mut typing = test(MANIFEST).start_on_terminal();
    typing
        .sees("? Run these commands?")
        .sees("Ctrl-C")
        .types("\x03");
    typing.sees("error: interrupted, and the template's commands were not all run");
    typing.sees("hint: the project is made").ends_with(130);
    assert!(typing.has("mysite/run") && !typing.has("mysite/ran"));
}

#[test]
fn defaults_ask_nothing() {
    let mut typing = test(MANIFEST).arg("--defaults").start_on_terminal();
    typing.sees("were not run").ends_with(0);
    assert!(!typing.has("mysite/ran"));
}

#[test]
fn a_failure_is_an_error_and_the_project_stays() {
    let outcome = shell(&["touch a", "echo why >&2; exit 3", "touch b"])
        .arg("--trust")
        .stderr(
            "running `sh -c 'touch a'`\nrunning `sh -c 'echo why >&2; exit 3'`\n\
             error: the template's command `sh -c 'echo why >&2; exit 3'` failed (exit status: 3)\n\
             why\nhint: the project is made; to go on by hand, run `cd mysite && \
             sh -c 'echo why >&2; exit 3' && sh -c 'touch b'`\n",
        )
        .status(1)
        .run();
    assert_eq!(outcome.tree("mysite"), ".scaffold.toml\na\nrun*\n");
    test("[hooks]\nafter = [['no-such-program']]\n")
        .args(["--trust", "-q"])
        .stderr_contains("error: cannot run the template's command `no-such-program`: No such file")
        .status(1)
        .run();
}

#[test]
fn json_has_them_with_their_fate() {
    let statuses = |test: Test| {
        let outcome = test.arg("--json").capture();
        let document: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
        let statuses = document["hooks"].as_array().unwrap().iter();
        let statuses: Vec<_> = statuses
            .map(|it| it["status"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(
            document["hooks"][0]["command"],
            serde_json::json!(["sh", "-c", "touch a"])
        );
        (statuses.join(" "), outcome.status)
    };
    let scripts = ["touch a", "exit 1", "touch b"];
    assert_eq!(
        statuses(shell(&scripts)),
        ("not-run not-run not-run".to_owned(), Some(0))
    );
    let trusting = shell(&scripts).arg("--trust");
    assert_eq!(
        statuses(trusting),
        ("done failed not-run".to_owned(), Some(1))
    );
}

/// Neither in lists, nor in what a command says, nor in the template's message.
#[test]
fn no_secret_of_theirs_is_shown() {
    let manifest = "message = 'Keep {{ key }} safe.'\n\
                    [[variables]]\nname = 'key'\nsecret = true\n\
                    [[variables]]\nname = 'url'\nvalue = 'https://{{ key }}@host'\n\
                    [hooks]\nafter = [['sh', '-c', 'echo $0 >key; echo $0; exit 1', '{{ url }}']]\n";
    for args in [
        &["--dry-run"][..],
        &[],
        &["--trust"],
        &["--json", "--trust"],
        &["-v2", "--trust"],
    ] {
        let outcome = test(manifest)
            .env("SCAFFOLD_VAR_KEY", "geheim")
            .args(args.to_vec())
            .capture();
        assert!(!outcome.to_string().contains("geheim"), "{outcome}");
        assert!(
            outcome.to_string().contains("https://********@host"),
            "{outcome}"
        );
        if args.contains(&"--trust") {
            assert_eq!(outcome.read("mysite/key"), "https://geheim@host\n");
        }
    }
}

#[test]
fn a_dry_run_shows_them_and_runs_nothing() {
    let outcome = shell(&["touch a"])
        .args(["--dry-run", "--trust"])
        .stdout_contains("\nwould run, with --trust: sh -c 'touch a'\n")
        .run();
    assert!(!outcome.dir().join("mysite").exists());
}

#[rstest]
#[case(Signal::INT)]
#[case(Signal::TERM)]
fn an_interruption_ends_them(#[case] signal: Signal) {
    let waiting = r#"sleep 600 & echo $$ $! >"$HOME/begun"; wait"#;
    let test = shell(&[waiting, "touch after"]).args(["--trust", "-q"]);
    let running = test.start();
    let started = running.begun();
    running.signal(signal);
    let outcome = running.end();
    assert_eq!(outcome.status, Some(130), "{outcome}");
    assert!(
        outcome
            .stderr
            .starts_with("error: interrupted, and the template's commands"),
        "{outcome}"
    );
    assert_eq!(outcome.tree("mysite"), ".scaffold.toml\nrun*\n");
    assert_eq!(started.len(), 2);
    assert!(started.into_iter().all(is_gone));
}

#[rstest]
#[case(
    "after = [['{{ nothing }}']]",
    "scaffold.toml:2:15: variable `nothing` is not defined"
)]
#[case(
    "after = ['ls']",
    "expected a list of texts, or a table with `run` and perhaps `when`"
)]
#[case("befor = []", "unknown field `befor`, expected `after`")]
fn wrong_ones_are_errors_with_their_place(#[case] lines: &str, #[case] expected: &str) {
    let outcome = test(&format!("[hooks]\n{lines}\n"))
        .stderr_contains(expected)
        .status(1)
        .run();
    assert!(!outcome.dir().join("mysite").exists());
}
