//! New, removed and renamed files and directories.

use super::*;

#[tokio::test]
async fn a_new_file() {
    let mut project = Project::new(&[]);
    project.write("a.py");
    project.expect(&["a.py"]).await;
}

#[tokio::test]
async fn a_removed_file() {
    let mut project = Project::new(&["a.py"]);
    fs::remove_file(project.at("a.py")).unwrap();
    assert!(!project.gate.is_open());
    project.expect(&["a.py"]).await;
}

#[tokio::test]
async fn a_renamed_file() {
    let mut project = Project::new(&["a.py"]);
    fs::rename(project.at("a.py"), project.at("b.py")).unwrap();
    project.expect(&["a.py", "b.py"]).await;
}

#[tokio::test]
async fn what_comes_and_goes_at_once_is_nothing() {
    let mut project = Project::new(&[]);
    project.write("scratch.py");
    fs::remove_file(project.at("scratch.py")).unwrap();
    project.expect_nothing().await;
}

#[tokio::test]
async fn files_in_a_directory_that_was_filled_before_it_could_be_watched() {
    let mut project = Project::new(&[]);
    // The task has no turn in between: nobody can have set a watch.
    project.write("shop/deep/views.py");
    project.write("shop/models.py");
    assert!(!project.gate.is_open());
    project
        .expect(&["shop/deep/views.py", "shop/models.py"])
        .await;
    project.write("shop/deep/views.py");
    project.expect(&["shop/deep/views.py"]).await;
}

#[tokio::test]
async fn a_directory_that_is_moved_in_with_its_files() {
    let mut project = Setup::default()
        .files(&["../prepared/views.py", "../prepared/deep/models.py"])
        .start();
    fs::rename(project.at("../prepared"), project.at("shop")).unwrap();
    assert!(!project.gate.is_open());
    project
        .expect(&["shop/deep/models.py", "shop/views.py"])
        .await;
    project.write("shop/deep/models.py");
    project.expect(&["shop/deep/models.py"]).await;
}

#[tokio::test]
async fn a_renamed_package_is_watched_under_its_new_name() {
    let mut project = Project::new(&["shop/views.py", "shop/deep/models.py"]);
    fs::rename(project.at("shop"), project.at("store")).unwrap();
    project
        .expect(&["shop", "store/deep/models.py", "store/views.py"])
        .await;
    project.write("store/deep/models.py");
    project.expect(&["store/deep/models.py"]).await;
    project.write("shop/new.py");
    project.expect(&["shop/new.py"]).await;
}

#[tokio::test]
async fn a_package_that_is_moved_out_is_gone_and_no_longer_watched() {
    let mut project = Project::new(&["shop/views.py"]);
    project.load(&["shop/views.py"]).await;
    fs::rename(project.at("shop"), project.at("../shop")).unwrap();
    project.expect(&["shop", "shop/views.py"]).await;
    write(&project.at("../shop/views.py"), "elsewhere");
    project.expect_nothing().await;
}

#[tokio::test]
async fn a_directory_without_anything_that_matters_may_move_freely() {
    let mut project = Project::new(&["data/a.bin"]);
    fs::rename(project.at("data"), project.at("archive")).unwrap();
    fs::remove_dir_all(project.at("archive")).unwrap();
    fs::create_dir(project.at("data")).unwrap();
    project.expect_nothing().await;
}

#[tokio::test]
async fn a_removed_package() {
    let mut project = Project::new(&["shop/views.py", "shop/deep/models.py"]);
    fs::remove_dir_all(project.at("shop")).unwrap();
    project
        .expect(&["shop/deep/models.py", "shop/views.py"])
        .await;
    project.write("shop/views.py");
    project.expect(&["shop/views.py"]).await;
}

#[tokio::test]
async fn a_package_that_is_replaced_by_another_one() {
    let mut project = Setup::default()
        .files(&["shop/old.py", "../prepared/new.py"])
        .start();
    fs::rename(project.at("shop"), project.at("../old")).unwrap();
    fs::rename(project.at("../prepared"), project.at("shop")).unwrap();
    // What was in the old one is not known, as nothing loaded it; the new one's files are.
    project.expect(&["shop/new.py"]).await;
    project.write("shop/new.py");
    project.expect(&["shop/new.py"]).await;
    write(&project.at("../old/old.py"), "elsewhere");
    project.expect_nothing().await;
}

#[tokio::test]
async fn directories_that_change_places() {
    let mut project = Project::new(&["one/a.py", "two/b.py"]);
    fs::rename(project.at("one"), project.at("three")).unwrap();
    fs::rename(project.at("two"), project.at("one")).unwrap();
    fs::rename(project.at("three"), project.at("two")).unwrap();
    let (files, _) = project.changed().await;
    assert!(files.contains(&"one/b.py".to_owned()), "{files:?}");
    assert!(files.contains(&"two/a.py".to_owned()), "{files:?}");
    for file in ["one/b.py", "two/a.py"] {
        project.write(file);
        project.expect(&[file]).await;
    }
}

#[tokio::test]
async fn the_root_itself_may_go_and_come_back() {
    let mut project = Project::new(&["a.py", "shop/b.py"]);
    let away = project.place.path().join("away");
    fs::rename(&project.root, &away).unwrap();
    assert!(!project.gate.is_open());
    let change = project.change().await;
    assert_eq!(change.kind, Kind::Code);
    project.watcher.resume();
    fs::rename(&away, &project.root).unwrap();
    let (files, _) = project.changed().await;
    assert!(files.contains(&"shop/b.py".to_owned()), "{files:?}");
    project.write("shop/b.py");
    project.expect(&["shop/b.py"]).await;
}

#[tokio::test]
async fn a_directory_above_the_root_may_move() {
    let mut project = Setup::default().files(&["a.py"]).start_in("deep/down");
    let above = project.place.path().join("deep");
    let away = project.place.path().join("away");
    fs::rename(&above, &away).unwrap();
    assert!(!project.gate.is_open());
    assert_eq!(project.change().await.kind, Kind::Code);
    project.watcher.resume();
    fs::rename(&away, &above).unwrap();
    let change = project.change().await;
    assert!(change.files.contains_key(&project.at("a.py")), "{change:?}");
    project.watcher.resume();
    project.write("a.py");
    project.expect(&["a.py"]).await;
}

#[tokio::test]
async fn a_change_during_a_reload_keeps_the_gate_closed() {
    let mut project = Project::new(&["a.py", "b.py"]);
    project.write("a.py");
    project.change().await;
    assert!(!project.gate.is_open(), "nobody has resumed");
    project.write("b.py");
    project.watcher.resume();
    assert!(!project.gate.is_open(), "there is something new");
    project.expect(&["b.py"]).await;
    assert!(project.gate.is_open());
}

#[tokio::test]
async fn dropping_the_watcher_lets_requests_pass() {
    let mut project = Project::new(&["a.py"]);
    project.write("a.py");
    assert!(!project.gate.is_open());
    let Project { watcher, gate, .. } = project;
    let waiting = tokio::spawn({
        let gate = gate.clone();
        async move { gate.opened().await }
    });
    tokio::task::yield_now().await;
    drop(watcher);
    timeout(PATIENCE, waiting).await.unwrap().unwrap();
    assert!(gate.is_open());
}

/// Also after all has been looked at again.
#[tokio::test]
async fn directories_that_are_told_to_hold_templates_do() {
    let files = ["theme/a.html", "other/a.html", "../shared/a.html"];
    let mut project = Project::new(&files);
    let told = ["theme", "../shared", "../absent", ""].map(|path| project.at(path));
    project
        .watcher
        .templates(told.map(|path| normal(&path)).into());
    project.expect_nothing().await;
    for rules in ["x/", "y/"] {
        for file in ["theme/a.html", "../shared/a.html", "../shared/deep/new.txt"] {
            project.write(file);
            let expected = (vec![file.to_owned()], Kind::Template);
            assert_eq!(project.changed().await, expected);
        }
        project.write("other/a.html");
        fs::write(project.at(".gitignore"), rules).unwrap();
        project.expect_nothing().await;
    }
    project.write("../absent/a.html");
    let change = project.changed().await;
    assert_eq!(change.1, Kind::Template, "{change:?}");
}

/// Without `..`.
fn normal(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut before, part| {
        if part.as_os_str() == ".." {
            before.pop();
        } else {
            before.push(part);
        }
        before
    })
}
