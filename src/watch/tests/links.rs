//! Symbolic links to files and directories, in and out of the project.

use super::*;

/// Replaces a link as programs do that want it to be there at any moment.
fn swap(project: &Project, link: &str, target: &str) {
    let new = project.at("../new_link");
    symlink(target, &new).unwrap();
    fs::rename(new, project.at(link)).unwrap();
}

#[tokio::test]
async fn a_file_is_watched_through_a_link() {
    let mut project = Setup::default()
        .files(&["../shared/real.txt", "../shared/other.txt"])
        .link("settings.py", "../shared/real.txt")
        .start();
    project.write("../shared/other.txt");
    project.expect_nothing().await;
    project.write("../shared/real.txt");
    assert!(!project.gate.is_open());
    project.expect(&["settings.py"]).await;
    write(&project.at("../shared/new.txt"), "new\n");
    fs::rename(
        project.at("../shared/new.txt"),
        project.at("../shared/real.txt"),
    )
    .unwrap();
    project.expect(&["settings.py"]).await;
}

#[tokio::test]
async fn a_link_to_a_file_is_swapped() {
    let mut project = Setup::default()
        .files(&["../shared/one.txt", "../shared/same.txt"])
        .file("../shared/two.txt", "2\n")
        .link("settings.py", "../shared/one.txt")
        .start();
    project.load(&["settings.py"]).await;
    swap(&project, "settings.py", "../shared/same.txt");
    project.expect_nothing().await;
    swap(&project, "settings.py", "../shared/two.txt");
    assert!(!project.gate.is_open());
    project.expect(&["settings.py"]).await;
    project.write("../shared/one.txt");
    project.expect_nothing().await;
    project.write("../shared/two.txt");
    project.expect(&["settings.py"]).await;
}

#[tokio::test]
async fn a_link_that_leads_nowhere_comes_to_lead_somewhere() {
    let mut project = Setup::default()
        .link("settings.py", "../shared/deep/real.txt")
        .start();
    write(&project.at("../shared/deep/real.txt"), "1\n");
    project.expect(&["settings.py"]).await;
    project.write("../shared/deep/real.txt");
    project.expect(&["settings.py"]).await;
}

#[tokio::test]
async fn a_link_that_leads_nowhere_may_come_to_lead_to_a_directory() {
    let mut project = Setup::default()
        .files(&["a.py"])
        .link("app", "../shared/app")
        .start();
    project.write("../shared/app/views.py");
    assert!(!project.gate.is_open());
    project.expect(&["app/views.py"]).await;
    project.write("../shared/app/views.py");
    project.expect(&["app/views.py"]).await;
}

#[tokio::test]
async fn a_link_that_leads_nowhere_may_come_and_go() {
    // As browsers and editors lock what they use.
    let mut project = Project::new(&["a.py"]);
    symlink("host-1234", project.at("SingletonLock")).unwrap();
    project.expect_nothing().await;
    fs::remove_file(project.at("SingletonLock")).unwrap();
    project.expect_nothing().await;
}

#[tokio::test]
async fn a_directory_is_watched_through_a_link() {
    let mut project = Setup::default()
        .files(&["../shared/app/views.py", "../shared/app/deep/models.py"])
        .link("app", "../shared/app")
        .start();
    project.write("../shared/app/deep/models.py");
    assert!(!project.gate.is_open());
    project.expect(&["app/deep/models.py"]).await;
    project.write("../shared/app/more/new.py");
    project.expect(&["app/more/new.py"]).await;
}

#[tokio::test]
async fn a_link_to_a_directory_is_swapped() {
    let mut project = Setup::default()
        .files(&["../one/same.py", "../two/same.py", "../two/added.py"])
        .file("../one/views.py", "1\n")
        .file("../two/views.py", "2\n")
        .link("app", "../one")
        .start();
    project.load(&["app/views.py", "app/same.py"]).await;
    swap(&project, "app", "../two");
    assert!(!project.gate.is_open());
    project.expect(&["app/added.py", "app/views.py"]).await;
    project.write("../one/views.py");
    project.expect_nothing().await;
    project.write("../two/views.py");
    project.expect(&["app/views.py"]).await;
}

#[tokio::test]
async fn a_link_on_the_way_is_swapped() {
    // As Kubernetes mounts configuration: files are links through one that is swapped.
    let mut project = Setup::default()
        .file("../volume/..one/config.py", "1\n")
        .file("../volume/..two/config.py", "2\n")
        .link("../volume/..data", "..one")
        .link("../volume/config.py", "..data/config.py")
        .link("config.py", "../volume/config.py")
        .start();
    project.load(&["config.py"]).await;
    swap(&project, "../volume/..data", "..two");
    assert!(!project.gate.is_open());
    project.expect(&["config.py"]).await;
    project.write("../volume/..one/config.py");
    project.expect_nothing().await;
    project.write("../volume/..two/config.py");
    project.expect(&["config.py"]).await;
}

#[tokio::test]
async fn a_link_to_a_directory_comes_and_goes() {
    let mut project = Setup::default().files(&["../shared/views.py"]).start();
    symlink("../shared", project.at("app")).unwrap();
    assert!(!project.gate.is_open());
    project.expect(&["app/views.py"]).await;
    project.write("../shared/views.py");
    project.expect(&["app/views.py"]).await;
    fs::remove_file(project.at("app")).unwrap();
    assert!(!project.gate.is_open());
    let (files, _) = project.changed().await;
    assert!(files.contains(&"app/views.py".to_owned()), "{files:?}");
    project.write("../shared/views.py");
    project.expect_nothing().await;
}

#[tokio::test]
async fn the_target_of_a_link_goes_and_comes_back() {
    let mut project = Setup::default()
        .files(&["../shared/app/views.py"])
        .link("app", "../shared/app")
        .start();
    project.load(&["app/views.py"]).await;
    fs::rename(project.at("../shared/app"), project.at("../away")).unwrap();
    assert!(!project.gate.is_open());
    let (files, _) = project.changed().await;
    assert!(files.contains(&"app/views.py".to_owned()), "{files:?}");
    fs::rename(project.at("../away"), project.at("../shared/app")).unwrap();
    project.expect(&["app/views.py"]).await;
    project.write("../shared/app/views.py");
    project.expect(&["app/views.py"]).await;
}

#[tokio::test]
async fn loops_end() {
    let mut project = Setup::default()
        .files(&["a/x.py", "b/y.py", "../beside/z.py"])
        .link("a/self", ".")
        .link("a/up", "..")
        .link("a/above", "../..")
        .link("a/b", "../b")
        .link("b/a", "../a")
        .link("b/nothing", "nothing")
        .start();
    project.write("a/x.py");
    let (files, _) = project.changed().await;
    assert!(files.contains(&"a/x.py".to_owned()), "{files:?}");
    assert!(files.len() <= 2, "{files:?}");
    project.write("../beside/z.py");
    project.expect_nothing().await;
}

#[tokio::test]
async fn two_links_to_one_directory_outlast_each_other() {
    let mut project = Setup::default()
        .files(&["../shared/views.py"])
        .link("one", "../shared")
        .link("two", "../shared")
        .start();
    project.write("../shared/views.py");
    assert_eq!(project.changed().await.0.len(), 1);
    for (link, other) in [("one", "two"), ("two", "one")] {
        fs::remove_file(project.at(link)).unwrap();
        project.changed().await;
        project.write("../shared/views.py");
        let seen = format!("{other}/views.py");
        project.expect(&[&seen]).await;
        symlink("../shared", project.at(link)).unwrap();
        project.open().await;
        let _ = timeout(Duration::from_millis(1), project.watcher.changed()).await;
        project.watcher.resume();
    }
}
