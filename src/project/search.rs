//! Choosing the Python interpreter that runs the project. Nothing is started.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

use super::{
    Error, Interpreter, Origin, modules,
    programs::{is_program, program_on_path},
};

/// Everything that decides about the interpreter.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// What `--python` says: a path, a name on PATH, or a virtual environment's directory.
    pub argument: Option<PathBuf>,
    /// What `python` of one of several sites says: the same.
    pub of_site: Option<PathBuf>,
    /// What `[tool.scaffold] python` says: the same, and paths are relative to the root.
    pub configured: Option<PathBuf>,
    /// The project's root: `.venv` and `venv` are looked for in it and above it.
    pub root: PathBuf,
    /// `VIRTUAL_ENV`.
    pub virtual_env: Option<PathBuf>,
    /// `CONDA_PREFIX`.
    pub conda_prefix: Option<PathBuf>,
    /// `PATH`.
    pub path: Option<OsString>,
}

impl Search {
    /// A search in the environment of this process for a project with that root.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        let directory = |name| env::var_os(name).filter(|value| !value.is_empty());
        Self {
            argument: None,
            of_site: None,
            configured: None,
            root: root.to_owned(),
            virtual_env: directory("VIRTUAL_ENV").map(PathBuf::from),
            conda_prefix: directory("CONDA_PREFIX").map(PathBuf::from),
            path: env::var_os("PATH"),
        }
    }

    /// Chooses the interpreter: the one named on the command line, for the site or in the
    /// configuration, which must exist; else that of the active virtual environment, of the
    /// nearest `.venv` or `venv` from the root upwards, of the active conda environment; else the
    /// first on PATH.
    ///
    /// An active environment that is no longer there is passed over: the variable outlives the
    /// directory in every shell where it was activated, and nobody named it for this command.
    pub fn find(&self) -> Result<Interpreter, Error> {
        let here = Path::new(".");
        if let Some(named) = &self.argument {
            return self.named(named, here, Origin::Argument);
        }
        if let Some(named) = &self.of_site {
            return self.named(named, here, Origin::Site);
        }
        if let Some(named) = &self.configured {
            return self.named(named, &self.root, Origin::Configuration);
        }
        let active = |directory: &Option<PathBuf>, origin: fn(PathBuf) -> Origin| {
            let directory = directory.as_ref()?;
            Some((in_environment(directory)?, origin(directory.clone())))
        };
        let (path, origin) = active(&self.virtual_env, Origin::VirtualEnv)
            .or_else(|| self.in_project())
            .or_else(|| active(&self.conda_prefix, Origin::Conda))
            .or_else(|| {
                self.on_path(&["python3", "python"])
                    .map(|path| (path, Origin::Path))
            })
            .ok_or(Error::NoInterpreter)?;
        Ok(Interpreter {
            path: absolute(&path),
            origin,
        })
    }

    /// The version of Django that the chosen interpreter has installed, where its files say so.
    /// Nothing is started.
    #[must_use]
    pub fn django_version(&self) -> Option<String> {
        modules::installed_version(&self.find().ok()?.path, "django")
    }

    fn named(&self, named: &Path, base: &Path, origin: Origin) -> Result<Interpreter, Error> {
        let is_bare = named.components().count() == 1 && !named.as_os_str().is_empty();
        let on_path = is_bare.then(|| self.on_path(&[named])).flatten();
        let given = base.join(named);
        let found = on_path.or_else(|| in_environment(&given)).unwrap_or(given);
        if !found.is_file() {
            return Err(Error::InterpreterNotFound {
                path: named.to_owned(),
                origin,
            });
        }
        if !is_program(&found) {
            return Err(Error::InterpreterNotExecutable {
                path: named.to_owned(),
                origin,
            });
        }
        Ok(Interpreter {
            path: absolute(&found),
            origin,
        })
    }

    fn in_project(&self) -> Option<(PathBuf, Origin)> {
        self.root
            .ancestors()
            .flat_map(|directory| [directory.join(".venv"), directory.join("venv")])
            .filter(|directory| directory.join("pyvenv.cfg").is_file())
            .find_map(|directory| {
                Some((in_environment(&directory)?, Origin::ProjectEnv(directory)))
            })
    }

    /// The first program on PATH with one of the names, an earlier name before an earlier place.
    fn on_path(&self, names: &[impl AsRef<Path>]) -> Option<PathBuf> {
        program_on_path(self.path.as_deref()?, names)
    }
}

fn in_environment(directory: &Path) -> Option<PathBuf> {
    ["bin/python", "bin/python3"]
        .into_iter()
        .map(|program| directory.join(program))
        .find(|candidate| is_program(candidate))
}

/// The path from the file system's root: the worker may run in another directory.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        os::unix::fs::{PermissionsExt, symlink},
    };

    use super::*;

    /// A project in `here/project`, programs in `bin`, environments wherever a test puts them.
    struct Disk {
        root: tempfile::TempDir,
    }

    impl Disk {
        fn new() -> Self {
            let disk = Self {
                root: tempfile::tempdir().unwrap(),
            };
            fs::create_dir_all(disk.at("here/project")).unwrap();
            disk
        }

        fn at(&self, path: &str) -> PathBuf {
            self.root.path().join(path)
        }

        fn file(self, path: &str, mode: u32) -> Self {
            let file = self.at(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, "").unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
            self
        }

        fn program(self, path: &str) -> Self {
            self.file(path, 0o755)
        }

        fn environment(self, path: &str) -> Self {
            self.file(&format!("{path}/pyvenv.cfg"), 0o644)
                .program(&format!("{path}/bin/python"))
        }

        fn search(&self) -> Search {
            Search {
                root: self.at("here/project"),
                path: Some(self.at("bin").into_os_string()),
                ..Search::default()
            }
        }

        fn found(&self, search: &Search) -> (String, Origin) {
            let Interpreter { path, origin } = search.find().unwrap();
            let path = path.strip_prefix(self.root.path()).unwrap();
            (path.to_str().unwrap().to_owned(), origin)
        }
    }

    #[test]
    fn each_source_goes_before_the_next() {
        let disk = Disk::new()
            .program("bin/python")
            .program("bin/python3")
            .program("conda/bin/python")
            .environment("here/.venv")
            .environment("active")
            .program("named/python3.12");
        let mut search = Search {
            argument: Some(disk.at("named/python3.12")),
            configured: Some("../.venv".into()),
            virtual_env: Some(disk.at("active")),
            conda_prefix: Some(disk.at("conda")),
            ..disk.search()
        };
        assert_eq!(
            disk.found(&search),
            ("named/python3.12".to_owned(), Origin::Argument)
        );
        search.argument = None;
        let (_, origin) = disk.found(&search);
        assert_eq!(origin, Origin::Configuration);
        search.configured = None;
        let active = Origin::VirtualEnv(disk.at("active"));
        assert_eq!(
            disk.found(&search),
            ("active/bin/python".to_owned(), active)
        );
        search.virtual_env = Some(disk.at("deleted"));
        let project = Origin::ProjectEnv(disk.at("here/.venv"));
        assert_eq!(
            disk.found(&search),
            ("here/.venv/bin/python".to_owned(), project)
        );
        search.root = disk.at("elsewhere");
        let conda = Origin::Conda(disk.at("conda"));
        assert_eq!(disk.found(&search), ("conda/bin/python".to_owned(), conda));
        search.conda_prefix = None;
        assert_eq!(
            disk.found(&search),
            ("bin/python3".to_owned(), Origin::Path)
        );
    }

    #[test]
    fn the_link_of_an_environment_is_kept() {
        let disk = Disk::new()
            .program("base/python3.12")
            .environment("here/project/venv");
        let link = disk.at("here/project/venv/bin/python");
        fs::remove_file(&link).unwrap();
        symlink(disk.at("base/python3.12"), &link).unwrap();
        assert_eq!(disk.search().find().unwrap().path, link);
    }

    #[test]
    fn a_broken_environment_is_passed_over() {
        let disk = Disk::new()
            .environment("here/project/.venv")
            .environment("here/venv");
        fs::remove_file(disk.at("here/project/.venv/bin/python")).unwrap();
        assert_eq!(disk.found(&disk.search()).0, "here/venv/bin/python");
    }

    #[test]
    fn a_name_is_looked_up_on_path_and_a_directory_may_be_an_environment() {
        let disk = Disk::new().program("bin/pypy3").environment("env");
        let mut search = Search {
            argument: Some("pypy3".into()),
            ..disk.search()
        };
        assert_eq!(disk.found(&search).0, "bin/pypy3");
        search.argument = Some(disk.at("env"));
        assert_eq!(disk.found(&search).0, "env/bin/python");
    }

    #[test]
    fn what_was_named_must_be_there() {
        let disk = Disk::new().program("bin/python3").file("text", 0o644);
        let mut search = Search {
            argument: Some("python9".into()),
            ..disk.search()
        };
        assert_eq!(
            search.find().unwrap_err().to_string(),
            "the Python interpreter `python9` (from --python) does not exist"
        );
        search = Search {
            configured: Some(disk.at("text")),
            ..disk.search()
        };
        let error = search.find().unwrap_err();
        assert!(
            matches!(error, Error::InterpreterNotExecutable { .. }),
            "{error}"
        );
    }

    #[test]
    fn without_any_the_hint_names_the_option() {
        let disk = Disk::new();
        let error = Search {
            path: None,
            ..disk.search()
        }
        .find()
        .unwrap_err();
        assert_eq!(error.to_string(), "no Python interpreter was found");
        assert!(error.hint().unwrap().contains("--python"));
    }
}
