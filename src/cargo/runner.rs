//! The runner: a crate below the target directory that calls the application and serves it, so that
//! the project needs nothing for that. It is built in the project's own target directory, from the
//! versions in the project's `Cargo.lock`.

use std::{
    fs,
    io::ErrorKind,
    iter,
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};
use toml::{Table, Value};

use super::{Application, Error, Package};
use crate::project::Environment;

/// The runner's program; `APPLICATION` stands for the call.
const MAIN: &str = include_str!("runner/main.rs");

/// The part that is the same for all projects.
const SERVER: &str = include_str!("runner/server.rs");

/// Which frames of a panic are shown, in the terminal as on the page.
const BACKTRACE: &str = include_str!("runner/backtrace.rs");

/// How SIGTERM is left to the front.
const SIGNALS: &str = include_str!("runner/signals.rs");

/// The same where Tokio would need more for that than the project has.
const NO_SIGNALS: &str = "/// SIGTERM ends this process.\n\
    pub fn leave_to_front() -> std::io::Result<()> {\n    Ok(())\n}\n";

/// How a lock file names what Tokio needs for signals.
const NEEDED_FOR_SIGNALS: &str = "name = \"signal-hook-registry\"\n";

/// How the project is called in the runner, whatever its name: it may be that of a dependency.
const PROJECT: &str = "application";

/// What the runner needs beside the project: what `axum` consists of, so that most projects have
/// all of it already.
const DEPENDENCIES: [(&str, &str, &[&str]); 4] = [
    ("hyper", "1", &["http1", "server"]),
    ("hyper-util", "0.1", &["tokio"]),
    ("tokio", "1", &["io-util", "net", "rt-multi-thread", "time"]),
    ("tower-service", "0.3", &[]),
];

/// What Cargo's profile `dev` has where a manifest says nothing
/// (<https://doc.rust-lang.org/cargo/reference/profiles.html#dev>).
const USUAL_DEV: &str = "opt-level = 0\n\
    debug = true\n\
    strip = \"none\"\n\
    debug-assertions = true\n\
    overflow-checks = true\n\
    incremental = true\n\
    codegen-units = 256";

/// The project's `Cargo.lock` as it was when the runner's was made of it.
const LOCK_COPY: &str = "project.lock";

/// The runner of a package, on the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunnerCrate {
    /// Its directory.
    pub(super) directory: PathBuf,
    /// The name of its program.
    pub(super) name: String,
}

impl RunnerCrate {
    /// Writes what is not there as it should be: what has not changed need not be built again.
    pub fn write(
        package: &Package,
        application: &Application,
        environment: &Environment,
    ) -> Result<Self, Error> {
        let label = label(package, application, environment);
        let name = format!("scaffold-runner-{label}");
        let directory = package.target.join("scaffold/runner").join(label);
        let of_workspace = |file| read(&package.workspace.join(file));
        let lock = of_workspace("Cargo.lock")?;
        let takes_signals = lock
            .as_ref()
            .is_some_and(|lock| lock.contains(NEEDED_FOR_SIGNALS));
        let manifest = manifest(
            &name,
            package,
            &of_workspace("Cargo.toml")?.unwrap_or_default(),
            takes_signals,
        )?;
        let source = directory.join("src");
        fs::create_dir_all(&source).map_err(|error| Error::Write {
            path: source.clone(),
            source: error,
        })?;
        write(&directory.join("Cargo.toml"), &manifest)?;
        write(&source.join("main.rs"), &main(application))?;
        write(&source.join("server.rs"), SERVER)?;
        write(&source.join("backtrace.rs"), BACKTRACE)?;
        let signals = if takes_signals { SIGNALS } else { NO_SIGNALS };
        write(&source.join("signals.rs"), signals)?;
        // Cargo adds to the runner's what only that needs; this must not be lost each time.
        if let Some(lock) = lock
            && write(&directory.join(LOCK_COPY), &lock)?
        {
            write(&directory.join("Cargo.lock"), &lock)?;
        }
        Ok(Self { directory, name })
    }
}

/// What is the project's own in a target directory that several may share: its name, and a hash of
/// where it is, of what is served and of the environment. Two sites may be of one package, and each
/// is built while the other one is.
fn label(package: &Package, application: &Application, environment: &Environment) -> String {
    let mut hash = Sha256::new();
    hash.update(package.directory.as_os_str().as_encoded_bytes());
    let name = application.name().into();
    let variables = environment
        .set
        .iter()
        .flat_map(|(name, value)| [name, value]);
    for text in iter::once(&name).chain(variables) {
        hash.update([0]);
        hash.update(text.as_encoded_bytes());
    }
    let [a, b, c, d, ..] = hash.finalize().0;
    let hash = u32::from_be_bytes([a, b, c, d]);
    format!("{}-{hash:08x}", package.name)
}

/// The program's text.
fn main(application: &Application) -> String {
    let path: Vec<_> = application
        .path
        .iter()
        .map(|name| format!("::r#{name}"))
        .collect();
    let mark = if application.is_async { ".await" } else { "" };
    MAIN.replace(
        "APPLICATION",
        &format!("{PROJECT}{}(){mark}", path.concat()),
    )
}

/// The runner's manifest. Of the workspace's manifest it takes what counts only there: the profiles,
/// so that the project's dependencies are built once for both, and the patches.
fn manifest(
    name: &str,
    package: &Package,
    of_workspace: &str,
    takes_signals: bool,
) -> Result<String, Error> {
    let path = package.directory.to_str();
    let path = path.ok_or_else(|| Error::NotUtf8(package.directory.clone()))?;
    let mut dependencies = Table::new();
    let project = [("package", package.name.as_str()), ("path", path)];
    let project: Table = project
        .map(|(key, value)| (key.to_owned(), value.into()))
        .into_iter()
        .collect();
    dependencies.insert(PROJECT.to_owned(), project.into());
    for (dependency, version, features) in DEPENDENCIES {
        let mut table = Table::new();
        table.insert("version".to_owned(), version.into());
        let signal = (takes_signals && dependency == "tokio").then_some("signal");
        let features: Vec<Value> = features
            .iter()
            .copied()
            .chain(signal)
            .map(Value::from)
            .collect();
        table.insert("features".to_owned(), features.into());
        dependencies.insert(dependency.to_owned(), table.into());
    }
    let mut description = Table::new();
    for (key, value) in [("name", name), ("version", "0.0.0"), ("edition", "2021")] {
        description.insert(key.to_owned(), value.into());
    }
    description.insert("publish".to_owned(), false.into());
    let mut manifest = Table::new();
    manifest.insert("package".to_owned(), description.into());
    manifest.insert("dependencies".to_owned(), dependencies.into());
    manifest.insert("workspace".to_owned(), Table::new().into());
    // One that does not parse has been told by Cargo.
    let mut of_workspace: Table = of_workspace.parse().unwrap_or_default();
    if let Some(mut profile) = of_workspace.remove("profile") {
        keep_own_settings(&mut profile, &package.name);
        manifest.insert("profile".to_owned(), profile);
    }
    if let Some(Value::Table(mut patch)) = of_workspace.remove("patch") {
        for (_, sources) in &mut patch {
            for (_, crate_) in sources.as_table_mut().into_iter().flatten() {
                root_path(crate_, &package.workspace)?;
            }
        }
        manifest.insert("patch".to_owned(), patch.into());
    }
    Ok(manifest.to_string())
}

/// Lets the project be built as its profile says. In the runner it is a dependency, for which
/// `package."*"` would hold as well, that is often without debugging information or optimised.
fn keep_own_settings(profiles: &mut Value, project: &str) {
    let Some(Value::Table(dev)) = profiles.get_mut("dev") else {
        return;
    };
    let mut own: Table = USUAL_DEV.parse().unwrap_or_default();
    own.extend(dev.clone());
    let Some(Value::Table(packages)) = dev.get_mut("package") else {
        return;
    };
    let Some(Value::Table(of_dependencies)) = packages.get("*").cloned() else {
        return;
    };
    let of_project = packages.entry(project).or_insert(Table::new().into());
    let Value::Table(of_project) = of_project else {
        return;
    };
    for key in of_dependencies.keys() {
        if let Some(value) = own.remove(key) {
            of_project.entry(key).or_insert(value);
        }
    }
}

/// Makes the path of a patch lead to the same place from another directory.
fn root_path(replacement: &mut Value, workspace: &Path) -> Result<(), Error> {
    let Some(Value::String(path)) = replacement.get_mut("path") else {
        return Ok(());
    };
    let rooted = workspace.join(&*path);
    *path = match rooted.to_str() {
        Some(rooted) => rooted.to_owned(),
        None => return Err(Error::NotUtf8(rooted)),
    };
    Ok(())
}

/// A file's text; `None` where there is none.
fn read(path: &Path) -> Result<Option<String>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::Unreadable {
            path: path.to_owned(),
            source,
        }),
    }
}

/// Writes a file unless that is what it holds; says whether it has been written.
fn write(path: &Path, text: &str) -> Result<bool, Error> {
    if fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
        return Ok(false);
    }
    fs::write(path, text).map_err(|source| Error::Write {
        path: path.to_owned(),
        source,
    })?;
    Ok(true)
}

#[cfg(test)]
mod tests {
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
            let manifest =
                manifest("runner", &package(Path::new("/w")), of_workspace, false).unwrap();
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
            let runner = RunnerCrate::write(&package, &application(false)).unwrap();
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
}
