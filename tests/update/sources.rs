//! Where templates are, and what is known of their earlier versions.

use std::{fs, process::Command};

use super::Story;

/// Has `gh:owner/repo` mean the template's repository.
fn on_a_server(story: &Story) {
    let server = story.path("../home/server/owner");
    fs::create_dir_all(&server).unwrap();
    fs::rename(story.path("tpl"), server.join("repo.git")).unwrap();
    std::os::unix::fs::symlink(server.join("repo.git"), story.path("tpl")).unwrap();
    let config = format!(
        "[url \"{}/\"]\n\tinsteadOf = https://github.com/\n\tinsteadOf = https://me:secret@github.com/\n",
        server.parent().unwrap().canonicalize().unwrap().display()
    );
    fs::write(story.sandbox().home().join(".gitconfig"), config).unwrap();
}

#[test]
fn a_repository_is_asked_for_both_versions() {
    let mut story = Story::of_template(&[("sub/scaffold.toml", ""), ("sub/a.txt", "a\nb\nc\n")]);
    story.git("tpl", &["tag", "v1"]);
    on_a_server(&story);
    let place = ["--subdirectory", "sub", "--ref", "v1"];
    let template = ["--template", "https://me:secret@github.com/owner/repo.git"];
    let start = [&["startproject", "mysite"][..], &template, &place].concat();
    story.run_in("", &start).succeeds();
    story.git("mysite", &["init", "--quiet", "--initial-branch=main"]);
    story.commit("mysite");
    let memory = story.read(".scaffold.toml");
    for line in [
        "source = \"https://github.com/owner/repo.git\"\n",
        "reference = \"v1\"\n",
        "subdirectory = \"sub\"\n",
        &format!("commit = \"{}\"\n", story.git("tpl", &["rev-parse", "v1"])),
    ] {
        assert!(memory.contains(line), "{memory}");
    }
    assert!(!memory.contains("secret"), "{memory}");

    story.user(&[("a.txt", "a\nb\nmine\n")]);
    story.template(&[("sub/a.txt", "A\nb\nc\n")]);
    story.git("tpl", &["tag", "-a", "-m", "x", "v2"]);
    story.update(&[]).succeeds().says(&["up to date"]);
    story
        .update(&["--ref", "v2"])
        .succeeds()
        .says(&["merged    a.txt", "v2 "]);
    assert_eq!(story.read("a.txt"), "A\nb\nmine\n");
    assert!(
        story
            .read(".scaffold.toml")
            .contains("reference = \"v2\"\n")
    );
    story.commit("mysite");
    let ran = story.update(&["--ref", "v3"]).fails();
    ran.says(&["there is no `v3` in the repository", "v1"]);
}

#[test]
fn the_default_branch_is_followed_and_a_lost_commit_is_told() {
    let mut story = Story::of_template(&[("a.txt", "a\n")]);
    on_a_server(&story);
    story
        .run_in(
            "",
            &["startproject", "mysite", "--template", "gh:owner/repo"],
        )
        .succeeds();
    assert!(
        story
            .read(".scaffold.toml")
            .contains("source = \"gh:owner/repo\"\n")
    );
    story.template(&[("a.txt", "b\n")]);
    story
        .update(&["--force"])
        .succeeds()
        .says(&["updated   a.txt"]);
    assert_eq!(story.read("a.txt"), "b\n");
    // The history is rewritten, and what it was is not kept.
    story.git("tpl", &["checkout", "--quiet", "--orphan", "other"]);
    story.template(&[("a.txt", "c\n")]);
    story.git("tpl", &["branch", "-D", "main"]);
    story.git("tpl", &["branch", "-M", "main"]);
    story.git("tpl", &["reflog", "expire", "--expire=now", "--all"]);
    story.git("tpl", &["gc", "--quiet", "--prune=now"]);
    let before = story.tree();
    story.update(&["--check"]).fails();
    let ran = story.update(&["--force"]).fails();
    ran.says(&["has no commit `", "its history was rewritten"]);
    assert_eq!(story.tree(), before);
}

/// A directory without a repository, or with changes that are not committed, has no earlier
/// version: what the files were is remembered.
#[test]
fn without_a_history_whole_files_are_known() {
    let mut story = Story::of_template(&[]);
    story.write(
        "tpl",
        &[
            ("a.txt", "a\nb\nc\n"),
            ("b.txt", "a\nb\nc\n"),
            ("c.txt", "c\n"),
            ("d.txt", "KEY='{{ secret_key }}'\nd\n"),
            ("e.txt", "KEY='{{ secret_key }}'\ne\n"),
        ],
    );
    story.start(&[]);
    let memory = story.read(".scaffold.toml");
    assert!(
        !memory.contains("commit") && memory.contains("[files]\n"),
        "{memory}"
    );
    let key = story.read("d.txt");
    story.user(&[("b.txt", "a\nmine\nc\n"), ("c.txt", "mine\n")]);
    story.write(
        "tpl",
        &[
            ("a.txt", "A\nb\nc\n"),
            ("b.txt", "A\nb\nc\n"),
            ("d.txt", "KEY='{{ secret_key }}'\nD\n"),
        ],
    );
    let ran = story.update(&[]).fails();
    ran.says(&[
        "updated   a.txt",
        "conflict  b.txt",
        "updated   d.txt",
        "1 conflict ",
    ]);
    assert_eq!(story.read("a.txt"), "A\nb\nc\n");
    assert_eq!(
        story.read("b.txt"),
        "<<<<<<< yours\na\nmine\n=======\nA\nb\n>>>>>>> template\nc\n"
    );
    assert_eq!(story.read("c.txt"), "mine\n");
    assert_eq!(story.read("d.txt"), key.replace("\nd\n", "\nD\n"));
}

#[test]
fn a_template_that_has_moved_or_is_none_any_more() {
    let mut story = Story::new(&[("a.txt", "a\n")]);
    story.template(&[("a.txt", "b\n")]);
    fs::rename(story.path("tpl"), story.path("moved")).unwrap();
    let before = story.tree();
    let ran = story.update(&[]).fails();
    ran.says(&[
        "/tpl`, which the project was made from, is not there",
        "`--template`",
    ]);
    assert_eq!(story.tree(), before);
    story
        .update(&["--template", "../moved"])
        .succeeds()
        .says(&["updated   a.txt"]);
    let source = format!("source = \"{}\"\n", story.path("moved").display());
    assert!(story.read(".scaffold.toml").contains(&source));
    story.commit("mysite");
    fs::remove_file(story.path("moved/scaffold.toml")).unwrap();
    let ran = story.update(&[]).fails();
    ran.says(&["has no `scaffold.toml` any more"]);
}

/// A repository on the disk, and a commit of one, are what `--ref` means.
#[test]
fn repositories_on_the_disk_have_references() {
    let mut story = Story::of_template(&[("a.txt", "1\n")]);
    story.git("tpl", &["tag", "v1"]);
    story.template(&[("a.txt", "2\n")]);
    story.git("tpl", &["tag", "v2"]);
    story.write("tpl", &[("a.txt", "not committed\n")]);
    story.start(&["--ref", "v1"]);
    assert_eq!(story.read("a.txt"), "1\n");
    story.update(&["--check"]).succeeds();
    story.update(&["--ref", "v2"]).succeeds();
    assert_eq!(story.read("a.txt"), "2\n");
    story.commit("mysite");

    story.git("", &["clone", "--quiet", "--bare", "tpl", "bare"]);
    story.write("tpl", &[("a.txt", "3\n")]);
    story.commit("tpl");
    story.git("tpl", &["push", "--quiet", "../bare", "main"]);
    story
        .update(&["--template", "../bare", "--ref", "main"])
        .succeeds();
    assert_eq!(story.read("a.txt"), "3\n");
    let source = format!("source = \"{}\"\n", story.path("bare").display());
    assert!(story.read(".scaffold.toml").contains(&source));
    let ran = story.run_in("", &["startproject", "other", "--template", "./bare"]);
    ran.succeeds();
    assert!(!story.path("other/HEAD").exists());
    let ran = story.run_in(
        "",
        &[
            "startproject",
            "x_y",
            "--template",
            "./mysite",
            "--ref",
            "v1",
        ],
    );
    assert_eq!(ran.status, 1, "{}", ran.stderr);
}

#[test]
fn built_in_templates_are_remembered_and_those_of_django_are_not() {
    let mut story =
        Story::of_template(&[("scaffold.toml", "gone"), ("a.py", "{{ project_name }}")]);
    story.run_in("", &["startproject", "mysite"]).succeeds();
    let memory = story.read(".scaffold.toml");
    assert!(memory.contains("source = \"django\"\n"), "{memory}");
    assert!(memory.contains("/settings.py\" = \""), "{memory}");
    story.update(&[]).succeeds().says(&["up to date"]);
    story
        .run_in("", &["startproject", "other", "--template", "./tpl"])
        .succeeds();
    assert!(!story.path("other/.scaffold.toml").exists());
}

#[test]
fn an_application_remembers_its_template_where_that_has_questions() {
    let mut story = Story::of_template(&[("a.txt", "{{ app_name }} a\n")]);
    fs::create_dir(story.path("there")).unwrap();
    let app = |story: &mut Story, name: &str, more: &[&str]| {
        let start = ["startapp", name, "--template", "./tpl"];
        story.run_in("", &[&start, more].concat()).succeeds();
    };
    app(&mut story, "one", &[]);
    assert!(!story.path("one/.scaffold.toml").exists());
    story.template(&[(
        "scaffold.toml",
        "[[variables]]\nname = 'x'\ndefault = 'y'\n",
    )]);
    app(&mut story, "two", &[]);
    assert!(story.path("two/.scaffold.toml").exists());
    app(&mut story, "three", &["there"]);
    assert!(!story.path("there/.scaffold.toml").exists());
    story.template(&[("a.txt", "{{ app_name }} {{ x }}\n")]);
    story.run_in("two", &["update", "--force"]).succeeds();
    assert_eq!(
        fs::read_to_string(story.path("two/a.txt")).unwrap(),
        "two y\n"
    );
}

/// A file that was kept when the project was made is the user's, whatever the template makes.
#[test]
fn what_was_there_before_the_project_counts_as_changed() {
    let mut story = Story::of_template(&[]);
    story.write("tpl", &[("a.txt", "a\n"), ("b.txt", "b\n")]);
    story.write("mysite", &[("a.txt", "mine\n")]);
    let start = ["startproject", "mysite", "mysite", "--template", "./tpl"];
    story
        .run_in("", &[&start[..], &["--skip-existing"]].concat())
        .succeeds();
    story.write("tpl", &[("a.txt", "A\n"), ("b.txt", "B\n")]);
    story.update(&["--force"]).fails();
    assert!(story.read("a.txt").contains("mine\n"));
    assert_eq!(story.read("b.txt"), "B\n");
}

/// What a formatter does after the project is made is no change of the user's.
#[test]
fn both_versions_are_formatted_as_the_project_was() {
    let files = [("a.py", "a = 'x'\nb = 'x'\nc = 'x'\n"), ("b.txt", "'\n")];
    for has_history in [true, false] {
        let mut story = Story::of_template(&[]);
        story.write("tpl", &files);
        if has_history {
            story.commit("tpl");
        }
        let black = "#!/bin/sh\nshift 2\nexec sed -i \"s/'/\\\"/g\" \"$@\"\n";
        // A shell writes it: a file that this process has open for writing cannot be run.
        let bin = story.path("bin");
        fs::create_dir(&bin).unwrap();
        let write = ["-c", "printf %s \"$0\" >black && chmod +x black", black];
        let written = Command::new("sh").args(write).current_dir(&bin).status();
        assert!(written.unwrap().success());
        story.sandbox.as_mut().unwrap().first_on_path(&bin);
        story.start(&[]);
        assert_eq!(story.read("a.py"), "a = \"x\"\nb = \"x\"\nc = \"x\"\n");
        assert!(
            story
                .read(".scaffold.toml")
                .contains("formatter = \"black\"\n")
        );
        if has_history {
            story.user(&[("a.py", "a = \"x\"\nb = \"x\"\nc = 'mine'\n")]);
        }
        story.write(
            "tpl",
            &[("a.py", "a = 'y'\nb = 'x'\nc = 'x'\n"), ("b.txt", "''\n")],
        );
        if has_history {
            story.commit("tpl");
        }
        story
            .update(&[])
            .succeeds()
            .says(&["b.txt", "no conflicts"]);
        let last = if has_history { "'mine'" } else { "\"x\"" };
        assert_eq!(
            story.read("a.py"),
            format!("a = \"y\"\nb = \"x\"\nc = {last}\n")
        );
        assert_eq!(story.read("b.txt"), "''\n");
        story.commit("mysite");
        story.write("tpl", &[("a.py", "a = 'z'\nb = 'x'\nc = 'x'\n")]);
        story.update(&[]).succeeds();
        assert_eq!(
            story.read("a.py"),
            format!("a = \"z\"\nb = \"x\"\nc = {last}\n")
        );
    }
}

/// The template is as it was, and the one that it builds on is not.
#[test]
fn another_version_of_the_base_is_an_update() {
    let mut story = Story::of_template(&[("scaffold.toml", "extends = '../base'\n")]);
    story.write("base", &[("scaffold.toml", ""), ("b.txt", "1\n")]);
    story.start(&[]);
    story.update(&["--check"]).succeeds().says(&["up to date"]);
    story.write("base", &[("b.txt", "2\n")]);
    let ran = story.update(&["--check"]).fails();
    ran.says(&["has another version: ", ", built on another version\n"]);
    story.update(&[]).succeeds().says(&["updated   b.txt"]);
    assert_eq!(story.read("b.txt"), "2\n");
}
