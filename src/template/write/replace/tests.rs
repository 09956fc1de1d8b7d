//! Changes that are made, and changes that are taken back.

use std::{fs, os::unix::fs::PermissionsExt as _};

use super::*;

static NEVER: AtomicBool = AtomicBool::new(false);

fn put(path: &str, contents: &str, replaces: bool) -> Step {
    Step::Put {
        path: path.into(),
        contents: contents.as_bytes().to_vec(),
        mode: 0o640,
        is_exact: true,
        replaces,
    }
}

fn remove(path: &str) -> Step {
    Step::Remove { path: path.into() }
}

/// A directory with these files.
fn directory(files: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

/// All files below, with their contents.
fn files(root: &Path) -> Vec<(String, String)> {
    let walk = walkdir::WalkDir::new(root).sort_by_file_name();
    walk.into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.depth() > 0)
        .map(|entry| {
            let path = entry.path().strip_prefix(root).unwrap();
            let text = fs::read_to_string(entry.path()).unwrap_or_default();
            (path.display().to_string(), text)
        })
        .collect()
}

fn run(steps: &[Step], root: &Path) -> Result<(), Error> {
    replace(steps, root, Subject::Project, &NEVER)
}

#[test]
fn files_come_and_go_and_change() {
    let root = directory(&[("a", "1"), ("b/c", "2"), ("d/e/f", "3"), ("d/own", "4")]);
    let steps = [
        put("a", "new", true),
        put("b/g/h", "made", false),
        remove("d/e/f"),
        remove("b/c"),
        put("d/e", "where a directory was", false),
        Step::Directory {
            path: "empty/er".into(),
        },
    ];
    // The directory `d/e` is still there when the file is to come.
    assert!(run(&steps, root.path()).is_err());
    let steps: Vec<_> = steps
        .into_iter()
        .filter(|step| step.path() != Path::new("d/e"))
        .collect();
    run(&steps, root.path()).unwrap();
    let there: Vec<_> = files(root.path())
        .into_iter()
        .map(|(path, text)| format!("{path}:{text}"))
        .collect();
    let expected = [
        "a:new",
        "b:",
        "b/g:",
        "b/g/h:made",
        "d:",
        "d/own:4",
        "empty:",
        "empty/er:",
    ];
    assert_eq!(there, expected);
    let mode = fs::metadata(root.path().join("a")).unwrap().permissions();
    assert_eq!(mode.mode() & 0o777, 0o640);
}

#[test]
fn where_one_step_fails_all_is_as_it_was() {
    let root = directory(&[("a", "1"), ("b/c", "2"), ("there", "3")]);
    let before = files(root.path());
    for last in [
        put("there", "x", false),
        put("missing", "x", true),
        put("a/below", "x", false),
        remove("gone"),
    ] {
        let steps = [
            put("a", "new", true),
            remove("b/c"),
            put("n/e/w", "x", false),
            last,
        ];
        assert!(run(&steps, root.path()).is_err());
        assert_eq!(files(root.path()), before);
    }
}

#[test]
fn no_link_leads_out() {
    let outside = directory(&[("file", "outside")]);
    let root = directory(&[("a", "1")]);
    std::os::unix::fs::symlink(outside.path(), root.path().join("link")).unwrap();
    for step in [
        put("link/file", "x", true),
        put("link/new", "x", false),
        remove("link/file"),
    ] {
        assert!(run(&[step], root.path()).is_err());
    }
    assert_eq!(files(outside.path()), [("file".into(), "outside".into())]);
}

#[test]
fn an_interrupted_run_changes_nothing() {
    let root = directory(&[("a", "1")]);
    let before = files(root.path());
    let stop = AtomicBool::new(true);
    let steps = [put("a", "2", true)];
    let result = replace(&steps, root.path(), Subject::Project, &stop);
    assert!(matches!(result, Err(Error::Interrupted { .. })));
    assert_eq!(files(root.path()), before);
}

#[test]
fn who_comes_after_a_killed_run_is_told_where_the_old_files_are() {
    let root = directory(&[("a", "1")]);
    let staging = Staging::inside(root.path(), Subject::Project, &NEVER).unwrap();
    let own = root.path().join(staging.relative_path());
    fs::create_dir(own.join(KEPT)).unwrap();
    fs::write(own.join(KEPT).join("a"), "old").unwrap();
    let directory = open_directory(CWD, root.path(), Links::Follow).unwrap();
    let paths = [Path::new("a")];
    let kind = Kind::Change;
    let subject = Subject::Project;
    let journal = Journal::start(&directory, root.path(), subject, kind, &paths).unwrap();
    // The files of a killed run stay, and its locks go.
    journal.abandon();
    staging.abandon();
    let error = run(&[put("a", "2", true)], root.path()).unwrap_err();
    assert!(
        error.to_string().contains("was killed while it changed"),
        "{error}"
    );
    assert!(error.hint().unwrap().contains(KEPT), "{:?}", error.hint());
    assert_eq!(fs::read_to_string(own.join(KEPT).join("a")).unwrap(), "old");
}
