//! Hooks of templates made for cookiecutter: told of, and run only where the user trusts them.

use rstest::rstest;
use rustix::process::Signal;

use crate::support::{Test, is_gone};

const CONFIG: &str = r#"{"project_slug": "S", "fails": "no"}"#;

/// A template with hooks.
fn hooked(text: &str) -> Test {
    Test::new()
        .file("t/cookiecutter.json", CONFIG)
        .file("t/{{cookiecutter.project_slug}}/a.txt", "a")
        .file(
            "t/hooks/pre_gen_project.sh",
            "echo {{ cookiecutter.fails }} > before\n",
        )
        .file("t/hooks/post_gen_project.sh", text)
        .file("t/hooks/pre_prompt.py", "{{ raw }}")
        .file("t/hooks/other.py", "")
        .args(["startproject", "my_site", "--template", "./t"])
}

#[test]
fn hooks_are_told_of_and_do_not_run() {
    let outcome = hooked("touch after")
        .stderr(
            "warning: the template's hooks did not run: `pre_gen_project.sh`, \
             `post_gen_project.sh`\nhint: read them, and add `--trust` to run them\n\
             warning: `pre_prompt.py` changes the template, and never runs\n",
        )
        .run();
    assert_eq!(outcome.tree("my_site"), "a.txt\n");
    outcome
        .then()
        .args(["startproject", "other", "--template", "./t", "--json"])
        .stdout_contains(
            "\"scripts\": [\n    {\n      \"name\": \"pre_prompt.py\",\n      \"runs\": false",
        )
        .run();
}

#[test]
fn hooks_run_where_the_template_is_trusted() {
    let outcome = hooked("cat before > after; echo said")
        .arg("--trust")
        .stdout("said\n")
        .stderr("warning: `pre_prompt.py` changes the template, and never runs\n")
        .run();
    assert_eq!(outcome.tree("my_site"), "a.txt\nafter\nbefore\n");
    assert_eq!(outcome.read("my_site/after"), "no\n");
}

#[test]
fn a_hook_that_fails_takes_the_project_with_it() {
    let outcome = hooked("exit 3")
        .arg("--trust")
        .stderr(
            "error: the hook `post_gen_project.sh` failed (exit status: 3); no project was made\n\
             hint: what it printed says why; without `--trust` the project is made without hooks\n",
        )
        .status(1)
        .run();
    assert!(!outcome.dir().join("my_site").exists());
    let outcome = outcome
        .then()
        .file("there/mine.txt", "mine")
        .file("t/hooks/pre_gen_project.sh", "exit 1")
        .args([
            "startproject",
            "my_site",
            "there",
            "--template",
            "./t",
            "--trust",
        ])
        .stderr_contains("failed (exit status: 1); what there is in the directory stayed\n")
        .status(1)
        .run();
    assert_eq!(outcome.tree("there"), "mine.txt\n");
}

#[rstest]
#[case("pre_gen_project.sh", Signal::INT)]
#[case("post_gen_project.sh", Signal::TERM)]
fn a_signal_ends_a_hook_and_takes_the_project_with_it(#[case] name: &str, #[case] signal: Signal) {
    let waiting = "sleep 600 & echo $$ $! >\"$HOME/begun\"; wait";
    let hook = format!("t/hooks/{name}");
    let running = hooked("").file(hook, waiting).arg("--trust").start();
    let started = running.begun();
    running.signal(signal);
    let outcome = running.end();
    assert_eq!(outcome.status, Some(130), "{outcome}");
    assert_eq!(
        outcome.stderr,
        format!("error: interrupted in the hook `{name}`; no project was made\n")
    );
    assert!(!outcome.dir().join("my_site").exists());
    assert_eq!(outcome.tree("../tmp"), "", "nothing is left behind");
    assert_eq!(started.len(), 2);
    assert!(started.into_iter().all(is_gone));
}
