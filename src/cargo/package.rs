//! What Cargo says of the project's package, without building anything.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use tokio::process::Command;

use super::{CARGO, Error};
use crate::project::Environment;

/// The kinds of targets that another crate can use.
const LIBRARIES: [&str; 3] = ["lib", "rlib", "dylib"];

/// A package with a library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Its name in `Cargo.toml`, as in `my-site`.
    pub name: String,
    /// The name of its library in source texts, as in `my_site`.
    pub crate_name: String,
    /// Where its `Cargo.toml` is.
    pub directory: PathBuf,
    /// The library's first source file.
    pub library: PathBuf,
    /// Where the manifest of its workspace and `Cargo.lock` are: the package's own directory, where
    /// it is no member of another one's workspace.
    pub workspace: PathBuf,
    /// Where Cargo builds.
    pub target: PathBuf,
}

/// `cargo metadata`, as far as it is used.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Described>,
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct Described {
    name: String,
    manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
    src_path: PathBuf,
}

impl Package {
    /// Asks Cargo, in that environment, for the package in a directory. Needs no network.
    pub async fn read(directory: &Path, environment: &Environment) -> Result<Self, Error> {
        let mut command = Command::new(CARGO);
        environment.apply(command.as_std_mut());
        let output = command
            .args([
                "metadata",
                "--format-version=1",
                "--no-deps",
                "--color=never",
            ])
            .current_dir(directory)
            .kill_on_drop(true)
            .output()
            .await
            .map_err(Error::NoCargo)?;
        if !output.status.success() {
            let output = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(Error::Metadata { output });
        }
        Self::of_metadata(&output.stdout, directory)
    }

    fn of_metadata(json: &[u8], directory: &Path) -> Result<Self, Error> {
        let unexpected = |output: String| Error::Metadata { output };
        let metadata: Metadata =
            serde_json::from_slice(json).map_err(|error| unexpected(error.to_string()))?;
        // Cargo resolves no links of its own accord, but the directory may have been reached by one.
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let manifest = real(&directory.join("Cargo.toml"));
        let mut packages = metadata.packages.into_iter();
        let Described {
            name,
            manifest_path,
            targets,
        } = packages
            .find(|package| real(&package.manifest_path) == manifest)
            .ok_or_else(|| unexpected("the manifest is of a workspace alone".to_owned()))?;
        let is_library = |target: &Target| target.kind.iter().any(|it| LIBRARIES.contains(&&**it));
        let Some(library) = targets.into_iter().find(is_library) else {
            return Err(Error::NoLibrary { package: name });
        };
        Ok(Self {
            crate_name: library.name.replace('-', "_"),
            directory: manifest_path.parent().unwrap_or(directory).to_owned(),
            library: library.src_path,
            workspace: metadata.workspace_root,
            target: metadata.target_directory,
            name,
        })
    }

    /// A file as its user would name it: from the package's directory, if it is in there.
    pub(super) fn shown(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.directory)
            .unwrap_or(path)
            .to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const METADATA: &str = r#"{"packages":[
        {"name":"other","manifest_path":"/w/other/Cargo.toml","targets":[]},
        {"name":"my-site","manifest_path":"/w/site/Cargo.toml","targets":[
            {"name":"my-site","kind":["bin"],"src_path":"/w/site/src/main.rs"},
            {"name":"my-site","kind":["lib"],"src_path":"/w/site/src/lib.rs"}]}],
        "workspace_root":"/w","target_directory":"/w/target","version":1}"#;

    #[test]
    fn a_member_of_a_workspace_is_found_by_its_manifest() {
        let package = Package::of_metadata(METADATA.as_bytes(), Path::new("/w/site")).unwrap();
        let expected = Package {
            name: "my-site".to_owned(),
            crate_name: "my_site".to_owned(),
            directory: "/w/site".into(),
            library: "/w/site/src/lib.rs".into(),
            workspace: "/w".into(),
            target: "/w/target".into(),
        };
        assert_eq!(package, expected);
    }

    #[test]
    fn what_has_no_library_cannot_be_served() {
        let read = |directory: &str| {
            let error = Package::of_metadata(METADATA.as_bytes(), Path::new(directory));
            error.unwrap_err().to_string()
        };
        assert_eq!(
            read("/w/other"),
            "the package `other` has no library, so nothing of it can be served"
        );
        assert!(read("/w").starts_with("cargo cannot read the package\n"));
    }
}
