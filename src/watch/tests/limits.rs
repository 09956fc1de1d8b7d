//! What happens when the system's limits are reached.

use super::*;
use crate::watch::Notice;

/// More events than the kernel's queue holds.
fn overflow(project: &Project) {
    let limit = fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap();
    let limit: usize = limit.trim().parse().unwrap();
    let file = |number: usize| project.at(&format!("noise{}", number % 100));
    for number in 0..=limit / 2 {
        fs::write(file(number), "").unwrap();
        fs::remove_file(file(number)).unwrap();
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn nothing_is_lost_when_the_queue_overflows() {
    let mut project = Project::new(&["a.py", "b.py", "shop/views.py", "shop/gone.py"]);
    project
        .load(&["a.py", "b.py", "shop/views.py", "shop/gone.py"])
        .await;
    overflow(&project);
    // The queue is full: the system does not tell of these.
    write(&project.at("a.py"), "lost\n");
    write(&project.at("shop/new/deep.py"), "lost\n");
    fs::remove_file(project.at("shop/gone.py")).unwrap();
    assert!(!project.gate.is_open());
    let (files, _) = project.changed().await;
    for file in ["a.py", "shop/new/deep.py", "shop/gone.py"] {
        assert!(files.contains(&file.to_owned()), "{files:?}");
    }
    for file in ["b.py", "shop/views.py"] {
        assert!(!files.contains(&file.to_owned()), "{files:?}");
    }
    project.write("shop/new/deep.py");
    project.expect(&["shop/new/deep.py"]).await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_overflow_by_what_does_not_matter_is_no_change() {
    let mut project = Setup::default()
        .files(&["shop/views.py", "shop/unloaded.py", "static/a.css"])
        .start();
    project.load(&["shop/views.py"]).await;
    overflow(&project);
    assert!(!project.gate.is_open());
    project.expect_nothing().await;
}

#[tokio::test]
async fn what_cannot_be_watched_is_polled() {
    let limits = Limits {
        watches: 1,
        ..Limits::default()
    };
    let mut project = Setup::default()
        .files(&["a.py", "shop/views.py", "shop/deep/models.py"])
        .limits(limits)
        .start();
    let notices = project.watcher.take_notices();
    let [Notice::WatchLimit { unwatched: 2, .. }] = &notices[..] else {
        panic!("{notices:?}");
    };
    assert!(notices[0].hint().unwrap().contains("max_user_watches"));
    assert_eq!(project.watcher.take_notices(), []);
    for file in [
        "shop/deep/models.py",
        "a.py",
        "shop/views.py",
        "shop/more/new.py",
    ] {
        project.write(file);
        project.expect(&[file]).await;
    }
}

#[tokio::test]
async fn more_directories_than_can_be_followed_are_told_of() {
    let limits = Limits {
        directories: 2,
        ..Limits::default()
    };
    let project = Setup::default()
        .files(&["a/a.py", "b/b.py", "c/c.py"])
        .limits(limits)
        .start();
    assert_eq!(
        project.watcher.take_notices(),
        [Notice::TooManyDirectories { most: 2 }]
    );
}

#[tokio::test]
async fn nothing_is_told_where_all_is_well() {
    let project = Project::new(&["a.py", "shop/views.py"]);
    assert_eq!(project.watcher.take_notices(), []);
}
