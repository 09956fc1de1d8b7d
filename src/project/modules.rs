//! Which file or directory Python would import for a name, found on the disk and without an
//! interpreter.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// What an interpreter has installed under that name: in its `site-packages` (Debian calls one of
/// them `dist-packages`), and in the directories that `.pth` files there add.
pub(super) fn installed(interpreter: &Path, name: &str) -> Option<PathBuf> {
    site_directories(interpreter).iter().find_map(|site| {
        in_directory(site, name, Path::is_dir).or_else(|| {
            pth_entries(site)
                .iter()
                .find_map(|added| in_directory(added, name, Path::is_dir))
        })
    })
}

/// What Python would import for that name from a directory where people keep their sources, other
/// than the directories that are to be made or filled: what is in the way there is not a matter
/// of names.
///
/// A directory without any Python in it is no package, although Python could import it. Where
/// nothing is left out, it is one.
pub(super) fn in_source_directory(
    directory: &Path,
    name: &str,
    own: &[PathBuf],
) -> Option<PathBuf> {
    in_directory(directory, name, |package| {
        if own.is_empty() {
            package.is_dir()
        } else {
            !own.iter().any(|it| it == package) && holds_python(package)
        }
    })
}

/// The version of a distribution that an interpreter has installed: what the name of its metadata
/// says, if its package lies beside that. Sources that are only linked to have none.
pub(super) fn installed_version(interpreter: &Path, distribution: &str) -> Option<String> {
    site_directories(interpreter)
        .iter()
        .find_map(|site| version_in(site, distribution))
}

fn version_in(site: &Path, distribution: &str) -> Option<String> {
    if !site.join(distribution).join("__init__.py").is_file() {
        return None;
    }
    fs::read_dir(site)
        .ok()?
        .filter_map(Result::ok)
        .find_map(|entry| {
            let file = entry.file_name();
            let file = file.to_str()?;
            let stem = file
                .strip_suffix(".dist-info")
                .or_else(|| file.strip_suffix(".egg-info"))?;
            // Debian adds the version of Python to the second kind: `Django-3.2.19-py3`.
            let mut parts = stem.split('-');
            let is_it = parts.next()?.eq_ignore_ascii_case(distribution);
            is_it.then(|| parts.next().map(str::to_owned))?
        })
}

fn in_directory(
    directory: &Path,
    name: &str,
    is_package: impl Fn(&Path) -> bool,
) -> Option<PathBuf> {
    let package = directory.join(name);
    if is_package(&package) {
        return Some(package);
    }
    let module = directory.join(format!("{name}.py"));
    if module.is_file() {
        return Some(module);
    }
    // An extension module says for which Python it was built, as in `x.cpython-312-linux.so`.
    fs::read_dir(directory)
        .ok()?
        .filter_map(Result::ok)
        .find_map(|entry| {
            let is_module = is_extension_module(entry.file_name().to_str()?, name);
            is_module.then(|| entry.path())
        })
}

fn is_extension_module(file: &str, name: &str) -> bool {
    let middle = file
        .strip_prefix(name)
        .and_then(|rest| rest.strip_suffix("so"));
    middle.is_some_and(|middle| middle.starts_with('.') && middle.ends_with('.'))
}

fn holds_python(directory: &Path) -> bool {
    fs::read_dir(directory)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .any(|entry| {
            entry
                .path()
                .extension()
                .is_some_and(|extension| extension == "py")
        })
}

/// The `site-packages` of an interpreter: of its virtual environment, else of its installation.
fn site_directories(interpreter: &Path) -> Vec<PathBuf> {
    let environment = prefix(interpreter).filter(|prefix| prefix.join("pyvenv.cfg").is_file());
    let Some(prefix) = environment.or_else(|| prefix(&fs::canonicalize(interpreter).ok()?)) else {
        return Vec::new();
    };
    // One installation of Debian serves several versions from `lib/python3`.
    [
        prefix.join("lib"),
        prefix.join("lib64"),
        prefix.join("local/lib"),
    ]
    .iter()
    .filter_map(|library| fs::read_dir(library).ok())
    .flatten()
    .filter_map(Result::ok)
    .filter(|entry| {
        let name = entry.file_name();
        name.to_str()
            .is_some_and(|name| name.starts_with("python3") || name.starts_with("pypy3"))
    })
    .flat_map(|entry| ["site-packages", "dist-packages"].map(|site| entry.path().join(site)))
    .filter(|site| site.is_dir())
    .collect()
}

/// The directory above the `bin` that a program lies in.
fn prefix(program: &Path) -> Option<PathBuf> {
    Some(program.parent()?.parent()?.to_owned())
}

/// The directories that the `.pth` files of a `site-packages` add. Their lines of code are not
/// for us to run.
fn pth_entries(site: &Path) -> Vec<PathBuf> {
    fs::read_dir(site)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "pth"))
        .filter_map(|path| fs::read_to_string(path).ok())
        .flat_map(|text| {
            text.lines()
                .map(str::trim_end)
                .filter(|line| !line.is_empty() && !line.starts_with('#'))
                .filter(|line| !line.starts_with("import ") && !line.starts_with("import\t"))
                .map(|line| site.join(line))
                .collect::<Vec<_>>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        root
    }

    #[test]
    fn finds_every_kind_of_module_that_is_installed() {
        const SITE: &str = "env/lib/python3.12/site-packages";
        let files = [
            "env/pyvenv.cfg",
            "env/bin/python",
            "env/lib/python3.12/site-packages/package/__init__.py",
            "env/lib/python3.12/site-packages/module.py",
            "env/lib/python3.12/site-packages/extension.cpython-312-x86_64-linux-gnu.so",
            "env/lib/python3.12/site-packages/stable.abi3.so",
            "env/lib/python3.12/site-packages/namespace/data.txt",
            "env/lib/python3.12/site-packages/package-1.0.dist-info/METADATA",
            "work/src/editable/__init__.py",
        ];
        let tree = tree(&files);
        let site = tree.path().join(SITE);
        let source = tree.path().join("work/src");
        let lines = format!("# note\n\nimport os; os.abort()\n{}\n", source.display());
        fs::write(site.join("editable.pth"), lines).unwrap();
        let python = tree.path().join("env/bin/python");
        for (name, file) in [
            ("package", "package"),
            ("module", "module.py"),
            ("extension", "extension.cpython-312-x86_64-linux-gnu.so"),
            ("stable", "stable.abi3.so"),
            ("namespace", "namespace"),
        ] {
            assert_eq!(installed(&python, name), Some(site.join(file)), "{name}");
        }
        assert_eq!(
            installed(&python, "editable"),
            Some(source.join("editable"))
        );
        assert_eq!(installed(&python, "pack"), None);
        assert_eq!(installed(&python, "modul"), None);
    }

    #[test]
    fn outside_an_environment_the_link_is_followed_to_the_installation() {
        let tree = tree(&[
            "usr/bin/python3.11",
            "usr/lib/python3/dist-packages/apt_pkg/__init__.py",
            "usr/local/lib/python3.11/dist-packages/local.py",
        ]);
        fs::create_dir(tree.path().join("bin")).unwrap();
        let link = tree.path().join("bin/python3");
        symlink(tree.path().join("usr/bin/python3.11"), &link).unwrap();
        assert!(installed(&link, "apt_pkg").is_some());
        assert!(installed(&link, "local").is_some());
        assert!(installed(&tree.path().join("bin/missing"), "local").is_none());
    }

    #[test]
    fn an_empty_directory_of_ones_own_is_no_module() {
        let tree = tree(&[
            "full/models.py",
            "notes/readme.txt",
            "both/a.txt",
            "both.py",
        ]);
        let root = tree.path();
        fs::create_dir(root.join("empty")).unwrap();
        let elsewhere = [root.join("elsewhere")];
        let find = |name| in_source_directory(root, name, &elsewhere);
        assert_eq!(find("full"), Some(root.join("full")));
        assert_eq!(find("notes"), None);
        assert_eq!(find("empty"), None);
        assert_eq!(find("both"), Some(root.join("both.py")));
        assert_eq!(
            in_source_directory(root, "empty", &[]),
            Some(root.join("empty"))
        );
    }

    #[test]
    fn the_project_itself_is_no_other_module() {
        let tree = tree(&["shop/manage.py", "site/models.py", "site.py"]);
        let root = tree.path();
        let find = |name, target: &str| {
            let target = root.join(target);
            in_source_directory(root, name, &[target.join(name), target])
        };
        assert_eq!(find("shop", "shop"), None);
        assert_eq!(find("shop", ""), None);
        assert_eq!(find("shop", "site"), Some(root.join("shop")));
        assert_eq!(find("site", ""), Some(root.join("site.py")));
    }

    #[test]
    fn the_version_is_that_of_the_metadata() {
        for (metadata, version) in [
            ("Django-6.1.3.dist-info", Some("6.1.3")),
            ("django-5.2a1.dist-info", Some("5.2a1")),
            ("Django-3.2.19.egg-info", Some("3.2.19")),
            ("Django-3.2.19-py3.egg-info", Some("3.2.19")),
            ("django_debug_toolbar-4.0.dist-info", None),
            ("Django-6.1.3.data", None),
        ] {
            let tree = tree(&["env/pyvenv.cfg", "env/bin/python"]);
            let site = tree.path().join("env/lib/python3.12/site-packages");
            let python = tree.path().join("env/bin/python");
            fs::create_dir_all(site.join(metadata)).unwrap();
            assert_eq!(
                installed_version(&python, "django"),
                None,
                "without a package"
            );
            fs::create_dir(site.join("django")).unwrap();
            fs::write(site.join("django/__init__.py"), "").unwrap();
            let found = installed_version(&python, "django");
            assert_eq!(found.as_deref(), version, "{metadata}");
        }
    }
}
