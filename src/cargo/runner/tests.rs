use std::collections::HashSet;

use super::*;
use crate::cargo::Rule;

fn package(directory: &Path) -> Package {
    Package {
        name: "my-site".to_owned(),
        crate_name: "my_site".to_owned(),
        directory: directory.join("é \"x\""),
        library: directory.join("src/lib.rs"),
        workspace: directory.to_owned(),
        target: directory.join("target"),
    }
}

fn application(is_async: bool) -> Application {
    Application {
        settings: None,
        path: vec!["wsgi".to_owned(), "application".to_owned()],
        crate_name: "my_site".to_owned(),
        rule: Rule::Default,
        position: None,
        is_async,
    }
}

#[test]
fn the_manifest_takes_profiles_and_patches_from_the_workspace() {
    let manifest = manifest(
        "scaffold-runner-my-site",
        &package(Path::new("/w")),
        "[profile.dev]\ndebug = 1\n[patch.crates-io]\na = { path = '../a' }\nb = { git = 'x' }\n",
        false,
    );
    let manifest: Table = manifest.unwrap().parse().unwrap();
    assert_eq!(manifest["profile"]["dev"]["debug"], Value::from(1));
    assert_eq!(
        manifest["patch"]["crates-io"]["a"]["path"],
        "/w/../a".into()
    );
    assert_eq!(manifest["patch"]["crates-io"]["b"]["git"], "x".into());
    assert_eq!(
        manifest["dependencies"]["application"]["package"],
        "my-site".into()
    );
    assert_eq!(
        manifest["dependencies"]["application"]["path"],
        "/w/é \"x\"".into()
    );
    assert_eq!(manifest["workspace"], Table::new().into());
}

#[test]
fn what_profiles_say_of_dependencies_is_not_for_the_project() {
    let manifest = |of_workspace: &str| {
        let manifest = manifest("runner", &package(Path::new("/w")), of_workspace, false).unwrap();
        let manifest: Table = manifest.parse().unwrap();
        manifest["profile"]["dev"].clone()
    };
    let dev = manifest(
        "[profile.dev]\ndebug = 1\n\
         [profile.dev.package.\"*\"]\ndebug = false\nopt-level = 3\n",
    );
    assert_eq!(dev["package"]["*"]["debug"], false.into());
    assert_eq!(dev["package"]["my-site"]["debug"], 1.into());
    assert_eq!(dev["package"]["my-site"]["opt-level"], 0.into());
    let dev = manifest(
        "[profile.dev.package.\"*\"]\ndebug = false\nopt-level = 3\n\
         [profile.dev.package.my-site]\nopt-level = 1\n",
    );
    assert_eq!(dev["package"]["my-site"]["debug"], true.into());
    assert_eq!(dev["package"]["my-site"]["opt-level"], 1.into());
    assert!(
        manifest("[profile.dev]\ndebug = 1\n")
            .get("package")
            .is_none()
    );
}

#[test]
fn signals_are_taken_where_the_project_has_what_that_needs() {
    let directory = tempfile::tempdir().unwrap();
    let package = package(directory.path());
    let features = || {
        let environment = Environment::default();
        let runner = RunnerCrate::write(&package, &application(false), &environment).unwrap();
        let read = |file: &str| fs::read_to_string(runner.directory.join(file)).unwrap();
        let manifest: Table = read("Cargo.toml").parse().unwrap();
        let features = manifest["dependencies"]["tokio"]["features"].to_string();
        (features.contains("signal"), read("src/signals.rs"))
    };
    assert_eq!(features(), (false, NO_SIGNALS.to_owned()));
    let lock = "[[package]]\nname = \"signal-hook-registry\"\nversion = \"1.4.5\"\n";
    fs::write(directory.path().join("Cargo.lock"), lock).unwrap();
    assert_eq!(features(), (true, SIGNALS.to_owned()));
}

#[test]
fn the_call_is_by_a_name_that_no_keyword_disturbs() {
    let call = "server::run(|| async { application::r#wsgi::r#application() })";
    assert!(main(&application(false)).contains(call));
    assert!(main(&application(true)).contains("::r#application().await }"));
}

/// A build of one is not in the way of a build of another.
#[test]
fn each_application_and_environment_has_a_runner_of_its_own() {
    let package = package(Path::new("/w"));
    let other = Application {
        path: vec!["other".to_owned()],
        ..application(false)
    };
    let environment = |value: &str| Environment {
        set: vec![("A".into(), value.into())],
        ..Environment::default()
    };
    let labels = [
        label(&package, &application(false), &Environment::default()),
        label(&package, &other, &Environment::default()),
        label(&package, &other, &environment("1")),
        label(&package, &other, &environment("2")),
    ];
    let distinct: HashSet<_> = labels.iter().collect();
    assert_eq!(distinct.len(), labels.len(), "{labels:?}");
    assert_eq!(labels[2], label(&package, &other, &environment("1")));
}

#[test]
fn a_lock_file_is_taken_over_when_the_project_has_another_one() {
    let directory = tempfile::tempdir().unwrap();
    let lock = directory.path().join("Cargo.lock");
    fs::write(&lock, "one").unwrap();
    let package = package(directory.path());
    let write = || {
        let environment = Environment::default();
        RunnerCrate::write(&package, &application(false), &environment).unwrap()
    };
    let runner = write();
    let own = runner.directory.join("Cargo.lock");
    fs::write(&own, "one, and the runner's").unwrap();
    write();
    assert_eq!(fs::read_to_string(&own).unwrap(), "one, and the runner's");
    fs::write(&lock, "two").unwrap();
    write();
    assert_eq!(fs::read_to_string(&own).unwrap(), "two");
}
