//! What does not count, and where no watch is set.

use super::*;

/// The directories that are watched as part of the project, relative to its root.
fn watched(project: &Project) -> Vec<String> {
    let state = project.watcher.state();
    let entered = state.tree.iter().filter(|(_, known)| known.is_entered);
    let relative = entered.map(|(path, _)| path.strip_prefix(&project.root).unwrap());
    relative
        .map(|path| path.to_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn no_watch_is_set_where_nothing_matters() {
    let project = Setup::default()
        .file(".gitignore", "/media/\n*.log\n")
        .file("shop/.gitignore", "generated/\n")
        .file(
            "target/CACHEDIR.TAG",
            "Signature: 8a477f597d28d172789f06886806bc55\n",
        )
        .file("tagged/CACHEDIR.TAG", "something else\n")
        .files(&[
            "shop/views.py",
            "shop/generated/a.py",
            "shop/__pycache__/views.cpython-312.pyc",
            "media/deep/a.png",
            "node_modules/pkg/a.js",
            ".git/objects/00/a",
            ".tox/py312/a.py",
            "shop.egg-info/a.txt",
            "venv/pyvenv.cfg",
            "venv/lib/a.py",
            "conda/conda-meta/history",
            "conda/lib/a.py",
            "env/a.py",
            "target/debug/a.so",
        ])
        .start();
    assert_eq!(watched(&project), ["", "env", "shop", "tagged"]);
}

/// Also after all has been looked at again.
#[tokio::test]
async fn directories_that_are_told_to_hold_uploads_do_not_count() {
    let files = ["a.py", "media/deep/a.html", "code/b.py"];
    let mut project = Setup::default().files(&files).start();
    project.watcher.loaded(vec![project.at("code/b.py")]);
    let told = ["media", "code", ""].map(|path| project.at(path));
    project.watcher.uploads(told.into());
    project.expect_nothing().await;
    for rules in ["x/", "y/"] {
        for file in ["media/a.py", "media/deep/a.html", "media/new/a.css"] {
            project.write(file);
            assert!(project.gate.is_open(), "{file}");
        }
        fs::write(project.at(".gitignore"), rules).unwrap();
        project.expect_nothing().await;
    }
    assert!(
        !watched(&project)
            .iter()
            .any(|path| path.starts_with("media"))
    );
    for file in ["a.py", "code/b.py", "code/new.py"] {
        project.write(file);
        assert_eq!(project.changed().await.0, [file]);
    }
}

#[tokio::test]
async fn what_nobody_writes_by_hand_does_not_count() {
    let mut project = Setup::default()
        .file(".gitignore", "generated.py\n")
        .files(&["a.py"])
        .start();
    for file in [
        "db.sqlite3",
        "db.sqlite3-journal",
        "debug.log",
        "generated.py",
        "media/photo.unknown",
        "__pycache__/a.cpython-312.pyc",
        ".git/index",
        "node_modules/pkg/index.js",
        "README.md",
        "a.pyi",
    ] {
        project.write(file);
        assert!(project.gate.is_open(), "{file}");
    }
    project.expect_nothing().await;
}

#[tokio::test]
async fn an_environment_that_is_made_while_we_watch_does_not_count() {
    let mut project = Project::new(&["a.py"]);
    project.write("venv/early.py");
    project.write("venv/pyvenv.cfg");
    project.write("venv/lib/python3.12/site-packages/pip/main.py");
    project.expect_nothing().await;
    assert_eq!(watched(&project), [""]);
}

#[tokio::test]
async fn an_environment_around_the_project_does_not_hide_it() {
    let mut project = Project::new(&["pyvenv.cfg", "a.py", "shop/b.py"]);
    project.write("shop/b.py");
    project.expect(&["shop/b.py"]).await;
}

#[tokio::test]
async fn the_user_says_what_counts() {
    let mut project = Setup::default()
        .file(".gitignore", "secret.yaml\nnode_modules/\n")
        .files(&["node_modules/mine/a.js", "node_modules/theirs/b.js"])
        .watch("*.yaml")
        .watch("node_modules/mine/**")
        .ignore("docs/")
        .ignore("conf.py")
        .start();
    for file in ["secret.yaml", "deep/down/x.yaml", "node_modules/mine/a.js"] {
        project.write(file);
        project.expect(&[file]).await;
    }
    for file in [
        "node_modules/theirs/b.js",
        "docs/a.py",
        "conf.py",
        ".x.yaml.swp",
    ] {
        project.write(file);
    }
    project.expect_nothing().await;
    assert_eq!(
        watched(&project),
        ["", "deep", "deep/down", "node_modules", "node_modules/mine"]
    );
}

#[tokio::test]
async fn a_pattern_of_everything_does_not_bring_back_caches_and_databases() {
    let mut project = Setup::default()
        .files(&["src/a.py"])
        .watch("src/**")
        .start();
    project.write("src/data.unknown");
    project.expect(&["src/data.unknown"]).await;
    project.write("src/__pycache__/a.cpython-312.pyc");
    project.write("src/db.sqlite3");
    project.write("src/.a.py.swp");
    project.expect_nothing().await;
}

#[tokio::test]
async fn changed_rules_take_effect() {
    let mut project = Setup::default()
        .file(".gitignore", "off/\nx.py\n")
        .files(&["off/a.py", "on/b.py", "x.py", "y.py"])
        .start();
    assert_eq!(watched(&project), ["", "on"]);
    write(&project.at(".gitignore"), "on/\ny.py\n");
    assert!(project.gate.is_open(), "the rules themselves are no code");
    // What comes in may have changed at any time.
    project.expect(&["off/a.py"]).await;
    assert_eq!(watched(&project), ["", "off"]);
    project.write("off/a.py");
    project.expect(&["off/a.py"]).await;
    project.write("x.py");
    project.expect(&["x.py"]).await;
    project.write("on/b.py");
    project.write("y.py");
    project.expect_nothing().await;
    fs::remove_file(project.at(".gitignore")).unwrap();
    // One comes in, the other was just written.
    project.expect(&["on/b.py", "y.py"]).await;
}

#[tokio::test]
async fn a_file_that_was_ignored_a_moment_ago_is_not_lost() {
    let mut project = Setup::default()
        .file(".gitignore", "x.py\n")
        .files(&["x.py"])
        .start();
    // As a checkout does that changes both.
    project.write("x.py");
    write(&project.at(".gitignore"), "");
    project.expect(&["x.py"]).await;
}

#[tokio::test]
async fn wrong_roots_and_patterns_are_errors() {
    let place = tempfile::tempdir().unwrap();
    let start = |root: &Path, pattern: &str| {
        let rules = Rules {
            root: root.to_owned(),
            watch: vec![pattern.to_owned()],
            ..Rules::default()
        };
        crate::watch::start(rules)
            .map(|_| ())
            .unwrap_err()
            .to_string()
    };
    let missing = place.path().join("missing");
    assert!(start(&missing, "*").starts_with("cannot watch `"));
    let file = place.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(start(&file, "*").starts_with("cannot watch `"));
    assert!(start(place.path(), "a[").starts_with("`a[` is not a pattern: "));
}
