//! Making a project where some of its files are already, and in a repository of its own.

use std::fs;

use crate::support::{Outcome, Test, git};

/// A template, and a directory with some of its files.
fn place() -> Test {
    Test::new()
        .file("tpl/scaffold.toml", "")
        .file("tpl/a.txt", "a\nnew\n")
        .file("tpl/same.txt", "same\n")
        .file("tpl/d/b.txt", "b\n")
        .file("shop/a.txt", "a\nold\n")
        .file("shop/same.txt", "same\n")
        .file("shop/own.txt", "own\n")
        .args(["startproject", "shop", "shop", "--template", "./tpl"])
}

fn statuses(outcome: &Outcome) -> Vec<(String, String)> {
    let report: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let files = report["files"].as_array().unwrap().iter();
    files
        .map(|file| (text(&file["path"]), text(&file["status"])))
        .filter(|(path, _)| path != ".scaffold.toml")
        .collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let pairs = expected.iter();
    pairs
        .map(|(path, status)| ((*path).into(), (*status).into()))
        .collect()
}

#[test]
fn files_that_are_there_are_refused_with_what_can_be_done() {
    let outcome = place()
        .status(1)
        .stderr_contains("[DIR]/shop/a.txt already exists.")
        .stderr_contains("`--overwrite`")
        .run();
    assert_eq!(outcome.tree("shop"), "a.txt\nown.txt\nsame.txt\n");
}

#[test]
fn the_diff_shows_what_would_change_and_changes_nothing() {
    let outcome = place().arg("--diff").stdout_contains(
        "--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n a\n-old\n+new\n\
         --- /dev/null\n+++ b/d/b.txt\n@@ -0,0 +1 @@\n+b\n",
    );
    let outcome = outcome.run();
    assert!(!outcome.stdout.contains("b/same.txt"), "{}", outcome.stdout);
    assert_eq!(outcome.tree("shop"), "a.txt\nown.txt\nsame.txt\n");
    let coloured = outcome
        .then()
        .args([
            "startproject",
            "shop",
            "--template",
            "./tpl",
            "--diff",
            "--force-color",
        ])
        .stdout_contains("\u{1b}[32m+new\u{1b}[0m")
        .run();
    assert_eq!(coloured.read("shop/a.txt"), "a\nold\n");
}

#[test]
fn programs_get_the_diff_by_file() {
    let outcome = place().args(["--diff", "--json"]).capture();
    let report: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    let file = |path: &str| {
        let files = report["files"].as_array().unwrap();
        files.iter().find(|it| it["path"] == path).unwrap()
    };
    assert_eq!(report["dry_run"], true);
    assert_eq!(file("a.txt")["status"], "replaced");
    assert_eq!(
        file("a.txt")["diff"],
        "--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n a\n-old\n+new\n"
    );
    assert_eq!(file("d/b.txt")["status"], "new");
    assert_eq!(
        file("d/b.txt")["diff"],
        "--- /dev/null\n+++ b/d/b.txt\n@@ -0,0 +1 @@\n+b\n"
    );
    assert_eq!(file("same.txt")["status"], "unchanged");
    assert!(file("same.txt").get("diff").is_none());
    assert_eq!(outcome.tree("shop"), "a.txt\nown.txt\nsame.txt\n");
}

#[test]
fn files_are_replaced_where_the_user_says_so() {
    let expected = [
        ("a.txt", "replaced"),
        ("d/b.txt", "new"),
        ("same.txt", "unchanged"),
    ];
    let dry = place()
        .args(["--overwrite", "--dry-run", "--json"])
        .stdout_contains("")
        .run();
    assert_eq!(statuses(&dry), pairs(&expected));
    assert_eq!(dry.read("shop/a.txt"), "a\nold\n");
    let outcome = place()
        .args(["--overwrite", "--json"])
        .stdout_contains("")
        .run();
    let expected = [
        ("a.txt", "replaced"),
        ("d/b.txt", "created"),
        ("same.txt", "unchanged"),
    ];
    assert_eq!(statuses(&outcome), pairs(&expected));
    assert_eq!(outcome.read("shop/a.txt"), "a\nnew\n");
    assert_eq!(outcome.read("shop/own.txt"), "own\n");
    let tree = ".scaffold.toml\na.txt\nd/\nd/b.txt\nown.txt\nsame.txt\n";
    assert_eq!(outcome.tree("shop"), tree);
}

#[test]
fn files_are_kept_where_the_user_says_so() {
    let test = place();
    fs::create_dir(test.dir().join("shop/d")).unwrap();
    std::os::unix::fs::symlink("../own.txt", test.dir().join("shop/d/b.txt")).unwrap();
    let outcome = test
        .args(["--skip-existing", "--json"])
        .stdout_contains("")
        .run();
    let expected = [
        ("a.txt", "kept"),
        ("d/b.txt", "kept"),
        ("same.txt", "unchanged"),
    ];
    assert_eq!(statuses(&outcome), pairs(&expected));
    assert_eq!(outcome.read("shop/a.txt"), "a\nold\n");
    assert_eq!(outcome.read("shop/own.txt"), "own\n");
}

/// Links and directories are in the way whatever the user says, and then nothing is replaced.
#[test]
fn what_cannot_be_replaced_is_an_error() {
    let test = place();
    let shop = test.dir().join("shop");
    std::os::unix::fs::symlink("own.txt", shop.join("link")).unwrap();
    fs::create_dir(shop.join("directory")).unwrap();
    fs::write(shop.join("d"), "").unwrap();
    let outcome = test
        .file("tpl/link", "x")
        .file("tpl/directory", "x")
        .arg("--overwrite")
        .status(1)
        .stderr_contains("[DIR]/shop/d already exists.")
        .stderr_contains("\n  [DIR]/shop/directory\n  [DIR]/shop/link\n")
        .run();
    assert_eq!(outcome.read("shop/a.txt"), "a\nold\n");
    assert_eq!(outcome.read("shop/own.txt"), "own\n");
    assert!(!outcome.dir().join("shop/.scaffold.toml").exists());
}

#[test]
fn the_two_exclude_each_other() {
    let test = place().args(["--overwrite", "--skip-existing"]).status(2);
    test.stderr_contains("cannot be used with").run();
}

const IDENTITY: &str =
    "[user]\n\tname = A\n\temail = a@example.org\n[init]\n\tdefaultBranch = main\n";

/// A run with `--git`, by somebody whose configuration is this.
fn with_git(configuration: &str) -> Test {
    let test = Test::new()
        .file("tpl/scaffold.toml", "name = 'house'")
        .file("tpl/a.txt", "a\n")
        .file("tpl/.gitignore", "ignored\n")
        .file("tpl/ignored", "x\n");
    fs::write(test.dir().join("../home/.gitconfig"), configuration).unwrap();
    test.args(["startproject", "mysite", "--template", "./tpl", "--git"])
}

fn git_in(outcome: &Outcome, directory: &str, arguments: &[&str]) -> String {
    let directory = outcome.dir().join(directory);
    let output = git(directory).args(arguments).output().unwrap();
    String::from_utf8(output.stdout)
        .unwrap()
        .trim_end()
        .to_owned()
}

#[test]
fn a_new_project_is_committed() {
    // A hook that comes with new repositories is for what the user writes.
    let configuration = format!("{IDENTITY}\ttemplateDir = ~/template\n");
    let test = with_git(&configuration);
    let hook = test.dir().join("../home/template/hooks/pre-commit");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, "#!/bin/sh\nexit 1\n").unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&hook, mode).unwrap();
    let outcome = test.run();
    let git = |arguments: &[&str]| git_in(&outcome, "mysite", arguments);
    assert_eq!(
        git(&["log", "--format=%an %s"]),
        "A Make mysite from the template house"
    );
    assert_eq!(git(&["ls-files"]), ".gitignore\n.scaffold.toml\na.txt");
    assert_eq!(git(&["status", "--porcelain"]), "");
}

#[test]
fn no_repository_is_made_in_another_and_none_for_a_dry_run() {
    let test = with_git(IDENTITY);
    assert!(
        git(test.dir())
            .args(["init", "--quiet"])
            .status()
            .unwrap()
            .success()
    );
    let outcome = test
        .stderr_contains("warning: no repository is made: `[DIR]/mysite` is in the repository")
        .run();
    assert!(!outcome.dir().join("mysite/.git").exists());
    let outcome = with_git(IDENTITY)
        .arg("--dry-run")
        .stdout_contains("a.txt")
        .run();
    assert!(!outcome.dir().join("mysite").exists());
}

#[test]
fn where_git_knows_nobody_the_project_is_made_and_the_user_told() {
    let outcome = with_git("[user]\n\tuseConfigOnly = true\n")
        .status(1)
        .stderr_contains("`git` does not know who you are")
        .stderr_contains("hint: say it with `git config --global user.name")
        .run();
    assert_eq!(outcome.read("mysite/a.txt"), "a\n");
    assert_eq!(
        git_in(&outcome, "mysite", &["ls-files"]),
        ".gitignore\n.scaffold.toml\na.txt"
    );
}

#[test]
fn of_a_directory_that_was_there_only_new_files_are_committed() {
    let test = with_git(IDENTITY).file("mysite/own.txt", "own\n");
    let outcome = test.arg("mysite").run();
    let files = git_in(&outcome, "mysite", &["ls-files"]);
    assert_eq!(files, ".gitignore\n.scaffold.toml\na.txt");
}

#[test]
fn without_git_nothing_is_made() {
    let test = with_git(IDENTITY).env("PATH", "/nowhere");
    let outcome = test
        .status(1)
        .stderr_contains("there is no `git` on the path")
        .run();
    assert!(!outcome.dir().join("mysite").exists());
}
