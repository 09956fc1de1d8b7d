//! Systems and file systems without events.

use super::*;
use crate::watch::Notice;

fn polled() -> Setup {
    Setup::default().limits(Limits {
        has_events: false,
        ..Limits::default()
    })
}

#[tokio::test]
async fn each_way_of_changing_is_found() {
    let mut project = polled()
        .files(&["a.py", "shop/views.py", "templates/a.html"])
        .start();
    let notices = project.watcher.take_notices();
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert!(notices[0].to_string().contains("1 % of a processor core"));

    project.write("a.py");
    project.expect(&["a.py"]).await;
    write(&project.at("a.py.tmp"), "renamed\n");
    fs::rename(project.at("a.py.tmp"), project.at("a.py")).unwrap();
    project.expect(&["a.py"]).await;
    project.write("new.py");
    project.expect(&["new.py"]).await;
    fs::remove_file(project.at("new.py")).unwrap();
    project.expect(&["new.py"]).await;
    project.write("more/deep/new.py");
    project.expect(&["more/deep/new.py"]).await;
    project.write("more/deep/new.py");
    project.expect(&["more/deep/new.py"]).await;
    fs::rename(project.at("shop"), project.at("store")).unwrap();
    let (files, _) = project.changed().await;
    assert!(files.contains(&"store/views.py".to_owned()), "{files:?}");
    project.write("store/views.py");
    project.expect(&["store/views.py"]).await;
    project.write("templates/a.html");
    assert_eq!(project.changed().await.1, Kind::Template);
}

#[tokio::test]
async fn an_older_time_is_another_time() {
    let mut project = polled().files(&["a.py"]).start();
    write(&project.at("a.py"), "2\n");
    let file = fs::File::options().write(true).open(project.at("a.py"));
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    file.unwrap().set_modified(long_ago).unwrap();
    project.expect(&["a.py"]).await;
}

#[tokio::test]
async fn contents_are_compared() {
    let mut project = polled().files(&["a.py", "../lib/mod.py"]).start();
    project.load(&["a.py"]).await;
    let file = project.root.parent().unwrap().join("lib/mod.py");
    project.watcher.loaded(vec![file.clone()]);
    timeout(PATIENCE, project.watcher.noted()).await.unwrap();
    // Until a whole round has passed since, what is found may have happened before.
    for _ in 0..3 {
        project.expect_nothing().await;
    }
    write(&project.at("a.py"), "1\n");
    write(&file, "2\n");
    project.expect(&["../lib/mod.py"]).await;
    write(&project.at("a.py"), "2\n");
    project.expect(&["a.py"]).await;
}

#[tokio::test]
async fn links_are_followed() {
    let mut project = polled()
        .files(&["../one/views.py", "../real.txt"])
        .file("../two/views.py", "2\n")
        .link("app", "../one")
        .link("settings.py", "../real.txt")
        .start();
    project.write("../real.txt");
    project.expect(&["settings.py"]).await;
    project.write("../one/views.py");
    project.expect(&["app/views.py"]).await;
    symlink("../two", project.at("new")).unwrap();
    fs::rename(project.at("new"), project.at("app")).unwrap();
    let (files, _) = project.changed().await;
    assert!(files.contains(&"app/views.py".to_owned()), "{files:?}");
    project.write("../two/views.py");
    project.expect(&["app/views.py"]).await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_notice_names_the_remedy() {
    let project = polled().files(&["a.py"]).start();
    let notices = project.watcher.take_notices();
    let [notice @ Notice::QueueLimit { .. }] = &notices[..] else {
        panic!("{notices:?}");
    };
    assert!(notice.hint().unwrap().contains("max_user_instances"));
}
