//! Bursts, and Git at work.

use std::process::Command;

use super::*;

fn git(project: &Project, arguments: &[&str]) {
    let output = Command::new("git")
        .args(["-c", "user.name=x", "-c", "user.email=x@example.com"])
        .args(["-c", "commit.gpgsign=false", "-c", "gc.auto=0"])
        .args(arguments)
        .current_dir(&project.root)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .output()
        .expect("git is there");
    assert!(output.status.success(), "{output:?}");
}

#[tokio::test]
async fn a_checkout_of_many_files_is_one_change() {
    const FILES: usize = 2_000;
    let mut project = Project::new(&[]);
    git(&project, &["init", "-q", "-b", "one"]);
    for name in names(FILES) {
        fs::write(project.at(&name), "1\n").unwrap();
    }
    git(&project, &["add", "."]);
    git(&project, &["commit", "-q", "-m", "one"]);
    git(&project, &["checkout", "-q", "-b", "two"]);
    for name in names(FILES) {
        fs::write(project.at(&name), "2\n").unwrap();
    }
    git(&project, &["commit", "-q", "-a", "-m", "two"]);
    assert_eq!(project.change().await.count, FILES);
    project.watcher.resume();

    // The checkout runs while we wait, so there are many looks at what it has done so far.
    let root = project.root.clone();
    let checkout = std::thread::spawn(move || {
        Command::new("git")
            .args(["checkout", "-q", "one"])
            .current_dir(root)
            .status()
            .unwrap()
    });
    let change = project.change().await;
    assert_eq!(change.count, FILES);
    assert_eq!(change.kind, Kind::Code);
    assert_eq!(change.paths.len(), 100);
    assert!(change.paths.is_sorted());
    assert!(checkout.join().unwrap().success());
    project.watcher.resume();
    project.expect_nothing().await;
}

#[tokio::test]
async fn a_change_waits_for_git() {
    let mut project = Project::new(&["a.py", "b.py"]);
    // The repository may be younger than the watcher.
    write(&project.at(".git/index.lock"), "");
    project.write("a.py");
    let pending = timeout(Duration::from_millis(100), project.watcher.changed()).await;
    assert!(pending.is_err(), "Git is at work");
    assert!(!project.gate.is_open());
    project.write("b.py");
    fs::remove_file(project.at(".git/index.lock")).unwrap();
    project.expect(&["a.py", "b.py"]).await;
}

#[tokio::test]
async fn switching_there_and_back_is_no_change() {
    let mut project = Project::new(&["a.py", "b.py"]);
    git(&project, &["init", "-q", "-b", "one"]);
    git(&project, &["add", "."]);
    git(&project, &["commit", "-q", "-m", "one"]);
    git(&project, &["checkout", "-q", "-b", "two"]);
    project.write("a.py");
    git(&project, &["commit", "-q", "-a", "-m", "two"]);
    git(&project, &["checkout", "-q", "one"]);
    project.expect(&["a.py"]).await;
    project.load(&["a.py", "b.py"]).await;
    git(&project, &["checkout", "-q", "two"]);
    git(&project, &["checkout", "-q", "one"]);
    project.expect_nothing().await;
}
