//! A temporary directory and a clean environment for one run of the program.

use std::{
    collections::BTreeMap,
    env,
    ffi::{OsStr, OsString},
    fs,
    os::unix::fs::PermissionsExt,
    path::{Component, Path, PathBuf},
};

use tempfile::TempDir;

use super::{path::without_formatters, python, signals};

/// Variables that a run keeps from the machine: what a package installer needs to reach its index,
/// and what coverage tools write to. All others are dropped.
const KEPT: &[&str] = &[
    "LLVM_PROFILE_FILE",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
];

/// Variables kept by the start of their names, for the same reason.
const KEPT_PREFIXES: &[&str] = &[
    "PIP_", "UV_", "http", "HTTP", "https", "HTTPS", "no_proxy", "NO_PROXY",
];

/// An empty working directory, a home beside it, and the environment of a newly made account:
/// no virtual environment, no settings module, no user configuration.
#[derive(Debug)]
pub(crate) struct Sandbox {
    /// Holds `work`, `home` and `tmp`; removed at the end.
    root: TempDir,
    env: BTreeMap<OsString, OsString>,
}

impl Sandbox {
    /// A new one. `python3` is the newest interpreter of the machine until
    /// [`first_on_path`](Self::first_on_path) says otherwise.
    pub(crate) fn new() -> Self {
        signals::heed();
        let root = tempfile::Builder::new()
            .prefix("scaffold-test-")
            .tempdir()
            .unwrap();
        for name in ["work", "home", "tmp"] {
            fs::create_dir(root.path().join(name)).unwrap();
        }
        let mut env: BTreeMap<_, _> = kept().collect();
        env.insert("HOME".into(), root.path().join("home").into());
        env.insert("TMPDIR".into(), root.path().join("tmp").into());
        env.insert("LANG".into(), "C.UTF-8".into());
        let path = without_formatters("/usr/local/bin:/usr/bin:/bin".as_ref());
        env.insert("PATH".into(), path);
        let mut sandbox = Self { root, env };
        sandbox.first_on_path(python::newest().bin_dir());
        sandbox
    }

    /// The working directory.
    pub(crate) fn dir(&self) -> PathBuf {
        self.root.path().join("work")
    }

    /// Lets everybody look into it, as into a directory below `/srv`.
    #[cfg(feature = "system-tests")]
    pub(crate) fn open_to_all(&self) {
        fs::set_permissions(self.root.path(), fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// The home directory, which starts empty.
    pub(crate) fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    /// The environment of the run, complete.
    pub(crate) fn env(&self) -> &BTreeMap<OsString, OsString> {
        &self.env
    }

    /// Sets a variable.
    pub(crate) fn set_env(&mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) {
        self.env
            .insert(name.as_ref().to_owned(), value.as_ref().to_owned());
    }

    /// Removes a variable.
    pub(crate) fn remove_env(&mut self, name: impl AsRef<OsStr>) {
        self.env.remove(name.as_ref());
    }

    /// Puts a directory first on `PATH`.
    pub(crate) fn first_on_path(&mut self, directory: &Path) {
        let rest = self
            .env
            .get(OsStr::new("PATH"))
            .cloned()
            .unwrap_or_default();
        let all = [directory.to_owned()]
            .into_iter()
            .chain(env::split_paths(&rest));
        let path = env::join_paths(all).unwrap();
        self.set_env("PATH", path);
    }

    /// Writes a file into the working directory, with its parent directories.
    pub(crate) fn write(&self, path: impl AsRef<Path>, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = path.as_ref();
        let inside = path
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        assert!(inside, "`{}` leaves the working directory", path.display());
        let path = self.dir().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, contents).unwrap();
        path
    }

    /// Writes a file that can be executed.
    pub(crate) fn write_executable(&self, path: impl AsRef<Path>, contents: impl AsRef<[u8]>) {
        let path = self.write(path, contents);
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// What is under a directory of the working directory, one entry a line, sorted: directories
    /// end in `/`, executable files in `*`, symbolic links show where they lead.
    pub(crate) fn tree(&self, path: impl AsRef<Path>) -> String {
        let top = self.dir().join(path);
        let entries = walkdir::WalkDir::new(&top).min_depth(1).sort_by_file_name();
        let lines = entries.into_iter().map(|entry| {
            let entry = entry.unwrap();
            let name = entry
                .path()
                .strip_prefix(&top)
                .unwrap()
                .display()
                .to_string();
            let metadata = entry.path().symlink_metadata().unwrap();
            if metadata.is_dir() {
                format!("{name}/\n")
            } else if metadata.is_symlink() {
                format!(
                    "{name} -> {}\n",
                    fs::read_link(entry.path()).unwrap().display()
                )
            } else if metadata.permissions().mode() & 0o111 != 0 {
                format!("{name}*\n")
            } else {
                format!("{name}\n")
            }
        });
        lines.collect()
    }

    /// Replaces what differs from run to run: `[DIR]` for the working directory, `[HOME]` for the
    /// home, `[PORT]` for a port the system chose, `[TIME]` for a duration, `[DATETIME]` for a
    /// moment.
    pub(crate) fn filter(&self, text: &str) -> String {
        let canonical = self.root.path().canonicalize().unwrap();
        let mut text = text.to_owned();
        for root in [&canonical, self.root.path()] {
            for (name, mark) in [("work", "[DIR]"), ("home", "[HOME]"), ("tmp", "[TMP]")] {
                text = text.replace(root.join(name).to_str().unwrap(), mark);
            }
        }
        for (pattern, mark) in PATTERNS {
            text = regex::Regex::new(pattern)
                .unwrap()
                .replace_all(&text, *mark)
                .into_owned();
        }
        text
    }
}

/// What differs from run to run. Only ports of five digits are replaced: those the system chooses
/// have five, and a test should see that the default port is right.
const PATTERNS: &[(&str, &str)] = &[
    (
        r"(127\.0\.0\.1|localhost|0\.0\.0\.0|\[::1?\]):\d{5}\b",
        "$1:[PORT]",
    ),
    (
        r"\b\d{2}/[A-Z][a-z]{2}/\d{4}[ :]\d{2}:\d{2}:\d{2}( [+-]\d{4})?",
        "[DATETIME]",
    ),
    (
        r"\b[A-Z][a-z]+ \d{1,2}, \d{4} - \d{2}:\d{2}:\d{2}",
        "[DATETIME]",
    ),
    (r"\b\d+(\.\d+)? ?(ms|µs|s)\b", "[TIME]"),
];

/// Those variables.
pub(crate) fn kept() -> impl Iterator<Item = (OsString, OsString)> {
    env::vars_os().filter(|(name, _)| is_kept(name))
}

/// Whether a variable of the machine reaches the program.
fn is_kept(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else {
        return false;
    };
    KEPT.contains(&name)
        || KEPT_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || matches!(name, "all_proxy" | "ALL_PROXY")
}

#[test]
fn the_environment_is_clean() {
    let sandbox = Sandbox::new();
    for name in [
        "VIRTUAL_ENV",
        "CONDA_PREFIX",
        "PYTHONPATH",
        "DJANGO_SETTINGS_MODULE",
        "CARGO",
    ] {
        assert_eq!(sandbox.env().get(OsStr::new(name)), None, "{name}");
    }
    assert_eq!(sandbox.env()[OsStr::new("HOME")], sandbox.home());
}

#[test]
fn filters_replace_only_what_differs() {
    let sandbox = Sandbox::new();
    let text = format!(
        "{}/mysite at http://127.0.0.1:54321/ not http://127.0.0.1:8000/ in 12.5 ms, 3 sites",
        sandbox.dir().display()
    );
    assert_eq!(
        sandbox.filter(&text),
        "[DIR]/mysite at http://127.0.0.1:[PORT]/ not http://127.0.0.1:8000/ in [TIME], 3 sites"
    );
    assert_eq!(
        sandbox.filter("[20/Nov/2026 20:55:00] \"GET /"),
        "[[DATETIME]] \"GET /"
    );
}

#[test]
fn trees_show_kinds() {
    let sandbox = Sandbox::new();
    sandbox.write("site/a/b.py", "");
    sandbox.write_executable("site/manage.py", "");
    std::os::unix::fs::symlink("a", sandbox.dir().join("site/link")).unwrap();
    assert_eq!(sandbox.tree("site"), "a/\na/b.py\nlink -> a\nmanage.py*\n");
}
