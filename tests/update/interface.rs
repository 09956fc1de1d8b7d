//! Options, outputs, and what must be so before anything is changed.

use std::{fs, process::Command};

use assert_cmd::cargo::cargo_bin;

use super::Story;

/// A project with something to update: one file to take, one in conflict, one that was moved.
fn story() -> Story {
    let story = Story::new(&[
        ("a.txt", "a\nb\nc\n"),
        ("b.txt", "b\n"),
        ("c.txt", "1\n2\n3\n"),
    ]);
    story.user(&[("b.txt", "mine\n")]);
    story.template(&[
        ("a.txt", "A\nb\nc\n"),
        ("b.txt", "theirs\n"),
        ("c.txt", "gone"),
        ("d.txt", "1\n2\n3\n"),
    ]);
    story
}

#[test]
fn looking_changes_nothing() {
    let mut story = story();
    // Not even a clean tree is needed.
    story.write("mysite", &[("a.txt", "a\nb\nc\nnot committed\n")]);
    let before = story.tree();
    story
        .update(&["--check"])
        .fails()
        .says(&["has another version", "(was "]);
    let diff = story.update(&["--diff"]).succeeds();
    assert_eq!(
        diff.stdout,
        "--- a/a.txt\n+++ b/a.txt\n@@ -1,4 +1,4 @@\n-a\n+A\n b\n c\n not committed\n\
         --- a/b.txt\n+++ b/b.txt\n@@ -1 +1,5 @@\n+<<<<<<< yours\n mine\n+=======\n+theirs\n\
         +>>>>>>> template\n\
         --- a/c.txt\n+++ b/d.txt\n"
    );
    let ran = story.update(&["--diff", "--json"]).succeeds();
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["written"], false);
    let files = report["files"].as_array().unwrap().iter();
    let diffs: String = files.filter_map(|it| it["diff"].as_str()).collect();
    assert_eq!(diffs, diff.stdout);
    let dry = story.update(&["--dry-run"]).fails();
    dry.says(&[
        "merged    a.txt",
        "conflict  b.txt",
        "moved     d.txt (was c.txt)",
        "would be",
    ]);
    assert_eq!(story.tree(), before);
}

#[test]
fn the_report_is_json_where_that_is_wanted() {
    let mut story = story();
    let project = story.path("mysite").display().to_string();
    let (old, new) = (
        story.git("tpl", &["rev-parse", "HEAD~"]),
        story.git("tpl", &["rev-parse", "HEAD"]),
    );
    let ran = story.update(&["--json"]).fails();
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["command"], "update");
    assert_eq!(report["project"], story.sandbox().filter(&project));
    assert_eq!(report["from"]["commit"], old);
    assert_eq!(report["to"]["commit"], new);
    assert_eq!(report["update_available"], true);
    assert_eq!(report["written"], true);
    assert_eq!(report["conflicts"], serde_json::json!(["b.txt"]));
    assert_eq!(
        report["files"],
        serde_json::json!([
            { "path": "a.txt", "status": "updated" },
            { "path": "b.txt", "status": "conflict" },
            { "path": "d.txt", "from": "c.txt", "status": "moved" },
        ])
    );
    let ran = story.update(&["--json", "--check"]).succeeds();
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["update_available"], false);
    fs::remove_file(story.path("mysite/.scaffold.toml")).unwrap();
    let ran = story.update(&["--json"]).fails();
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert!(
        report["error"]
            .as_str()
            .unwrap()
            .contains("remembers no template")
    );
}

#[test]
fn what_is_not_committed_is_in_the_way_unless_forced() {
    let mut story = story();
    story.write(
        "mysite",
        &[("own.txt", "not tracked\n"), ("c.txt", "1\n2\nmine\n")],
    );
    let before = story.tree();
    let ran = story.update(&[]).fails();
    ran.says(&[
        "has changes that are not committed",
        "c.txt",
        "hint: commit or stash them",
    ]);
    assert_eq!(story.tree(), before);
    story
        .update(&["--force"])
        .fails()
        .says(&["moved     d.txt (was c.txt)"]);
    assert_eq!(story.read("d.txt"), "1\n2\nmine\n");
}

#[test]
fn without_a_repository_it_has_to_be_forced() {
    let mut story = story();
    fs::remove_dir_all(story.path("mysite/.git")).unwrap();
    let before = story.tree();
    let ran = story.update(&[]).fails();
    ran.says(&["is in no Git repository", "--force"]);
    assert_eq!(story.tree(), before);
    story.update(&["--force"]).fails();
    assert_eq!(story.read("a.txt"), "A\nb\nc\n");
    // And from another directory.
    story
        .run_in("", &["update", "mysite"])
        .succeeds()
        .says(&["up to date"]);
}

#[test]
fn a_directory_that_remembers_nothing_is_none_to_update() {
    let mut story = Story::new(&[]);
    let ran = story.run_in("", &["update", "tpl"]).fails();
    ran.says(&[
        "`[DIR]/tpl` remembers no template",
        "hint: only what was made",
    ]);
    story.user(&[("sub/directory/file", "x\n")]);
    let ran = story.run_in("mysite/sub/directory", &["update"]).fails();
    ran.says(&["hint: the project is `[DIR]/mysite`: go there, or run `scaffold update [DIR]"]);
    story.write("mysite", &[(".scaffold.toml", "[template]\nsource = 1\n")]);
    let ran = story.update(&[]).fails();
    ran.says(&[
        ".scaffold.toml:2:10: invalid type",
        "hint: take the file from the history",
    ]);
}

/// The file system takes no more in the middle of the writing.
#[test]
fn where_writing_fails_all_is_as_it_was() {
    let mut story = story();
    story.template(&[("z.txt", &"large\n".repeat(100_000))]);
    let before = story.tree();
    let output = Command::new("sh")
        .args(["-c", "ulimit -f 200; exec \"$0\" update"])
        .arg(cargo_bin!("scaffold"))
        .current_dir(story.path("mysite"))
        .env_clear()
        .envs(story.sandbox().env())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("cannot write"), "{said}");
    assert_eq!(story.tree(), before);
    story.update(&[]).fails().says(&["created   z.txt"]);
}
