//! Each way in which editors and programs save a file.

use std::{
    fs::{self, File},
    io::Write as _,
    time::SystemTime,
};

use super::*;

#[tokio::test]
async fn write_in_place() {
    let mut project = Project::new(&["a.py"]);
    assert!(project.gate.is_open());
    project.write("a.py");
    assert!(!project.gate.is_open(), "the save has returned");
    project.expect(&["a.py"]).await;
    assert!(project.gate.is_open());
}

#[tokio::test]
async fn a_file_that_is_open_has_not_settled() {
    let mut project = Project::new(&["a.py", "b.py"]);
    let mut file = File::create(project.at("a.py")).unwrap();
    file.write_all(b"half").unwrap();
    assert!(!project.gate.is_open());
    project.write("b.py");
    // A single complete save would have settled long before this write is over.
    for _ in 0..20 {
        let pending = timeout(Duration::from_millis(5), project.watcher.changed()).await;
        assert!(pending.is_err(), "{pending:?}");
        file.write_all(b"more").unwrap();
    }
    drop(file);
    let closed = std::time::Instant::now();
    let change = project.change().await;
    assert_eq!(project.relative(&change), ["a.py", "b.py"]);
    assert!(change.settled >= closed);
}

#[tokio::test]
async fn a_file_that_is_never_closed_settles_all_the_same() {
    let mut project = Project::new(&["a.py"]);
    let mut file = File::create(project.at("a.py")).unwrap();
    file.write_all(b"x = 1").unwrap();
    project.expect(&["a.py"]).await;
    drop(file);
    project.expect_nothing().await;
}

#[tokio::test]
async fn rename_over() {
    let mut project = Project::new(&["a.py"]);
    project.write("a.py.tmp");
    fs::rename(project.at("a.py.tmp"), project.at("a.py")).unwrap();
    assert!(!project.gate.is_open());
    project.expect(&["a.py"]).await;
}

#[tokio::test]
async fn rename_over_from_elsewhere() {
    let mut project = Setup::default().files(&["a.py", "../prepared.py"]).start();
    fs::rename(project.at("../prepared.py"), project.at("a.py")).unwrap();
    project.expect(&["a.py"]).await;
}

#[tokio::test]
async fn delete_and_recreate() {
    let mut project = Project::new(&["a.py"]);
    fs::remove_file(project.at("a.py")).unwrap();
    project.write("a.py");
    project.expect(&["a.py"]).await;
    project.expect_nothing().await;
}

#[tokio::test]
async fn delete_and_recreate_with_a_pause_is_one_change() {
    let mut project = Project::new(&["a.py"]);
    fs::remove_file(project.at("a.py")).unwrap();
    let pending = timeout(Duration::from_millis(5), project.watcher.changed()).await;
    assert!(pending.is_err(), "it may come back");
    project.write("a.py");
    project.expect(&["a.py"]).await;
    project.expect_nothing().await;
}

#[tokio::test]
async fn as_vim_does() {
    let mut project = Project::new(&["a.py"]);
    // A swap file, a probe whether the directory can be written to, a backup by renaming.
    project.write(".a.py.swp");
    project.write("4913");
    fs::remove_file(project.at("4913")).unwrap();
    fs::rename(project.at("a.py"), project.at("a.py~")).unwrap();
    project.write("a.py");
    fs::remove_file(project.at("a.py~")).unwrap();
    fs::remove_file(project.at(".a.py.swp")).unwrap();
    project.expect(&["a.py"]).await;
    project.expect_nothing().await;
}

#[tokio::test]
async fn as_emacs_does() {
    let mut project = Project::new(&["a.py"]);
    symlink("user@host.1234:5678", project.at(".#a.py")).unwrap();
    project.write("#a.py#");
    fs::copy(project.at("a.py"), project.at("a.py~")).unwrap();
    project.write("a.py");
    fs::remove_file(project.at(".#a.py")).unwrap();
    project.expect(&["a.py"]).await;
    project.expect_nothing().await;
}

#[tokio::test]
async fn as_jetbrains_does() {
    let mut project = Project::new(&["a.py"]);
    project.write("a.py___jb_tmp___");
    fs::rename(project.at("a.py"), project.at("a.py___jb_old___")).unwrap();
    fs::rename(project.at("a.py___jb_tmp___"), project.at("a.py")).unwrap();
    fs::remove_file(project.at("a.py___jb_old___")).unwrap();
    project.expect(&["a.py"]).await;
}

#[tokio::test]
async fn opening_and_closing_in_an_editor_is_nothing() {
    let mut project = Project::new(&["a.py"]);
    project.write(".a.py.swp");
    fs::read(project.at("a.py")).unwrap();
    fs::remove_file(project.at(".a.py.swp")).unwrap();
    project.expect_nothing().await;
}

#[tokio::test]
async fn a_hard_link_over_a_file() {
    let mut project = Project::new(&["a.py", "b.txt"]);
    fs::remove_file(project.at("a.py")).unwrap();
    fs::hard_link(project.at("b.txt"), project.at("a.py")).unwrap();
    project.expect(&["a.py"]).await;
}

#[tokio::test]
async fn truncated_by_name() {
    let mut project = Project::new(&["a.py"]);
    // No file is opened and closed, so the system tells of a write that never ends.
    let path = project.at("a.py");
    rustix::fs::open(&path, rustix::fs::OFlags::WRONLY, rustix::fs::Mode::empty())
        .and_then(|file| rustix::fs::ftruncate(file, 0))
        .unwrap();
    project.expect(&["a.py"]).await;
}

#[tokio::test]
async fn with_an_older_time() {
    let mut project = Project::new(&["a.py"]);
    project.write("a.py.tmp");
    let file = File::options().write(true).open(project.at("a.py.tmp"));
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    file.unwrap().set_modified(long_ago).unwrap();
    fs::rename(project.at("a.py.tmp"), project.at("a.py")).unwrap();
    project.expect(&["a.py"]).await;
}

#[tokio::test]
async fn several_saves_at_once_are_one_change() {
    let mut project = Project::new(&["a.py", "shop/b.py", "shop/templates/c.html"]);
    for file in ["shop/b.py", "a.py", "shop/templates/c.html", "a.py"] {
        project.write(file);
    }
    project
        .expect(&["a.py", "shop/b.py", "shop/templates/c.html"])
        .await;
    project.expect_nothing().await;
}

#[tokio::test]
async fn each_kind_is_told_and_the_strongest_counts() {
    let mut project = Project::new(&["static/a.css", "templates/a.html"]);
    project.write("static/a.css");
    assert!(project.gate.is_open(), "no request waits for a style sheet");
    assert_eq!(
        project.changed().await,
        (vec!["static/a.css".to_owned()], Kind::Static)
    );
    project.write("templates/a.html");
    assert!(!project.gate.is_open());
    project.write("static/a.css");
    let (files, kind) = project.changed().await;
    assert_eq!(files, ["static/a.css", "templates/a.html"]);
    assert_eq!(kind, Kind::Template);
}

#[tokio::test]
async fn what_configures_the_application_counts() {
    let mut project = Setup::default()
        .file(".gitignore", ".env\n.env.*\n")
        .start();
    for file in [".env", ".env.local", ".flaskenv", "pyproject.toml"] {
        project.write(file);
        project.expect(&[file]).await;
    }
    project.write("locale/de/LC_MESSAGES/django.mo");
    project.expect(&["locale/de/LC_MESSAGES/django.mo"]).await;
}
