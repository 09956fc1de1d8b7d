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
mod tests;
