//! Telling by its `Cargo.toml` whether a directory is the root of a Rust project. Nothing is built
//! or run for that.

use std::{
    fs,
    path::{Path, PathBuf},
};

use toml::de::DeTable;

use super::toml_file::table_at;

/// The file's name, in the project's root.
const FILE: &str = "Cargo.toml";

/// Where a package has its library or program, unless it says something else.
const ROOTS: [&str; 2] = ["src/lib.rs", "src/main.rs"];

/// The modules one of which makes a package a project: what is to be served, and the settings.
const MODULES: [&str; 2] = ["settings", "wsgi"];

/// Whether the directory has a Cargo package that declares a module `settings` or `wsgi`. Other
/// packages, such as an extension module in a Python project, have nothing to serve.
pub(super) fn is_project(directory: &Path) -> bool {
    roots(directory).is_some_and(|roots| {
        roots
            .iter()
            .filter_map(|root| fs::read_to_string(root).ok())
            .any(|text| text.lines().any(declares_module))
    })
}

/// Whether the directory has a Cargo package, whatever is in it.
pub(super) fn is_package(directory: &Path) -> bool {
    roots(directory).is_some()
}

/// The first source files of the package in a directory, where there is one.
fn roots(directory: &Path) -> Option<Vec<PathBuf>> {
    let text = fs::read_to_string(directory.join(FILE)).ok()?;
    // A mistake in the file is told when Cargo reads it.
    let (has_package, named) = match DeTable::parse(&text) {
        Ok(table) => {
            let table = table.get_ref();
            let library = table_at(table, &["lib"]).and_then(|library| library.get("path"));
            let named = library.and_then(|path| path.get_ref().as_str().map(str::to_owned));
            (table_at(table, &["package"]).is_some(), named)
        }
        Err(_) => (text.contains("[package]"), None),
    };
    let roots = named.iter().map(String::as_str).chain(ROOTS);
    has_package.then(|| roots.map(|root| directory.join(root)).collect())
}

/// Whether a line begins to declare one of the modules.
fn declares_module(line: &str) -> bool {
    let mut words =
        line.split(|character: char| character.is_whitespace() || ";{".contains(character));
    let is_declared = words.by_ref().any(|word| word == "mod");
    let name = words.next().unwrap_or_default();
    is_declared && !line.trim_start().starts_with("//") && MODULES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_known_by_how_they_are_declared() {
        for line in [
            "mod wsgi;",
            "  pub(crate) mod settings {",
            "pub mod wsgi;",
            "mod wsgi{}",
        ] {
            assert!(declares_module(line), "{line}");
        }
        for line in [
            "// mod wsgi;",
            "mod wsgis;",
            "use wsgi;",
            "pub fn wsgi() {",
            "mod",
            "",
        ] {
            assert!(!declares_module(line), "{line}");
        }
    }
}
