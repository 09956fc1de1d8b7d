//! Small Cargo packages for tests, which build quickly, in a target directory that all of them
//! share.

use std::{
    ffi::{OsStr, OsString},
    fs,
    path::{Path, PathBuf},
};

use super::{Serve, Test, cargo};

/// A package with a library `my_site`.
#[derive(Debug)]
pub(crate) struct Package {
    directory: PathBuf,
}

impl Package {
    /// A package of these files and lines of dependencies. It is at the same place each time, so
    /// that what is built does not pile up, and its path has characters that are not simple. No
    /// other test may have one of this name.
    pub(crate) fn new(name: &str, dependencies: &str, files: &[(&str, &str)]) -> Self {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("rust sités")
            .join(name);
        let _ = fs::remove_dir_all(&directory);
        let package = Self { directory };
        let manifest = format!(
            "[package]\nname = \"my-{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
             [lib]\nname = \"my_site\"\n[profile.dev]\ndebug = 0\n\
             [dependencies]\n{dependencies}"
        );
        package.write("Cargo.toml", &manifest);
        for (file, text) in files {
            package.write(file, text);
        }
        package
    }

    /// Where it is.
    pub(crate) fn dir(&self) -> &Path {
        &self.directory
    }

    /// Writes one of its files.
    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.directory.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Adds a line to its dependencies.
    pub(crate) fn depend(&self, line: &str) {
        let manifest = fs::read_to_string(self.directory.join("Cargo.toml")).unwrap();
        self.write("Cargo.toml", &format!("{manifest}{line}\n"));
    }

    /// Adds the table of its manifest that is for the server.
    pub(crate) fn configure(&self, lines: &str) {
        self.depend(&format!("[package.metadata.scaffold]\n{lines}"));
    }

    /// A run of the program in a directory of it.
    pub(crate) fn test(&self) -> Test {
        let test = Test::new().in_dir(self.directory.join("src"));
        environment()
            .into_iter()
            .fold(test, |test, (name, value)| test.env(name, value))
    }

    /// A server in it.
    pub(crate) fn serve(&self) -> Serve {
        let serve = Serve::new().in_dir(&self.directory);
        environment()
            .into_iter()
            .fold(serve, |serve, (name, value)| serve.env(name, value))
    }
}

/// All of them are built in one place.
fn environment() -> Vec<(&'static str, OsString)> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rust target");
    cargo::environment(OsStr::new("/usr/bin:/bin"), target)
}
