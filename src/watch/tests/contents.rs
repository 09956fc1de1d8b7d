//! What was loaded is compared with what is there.

use std::fs::File;

use super::*;

#[tokio::test]
async fn touching_a_file_is_no_change_where_its_content_is_known() {
    let mut project = Project::new(&["a.py"]);
    project.load(&["a.py"]).await;
    let file = File::options().append(true).open(project.at("a.py"));
    file.unwrap().set_modified(SystemTime::now()).unwrap();
    assert!(!project.gate.is_open(), "it has not been looked at yet");
    project.expect_nothing().await;
}

#[tokio::test]
async fn saving_the_same_content_is_no_change_in_whatever_way() {
    let mut project = Project::new(&["a.py"]);
    project.load(&["a.py"]).await;
    let same = fs::read_to_string(project.at("a.py")).unwrap();
    write(&project.at("a.py"), &same);
    project.expect_nothing().await;
    write(&project.at("a.py.tmp"), &same);
    fs::rename(project.at("a.py.tmp"), project.at("a.py")).unwrap();
    project.expect_nothing().await;
    fs::remove_file(project.at("a.py")).unwrap();
    write(&project.at("a.py"), &same);
    project.expect_nothing().await;
}

#[tokio::test]
async fn a_change_is_told_once() {
    let mut project = Project::new(&["a.py"]);
    project.load(&["a.py"]).await;
    write(&project.at("a.py"), "new");
    project.expect(&["a.py"]).await;
    write(&project.at("a.py"), "new");
    project.expect_nothing().await;
    write(&project.at("a.py"), "1\n");
    project.expect(&["a.py"]).await;
}

#[tokio::test]
async fn a_save_while_a_generation_loads_counts_whatever_it_contains() {
    let mut project = Project::new(&["a.py"]);
    project.load(&["a.py"]).await;
    project.watcher.generation_started();
    write(&project.at("a.py"), "1\n");
    project.watcher.loaded(vec![project.at("a.py")]);
    project.expect(&["a.py"]).await;
}

#[tokio::test]
async fn a_save_before_a_generation_starts_is_compared() {
    let mut project = Project::new(&["a.py"]);
    project.load(&["a.py"]).await;
    write(&project.at("a.py"), "1\n");
    project.watcher.generation_started();
    project.watcher.loaded(vec![project.at("a.py")]);
    project.expect_nothing().await;
}

#[tokio::test]
async fn content_that_is_newer_than_the_generation_is_not_taken_for_the_loaded_one() {
    let mut project = Project::new(&["a.py"]);
    age(&project.at("a.py"));
    project.watcher.generation_started();
    // Loaded, say, and then written to, before anybody could note what was in it.
    write(&project.at("a.py"), "2\n");
    project.watcher.loaded(vec![project.at("a.py")]);
    project.expect(&["a.py"]).await;
}

#[tokio::test]
async fn files_outside_the_project_are_watched_once_they_are_loaded() {
    let mut project = Setup::default()
        .files(&["a.py", "../lib/pkg/mod.py", "../lib/pkg/other.py"])
        .start();
    write(&project.at("../lib/pkg/mod.py"), "2\n");
    project.expect_nothing().await;
    project.load(&["../lib/pkg/mod.py"]).await;
    write(&project.at("../lib/pkg/other.py"), "2\n");
    project.expect_nothing().await;
    write(&project.at("../lib/pkg/mod.py"), "2\n");
    project.expect_nothing().await;
    write(&project.at("../lib/pkg/mod.py"), "3\n");
    assert!(!project.gate.is_open());
    project.expect(&["../lib/pkg/mod.py"]).await;
}

#[tokio::test]
async fn a_file_outside_that_changed_before_it_was_watched_counts() {
    let mut project = Setup::default().files(&["../lib/mod.py"]).start();
    project.watcher.generation_started();
    write(&project.at("../lib/mod.py"), "2\n");
    let file = project.root.parent().unwrap().join("lib/mod.py");
    project.watcher.loaded(vec![file]);
    project.expect(&["../lib/mod.py"]).await;
}

#[tokio::test]
async fn a_directory_outside_may_go_and_come_back() {
    let mut project = Setup::default().files(&["../lib/pkg/mod.py"]).start();
    let file = project.root.parent().unwrap().join("lib/pkg/mod.py");
    age(&file);
    project.watcher.generation_started();
    project.watcher.loaded(vec![file.clone()]);
    timeout(PATIENCE, project.watcher.noted()).await.unwrap();
    fs::rename(project.at("../lib"), project.at("../gone")).unwrap();
    fs::remove_dir_all(project.at("../gone")).unwrap();
    project.expect(&["../lib/pkg/mod.py"]).await;
    write(&file, "back\n");
    project.expect(&["../lib/pkg/mod.py"]).await;
    write(&file, "again\n");
    project.expect(&["../lib/pkg/mod.py"]).await;
}

#[tokio::test]
async fn a_loaded_file_counts_though_git_ignores_it_unless_the_user_does() {
    let mut project = Setup::default()
        .file(".gitignore", "local_settings.py\nbuild/\n")
        .files(&["local_settings.py", "build/gen.py", "no.py"])
        .ignore("no.py")
        .start();
    project.write("local_settings.py");
    project.expect_nothing().await;
    project
        .load(&["local_settings.py", "build/gen.py", "no.py"])
        .await;
    project.write("local_settings.py");
    project.expect(&["local_settings.py"]).await;
    project.write("build/gen.py");
    project.expect(&["build/gen.py"]).await;
    project.write("no.py");
    project.expect_nothing().await;
}

#[tokio::test]
async fn modules_in_an_archive_change_with_it() {
    let mut project = Setup::default().files(&["../lib.zip"]).start();
    let archive = project.root.parent().unwrap().join("lib.zip");
    age(&archive);
    project.watcher.generation_started();
    project.watcher.loaded(vec![archive.join("pkg/mod.py")]);
    timeout(PATIENCE, project.watcher.noted()).await.unwrap();
    write(&archive, "1\n");
    project.expect_nothing().await;
    write(&archive, "2\n");
    project.expect(&["../lib.zip"]).await;
}

#[tokio::test]
async fn a_directory_above_files_outside_may_be_replaced() {
    let mut project = Setup::default()
        .files(&["../lib/src/pkg/mod.py", "../new/src/pkg/mod.py"])
        .start();
    let file = project.root.parent().unwrap().join("lib/src/pkg/mod.py");
    age(&file);
    project.watcher.generation_started();
    project.watcher.loaded(vec![file.clone()]);
    timeout(PATIENCE, project.watcher.noted()).await.unwrap();
    fs::rename(project.at("../lib"), project.at("../old")).unwrap();
    fs::rename(project.at("../new"), project.at("../lib")).unwrap();
    assert!(!project.gate.is_open());
    // The same content is in it.
    project.expect_nothing().await;
    write(&project.at("../old/src/pkg/mod.py"), "nobody's\n");
    project.expect_nothing().await;
    write(&file, "2\n");
    project.expect(&["../lib/src/pkg/mod.py"]).await;
}
