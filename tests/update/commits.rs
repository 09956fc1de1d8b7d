//! Which commit a project remembers of a template that is a directory of the user's.

use std::{fs, os::unix::fs::symlink, process::Command};

use super::Story;

/// Where the template is, the directory of a project made from it, and what that remembers.
fn remembered(story: &mut Story, template: &str, project: &str) -> String {
    let start = ["startproject", project, "--template", template];
    let ran = story.run_in("", &start);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    fs::read_to_string(story.path(project).join(".scaffold.toml")).unwrap()
}

/// A repository with a template in a directory, and other things beside it.
fn story() -> Story {
    Story::of_template(&[
        ("sub/scaffold.toml", ""),
        ("sub/a.txt", "a\n"),
        ("sub/b/c.txt", "c\n"),
        ("other.txt", "x\n"),
        (".gitignore", "*.log\n__pycache__/\n"),
    ])
}

#[test]
fn what_is_committed_is_remembered_as_a_commit() {
    let mut story = story();
    let head = format!(
        "commit = \"{}\"\n",
        story.git("tpl", &["rev-parse", "HEAD"])
    );
    for (number, template) in ["./tpl", "./tpl/sub"].into_iter().enumerate() {
        let memory = remembered(&mut story, template, &format!("mysite{number}"));
        assert!(memory.contains(&head), "{template}: {memory}");
        assert!(!memory.contains("[files]"), "{template}: {memory}");
    }
    // What is in the repository and not in the template makes no difference.
    story.write(
        "tpl",
        &[("other.txt", "y\n"), ("sub/__pycache__/a.pyc", "x")],
    );
    let memory = remembered(&mut story, "./tpl/sub", "again");
    assert!(memory.contains(&head), "{memory}");
}

#[test]
fn what_is_not_taken_from_a_commit_makes_no_difference() {
    let mut story = story();
    story.template(&[("sub/.github/ci.yml", "x\n"), ("sub/docs/d.txt", "d\n")]);
    let head = format!(
        "commit = \"{}\"\n",
        story.git("tpl", &["rev-parse", "HEAD"])
    );
    let start = ["startproject", "mysite", "--template", "./tpl/sub"];
    story
        .run_in("", &[&start[..], &["--exclude", "docs"]].concat())
        .succeeds();
    assert!(story.has(".github/ci.yml") && !story.has("docs"));
    assert!(story.read(".scaffold.toml").contains(&head));
    let memory = remembered(&mut story, "./tpl/sub", "hidden");
    assert!(!story.path("hidden/.github").exists());
    assert!(memory.contains(&head), "{memory}");
}

#[test]
fn a_link_is_what_it_leads_to() {
    let mut story = story();
    symlink("b/c.txt", story.path("tpl/sub/link.txt")).unwrap();
    story.commit("tpl");
    let head = format!(
        "commit = \"{}\"\n",
        story.git("tpl", &["rev-parse", "HEAD"])
    );
    let memory = remembered(&mut story, "./tpl/sub", "mysite");
    assert_eq!(story.read("link.txt"), "c\n");
    assert!(memory.contains(&head), "{memory}");
}

#[test]
fn repositories_with_other_hashes_are_known_too() {
    let mut story = story();
    fs::remove_dir_all(story.path("tpl/.git")).unwrap();
    story.git("tpl", &["init", "--quiet", "--object-format=sha256"]);
    story.commit("tpl");
    let head = format!(
        "commit = \"{}\"\n",
        story.git("tpl", &["rev-parse", "HEAD"])
    );
    let memory = remembered(&mut story, "./tpl/sub", "mysite");
    assert!(memory.contains(&head), "{memory}");
}

#[test]
fn what_is_not_committed_is_remembered_by_its_files() {
    for (path, text) in [
        ("sub/a.txt", "A\n"),
        ("sub/a.txt", "gone"),
        ("sub/new.txt", "new\n"),
        ("sub/scaffold.toml", "name = \"x\"\n"),
    ] {
        let mut story = story();
        story.write("tpl", &[(path, text)]);
        let memory = remembered(&mut story, "./tpl/sub", "mysite");
        assert!(!memory.contains("commit = "), "{path} {text}: {memory}");
        assert!(memory.contains("[files]"), "{path} {text}: {memory}");
    }
    let mut story = story();
    let path = story.path("tpl/sub/a.txt");
    let chmod = Command::new("chmod").arg("+x").arg(path).status();
    assert!(chmod.unwrap().success());
    let memory = remembered(&mut story, "./tpl/sub", "mysite");
    assert!(!memory.contains("commit = "), "{memory}");
}

#[test]
fn a_repository_without_commits_or_with_another_fault_does_no_harm() {
    let mut story = story();
    fs::write(story.path("tpl/.git/HEAD"), "ref: refs/heads/none\n").unwrap();
    let memory = remembered(&mut story, "./tpl/sub", "unborn");
    assert!(memory.contains("[files]"), "{memory}");
    fs::write(story.path("tpl/.git/HEAD"), "nonsense\n").unwrap();
    let memory = remembered(&mut story, "./tpl/sub", "broken");
    assert!(memory.contains("[files]"), "{memory}");
}
