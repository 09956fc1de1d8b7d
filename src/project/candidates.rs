//! Settings modules that a project seems to have, by where its files lie. Nothing is imported.

use std::{fs, path::Path};

use super::name::is_identifier;

/// The modules `x.settings` for which `x/wsgi.py` stands beside `x/settings.py` or
/// `x/settings/__init__.py` directly below the root, in alphabetical order.
///
/// Hidden directories and virtual environments are left out; an unreadable root has none.
#[must_use]
pub(super) fn settings_modules(root: &Path) -> Vec<String> {
    let mut modules: Vec<String> = packages(root, &holds_both)
        .map(|name| format!("{name}.settings"))
        .collect();
    modules.sort_unstable();
    modules
}

/// The names of the directories in the root that are as wanted, and no virtual environments.
fn packages(root: &Path, is_wanted: &dyn Fn(&Path) -> bool) -> impl Iterator<Item = String> {
    fs::read_dir(root)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter(|entry| is_wanted(&entry.path()) && !is_environment(&entry.path()))
        .filter_map(|entry| entry.file_name().into_string().ok())
        // This leaves out the hidden ones too: no identifier has a dot.
        .filter(|name| is_identifier(name))
}

/// What a worker is told to choose from: these modules; or `settings`, where the root itself has the
/// settings and `wsgi.py`, as projects had them before Django 1.4.
#[must_use]
pub fn settings_candidates(root: &Path) -> Vec<String> {
    let mut modules = settings_modules(root);
    if modules.is_empty() && is_flat(root) {
        modules.push("settings".to_owned());
    }
    modules
}

/// Whether a directory is no package and has settings and `wsgi.py`.
pub(super) fn is_flat(directory: &Path) -> bool {
    holds_both(directory) && !directory.join("__init__.py").exists()
}

/// The modules that may be settings, whether there is a `wsgi.py` or not: `settings` in the root,
/// and `x.settings` directly below it, in alphabetical order.
#[must_use]
pub fn bare_settings_modules(root: &Path) -> Vec<String> {
    let mut modules: Vec<String> = packages(root, &has_settings)
        .map(|name| format!("{name}.settings"))
        .collect();
    if has_settings(root) {
        modules.push("settings".to_owned());
    }
    modules.sort_unstable();
    modules
}

/// Whether a directory is a virtual environment.
fn is_environment(directory: &Path) -> bool {
    directory.join("pyvenv.cfg").is_file() || directory.join("conda-meta").is_dir()
}

fn holds_both(directory: &Path) -> bool {
    directory.join("wsgi.py").is_file() && has_settings(directory)
}

fn has_settings(directory: &Path) -> bool {
    directory.join("settings.py").is_file() || directory.join("settings/__init__.py").is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_packages_with_settings_and_wsgi() {
        let root = tempfile::tempdir().unwrap();
        for file in [
            "two/wsgi.py",
            "two/settings/__init__.py",
            "one/wsgi.py",
            "one/settings.py",
            "no_settings/wsgi.py",
            "no_wsgi/settings.py",
            ".hidden/wsgi.py",
            ".hidden/settings.py",
            "with-dash/wsgi.py",
            "with-dash/settings.py",
            "venv/pyvenv.cfg",
            "venv/wsgi.py",
            "venv/settings.py",
            "deep/er/wsgi.py",
            "deep/er/settings.py",
        ] {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        assert_eq!(
            settings_modules(root.path()),
            ["one.settings", "two.settings"]
        );
        assert!(settings_modules(&root.path().join("missing")).is_empty());
        assert_eq!(
            bare_settings_modules(root.path()),
            ["no_wsgi.settings", "one.settings", "two.settings"]
        );
        assert_eq!(
            bare_settings_modules(&root.path().join("one")),
            ["settings"]
        );
        let candidates = |directory| settings_candidates(&root.path().join(directory));
        assert_eq!(candidates(""), ["one.settings", "two.settings"]);
        assert_eq!(candidates("one"), ["settings"]);
        fs::write(root.path().join("one/__init__.py"), "").unwrap();
        assert!(candidates("one").is_empty());
        assert!(candidates("no_wsgi").is_empty());
    }
}
