//! Settings modules that a project seems to have, by where its files lie. Nothing is imported.

use std::{fs, path::Path};

use super::name::is_identifier;

/// The modules `x.settings` for which `x/wsgi.py` stands beside `x/settings.py` or
/// `x/settings/__init__.py` directly below the root, in alphabetical order.
///
/// Hidden directories and virtual environments are left out; an unreadable root has none.
#[must_use]
pub fn settings_modules(root: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(root) else {
        return Vec::new();
    };
    let mut modules: Vec<String> = entries
        .filter_map(Result::ok)
        .filter(|entry| holds_settings(&entry.path()))
        .filter_map(|entry| entry.file_name().into_string().ok())
        // This leaves out the hidden ones too: no identifier has a dot.
        .filter(|name| is_identifier(name))
        .map(|name| format!("{name}.settings"))
        .collect();
    modules.sort_unstable();
    modules
}

/// Whether a directory is a virtual environment.
fn is_environment(directory: &Path) -> bool {
    directory.join("pyvenv.cfg").is_file() || directory.join("conda-meta").is_dir()
}

fn holds_settings(directory: &Path) -> bool {
    directory.join("wsgi.py").is_file()
        && (directory.join("settings.py").is_file()
            || directory.join("settings/__init__.py").is_file())
        && !is_environment(directory)
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
    }
}
