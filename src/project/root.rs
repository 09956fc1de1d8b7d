//! Finding the project's root directory, from some directory upwards.

use std::path::{Path, PathBuf};

use super::{
    Error,
    candidates::{is_flat, settings_modules},
    package,
    toml_file::{PYPROJECT, TomlFile},
};

/// The root directory of a project, and what shows that it is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// The directory.
    pub directory: PathBuf,
    /// What shows that it is a root; none if it is only where a search began.
    pub marker: Option<Marker>,
}

/// What shows that a directory is the root of a project, in the order looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    /// It has a `manage.py`.
    ManagePy,
    /// Its `pyproject.toml` has a `[tool.scaffold]`.
    Configuration,
    /// A package directly in it has `wsgi.py` beside `settings`.
    Settings,
    /// It is a Cargo package with a module `settings` or `wsgi`: a Rust project.
    Cargo,
}

impl Root {
    /// The nearest root, from the directory upwards.
    ///
    /// What is installed in an environment is somebody else's and is passed over.
    pub fn find(from: &Path) -> Result<Self, Error> {
        nearest(from, |directory| {
            python(directory).or_else(|| rust(directory))
        })
    }

    /// The nearest root of a Python project.
    pub fn find_python(from: &Path) -> Result<Self, Error> {
        nearest(from, python)
    }

    /// The nearest root of a Rust project.
    pub fn find_rust(from: &Path) -> Result<Self, Error> {
        nearest(from, rust)
    }

    /// The nearest root of a Python project, or the directory itself: for a user who has named the
    /// application, and so needs no project.
    #[must_use]
    pub fn find_or(from: &Path) -> Self {
        Self::find_python(from).unwrap_or_else(|_| Self {
            directory: from.to_owned(),
            marker: None,
        })
    }
}

fn nearest(from: &Path, marker: impl Fn(&Path) -> Option<Marker>) -> Result<Root, Error> {
    from.ancestors()
        .filter(|directory| !is_installed(directory))
        .find_map(|directory| {
            let marker = Some(marker(directory)?);
            Some(Root {
                directory: directory.to_owned(),
                marker,
            })
        })
        // It may be a package of a project, so this comes after all others.
        .or_else(|| {
            is_flat(from).then(|| Root {
                directory: from.to_owned(),
                marker: None,
            })
        })
        .ok_or_else(|| Error::NoProject {
            from: from.to_owned(),
            package: from
                .ancestors()
                .find(|directory| package::is_package(directory))
                .map(Path::to_owned),
        })
}

/// Whether a directory belongs to installed packages. It is not enough to lie in a virtual
/// environment: some people keep a project in the directory that is one.
fn is_installed(directory: &Path) -> bool {
    directory
        .iter()
        .any(|part| part == "site-packages" || part == "dist-packages")
}

fn rust(directory: &Path) -> Option<Marker> {
    package::is_project(directory).then_some(Marker::Cargo)
}

fn python(directory: &Path) -> Option<Marker> {
    if directory.join("manage.py").is_file() {
        return Some(Marker::ManagePy);
    }
    // An unreadable file in some directory above is no reason to stop; one in the root is met
    // again when the configuration is read.
    if let Ok(Some(pyproject)) = TomlFile::read(directory, PYPROJECT)
        && pyproject.is_ours()
    {
        return Some(Marker::Configuration);
    }
    (!settings_modules(directory).is_empty()).then_some(Marker::Settings)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (file, text) in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    fn found(tree: &tempfile::TempDir, from: &str) -> (String, Option<Marker>) {
        let root = Root::find(&tree.path().join(from)).unwrap();
        let directory = root.directory.strip_prefix(tree.path()).unwrap();
        (directory.to_str().unwrap().to_owned(), root.marker)
    }

    #[test]
    fn the_nearest_root_wins() {
        let tree = tree(&[
            ("manage.py", ""),
            ("pyproject.toml", "[tool.black]"),
            ("inner/pyproject.toml", "[tool.scaffold]"),
            ("inner/deep/x.py", ""),
            ("plain/site/wsgi.py", ""),
            ("plain/site/settings.py", ""),
            ("broken/pyproject.toml", "[tool.scaffold]\nx = "),
            ("other/pyproject.toml", "not toml"),
        ]);
        assert_eq!(found(&tree, ""), (String::new(), Some(Marker::ManagePy)));
        assert_eq!(
            found(&tree, "inner/deep"),
            ("inner".to_owned(), Some(Marker::Configuration))
        );
        assert_eq!(
            found(&tree, "plain/site"),
            ("plain".to_owned(), Some(Marker::Settings))
        );
        assert_eq!(
            found(&tree, "broken"),
            ("broken".to_owned(), Some(Marker::Configuration))
        );
        assert_eq!(
            found(&tree, "other"),
            (String::new(), Some(Marker::ManagePy))
        );
    }

    #[test]
    fn nothing_installed_is_a_root() {
        let tree = tree(&[
            ("manage.py", ""),
            (".venv/pyvenv.cfg", ""),
            (".venv/lib/python3.12/site-packages/x/manage.py", ""),
        ]);
        let inside = ".venv/lib/python3.12/site-packages/x";
        assert_eq!(
            found(&tree, inside),
            (String::new(), Some(Marker::ManagePy))
        );
    }

    #[test]
    fn a_project_may_lie_in_its_own_environment() {
        let tree = tree(&[("env/pyvenv.cfg", ""), ("env/manage.py", "")]);
        assert_eq!(
            found(&tree, "env"),
            ("env".to_owned(), Some(Marker::ManagePy))
        );
    }

    #[test]
    fn a_cargo_package_is_a_root_where_it_has_something_to_serve() {
        let package = "[package]\nname = 'x'\n";
        let tree = tree(&[
            ("Cargo.toml", "[workspace]\nmembers = ['web']"),
            ("web/Cargo.toml", package),
            ("web/src/lib.rs", "pub mod wsgi;\n"),
            ("web/native/Cargo.toml", package),
            ("web/native/src/lib.rs", "pub mod other;\n"),
            (
                "own/Cargo.toml",
                "[package]\nname = 'x'\n[lib]\npath = 'x.rs'\n",
            ),
            ("own/x.rs", "mod settings {}\n"),
            ("both/manage.py", ""),
            ("both/Cargo.toml", package),
            ("both/src/lib.rs", "mod wsgi;\n"),
        ]);
        for (from, root) in [
            ("web/src", "web"),
            ("web/native/src", "web"),
            ("own", "own"),
        ] {
            assert_eq!(found(&tree, from), (root.to_owned(), Some(Marker::Cargo)));
        }
        assert_eq!(
            found(&tree, "both/src"),
            ("both".to_owned(), Some(Marker::ManagePy))
        );
        let both = Root::find_rust(&tree.path().join("both/src")).unwrap();
        assert_eq!(both.directory, tree.path().join("both"));
        assert!(Root::find_python(&tree.path().join("web")).is_err());
    }

    #[test]
    fn settings_beside_wsgi_are_a_root_where_there_is_no_other() {
        let tree = tree(&[
            ("my-site/settings.py", ""),
            ("my-site/wsgi.py", ""),
            ("more/manage.py", ""),
            ("more/site/settings.py", ""),
            ("more/site/wsgi.py", ""),
        ]);
        assert_eq!(found(&tree, "my-site"), ("my-site".to_owned(), None));
        assert_eq!(
            found(&tree, "more/site"),
            ("more".to_owned(), Some(Marker::ManagePy))
        );
    }

    #[test]
    fn without_a_root_the_error_names_where_it_looked() {
        let tree = tree(&[("x/y.py", "")]);
        let from = tree.path().join("x");
        let error = Root::find(&from).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("there is no project in `{}` or above it", from.display())
        );
        assert!(error.hint().unwrap().contains("--app"));
        assert_eq!(
            Root::find_or(&from),
            Root {
                directory: from,
                marker: None
            }
        );
    }
}
