//! The interpreters of the machine, and virtual environments with pinned packages.
//!
//! Environments are made on first use under `target/test-venvs` and kept, under a file lock, so
//! that any number of threads and test processes may ask for one at the same time.

use std::{
    collections::BTreeMap,
    env, fmt, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use super::cache::{cache, hash, make_once};

/// The oldest interpreter that is supported, as minor version of Python 3.
const OLDEST: u8 = 8;

/// Asks an interpreter what it is: implementation, version, and the executable behind any virtual
/// environment.
const PROBE: &str = "import sys; print(sys.implementation.name, *sys.version_info[:3]); \
                     print(getattr(sys, '_base_executable', None) or sys.executable)";

/// A CPython of the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Python {
    executable: PathBuf,
    version: (u8, u8, u8),
}

impl Python {
    /// Major, minor and micro version.
    pub(crate) fn version(&self) -> (u8, u8, u8) {
        self.version
    }

    /// Debian's own, which its packages of modules for other programs are made for.
    #[cfg(feature = "system-tests")]
    pub(crate) fn debians() -> Self {
        probe(Path::new("/usr/bin/python3")).expect("Debian's package `python3`")
    }

    /// The directory the executable is in.
    pub(crate) fn bin_dir(&self) -> &Path {
        self.executable.parent().unwrap()
    }

    /// The environment with the given packages, made now if it is not there.
    ///
    /// # Panics
    ///
    /// Where it cannot be made, with the output of the command that failed.
    pub(crate) fn venv(&self, packages: Packages) -> Venv {
        self.venv_with(packages.name(), &packages.requirements(self.version.1))
    }

    /// The environment with exactly the given requirements, made now if it is not there. The name
    /// is for people who look into `target/test-venvs`.
    pub(crate) fn venv_with(&self, name: &str, requirements: &[&str]) -> Venv {
        let (major, minor, micro) = self.version;
        let what = format!("{self} {} {requirements:?}", self.executable.display());
        let hash = hash(&what);
        let directory = cache("test-venvs").join(format!("{name}-{major}.{minor}.{micro}-{hash}"));
        let venv = Venv {
            executable: directory.join("bin/python"),
            directory,
        };
        venv.ensure(self, requirements);
        venv
    }

    /// An environment of the test's own, into which it may install.
    pub(crate) fn own_venv(&self, directory: &Path) -> OwnVenv {
        let mut make = Command::new(self.as_ref());
        complete(make.args(["-m", "venv", "--without-pip"]).arg(directory));
        let (major, minor, _) = self.version;
        OwnVenv {
            python: self.clone(),
            executable: directory.join("bin/python"),
            packages: directory.join(format!("lib/python{major}.{minor}/site-packages")),
        }
    }
}

impl AsRef<Path> for Python {
    fn as_ref(&self) -> &Path {
        &self.executable
    }
}

impl fmt::Display for Python {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor, micro) = self.version;
        write!(f, "CPython {major}.{minor}.{micro}")
    }
}

/// What an environment holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packages {
    /// Nothing beside pip.
    None,
    /// The newest Django that the interpreter can install.
    Django,
    /// Django 4.2, the oldest that is supported; for every interpreter up to 3.12.
    OldDjango,
    /// Django, and Jinja; for the newest interpreters.
    DjangoWithJinja,
    /// The newest Django that the interpreter can install, and Gunicorn.
    DjangoWithGunicorn,
    /// The same Django, and uWSGI as a module of Python, which needs no compiler.
    DjangoWithUwsgi,
    /// The same Django, and every server that is a package.
    DjangoWithServers,
    /// The newest Flask that the interpreter can install.
    Flask,
}

impl Packages {
    fn name(self) -> &'static str {
        match self {
            Self::None => "empty",
            Self::Django | Self::OldDjango | Self::DjangoWithJinja => "django",
            Self::DjangoWithGunicorn => "gunicorn",
            Self::DjangoWithUwsgi => "uwsgi",
            Self::DjangoWithServers => "all-servers",
            Self::Flask => "flask",
        }
    }

    /// The pinned packages for Python 3.`minor`.
    fn requirements(self, minor: u8) -> Vec<&'static str> {
        match (self, minor) {
            (Self::None, _) => vec![],
            (Self::OldDjango, _) | (Self::Django, ..=9) => vec!["Django==4.2.30"],
            (Self::Django, 10 | 11) => vec!["Django==5.2.19"],
            (Self::Django, _) => vec!["Django==6.1.3"],
            (Self::DjangoWithJinja, _) => vec!["Django==6.1.3", "Jinja2==3.1.6"],
            (Self::DjangoWithGunicorn, _) => {
                let gunicorn = if minor < 10 {
                    "gunicorn==23.0.0"
                } else {
                    "gunicorn==27.0.1"
                };
                [Self::Django.requirements(minor), vec![gunicorn]].concat()
            }
            (Self::DjangoWithUwsgi, _) => {
                let uwsgi = vec!["pyuwsgi==2.0.30.post1"];
                [Self::Django.requirements(minor), uwsgi].concat()
            }
            (Self::DjangoWithServers, _) => {
                let others = match minor {
                    ..=8 => ["waitress==3.0.0", "granian==1.6.4"],
                    9 => ["waitress==3.0.2", "granian==2.5.7"],
                    _ => ["waitress==3.0.2", "granian==2.8.9"],
                };
                let mut all = Self::DjangoWithGunicorn.requirements(minor);
                all.push("pyuwsgi==2.0.30.post1");
                all.extend(others);
                all
            }
            (Self::Flask, ..=8) => vec!["Flask==3.0.3", "Werkzeug==3.0.6"],
            (Self::Flask, _) => vec!["Flask==3.1.3", "Werkzeug==3.1.9"],
        }
    }
}

/// A virtual environment. Shared by all tests: nothing may be installed into it.
#[derive(Clone, Debug)]
pub(crate) struct Venv {
    executable: PathBuf,
    directory: PathBuf,
}

impl Venv {
    /// The directory to give as `VIRTUAL_ENV`.
    pub(crate) fn dir(&self) -> &Path {
        &self.directory
    }

    fn ensure(&self, python: &Python, requirements: &[&str]) {
        make_once(&self.directory, &requirements.join("\n"), || {
            let mut make = Command::new(python.as_ref());
            complete(make.args(["-m", "venv"]).arg(&self.directory));
            if !requirements.is_empty() {
                let mut install = Command::new(&self.executable);
                install.args(["-m", "pip", "install", "--disable-pip-version-check"]);
                complete(install.args(requirements));
            }
        });
    }
}

impl AsRef<Path> for Venv {
    fn as_ref(&self) -> &Path {
        &self.executable
    }
}

/// A virtual environment of one test.
#[derive(Clone, Debug)]
pub(crate) struct OwnVenv {
    python: Python,
    executable: PathBuf,
    packages: PathBuf,
}

impl OwnVenv {
    /// Its `site-packages`.
    pub(crate) fn packages(&self) -> &Path {
        &self.packages
    }

    /// Installs packages from the index, in place of other versions of them.
    pub(crate) fn install(&self, requirements: &[&str]) {
        // Not the environment's own pip: installing that takes seconds.
        let mut install = Command::new(self.python.as_ref());
        install
            .args(["-m", "pip", "--python"])
            .arg(&self.executable);
        install.args(["install", "-q", "--disable-pip-version-check", "--upgrade"]);
        complete(install.args(requirements));
    }
}

impl AsRef<Path> for OwnVenv {
    fn as_ref(&self) -> &Path {
        &self.executable
    }
}

/// Every CPython from 3.8 that the machine has, oldest first, one for each minor version: those
/// of pyenv, and those on `PATH`.
///
/// # Panics
///
/// Where there is none: the tests are about running Python.
pub(crate) fn pythons() -> &'static [Python] {
    static FOUND: OnceLock<Vec<Python>> = OnceLock::new();
    FOUND.get_or_init(|| {
        let mut by_minor = BTreeMap::<u8, Python>::new();
        for python in candidates().iter().filter_map(|path| probe(path)) {
            let best = by_minor
                .entry(python.version.1)
                .or_insert_with(|| python.clone());
            if python.version > best.version {
                *best = python;
            }
        }
        assert!(
            !by_minor.is_empty(),
            "no CPython 3.{OLDEST} or later on this machine"
        );
        by_minor.into_values().collect()
    })
}

/// The newest CPython of the machine.
pub(crate) fn newest() -> &'static Python {
    pythons().last().unwrap()
}

/// The CPython of one minor version, if the machine has it.
pub(crate) fn minor(minor: u8) -> Option<&'static Python> {
    pythons().iter().find(|python| python.version.1 == minor)
}

/// Files that may be interpreters, in the order in which they are preferred.
fn candidates() -> Vec<PathBuf> {
    let home = env::var_os("HOME").map(|home| PathBuf::from(home).join(".pyenv"));
    let pyenv = env::var_os("PYENV_ROOT").map(PathBuf::from).or(home);
    let versions = pyenv.and_then(|root| fs::read_dir(root.join("versions")).ok());
    let mut found: Vec<_> = versions
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path().join("bin/python3"))
        .filter(|path| path.exists())
        .collect();
    found.sort();
    for directory in env::split_paths(&env::var_os("PATH").unwrap_or_default()) {
        let names = ["python3".to_owned()].into_iter();
        let names = names.chain((OLDEST..30).map(|minor| format!("python3.{minor}")));
        found.extend(
            names
                .map(|name| directory.join(name))
                .filter(|path| path.exists()),
        );
    }
    found
}

/// Asks a file which interpreter it is; none where it does not run, as a shim of a version manager
/// may not, or is not supported.
fn probe(path: &Path) -> Option<Python> {
    let output = Command::new(path).args(["-I", "-c", PROBE]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (identity, executable) = text.trim_end().split_once('\n')?;
    let identity: Vec<&str> = identity.split(' ').collect();
    let ["cpython", "3", minor, micro] = identity[..] else {
        return None;
    };
    let version = (3, minor.parse().ok()?, micro.parse().ok()?);
    (version.1 >= OLDEST).then(|| Python {
        executable: executable.into(),
        version,
    })
}

/// Runs a command of the installation to its end.
fn complete(command: &mut Command) {
    for name in [
        "PYTHONPATH",
        "PYTHONHOME",
        "VIRTUAL_ENV",
        "PIP_REQUIRE_VIRTUALENV",
        "PIP_USER",
    ] {
        command.env_remove(name);
    }
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?} failed with {}; on Debian, `venv` needs the package python3-venv\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
}

/// What a command prints, without the line end.
#[cfg(test)]
fn printed(python: impl AsRef<Path>, code: &str) -> String {
    let output = Command::new(python.as_ref())
        .args(["-I", "-c", code])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .unwrap()
        .trim_end()
        .to_owned()
}

#[test]
fn interpreters_are_what_they_say() {
    for python in pythons() {
        let (major, minor, micro) = python.version();
        let version = printed(python, "import platform; print(platform.python_version())");
        assert_eq!(
            version.split_once('+').map_or(&*version, |v| v.0),
            format!("{major}.{minor}.{micro}")
        );
    }
    assert!(pythons().is_sorted_by_key(|python| python.version().1));
}

#[test]
fn an_environment_is_made_once_and_holds_what_was_asked_for() {
    let made = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| newest().venv(Packages::Flask)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect::<Vec<_>>()
    });
    for venv in made {
        let code =
            "import sys, flask, importlib.metadata as m; print(sys.prefix, m.version('flask'))";
        assert_eq!(
            printed(&venv, code),
            format!("{} 3.1.3", venv.dir().display())
        );
    }
}

#[test]
fn a_package_that_does_not_install_fails_the_test() {
    let refused =
        std::panic::catch_unwind(|| newest().venv_with("refused", &["./no-such-package"]));
    let refused = refused.expect_err("the installation succeeded");
    let message = refused.downcast_ref::<String>().unwrap();
    assert!(message.contains("no-such-package"), "{message}");
}
