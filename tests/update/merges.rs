//! What becomes of the files.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
};

use super::Story;

const TEXT: &str = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n";

/// The text with other lines.
fn with(changes: &[(&str, &str)]) -> String {
    changes
        .iter()
        .fold(TEXT.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[test]
fn where_nothing_has_changed_nothing_is_done() {
    let mut story = Story::new(&[("a.txt", TEXT)]);
    let before = story.tree();
    story.update(&[]).succeeds().says(&["up to date"]);
    // What only the user has changed, and a commit that changes nothing, are no update.
    story.user(&[("a.txt", "mine\n"), ("own.txt", "own\n")]);
    story.template(&[]);
    let changed = story.tree();
    story.update(&[]).succeeds().says(&["up to date"]);
    assert_eq!(story.tree(), changed);
    assert_ne!(before, changed);
    story.update(&["--check"]).succeeds().says(&["up to date"]);
}

#[test]
fn what_only_the_template_has_changed_is_taken() {
    let mut story = Story::new(&[("a.txt", TEXT), ("b/c.txt", "c\n")]);
    story.template(&[("a.txt", &with(&[("two", "TWO")])), ("d/e.txt", "e\n")]);
    let commit = story.git("tpl", &["rev-parse", "HEAD"]);
    story.update(&[]).succeeds().says(&[
        "updated   a.txt",
        "created   d/e.txt",
        "no conflicts",
        &commit[..10],
    ]);
    assert_eq!(story.read("a.txt"), with(&[("two", "TWO")]));
    assert_eq!(story.read("d/e.txt"), "e\n");
    assert!(story.read(".scaffold.toml").contains(&commit));
    story.commit("mysite");
    story.update(&[]).succeeds().says(&["up to date"]);
}

#[test]
fn changes_of_both_in_different_lines_are_merged() {
    let mut story = Story::new(&[("a.txt", TEXT)]);
    story.user(&[("a.txt", &with(&[("seven", "mine")]))]);
    story.template(&[("a.txt", &with(&[("two", "TWO")]))]);
    story.update(&[]).succeeds().says(&["merged    a.txt"]);
    assert_eq!(
        story.read("a.txt"),
        with(&[("two", "TWO"), ("seven", "mine")])
    );
}

#[test]
fn changes_of_both_in_the_same_lines_get_markers() {
    let mut story = Story::new(&[("a.txt", TEXT), ("b.txt", TEXT), ("c.bin", "a\0")]);
    story.user(&[("a.txt", &with(&[("two", "mine")])), ("c.bin", "mine\0")]);
    story.template(&[
        ("a.txt", &with(&[("two", "TWO")])),
        ("b.txt", &with(&[("two", "TWO")])),
        ("c.bin", "theirs\0"),
    ]);
    let ran = story.update(&[]).fails();
    ran.says(&[
        "conflict  a.txt",
        "updated   b.txt",
        "conflict  c.bin",
        "2 conflicts",
    ]);
    let markers = "<<<<<<< yours\nmine\n=======\nTWO\n>>>>>>> template";
    assert_eq!(story.read("a.txt"), with(&[("two", markers)]));
    assert_eq!(story.read("b.txt"), with(&[("two", "TWO")]));
    assert_eq!(story.read("c.bin"), "mine\0");
    assert!(!story.has("a.txt.rej") && !story.has("c.bin.rej"));
    // The project is at the new version: what was decided is not asked again.
    story.user(&[("a.txt", &with(&[("two", "decided")]))]);
    story.update(&[]).succeeds().says(&["up to date"]);
}

#[test]
fn changes_follow_a_file_that_the_template_moves() {
    let rule = "[[files]]\npath = 'by-rule.txt'\nrename = 'ruled.txt'\n";
    let other = "a\nb\nc\nd\n";
    let mut story = Story::new(&[("old/a.txt", TEXT), ("by-rule.txt", other)]);
    story.user(&[
        ("old/a.txt", &with(&[("seven", "mine")])),
        ("by-rule.txt", "a\nb\nc\nmine\n"),
    ]);
    story.template(&[
        ("old/a.txt", "gone"),
        ("new/b.txt", &with(&[("two", "TWO")])),
        ("scaffold.toml", rule),
        ("by-rule.txt", "A\nb\nc\nd\n"),
    ]);
    story.update(&[]).succeeds().says(&[
        "moved     new/b.txt (was old/a.txt)",
        "moved     ruled.txt (was by-rule.txt)",
    ]);
    assert_eq!(
        story.read("new/b.txt"),
        with(&[("two", "TWO"), ("seven", "mine")])
    );
    assert_eq!(story.read("ruled.txt"), "A\nb\nc\nmine\n");
    assert!(!story.has("old") && !story.has("by-rule.txt"));
}

#[test]
fn what_the_user_has_deleted_stays_so() {
    let mut story = Story::new(&[("a.txt", TEXT), ("b.txt", TEXT), ("m.txt", "1\n2\n3\n")]);
    story.user(&[("a.txt", "gone"), ("m.txt", "gone")]);
    let changed = with(&[("two", "TWO")]);
    story.template(&[
        ("a.txt", &changed),
        ("m.txt", "gone"),
        ("n.txt", "1\n2\n3\n"),
    ]);
    let dry = story.update(&["--dry-run"]).succeeds();
    dry.says(&[
        "deleted   a.txt",
        "--restore",
        "deleted   n.txt (was m.txt)",
    ]);
    story.git("mysite", &["checkout", "--quiet", "-b", "restored"]);
    story
        .update(&["--restore"])
        .succeeds()
        .says(&["created   a.txt"]);
    assert_eq!(story.read("a.txt"), changed);
    assert_eq!(story.read("n.txt"), "1\n2\n3\n");
    story.commit("mysite");
    story.git("mysite", &["checkout", "--quiet", "main"]);
    story.update(&[]).succeeds().says(&["deleted   a.txt"]);
    assert!(!story.has("a.txt") && !story.has("n.txt"));
}

#[test]
fn what_the_template_has_deleted_goes_unless_the_user_has_changed_it() {
    let mut story = Story::new(&[("d/a.txt", TEXT), ("b.txt", "b\n"), ("c.txt", "c\n")]);
    story.user(&[("b.txt", "mine\n"), ("c.txt", "gone")]);
    story.template(&[("d/a.txt", "gone"), ("b.txt", "gone"), ("c.txt", "gone")]);
    let ran = story.update(&[]).succeeds();
    ran.says(&["removed   d/a.txt", "kept      b.txt"]);
    assert!(!story.has("d"));
    assert_eq!(story.read("b.txt"), "mine\n");
}

#[test]
fn who_may_execute_a_file_follows_the_template() {
    let mut story = Story::new(&[("run", "x\n")]);
    fs::set_permissions(story.path("tpl/run"), fs::Permissions::from_mode(0o755)).unwrap();
    story.template(&[]);
    story.update(&[]).succeeds().says(&["updated   run"]);
    let mode = fs::metadata(story.path("mysite/run"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o755);
}

#[test]
fn what_is_new_in_the_template_meets_what_the_user_has_there() {
    let mut story = Story::new(&[("a.txt", "a\n")]);
    story.user(&[("same.txt", "x\n"), ("other.txt", "same\nmine\n")]);
    story.template(&[("same.txt", "x\n"), ("other.txt", "same\ntheirs\n")]);
    let ran = story.update(&[]).fails();
    assert!(!ran.stdout.contains("same.txt"), "{}", ran.stdout);
    assert_eq!(
        story.read("other.txt"),
        "same\n<<<<<<< yours\nmine\n=======\ntheirs\n>>>>>>> template\n"
    );
}

/// A module becomes a package, or a file a directory.
#[test]
fn a_directory_takes_the_place_of_a_file() {
    let mut story = Story::new(&[("settings.py", TEXT), ("docs", "old\n"), ("own", "own\n")]);
    story.user(&[
        ("settings.py", &with(&[("seven", "mine")])),
        ("own", "mine\n"),
    ]);
    story.template(&[("settings.py", "gone"), ("docs", "gone"), ("own", "gone")]);
    story.template(&[
        ("settings/__init__.py", &with(&[("two", "TWO")])),
        ("docs/index.md", "An index.\n"),
        ("own/file", "A file.\n"),
    ]);
    story.update(&[]).fails().says(&[
        "moved     settings/__init__.py (was settings.py)",
        "removed   docs\n",
        "created   docs/index.md",
        "kept      own:",
        "conflict  own/file: something else is there, and stays",
    ]);
    assert_eq!(
        story.read("settings/__init__.py"),
        with(&[("two", "TWO"), ("seven", "mine")])
    );
    assert_eq!(story.read("docs/index.md"), "An index.\n");
    assert_eq!(story.read("own"), "mine\n");
}

/// What the template makes only where there is nothing is the user's from then on.
#[test]
fn a_file_that_is_only_made_where_there_is_none_stays() {
    let rule = "[[files]]\npath = ['.env', 'gone.env', 'new.env', 'old.env', 'config']\n\
                skip-if-exists = true\n";
    let files = [
        ("scaffold.toml", rule),
        (".env", "A=1\n"),
        ("gone.env", "B=1\n"),
        ("old.env", "C=1\n"),
        ("other.txt", "1\n"),
    ];
    let mut story = Story::new(&files);
    story.user(&[("gone.env", "gone"), ("new.env", "mine\n")]);
    symlink("elsewhere", story.path("mysite/config")).unwrap();
    story.commit("mysite");
    story.template(&[
        (".env", "A=2\n"),
        ("gone.env", "B=2\n"),
        ("new.env", "D=2\n"),
        ("old.env", "gone"),
        ("config", "E=2\n"),
        ("other.txt", "2\n"),
    ]);
    let kept = "the template leaves it to you once it is there";
    story.update(&[]).succeeds().says(&[
        &format!("kept      .env: {kept}\n"),
        &format!("kept      config: {kept}\n"),
        &format!("kept      new.env: {kept}\n"),
        &format!("kept      old.env: {kept}\n"),
        "deleted   gone.env",
        "updated   other.txt",
    ]);
    for (path, text) in [
        (".env", "A=1\n"),
        ("new.env", "mine\n"),
        ("old.env", "C=1\n"),
    ] {
        assert_eq!(story.read(path), text);
    }
    assert!(!story.has("gone.env"));
    // Under its new name it is the user's too, and what is not there is made.
    story.user(&[(".env", "A=mine\n")]);
    story.template(&[
        (
            "scaffold.toml",
            "[[files]]\npath = '*.env'\nskip-if-exists = true\n\
             [[files]]\npath = '.env'\nrename = 'my.env'\n",
        ),
        (".env", "A=3\n"),
        ("more.env", "F=3\n"),
    ]);
    let ran = story.update(&[]).succeeds();
    ran.says(&["moved     my.env (was .env)", "created   more.env"]);
    assert_eq!(story.read("my.env"), "A=mine\n");
    assert!(!story.has(".env"));
    assert_eq!(story.read("more.env"), "F=3\n");
}

/// A template whose new version would write outside of the project, or over what is not its own.
#[test]
fn a_hostile_template_changes_nothing() {
    for rename in [
        "../../evil",
        "/tmp/evil",
        ".git/hooks/post-commit",
        ".scaffold.toml",
    ] {
        let mut story = Story::new(&[("a.txt", "a\n")]);
        let rule = format!("[[files]]\npath = 'a.txt'\nrename = '{rename}'\n");
        story.template(&[("scaffold.toml", &rule)]);
        let before = story.tree();
        story.update(&[]).fails().says(&["would be written to"]);
        assert_eq!(story.tree(), before);
        assert!(!story.path("evil").exists());
    }
}

/// A project of somebody else's that remembers files which are not in it.
#[test]
fn a_hostile_project_reaches_nothing_outside() {
    let mut story = Story::of_template(&[]);
    story.write("tpl", &[("a.txt", "a\n")]);
    story.start(&[]);
    story.write("", &[("outside.txt", "a\n")]);
    let memory = story.read(".scaffold.toml");
    let (_, print) = memory.split_once("\"a.txt\" = ").unwrap();
    let absolute = story.path("outside.txt").display().to_string();
    let memory = format!("{memory}\"../outside.txt\" = {print}\"{absolute}\" = {print}");
    story.user(&[(".scaffold.toml", &memory)]);
    story.write("tpl", &[("a.txt", "b\n")]);
    story.update(&[]).succeeds().says(&["updated   a.txt"]);
    assert!(story.path("outside.txt").exists());
}

#[test]
fn no_link_is_followed() {
    let mut story = Story::new(&[("d/a.txt", "a\n"), ("b.txt", "b\n")]);
    story.write("outside", &[("a.txt", "a\n"), ("b.txt", "b\n")]);
    fs::remove_dir_all(story.path("mysite/d")).unwrap();
    fs::remove_file(story.path("mysite/b.txt")).unwrap();
    symlink("../outside", story.path("mysite/d")).unwrap();
    symlink("../outside/b.txt", story.path("mysite/b.txt")).unwrap();
    story.commit("mysite");
    story.template(&[
        ("d/a.txt", "evil\n"),
        ("d/new.txt", "evil\n"),
        ("b.txt", "evil\n"),
    ]);
    let ran = story.update(&[]).fails();
    ran.says(&[
        "conflict  b.txt",
        "conflict  d/a.txt",
        "conflict  d/new.txt",
        "something else",
    ]);
    for (path, text) in [("a.txt", "a\n"), ("b.txt", "b\n")] {
        assert_eq!(
            fs::read_to_string(story.path("outside").join(path)).unwrap(),
            text
        );
    }
    assert!(!story.path("outside/new.txt").exists());
}
